// What staff and centre are warned of, and nobody is refused for: clothes as light as the wall, a covered head, an open mouth.
#pragma once
#include "camera/quality/background.hpp"

namespace camera {

struct Advice {
    double clothes = 100;   ///< Lab distance of the clothes below the chin and the wall; small: alike
    double covered = 0;     ///< 0..1: share of the band above the eyes (0.55 to 0.95 eye distances) that is neither skin nor a hair line
    double mouth = 0;       ///< height of the dark run at the mouth, in eye distances
};
[[nodiscard]] Advice measure_advice(const cv::Mat& frame, const cv::Mat& grey, const Eyes& eyes, const Wall& wall);

}  // namespace camera
