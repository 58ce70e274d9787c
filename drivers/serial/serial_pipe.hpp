// A serial port as a pipe: 8N1, raw, no flow control (facts: resident-id-reader.md). No thread: the port is watched by the loop.
#pragma once
#include "drivers/pipe.hpp"

#include <span>
#include <string>

namespace drivers {

/// From "/dev/ttyUSB0", "/dev/ttyUSB0?baud=57600".
struct SerialAddress {
    std::string path;    ///< absolute
    int baud = 115'200;  ///< one of serial_speeds()
    [[nodiscard]] static Result<SerialAddress> parse(std::string_view text);
};
/// 9600 19200 38400 57600 115200
[[nodiscard]] std::span<const int> serial_speeds();

/// Opens the port when it is first asked for something, for itself alone, and drops what lay in it. A port that is not there, is none, or hung up is
/// reader_missing, and is looked for anew by the next call: who waits for its return asks again. Nothing blocks.
[[nodiscard]] std::unique_ptr<Pipe> make_serial_pipe(asio::any_io_executor loop, Clock& clock, SerialAddress address);

}  // namespace drivers
