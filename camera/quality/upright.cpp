// One affine warp; a large face is averaged down first, because a warp does not average and lashes would alias.
#include "camera/quality/upright.hpp"

#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace camera {

namespace {
constexpr double least_eye_distance = 8;   // pixels
constexpr double average_from = 1.6;       // frame pixels per pixel of the result
}  // namespace

cv::Point2d in_frame(const Eyes& eyes, cv::Point2d in_face) {
    const cv::Point2d along = eyes.right - eyes.left;
    return eyes.middle() + along * in_face.x + cv::Point2d(-along.y, along.x) * in_face.y;
}

cv::Mat upright(const cv::Mat& image, const Eyes& eyes, cv::Rect2d part, double pixels) {
    const cv::Size size(std::max(1, cvRound(part.width * pixels)), std::max(1, cvRound(part.height * pixels)));
    const std::array corners{in_frame(eyes, part.tl()), in_frame(eyes, {part.x + part.width, part.y}), in_frame(eyes, {part.x, part.y + part.height}), in_frame(eyes, part.br())};
    cv::Point2d low = corners[0], high = corners[0];
    for (const auto& c : corners) {
        low = {std::min(low.x, c.x), std::min(low.y, c.y)};
        high = {std::max(high.x, c.x), std::max(high.y, c.y)};
    }
    const cv::Rect bounds({}, image.size());
    const cv::Rect area = cv::Rect(cv::Point(cvFloor(low.x) - 2, cvFloor(low.y) - 2), cv::Point(cvCeil(high.x) + 3, cvCeil(high.y) + 3)) & bounds;
    if (area.empty()) return cv::Mat::zeros(size, image.type());
    cv::Mat source = image(area);
    double k = 1;
    if (const double reduction = eyes.distance() / pixels; reduction > average_from) {
        k = 1 / reduction;
        cv::resize(image(area), source, {std::max(1, cvRound(area.width * k)), std::max(1, cvRound(area.height * k))}, 0, 0, cv::INTER_AREA);
    }
    // Result to source: pixel centres are at whole numbers, hence the halves.
    const cv::Point2d along = (eyes.right - eyes.left) / pixels;
    const cv::Point2d first = in_frame(eyes, part.tl()) + (along + cv::Point2d(-along.y, along.x)) * 0.5 - cv::Point2d(area.tl());
    const double shift = 0.5 * (k - 1);
    const cv::Matx23d map(k * along.x, -k * along.y, k * first.x + shift, k * along.y, k * along.x, k * first.y + shift);
    cv::Mat out;
    cv::warpAffine(source, out, map, size, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
    return out;
}

int percentile(const cv::Mat& grey, double share) {
    std::array<int, 256> histogram{};
    for (int y = 0; y < grey.rows; ++y) {
        const auto* row = grey.ptr<uchar>(y);
        for (int x = 0; x < grey.cols; ++x) ++histogram[row[x]];
    }
    auto left = static_cast<long>(share * static_cast<double>(grey.total()));
    for (int value = 0; value < 256; ++value) {
        left -= histogram[static_cast<std::size_t>(value)];
        if (left < 0) return value;
    }
    return grey.empty() ? 0 : 255;
}

bool usable(const cv::Mat& image, const Eyes& eyes) {
    const cv::Point2d middle = eyes.middle();
    const double e = eyes.distance();
    return e >= least_eye_distance && e <= image.cols && middle.x >= 0 && middle.y >= 0 && middle.x < image.cols && middle.y < image.rows;
}

cv::Rect cut(const cv::Mat& picture, cv::Rect2d part, cv::Rect2d wanted, double pixels) {
    const cv::Point from(cvRound((wanted.x - part.x) * pixels), cvRound((wanted.y - part.y) * pixels));
    return cv::Rect(from, cv::Size(cvRound(wanted.width * pixels), cvRound(wanted.height * pixels))) & cv::Rect({}, picture.size());
}

}  // namespace camera
