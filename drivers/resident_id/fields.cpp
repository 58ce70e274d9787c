// Fields of a 256-byte text block: the characters, then what several variants share (facts: resident-id-text-layouts.md).
#include "drivers/resident_id/fields.hpp"

#include "drivers/resident_id/resident_id.hpp"

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
bool is_digit(char16_t c) { return c >= u'0' && c <= u'9'; }
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

std::unexpected<Fault> invalid(const Field& field) { return fail(FaultCode::document_invalid, field.name); }

std::optional<std::string> field_text(View block, const Field& field) { return utf8(block.subspan(field.offset, field.bytes)); }

Result<std::string> some_text(View block, const Field& field) {
    auto text = field_text(block, field);
    if (!text || text->empty()) return invalid(field);
    return *std::move(text);
}

Result<Day> date(View block, const Field& field) {
    const auto text = field_text(block, field);
    const auto day = text ? parse_date8(*text) : std::nullopt;
    if (!day) return invalid(field);
    return *day;
}

Result<Sex> sex(View block, const Field& field) {
    switch (unit_at(block, field.offset)) {
        case u'0': return Sex::unknown;
        case u'1': return Sex::male;
        case u'2': return Sex::female;
        case u'9': return Sex::not_stated;
    }
    return invalid(field);
}

Result<int> two_digits(View block, const Field& field) {
    const char16_t tens = unit_at(block, field.offset);
    const char16_t ones = unit_at(block, field.offset + 2);
    if (!is_digit(tens) || !is_digit(ones)) return invalid(field);
    return (tens - u'0') * 10 + (ones - u'0');
}

Result<std::optional<Day>> valid_to(View block, const Field& field, Day from, ForLife life) {
    const auto text = field_text(block, field);
    if (!text) return invalid(field);
    if (life == ForLife::possible && *text == "长期") return std::nullopt;
    const auto day = parse_date8(*text);
    if (!day || *day < from) return invalid(field);
    return day;
}

}  // namespace drivers::id_text
