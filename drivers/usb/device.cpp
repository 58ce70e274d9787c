// Finding the right interface by its descriptors, opening and claiming it.
#include "drivers/usb/device.hpp"

namespace drivers {

namespace {
constexpr std::uint8_t class_printer = 7;

std::optional<UsbWires> wires_of(const libusb_interface_descriptor& setting) {
    std::vector<std::uint8_t> ins, outs;
    for (int i = 0; i < setting.bNumEndpoints; ++i) {
        const auto& endpoint = setting.endpoint[i];
        if ((endpoint.bmAttributes & LIBUSB_TRANSFER_TYPE_MASK) != LIBUSB_TRANSFER_TYPE_BULK) continue;
        ((endpoint.bEndpointAddress & LIBUSB_ENDPOINT_IN) != 0 ? ins : outs).push_back(endpoint.bEndpointAddress);
    }
    std::ranges::sort(ins);
    std::ranges::sort(outs);
    UsbWires wires{.interface = setting.bInterfaceNumber, .setting = setting.bAlternateSetting, .pairs = std::min({ins.size(), outs.size(), max_usb_pairs})};
    if (wires.pairs == 0) return std::nullopt;
    std::copy_n(ins.begin(), wires.pairs, wires.in.begin());
    std::copy_n(outs.begin(), wires.pairs, wires.out.begin());
    return wires;
}

/// The printer-class interface, or the first that has both directions.
std::optional<UsbWires> find_wires(libusb_device* device) {
    libusb_config_descriptor* config = nullptr;
    if (libusb_get_active_config_descriptor(device, &config) != 0 && libusb_get_config_descriptor(device, 0, &config) != 0) return std::nullopt;
    const std::unique_ptr<libusb_config_descriptor, decltype(&libusb_free_config_descriptor)> owner(config, libusb_free_config_descriptor);
    std::optional<UsbWires> first;
    for (int i = 0; i < config->bNumInterfaces; ++i) {
        for (int a = 0; a < config->interface[i].num_altsetting; ++a) {
            const auto& setting = config->interface[i].altsetting[a];
            const auto wires = wires_of(setting);
            if (wires && setting.bInterfaceClass == class_printer) return wires;
            if (wires && !first) first = wires;
        }
    }
    return first;
}

std::string serial_of(libusb_device_handle* handle, const libusb_device_descriptor& descriptor) {
    unsigned char text[128] = {};
    if (descriptor.iSerialNumber == 0) return {};
    const int size = libusb_get_string_descriptor_ascii(handle, descriptor.iSerialNumber, text, sizeof text);
    return size > 0 ? std::string(reinterpret_cast<char*>(text), static_cast<std::size_t>(size)) : std::string{};
}
}  // namespace

std::unique_ptr<UsbDevice> UsbDevice::open(libusb_device* device, const libusb_device_descriptor& descriptor, const UsbAddress& address, std::string& why) {
    const auto wires = find_wires(device);
    if (!wires) return why = "the device has no bulk in and out", nullptr;
    libusb_device_handle* handle = nullptr;
    if (const int rc = libusb_open(device, &handle); rc != 0) return why = fmt::format("open: {}", libusb_error_name(rc)), nullptr;
    std::unique_ptr<UsbDevice> opened(new UsbDevice(handle, *wires));
    if (address.serial && serial_of(handle, descriptor) != *address.serial) return why = "only devices with another serial number are there", nullptr;
    if (libusb_kernel_driver_active(handle, wires->interface) == 1) libusb_set_auto_detach_kernel_driver(handle, 1);  // usblp
    if (const int rc = libusb_claim_interface(handle, wires->interface); rc != 0) return why = fmt::format("claim: {}", libusb_error_name(rc)), nullptr;
    opened->claimed_ = true;
    if (wires->setting != 0 && libusb_set_interface_alt_setting(handle, wires->interface, wires->setting) != 0) return why = "the alternate setting is refused", nullptr;
    return opened;
}

UsbDevice::~UsbDevice() {
    if (claimed_) libusb_release_interface(handle, wires.interface);
    libusb_close(handle);
}

}  // namespace drivers
