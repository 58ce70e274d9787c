// How an SDT reader's bytes go over USB (facts: resident-id-reader.md, endpoint schemes, MEDIUM): with one pair of endpoints frames go as they are (B);
// with two, preamble and length go over the first pair and the rest over the second (A). The descriptors decide.
#pragma once
#include "drivers/usb_pipe.hpp"

namespace drivers::sdt {

[[nodiscard]] std::unique_ptr<Pipe> make_usb_pipe(std::unique_ptr<UsbPairs> usb);

}  // namespace drivers::sdt
