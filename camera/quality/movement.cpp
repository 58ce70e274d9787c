// Normalised correlation of the face's middle at a fixed small scale, with a parabola through the peak: a hundredth of an eye distance is resolved.
#include "camera/quality/movement.hpp"

#include <cmath>
#include <opencv2/imgproc.hpp>

namespace camera {

namespace {
constexpr double working_distance = 20;           // pixels between the eyes at which it is looked for
constexpr double patch_half = 0.9, patch_down = 0.35;  // in e: brows to upper lip; the mouth may talk
constexpr double reach = 0.6;                     // in e: farther away it is another matter than holding still
constexpr double least_match = 0.6;
constexpr std::chrono::milliseconds longest_gap{1000};

/// Where a parabola through three neighbours has its top, -0.5 .. 0.5.
double top_of(double before, double at, double after) {
    const double bend = before - 2 * at + after;
    return bend < -1e-9 ? std::clamp(0.5 * (before - after) / bend, -0.5, 0.5) : 0;
}
}  // namespace

void Motion::clear() {
    if (!patch_.empty()) patch_.setTo(0);
    patch_.release();
    scale_ = 0;
}

std::optional<double> Motion::see(const cv::Mat& grey, const Eyes& eyes, std::chrono::milliseconds now) {
    const double e = eyes.distance();
    const auto gap = now - at_;
    std::optional<double> movement;
    const auto cut = [&](cv::Point2d middle, double half, double k) {
        cv::Mat out;
        const cv::Rect area = cv::Rect(cvRound(middle.x - half), cvRound(middle.y - half), cvRound(2 * half), cvRound(2 * half));
        if ((area & cv::Rect({}, grey.size())) == area && area.width >= 8) cv::resize(grey(area), out, {}, k, k, cv::INTER_AREA);
        return out;
    };
    if (!(e >= 8) || e > grey.cols) {
        clear();
        return movement;
    }
    // The old scale as long as the distance is about the same: two resamplings of the same size compare best.
    const double k = std::min(1.0, working_distance / e);
    if (!patch_.empty() && std::abs(k / scale_ - 1) < 0.15 && gap > std::chrono::milliseconds{0} && gap <= longest_gap) {
        cv::Mat area = cut(where_, (patch_half + reach) * e, scale_), match;
        if (area.cols > patch_.cols + 2 && area.rows > patch_.rows + 2) {
            cv::matchTemplate(area, patch_, match, cv::TM_CCOEFF_NORMED);
            cv::Point at;
            double best = 0;
            cv::minMaxLoc(match, nullptr, &best, nullptr, &at);
            if (best >= least_match && at.x > 0 && at.y > 0 && at.x + 1 < match.cols && at.y + 1 < match.rows) {
                const double dx = at.x + top_of(match.at<float>(at.y, at.x - 1), best, match.at<float>(at.y, at.x + 1)) - (match.cols - 1) / 2.0;
                const double dy = at.y + top_of(match.at<float>(at.y - 1, at.x), best, match.at<float>(at.y + 1, at.x)) - (match.rows - 1) / 2.0;
                const double frames = std::chrono::duration<double>(gap) / std::chrono::duration<double>(frame_time);
                movement = std::hypot(dx, dy) / (scale_ * e) / std::max(0.2, frames);
            }
        }
        if (!area.empty()) area.setTo(0);
    }
    clear();
    where_ = {std::round(eyes.middle().x), std::round(eyes.middle().y + patch_down * e)};
    scale_ = k;
    at_ = now;
    patch_ = cut(where_, patch_half * e, k);
    return movement;
}

}  // namespace camera
