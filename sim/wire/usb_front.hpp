// The printer model as a USB device, whatever carries the transfers (umockdev's usbfs, USB/IP): control pipe, two bulk pipes, and reads that wait in order until
// the printer has something to say.
#pragma once
#include "sim/models/printer_model.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <string>

namespace sim {

/// Of every front end: the longest transfer, and how many may wait.
inline constexpr std::size_t max_transfer_bytes = 4u << 20, max_pending_transfers = 64;
inline constexpr std::size_t usb_setup_bytes = 8;

class UsbFront {
  public:
    /// `world` guards the model and is locked for each call; `now` gives the model's time.
    UsbFront(PrinterModel& model, std::string serial, std::mutex& world, std::function<Time()> now) : model_(model), serial_(std::move(serial)), world_(world), now_(std::move(now)) {}

    /// The answer to a control request; nothing: stalled.
    [[nodiscard]] std::optional<Bytes> control(View setup8);
    void bulk_out(View data);
    /// Nothing yet: the transfer waits.
    [[nodiscard]] Bytes bulk_in(std::size_t room);
    /// Lets the printer's time pass.
    void tick();
    /// Serves waiting reads in the order of their submission. A transfer has waits(), room() and give(View).
    template <class Transfer>
    void serve_reads(std::deque<Transfer>& transfers) {
        for (Transfer& t : transfers) {
            if (!t.waits()) continue;
            const Bytes data = bulk_in(t.room());
            if (data.empty()) return;
            t.give(data);
        }
    }
    [[nodiscard]] const std::string& serial() const { return serial_; }
    [[nodiscard]] std::uint64_t bytes_from_host() const { return from_host_; }

  private:
    PrinterModel& model_;
    std::string serial_;
    std::mutex& world_;
    std::function<Time()> now_;
    std::atomic<std::uint64_t> from_host_ = 0;
};

}  // namespace sim
