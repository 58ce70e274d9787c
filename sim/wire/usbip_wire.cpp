// Layouts of the messages (facts: umockdev-and-usbip.md).
#include "sim/wire/usbip_wire.hpp"
#include "sim/wire/usb_umockdev.hpp"

#include <algorithm>

namespace sim::usbip {
namespace {

constexpr std::uint16_t list_reply = 0x0005, import_answer = 0x0003;
constexpr std::uint32_t cmd_submit = 1, cmd_unlink = 2, ret_submit = 3, ret_unlink = 4;
constexpr std::uint32_t no_packets = 0xFFFFFFFF;
constexpr std::size_t path_bytes = 256;
constexpr std::uint32_t highest_endpoint = 15;

std::uint32_t u32(View bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
    return value;
}
std::uint32_t u16(View bytes, std::size_t at) { return std::to_integer<std::uint32_t>(bytes[at]) << 8 | std::to_integer<std::uint32_t>(bytes[at + 1]); }

void put(Bytes& out, std::uint64_t value, int bytes) {
    while (bytes-- > 0) out.push_back(static_cast<std::byte>(value >> (8 * bytes) & 0xFF));
}
void put_text(Bytes& out, std::string_view text, std::size_t room) {
    for (std::size_t i = 0; i < room; ++i) out.push_back(i < text.size() ? static_cast<std::byte>(text[i]) : std::byte{0});
}

void put_device(Bytes& out) {
    put_text(out, "/sys/devices/usb1/1-1", path_bytes);
    put_text(out, bus_id, bus_id_bytes);
    put(out, bus, 4);
    put(out, device, 4);
    put(out, speed_high, 4);
    put(out, printer_vendor_id, 2);
    put(out, printer_product_id, 2);
    put(out, 0x0100, 2);          // bcdDevice
    for (const int v : {0, 0, 0}) put(out, static_cast<std::uint64_t>(v), 1);  // class by interface
    for (const int v : {1, 1, 1}) put(out, static_cast<std::uint64_t>(v), 1);  // configuration, their number, interfaces
}

/// Basic header of an answer: device, direction and endpoint stay 0.
Bytes answer(std::uint32_t command, std::uint32_t sequence) {
    Bytes out;
    put(out, command, 4);
    put(out, sequence, 4);
    for (int i = 0; i < 3; ++i) put(out, 0, 4);
    return out;
}

}  // namespace

std::expected<Op, std::string_view> parse_op(View header) {
    if (header.size() != op_header_bytes) return std::unexpected("a request has 8 bytes");
    if (u16(header, 0) != version) return std::unexpected("another version of USB/IP");
    if (u32(header, 4) != 0) return std::unexpected("a request has status 0");
    const auto code = u16(header, 2);
    if (code == static_cast<std::uint32_t>(Op::list_devices)) return Op::list_devices;
    if (code == static_cast<std::uint32_t>(Op::import)) return Op::import;
    return std::unexpected("an unknown request");
}

std::optional<std::string> parse_bus_id(View field) {
    if (field.size() != bus_id_bytes) return std::nullopt;
    const auto end = std::ranges::find(field, std::byte{0});
    if (end == field.end() || end == field.begin()) return std::nullopt;
    std::string out;
    for (auto it = field.begin(); it != end; ++it) out.push_back(static_cast<char>(*it));
    return out;
}

std::expected<Urb, std::string_view> parse_urb(View header, std::size_t most_bytes) {
    if (header.size() != urb_header_bytes) return std::unexpected("a header has 48 bytes");
    const auto command = u32(header, 0), sequence = u32(header, 4), direction = u32(header, 12), endpoint = u32(header, 16);
    if (u32(header, 8) != device_id) return std::unexpected("another device");
    if (command == cmd_unlink) return Urb{.submit = std::nullopt, .unlink = Unlink{.sequence = sequence, .of = u32(header, 20)}};
    if (command != cmd_submit) return std::unexpected("an unknown command");
    if (direction > 1 || endpoint > highest_endpoint) return std::unexpected("an impossible endpoint");
    const auto length = u32(header, 24), packets = u32(header, 32);
    if (length > most_bytes) return std::unexpected("a transfer that is too long");
    if (packets != 0 && packets != no_packets) return std::unexpected("isochronous transfers are not for printers");
    Submit s{.sequence = sequence, .in = direction == 1, .endpoint = static_cast<std::uint8_t>(endpoint), .length = length, .setup = {}};
    std::copy_n(header.begin() + 40, s.setup.size(), s.setup.begin());
    return Urb{.submit = s, .unlink = std::nullopt};
}

Bytes device_list_reply() {
    Bytes out;
    put(out, version, 2);
    put(out, list_reply, 2);
    put(out, 0, 4);
    put(out, 1, 4);  // one device
    put_device(out);
    for (const int v : {7, 1, 2, 0}) put(out, static_cast<std::uint64_t>(v), 1);  // its interface: printer class, bidirectional; padding
    return out;
}

Bytes import_reply(bool granted) {
    Bytes out;
    put(out, version, 2);
    put(out, import_answer, 2);
    put(out, granted ? 0 : 1, 4);
    if (granted) put_device(out);
    return out;
}

Bytes submit_reply(std::uint32_t sequence, int status, std::size_t actual, View data) {
    Bytes out = answer(ret_submit, sequence);
    put(out, static_cast<std::uint32_t>(status), 4);
    put(out, actual, 4);
    put(out, 0, 4);           // start frame
    put(out, no_packets, 4);
    put(out, 0, 4);           // errors
    put(out, 0, 8);
    out.insert(out.end(), data.begin(), data.end());
    return out;
}

Bytes unlink_reply(std::uint32_t sequence, int status) {
    Bytes out = answer(ret_unlink, sequence);
    put(out, static_cast<std::uint32_t>(status), 4);
    out.resize(urb_header_bytes);
    return out;
}

}  // namespace sim::usbip
