// From a download's bytes to a plane of the lying card.
//
// Orientation, agreed for the whole project: the card lies (long side horizontal, as a person reads its front). Wire line L (0 .. width-1) is
// the lying picture's column L counted from the left; dot p (0 .. height-1) of the line is row p counted from the top. Planes are row-major.
#pragma once
#include "sim/models/printer_wire.hpp"

#include <optional>

namespace sim {

/// The plane (0..127 for colours, 0 or 1 for k and o) of a download, blank outside the window of a half panel; nothing when the header is not download_head's or
/// run-length data do not give exactly its lines.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> plane_of(const WireCommand& download, int width, int height);
/// What the firmware prints on its own test card: a ramp in each colour, a frame in resin, all of the overlay.
[[nodiscard]] std::vector<std::uint8_t> test_pattern(char panel, int width, int height);

}  // namespace sim
