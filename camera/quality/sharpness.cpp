// Sharpness as the finished portrait would have it: a blur that the reduction hides is none, contrast and skin tone do not count, and neither does a sensor's noise,
// which is as strong on the smoothest tenth of the face as elsewhere.
#include "camera/quality/sharpness.hpp"

#include "camera/quality/upright.hpp"

#include <opencv2/imgproc.hpp>

namespace camera {

namespace {
constexpr double window_width = 140, window_height = 150, window_above = 45;  // pixels of a portrait whose eyes are 93 apart: brows to lower lip
constexpr double standard_eye_distance = 93;
constexpr int block_width = 14, block_height = 15;  // pixels: a hundred blocks
constexpr double smoothest_share = 0.1;
constexpr double least_balance = 0.2;               // of the weaker direction's edges to the stronger one's: faces have 0.25 and more, a streak of 5 pixels 0.1
constexpr double least_variance = 20;               // of luma: a flat grey has no edges to be sharp

double variance_of(const cv::Mat& picture) {
    cv::Scalar mean, deviation;
    cv::meanStdDev(picture, mean, deviation);
    return deviation[0] * deviation[0];
}
/// Variance of an edge picture without that of the sensor's noise.
double edges_in(const cv::Mat& edges) {
    std::vector<double> blocks;
    for (int y = 0; y + block_height <= edges.rows; y += block_height)
        for (int x = 0; x + block_width <= edges.cols; x += block_width) blocks.push_back(variance_of(edges(cv::Rect(x, y, block_width, block_height))));
    if (blocks.empty()) return 0;
    const auto smooth = blocks.begin() + static_cast<std::ptrdiff_t>(smoothest_share * static_cast<double>(blocks.size()));
    std::ranges::nth_element(blocks, smooth);
    return std::max(0.0, variance_of(edges) - *smooth);
}

/// 1 for edges in both directions, towards 0 for those of a streak: a moved face keeps the edges along its way.
double streak_of(const cv::Mat& face) {
    cv::Mat across, down;
    cv::Sobel(face, across, CV_32F, 2, 0, 3);
    cv::Sobel(face, down, CV_32F, 0, 2, 3);
    const double x = edges_in(across), y = edges_in(down);
    return std::max(x, y) > 0 ? std::min(1.0, std::min(x, y) / std::max(x, y) / least_balance) : 0;
}
}  // namespace

double measure_sharpness(const cv::Mat& grey, const Eyes& eyes, const PortraitRules& rules) {
    if (!usable(grey, eyes)) return 0;
    const double k = 1 / standard_eye_distance;
    const cv::Mat face = upright(grey, eyes, {-window_width / 2 * k, -window_above * k, window_width * k, window_height * k}, rules.eye_distance);
    cv::Mat edges;
    cv::Laplacian(face, edges, CV_32F, 3);
    return streak_of(face) * edges_in(edges) / std::max(least_variance, variance_of(face));
}

}  // namespace camera
