// The oval from the brows to the lower lip: skin, without hair and wall whatever the person's haircut.
#include "camera/quality/light.hpp"

#include <cmath>

namespace camera {

namespace {
constexpr double centre_below = 0.45, radius_x = 0.85, radius_y = 0.95;  // eye distances
constexpr int burnt_from = 247, drowned_to = 25;
constexpr double most_samples_across = 100;
}  // namespace

Light measure_light(const cv::Mat& grey, const Eyes& eyes) {
    Light light;
    const double e = eyes.distance();
    if (!(e >= 4) || e > grey.cols) return light;
    const cv::Point2d centre = eyes.middle() + cv::Point2d(0, centre_below * e);
    const int stride = std::max(1, cvFloor(2 * radius_x * e / most_samples_across));
    long sum = 0, burnt = 0, drowned = 0;
    for (int y = std::max(0, cvCeil(centre.y - radius_y * e)); y < std::min<double>(grey.rows, centre.y + radius_y * e); y += stride)
        for (int x = std::max(0, cvCeil(centre.x - radius_x * e)); x < std::min<double>(grey.cols, centre.x + radius_x * e); x += stride) {
            if (std::pow((x - centre.x) / (radius_x * e), 2) + std::pow((y - centre.y) / (radius_y * e), 2) > 1) continue;
            const int v = grey.at<std::uint8_t>(y, x);
            sum += v;
            burnt += v >= burnt_from;
            drowned += v <= drowned_to;
            ++light.pixels;
        }
    if (light.pixels == 0) return light;
    light.mean = static_cast<double>(sum) / light.pixels;
    light.burnt = static_cast<double>(burnt) / light.pixels;
    light.drowned = static_cast<double>(drowned) / light.pixels;
    return light;
}

}  // namespace camera
