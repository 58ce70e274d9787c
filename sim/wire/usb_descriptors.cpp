// Descriptors and control requests of the simulated printer: a bidirectional printer-class interface with one bulk pipe each way.
#include "sim/wire/usb_descriptors.hpp"
#include "sim/wire/usb_umockdev.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace sim {
namespace {

constexpr int low(int v) { return v & 0xFF; }
constexpr int high(int v) { return v >> 8; }

Bytes raw(std::initializer_list<int> values) {
    Bytes out;
    for (const int v : values) out.push_back(static_cast<std::byte>(v));
    return out;
}

Bytes device_descriptor() {
    return raw({18, 1, 0x00, 0x02, 0, 0, 0, 64, low(printer_vendor_id), high(printer_vendor_id), low(printer_product_id), high(printer_product_id), 0x00, 0x01, 1, 2, 3, 1});
}

Bytes configuration_descriptor() {
    return raw({9, 2, 32, 0, 1, 1, 0, 0xC0, 0,                     // one interface, self powered
                9, 4, 0, 0, 2, 7, 1, 2, 0,                         // printer class, bidirectional
                7, 5, printer_out_endpoint, 2, 0x00, 0x02, 0,      // bulk, 512 bytes
                7, 5, printer_in_endpoint, 2, 0x00, 0x02, 0});
}

Bytes string_descriptor(std::string_view ascii) {
    Bytes out = raw({static_cast<int>(2 + 2 * ascii.size()), 3});
    for (const char c : ascii) {
        out.push_back(static_cast<std::byte>(c));
        out.push_back(std::byte{0});
    }
    return out;
}

std::optional<Bytes> descriptor(int type, int index, const std::string& serial) {
    if (type == 1) return device_descriptor();
    if (type == 2) return configuration_descriptor();
    if (type != 3) return std::nullopt;
    switch (index) {
        case 0: return raw({4, 3, 0x09, 0x04});  // English (United States)
        case 1: return string_descriptor("Liqu simulator");
        case 2: return string_descriptor("Card printer");
        case 3: return string_descriptor(std::string_view(serial).substr(0, 100));
        default: return std::nullopt;
    }
}

}  // namespace

Bytes usb_descriptors() {
    Bytes out = device_descriptor();
    const Bytes configuration = configuration_descriptor();
    out.insert(out.end(), configuration.begin(), configuration.end());
    return out;
}

std::optional<Bytes> usb_control(View setup8, const std::string& serial, std::uint8_t port_status) {
    if (setup8.size() < 8) return std::nullopt;
    const auto at = [&](std::size_t i) { return std::to_integer<int>(setup8[i]); };
    const int kind = at(0), request = at(1), value_low = at(2), value_high = at(3);
    std::optional<Bytes> out;
    if (kind == 0x80 && request == 6) out = descriptor(value_high, value_low, serial);
    else if (kind == 0x80 && request == 0) out = raw({1, 0});                          // GET_STATUS: self powered
    else if (kind == 0x80 && request == 8) out = raw({1});                             // GET_CONFIGURATION
    else if (kind == 0xA1 && request == 1) out = raw({port_status});                   // printer class GET_PORT_STATUS
    else if (kind == 0xA1 && request == 0) {                                           // printer class GET_DEVICE_ID
        const std::string id = fmt::format("MFG:Liqu simulator;MDL:Card printer;SN:{};", serial.substr(0, 100));
        out = raw({high(static_cast<int>(id.size() + 2)), low(static_cast<int>(id.size() + 2))});
        for (const char c : id) out->push_back(static_cast<std::byte>(c));
    } else if ((kind & 0x80) == 0) out = Bytes{};                                      // SET_CONFIGURATION, SOFT_RESET, CLEAR_FEATURE: accepted
    if (out) out->resize(std::min(out->size(), static_cast<std::size_t>(at(6) | at(7) << 8)));
    return out;
}

}  // namespace sim
