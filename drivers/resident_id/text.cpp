// The 256-byte text block of a resident ID card: UTF-16LE fields at fixed offsets, each one checked
// (facts: resident-id-text-layouts.md).
#include "drivers/resident_id/resident_id.hpp"

namespace drivers {

namespace {
constexpr std::size_t text_bytes = 256;
constexpr std::size_t variant_offset = 248;

/// Offsets and lengths in bytes.
struct Field {
    std::size_t offset, bytes;
    const char* name;
};
constexpr Field name_field{0, 30, "name"};
constexpr Field sex_field{30, 2, "sex"};
constexpr Field nation_field{32, 4, "nation"};
constexpr Field birth_field{36, 16, "birth"};
constexpr Field address_field{52, 70, "address"};
constexpr Field number_field{122, 36, "number"};
constexpr Field authority_field{158, 30, "authority"};
constexpr Field from_field{188, 16, "valid_from"};
constexpr Field to_field{204, 16, "valid_to"};
static_assert(to_field.offset + to_field.bytes == 220);

char16_t unit_at(View text, std::size_t offset) { return static_cast<char16_t>(u8(text[offset]) | u8(text[offset + 1]) << 8); }

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

/// UTF-8 of a field without its padding; nothing for half a surrogate pair, a control character or a non-character.
std::optional<std::string> field_text(View block, const Field& field) {
    auto bytes = block.subspan(field.offset, field.bytes);
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

Result<std::string> some_text(View block, const Field& field) {
    auto text = field_text(block, field);
    if (!text || text->empty()) return invalid(field);
    return *std::move(text);
}

Result<std::chrono::year_month_day> date(View block, const Field& field) {
    const auto text = field_text(block, field);
    const auto day = text ? parse_date8(*text) : std::nullopt;
    if (!day) return invalid(field);
    return *day;
}

Result<Sex> sex(View block) {
    switch (unit_at(block, sex_field.offset)) {
        case u'0': return Sex::unknown;
        case u'1': return Sex::male;
        case u'2': return Sex::female;
        case u'9': return Sex::not_stated;
    }
    return invalid(sex_field);
}

Result<int> nation(View block) {
    const char16_t tens = unit_at(block, nation_field.offset);
    const char16_t ones = unit_at(block, nation_field.offset + 2);
    if (tens < u'0' || tens > u'9' || ones < u'0' || ones > u'9') return invalid(nation_field);
    const int code = (tens - u'0') * 10 + (ones - u'0');
    if (!nation_name(code)) return invalid(nation_field);
    return code;
}

/// Nothing inside for 长期, for life.
Result<std::optional<std::chrono::year_month_day>> valid_to(View block, std::chrono::year_month_day from) {
    const auto text = field_text(block, to_field);
    if (!text) return invalid(to_field);
    if (*text == "长期") return std::nullopt;
    const auto day = parse_date8(*text);
    if (!day || *day < from) return invalid(to_field);
    return day;
}

/// Moves a field's value into the document, or its fault into the result.
template <class T, class U>
bool keep(Result<T>&& got, U& into, std::optional<Fault>& fault) {
    if (fault) return false;
    const bool good = got.has_value();
    if (good) into = *std::move(got);
    else fault = std::move(got).error();
    return good;
}
}  // namespace

Result<IdDocument> parse_resident_text(View block) {
    if (block.size() != text_bytes) return fail(FaultCode::reader_garbage, fmt::format("text block of {} bytes", block.size()));
    // Every other character is the resident card's: the place lies in its reserved tail.
    const auto variant = unit_at(block, variant_offset);
    if (variant == u'I' || variant == u'J' || variant == u'Y') return fail(FaultCode::document_not_supported, fmt::format("variant {}", static_cast<char>(variant)));

    IdDocument document;
    std::optional<Fault> fault;
    keep(some_text(block, name_field), document.name, fault);
    keep(sex(block), document.sex, fault);
    keep(nation(block), document.nation, fault);
    keep(date(block, birth_field), document.birth, fault);
    keep(some_text(block, address_field), document.address, fault);
    keep(some_text(block, number_field), document.number, fault);
    keep(some_text(block, authority_field), document.authority, fault);
    keep(date(block, from_field), document.valid_from, fault);
    keep(valid_to(block, document.valid_from), document.valid_to, fault);
    if (!fault && (!id_number_valid(document.number) || parse_date8(document.number.substr(6, 8)) != document.birth)) fault = invalid(number_field).error();
    if (!fault) return document;
    document.wipe();
    return std::unexpected(*std::move(fault));
}

}  // namespace drivers
