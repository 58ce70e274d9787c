// The photograph on its way to the dyes: the profile of printer and ribbon, then the layout's curve.
#pragma once
#include "printer/face/photo.hpp"

namespace printer {

inline constexpr std::size_t min_curve_points = 2, max_curve_points = 16;

/// bad_configuration for a curve that is not rising or leaves 0..1, and for a profile that lcms2 does not take as an RGB output. Checked when a layout is loaded.
[[nodiscard]] Result<void> check_tone(const Tone& tone);

/// Output for the 256 inputs; straight without points, level before the first and after the last.
[[nodiscard]] std::array<std::uint8_t, 256> curve_table(const std::vector<std::pair<double, double>>& curve);

/// In place. Faults as check_tone.
[[nodiscard]] Result<void> apply_tone(const Tone& tone, Photo& photo);

}  // namespace printer
