// Listing by libusb, in a context of its own.
#include "drivers/usb/list.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <libusb.h>
#include <memory>

namespace drivers {

namespace {
std::string text_of(libusb_device_handle* handle, std::uint8_t index) {
    unsigned char text[128] = {};
    const int size = index == 0 ? 0 : libusb_get_string_descriptor_ascii(handle, index, text, sizeof text);
    std::string out(reinterpret_cast<char*>(text), static_cast<std::size_t>(std::max(0, size)));
    std::ranges::replace_if(out, [](char c) { return c < ' ' || c >= 0x7F; }, '?');
    return out;
}

UsbListed listed(libusb_device* device, const libusb_device_descriptor& descriptor) {
    UsbListed one{.vendor = descriptor.idVendor, .product = descriptor.idProduct, .bus = libusb_get_bus_number(device), .device = libusb_get_device_address(device), .serial = {}, .name = {}};
    libusb_device_handle* handle = nullptr;
    if (libusb_open(device, &handle) != 0) return one;
    one.may_be_opened = true;
    one.serial = text_of(handle, descriptor.iSerialNumber);
    one.name = text_of(handle, descriptor.iManufacturer) + " " + text_of(handle, descriptor.iProduct);
    libusb_close(handle);
    return one;
}
}  // namespace

std::string UsbListed::uri() const { return fmt::format("usb:{:04x}:{:04x}{}{}", vendor, product, serial.empty() ? "" : "?serial=", serial); }

Result<std::vector<UsbListed>> list_usb_devices(std::uint16_t vendor) {
    libusb_context* fresh = nullptr;
    if (const int rc = libusb_init(&fresh); rc != 0) return fail(FaultCode::printer_missing, fmt::format("libusb: {}", libusb_error_name(rc)));
    const std::unique_ptr<libusb_context, decltype(&libusb_exit)> context(fresh, libusb_exit);
    libusb_device** list = nullptr;
    const auto count = libusb_get_device_list(context.get(), &list);
    if (count < 0) return fail(FaultCode::printer_missing, fmt::format("libusb: {}", libusb_error_name(static_cast<int>(count))));
    std::vector<UsbListed> all;
    for (ssize_t i = 0; i < count && all.size() < most_listed_devices; ++i) {
        libusb_device_descriptor descriptor{};
        if (libusb_get_device_descriptor(list[i], &descriptor) == 0 && descriptor.idVendor == vendor) all.push_back(listed(list[i], descriptor));
    }
    libusb_free_device_list(list, 1);
    std::ranges::sort(all, {}, [](const UsbListed& d) { return std::pair{d.bus, d.device}; });
    return all;
}

}  // namespace drivers
