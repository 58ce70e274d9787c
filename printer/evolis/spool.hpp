// A print job as one piece of wire, for `liqu-ctl card render`, replays and measurements: what the driver sends when every answer is OK. Pure.
#pragma once
#include "drivers/bytes.hpp"
#include "printer/card_printer.hpp"

namespace printer::evolis {

/// Ss Sr Db;y Db;m Db;c Db;k Db;o [Sv Db;k] Se: uncompressed panels on a full ribbon (printer.cpp's sequence; a test compares the two). Planes that are empty
/// are left out, the others must fit the job's size (std::logic_error). The driver chooses the ribbon and asks between the steps; that is not in here.
[[nodiscard]] drivers::Bytes job_bytes(const PrintJob& job);

}  // namespace printer::evolis
