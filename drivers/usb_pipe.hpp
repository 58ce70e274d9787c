// A USB device as bulk pipes. Contract; the real one is libusb_pipe.cpp.
#pragma once
#include "drivers/pipe.hpp"

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

/// A printer-class device: its bulk endpoints and one question on the control pipe. The device is looked for by hot plug and, where the platform
/// has none, every second.
class UsbPipe : public Pipe {
  public:
    /// USB printer class GET_PORT_STATUS (request 1): bit 3 not-error, bit 4 select, bit 5 paper empty.
    virtual awaitable<Result<std::uint8_t>> port_status(Duration limit) = 0;
};

/// A device may have more than one bulk endpoint each way. The n-th OUT and the n-th IN by address are pair n; write() and read() mean pair 0.
inline constexpr std::size_t max_usb_pairs = 2;
class UsbPairs : public UsbPipe {
  public:
    /// How many pairs the descriptors give; 0 while the device is away.
    [[nodiscard]] virtual std::size_t pairs() const = 0;
    /// Writes to all pairs go out in the order of their calls. internal for a pair that the device does not have.
    virtual awaitable<Result<void>> write_to(std::size_t pair, Bytes data, Duration limit) = 0;
    /// One reader for each pair.
    virtual awaitable<Result<Bytes>> read_from(std::size_t pair, std::size_t max, Duration limit) = 0;
};

/// libusb with its event thread; `loop` is where results arrive. Never blocks the loop.
[[nodiscard]] std::unique_ptr<UsbPairs> make_libusb_pipe(asio::any_io_executor loop, Clock& clock, UsbAddress address);

}  // namespace drivers
