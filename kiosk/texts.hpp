// Texts that stand in files: a TOML of nothing but texts, flattened to dotted keys, and any text file within a limit. For the window, which sees no
// parser and no device.
#pragma once
#include "kiosk/faults.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace kiosk {

using TextTable = std::map<std::string, std::string, std::less<>>;

/// A file's bytes. bad_configuration, naming the file without its folder, when it cannot be read, is empty or has more than `max_bytes`.
[[nodiscard]] drivers::Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t max_bytes);
/// [a.b] c = "x" becomes a.b.c: x. bad_configuration names `file` and the line, or the first key that is no text.
[[nodiscard]] drivers::Result<TextTable> read_texts(std::string_view toml, std::string_view file);

}  // namespace kiosk
