// The 256-byte text blocks of the four cards: a document that keeps its promises, or the name of the field that is bad; never the field's content.
#include "drivers/resident_id/resident_id.hpp"

using namespace drivers;

namespace {
void must(bool holds) {
    if (!holds) __builtin_trap();
}
bool number_valid(const IdDocument& d) {
    switch (d.kind) {
        case DocumentKind::resident_id: return id_number_valid(d.number) && !permit_area(d.number);
        case DocumentKind::residence_permit: return id_number_valid(d.number) && permit_area(d.number) && !d.pass_number.empty();
        case DocumentKind::permanent_residence: return (permanent_number_2017_valid(d.number) || permanent_number_2023_valid(d.number)) && !d.name_latin.empty() && d.nationality.size() == 3;
        case DocumentKind::passport:
        case DocumentKind::travel_permit:
        case DocumentKind::temporary_id:
        case DocumentKind::household_register: break;
    }
    return false;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    constexpr std::size_t longest_field_name = 11;
    auto document = parse_id_text(std::as_bytes(std::span{data, size}));
    if (!document) {
        const auto& fault = document.error();
        must(size == 256 ? fault.code == FaultCode::document_invalid && fault.detail.size() <= longest_field_name : fault.code == FaultCode::reader_garbage);
        return 0;
    }
    must(number_valid(*document) && !document->name.empty() && document->evidence == Evidence::chip);
    must(document->birth.ok() && document->birth <= document->valid_from && (!document->valid_to || *document->valid_to >= document->valid_from));
    must(age_on(document->birth, document->valid_from).has_value());
    must(document->issue_count >= 0 && document->issue_count <= 99);
    document->wipe();
    return 0;
}
