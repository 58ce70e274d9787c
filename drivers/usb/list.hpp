// What is plugged in, for technicians: asks, claims nothing.
#pragma once
#include "drivers/fault.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace drivers {

inline constexpr std::size_t most_listed_devices = 64;

struct UsbListed {
    std::uint16_t vendor = 0, product = 0;
    int bus = 0, device = 0;
    std::string serial;  ///< empty: it has none, or may not be opened
    std::string name;    ///< maker and product as the device says, cleaned
    bool may_be_opened = false;
    /// "usb:0f49:0a00?serial=1000"
    [[nodiscard]] std::string uri() const;
};

/// All devices of a vendor, by bus and number. Blocking (some milliseconds): for command lines only.
[[nodiscard]] Result<std::vector<UsbListed>> list_usb_devices(std::uint16_t vendor);

}  // namespace drivers
