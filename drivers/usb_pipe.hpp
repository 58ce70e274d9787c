// A USB printer-class device as a pair of bulk pipes. Contract; the real one is libusb_pipe.cpp.
#pragma once
#include "drivers/async.hpp"
#include "drivers/bytes.hpp"
#include "drivers/clock.hpp"
#include "drivers/fault.hpp"

#include <memory>
#include <optional>
#include <string>

namespace drivers {

/// Which device: vendor id, and where given product id and serial number (USB string descriptor iSerialNumber).
/// From a URI `usb:0f49:*`, `usb:0f49:0a00`, `usb:0f49:*?serial=1000`.
struct UsbAddress {
    std::uint16_t vendor = 0;
    std::optional<std::uint16_t> product;
    std::optional<std::string> serial;
    [[nodiscard]] static Result<UsbAddress> parse(std::string_view uri);
};

/// A pipe that survives unplugging: operations fail with printer_unplugged / printer_missing while the device is away and work again after
/// it came back and was claimed anew (the pipe looks for it by hot plug and, where the platform has none, every second).
/// Belongs to the loop's thread. One reader and one writer at a time. Cancellation is honoured within one turn; bytes
/// that arrive for a cancelled read stay in the pipe for the next read.
class UsbPipe {
  public:
    virtual ~UsbPipe() = default;
    [[nodiscard]] virtual bool connected() const = 0;
    /// Counts every coming and going of the device. A driver compares it to know that state was lost in between.
    [[nodiscard]] virtual Signal& plugged() = 0;
    /// Bulk OUT, all of `data`. A time-out is a fault (printer_silent) and says nothing about how much arrived.
    virtual awaitable<Result<void>> write(Bytes data, Duration limit) = 0;
    /// Bulk IN: at least one byte, at most `max` (<= 65536); time_out when none came.
    virtual awaitable<Result<Bytes>> read(std::size_t max, Duration limit) = 0;
    /// USB printer class GET_PORT_STATUS (request 1): bit 3 not-error, bit 4 select, bit 5 paper empty.
    virtual awaitable<Result<std::uint8_t>> port_status(Duration limit) = 0;
};

/// libusb with its event thread; `loop` is where results arrive. Never blocks the loop.
[[nodiscard]] std::unique_ptr<UsbPipe> make_libusb_pipe(asio::any_io_executor loop, Clock& clock, UsbAddress address);

}  // namespace drivers
