// A trimmed plane fit in Lab. Bands beside the head and above the shoulders are sampled; long hair or a neighbour's arm in them is outvoted.
#include "camera/quality/background.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace camera {

namespace {
// The bands, in eye distances from the eyes' middle: outside the ears and above the shoulders of 102 measured faces.
constexpr double band_near = 1.65, band_far = 3.0, band_above = 2.3, band_below = 1.4;
constexpr int fit_rounds = 8;
constexpr double kept_share = 0.75;       // of the samples: the best fitting ones decide
constexpr double foreign_distance = 9.0;  // dE from the plane
constexpr int most_samples = 6000, fewest_samples = 24;
constexpr double crown_lowest = 1.25, crown_highest = 2.9, crown_half_width = 0.6;  // eye distances
constexpr double hair_share = 0.12;       // of a row's pixels that differ from the wall

struct Sample {
    double x, y;  // in widths of the frame
    cv::Vec3f lab;
    bool left;
    double distance = 0;
};

double plane_at(const cv::Matx33d& planes, int channel, double x, double y) { return planes(channel, 0) + planes(channel, 1) * x + planes(channel, 2) * y; }

double distance_from(const cv::Matx33d& planes, double x, double y, const cv::Vec3f& lab) {
    const double l = lab[0] - plane_at(planes, 0, x, y), a = lab[1] - plane_at(planes, 1, x, y), b = lab[2] - plane_at(planes, 2, x, y);
    return std::sqrt(l * l + a * a + b * b);
}

template <class Get>
double median_of(const std::vector<Sample>& samples, Get get) {
    std::vector<double> values;
    for (const auto& s : samples) values.push_back(get(s));
    if (values.empty()) return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

std::vector<Sample> collect(const cv::Mat& lab, const Eyes& eyes, double scale) {
    const cv::Point2d middle = eyes.middle() * scale;
    const double e = eyes.distance() * scale;
    std::vector<Sample> out;
    const int top = std::max(0, cvFloor(middle.y - band_above * e)), bottom = std::min(lab.rows, cvCeil(middle.y + band_below * e));
    const int first = std::max(0, cvFloor(middle.x - band_far * e)), last = std::min(lab.cols, cvCeil(middle.x + band_far * e));
    const int area = std::max(1, (bottom - top) * (last - first));
    const int stride = std::max(1, cvRound(std::sqrt(static_cast<double>(area) / most_samples)));
    for (int y = top; y < bottom; y += stride)
        for (int x = first; x < last; x += stride) {
            const double dx = (x - middle.x) / e;
            if (std::abs(dx) < band_near) continue;
            out.push_back({static_cast<double>(x) / lab.cols, static_cast<double>(y) / lab.cols, lab.at<cv::Vec3f>(y, x), dx < 0});
        }
    return out;
}

/// Least squares over the samples whose distance is at most `limit`.
std::optional<cv::Matx33d> fit(const std::vector<Sample>& samples, double limit) {
    cv::Matx33d normal = cv::Matx33d::zeros(), right = cv::Matx33d::zeros();
    for (const auto& s : samples) {
        if (s.distance > limit) continue;
        const cv::Vec3d basis(1, s.x, s.y);
        for (int i = 0; i < 3; ++i)
            for (int j = 0; j < 3; ++j) {
                normal(i, j) += basis[i] * basis[j];
                right(i, j) += basis[i] * s.lab[j];
            }
    }
    // A little stiffness, so that one narrow band does not invent a slope.
    normal(1, 1) += 1e-3 * normal(0, 0) + 1e-9;
    normal(2, 2) += 1e-3 * normal(0, 0) + 1e-9;
    bool ok = false;
    const cv::Matx33d inverse = normal.inv(cv::DECOMP_CHOLESKY, &ok);
    if (!ok) return std::nullopt;
    return (inverse * right).t();
}

cv::Matx33d robust_fit(std::vector<Sample>& samples) {
    cv::Matx33d planes = cv::Matx33d::zeros();
    for (int c = 0; c < 3; ++c) planes(c, 0) = median_of(samples, [c](const Sample& s) { return static_cast<double>(s.lab[c]); });
    for (int round = 0; round < fit_rounds; ++round) {
        for (auto& s : samples) s.distance = distance_from(planes, s.x, s.y, s.lab);
        std::vector<double> order;
        for (const auto& s : samples) order.push_back(s.distance);
        const auto cut = order.begin() + static_cast<std::ptrdiff_t>(kept_share * static_cast<double>(order.size() - 1));
        std::ranges::nth_element(order, cut);
        const auto next = fit(samples, *cut);
        if (!next) break;
        planes = *next;
    }
    for (auto& s : samples) s.distance = distance_from(planes, s.x, s.y, s.lab);
    return planes;
}

WallSide side_of(const std::vector<Sample>& all, bool left) {
    std::vector<Sample> samples;
    for (const auto& s : all)
        if (s.left == left) samples.push_back(s);
    WallSide side;
    side.samples = static_cast<int>(samples.size());
    if (samples.empty()) return side;
    side.lightness = median_of(samples, [](const Sample& s) { return static_cast<double>(s.lab[0]); });
    side.chroma = median_of(samples, [](const Sample& s) { return std::hypot(static_cast<double>(s.lab[1]), static_cast<double>(s.lab[2])); });
    side.foreign = static_cast<double>(std::ranges::count_if(samples, [](const Sample& s) { return s.distance > foreign_distance; })) / static_cast<double>(samples.size());
    return side;
}

std::optional<double> find_crown(const cv::Mat& lab, const Eyes& eyes, double scale, const cv::Matx33d& planes) {
    const cv::Point2d middle = eyes.middle() * scale;
    const double e = eyes.distance() * scale;
    const int first = std::max(0, cvRound(middle.x - crown_half_width * e)), last = std::min(lab.cols, cvRound(middle.x + crown_half_width * e));
    int clear_rows = 0;
    const int needed = std::max(2, cvRound(0.06 * e));
    for (int y = cvRound(middle.y - crown_lowest * e); y >= std::max(0, cvRound(middle.y - crown_highest * e)) && first < last; --y) {
        if (y >= lab.rows) continue;
        int different = 0;
        for (int x = first; x < last; ++x)
            different += distance_from(planes, static_cast<double>(x) / lab.cols, static_cast<double>(y) / lab.cols, lab.at<cv::Vec3f>(y, x)) > 1.6 * foreign_distance;
        clear_rows = different < hair_share * (last - first) ? clear_rows + 1 : 0;
        if (clear_rows >= needed) {
            const double above = (middle.y - (y + clear_rows)) / e;
            return above > crown_lowest + 0.05 ? std::optional(above) : std::nullopt;
        }
    }
    return std::nullopt;
}
}  // namespace

Wall measure_wall(const cv::Mat& frame, const Eyes& eyes, int long_edge) {
    Wall wall;
    const double e = eyes.distance();
    if (frame.cols < 16 || frame.rows < 16 || !(e >= 4) || e > frame.cols) return wall;
    const double scale = std::min(1.0, static_cast<double>(long_edge) / std::max(frame.cols, frame.rows));
    cv::Mat small, lab;
    cv::resize(frame, small, {}, scale, scale, cv::INTER_AREA);
    small.convertTo(small, CV_32F, 1 / 255.0);
    cv::cvtColor(small, lab, cv::COLOR_BGR2Lab);
    auto samples = collect(lab, eyes, scale);
    if (static_cast<int>(samples.size()) < fewest_samples) return wall;
    wall.planes = robust_fit(samples);
    wall.samples = static_cast<int>(samples.size());
    wall.left = side_of(samples, true);
    wall.right = side_of(samples, false);
    wall.rise = wall.planes(0, 1);
    wall.lightness = median_of(samples, [](const Sample& s) { return static_cast<double>(s.lab[0]); });
    wall.crown = find_crown(lab, eyes, scale, wall.planes);
    return wall;
}

}  // namespace camera
