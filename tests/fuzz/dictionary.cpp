// Dictionaries of the screen's keyboard: files of other packages, read as hostile ones. What is taken from one lies within it and within its limits.
#include "ui/input/dictionary.hpp"
#include "ui/input/pinyin.hpp"
#include "ui/input/strokes.hpp"

namespace {
void require(bool ok) {
    if (!ok) __builtin_trap();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    for (const auto letters : {ui::input::pinyin_letters, ui::input::stroke_letters}) {
        const auto read = ui::input::read_dictionary(text, "fuzz", letters);
        if (!read) {
            require(read.error().detail.find("fuzz") != std::string::npos);
            continue;
        }
        require(!read->empty() && read->size() <= ui::input::max_dictionary_entries);
        for (const auto& reading : *read) {
            require(reading.code.data() >= text.data() && reading.code.data() + reading.code.size() <= text.data() + text.size());
            require(!reading.code.empty() && reading.code.size() <= ui::input::max_code && reading.character <= 0x10FFFF);
        }
    }
    return 0;
}
