// BER-TLV of chips: objects tile what they were taken from, the finder looks nowhere else, and what is written is read back.
#include "drivers/emrtd/der.hpp"
#include "drivers/tlv.hpp"

using namespace drivers;
using namespace drivers::emrtd;

namespace {
void require(bool ok) {
    if (!ok) __builtin_trap();
}
bool inside(View part, View whole) { return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size()); }
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    const View data = std::as_bytes(std::span{bytes, size});
    View rest = data;
    std::size_t taken = 0;
    while (const auto object = take_object(rest)) {
        require(inside(object->value, data) && inside(object->whole, data) && object->value.size() < object->whole.size());
        taken += object->whole.size();
        require(taken + rest.size() == size);
        const auto header = file_header(object->whole);
        require(header && header->tag == object->tag && header->total == object->whole.size());
        require(only_object(object->whole, object->tag).has_value());
        if (object->value.size() > 0xFFFF) continue;
        const auto written = emrtd::object(object->tag, object->value);
        const auto again = only_object(written, object->tag);
        require(again && again->size() == object->value.size());
    }
    for (const std::uint16_t tag : {0x5A, 0x61, 0x7F60, 0x9F0C, 0x5F1F})
        if (const auto found = find_tlv(data, tag)) require(inside(*found, data));
    return 0;
}
