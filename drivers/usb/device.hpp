// A USB device with bulk in and out, opened and claimed; for libusb_pipe.cpp only. Belongs to the thread that handles libusb's events.
#pragma once
#include "drivers/usb_pipe.hpp"

#include <libusb.h>

namespace drivers {

/// An interface with bulk endpoints in each direction, paired by ascending address (an SDT reader has two pairs or one).
struct UsbWires {
    std::uint8_t interface = 0, setting = 0;
    std::size_t pairs = 0;  ///< 1 to max_usb_pairs
    std::array<std::uint8_t, max_usb_pairs> in{}, out{};
};

/// An opened device whose interface is claimed.
class UsbDevice {
  public:
    /// Nothing, and `why` says it, when the device cannot be had.
    static std::unique_ptr<UsbDevice> open(libusb_device* device, const libusb_device_descriptor& descriptor, const UsbAddress& address, std::string& why);
    ~UsbDevice();
    UsbDevice(const UsbDevice&) = delete;
    UsbDevice& operator=(const UsbDevice&) = delete;
    libusb_device_handle* const handle;
    const UsbWires wires;

  private:
    UsbDevice(libusb_device_handle* h, UsbWires w) : handle(h), wires(w) {}
    bool claimed_ = false;
};

}  // namespace drivers
