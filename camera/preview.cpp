// Averaged down to the size of the window, so that it stays cheap to draw.
#include "camera/preview.hpp"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace camera {

cv::Mat reduce_for_preview(const cv::Mat& frame) {
    const double k = std::min({1.0, static_cast<double>(preview_width) / frame.cols, static_cast<double>(preview_height) / frame.rows});
    cv::Mat small;
    cv::resize(frame, small, {std::max(1, cvFloor(frame.cols * k)), std::max(1, cvFloor(frame.rows * k))}, 0, 0, cv::INTER_AREA);
    return small;
}

void put_preview(const cv::Mat& reduced, Mirror mirror, std::vector<std::uint8_t>& rgb) {
    rgb.resize(reduced.total() * 3);
    cv::Mat out(reduced.size(), CV_8UC3, rgb.data());
    cv::cvtColor(reduced, out, cv::COLOR_BGR2RGB);
    if (mirror == Mirror::yes) cv::flip(out, out, 1);
}

}  // namespace camera
