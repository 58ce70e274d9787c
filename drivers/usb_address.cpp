// The URI of a USB device: usb:VVVV:PPPP or usb:VVVV:*, with ?serial=TEXT.
#include "drivers/usb_pipe.hpp"

namespace drivers {

namespace {
constexpr std::size_t max_serial_bytes = 126;  // a USB string descriptor holds no more characters

std::optional<std::uint16_t> four_hex_digits(std::string_view text) {
    if (text.size() != 4 || text.contains(' ')) return std::nullopt;
    const auto bytes = from_hex(text);
    if (!bytes) return std::nullopt;
    return static_cast<std::uint16_t>(u8((*bytes)[0]) << 8 | u8((*bytes)[1]));
}
}  // namespace

Result<UsbAddress> UsbAddress::parse(std::string_view uri) {
    const auto bad = [](const char* what) { return fail(FaultCode::bad_configuration, fmt::format("USB address: {}; expected usb:0f49:* or usb:0f49:0a00?serial=TEXT", what)); };
    constexpr std::string_view scheme = "usb:";
    constexpr std::string_view serial_key = "serial=";
    if (!uri.starts_with(scheme)) return bad("it does not begin with usb:");
    uri.remove_prefix(scheme.size());
    UsbAddress address;
    if (const auto question = uri.find('?'); question != uri.npos) {
        auto query = uri.substr(question + 1);
        uri = uri.substr(0, question);
        if (!query.starts_with(serial_key)) return bad("only ?serial= is known");
        query.remove_prefix(serial_key.size());
        const auto printable = [](char c) { return c > ' ' && c < 0x7F; };
        if (query.empty() || query.size() > max_serial_bytes || !std::ranges::all_of(query, printable)) return bad("the serial number is empty, too long or not printable");
        address.serial = std::string(query);
    }
    const auto colon = uri.find(':');
    if (colon == uri.npos) return bad("vendor and product are separated by a colon");
    const auto vendor = four_hex_digits(uri.substr(0, colon));
    if (!vendor) return bad("the vendor has four hexadecimal digits");
    address.vendor = *vendor;
    const auto product = uri.substr(colon + 1);
    if (product == "*") return address;
    address.product = four_hex_digits(product);
    if (!address.product) return bad("the product has four hexadecimal digits or is *");
    return address;
}

}  // namespace drivers
