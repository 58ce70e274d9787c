// From a lying picture to the printer's bit stream: orientation, packing, sizes. Pure.
#pragma once
#include "drivers/bytes.hpp"
#include "printer/card_printer.hpp"
#include "printer/evolis/command.hpp"

namespace printer::evolis {

/// A pixel of the lying card, as a person sees it: x along the long side from the left, y from the top.
struct Pixel {
    int x = 0, y = 0;
    friend bool operator==(const Pixel&, const Pixel&) = default;
};

/// THE orientation, and nowhere else: which pixel of the lying picture the printer wants as dot `dot` (0 .. height-1, across the card) of line `line`
/// (0 .. width-1, along it). Lines are columns from the left, dots run from the top: the first transmitted dot is the upper left corner. Public facts
/// say only "a corner of the short side" (PROTOCOL.md, "Orientation"); rasters sent row by row have torn ribbons (field problem qz #879).
[[nodiscard]] constexpr Pixel lying_of(int line, int dot, RasterSize) { return {line, dot}; }

/// Bytes of one packed panel: width * height * bits / 8, rounded up; 576,072 and 82,296 at 1016 x 648.
[[nodiscard]] constexpr std::size_t panel_bytes(RasterSize size, int bits) {
    return (static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) * static_cast<std::size_t>(bits) + 7) / 8;
}
static_assert(panel_bytes({1016, 648}, 7) == 576'072 && panel_bytes({1016, 648}, 1) == 82'296);

/// Packs a plane most significant bit first in one continuous stream. The plane must have width * height values, each below 2^bits
/// (std::logic_error otherwise: the job was checked before).
[[nodiscard]] drivers::Bytes pack(std::span<const std::uint8_t> plane, RasterSize size, int bits);
/// The same of some lines, appended to what stands in `out`.
void pack_into(drivers::Bytes& out, std::span<const std::uint8_t> plane, RasterSize size, int bits, Window lines);

}  // namespace printer::evolis
