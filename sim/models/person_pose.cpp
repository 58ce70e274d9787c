// The pose as a map from picture to drawing and back.
#include "sim/models/person_pose.hpp"

#include <algorithm>
#include <cmath>

namespace sim {

namespace {
// The head in eye distances: half widths from crown to chin as drawn, depth before the ears' axis, how far the depth reaches sideways and up and down.
struct Width {
    double x, y;
};
constexpr std::array<Width, 14> outline{{{0.30, -1.85}, {0.52, -1.70}, {0.80, -1.52}, {1.01, -1.25}, {1.12, -0.95}, {1.18, -0.50}, {1.16, -0.10}, {1.13, 0.30}, {1.09, 0.65}, {1.00, 0.95}, {0.85, 1.30}, {0.58, 1.62}, {0.30, 1.80}, {0.30, 1.90}}};
constexpr double top = -1.85, bottom = 1.90;
constexpr double depth = 1.30, reach_x = 1.45, reach_y = 3.4;
constexpr double side_of_head = 0.93, side_shrinks = 0.15;  // of the half width: where the side begins that is not drawn; how quickly the drawing's rim is used up for it
constexpr double nose_height = 0.34, nose_y = 0.62;
constexpr double ear_root = 1.05, ear_angle = CV_PI / 6;  // how far an ear stands off
constexpr double neck_y = 1.7, hair_behind_depth = 0.7;
constexpr double nowhere = 1e3;
constexpr double near_yaw = 0.10;                          // sine from which an ear lies on the head's side and not behind it
constexpr int steps = 3;                                   // of the fixed point

double nose_at(double x, double y) { return nose_height * std::exp(-x * x / 0.075 - (y - nose_y) * (y - nose_y) / 0.17); }
double half_width_at(double y) {
    const auto below = std::ranges::find_if(outline, [y](const Width& p) { return p.y > y; });
    if (below == outline.begin() || below == outline.end()) return (below == outline.begin() ? outline.front() : outline.back()).x;
    const auto above = below - 1;
    return above->x + (below->x - above->x) * (y - above->y) / (below->y - above->y);
}
double depth_at(double x, double y) { return depth * std::sqrt(std::max(0.0, 1 - x * x / (reach_x * reach_x))) * std::max(0.0, 1 - y * y / (reach_y * reach_y)) + nose_at(x, y); }
double radians(double degrees, double most) { return std::clamp(degrees, -most, most) * CV_PI / 180; }
}  // namespace

HeadPose::HeadPose(double roll, double yaw, double pitch)
    : sin_roll_(std::sin(radians(roll, 45))), cos_roll_(std::cos(radians(roll, 45))), sin_yaw_(std::sin(radians(yaw, 45))), cos_yaw_(std::cos(radians(yaw, 45))),
      sin_pitch_(std::sin(radians(pitch, 35))), cos_pitch_(std::cos(radians(pitch, 35))) {
    for (int i = 0; i < slice_count; ++i) {
        const double y = top + (bottom - top) * i / (slice_count - 1), w = half_width_at(y), d = depth * (1 - y * y / (reach_y * reach_y));
        slices_[static_cast<std::size_t>(i)] = {w, std::hypot(w * cos_yaw_, d * sin_yaw_), std::atan2(d * sin_yaw_, w * cos_yaw_)};
    }
    const auto s = slice(0);
    eyes_.x = s.radius * (std::sin(std::asin(0.5 / s.half_width) + s.lead) + std::sin(std::asin(-0.5 / s.half_width) + s.lead)) / 2;
    eyes_.y = depth_at(0.5, 0) * sin_pitch_;
}

HeadPose::Slice HeadPose::slice(double y) const {
    const double at = std::clamp((y - top) / (bottom - top), 0.0, 1.0) * (slice_count - 1);
    const auto i = std::min(static_cast<std::size_t>(at), slices_.size() - 2);
    const double t = at - static_cast<double>(i);
    const auto &a = slices_[i], &b = slices_[i + 1];
    return {a.half_width + t * (b.half_width - a.half_width), a.radius + t * (b.radius - a.radius), a.lead + t * (b.lead - a.lead)};
}

cv::Point2d HeadPose::seen(cv::Point2d p) const {
    const auto s = slice(p.y);
    const double x = s.radius * std::sin(std::asin(std::clamp(p.x / s.half_width, -1.0, 1.0)) + s.lead) + nose_at(p.x, p.y) * sin_yaw_ - eyes_.x;
    const double y = p.y * cos_pitch_ + depth_at(p.x, p.y) * sin_pitch_ - eyes_.y;
    return rolled({x, y});
}

cv::Point2d HeadPose::rolled(cv::Point2d p) const { return {p.x * cos_roll_ - p.y * sin_roll_, p.x * sin_roll_ + p.y * cos_roll_}; }
cv::Point2d HeadPose::upright(cv::Point2d p) const { return {p.x * cos_roll_ + p.y * sin_roll_ + eyes_.x, -p.x * sin_roll_ + p.y * cos_roll_ + eyes_.y}; }

cv::Point2d HeadPose::drawn(cv::Point2d p) const {
    const cv::Point2d q = upright(p);
    if (sin_yaw_ == 0 && sin_pitch_ == 0) return q;
    double x = q.x, y = q.y;
    for (int i = 0; i < steps; ++i) {
        const double out = q.x - nose_at(x, y) * sin_yaw_;
        const auto s = slice(y);
        if (std::abs(out) > s.radius) {
            x = std::copysign(s.half_width + std::abs(out) - s.radius, out);  // hair beyond the outline
        } else {
            const double angle = std::asin(out / s.radius) - s.lead;
            x = s.half_width * std::sin(angle);
            // Round the corner lies the side of the head: the drawing's rim goes on there.
            static const double corner = std::asin(side_of_head);
            if (angle * s.lead < 0 && std::abs(angle) > corner) x = std::copysign(s.half_width * (side_of_head - side_shrinks * (std::abs(angle) - corner)), angle);
        }
        y = (q.y - depth_at(x, y) * sin_pitch_) / cos_pitch_;
    }
    return {x, y};
}

cv::Point2d HeadPose::drawn_ear(cv::Point2d p, double side) const {
    const cv::Point2d q = upright(p);
    const double width = std::sin(ear_angle - side * std::asin(sin_yaw_)) / std::sin(ear_angle), out = side * q.x - ear_root * cos_yaw_;
    if (width < 0.08 || out < -0.12) return {nowhere, 0};
    return {side * (ear_root + out / width), q.y / cos_pitch_};
}

cv::Point2d HeadPose::drawn_hair_behind(cv::Point2d p) const {
    const cv::Point2d q = upright(p);
    return {q.x + hair_behind_depth * sin_yaw_, q.y - 0.7 * eyes_.y};
}

cv::Point2d HeadPose::body_offset() const {
    const double x = -eyes_.x, y = neck_y - eyes_.y;
    return rolled({x, y}) - cv::Point2d(0, neck_y);
}

double HeadPose::half_face() const { return figure_face_width / 2 * slice(0).radius / slice(0).half_width; }
int HeadPose::near_ear() const { return sin_yaw_ > near_yaw ? -1 : sin_yaw_ < -near_yaw ? 1 : 0; }

}  // namespace sim
