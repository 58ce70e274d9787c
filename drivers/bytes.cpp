// Hexadecimal text and wiping.
#include "drivers/bytes.hpp"

#include <stdexcept>
#include <string.h>

namespace drivers {

std::string hex(View view) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string text;
    text.reserve(view.size() * 2);
    for (const auto b : view) {
        text += digits[u8(b) >> 4];
        text += digits[u8(b) & 15];
    }
    return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
    Bytes bytes;
    int high = -1;
    for (const char c : text) {
        int digit = 0;
        if (c >= '0' && c <= '9') digit = c - '0';
        else if (c >= 'a' && c <= 'f') digit = c - 'a' + 10;
        else if (c >= 'A' && c <= 'F') digit = c - 'A' + 10;
        else if (c == ' ' && high < 0) continue;
        else return std::nullopt;
        if (high < 0) {
            high = digit;
        } else {
            bytes.push_back(static_cast<std::byte>(high << 4 | digit));
            high = -1;
        }
    }
    if (high >= 0) return std::nullopt;
    return bytes;
}

Bytes operator""_hex(const char* text, std::size_t size) {
    auto bytes = from_hex({text, size});
    if (!bytes) throw std::logic_error("bad hexadecimal literal");
    return *std::move(bytes);
}

void wipe(std::span<std::byte> memory) noexcept {
    if (!memory.empty()) explicit_bzero(memory.data(), memory.size());
}

void wipe(std::string& text) noexcept {
    if (!text.empty()) explicit_bzero(text.data(), text.size());
    text.clear();
}

}  // namespace drivers
