// QR codes in dots of the printer: every module a whole number of them, or no reader at the counter would take it.
#pragma once
#include "printer/face/face.hpp"

namespace printer {

inline constexpr int quiet_modules = 4;         ///< ISO/IEC 18004: on every side, and inside the field
inline constexpr int least_dots_per_module = 3; ///< 0.25 mm at 300 dpi: less closes up in resin

/// Side x side modules, row-major, 1 black. Error correction M (15 %: a card lies in a purse).
struct QrCode {
    int side = 0;
    std::vector<std::uint8_t> black;
};

/// Printable ASCII, 1 to max_qr_bytes; name_not_printable for anything else (the text comes with the order).
[[nodiscard]] Result<QrCode> make_qr(const std::string& content);

/// Dots per module of a code in a field of so many dots; 0 when it does not fit with its quiet zone.
[[nodiscard]] constexpr int dots_per_module(int side, int across, int down) { return std::min(across, down) / (side + 2 * quiet_modules); }

}  // namespace printer
