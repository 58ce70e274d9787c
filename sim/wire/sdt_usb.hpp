// The SDT reader model as a USB device, in either of the two endpoint schemes that readers of this kind have (facts: resident-id-reader.md).
#pragma once
#include "sim/models/sdt_reader.hpp"
#include "sim/wire/usb_function.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace sim {

inline constexpr std::uint16_t sdt_vendor_id = 0x0400, sdt_product_id = 0xC35A;
/// a: preamble and length over OUT 02 and IN 81, the rest over OUT 06 and IN 85. b: everything over OUT 02 and IN 81.
enum class SdtScheme { a, b };

/// For UsbDevice::create(). `world` guards the model and is locked for each of its calls; `now` gives the model's time.
[[nodiscard]] std::unique_ptr<UsbFunction> make_sdt_usb(SdtReader& model, SdtScheme scheme, std::string serial, std::mutex& world, std::function<Time()> now);

}  // namespace sim
