// Clothes below the chin against the wall as it goes on there; the band above the brows against skin and hair; the dark hollow of an open mouth.
#include "camera/quality/advice.hpp"

#include "camera/quality/upright.hpp"

#include <cmath>
#include <opencv2/imgproc.hpp>

namespace camera {

namespace {
constexpr double pixels = 24;                        // per eye distance
const cv::Rect2d part{-0.7, -1.0, 1.4, 2.0};
// ---- clothes: both shoulders, beside the neck ----
const cv::Rect2d shoulder{0.55, 2.45, 1.1, 0.75};    // to one side
constexpr int fewest_pixels = 40;
constexpr double unseen = 100;
constexpr double clothes_rank = 0.35;                // of the distances: a third as light as the wall is much
// ---- forehead ----
const cv::Rect2d forehead{-0.60, -0.95, 1.2, 0.40};  // 0.55 .. 0.95 above the eyes
const cv::Rect2d cheek{-0.15, 0.60, 0.30, 0.30};     // about the place below an eye
constexpr double skin_colour = 13, skin_lightest = 1.35, skin_darkest = 0.55;  // dE in a*b* from the cheeks; of their L*
constexpr double hair_lightness = 0.62, hair_chroma = 16;                      // of the cheeks' L*; dark and brown or black
constexpr int burnt_level = 250;                     // a channel that is full has lost its colour: too_bright says so
// ---- mouth ----
constexpr double mouth_pixels = 48;
const cv::Rect2d mouth{-0.35, 0.75, 0.70, 0.95};     // 1.107 below the eyes, lower lip and jaw fall by 0.4 when it opens
constexpr double hollow = 0.42;                       // of the cheeks' luma
constexpr double middle_columns = 0.5;

struct Colour {
    double l = 0, a = 0, b = 0;  // L* 0..100
};
Colour colour_at(const cv::Vec3b& lab) { return {lab[0] / 2.55, lab[1] - 128.0, lab[2] - 128.0}; }
Colour mean_colour(const cv::Mat& lab) {
    const cv::Scalar m = cv::mean(lab);
    return {m[0] / 2.55, m[1] - 128, m[2] - 128};
}

/// The wall's planes, not followed farther down than they were measured.
Colour wall_at(const Wall& wall, cv::Point2d at, int frame_width) {
    const double x = at.x / frame_width, y = at.y / frame_width;
    const auto plane = [&](int c) { return wall.planes(c, 0) + wall.planes(c, 1) * x + wall.planes(c, 2) * y; };
    return {std::clamp(plane(0), 0.0, 100.0), plane(1), plane(2)};
}

/// How far one shoulder's clothes are from the wall beside it. The body stands upright whatever the head does.
double shoulder_of(const cv::Mat& frame, const Eyes& level, const Wall& wall, double side) {
    const cv::Rect2d area = side > 0 ? shoulder : cv::Rect2d(-shoulder.x - shoulder.width, shoulder.y, shoulder.width, shoulder.height);
    const Colour there = wall_at(wall, in_frame(level, {side * 1.6, 1.2}), frame.cols);
    cv::Mat lab;
    cv::cvtColor(upright(frame, level, area, pixels), lab, cv::COLOR_BGR2Lab);
    std::vector<double> distances;
    for (int y = 0; y < lab.rows; ++y)
        for (int x = 0; x < lab.cols; ++x) {
            const cv::Point2d at = in_frame(level, {area.x + x / pixels, area.y + y / pixels});
            if (at.x < 0 || at.y < 0 || at.x >= frame.cols || at.y >= frame.rows) continue;
            const Colour c = colour_at(lab.at<cv::Vec3b>(y, x));
            distances.push_back(std::hypot(c.l - there.l, c.a - there.a, c.b - there.b));
        }
    if (static_cast<int>(distances.size()) < fewest_pixels) return unseen;
    const auto rank = distances.begin() + static_cast<std::ptrdiff_t>(clothes_rank * static_cast<double>(distances.size()));
    std::ranges::nth_element(distances, rank);
    return *rank;
}

/// Of the shoulder that stands out more: the other one may lie outside the place where a body is expected.
double clothes_of(const cv::Mat& frame, const Eyes& eyes, const Wall& wall) {
    if (wall.samples == 0) return unseen;
    const cv::Point2d half(eyes.distance() / 2, 0);
    const Eyes level{eyes.middle() - half, eyes.middle() + half};
    const double left = shoulder_of(frame, level, wall, -1), right = shoulder_of(frame, level, wall, 1);
    return left == unseen || right == unseen ? std::min(left, right) : std::max(left, right);
}

/// Share of the forehead's band that is neither skin nor dark as hair.
double covered_of(const cv::Mat& lab, const cv::Mat& colour) {
    const Colour left = mean_colour(lab(cut(lab, part, {cheek.x - 0.5, cheek.y, cheek.width, cheek.height}, pixels)));
    const Colour right = mean_colour(lab(cut(lab, part, {cheek.x + 0.5, cheek.y, cheek.width, cheek.height}, pixels)));
    const Colour skin{std::max(left.l, right.l), (left.a + right.a) / 2, (left.b + right.b) / 2};
    const cv::Rect where = cut(lab, part, forehead, pixels);
    const cv::Mat band = lab(where), levels = colour(where);
    int foreign = 0;
    for (int y = 0; y < band.rows; ++y)
        for (int x = 0; x < band.cols; ++x) {
            const Colour c = colour_at(band.at<cv::Vec3b>(y, x));
            const bool is_skin = std::hypot(c.a - skin.a, c.b - skin.b) < skin_colour && c.l > skin_darkest * skin.l && c.l < skin_lightest * skin.l;
            const bool is_hair = c.l < hair_lightness * skin.l && std::hypot(c.a, c.b) < hair_chroma && c.b > -6;
            const auto& bgr = levels.at<cv::Vec3b>(y, x);
            foreign += !is_skin && !is_hair && std::max({bgr[0], bgr[1], bgr[2]}) < burnt_level;
        }
    return band.empty() ? 0 : foreign / static_cast<double>(band.total());
}

/// The highest dark hollow in the middle columns of the mouth, in eye distances.
double mouth_of(const cv::Mat& grey, const Eyes& eyes, double skin) {
    const cv::Mat luma = upright(grey, eyes, mouth, mouth_pixels);
    std::vector<int> runs;
    for (int x = cvRound(luma.cols * (1 - middle_columns) / 2); x < cvRound(luma.cols * (1 + middle_columns) / 2); ++x) {
        int longest = 0, run = 0;
        for (int y = 0; y < luma.rows; ++y) {
            run = luma.at<uchar>(y, x) < hollow * skin ? run + 1 : 0;
            longest = std::max(longest, run);
        }
        runs.push_back(longest);
    }
    const auto half = runs.begin() + static_cast<std::ptrdiff_t>(runs.size() / 2);
    std::ranges::nth_element(runs, half);
    return *half / mouth_pixels;
}
}  // namespace

Advice measure_advice(const cv::Mat& frame, const cv::Mat& grey, const Eyes& eyes, const Wall& wall) {
    Advice advice;
    if (!usable(grey, eyes)) return advice;
    const cv::Mat colour = upright(frame, eyes, part, pixels);
    cv::Mat lab;
    cv::cvtColor(colour, lab, cv::COLOR_BGR2Lab);
    advice.clothes = clothes_of(frame, eyes, wall);
    advice.covered = covered_of(lab, colour);
    const double skin = std::max(percentile(upright(grey, eyes, {-0.65, 0.60, 0.30, 0.30}, pixels), 0.5), percentile(upright(grey, eyes, {0.35, 0.60, 0.30, 0.30}, pixels), 0.5));
    advice.mouth = mouth_of(grey, eyes, skin);
    return advice;
}

}  // namespace camera
