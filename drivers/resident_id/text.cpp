// The 256-byte text block of a resident ID card: UTF-16LE fields at fixed offsets, each one checked
// (facts: resident-id-text-layouts.md).
#include "drivers/resident_id/fields.hpp"
#include "drivers/resident_id/resident_id.hpp"

namespace drivers {

namespace {
using namespace id_text;

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

Result<int> nation(View block) {
    const auto code = two_digits(block, nation_field);
    if (!code || !nation_name(*code)) return invalid(nation_field);
    return *code;
}
}  // namespace

Result<IdDocument> parse_resident_text(View block) {
    if (block.size() != block_bytes) return fail(FaultCode::reader_garbage, fmt::format("text block of {} bytes", block.size()));
    // Every other character is the resident card's: the place lies in its reserved tail.
    const auto variant = unit_at(block, variant_offset);
    if (variant == u'I' || variant == u'J' || variant == u'Y') return fail(FaultCode::document_not_supported, fmt::format("variant {}", static_cast<char>(variant)));

    IdDocument document;
    std::optional<Fault> fault;
    keep(some_text(block, name_field), document.name, fault);
    keep(sex(block, sex_field), document.sex, fault);
    keep(nation(block), document.nation, fault);
    keep(date(block, birth_field), document.birth, fault);
    keep(some_text(block, address_field), document.address, fault);
    keep(some_text(block, number_field), document.number, fault);
    keep(some_text(block, authority_field), document.authority, fault);
    keep(date(block, from_field), document.valid_from, fault);
    keep(valid_to(block, to_field, document.valid_from, ForLife::possible), document.valid_to, fault);
    if (!fault && (!id_number_valid(document.number) || parse_date8(document.number.substr(6, 8)) != document.birth)) fault = invalid(number_field).error();
    // The prefixes of Hong Kong, Macau and Taiwan stand on residence permits only: such a "resident card" is a permit whose letter is lost.
    if (!fault && document.number.starts_with('8')) fault = invalid(number_field).error();
    return checked(std::move(document), std::move(fault));
}

}  // namespace drivers
