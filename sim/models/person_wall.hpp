// The wall behind the person: its colour, light, pattern and what hangs there.
#pragma once
#include "sim/models/person.hpp"

namespace sim {

/// 8-bit BGR, lit and seen through the scene's lens. Depends on the scene's wall, light, lens and seed alone.
[[nodiscard]] cv::Mat draw_wall(const PersonScene& scene, cv::Size size);

}  // namespace sim
