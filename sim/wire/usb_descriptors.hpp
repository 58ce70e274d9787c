// What the simulated printer says of itself on the USB control pipe (USB 2.0 chapter 9, USB Printer Class 1.1).
#pragma once
#include "sim/models/model.hpp"

#include <initializer_list>
#include <span>
#include <string>

namespace sim {

/// Vendor id of the imitated maker; the product id is invented (real ones are not public).
inline constexpr std::uint16_t printer_vendor_id = 0x0F49, printer_product_id = 0x0A00;

/// The requests that every device answers (USB 2.0 chapter 9): descriptors, strings (the first is number 1), status, configuration. Nothing: not one of them, or
/// stalled. Not yet cut to the wanted length.
[[nodiscard]] std::optional<Bytes> usb_standard_request(View setup8, View device, View configuration, std::span<const std::string> strings);
/// Cut to what the request has room for.
[[nodiscard]] std::optional<Bytes> usb_cut(std::optional<Bytes> answer, View setup8);
/// Bytes written as numbers.
[[nodiscard]] Bytes usb_raw(std::initializer_list<int> values);

inline constexpr std::uint8_t printer_out_endpoint = 0x01, printer_in_endpoint = 0x82;

/// Device and configuration descriptor behind each other, as in sysfs `descriptors`.
[[nodiscard]] Bytes usb_descriptors();
/// The answer to a control request; nothing: the request is stalled. `port_status` is the printer's GET_PORT_STATUS byte.
[[nodiscard]] std::optional<Bytes> usb_control(View setup8, const std::string& serial, std::uint8_t port_status);

}  // namespace sim
