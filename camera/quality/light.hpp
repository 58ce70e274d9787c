// The light on the face: mean and extremes of its luminance, and whether both cheeks get the same.
#pragma once
#include "camera/quality/face.hpp"
#include "camera/reasons.hpp"

namespace camera {

struct Light {
    double mean = 0;    ///< luma of the face's oval, 0..255
    double burnt = 0;   ///< 0..1: share of pixels at 247 or above
    double drowned = 0; ///< 0..1: share of pixels at 25 or below (photo-ofiq-measures.md)
    double cheeks = 100; ///< OFIQ illumination uniformity, 0..100: 100 * (histogram intersection of the two cheeks)^0.3
    double cheek_ratio = 1; ///< mean luma of the darker cheek over that of the brighter one
    Side darker = Side::none;  ///< the half that gets less light, as the mirror shows it
    int pixels = 0;     ///< 0: the face lies outside the frame
};

/// `grey`: 8-bit luma.
[[nodiscard]] Light measure_light(const cv::Mat& grey, const Eyes& eyes);

}  // namespace camera
