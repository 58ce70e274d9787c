// From back to front the layers are read through the pose; then light from a side, the shadow on the wall, the lens.
#include "sim/models/person_sprite.hpp"

#include "sim/models/person_pose.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace sim {

namespace {
constexpr double sprite_half_width = 4.4, sprite_above = 2.9, sprite_below = 5.6;
constexpr double shadow_aside = 0.85, shadow_down = 0.12, shadow_softness = 0.13;
constexpr double dark_side = 0.75, bright_side = 0.10;

/// Where a map jumps, the outline has stairs: it is softened inwards.
void soften_outline(cv::Mat& layer) {
    cv::Mat alpha, soft;
    cv::extractChannel(layer, alpha, 3);
    cv::GaussianBlur(alpha, soft, {5, 5}, 1.0);
    for (int y = 0; y < layer.rows; ++y)
        for (int x = 0; x < layer.cols; ++x) {
            auto& p = layer.at<cv::Vec4b>(y, x);
            const int wanted = std::clamp(2 * soft.at<uchar>(y, x) - 255, 0, static_cast<int>(p[3]));
            if (wanted < p[3])
                for (int c = 0; c < 4; ++c) p[c] = static_cast<uchar>(p[c] * wanted / std::max<int>(p[3], 1));
        }
}

/// Where a layer can be seen at all, in eye distances about the eyes.
struct Extent {
    double left, top, right, bottom;
};
/// Of something that reaches so far when the head is upright.
Extent held(const HeadPose& pose, double aside, double above, double below) {
    Extent all{0, 0, 0, 0};
    for (const cv::Point2d corner : {cv::Point2d(-aside, -above), {aside, -above}, {-aside, below}, {aside, below}}) {
        const cv::Point2d p = pose.rolled(corner);
        all = {std::min(all.left, p.x), std::min(all.top, p.y), std::max(all.right, p.x), std::max(all.bottom, p.y)};
    }
    return all;
}

/// Reads a layer wherever `where` says and lays it over what is there.
template <class Where>
void lay_layer(cv::Mat& sprite, cv::Point eyes_in_sprite, double e, const FigureLayer& layer, Extent extent, Where where, bool turned = false) {
    const cv::Rect area = cv::Rect(cv::Point(cvFloor(extent.left * e), cvFloor(extent.top * e)) + eyes_in_sprite, cv::Point(cvCeil(extent.right * e), cvCeil(extent.bottom * e)) + eyes_in_sprite) & cv::Rect({}, sprite.size());
    if (area.empty()) return;
    cv::Mat picture = sprite(area);
    const cv::Point eyes = eyes_in_sprite - area.tl();
    // Much smaller than drawn: averaged first.
    cv::Mat drawing = layer.picture;
    double unit = figure_eye_distance;
    for (; unit > 1.9 * e; unit /= 2) cv::resize(drawing, drawing, {}, 0.5, 0.5, cv::INTER_AREA);
    cv::Mat map(picture.size(), CV_32FC2), read;
    for (int y = 0; y < map.rows; ++y)
        for (int x = 0; x < map.cols; ++x) {
            const cv::Point2d at = where(cv::Point2d((x - eyes.x) / e, (y - eyes.y) / e));
            map.at<cv::Vec2f>(y, x) = {static_cast<float>((at.x + layer.left) * unit), static_cast<float>((at.y + layer.above) * unit)};
        }
    cv::remap(drawing, read, map, {}, cv::INTER_LINEAR, cv::BORDER_CONSTANT);
    if (turned) soften_outline(read);
    for (int y = 0; y < read.rows; ++y)
        for (int x = 0; x < read.cols; ++x) {
            const auto& over = read.at<cv::Vec4b>(y, x);
            if (over[3] == 0) continue;
            auto& under = picture.at<cv::Vec4b>(y, x);
            for (int c = 0; c < 4; ++c) under[c] = cv::saturate_cast<uchar>(over[c] + (under[c] * (255 - over[3]) + 127) / 255);
        }
}

/// The lamp at one side: the half that looks away from it gets less.
void light_from_side(cv::Mat& picture, cv::Point eyes, double e, double side) {
    if (side == 0) return;
    const double s = std::clamp(std::abs(side), 0.0, 1.0);
    for (int x = 0; x < picture.cols; ++x) {
        const double away = -std::copysign(1.0, side) * std::clamp((x - eyes.x) / e / 1.2, -1.0, 1.0), t = std::clamp((away + 0.40) / 1.15, 0.0, 1.0);
        const auto gain = static_cast<float>(1 + s * (bright_side * (1 - t) - dark_side * t * t * (3 - 2 * t)));
        for (int y = 0; y < picture.rows; ++y) {
            auto& p = picture.at<cv::Vec4b>(y, x);
            for (int c = 0; c < 3; ++c) p[c] = static_cast<uchar>(std::min(static_cast<float>(p[3]), static_cast<float>(p[c]) * gain + 0.5F));
        }
    }
}

/// What the figure throws on the wall beside it, behind the figure: black, as strong as the scene says.
void throw_shadow(cv::Mat& picture, double e, double strength, double side) {
    if (strength <= 0) return;
    constexpr int coarse = 4;
    cv::Mat alpha, moved;
    cv::extractChannel(picture, alpha, 3);
    cv::resize(alpha, alpha, {std::max(1, alpha.cols / coarse), std::max(1, alpha.rows / coarse)}, 0, 0, cv::INTER_AREA);
    const cv::Matx23d move(1, 0, side * shadow_aside * e / coarse, 0, 1, shadow_down * e / coarse);
    cv::warpAffine(alpha, moved, move, alpha.size(), cv::INTER_LINEAR, cv::BORDER_CONSTANT);
    cv::GaussianBlur(moved, moved, {}, std::max(0.5, shadow_softness * e / coarse));
    cv::resize(moved, alpha, picture.size(), 0, 0, cv::INTER_LINEAR);
    const double share = std::min(strength, 1.0);
    for (int y = 0; y < picture.rows; ++y)
        for (int x = 0; x < picture.cols; ++x) {
            auto& a = picture.at<cv::Vec4b>(y, x)[3];
            a = cv::saturate_cast<uchar>(a + share * alpha.at<uchar>(y, x) * (255 - a) / 255.0);
        }
}

void light_up(cv::Mat& picture, const PersonScene& scene) {
    const cv::Scalar light = light_of(scene);
    if (light == cv::Scalar(1, 1, 1)) return;
    picture.forEach<cv::Vec4b>([light](cv::Vec4b& p, const int*) {
        for (int c = 0; c < 3; ++c) p[c] = static_cast<uchar>(std::min(static_cast<double>(p[3]), p[c] * light[c] + 0.5));
    });
}
}  // namespace

Sprite make_sprite(const Figure& figure, const PersonScene& scene, double e, double shrink, cv::Size most) {
    const HeadPose pose(scene.roll, scene.yaw, scene.pitch);
    const cv::Point eyes(std::min(cvRound(sprite_half_width * e), most.width), std::min(cvRound(sprite_above * e), most.height));
    const int below = std::min(cvRound(sprite_below * e), most.height);
    cv::Mat picture(eyes.y + below, 2 * eyes.x + 1, CV_8UC4, cv::Scalar::all(0));
    const cv::Point2d aside = pose.body_offset();
    const double turn = std::abs(scene.yaw) > 0 ? 1.1 : 0, nod = std::abs(scene.pitch) > 0 ? 0.8 : 0;  // how much further a turned head reaches
    const Extent head = held(pose, 1.9 + turn, 2.3 + nod, 4.0 + nod), ears = held(pose, 1.6 + turn, 0.8 + nod, 1.2 + nod);
    lay_layer(picture, eyes, e, *figure.hair_behind, head, [&](cv::Point2d p) { return pose.drawn_hair_behind(p); });
    lay_layer(picture, eyes, e, *figure.body, {-4.0 + aside.x, 0.8 + aside.y, 4.0 + aside.x, 7}, [&](cv::Point2d p) { return p - aside; });
    const auto ear = [&](double side) { lay_layer(picture, eyes, e, *figure.ears, ears, [&](cv::Point2d p) { return pose.drawn_ear(p, side); }); };
    const int near = figure.ears_covered ? 0 : pose.near_ear();
    for (const double side : {-1.0, 1.0})
        if (near != static_cast<int>(side)) ear(side);
    lay_layer(picture, eyes, e, *figure.head, head, [&](cv::Point2d p) { return pose.drawn(p); }, scene.yaw != 0);
    if (near != 0) ear(near);
    light_from_side(picture, eyes, e, scene.light_side);
    light_up(picture, scene);
    throw_shadow(picture, e, scene.shadow_left, -1);
    throw_shadow(picture, e, scene.shadow_right, 1);
    through_lens(picture, scene, shrink);
    Sprite sprite{{}, {}, eyes};
    cv::cvtColor(picture, sprite.colour, cv::COLOR_BGRA2BGR);
    cv::Mat alpha;
    cv::extractChannel(picture, alpha, 3);
    alpha = 255 - alpha;
    cv::cvtColor(alpha, sprite.through, cv::COLOR_GRAY2BGR);
    return sprite;
}

cv::Scalar light_of(const PersonScene& scene) {
    const double light = std::clamp(scene.light, 0.0, 4.0), warm = std::clamp(scene.light_warmth, -0.6, 0.6);
    return {light * (1 - warm), light, light * (1 + 0.5 * warm)};
}

void through_lens(cv::Mat& picture, const PersonScene& scene, double shrink) {
    constexpr double least = 0.2, most = 60;
    if (const double sigma = std::min(scene.defocus, most) * shrink; sigma > least) cv::GaussianBlur(picture, picture, {}, sigma, sigma, cv::BORDER_REPLICATE);
    if (const int length = cvRound(std::min(scene.motion_blur, most) * shrink); length > 1) cv::blur(picture, picture, {length, 1}, {-1, -1}, cv::BORDER_REPLICATE);
}

}  // namespace sim
