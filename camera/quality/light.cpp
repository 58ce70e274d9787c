// The oval from the brows to the lower lip: skin, without hair and wall whatever the person's haircut. And the two cheeks against each other.
#include "camera/quality/light.hpp"

#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace camera {

namespace {
constexpr double centre_below = 0.45, radius_x = 0.85, radius_y = 0.95;  // eye distances
constexpr int burnt_from = 247, drowned_to = 25;
constexpr double most_samples_across = 100;
// OFIQ's cheek squares: side 0.3 e, outwards from the eye's centre, half way down to the mouth (1.107 e below the eyes), at an eye distance of 113 pixels.
constexpr double cheek_side = 0.30, cheek_down = 1.107 / 2;
constexpr int cheek_pixels = 34;

struct Cheek {
    std::array<double, 256> histogram{};
    double mean = 0;
};

/// `outwards`: -1 for the frame's left cheek. Nothing when it is not wholly in the frame.
std::optional<Cheek> cheek_of(const cv::Mat& grey, const Eyes& eyes, double outwards) {
    const double e = eyes.distance();
    const cv::Point2d along = (eyes.right - eyes.left) * (1 / e), down(-along.y, along.x), eye = outwards < 0 ? eyes.left : eyes.right;
    const cv::Point2d centre = eye + along * (outwards * cheek_side / 2 * e) + down * (cheek_down * e);
    const int side = std::max(4, cvRound(cheek_side * e));
    const cv::Rect area(cvRound(centre.x - side / 2.0), cvRound(centre.y - side / 2.0), side, side);
    if ((area & cv::Rect({}, grey.size())) != area) return std::nullopt;
    cv::Mat patch;
    if (side > cheek_pixels) cv::resize(grey(area), patch, {cheek_pixels, cheek_pixels}, 0, 0, cv::INTER_AREA);
    else patch = grey(area);
    Cheek cheek;
    const double each = 1.0 / static_cast<double>(patch.total());
    for (int y = 0; y < patch.rows; ++y)
        for (int x = 0; x < patch.cols; ++x) {
            const auto v = patch.at<std::uint8_t>(y, x);
            cheek.histogram[v] += each;
            cheek.mean += each * v;
        }
    return cheek;
}

void compare_cheeks(const cv::Mat& grey, const Eyes& eyes, Light& light) {
    const auto left = cheek_of(grey, eyes, -1), right = cheek_of(grey, eyes, +1);
    if (!left || !right) return;
    double common = 0;
    for (std::size_t i = 0; i < 256; ++i) common += std::min(left->histogram[i], right->histogram[i]);
    light.cheeks = 100 * std::pow(common, 0.3);
    light.cheek_ratio = std::min(left->mean, right->mean) / std::max(1.0, std::max(left->mean, right->mean));
    light.darker = left->mean < right->mean ? Side::right : Side::left;  // the frame's left is the mirror's right
}
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
            const double across = (x - centre.x) / (radius_x * e), down = (y - centre.y) / (radius_y * e);
            if (across * across + down * down > 1) continue;
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
    compare_cheeks(grey, eyes, light);
    return light;
}

}  // namespace camera
