// Characters by their number: Unicode (four to six hexadecimal digits, as in U+9F98) or GB 18030 (four or eight).
#pragma once
#include "ui/input/pinyin.hpp"

namespace ui::input {

inline constexpr std::string_view code_digits = "0123456789ABCDEF";

/// The ideographs that these digits can mean, Unicode first; at most two.
[[nodiscard]] std::vector<Candidate> characters_of_code(std::string_view digits);

}  // namespace ui::input
