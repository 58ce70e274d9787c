// What a ribbon can print, and what its tag is worth: the tag's numbers are doubted as the field taught (facts: card-printer-field-problems.md, 7). Pure.
#pragma once
#include "printer/evolis/command.hpp"

#include <optional>

namespace printer::evolis {

inline constexpr int ribbon_low_percent = 10;
inline constexpr int half_panel_most_lines = 420;  ///< of 1016 (facts: Dbp)

/// So many lines has a colour panel of a half-panel ribbon; fewer than 420 on the small rasters of simulated time.
[[nodiscard]] constexpr int half_panel_lines(RasterSize size) { return std::min(half_panel_most_lines, size.width * half_panel_most_lines / 1016); }

/// Which lines carry colour in any of the three planes; lines == 0: none.
[[nodiscard]] Window colour_window(const PrintJob& job);

/// Remembers from one reading of the tag to the next what makes a 0 or a "low" believable. One ribbon, one link.
class RibbonSense {
  public:
    /// The printer was off: until its cover was opened, or a number was seen, a 0 proves nothing.
    void printer_started() { *this = {}; }
    void cover_seen_open() {
        believed_ = true;
        ended_at_.reset();
    }
    /// The machine said that it found no ribbon to print with while the tag showed `remaining`: that number does not count any more.
    void ended(int remaining) { ended_at_ = remaining; }
    /// `at_mark`: Rcr, where the printer knows it; asked only when doubts() says so.
    [[nodiscard]] RibbonLevel judge(const Ribbon& tag, std::optional<bool> at_mark);
    [[nodiscard]] bool doubts(const Ribbon& tag) const { return tag.remaining == 0 && !believed_ && !ended_at_; }

  private:
    bool believed_ = false;
    std::optional<int> ended_at_;
};

}  // namespace printer::evolis
