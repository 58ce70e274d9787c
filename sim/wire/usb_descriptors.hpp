// What the simulated printer says of itself on the USB control pipe (USB 2.0 chapter 9, USB Printer Class 1.1).
#pragma once
#include "sim/models/model.hpp"

#include <string>

namespace sim {

inline constexpr std::uint8_t printer_out_endpoint = 0x01, printer_in_endpoint = 0x82;

/// Device and configuration descriptor behind each other, as in sysfs `descriptors`.
[[nodiscard]] Bytes usb_descriptors();
/// The answer to a control request; nothing: the request is stalled. `port_status` is the printer's GET_PORT_STATUS byte.
[[nodiscard]] std::optional<Bytes> usb_control(View setup8, const std::string& serial, std::uint8_t port_status);

}  // namespace sim
