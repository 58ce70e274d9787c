// Bit packing of panels.
#include "printer/evolis/raster.hpp"

#include <stdexcept>

namespace printer::evolis {

drivers::Bytes pack(std::span<const std::uint8_t> plane, RasterSize size, int bits) {
    drivers::Bytes out;
    out.reserve(panel_bytes(size, bits));
    pack_into(out, plane, size, bits, {0, size.width});
    return out;
}

void pack_into(drivers::Bytes& out, std::span<const std::uint8_t> plane, RasterSize size, int bits, Window lines) {
    if (plane.size() != static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height)) throw std::logic_error("plane of another size");
    if (lines.first < 0 || lines.lines < 0 || lines.first + lines.lines > size.width) throw std::logic_error("lines beyond the card");
    unsigned window = 0;
    int filled = 0;
    for (int line = lines.first; line < lines.first + lines.lines; ++line) {
        for (int dot = 0; dot < size.height; ++dot) {
            const auto [x, y] = lying_of(line, dot, size);
            const unsigned value = plane[static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width) + static_cast<std::size_t>(x)];
            if (value >> bits) throw std::logic_error("level out of range");
            window = window << bits | value;
            filled += bits;
            if (filled >= 8) {
                filled -= 8;
                out.push_back(static_cast<std::byte>(window >> filled & 0xFF));
                window &= (1u << filled) - 1;
            }
        }
    }
    if (filled > 0) out.push_back(static_cast<std::byte>(window << (8 - filled) & 0xFF));
}

}  // namespace printer::evolis
