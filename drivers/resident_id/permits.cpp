// The text blocks of residence permit (J) and permanent residence cards (I of 2017, Y of 2023), and which variant a block is
// (facts: resident-id-text-layouts.md; J and I HIGH, Y MEDIUM).
#include "drivers/resident_id/permits.hpp"

#include "drivers/resident_id/fields.hpp"

namespace drivers {

namespace {
using namespace id_text;

constexpr std::size_t photo_bytes = 1024;

// The same in all variants.
constexpr Field from_field{188, 16, "valid_from"};
constexpr Field to_field{204, 16, "valid_to"};
// J and Y lie as the resident card does, as far as they have its fields.
constexpr Field name_field{0, 30, "name"};
constexpr Field sex_field{30, 2, "sex"};
constexpr Field birth_field{36, 16, "birth"};
constexpr Field number_field{122, 36, "number"};

namespace j {
constexpr Field blank_field{32, 4, "nation"};
constexpr Field address_field{52, 70, "address"};
constexpr Field authority_field{158, 30, "authority"};
constexpr Field pass_field{220, 18, "pass_number"};
constexpr Field issues_field{238, 4, "issue_count"};
}  // namespace j
namespace i {
constexpr Field latin_field{0, 120, "name_latin"};
constexpr Field sex_field{120, 2, "sex"};
constexpr Field number_field{122, 30, "number"};
constexpr Field nationality_field{152, 6, "nationality"};
constexpr Field chinese_field{158, 30, "name_zh"};
constexpr Field birth_field{220, 16, "birth"};
constexpr Field version_field{236, 4, "version"};
constexpr Field authority_field{240, 8, "authority"};
static_assert(authority_field.offset + authority_field.bytes == variant_offset);
}  // namespace i
namespace y {
constexpr Field chinese_field{0, 30, "name_zh"};
constexpr Field renewals_field{32, 4, "renewals"};
constexpr Field latin_field{52, 70, "name_latin"};
constexpr Field latin_rest_field{220, 22, "name_latin"};
constexpr Field nationality_field{242, 6, "nationality"};
static_assert(nationality_field.offset + nationality_field.bytes == variant_offset);
}  // namespace y

bool capital(char c) { return c >= 'A' && c <= 'Z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

Result<Day> last_day(View block, Day from) {
    const auto day = valid_to(block, to_field, from, ForLife::refused);
    if (!day) return std::unexpected(day.error());
    return **day;
}

Result<std::string> all_of(View block, const Field& field, std::size_t at_least, bool (*good)(char)) {
    auto text = field_text(block, field);
    if (!text || text->size() < at_least || !std::ranges::all_of(*text, good)) return invalid(field);
    return *std::move(text);
}

Result<std::string> optional_text(View block, const Field& field) {
    auto text = field_text(block, field);
    if (!text) return invalid(field);
    return *std::move(text);
}

/// Printable ASCII with single blanks: where the name is split over two fields, padding may stand in its middle.
Result<std::string> latin_name(View utf16, const Field& field) {
    auto text = utf8(utf16);
    if (!text || text->empty() || !std::ranges::all_of(*text, [](char c) { return c >= ' ' && c < '\x7F'; })) return invalid(field);
    const auto doubled = std::ranges::unique(*text, [](char a, char b) { return a == ' ' && b == ' '; });
    text->erase(doubled.begin(), doubled.end());
    return *std::move(text);
}

/// What every card promises: born before it was issued.
void check_birth(Day birth, Day from, std::optional<Fault>& fault) {
    if (!fault && birth > from) fault = invalid(from_field).error();
}

Result<ResidencePermit> residence_permit(View block) {
    ResidencePermit permit;
    std::optional<Fault> fault;
    keep(some_text(block, name_field), permit.name, fault);
    keep(sex(block, sex_field), permit.sex, fault);
    if (!fault && field_text(block, j::blank_field) != "") fault = invalid(j::blank_field).error();
    keep(date(block, birth_field), permit.birth, fault);
    keep(some_text(block, j::address_field), permit.address, fault);
    keep(some_text(block, number_field), permit.number, fault);
    keep(some_text(block, j::authority_field), permit.authority, fault);
    keep(date(block, from_field), permit.valid_from, fault);
    keep(last_day(block, permit.valid_from), permit.valid_to, fault);
    keep(all_of(block, j::pass_field, 1, [](char c) { return capital(c) || digit(c); }), permit.pass_number, fault);
    keep(two_digits(block, j::issues_field), permit.issue_count, fault);
    if (!fault && (!id_number_valid(permit.number) || !permit_area(permit.number) || parse_date8(permit.number.substr(6, 8)) != permit.birth))
        fault = invalid(number_field).error();
    check_birth(permit.birth, permit.valid_from, fault);
    return checked(std::move(permit), std::move(fault));
}

Result<PermanentResidence> permanent_2017(View block) {
    PermanentResidence card;
    std::optional<Fault> fault;
    keep(latin_name(block.subspan(i::latin_field.offset, i::latin_field.bytes), i::latin_field), card.name_latin, fault);
    keep(sex(block, i::sex_field), card.sex, fault);
    keep(some_text(block, i::number_field), card.number, fault);
    keep(all_of(block, i::nationality_field, 3, capital), card.nationality, fault);
    keep(optional_text(block, i::chinese_field), card.name_zh, fault);
    keep(date(block, from_field), card.valid_from, fault);
    keep(last_day(block, card.valid_from), card.valid_to, fault);
    keep(date(block, i::birth_field), card.birth, fault);
    keep(two_digits(block, i::version_field), card.version, fault);
    keep(all_of(block, i::authority_field, 4, digit), card.authority_code, fault);
    // The number repeats nationality and, with two digits of the year, birth.
    if (!fault && (!permanent_number_2017_valid(card.number) || card.number.substr(0, 3) != card.nationality ||
                   card.number.substr(7, 6) != fmt::format("{:02}{:02}{:02}", static_cast<int>(card.birth.year()) % 100, static_cast<unsigned>(card.birth.month()),
                                                           static_cast<unsigned>(card.birth.day()))))
        fault = invalid(i::number_field).error();
    check_birth(card.birth, card.valid_from, fault);
    return checked(std::move(card), std::move(fault));
}

Result<PermanentResidence> permanent_2023(View block) {
    PermanentResidence card;
    card.edition = PermanentResidence::Edition::of_2023;
    auto latin = to_bytes(block.subspan(y::latin_field.offset, y::latin_field.bytes));
    const auto rest = block.subspan(y::latin_rest_field.offset, y::latin_rest_field.bytes);
    latin.insert(latin.end(), rest.begin(), rest.end());
    std::optional<Fault> fault;
    keep(optional_text(block, y::chinese_field), card.name_zh, fault);
    keep(sex(block, sex_field), card.sex, fault);
    keep(two_digits(block, y::renewals_field), card.renewals, fault);
    keep(date(block, birth_field), card.birth, fault);
    keep(latin_name(latin, y::latin_field), card.name_latin, fault);
    keep(some_text(block, number_field), card.number, fault);
    keep(date(block, from_field), card.valid_from, fault);
    keep(last_day(block, card.valid_from), card.valid_to, fault);
    keep(all_of(block, y::nationality_field, 3, capital), card.nationality, fault);
    if (!fault && (!permanent_number_2023_valid(card.number) || parse_date8(card.number.substr(6, 8)) != card.birth)) fault = invalid(number_field).error();
    check_birth(card.birth, card.valid_from, fault);
    wipe(latin);
    return checked(std::move(card), std::move(fault));
}

template <class Document>
Result<IdCard> as_card(Result<Document>&& document) {
    if (!document) return std::unexpected(std::move(document).error());
    return IdCard{*std::move(document)};
}
}  // namespace

Result<IdCard> parse_id_card_text(View block) {
    if (block.size() != block_bytes) return fail(FaultCode::reader_garbage, fmt::format("text block of {} bytes", block.size()));
    switch (unit_at(block, variant_offset)) {
        case u'J': return as_card(residence_permit(block));
        case u'I': return as_card(permanent_2017(block));
        case u'Y': return as_card(permanent_2023(block));
        default: return as_card(parse_resident_text(block));  // the wire's letter, not an enum of ours
    }
}

Result<IdCard> parse_id_card(View block, View photo) {
    if (photo.size() != photo_bytes) return fail(FaultCode::reader_garbage, fmt::format("photograph of {} bytes", photo.size()));
    auto card = parse_id_card_text(block);
    if (card) std::visit([photo](auto& document) { document.portrait = to_bytes(photo); }, *card);
    return card;
}

}  // namespace drivers
