// The gain comes from the plane that was fitted to the wall's lightness. It is worked out on a coarse grid and enlarged, so that the cap leaves no crease.
#include "camera/flat_field.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace camera {

namespace {
constexpr int grid = 24;
constexpr double crease_sigma = 2;       // grid cells
constexpr double least_level = 60;       // a darker wall is no wall to be corrected
constexpr double recorded_step = 1.005;  // less is no correction

/// sRGB level 0..255 of a grey with this L*.
double level_of(double lightness) {
    const double f = (std::clamp(lightness, 0.0, 100.0) + 16) / 116;
    const double linear = f > 6.0 / 29 ? f * f * f : 3 * std::pow(6.0 / 29, 2) * (f - 4.0 / 29);
    return 255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055);
}
}  // namespace

double apply_flat_field(cv::Mat& crop, const Wall& wall, const cv::Matx23d& frame_to_crop, int frame_width, const FlatField& rules) {
    if (!rules.on || wall.samples == 0 || crop.empty() || crop.type() != CV_8UC3 || frame_width < 1) return 1;
    const double cap = std::clamp(rules.greatest_gain, 1.0, greatest_flat_field_gain);
    cv::Matx23d back;
    cv::invertAffineTransform(frame_to_crop, back);
    cv::Mat coarse(grid, grid, CV_32F);
    for (int j = 0; j < grid; ++j)
        for (int i = 0; i < grid; ++i) {
            const double x = (i + 0.5) * crop.cols / grid, y = (j + 0.5) * crop.rows / grid;
            const double u = (back(0, 0) * x + back(0, 1) * y + back(0, 2)) / frame_width, v = (back(1, 0) * x + back(1, 1) * y + back(1, 2)) / frame_width;
            const double level = std::max(least_level, level_of(wall.planes(0, 0) + wall.planes(0, 1) * u + wall.planes(0, 2) * v));
            coarse.at<float>(j, i) = static_cast<float>(std::clamp(flat_field_target / level, 1.0, cap));
        }
    cv::GaussianBlur(coarse, coarse, {}, crease_sigma, crease_sigma, cv::BORDER_REPLICATE);
    double greatest = 1;
    cv::minMaxLoc(coarse, nullptr, &greatest);
    if (greatest < recorded_step) return 1;
    cv::Mat gain;
    cv::resize(coarse, gain, crop.size(), 0, 0, cv::INTER_LINEAR);
    for (int y = 0; y < crop.rows; ++y)
        for (int x = 0; x < crop.cols; ++x) {
            auto& pixel = crop.at<cv::Vec3b>(y, x);
            // One factor for the three colours, less where the brightest would burn out: the hue stays.
            const int brightest = std::max({pixel[0], pixel[1], pixel[2], std::uint8_t{1}});
            const float factor = std::min(gain.at<float>(y, x), std::max(1.0F, 255.0F / static_cast<float>(brightest)));
            for (int c = 0; c < 3; ++c) pixel[c] = cv::saturate_cast<std::uint8_t>(static_cast<float>(pixel[c]) * factor);
        }
    return greatest;
}

}  // namespace camera
