// USB/IP headers: sizes that come out are within the limits that went in.
#include "sim/wire/usbip_wire.hpp"

using namespace sim;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    constexpr std::size_t most = 4096;
    const auto data = std::as_bytes(std::span{bytes, size});
    (void)usbip::parse_op(data.first(std::min(size, usbip::op_header_bytes)));
    if (const auto id = usbip::parse_bus_id(data.first(std::min(size, usbip::bus_id_bytes)))) {
        if (id->empty() || id->size() >= usbip::bus_id_bytes) __builtin_trap();
    }
    const auto urb = usbip::parse_urb(data.first(std::min(size, usbip::urb_header_bytes)), most);
    if (!urb) return 0;
    if (urb->submit.has_value() == urb->unlink.has_value()) __builtin_trap();
    if (urb->submit && (urb->submit->length > most || urb->submit->endpoint > 15)) __builtin_trap();
    return 0;
}
