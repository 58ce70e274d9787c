// The printer model as a USB device that unmodified libusb finds, claims and talks to, by umockdev's emulated usbfs. The process must run under
// umockdev-wrapper; clients are its children (same preload, UMOCKDEV_DIR inherited).
#pragma once
#include "sim/models/printer_model.hpp"

#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace sim {

/// Vendor id of the imitated maker; the product id is invented (real ones are not public).
inline constexpr std::uint16_t printer_vendor_id = 0x0F49, printer_product_id = 0x0A00;

class UsbPrinter {
  public:
    /// `world` guards the model and is locked for each of its calls; `now` gives the model's time. The device starts unplugged. A sentence when the process does
    /// not run under umockdev-wrapper. At most one in a process.
    [[nodiscard]] static std::expected<std::unique_ptr<UsbPrinter>, std::string> create(PrinterModel& model, std::string serial, std::mutex& world, std::function<Time()> now);
    ~UsbPrinter();
    UsbPrinter(const UsbPrinter&) = delete;
    UsbPrinter& operator=(const UsbPrinter&) = delete;

    /// The cable. Both may be called from any thread, not with the world's mutex held. Plugging again gives a new device number, as a kernel does.
    [[nodiscard]] std::expected<void, std::string> plug();
    void unplug();
    [[nodiscard]] bool plugged() const;
    /// The client was killed (umockdev tells nobody): what it left under way is forgotten now. Left to the next client's first call, the death of the old one's
    /// objects inside that call makes umockdev hang up on the new one.
    void client_died();
    /// Bytes that went over bulk OUT since the start.
    [[nodiscard]] std::uint64_t bytes_from_host() const;

  private:
    struct Impl;
    explicit UsbPrinter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace sim
