// The 256-byte text blocks of all cards that a resident ID reader reads, as tables of fields and one loop: resident card, residence permit (J),
// permanent residence cards (I of 2017, Y of 2023) (facts: resident-id-text-layouts.md; Y MEDIUM, the others HIGH).
#include "drivers/resident_id/fields.hpp"
#include "drivers/resident_id/resident_id.hpp"

namespace drivers {

namespace {
using id_text::Field;
using id_text::utf8;
using Day = std::chrono::year_month_day;

bool capital(char c) { return c >= 'A' && c <= 'Z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool capital_or_digit(char c) { return capital(c) || digit(c); }
bool printable_ascii(char c) { return c >= ' ' && c < '\x7F'; }

// ---- what a field's content becomes: false when it is none --------------------------------------------------------------------
using Take = bool (*)(View, IdDocument&);

template <std::string IdDocument::*Into>
bool optional_text(View utf16, IdDocument& document) {
    auto text = utf8(utf16);
    if (text) document.*Into = *std::move(text);
    return text.has_value();
}
template <std::string IdDocument::*Into>
bool text(View utf16, IdDocument& document) {
    return optional_text<Into>(utf16, document) && !(document.*Into).empty();
}
template <std::string IdDocument::*Into, bool (*Good)(char), std::size_t Least>
bool text_of(View utf16, IdDocument& document) {
    return optional_text<Into>(utf16, document) && (document.*Into).size() >= Least && std::ranges::all_of(document.*Into, Good);
}
/// Single blanks: where the name is split over two fields, padding may stand in its middle.
bool latin_name(View utf16, IdDocument& document) {
    if (!text_of<&IdDocument::name_latin, printable_ascii, 1>(utf16, document)) return false;
    const auto doubled = std::ranges::unique(document.name_latin, [](char a, char b) { return a == ' ' && b == ' '; });
    document.name_latin.erase(doubled.begin(), doubled.end());
    return true;
}
template <Day IdDocument::*Into>
bool day(View utf16, IdDocument& document) {
    const auto text = utf8(utf16);
    const auto read = text ? parse_date8(*text) : std::nullopt;
    if (read) document.*Into = *read;
    return read.has_value();
}
/// Not before the first day, which stands before it in every table.
bool last_day(View utf16, IdDocument& document) {
    const auto text = utf8(utf16);
    document.valid_to = text ? parse_date8(*text) : std::nullopt;
    return document.valid_to && *document.valid_to >= document.valid_from;
}
/// The facts give 长期 (for life) for the resident card only.
bool last_day_or_for_life(View utf16, IdDocument& document) { return utf8(utf16) == "长期" || last_day(utf16, document); }

bool sex(View utf16, IdDocument& document) {
    constexpr std::pair<char16_t, Sex> codes[] = {{u'0', Sex::unknown}, {u'1', Sex::male}, {u'2', Sex::female}, {u'9', Sex::not_stated}};
    for (const auto& [code, meaning] : codes) {
        if (id_text::unit_at(utf16, 0) != code) continue;
        document.sex = meaning;
        return true;
    }
    return false;
}
template <int IdDocument::*Into>
bool two_digits(View utf16, IdDocument& document) {
    const auto text = utf8(utf16);
    if (!text || text->size() != 2 || !std::ranges::all_of(*text, digit)) return false;
    document.*Into = ((*text)[0] - '0') * 10 + ((*text)[1] - '0');
    return true;
}
bool nation(View utf16, IdDocument& document) { return two_digits<&IdDocument::nation>(utf16, document) && nation_name(document.nation); }
bool blank(View utf16, IdDocument&) { return utf8(utf16) == ""; }

// ---- whether the number belongs to the rest ------------------------------------------------------------------------------------
bool has_birth(const IdDocument& d) { return parse_date8(std::string_view(d.number).substr(6, 8)) == d.birth; }
/// The prefixes of Hong Kong, Macau and Taiwan stand on residence permits only: such a "resident card" is a permit whose letter is lost.
bool resident_number(const IdDocument& d) { return id_number_valid(d.number) && has_birth(d) && !d.number.starts_with('8'); }
bool permit_number(const IdDocument& d) { return id_number_valid(d.number) && has_birth(d) && permit_area(d.number); }
/// Repeats nationality and, with two digits of the year, birth.
bool number_of_2017(const IdDocument& d) {
    const auto birth = fmt::format("{:02}{:02}{:02}", static_cast<int>(d.birth.year()) % 100, static_cast<unsigned>(d.birth.month()), static_cast<unsigned>(d.birth.day()));
    return permanent_number_2017_valid(d.number) && d.number.starts_with(d.nationality) && d.number.substr(7, 6) == birth;
}
bool number_of_2023(const IdDocument& d) { return permanent_number_2023_valid(d.number) && has_birth(d); }

// ---- the tables ----------------------------------------------------------------------------------------------------------------
struct Row {
    Field field;
    Take take;
};
// The same in several variants.
constexpr Row sex_row{{30, 2, "sex"}, sex}, birth_row{{36, 16, "birth"}, day<&IdDocument::birth>}, address_row{{52, 70, "address"}, text<&IdDocument::address>},
    number_row{{122, 36, "number"}, text<&IdDocument::number>}, authority_row{{158, 30, "authority"}, text<&IdDocument::authority>},
    from_row{{188, 16, "valid_from"}, day<&IdDocument::valid_from>}, to_row{{204, 16, "valid_to"}, last_day}, name_row{{0, 30, "name"}, text<&IdDocument::name>};

constexpr Row resident_rows[] = {name_row,   sex_row,       {{32, 4, "nation"}, nation}, birth_row, address_row,
                                 number_row, authority_row, from_row,                    {{204, 16, "valid_to"}, last_day_or_for_life}};
constexpr Row permit_rows[] = {name_row, sex_row,  {{32, 4, "nation"}, blank}, birth_row, address_row, number_row, authority_row,
                               from_row, to_row,   {{220, 18, "pass_number"}, text_of<&IdDocument::pass_number, capital_or_digit, 1>},
                               {{238, 4, "issue_count"}, two_digits<&IdDocument::issue_count>}};
constexpr Row rows_of_2017[] = {{{0, 120, "name_latin"}, latin_name},
                                {{120, 2, "sex"}, sex},
                                {{122, 30, "number"}, text<&IdDocument::number>},
                                {{152, 6, "nationality"}, text_of<&IdDocument::nationality, capital, 3>},
                                {{158, 30, "name_zh"}, optional_text<&IdDocument::name>},
                                from_row,
                                to_row,
                                {{220, 16, "birth"}, day<&IdDocument::birth>},
                                {{236, 4, "version"}, two_digits<&IdDocument::issue_count>},
                                {{240, 8, "authority"}, text_of<&IdDocument::authority, digit, 4>}};
constexpr Row rows_of_2023[] = {{{0, 30, "name_zh"}, optional_text<&IdDocument::name>},
                                sex_row,
                                {{32, 4, "renewals"}, two_digits<&IdDocument::issue_count>},
                                birth_row,
                                {{52, 70, "name_latin", 220, 22}, latin_name},
                                number_row,
                                from_row,
                                to_row,
                                {{242, 6, "nationality"}, text_of<&IdDocument::nationality, capital, 3>}};

struct Variant {
    char16_t letter;
    DocumentKind kind;
    std::span<const Row> rows;
    bool (*number_fits)(const IdDocument&);
};
constexpr Variant variants[] = {{u' ', DocumentKind::resident_id, resident_rows, resident_number},
                                {u'J', DocumentKind::residence_permit, permit_rows, permit_number},
                                {u'I', DocumentKind::permanent_residence, rows_of_2017, number_of_2017},
                                {u'Y', DocumentKind::permanent_residence, rows_of_2023, number_of_2023}};
constexpr bool inside(const Variant& variant) {
    return std::ranges::all_of(variant.rows, [](const Row& row) {
        return row.field.offset + row.field.bytes <= id_text::variant_offset && row.field.rest_offset + row.field.rest_bytes <= id_text::variant_offset;
    });
}
static_assert(std::ranges::all_of(variants, inside));

/// The name of the field that is bad; nothing: the document is whole.
const char* bad_field(const Variant& variant, View block, IdDocument& document) {
    for (const auto& row : variant.rows) {
        const id_text::FieldBytes content{block, row.field};
        if (!row.take(content.bytes, document)) return row.field.name;
    }
    if (!variant.number_fits(document)) return "number";
    // What every card promises: born before it was issued.
    if (document.birth > document.valid_from) return "valid_from";
    return nullptr;
}
}  // namespace

Result<IdDocument> parse_id_text(View block) {
    if (block.size() != id_text::block_bytes) return fail(FaultCode::reader_garbage, fmt::format("text block of {} bytes", block.size()));
    // Every other character is the resident card's: the place lies in its reserved tail.
    const auto found = std::ranges::find(variants, id_text::unit_at(block, id_text::variant_offset), &Variant::letter);
    const auto& variant = found == std::end(variants) ? variants[0] : *found;
    IdDocument document;
    document.kind = variant.kind;
    if (const char* field = bad_field(variant, block, document)) {
        document.wipe();
        return fail(FaultCode::document_invalid, field);
    }
    if (document.name.empty()) document.name = document.name_latin;
    return document;
}

}  // namespace drivers
