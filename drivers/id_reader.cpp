// Which transport a URI means.
#include "drivers/id_reader.hpp"

#include "drivers/resident_id/sdt_usb.hpp"
#include "drivers/serial/serial_pipe.hpp"

namespace drivers {

namespace {
Result<UsbAddress> usb_address(std::string_view text) {
    // VVVV:PPPP[:SERIAL], in the words of the USB address.
    const auto product = text.find(':');
    const auto serial = product == text.npos ? text.npos : text.find(':', product + 1);
    std::string uri = fmt::format("usb:{}", text.substr(0, serial));
    if (serial != text.npos) uri += fmt::format("?serial={}", text.substr(serial + 1));
    return UsbAddress::parse(uri);
}
/// After the scheme; nothing when it is another one.
std::optional<std::string_view> behind(std::string_view scheme, std::string_view uri) {
    if (!uri.starts_with(scheme)) return std::nullopt;
    return uri.substr(scheme.size());
}
}  // namespace

Result<std::unique_ptr<IdReader>> make_id_reader(asio::any_io_executor loop, Clock& clock, std::string_view uri) {
    if (const auto name = behind("pcsc:", uri)) {
        if (name->empty()) return fail(FaultCode::bad_configuration, "ID reader: pcsc: is followed by the reader's name");
        return make_pages_reader(make_pcsc_reader(loop, std::string(*name)));
    }
    if (const auto device = behind("sdt-usb:", uri)) {
        auto address = usb_address(*device);
        if (!address) return fail(FaultCode::bad_configuration, "ID reader: expected sdt-usb:0400:c35a or sdt-usb:0400:c35a:SERIAL");
        return make_sdt_reader(loop, clock, sdt::make_usb_pipe(make_libusb_pipe(loop, clock, *std::move(address))), IdTransport::sdt_usb);
    }
    if (const auto port = behind("sdt-serial:", uri)) {
        auto address = SerialAddress::parse(*port);
        if (!address) return std::unexpected(std::move(address).error());
        return make_sdt_reader(loop, clock, make_serial_pipe(loop, clock, *std::move(address)), IdTransport::sdt_serial);
    }
    return fail(FaultCode::bad_configuration, "ID reader: expected pcsc:NAME*, sdt-usb:0400:c35a or sdt-serial:/dev/ttyUSB0");
}

}  // namespace drivers
