// What a decoder's process does to itself between fork and exec; for wlt_decoder.cpp only. Async-signal-safe: the house has threads.
#pragma once
#include "drivers/resident_id/wlt_decoder.hpp"

namespace drivers::wlt {

/// Becomes the decoder; never returns. `in` and `out` become its standard descriptors. Exit code 127: it could not be started.
[[noreturn]] void become(const WltDecoder& decoder, int in, int out) noexcept;

}  // namespace drivers::wlt
