// The printer model as a USB device, whatever carries the transfers (umockdev's usbfs, USB/IP): control pipe, two bulk pipes, and reads that wait in order until
// the printer has something to say.
#pragma once
#include "sim/models/printer_model.hpp"
#include "sim/wire/usb_function.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <string>

namespace sim {

/// Of every front end: the longest transfer, and how many may wait.
inline constexpr std::size_t max_transfer_bytes = 4u << 20, max_pending_transfers = 64;
inline constexpr std::size_t usb_setup_bytes = 8;

class UsbFront final : public UsbFunction {
  public:
    /// `world` guards the model and is locked for each call; `now` gives the model's time.
    UsbFront(PrinterModel& model, std::string serial, std::mutex& world, std::function<Time()> now) : model_(model), serial_(std::move(serial)), world_(world), now_(std::move(now)) {}

    std::uint16_t vendor() const override;
    std::uint16_t product() const override;
    int speed() const override { return 480; }
    const std::string& serial() const override { return serial_; }
    Bytes descriptors() const override;
    std::optional<Bytes> control(View setup8) override;
    bool bulk_out(std::uint8_t endpoint, View data) override;
    Bytes bulk_in(std::uint8_t endpoint, std::size_t room) override;
    bool has_in(std::uint8_t endpoint) const override;
    std::uint64_t bytes_from_host() const override { return from_host_; }
    /// Lets the printer's time pass.
    void tick();

  private:
    PrinterModel& model_;
    std::string serial_;
    std::mutex& world_;
    std::function<Time()> now_;
    std::atomic<std::uint64_t> from_host_ = 0;
};

}  // namespace sim
