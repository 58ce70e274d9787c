// Run lengths of panels (Dbc): pure, both ways. Rules and their standing (resin verified on captures, colour not) in PROTOCOL.md, "Run lengths".
#pragma once
#include "drivers/bytes.hpp"
#include "printer/card_printer.hpp"

#include <optional>

namespace printer::evolis {

/// A resin line of more bytes cannot be told from a full one.
inline constexpr int most_line_bytes = 254;

/// Of a plane with width * height values of 0 or 1, lines as raster.hpp's lying_of. std::logic_error for another plane.
[[nodiscard]] drivers::Bytes squeeze_resin(std::span<const std::uint8_t> plane, RasterSize size);
/// Values 0..127.
[[nodiscard]] drivers::Bytes squeeze_colour(std::span<const std::uint8_t> plane, RasterSize size);

/// Back to a plane; nothing unless exactly `size.width` lines come out and every byte was used. Hostile input.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> expand_resin(drivers::View data, RasterSize size);
[[nodiscard]] std::optional<std::vector<std::uint8_t>> expand_colour(drivers::View data, RasterSize size);

}  // namespace printer::evolis
