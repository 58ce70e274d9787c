// A plane in Lab through what most of the wall agrees on, then a label for every pixel beside the head: wall, shadow, person, or foreign. Hair and
// shoulders are followed from the head outwards, so that long hair is person and a lamp on the wall is not.
#include "camera/quality/background.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace camera {

namespace {
// In eye distances from the eyes' middle; outside the ears and above the shoulders of 102 measured faces (photo-official-numbers.md).
constexpr double view_x = 3.0, view_above = 3.0, view_below = 1.7;
constexpr double fit_near = 1.65, fit_above = 2.3, fit_below = 1.4;
constexpr double head_x = 1.15, head_y = 1.75, head_down = 0.15, neck_x = 1.0, neck_from = 1.2;
constexpr double hair_reach = 2.2, shoulders_from = 0.8;  // hair is person up to here; below, whatever hangs together with the body
constexpr double side_near = 1.2, side_above = 2.0, side_below = 1.2;
constexpr double shadow_near = 1.45, shadow_far = 2.3;    // nearer are ears and white hair; farther than this the portrait does not show it
constexpr double pattern_share = 0.5;                     // of a side's darker share beside the head that is found far from it, too
constexpr double edge_margin = 0.10;                      // around a person: strands and blurred edges
constexpr double thinnest_shadow = 0.14;                  // thinner ones are strands of hair
// Lab distances. A shadow keeps the wall's colour and is darker by at least shadow_step: four times the spread of good walls (photo-benchmarks.md).
constexpr double foreign_distance = 9, shadow_step = 5, deepest_shadow = 40, shadow_colour = 3, shadow_colour_share = 0.10;
constexpr std::array fit_limits{18.0, 14.0, 11.0, 9.0, 7.0, 6.0, 6.0};
constexpr double samples_per_eye_distance = 10;
constexpr int fewest_samples = 24, lightness_bins = 51;
constexpr double crown_lowest = 1.25, crown_highest = 2.5, crown_half_width = 0.6, crown_clear = 0.06, beyond_the_frame = 0.1;
constexpr double hair_share = 0.12;                       // of a row's pixels that differ from the wall

enum Label : std::uint8_t { wall_label, shadow_label, foreign_label, person_label, margin_label };

/// The part of the reduced frame that is looked at. x and y below are its pixels.
struct View {
    cv::Mat lab, labels;
    cv::Point origin;       // of the view in the reduced frame
    cv::Point2d middle;     // between the eyes, in the view
    double e = 0, width = 0;  // eye distance; width of the reduced frame
    [[nodiscard]] double across(int x) const { return (x - middle.x) / e; }
    [[nodiscard]] double down(int y) const { return (y - middle.y) / e; }
    [[nodiscard]] cv::Vec3d basis(int x, int y) const { return {1, (x + origin.x) / width, (y + origin.y) / width}; }
};

cv::Vec3d off_plane(const View& v, const cv::Matx33d& planes, int x, int y) { return cv::Vec3d(v.lab.at<cv::Vec3f>(y, x)) - planes * v.basis(x, y); }

double median_of(std::vector<float>& values) {
    if (values.empty()) return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

View make_view(const cv::Mat& frame, const Eyes& eyes, int long_edge) {
    const double scale = std::min(1.0, static_cast<double>(long_edge) / std::max(frame.cols, frame.rows));
    const cv::Point2d middle = eyes.middle();
    const double e = eyes.distance();
    // Cut in whole reduced pixels, so that the grid does not depend on where the face is.
    const double step = 1 / scale;
    const int left = std::max(0, cvFloor((middle.x - view_x * e) * scale)), right = std::min(cvFloor(frame.cols * scale), cvCeil((middle.x + view_x * e) * scale));
    const int top = std::max(0, cvFloor((middle.y - view_above * e) * scale)), bottom = std::min(cvFloor(frame.rows * scale), cvCeil((middle.y + view_below * e) * scale));
    View v;
    if (right - left < 4 || bottom - top < 4) return v;
    const cv::Rect source = cv::Rect(cv::Point(cvRound(left * step), cvRound(top * step)), cv::Point(cvRound(right * step), cvRound(bottom * step))) & cv::Rect({}, frame.size());
    cv::Mat small;
    cv::resize(frame(source), small, {right - left, bottom - top}, 0, 0, cv::INTER_AREA);
    small.convertTo(small, CV_32F, 1 / 255.0);
    cv::cvtColor(small, v.lab, cv::COLOR_BGR2Lab);
    v.labels = cv::Mat(v.lab.size(), CV_8U, cv::Scalar(foreign_label));
    v.origin = {left, top};
    v.middle = middle * scale - cv::Point2d(left, top);
    v.e = e * scale;
    v.width = frame.cols * scale;
    return v;
}

/// Where the wall is expected, as a grid of samples: a plane needs no more.
std::vector<cv::Point> band(const View& v) {
    std::vector<cv::Point> out;
    const int stride = std::max(1, cvRound(v.e / samples_per_eye_distance));
    for (int y = 0; y < v.lab.rows; y += stride)
        if (v.down(y) >= -fit_above && v.down(y) <= fit_below)
            for (int x = 0; x < v.lab.cols; x += stride)
                if (std::abs(v.across(x)) >= fit_near) out.emplace_back(x, y);
    return out;
}

/// The colour around the commonest lightness: hair and clothes spread over many, a wall keeps to few.
cv::Vec3d commonest(const View& v, const std::vector<cv::Point>& samples) {
    std::array<int, lightness_bins + 4> bins{};
    for (const auto& p : samples) ++bins[static_cast<std::size_t>(std::clamp(cvFloor(v.lab.at<cv::Vec3f>(p)[0] / 2) + 2, 2, lightness_bins + 1))];
    std::size_t best = 2;
    int most = -1;
    for (std::size_t i = 2; i < lightness_bins + 2; ++i)
        if (const int sum = bins[i - 2] + bins[i - 1] + bins[i] + bins[i + 1] + bins[i + 2]; sum > most) {
            most = sum;
            best = i;
        }
    const double lightness = 2 * (static_cast<double>(best) - 2) + 1;
    std::array<std::vector<float>, 3> near;
    for (const auto& p : samples)
        if (const auto& lab = v.lab.at<cv::Vec3f>(p); std::abs(lab[0] - lightness) <= 5)
            for (std::size_t c = 0; c < 3; ++c) near[c].push_back(lab[static_cast<int>(c)]);
    return {median_of(near[0]), median_of(near[1]), median_of(near[2])};
}

/// Least squares over the samples that are at most `limit` from the last planes. Nothing when too few are.
std::optional<cv::Matx33d> refit(const View& v, const std::vector<cv::Point>& samples, const cv::Matx33d& planes, double limit) {
    cv::Matx33d normal = cv::Matx33d::zeros(), right = cv::Matx33d::zeros();
    int used = 0;
    for (const auto& p : samples) {
        if (cv::norm(off_plane(v, planes, p.x, p.y)) > limit) continue;
        ++used;
        const cv::Vec3d basis = v.basis(p.x, p.y);
        const auto& lab = v.lab.at<cv::Vec3f>(p);
        for (int i = 0; i < 3; ++i)
            for (int j = 0; j < 3; ++j) {
                normal(i, j) += basis[i] * basis[j];
                right(i, j) += basis[i] * lab[j];
            }
    }
    if (used < fewest_samples) return std::nullopt;
    // A little stiffness, so that one narrow band does not invent a slope.
    normal(1, 1) += 1e-3 * normal(0, 0) + 1e-9;
    normal(2, 2) += 1e-3 * normal(0, 0) + 1e-9;
    bool ok = false;
    const cv::Matx33d inverse = normal.inv(cv::DECOMP_CHOLESKY, &ok);
    if (!ok) return std::nullopt;
    return (inverse * right).t();
}

void put_labels(View& v, const cv::Matx33d& planes) {
    for (int y = 0; y < v.lab.rows; ++y)
        for (int x = 0; x < v.lab.cols; ++x) {
            const cv::Vec3d plane = planes * v.basis(x, y);
            const auto& lab = v.lab.at<cv::Vec3f>(y, x);
            const double lower = plane[0] - lab[0], share = std::clamp(lab[0] / std::max(1.0, plane[0]), 0.0, 1.0);
            const double colour = std::hypot(lab[1] - plane[1] * share, lab[2] - plane[2] * share);
            auto& label = v.labels.at<std::uint8_t>(y, x);
            if (lower > shadow_step && lower < deepest_shadow && colour <= shadow_colour + shadow_colour_share * lower) label = shadow_label;
            else if (cv::norm(cv::Vec3d(lab) - plane) <= foreign_distance) label = wall_label;
        }
}

/// A strand of hair before the wall looks like a thin shadow.
void drop_strands(View& v) {
    const int r = std::max(1, cvRound(thinnest_shadow / 2 * v.e));
    const cv::Mat shadow = v.labels == shadow_label;
    cv::Mat broad;
    cv::morphologyEx(shadow, broad, cv::MORPH_OPEN, cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * r + 1, 2 * r + 1}));
    v.labels.setTo(margin_label, shadow & ~broad);
}

/// From the head outwards through everything that is neither wall nor shadow, then a margin around it.
void find_person(View& v) {
    std::vector<cv::Point> edge;
    for (int y = 0; y < v.lab.rows; ++y)
        for (int x = 0; x < v.lab.cols; ++x) {
            const double dx = v.across(x), dy = v.down(y);
            const bool head = std::pow(dx / head_x, 2) + std::pow((dy - head_down) / head_y, 2) <= 1, neck = dy >= neck_from && std::abs(dx) <= neck_x;
            if (!head && !neck) continue;
            v.labels.at<std::uint8_t>(y, x) = person_label;
            edge.emplace_back(x, y);
        }
    while (!edge.empty()) {
        const cv::Point p = edge.back();
        edge.pop_back();
        for (const cv::Point step : {cv::Point(1, 0), cv::Point(-1, 0), cv::Point(0, 1), cv::Point(0, -1)}) {
            const cv::Point q = p + step;
            if (q.x < 0 || q.y < 0 || q.x >= v.lab.cols || q.y >= v.lab.rows || v.labels.at<std::uint8_t>(q) != foreign_label) continue;
            if (std::abs(v.across(q.x)) > hair_reach && v.down(q.y) < shoulders_from) continue;
            v.labels.at<std::uint8_t>(q) = person_label;
            edge.push_back(q);
        }
    }
    cv::Mat person = v.labels == person_label, wide;
    const int r = std::max(1, cvRound(edge_margin * v.e));
    cv::dilate(person, wide, cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * r + 1, 2 * r + 1}));
    v.labels.setTo(margin_label, wide & ~person);
}

WallSide side_of(const View& v, bool left) {
    WallSide side;
    std::vector<float> lightness, chroma;
    int foreign = 0, shadow = 0, near = 0, far_shadow = 0, far = 0;
    for (int y = 0; y < v.lab.rows; ++y) {
        if (v.down(y) < -side_above || v.down(y) > side_below) continue;
        for (int x = 0; x < v.lab.cols; ++x) {
            const double out = left ? -v.across(x) : v.across(x);
            const auto label = v.labels.at<std::uint8_t>(y, x);
            if (out < side_near || label == person_label || label == margin_label) continue;
            const auto& lab = v.lab.at<cv::Vec3f>(y, x);
            lightness.push_back(lab[0]);
            chroma.push_back(std::hypot(lab[1], lab[2]));
            foreign += label == foreign_label;
            if (out < shadow_near) continue;
            (out <= shadow_far ? near : far) += 1;
            (out <= shadow_far ? shadow : far_shadow) += label == shadow_label;
        }
    }
    side.samples = static_cast<int>(lightness.size());
    if (side.samples == 0) return side;
    // A shadow lies beside the head; darker patches that go on far from it are the wall's own: stripes, a pattern.
    const double beside = near ? static_cast<double>(shadow) / near : 0, beyond = far ? static_cast<double>(far_shadow) / far : 0;
    const bool pattern = beyond > pattern_share * beside;
    side.shadow = pattern ? 0 : beside;
    side.foreign = static_cast<double>(foreign + (pattern ? shadow + far_shadow : 0)) / side.samples;
    side.lightness = median_of(lightness);
    side.chroma = median_of(chroma);
    return side;
}

/// Upwards from the brow: the first rows that are wall again. Hair that goes on to crown_highest is that high at least (the crop's eye line is bound before that:
/// photo-official-numbers.md, tall hair may be cut); when the frame ends before, the hair is said to go on beyond it.
std::optional<double> find_crown(const View& v, const cv::Matx33d& planes) {
    const int first = std::max(0, cvRound(v.middle.x - crown_half_width * v.e)), last = std::min(v.lab.cols, cvRound(v.middle.x + crown_half_width * v.e));
    const int lowest = std::min(v.lab.rows - 1, cvRound(v.middle.y - crown_lowest * v.e)), highest = std::max(0, cvRound(v.middle.y - crown_highest * v.e));
    const int needed = std::max(2, cvRound(crown_clear * v.e));
    if (first >= last) return std::nullopt;
    int clear_rows = 0;
    for (int y = lowest; y >= highest; --y) {
        int different = 0;
        for (int x = first; x < last; ++x) different += cv::norm(off_plane(v, planes, x, y)) > 1.6 * foreign_distance;
        clear_rows = different < hair_share * (last - first) ? clear_rows + 1 : 0;
        if (clear_rows >= needed) {
            const double above = (v.middle.y - (y + clear_rows)) / v.e;
            return above > crown_lowest + 0.05 ? std::optional(above) : std::nullopt;
        }
    }
    // Only where the wall itself is seen at that height: before a cluttered wall nothing is known.
    const double top = -v.down(highest);
    if (top < crown_lowest) return std::nullopt;
    int seen = 0, wall = 0;
    for (int x = 0; x < v.lab.cols; ++x)
        if (std::abs(v.across(x)) >= fit_near) {
            ++seen;
            wall += v.labels.at<std::uint8_t>(std::min(highest + 1, v.lab.rows - 1), x) == wall_label;
        }
    if (seen == 0 || 2 * wall <= seen) return std::nullopt;
    return highest == 0 && v.origin.y == 0 ? top + beyond_the_frame : crown_highest;
}

double spread(const View& v, const cv::Matx33d& planes, const std::vector<cv::Point>& samples) {
    double sum = 0;
    int used = 0;
    for (const auto& p : samples)
        if (v.labels.at<std::uint8_t>(p) == wall_label) {
            const double off = off_plane(v, planes, p.x, p.y)[0];
            sum += off * off;
            ++used;
        }
    return used ? std::sqrt(sum / used) : 0;
}
}  // namespace

Wall measure_wall(const cv::Mat& frame, const Eyes& eyes, int long_edge) {
    Wall wall;
    const double e = eyes.distance();
    if (frame.cols < 16 || frame.rows < 16 || !(e >= 4) || e > frame.cols) return wall;
    View v = make_view(frame, eyes, long_edge);
    if (v.lab.empty()) return wall;
    const auto samples = band(v);
    if (static_cast<int>(samples.size()) < fewest_samples) return wall;
    const cv::Vec3d start = commonest(v, samples);
    for (int c = 0; c < 3; ++c) wall.planes(c, 0) = start[c];
    for (const double limit : fit_limits) {
        const auto next = refit(v, samples, wall.planes, limit);
        if (!next) break;
        wall.planes = *next;
    }
    put_labels(v, wall.planes);
    find_person(v);
    drop_strands(v);
    wall.samples = static_cast<int>(samples.size());
    wall.left = side_of(v, true);
    wall.right = side_of(v, false);
    wall.rise = wall.planes(0, 1);
    const double all = wall.left.samples + wall.right.samples;
    wall.lightness = all > 0 ? (wall.left.lightness * wall.left.samples + wall.right.lightness * wall.right.samples) / all : 0;
    wall.residual = spread(v, wall.planes, samples);
    wall.crown = find_crown(v, wall.planes);
    return wall;
}

}  // namespace camera
