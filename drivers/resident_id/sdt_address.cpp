// The appended address that a resident ID reader gives on request: 70 bytes UTF-16LE (facts: resident-id-reader.md).
#include "drivers/resident_id/fields.hpp"
#include "drivers/resident_id/sdt_frame.hpp"

namespace drivers::sdt {

Result<std::string> parse_address(View data) {
    constexpr std::size_t address_bytes = 70;
    if (data.size() != address_bytes) return fail(FaultCode::reader_garbage, fmt::format("SDT appended address of {} bytes", data.size()));
    auto text = id_text::utf8(data);
    if (!text) return fail(FaultCode::document_invalid, "appended_address");
    return *std::move(text);
}

}  // namespace drivers::sdt
