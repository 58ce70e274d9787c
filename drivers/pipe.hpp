// A byte pipe to a device that comes and goes: the contract of drivers that do not care what carries their bytes. The real ones are
// libusb_pipe.cpp and serial/serial_pipe.cpp.
#pragma once
#include "drivers/async.hpp"
#include "drivers/bytes.hpp"
#include "drivers/clock.hpp"
#include "drivers/fault.hpp"

#include <memory>

namespace drivers {

/// A pipe that survives unplugging: operations fail with printer_unplugged / printer_missing (USB) or reader_missing (serial) while the device is away
/// and work again after it came back. Belongs to the loop's thread. One reader and one writer at a time. Cancellation is honoured within one
/// turn; bytes that arrive for a cancelled read stay in the pipe for the next read.
class Pipe {
  public:
    virtual ~Pipe() = default;
    [[nodiscard]] virtual bool connected() const = 0;
    /// Counts every coming and going of the device. A driver compares it to know that state was lost in between.
    [[nodiscard]] virtual Signal& plugged() = 0;
    /// All of `data`. A time-out is a fault (printer_silent, time_out) and says nothing about how much arrived.
    virtual awaitable<Result<void>> write(Bytes data, Duration limit) = 0;
    /// At least one byte, at most `max` (<= 65536); time_out when none came.
    virtual awaitable<Result<Bytes>> read(std::size_t max, Duration limit) = 0;
    /// Closes the device and opens it anew, soon: the last resort with one that is silent. Counts as unplugging and plugging.
    virtual void reopen() {}
};

}  // namespace drivers
