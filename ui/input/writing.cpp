// Writing, character by character; what is taken back is overwritten.
#include "ui/input/writing.hpp"

#include "kiosk/screens.hpp"

namespace ui::input {

namespace {
constexpr std::u32string_view joints = U" ·-'";

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

void overwrite(std::string& text) {
    text.resize(text.capacity());
    drivers::wipe(std::as_writable_bytes(std::span{text.data(), text.size()}));
    text.clear();
}
void drop_last_byte(std::string& text) {
    text.back() = '\0';
    text.pop_back();
}
}  // namespace

std::string_view name_of(Mode mode) {
    constexpr std::string_view names[] = {"pinyin", "stroke", "code", "latin"};
    return names[static_cast<std::size_t>(mode)];
}

std::string utf8(char32_t c) {
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return {};
    const auto byte = [](char32_t v) { return static_cast<char>(v); };
    if (c < 0x80) return {byte(c)};
    if (c < 0x800) return {byte(0xC0 | c >> 6), byte(0x80 | (c & 0x3F))};
    if (c < 0x10000) return {byte(0xE0 | c >> 12), byte(0x80 | (c >> 6 & 0x3F)), byte(0x80 | (c & 0x3F))};
    return {byte(0xF0 | c >> 18), byte(0x80 | (c >> 12 & 0x3F)), byte(0x80 | (c >> 6 & 0x3F)), byte(0x80 | (c & 0x3F))};
}

Writing::Writing() {
    composed.reserve(max_name_bytes + 1);
    for (auto& spelling : spellings_) spelling.reserve(max_spelled + 1);
}

std::size_t Writing::characters() const { return static_cast<std::size_t>(std::ranges::count_if(composed, begins_character)); }

bool Writing::put(char32_t character) {
    const auto bytes = utf8(character);
    if (bytes.empty() || characters() >= max_name_characters || composed.size() + bytes.size() > max_name_bytes) return false;
    if (joints.contains(character) && !takes_joint()) return false;
    composed += bytes;
    return true;
}

bool Writing::takes_joint() const {
    return !composed.empty() && std::ranges::none_of(joints, [&](char32_t joint) { return composed.ends_with(utf8(joint)); });
}

bool Writing::whole() const { return takes_joint() && spelled().empty(); }

void Writing::spell(char letter) {
    auto& spelling = spellings_[static_cast<std::size_t>(mode)];
    if (spelling.size() >= max_spelled) return;
    spelling += letter;
    page = 0;
}

void Writing::take_back() {
    page = 0;
    if (auto& spelling = spellings_[static_cast<std::size_t>(mode)]; !spelling.empty()) return drop_last_byte(spelling);
    while (!composed.empty()) {
        const bool first = begins_character(composed.back());
        drop_last_byte(composed);
        if (first) return;
    }
}

void Writing::choose(char32_t character, std::size_t takes) {
    auto& spelling = spellings_[static_cast<std::size_t>(mode)];
    if (takes > spelling.size() || !put(character)) return;
    const auto left = spelling.size() - takes;
    std::ranges::copy(std::string_view(spelling).substr(takes), spelling.begin());
    while (spelling.size() > left) drop_last_byte(spelling);
    page = 0;
}

void Writing::turn_to(Mode to) {
    if (std::exchange(mode, to) != to) page = 0;
}

void Writing::wipe() {
    overwrite(composed);
    for (auto& spelling : spellings_) overwrite(spelling);
    page = 0;
    mode = Mode::pinyin;
}

}  // namespace ui::input
