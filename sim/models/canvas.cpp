// Soft shapes: polygons with anti-aliased, blurred edges, blended within their own rectangle so that drawing stays quick.
#include "sim/models/canvas.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace sim {

namespace {
constexpr int spline_steps = 10;
constexpr int fraction_bits = 6;
}  // namespace

Outline smooth(const Outline& through) {
    Outline out;
    const auto n = through.size();
    for (std::size_t i = 0; i < n; ++i) {
        const auto &a = through[(i + n - 1) % n], &b = through[i], &c = through[(i + 1) % n], &d = through[(i + 2) % n];
        for (int s = 0; s < spline_steps; ++s) {
            const double t = static_cast<double>(s) / spline_steps;
            out.push_back(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * (t * t) + (3 * b - a - 3 * c + d) * (t * t * t)));
        }
    }
    return out;
}

Outline curve(const Outline& through) {
    Outline padded{through.front()};
    padded.insert(padded.end(), through.begin(), through.end());
    padded.push_back(through.back());
    Outline all = smooth(padded);
    return {all.begin() + spline_steps, all.begin() + static_cast<std::ptrdiff_t>(through.size()) * spline_steps};
}

Outline both_sides(const Outline& right_half) {
    Outline all = right_half;
    for (auto it = right_half.rbegin(); it != right_half.rend(); ++it)
        if (it->x > 0.001) all.emplace_back(-it->x, it->y);
    return smooth(all);
}

Outline oval(double x, double y, double radius_x, double radius_y) {
    Outline out;
    for (int i = 0; i < 48; ++i) out.emplace_back(x + radius_x * std::cos(i * CV_PI / 24), y + radius_y * std::sin(i * CV_PI / 24));
    return out;
}

Outline mirrored(Outline outline) {
    for (auto& p : outline) p.x = -p.x;
    return outline;
}

Outline brush(const Outline& path, double start, double middle, double end) {
    Outline upper, lower;
    for (std::size_t i = 0; i < path.size(); ++i) {
        const double t = static_cast<double>(i) / static_cast<double>(path.size() - 1);
        const double half = t < 0.5 ? start + (middle - start) * 2 * t : middle + (end - middle) * (2 * t - 1);
        auto along = path[std::min(i + 1, path.size() - 1)] - path[i ? i - 1 : 0];
        const double length = std::max(1e-6, std::hypot(along.x, along.y));
        const cv::Point2d across(-along.y / length * half, along.x / length * half);
        upper.push_back(path[i] - across);
        lower.push_back(path[i] + across);
    }
    upper.insert(upper.end(), lower.rbegin(), lower.rend());
    return upper;
}

Canvas::Canvas(double unit, double left, double above, double width, double height)
    : unit_(unit), left_(left), above_(above), colour_(cvRound(height * unit), cvRound(width * unit), CV_32FC3, cv::Scalar::all(0)),
      cover_(colour_.size(), CV_32F, cv::Scalar(0)) {}

Canvas::Patch Canvas::mask(const Outline& outline, double feather) const {
    std::vector<cv::Point2f> pixels;
    for (const auto& p : outline) pixels.emplace_back(static_cast<float>((p.x + left_) * unit_), static_cast<float>((p.y + above_) * unit_));
    const double sigma = feather * unit_;
    const int rim = 2 + cvCeil(3 * sigma);
    cv::Rect area = cv::boundingRect(pixels);
    area = cv::Rect(area.x - rim, area.y - rim, area.width + 2 * rim, area.height + 2 * rim) & cv::Rect({}, colour_.size());
    if (area.empty()) return {area, {}};
    std::vector<cv::Point> fixed;
    for (const auto& p : pixels) fixed.emplace_back(cvRound((p.x - static_cast<float>(area.x)) * (1 << fraction_bits)), cvRound((p.y - static_cast<float>(area.y)) * (1 << fraction_bits)));
    cv::Mat drawn(area.size(), CV_8U, cv::Scalar(0));
    cv::fillPoly(drawn, std::vector<std::vector<cv::Point>>{fixed}, cv::Scalar(255), cv::LINE_AA, fraction_bits);
    Patch patch{area, {}};
    drawn.convertTo(patch.alpha, CV_32F, 1 / 255.0);
    if (sigma > 0.3) cv::GaussianBlur(patch.alpha, patch.alpha, {}, sigma, sigma, cv::BORDER_REPLICATE);
    return patch;
}

void Canvas::fill(const Outline& outline, Colour colour, double feather, float opacity) {
    const Patch patch = mask(outline, feather);
    for (int y = 0; y < patch.alpha.rows; ++y)
        for (int x = 0; x < patch.alpha.cols; ++x) {
            const float m = patch.alpha.at<float>(y, x) * opacity;
            if (m <= 0) continue;
            auto& c = colour_.at<Colour>(y + patch.area.y, x + patch.area.x);
            auto& a = cover_.at<float>(y + patch.area.y, x + patch.area.x);
            // Colour is kept unmultiplied: over nothing the new colour counts alone.
            const float total = m + a * (1 - m);
            c = (colour * m + c * (a * (1 - m))) * (1 / total);
            a = total;
        }
}

void Canvas::fill_within(const Outline& clip, const Outline& outline, Colour colour, double feather, float opacity) {
    const Patch patch = mask(outline, feather);
    if (clip != clip_) {
        clip_ = clip;
        clip_mask_ = mask(clip, 0.008);
    }
    const Patch& limit = clip_mask_;
    for (int y = 0; y < patch.alpha.rows; ++y)
        for (int x = 0; x < patch.alpha.cols; ++x) {
            const cv::Point at(x + patch.area.x, y + patch.area.y);
            if (!limit.area.contains(at)) continue;
            const float m = patch.alpha.at<float>(y, x) * opacity * limit.alpha.at<float>(at - limit.area.tl());
            auto& c = colour_.at<Colour>(at);
            c = colour * m + c * (1 - m);
        }
}

void Canvas::shade(const Outline& outline, Colour factor, double feather) {
    const Patch patch = mask(outline, feather);
    for (int y = 0; y < patch.alpha.rows; ++y)
        for (int x = 0; x < patch.alpha.cols; ++x) {
            const float m = patch.alpha.at<float>(y, x);
            auto& c = colour_.at<Colour>(y + patch.area.y, x + patch.area.x);
            for (int k = 0; k < 3; ++k) c[k] *= 1 + (factor[k] - 1) * m;
        }
}

void Canvas::grain(const Outline& outline, float amount, double grain_x, double grain_y, Dice& dice) {
    const Patch patch = mask(outline, 0.02);
    if (patch.alpha.empty()) return;
    // Bound to coarse cells and enlarged, so that the grain has the wanted size in both directions.
    const cv::Size cells(std::max(2, cvRound(patch.area.width / (grain_x * unit_))), std::max(2, cvRound(patch.area.height / (grain_y * unit_))));
    cv::Mat noise(std::min(cells.height, patch.area.height), std::min(cells.width, patch.area.width), CV_32F), wide;
    cv::RNG rng(dice.next());
    rng.fill(noise, cv::RNG::NORMAL, 0, 1);
    cv::resize(noise, wide, patch.area.size(), 0, 0, cv::INTER_CUBIC);
    for (int y = 0; y < patch.alpha.rows; ++y)
        for (int x = 0; x < patch.alpha.cols; ++x)
            colour_.at<Colour>(y + patch.area.y, x + patch.area.x) *= 1 + amount * patch.alpha.at<float>(y, x) * wide.at<float>(y, x);
}

cv::Mat Canvas::picture() const {
    cv::Mat out(colour_.size(), CV_8UC4);
    for (int y = 0; y < out.rows; ++y)
        for (int x = 0; x < out.cols; ++x) {
            const auto& c = colour_.at<Colour>(y, x);
            const float a = cover_.at<float>(y, x);
            for (int k = 0; k < 3; ++k) out.at<cv::Vec4b>(y, x)[k] = cv::saturate_cast<uchar>(255 * std::clamp(c[k], 0.0f, 1.0f) * a);
            out.at<cv::Vec4b>(y, x)[3] = cv::saturate_cast<uchar>(255 * a);
        }
    return out;
}

}  // namespace sim
