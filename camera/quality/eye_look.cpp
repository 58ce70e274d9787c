// Both eyes in one upright picture of 80 pixels per eye distance. The gradient centre is Timm and Barth's, with votes along each gradient instead of a sum over
// all pairs, for an iris whose size is known.
#include "camera/quality/eye_look.hpp"

#include "camera/quality/upright.hpp"

#include <array>
#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>

namespace camera {

namespace {
// ---- gradient centre ----
constexpr int patch_edge = 40;                      // pixels
constexpr double patch_width = 0.64;                // eye distances
constexpr int nearest_vote = 3, farthest_vote = 9;  // pixels: an iris of 0.19 eye distances has a radius of 6
constexpr double prior_sigma = 9;                   // pixels: 0.14 eye distances about where the eye is expected
constexpr double least_alignment = 0.9;             // cosine between gradient and the way from the centre
// ---- the look ----
constexpr double pixels = 80;                            // per eye distance
const cv::Rect2d part{-0.92, -0.34, 1.84, 1.30};
const cv::Rect2d eye_patch{-0.30, -0.20, 0.60, 0.40};  // about an eye: 48 x 32 pixels
const cv::Rect2d cheek{-0.15, 0.60, 0.30, 0.30};       // below an eye and below glasses
const cv::Rect2d below_eye{-0.22, 0.13, 0.44, 0.17};   // skin that a tinted glass would darken
constexpr double white_light = 0.6, white_step = 0.6;    // of the skin's luma; of the skin's warmth, by which the eye's white is less warm
constexpr double least_warmth = 0.20, greatest_warmth = 0.45, colourless = 0.06;  // log of red over blue
constexpr double white_share = 0.021;               // of the patch: what an open eye shows of its white
constexpr double limbus_step = 0.08, limbus_rows = 13;   // of the skin's luma; rows of an iris between lids that are 0.16 eye distances apart
constexpr int burnt_from = 247, greatest_colour = 24;    // luma; largest minus smallest channel
constexpr double burnt_above_cheek = 40;            // luma: a face that is burnt out itself has no glare
constexpr double least_contrast = 0.22;             // of the skin's luma: something dark, of an eye
constexpr double least_light = 0.30;                // the patch's median over the cheek's: below it something covers the eye
constexpr double deepest_shade = 20;                // luma below which nothing is said about tint

struct Vote {
    int x, y;
    float unit_x, unit_y;
};
const std::vector<Vote>& ring() {
    static const auto made = [] {
        std::vector<Vote> votes;
        for (int y = -farthest_vote; y <= farthest_vote; ++y)
            for (int x = -farthest_vote; x <= farthest_vote; ++x)
                if (const double r = std::hypot(x, y); r >= nearest_vote && r <= farthest_vote) votes.push_back({x, y, static_cast<float>(x / r), static_cast<float>(y / r)});
        return votes;
    }();
    return made;
}

/// Every strong gradient votes for the dark centres from which it points away.
cv::Mat votes_of(const cv::Mat& smooth) {
    cv::Mat gx, gy, strength;
    cv::Sobel(smooth, gx, CV_32F, 1, 0);
    cv::Sobel(smooth, gy, CV_32F, 0, 1);
    cv::magnitude(gx, gy, strength);
    cv::Scalar mean, deviation;
    cv::meanStdDev(strength, mean, deviation);
    const float least = static_cast<float>(mean[0] + 0.3 * deviation[0]);
    cv::Mat votes = cv::Mat::zeros(smooth.size(), CV_32F);
    const cv::Rect inside({}, smooth.size());
    for (int y = 0; y < smooth.rows; ++y)
        for (int x = 0; x < smooth.cols; ++x) {
            const float s = strength.at<float>(y, x);
            if (s <= least || s <= 1) continue;
            const float ux = gx.at<float>(y, x) / s, uy = gy.at<float>(y, x) / s;
            for (const auto& v : ring()) {
                const float aligned = v.unit_x * ux + v.unit_y * uy;
                if (aligned < static_cast<float>(least_alignment) || !inside.contains({x - v.x, y - v.y})) continue;
                votes.at<float>(y - v.y, x - v.x) += aligned * aligned;
            }
        }
    return votes;
}

cv::Rect2d about(const cv::Rect2d& shape, double side) { return {shape.x + side, shape.y, shape.width, shape.height}; }
cv::Mat piece(const cv::Mat& picture, const cv::Rect2d& shape, double side) { return picture(cut(picture, part, about(shape, side), pixels)); }

/// Colour of the skin below an eye.
struct Skin {
    double luma = 0, red_over_blue = 0;  // the latter as a logarithm: a coloured light shifts it for skin and eye alike
};
double red_over_blue(const cv::Vec3b& p) { return std::log((p[2] + 1.0) / (p[0] + 1.0)); }
Skin skin_of(const cv::Mat& colour, const cv::Mat& luma) {
    const cv::Scalar mean = cv::mean(colour);
    return {static_cast<double>(percentile(luma, 0.5)), std::log((mean[2] + 1) / (mean[0] + 1))};
}

/// Share of the patch that is light as skin and colourless beside it: the white of the eye, which a lid covers. 1: as much as an open eye shows at least.
double white_of(const cv::Mat& colour, const cv::Mat& luma, const Skin& skin) {
    const double step = white_step * std::clamp(skin.red_over_blue, least_warmth, greatest_warmth);
    int count = 0;
    for (int y = 0; y < luma.rows; ++y)
        for (int x = 0; x < luma.cols; ++x)
            count += luma.at<uchar>(y, x) > white_light * skin.luma && skin.red_over_blue - red_over_blue(colour.at<cv::Vec3b>(y, x)) > step;
    return std::min(1.0, count / (white_share * static_cast<double>(luma.total())));
}

double mean_of(const cv::Mat& luma, int y, double from, double to) {
    const int first = std::clamp(cvRound(from), 0, luma.cols - 1), last = std::clamp(cvRound(to), first, luma.cols - 1);
    const auto* row = luma.ptr<uchar>(y);
    return std::accumulate(row + first, row + last + 1, 0.0) / (last - first + 1);
}

/// Rows in which an iris of the right size stands between something lighter on either side: a lid that is shut shows none. 1: an iris between open lids.
double limbus_of(const cv::Mat& luma, double skin) {
    const double step = limbus_step * skin;
    int most = 0;
    for (double radius = 6; radius <= 8.5; radius += 0.5)
        for (int shift = 0; shift < 25; ++shift) {
            const double x = luma.cols / 2.0 + shift % 5 - 2, y = luma.rows / 2.0 + shift / 5 - 2;
            int rows = 0;
            for (int dy = -8; dy <= 8; ++dy) {
                const int row = cvRound(y + dy);
                if (std::abs(dy) >= radius - 0.5 || row < 0 || row >= luma.rows) continue;
                const double half = std::sqrt(radius * radius - dy * dy);
                const double left = mean_of(luma, row, x - half - 3, x - half - 1) - mean_of(luma, row, x - half + 1, x - half + 3);
                const double right = mean_of(luma, row, x + half + 1, x + half + 3) - mean_of(luma, row, x + half - 3, x + half - 1);
                rows += left > step && right > step;
            }
            most = std::max(most, rows);
        }
    return std::min(1.0, most / limbus_rows);
}

/// Upright edges over level ones: lids and lashes are level, an iris is not.
double uprightness_of(const cv::Mat& luma) {
    cv::Mat gx, gy;
    const cv::Mat centre = luma(cv::Rect(cvRound(0.2 * luma.cols), cvRound(0.15 * luma.rows), cvRound(0.6 * luma.cols), cvRound(0.7 * luma.rows)));
    cv::Sobel(centre, gx, CV_16S, 1, 0);
    cv::Sobel(centre, gy, CV_16S, 0, 1);
    const double level = cv::norm(gy, cv::NORM_L1);
    return level > 0 ? std::clamp((cv::norm(gx, cv::NORM_L1) / level - 0.3) / 0.4, 0.0, 1.0) : 0;
}

bool eye_in(const cv::Mat& patch, double skin) {
    const double median = percentile(patch, 0.5);
    return median > least_light * skin && percentile(patch, 0.02) < (1 - least_contrast) * median;
}

/// Share of the patch in burnt-out, colourless blobs that come near the iris.
double glare_in(const cv::Mat& colour, const cv::Mat& luma, double skin) {
    if (skin > 255 - burnt_above_cheek) return 0;
    cv::Mat burnt(luma.size(), CV_8U, cv::Scalar(0)), labels, stats, centres;
    for (int y = 0; y < luma.rows; ++y)
        for (int x = 0; x < luma.cols; ++x) {
            const auto& p = colour.at<cv::Vec3b>(y, x);
            const int spread = std::max({p[0], p[1], p[2]}) - std::min({p[0], p[1], p[2]});
            burnt.at<uchar>(y, x) = luma.at<uchar>(y, x) >= burnt_from && spread <= greatest_colour;
        }
    const int blobs = cv::connectedComponentsWithStats(burnt, labels, stats, centres);
    const cv::Rect iris(luma.cols / 2 - 11, luma.rows / 2 - 11, 22, 22);
    int pixels_burnt = 0;
    for (int b = 1; b < blobs; ++b) {
        const cv::Rect box(stats.at<int>(b, cv::CC_STAT_LEFT), stats.at<int>(b, cv::CC_STAT_TOP), stats.at<int>(b, cv::CC_STAT_WIDTH), stats.at<int>(b, cv::CC_STAT_HEIGHT));
        if ((box & iris).area() > 0) pixels_burnt += stats.at<int>(b, cv::CC_STAT_AREA);
    }
    return pixels_burnt / static_cast<double>(luma.total());
}
}  // namespace

cv::Point2d gradient_centre(const cv::Mat& grey, cv::Point2d expected, double eye_distance) {
    const Eyes frame_of{expected - cv::Point2d(eye_distance / 2, 0), expected + cv::Point2d(eye_distance / 2, 0)};
    if (!usable(grey, frame_of)) return expected;
    const double k = patch_edge / patch_width;
    const cv::Rect2d where(-patch_width / 2, -patch_width / 2, patch_width, patch_width);
    cv::Mat patch = upright(grey, frame_of, where, k), votes;
    cv::GaussianBlur(patch, patch, {3, 3}, 0.8);
    votes = votes_of(patch);
    cv::GaussianBlur(votes, votes, {5, 5}, 1.2);
    cv::Mat dark;
    cv::GaussianBlur(patch, dark, {5, 5}, 1.5);
    const double middle = (patch_edge - 1) / 2.0;
    for (int y = 0; y < votes.rows; ++y)
        for (int x = 0; x < votes.cols; ++x) {
            const double d2 = (x - middle) * (x - middle) + (y - middle) * (y - middle);
            votes.at<float>(y, x) *= static_cast<float>((255 - dark.at<uchar>(y, x)) * std::exp(-d2 / (2 * prior_sigma * prior_sigma)));
        }
    cv::Point best;
    cv::minMaxLoc(votes, nullptr, nullptr, nullptr, &best);
    // The peak's centre of mass: a pixel is 0.016 eye distances.
    const cv::Rect near = cv::Rect(best.x - 2, best.y - 2, 5, 5) & cv::Rect({}, votes.size());
    const cv::Moments m = cv::moments(votes(near));
    if (m.m00 <= 0) return expected;
    const cv::Point2d found(near.x + m.m10 / m.m00 + 0.5, near.y + m.m01 / m.m00 + 0.5);
    return in_frame(frame_of, where.tl() + found / k);
}

bool discernible(const cv::Mat& grey, const Eyes& eyes) {
    if (!usable(grey, eyes)) return false;
    const cv::Mat luma = upright(grey, eyes, part, pixels);
    return std::ranges::all_of(std::array{-0.5, 0.5}, [&](double side) { return eye_in(piece(luma, eye_patch, side), percentile(piece(luma, cheek, side), 0.5)); });
}

EyesLook measure_eyes(const cv::Mat& frame, const cv::Mat& grey, const Eyes& eyes) {
    EyesLook look;
    if (!usable(grey, eyes)) return look;
    const cv::Mat luma = upright(grey, eyes, part, pixels), colour = upright(frame, eyes, part, pixels);
    cv::Mat smooth;
    cv::GaussianBlur(luma, smooth, {3, 3}, 0.7);
    cv::Mat soft;
    cv::GaussianBlur(colour, soft, {3, 3}, 0.7);
    double lightest = 0, white = 0, warmth = 0;
    for (const double side : {-0.5, 0.5}) {
        EyeLook& eye = side < 0 ? look.left : look.right;
        const Skin skin = skin_of(piece(colour, cheek, side), piece(luma, cheek, side));
        const cv::Mat patch = piece(smooth, eye_patch, side);
        if (patch.size() != cv::Size(48, 32)) return {};
        eye.glare = glare_in(piece(colour, eye_patch, side), piece(luma, eye_patch, side), skin.luma);
        eye.visible = eye_in(patch, skin.luma);
        eye.open = 0.25 * limbus_of(patch, skin.luma) + 0.25 * uprightness_of(patch);
        white += 0.5 * white_of(piece(soft, eye_patch, side), patch, skin);
        warmth += 0.5 * skin.red_over_blue;
        lightest = std::max(lightest, skin.luma < deepest_shade ? 1.0 : percentile(piece(luma, below_eye, side), 0.5) / skin.luma);
    }
    // The whites count for both: a side light may hide one of them. A picture without colours has none, then the other two signs speak alone.
    for (EyeLook* eye : {&look.left, &look.right}) eye->open = std::abs(warmth) < colourless ? 2 * eye->open : eye->open + 0.5 * white;
    // Glasses darken both sides; a side light only one. Hence the lighter one speaks.
    look.tint = lightest;
    return look;
}

}  // namespace camera
