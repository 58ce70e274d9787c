// The photograph of resident cards has a closed encoding (WLT). An operator who owns a vendor's decoder may name it: it runs as a process of its own, shut
// in, for each photograph (facts: resident-id-reader.md, "Photo").
#pragma once
#include "drivers/bytes.hpp"
#include "drivers/clock.hpp"
#include "drivers/fault.hpp"

#include <string>

namespace drivers {

inline constexpr std::size_t wlt_bytes = 1024;
/// 102 x 126 pixels of 24 bits in rows of 308 bytes, behind a header of 54.
inline constexpr std::size_t wlt_bmp_bytes = 38'862;

struct WltDecoder {
    std::string program;                               ///< absolute path; 1024 bytes on its standard input, the BMP on its standard output, exit code 0
    Duration deadline = std::chrono::seconds{3};       ///< from start to exit; killed then
    std::size_t memory_bytes = 256u << 20;             ///< of address space
    int cpu_seconds = 2;
};

/// The BMP, 38,862 bytes, checked. The process starts with nothing but its three descriptors (standard error goes nowhere), an empty environment, no new
/// privileges, no files to write, no network and, where the kernel lets us, a network namespace and a list of refused system calls. What it may still do is
/// read what this user reads. Faults: bad_configuration (no such program), time_out, photo_not_encodable with what it did instead. None of them is
/// a fault of the card: who reads goes on without the picture.
awaitable<Result<Bytes>> decode_wlt(Clock& clock, WltDecoder decoder, Bytes wlt);

/// Is this the picture that a decoder has to give?
[[nodiscard]] bool is_wlt_bmp(View bmp);

}  // namespace drivers
