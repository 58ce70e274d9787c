// Two signs of a turned head: the outline of the cheeks (a turn brings the eyes nearer to one edge of the face) and the mirror line of nose and mouth (they stand out,
// so a turn moves them past the eyes). Hair over one cheek moves only the first, a shadow beside the nose only the second: what both agree on is the turn.
#include "camera/quality/pose.hpp"

#include "camera/quality/upright.hpp"

#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace camera {

namespace {
constexpr double pixels = 40;  // per eye distance
const cv::Rect2d part{-2.1, 0.15, 4.2, 1.25};
constexpr double turn_per_degree = 0.008;
// ---- outline ----
constexpr double first_row = 0.20, last_row = 0.95;    // below the eyes: cheeks, above the jaw's bend
constexpr double walk_from = 0.45, walk_to = 2.0;      // outwards; the face's edge lies at 1.12 +- 0.06, at 30 degrees at 0.6 and 1.7
constexpr double edge_step = 13;                       // dE between the skin so far and what comes
constexpr int ahead = 3;                               // pixels that must differ
constexpr double forgets = 0.25;                       // weight of the newest pixel: shading towards the edge is skin
constexpr double least_rows = 0.5;                     // share of rows with an edge
constexpr double outline_per_degree = 0.019;           // ear junctions lie 1.3 eye distances behind the eyes
constexpr double short_cheek = 0.85, long_cheek = 1.45;  // eye distances: from about 18 degrees
// ---- mirror ----
constexpr double mirror_top = 0.30, mirror_half = 0.55, most_shift = 0.36;  // eye distances: below the lids, nose and mouth
constexpr double mirror_per_degree = 0.0038;           // lips lie 0.1 before the eyes, nostrils 0.25, the nose's tip 0.4
constexpr float soft_edge = 25;                        // gradient at which an edge counts half: a nose's shadow must not outvote lips and nostrils
constexpr double least_likeness = 0.25;                // correlation with the mirror image

/// How far the skin reaches to one side, median over the rows, in eye distances. Nothing when the edge is not seen.
std::optional<double> reach(const cv::Mat& lab, int side) {
    std::vector<double> edges;
    int rows = 0;
    const double middle = -part.x * pixels;
    for (int y = cvRound((first_row - part.y) * pixels); y < std::min(lab.rows, cvRound((last_row - part.y) * pixels)); ++y, ++rows) {
        const auto* row = lab.ptr<cv::Vec3b>(y);
        const auto at = [&](int i) { return cv::Vec3d(row[std::clamp(cvFloor(middle + side * (walk_from * pixels + i)), 0, lab.cols - 1)]); };
        cv::Vec3d skin = (at(0) + at(1) + at(2)) * (1.0 / 3);
        for (int i = 3; i < cvRound((walk_to - walk_from) * pixels); ++i) {
            cv::Vec3d next;
            for (int a = 0; a < ahead; ++a) next += at(i + a) * (1.0 / ahead);
            // 8-bit Lab: L is stretched by 2.55.
            const cv::Vec3d d = next - skin;
            if (std::hypot(d[0] / 2.55, d[1], d[2]) > edge_step) {
                edges.push_back(walk_from + (i + ahead / 2.0) / pixels);
                break;
            }
            skin = skin * (1 - forgets) + at(i) * forgets;
        }
    }
    if (static_cast<double>(edges.size()) < least_rows * rows || edges.empty()) return std::nullopt;
    const auto half = edges.begin() + static_cast<std::ptrdiff_t>(edges.size() / 2);
    std::ranges::nth_element(edges, half);
    return *half;
}

bool far_turned(const std::optional<double>& near, const std::optional<double>& far) { return near && *near < short_cheek && far.value_or(walk_to) > long_cheek; }

struct Gradients {
    cv::Mat x, y;  // CV_32F, -1 .. 1
};
Gradients gradients_of(const cv::Mat& luma) {
    Gradients g;
    cv::Mat smooth, strength;
    cv::GaussianBlur(luma, smooth, {5, 5}, 1.0);
    cv::Sobel(smooth, g.x, CV_32F, 1, 0);
    cv::Sobel(smooth, g.y, CV_32F, 0, 1);
    cv::magnitude(g.x, g.y, strength);
    strength += soft_edge;
    g.x /= strength;
    g.y /= strength;
    return g;
}

/// Correlation, -1 .. 1, of the picture right of `axis` (in half pixels) with the mirrored picture left of it.
double likeness(const Gradients& g, int axis, int top) {
    double same = 0, left_energy = 1e-9, right_energy = 1e-9;
    const int width = cvRound(mirror_half * pixels);
    for (int y = top; y < g.x.rows; ++y) {
        const float *gx = g.x.ptr<float>(y), *gy = g.y.ptr<float>(y);
        for (int d = 1; d <= width; ++d) {
            const int right = (axis + 1) / 2 + d, left = axis / 2 - d;
            if (left < 0 || right >= g.x.cols) continue;
            same += static_cast<double>(gy[left] * gy[right] - gx[left] * gx[right]);
            left_energy += static_cast<double>(gx[left] * gx[left] + gy[left] * gy[left]);
            right_energy += static_cast<double>(gx[right] * gx[right] + gy[right] * gy[right]);
        }
    }
    return same / std::sqrt(left_energy * right_energy);
}

/// Where the mirror line of nose and mouth lies beside the eyes' middle, in eye distances.
std::optional<double> mirror_line(const cv::Mat& luma) {
    const Gradients g = gradients_of(luma);
    const int centre = cvRound(-2 * part.x * pixels) - 1, most = cvRound(2 * most_shift * pixels), top = cvRound((mirror_top - part.y) * pixels);
    std::vector<double> scores;
    for (int shift = -most; shift <= most; ++shift) scores.push_back(likeness(g, centre + shift, top));
    const auto best = std::ranges::max_element(scores);
    if (*best < least_likeness) return std::nullopt;
    double fraction = 0;  // the peak of the parabola through three scores
    if (best != scores.begin() && best + 1 != scores.end())
        if (const double bend = best[-1] - 2 * best[0] + best[1]; bend < 0) fraction = 0.5 * (best[-1] - best[1]) / bend;
    return (static_cast<double>(best - scores.begin()) - most + fraction) / (2 * pixels);
}
}  // namespace

Pose measure_pose(const cv::Mat& frame, const cv::Mat& grey, const Eyes& eyes) {
    Pose pose;
    if (!usable(grey, eyes)) return pose;
    pose.roll_degrees = eyes.roll_degrees();
    const cv::Mat colour = upright(frame, eyes, part, pixels), luma = upright(grey, eyes, part, pixels);
    cv::Mat lab;
    cv::cvtColor(colour, lab, cv::COLOR_BGR2Lab);
    const auto left = reach(lab, -1), right = reach(lab, 1), line = mirror_line(luma);
    // Hair shortens a cheek and never lengthens the other: a short one beside a long one is a turn, and then mouth and nose are too slanted to mirror.
    if (far_turned(left, right) || far_turned(right, left)) {
        pose.turn_known = true;
        const bool to_left = far_turned(left, right);  // the short side is the one turned to
        const double offset = ((to_left ? right : left).value_or(walk_to) - *(to_left ? left : right)) / 2;
        pose.turn = (to_left ? -1 : 1) * turn_per_degree * offset / outline_per_degree;
        return pose;
    }
    if (!left || !right || !line) return pose;
    pose.turn_known = true;
    const double outline = (*left - *right) / 2 / outline_per_degree, mirror = *line / mirror_per_degree;
    if (outline * mirror > 0) pose.turn = turn_per_degree * (std::abs(outline) < std::abs(mirror) ? outline : mirror);
    return pose;
}

}  // namespace camera
