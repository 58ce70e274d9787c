// From a download's bytes to a plane of the lying card.
//
// Orientation, agreed for the whole project: the card lies (long side horizontal, as a person reads its front). Wire line L (0 .. width-1) is
// the lying picture's column L counted from the left; dot p (0 .. height-1) of the line is row p counted from the top. Planes are row-major.
#pragma once
#include "sim/models/printer_wire.hpp"

#include <optional>

namespace sim {

/// The plane (0..127 for colours, 0 or 1 for k and o) of a Db or Dbc; nothing when the run-length data does not give exactly `width` lines.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> plane_of(const WireCommand& download, int width, int height);

}  // namespace sim
