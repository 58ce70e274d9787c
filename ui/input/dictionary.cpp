// Reads line by line, without a copy.
#include "ui/input/dictionary.hpp"

#include <charconv>
#include <fmt/format.h>
#include <glib.h>

namespace ui::input {

namespace {
std::unexpected<drivers::Fault> refuse(std::string_view file, std::string_view what) {
    return drivers::fail(drivers::FaultCode::bad_configuration, fmt::format("{}: {}", file, what));
}

/// Cuts a line off.
std::string_view next_line(std::string_view& text) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// Cuts a field off, up to a tab.
std::string_view next_field(std::string_view& line) {
    const auto end = line.find('\t');
    const auto field = line.substr(0, end);
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    return field;
}

/// "1250", "12.5", or a share of this reading among others, "35%"; anything else says nothing.
double weight_of(std::string_view field) {
    double value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc{} || !(value >= 0) || value > 1e12) return 0;
    return end != field.data() + field.size() && *end == '%' ? value / 100 : value;
}
}  // namespace

Decoded32 first_character(std::string_view utf8) {
    if (utf8.empty()) return {};
    const auto c = g_utf8_get_char_validated(utf8.data(), static_cast<gssize>(std::min<std::size_t>(utf8.size(), 4)));
    if (c >= 0xFFFFFFFEU || c == 0) return {};
    return {c, c < 0x80 ? 1U : c < 0x800 ? 2U : c < 0x10000 ? 3U : 4U};
}

bool is_ideograph(char32_t character) {
    return character <= 0x10FFFF && g_unichar_get_script(character) == G_UNICODE_SCRIPT_HAN && g_unichar_type(character) != G_UNICODE_OTHER_SYMBOL &&
           g_unichar_type(character) != G_UNICODE_MODIFIER_LETTER;
}

drivers::Result<std::vector<Reading>> read_dictionary(std::string_view text, std::string_view file, std::string_view alphabet) {
    if (text.size() > max_dictionary_bytes) return refuse(file, "too large");
    bool head = true;
    std::vector<Reading> out;
    while (!text.empty()) {
        auto line = next_line(text);
        if (line.size() > max_dictionary_line) return refuse(file, "a line is too long");
        if (head) {
            head = line != "...";
            continue;
        }
        if (line.empty() || line.front() == '#') continue;
        const auto word = next_field(line), code = next_field(line), weight = next_field(line);
        const auto first = first_character(word);
        if (first.bytes == 0 || first.bytes != word.size() || !is_ideograph(first.character)) continue;  // a word, a sign, or no UTF-8
        if (code.empty() || code.size() > max_code || code.find_first_not_of(alphabet) != std::string_view::npos) continue;
        if (out.size() >= max_dictionary_entries) return refuse(file, "too many entries");
        out.push_back({first.character, code, weight_of(weight)});
    }
    if (head) return refuse(file, "has no line \"...\" after its head");
    if (out.empty()) return refuse(file, "has no entry that can be used");
    return out;
}

}  // namespace ui::input
