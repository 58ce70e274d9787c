// The flat-field correction: a smooth, capped gain that makes the wall even and white where the light falls off. Off by default; what was applied is recorded.
// It is a correction of the light, not a replacement of the background: one field over the whole picture, the same for all three colours, without any mask.
#pragma once
#include "camera/quality/background.hpp"
#include "camera/rules.hpp"

namespace camera {

inline constexpr double flat_field_target = 245;  ///< level 0..255 that the wall is brought to
inline constexpr double greatest_flat_field_gain = 1.5;  ///< whatever the configuration says

/// Multiplies `crop` (8-bit BGR) in place and gives the greatest gain that was applied; 1: nothing was (off, no wall, or white already).
/// `wall`: measured in the frame that `frame_to_crop` maps to the crop; `frame_width`: of that frame.
[[nodiscard]] double apply_flat_field(cv::Mat& crop, const Wall& wall, const cv::Matx23d& frame_to_crop, int frame_width, const FlatField& rules);

}  // namespace camera
