// The printer model served over USB/IP: on a kernel with vhci_hcd, `usbip attach -r HOST -b 1-1` shows it to the whole system. The second front end beside umockdev.
#pragma once
#include "sim/models/printer_model.hpp"

#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace sim {

/// The protocol has neither authentication nor encryption: anything but loopback is the caller's explicit wish.
struct UsbIpListen {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< 3240 is registered; 0: any free one
};

class UsbIpServer {
  public:
    static constexpr int most_clients = 4;
    /// Listens on a thread of its own until it dies. `world` guards the model and is locked for each of its calls; `now` gives the model's time. A sentence when it cannot listen.
    [[nodiscard]] static std::expected<std::unique_ptr<UsbIpServer>, std::string> create(PrinterModel& model, std::string serial, std::mutex& world, std::function<Time()> now,
                                                                                         UsbIpListen listen);
    ~UsbIpServer();
    UsbIpServer(const UsbIpServer&) = delete;
    UsbIpServer& operator=(const UsbIpServer&) = delete;
    [[nodiscard]] std::uint16_t port() const;
    /// Connections that are open now; one of them at most has the device.
    [[nodiscard]] int clients() const;

  private:
    struct Impl;
    explicit UsbIpServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace sim
