// What a simulated USB device is to whatever carries its transfers (umockdev's usbfs, USB/IP): names, descriptors, a control pipe, bulk endpoints.
#pragma once
#include "sim/models/model.hpp"

#include <deque>

namespace sim {

/// May be called from any thread; does its own locking.
class UsbFunction {
  public:
    virtual ~UsbFunction() = default;
    [[nodiscard]] virtual std::uint16_t vendor() const = 0;
    [[nodiscard]] virtual std::uint16_t product() const = 0;
    [[nodiscard]] virtual const std::string& serial() const = 0;
    /// Megabits in a second, as sysfs says it: 12, 480.
    [[nodiscard]] virtual int speed() const = 0;
    /// Device and configuration descriptor behind each other, as in sysfs `descriptors`.
    [[nodiscard]] virtual Bytes descriptors() const = 0;
    /// The answer to a control request; nothing: stalled.
    [[nodiscard]] virtual std::optional<Bytes> control(View setup8) = 0;
    /// False: no such endpoint.
    virtual bool bulk_out(std::uint8_t endpoint, View data) = 0;
    /// At most `room` bytes; empty: the transfer waits.
    [[nodiscard]] virtual Bytes bulk_in(std::uint8_t endpoint, std::size_t room) = 0;
    [[nodiscard]] virtual bool has_in(std::uint8_t endpoint) const = 0;
    /// The cable was pulled.
    virtual void unplugged() {}
    /// Bytes that came over bulk OUT since the start.
    [[nodiscard]] virtual std::uint64_t bytes_from_host() const = 0;
};

/// Serves waiting reads, of each endpoint in the order of their submission. A transfer has waits(), endpoint(), room() and give(View).
template <class Transfer>
void serve_reads(UsbFunction& function, std::deque<Transfer>& transfers) {
    std::uint32_t dry = 0;  // endpoints that have nothing to say, by number
    for (Transfer& t : transfers) {
        const std::uint32_t bit = 1u << (t.endpoint() & 0x0F);
        if (!t.waits() || (dry & bit) != 0) continue;
        const Bytes data = function.bulk_in(t.endpoint(), t.room());
        if (data.empty()) dry |= bit;
        else t.give(data);
    }
}

}  // namespace sim
