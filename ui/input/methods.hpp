// The input methods that this machine can offer. A dictionary is read when its method is first used; one that is missing or not as it should be
// gives a line of the log, and its method is not offered.
#pragma once
#include "ui/input/strokes.hpp"
#include "ui/input/writing.hpp"

#include <optional>

namespace ui::input {

/// Where the dictionaries are (packages rime-data-pinyin-simp, rime-data-luna-pinyin, rime-data-stroke; sim/packages says why). The first names the usual
/// characters of today's script with their weights; the second and the readings that were made when this was built know the rare ones.
struct Sources {
    std::filesystem::path folder = "/usr/share/rime-data";
    std::filesystem::path readings = default_readings();
    static std::filesystem::path default_readings();
};

class Methods {
  public:
    explicit Methods(Sources sources = {}) : sources_(std::move(sources)) {}

    /// Can names be written so here? Strokes are promised while their file is there, and no longer once it could not be used.
    [[nodiscard]] bool offers(Mode mode);
    /// The same, by reading the dictionary.
    [[nodiscard]] bool can_use(Mode mode) { return mode == Mode::stroke ? strokes() != nullptr : offers(mode); }
    /// What is spelled can mean these.
    [[nodiscard]] std::vector<Candidate> candidates(const Writing& writing);
    /// Empty where nothing could be read.
    [[nodiscard]] const Pinyin& pinyin();
    [[nodiscard]] const Strokes* strokes();

  private:
    bool add(const std::filesystem::path& file);

    Sources sources_;
    std::optional<Pinyin> pinyin_;
    std::optional<Strokes> strokes_;
    bool strokes_tried_ = false;
};

}  // namespace ui::input
