// A walk over BER-TLV that never looks behind the end.
#include "drivers/tlv.hpp"

namespace drivers {

namespace {
struct Object {
    std::uint16_t tag = 0;
    bool constructed = false;
    View value, rest;
};

std::optional<Object> first_object(View data) {
    while (!data.empty() && (u8(data[0]) == 0x00 || u8(data[0]) == 0xFF)) data = data.subspan(1);
    if (data.empty()) return std::nullopt;
    Object object;
    object.constructed = (u8(data[0]) & 0x20) != 0;
    object.tag = u8(data[0]);
    std::size_t at = 1;
    if ((object.tag & 0x1F) == 0x1F) {
        if (data.size() < 2 || (u8(data[1]) & 0x80) != 0) return std::nullopt;  // tags of three bytes do not occur here
        object.tag = static_cast<std::uint16_t>(object.tag << 8 | u8(data[1]));
        at = 2;
    }
    if (at >= data.size()) return std::nullopt;
    std::size_t length = u8(data[at++]);
    if (length == 0x81 || length == 0x82) {
        const std::size_t digits = length & 0x0F;
        if (data.size() - at < digits) return std::nullopt;
        length = 0;
        for (std::size_t i = 0; i < digits; ++i) length = length << 8 | u8(data[at++]);
    } else if (length >= 0x80) {
        return std::nullopt;
    }
    if (data.size() - at < length) return std::nullopt;
    object.value = data.subspan(at, length);
    object.rest = data.subspan(at + length);
    return object;
}

std::optional<View> find(View data, std::uint16_t tag, int depth) {
    while (const auto object = first_object(data)) {
        if (object->tag == tag) return object->value;
        if (object->constructed && depth < max_tlv_depth)
            if (const auto inside = find(object->value, tag, depth + 1)) return inside;
        data = object->rest;
    }
    return std::nullopt;
}
}  // namespace

std::optional<View> find_tlv(View data, std::uint16_t tag) { return find(data, tag, 0); }

}  // namespace drivers
