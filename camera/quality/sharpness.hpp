// Sharpness at the scale of the finished portrait, and how fast the face moves.
#pragma once
#include "camera/quality/face.hpp"
#include "camera/rules.hpp"

namespace camera {

/// Contrast-normalised Laplacian variance of a 140 x 150 window of the face at the portrait's scale, less that of its smoothest tenth (noise). Frames of 720 lines:
/// sharp 0.8 .. 3, blurred by 1 pixel of the portrait 0.2 .. 0.5, by 1.5 pixels below 0.3; noise of 4 levels moves it by 0.1.
[[nodiscard]] double measure_sharpness(const cv::Mat& grey, const Eyes& eyes, const PortraitRules& rules);

}  // namespace camera
