// Overwrites what was entered.
#include "ui/entry.hpp"

namespace ui {

void Entry::wipe() {
    for (auto* text : {&digits, &again, &expiry}) {
        text->resize(text->capacity());  // also what was erased before
        drivers::wipe(std::as_writable_bytes(std::span{text->data(), text->size()}));
        text->clear();
    }
    for (auto& stroke : strokes) drivers::wipe(std::as_writable_bytes(std::span{stroke}));
    strokes.clear();
    writing.wipe();
    ticks = {};
    page = 0;
    count = 0;
}

std::size_t Entry::points() const {
    std::size_t n = 0;
    for (const auto& stroke : strokes) n += stroke.size();
    return n;
}

}  // namespace ui
