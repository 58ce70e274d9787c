// Dictionaries of input methods as Debian packages bring them (Rime's text format: a head, a line "...", then text, code and weight between tabs).
// A file is hostile until it was read: size, line length and number of entries have limits, and what is no entry is left out.
#pragma once
#include "kiosk/faults.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ui::input {

inline constexpr std::size_t max_dictionary_bytes = 8 * 1024 * 1024;
inline constexpr std::size_t max_dictionary_entries = 300'000;
inline constexpr std::size_t max_dictionary_line = 512;  ///< bytes
inline constexpr std::size_t max_code = 64;              ///< letters of one code; longer ones are left out

/// A character, how it is spelled, how usual it is (0: not said).
struct Reading {
    char32_t character = 0;
    std::string_view code;  ///< of the text that was read
    double weight = 0;
};

/// The entries of one character whose code has letters of `alphabet` only. bad_configuration names `file` and what is wrong: no head, a line or a
/// number of lines beyond the limit, or nothing usable.
[[nodiscard]] drivers::Result<std::vector<Reading>> read_dictionary(std::string_view text, std::string_view file, std::string_view alphabet);

/// The first character of UTF-8 and its bytes; {0, 0} where there is none.
struct Decoded32 {
    char32_t character = 0;
    std::size_t bytes = 0;
};
[[nodiscard]] Decoded32 first_character(std::string_view utf8);
/// A Chinese character: what a name is written with.
[[nodiscard]] bool is_ideograph(char32_t character);

}  // namespace ui::input
