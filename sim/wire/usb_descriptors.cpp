// Descriptors and control requests of the simulated printer: a bidirectional printer-class interface with one bulk pipe each way.
#include "sim/wire/usb_descriptors.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace sim {
namespace {

constexpr int low(int v) { return v & 0xFF; }
constexpr int high(int v) { return v >> 8; }

Bytes device_descriptor() {
    return usb_raw({18, 1, 0x00, 0x02, 0, 0, 0, 64, low(printer_vendor_id), high(printer_vendor_id), low(printer_product_id), high(printer_product_id), 0x00, 0x01, 1, 2, 3, 1});
}

Bytes configuration_descriptor() {
    return usb_raw({9, 2, 32, 0, 1, 1, 0, 0xC0, 0,                     // one interface, self powered
                9, 4, 0, 0, 2, 7, 1, 2, 0,                         // printer class, bidirectional
                7, 5, printer_out_endpoint, 2, 0x00, 0x02, 0,      // bulk, 512 bytes
                7, 5, printer_in_endpoint, 2, 0x00, 0x02, 0});
}

Bytes string_descriptor(std::string_view ascii) {
    Bytes out = usb_raw({static_cast<int>(2 + 2 * ascii.size()), 3});
    for (const char c : ascii) {
        out.push_back(static_cast<std::byte>(c));
        out.push_back(std::byte{0});
    }
    return out;
}

constexpr std::size_t longest_string = 100;

}  // namespace

Bytes usb_raw(std::initializer_list<int> values) {
    Bytes out;
    for (const int v : values) out.push_back(static_cast<std::byte>(v));
    return out;
}

std::optional<Bytes> usb_standard_request(View setup8, View device, View configuration, std::span<const std::string> strings) {
    if (setup8.size() < 8) return std::nullopt;
    const auto at = [&](std::size_t i) { return std::to_integer<int>(setup8[i]); };
    const int kind = at(0), request = at(1), index = at(2), type = at(3);
    const auto whole = [](View view) { return Bytes(view.begin(), view.end()); };
    if ((kind & 0x80) == 0) return Bytes{};                         // SET_CONFIGURATION, SOFT_RESET, CLEAR_FEATURE: accepted
    if (kind == 0x80 && request == 0) return usb_raw({1, 0});       // GET_STATUS: self powered
    if (kind == 0x80 && request == 8) return usb_raw({1});          // GET_CONFIGURATION
    if (kind != 0x80 || request != 6) return std::nullopt;          // GET_DESCRIPTOR
    if (type == 1) return whole(device);
    if (type == 2) return whole(configuration);
    if (type != 3) return std::nullopt;
    if (index == 0) return usb_raw({4, 3, 0x09, 0x04});             // English (United States)
    if (static_cast<std::size_t>(index) > strings.size()) return std::nullopt;
    return string_descriptor(strings[static_cast<std::size_t>(index) - 1]);
}

std::optional<Bytes> usb_cut(std::optional<Bytes> answer, View setup8) {
    if (answer) answer->resize(std::min(answer->size(), static_cast<std::size_t>(std::to_integer<int>(setup8[6]) | std::to_integer<int>(setup8[7]) << 8)));
    return answer;
}

Bytes usb_descriptors() {
    Bytes out = device_descriptor();
    const Bytes configuration = configuration_descriptor();
    out.insert(out.end(), configuration.begin(), configuration.end());
    return out;
}

std::optional<Bytes> usb_control(View setup8, const std::string& serial, std::uint8_t port_status) {
    if (setup8.size() < 8) return std::nullopt;
    const auto at = [&](std::size_t i) { return std::to_integer<int>(setup8[i]); };
    const int kind = at(0), request = at(1);
    const std::string strings[] = {"Liqu simulator", "Card printer", serial.substr(0, longest_string)};
    auto out = usb_standard_request(setup8, device_descriptor(), configuration_descriptor(), strings);
    if (kind == 0xA1 && request == 1) out = usb_raw({port_status});                    // printer class GET_PORT_STATUS
    else if (kind == 0xA1 && request == 0) {                                           // printer class GET_DEVICE_ID
        const std::string id = fmt::format("MFG:Liqu simulator;MDL:Card printer;SN:{};", serial.substr(0, longest_string));
        out = usb_raw({high(static_cast<int>(id.size() + 2)), low(static_cast<int>(id.size() + 2))});
        for (const char c : id) out->push_back(static_cast<std::byte>(c));
    }
    return usb_cut(std::move(out), setup8);
}

}  // namespace sim
