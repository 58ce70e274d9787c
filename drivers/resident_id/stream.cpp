// The stream that six pages, and the answer to the SDT reader's read, make: two lengths, text, photograph.
#include "drivers/resident_id/resident_id.hpp"

namespace drivers {

namespace {
constexpr std::size_t head_bytes = 4, text_bytes = 256, photo_bytes = 1024;
std::size_t big_endian16(View two) { return static_cast<std::size_t>(u8(two[0]) << 8 | u8(two[1])); }
}  // namespace

Result<IdDocument> parse_id_stream(View stream) {
    if (stream.size() != head_bytes + text_bytes + photo_bytes) return fail(FaultCode::reader_garbage, fmt::format("card of {} bytes", stream.size()));
    if (big_endian16(stream.first(2)) != text_bytes || big_endian16(stream.subspan(2, 2)) != photo_bytes)
        return fail(FaultCode::reader_garbage, "card with other lengths than 256 and 1024");
    auto document = parse_id_text(stream.subspan(head_bytes, text_bytes));
    if (document) {
        document->portrait = to_bytes(stream.subspan(head_bytes + text_bytes));
        document->portrait_format = PortraitFormat::wlt;
    }
    return document;
}

}  // namespace drivers
