// What a person has typed, ticked or drawn on the screen that is shown, and not yet answered. Lives for one phase, then it is overwritten.
#pragma once
#include "kiosk/screens.hpp"
#include "ui/input/writing.hpp"

#include <array>

namespace ui {

inline constexpr std::size_t max_digits = 22;  ///< the longest number that is typed: of a document
inline constexpr std::size_t max_strokes = 200, max_stroke_points = 20'000;  ///< of one signature; later samples are not taken

struct Entry {
    std::uint64_t phase = 0;
    std::string digits, again, expiry;  ///< the number that is typed; its second entry, or a date of birth; a last day
    input::Writing writing;             ///< the name that is being typed
    std::array<bool, 3> ticks{};
    std::vector<kiosk::Stroke> strokes;
    int page = 0, count = 0;

    Entry() {
        digits.reserve(max_digits + 1);  // never moved, so that no copy of a PIN stays behind
        again.reserve(max_digits + 1);
        expiry.reserve(max_digits + 1);
    }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry() { wipe(); }

    void wipe();
    [[nodiscard]] std::size_t points() const;
};

}  // namespace ui
