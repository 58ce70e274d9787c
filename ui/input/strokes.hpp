// Strokes: who does not know how a character is read writes it, stroke by stroke; a stroke that is not sure is any.
#pragma once
#include "ui/input/pinyin.hpp"

namespace ui::input {

inline constexpr std::string_view stroke_letters = "hspnz";  ///< 横 竖 撇 捺(点) 折
inline constexpr char any_stroke = '*';

class Strokes {
  public:
    /// The readings as they come; `usual` tells which of equals comes first.
    Strokes(const std::vector<Reading>& readings, const Pinyin& usual);

    /// Characters written exactly so, then those that begin so; the usual and the short ones first. Every candidate takes the whole spelling.
    [[nodiscard]] std::vector<Candidate> candidates(std::string_view spelled) const;
    [[nodiscard]] std::size_t size() const { return all_.size(); }

  private:
    struct Written {
        char32_t character;
        std::uint32_t from, length;  ///< in pool_
        double usage;
    };
    std::string pool_;
    std::vector<Written> all_;
};

}  // namespace ui::input
