// Fields of a 256-byte text block: where they lie and what characters they are made of (facts: resident-id-text-layouts.md).
#include "drivers/resident_id/fields.hpp"

namespace drivers::id_text {

namespace {
void append_utf8(std::string& out, char32_t c) {
    const auto put = [&out](char32_t b) { out += static_cast<char>(b); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0 | c >> 6);
        put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        put(0xE0 | c >> 12);
        put(0x80 | (c >> 6 & 0x3F));
        put(0x80 | (c & 0x3F));
    } else {
        put(0xF0 | c >> 18);
        put(0x80 | (c >> 12 & 0x3F));
        put(0x80 | (c >> 6 & 0x3F));
        put(0x80 | (c & 0x3F));
    }
}
}  // namespace

char16_t unit_at(View block, std::size_t offset) { return static_cast<char16_t>(u8(block[offset]) | u8(block[offset + 1]) << 8); }

std::optional<std::string> utf8(View bytes) {
    if (bytes.size() % 2 != 0) return std::nullopt;
    const auto blank = [](char16_t c) { return c == u' ' || c == u'\u3000' || c == u'\0'; };
    while (!bytes.empty() && blank(unit_at(bytes, bytes.size() - 2))) bytes = bytes.first(bytes.size() - 2);
    while (!bytes.empty() && blank(unit_at(bytes, 0))) bytes = bytes.subspan(2);
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); at += 2) {
        char32_t c = unit_at(bytes, at);
        if (c >= 0xDC00 && c <= 0xDFFF) return std::nullopt;
        if (c >= 0xD800 && c <= 0xDBFF) {
            at += 2;
            if (at >= bytes.size()) return std::nullopt;
            const char32_t low = unit_at(bytes, at);
            if (low < 0xDC00 || low > 0xDFFF) return std::nullopt;
            c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        }
        if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (c & 0xFFFE) == 0xFFFE) return std::nullopt;
        append_utf8(out, c);
    }
    return out;
}

FieldBytes::FieldBytes(View block, const Field& field) {
    bytes.reserve(field.bytes + field.rest_bytes);  // no copy is left behind
    for (const auto part : {block.subspan(field.offset, field.bytes), block.subspan(field.rest_offset, field.rest_bytes)}) bytes.insert(bytes.end(), part.begin(), part.end());
}

}  // namespace drivers::id_text
