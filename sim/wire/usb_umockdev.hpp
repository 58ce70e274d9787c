// Models as USB devices that unmodified libusb finds, claims and talks to, by umockdev's emulated usbfs. The process must run under
// umockdev-wrapper; clients are its children (same preload, UMOCKDEV_DIR inherited).
#pragma once
#include "sim/models/printer_model.hpp"
#include "sim/wire/usb_descriptors.hpp"
#include "sim/wire/usb_function.hpp"

#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace sim {

/// A USB device of this process. Ports are 1 to 2, each for one device at a time.
class UsbDevice {
  public:
    /// The device starts unplugged. A sentence when the process does not run under umockdev-wrapper.
    [[nodiscard]] static std::expected<std::unique_ptr<UsbDevice>, std::string> create(std::unique_ptr<UsbFunction> function, int port);
    virtual ~UsbDevice();
    UsbDevice(const UsbDevice&) = delete;
    UsbDevice& operator=(const UsbDevice&) = delete;

    /// The cable. Both may be called from any thread, not with the world's mutex held. Plugging again gives a new device number, as a kernel does.
    [[nodiscard]] std::expected<void, std::string> plug();
    void unplug();
    [[nodiscard]] bool plugged() const;
    /// The client was killed (umockdev tells nobody): what it left under way is forgotten now. Left to the next client's first call, the death of the old one's
    /// objects inside that call makes umockdev hang up on the new one.
    void client_died();
    /// Bytes that went over bulk OUT since the start.
    [[nodiscard]] std::uint64_t bytes_from_host() const;

  protected:
    struct Impl;
    explicit UsbDevice(std::unique_ptr<Impl> impl);
    [[nodiscard]] static std::expected<std::unique_ptr<Impl>, std::string> make(std::unique_ptr<UsbFunction> function, int port);

  private:
    std::unique_ptr<Impl> impl_;
};

/// The printer, at port 1.
class UsbPrinter final : public UsbDevice {
  public:
    /// `world` guards the model and is locked for each of its calls; `now` gives the model's time.
    [[nodiscard]] static std::expected<std::unique_ptr<UsbPrinter>, std::string> create(PrinterModel& model, std::string serial, std::mutex& world, std::function<Time()> now);

  private:
    using UsbDevice::UsbDevice;
};

}  // namespace sim
