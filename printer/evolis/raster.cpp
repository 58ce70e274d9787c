// Bit packing of panels.
#include "printer/evolis/raster.hpp"

#include <stdexcept>

namespace printer::evolis {

drivers::Bytes pack(std::span<const std::uint8_t> plane, RasterSize size, int bits) {
    if (plane.size() != static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height)) throw std::logic_error("plane of another size");
    drivers::Bytes out;
    out.reserve(panel_bytes(size, bits));
    unsigned window = 0;
    int filled = 0;
    for (int line = 0; line < size.width; ++line) {
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
    return out;
}

}  // namespace printer::evolis
