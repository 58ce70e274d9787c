// A plain wall is not quite even: a little structure, a little less light below. Everything else is asked for.
#include "sim/models/person_wall.hpp"

#include "sim/models/person_sprite.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace sim {

namespace {
constexpr double structure = 0.002, pattern_stripes = 0.16, pattern_texture = 0.07;
constexpr int stripe = 44;                            // pixels of a 1280 x 720 frame
constexpr double object_near = 0.128, object_far = 0.27, object_top = 0.07, object_bottom = 0.60;  // of width from the middle, of height

/// Cells of noise, enlarged.
cv::Mat cloud(cv::Size size, int cell, double amount, std::uint64_t seed) {
    cv::Mat cells(size.height / cell + 2, size.width / cell + 2, CV_32F), wide;
    cv::RNG(seed).fill(cells, cv::RNG::NORMAL, 0, amount);
    cv::resize(cells, wide, size, 0, 0, cv::INTER_CUBIC);
    return wide;
}

void add_pattern(cv::Mat& value, double amount, double shrink, std::uint64_t seed) {
    if (amount <= 0) return;
    const cv::Mat fine = cloud(value.size(), std::max(2, cvRound(7 * shrink)), pattern_texture * amount, seed);
    for (int y = 0; y < value.rows; ++y)
        for (int x = 0; x < value.cols; ++x) {
            const double wave = std::sin(CV_PI * x / (stripe * shrink));
            value.at<float>(y, x) *= static_cast<float>(1 - pattern_stripes * amount * (wave > 0 ? std::min(1.0, 4 * wave) : 0)) + fine.at<float>(y, x);
        }
}

/// A framed picture, dark: nothing that belongs on a portrait.
void hang(cv::Mat& wall, double side) {
    const auto at = [&](double x, double y) { return cv::Point(cvRound(wall.cols * (0.5 + side * x)), cvRound(wall.rows * y)); };
    cv::rectangle(wall, cv::Rect(at(object_near, object_top), at(object_far, object_bottom)), {0.09, 0.14, 0.22}, cv::FILLED);
    cv::rectangle(wall, cv::Rect(at(object_near + 0.014, object_top + 0.025), at(object_far - 0.014, object_bottom - 0.025)), {0.42, 0.36, 0.20}, cv::FILLED);
    cv::rectangle(wall, cv::Rect(at(object_near + 0.014, 0.40), at(object_far - 0.014, object_bottom - 0.025)), {0.20, 0.34, 0.24}, cv::FILLED);
}
}  // namespace

cv::Mat draw_wall(const PersonScene& s, cv::Size size) {
    const double shrink = std::min(size.width / 1280.0, size.height / 720.0);
    cv::Mat value(size, CV_32F);
    for (int y = 0; y < size.height; ++y)
        for (int x = 0; x < size.width; ++x) {
            const double across = static_cast<double>(x) / size.width, down = static_cast<double>(y) / size.height;
            value.at<float>(y, x) = static_cast<float>(s.wall_lightness * (1 - s.wall_shade_left * (1 - across)) * (1 - s.wall_shade_right * across) * (1 - 0.02 * down));
        }
    value = value.mul(1 + cloud(size, 48, structure, s.seed + 77));
    add_pattern(value, std::min(s.wall_pattern, 1.0), shrink, s.seed + 78);
    const auto tint = [](double t) { return std::clamp(1 + t, 0.0, 1.3); };
    cv::Mat wall, lit;
    cv::merge(std::vector<cv::Mat>{value * tint(s.wall_blue), value, value * tint(s.wall_red)}, wall);
    if (s.wall_object_left) hang(wall, -1);
    if (s.wall_object_right) hang(wall, 1);
    cv::multiply(wall, light_of(s) * 255, wall);
    wall.convertTo(lit, CV_8U);
    through_lens(lit, s, shrink);
    return lit;
}

}  // namespace sim
