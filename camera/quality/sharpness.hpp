// Sharpness at the scale of the finished portrait, and how fast the face moves.
#pragma once
#include "camera/quality/face.hpp"
#include "camera/rules.hpp"

namespace camera {

/// Contrast-normalised Laplacian variance of a 140 x 150 window of the face at the portrait's scale. Sharp faces: 1.7 and more; sigma 1 px: below 0.45.
[[nodiscard]] double measure_sharpness(const cv::Mat& grey, const Eyes& eyes, const PortraitRules& rules);

}  // namespace camera
