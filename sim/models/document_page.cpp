// From the flat page to the frame: a pin-hole camera of 60 degrees, a hand that trembles, uneven light, a lamp's reflection, the lens, the sensor.
#include "sim/models/document_page.hpp"

#include "sim/models/document_page_art.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace sim {

namespace {
constexpr double focal_share = 0.86;  // focal length over the frame's width: 60 degrees

/// Page millimetres (homogeneous) to frame pixels.
cv::Matx33d projection(const DocumentScene& scene, int width, int height, std::uint64_t frame) {
    Dice dice(scene.seed * 7919 + frame);
    const auto shake = [&] { return scene.tremble * (static_cast<double>(dice.below(2001)) / 1000 - 1); };
    const auto size = page_size(scene);
    const auto radians = [](double degrees) { return degrees * CV_PI / 180; };
    const double turn = radians(scene.rotation + 0.25 * shake()), up = radians(scene.tilt_up + 0.25 * shake()), side = radians(scene.tilt_side + 0.25 * shake());
    const double focal = focal_share * width, distance = focal * size.width / (scene.width * width);
    const cv::Matx33d about_z(std::cos(turn), -std::sin(turn), 0, std::sin(turn), std::cos(turn), 0, 0, 0, 1);
    const cv::Matx33d about_x(1, 0, 0, 0, std::cos(up), -std::sin(up), 0, std::sin(up), std::cos(up));
    const cv::Matx33d about_y(std::cos(side), 0, std::sin(side), 0, 1, 0, -std::sin(side), 0, std::cos(side));
    const cv::Matx33d turned = about_z * about_x * about_y;
    const double pixel = width / 1280.0;
    const cv::Matx33d lens(focal, 0, width * (0.5 + scene.x) + 2 * pixel * shake(), 0, focal, height * 0.5 + width * scene.y + 2 * pixel * shake(), 0, 0, 1);
    const cv::Matx33d placed(turned(0, 0), turned(0, 1), 0, turned(1, 0), turned(1, 1), 0, turned(2, 0), turned(2, 1), distance);
    const cv::Matx33d centred(1, 0, -size.width / 2, 0, 1, -size.height / 2, 0, 0, 1);
    return lens * placed * centred;
}

/// What stands behind the document: a coat, far out of focus, so that it may be drawn small.
cv::Mat draw_surroundings(const DocumentScene& scene, int width, int height) {
    constexpr int reduction = 8;
    cv::Mat small(std::max(2, height / reduction), std::max(2, width / reduction), CV_8UC3), out;
    for (int y = 0; y < small.rows; ++y) small.row(y).setTo(cv::Scalar(78 - 30.0 * y / small.rows, 72 - 30.0 * y / small.rows, 66 - 24.0 * y / small.rows));
    Dice dice(scene.seed + 99);
    for (int i = 0; i < 14; ++i) {
        const cv::Point at(static_cast<int>(dice.below(static_cast<std::uint64_t>(small.cols))), static_cast<int>(dice.below(static_cast<std::uint64_t>(small.rows))));
        const double level = 30 + static_cast<double>(dice.below(70));
        cv::circle(small, at, small.cols / 12, cv::Scalar(level, level * 0.95, level * 0.9), cv::FILLED);
    }
    cv::GaussianBlur(small, small, {}, small.cols / 40.0);
    cv::resize(small, out, {width, height}, 0, 0, cv::INTER_CUBIC);
    return out;
}

void hold(cv::Mat& picture, const DocumentScene& scene, const cv::Matx33d& map) {
    const auto size = page_size(scene);
    const double dots = map(0, 0) / map(2, 2);  // a thumb is 20 mm wide, whatever it holds
    for (const double x : {-3.0, size.width + 3.0}) {
        const cv::Vec3d at = map * cv::Vec3d(x, size.height * 0.3, 1);
        const cv::Point tip(cvRound(at[0] / at[2]), cvRound(at[1] / at[2]));
        const double thumb = std::abs(dots) * 9;
        cv::ellipse(picture, cv::RotatedRect(tip, cv::Size2f(static_cast<float>(thumb * 1.4), static_cast<float>(thumb * 2.2)), x < 0 ? 20.0f : -20.0f), cv::Scalar(120, 150, 200), cv::FILLED, cv::LINE_AA);
    }
}

void light_up(cv::Mat& picture, const DocumentScene& scene) {
    cv::Mat field(1, picture.cols, CV_8UC3), whole;
    constexpr double unit = 128;  // of the field: twice the light at most
    for (int x = 0; x < picture.cols; ++x) {
        const double side = static_cast<double>(x) / picture.cols, less = scene.light_side >= 0 ? 1 - side : side;
        field.at<cv::Vec3b>(0, x) = cv::Vec3b::all(cv::saturate_cast<uchar>(unit * scene.light * (1 - std::abs(scene.light_side) * less)));
    }
    cv::repeat(field, picture.rows, 1, whole);
    cv::multiply(picture, whole, picture, 1 / unit);
    if (scene.glare <= 0) return;
    cv::Mat lamp(picture.size(), CV_8UC3, cv::Scalar::all(0));
    const double size = picture.cols / 16.0;
    cv::ellipse(lamp, cv::RotatedRect(cv::Point2f(static_cast<float>(scene.glare_x * picture.cols), static_cast<float>(scene.glare_y * picture.rows)), cv::Size2f(static_cast<float>(3 * size), static_cast<float>(1.6 * size)), 15),
                cv::Scalar::all(255), cv::FILLED);
    cv::GaussianBlur(lamp, lamp, {}, size / 4);
    cv::addWeighted(picture, 1, lamp, 1.3 * scene.glare, 0, picture);
}

void look_through_lens(cv::Mat& picture, const DocumentScene& scene) {
    const double pixel = picture.cols / 1280.0;
    if (const double sigma = scene.defocus * pixel; sigma > 0.2) cv::GaussianBlur(picture, picture, {}, sigma);
    if (const int length = cvRound(scene.motion_blur * pixel); length > 1) cv::blur(picture, picture, {length, 1});
}

/// Every frame looks at one large plate of noise through a window of its own; its strength is a factor, so that scenes may differ in it at no cost.
cv::Mat with_noise(const cv::Mat& picture, double level, std::uint64_t seed, std::uint64_t frame) {
    constexpr int rim = 96;
    constexpr double unit = 100;
    static thread_local cv::Mat plate;
    const cv::Size wanted(picture.cols + rim, picture.rows + rim);
    if (plate.size() != wanted) {
        plate.create(wanted, CV_16SC3);
        cv::RNG(77).fill(plate, cv::RNG::NORMAL, 0, unit);
    }
    Dice dice(seed * 1'000'003 + frame);
    const cv::Rect window(static_cast<int>(dice.below(rim)), static_cast<int>(dice.below(rim)), picture.cols, picture.rows);
    cv::Mat wide, out;
    picture.convertTo(wide, CV_16S);
    cv::addWeighted(wide, 1, plate(window), std::clamp(level, 0.0, 60.0) / unit, 0, wide);
    wide.convertTo(out, CV_8U);
    return out;
}

/// The last page that was drawn: a hand moves it, it is not printed anew.
struct Plate {
    DocumentScene of;
    cv::Mat page, behind;
};
bool same_print(const DocumentScene& a, const DocumentScene& b) {
    return a.kind == b.kind && a.zone == b.zone && a.fields == b.fields && a.code == b.code && a.second_code == b.second_code && a.ink == b.ink && a.background == b.background &&
           a.damage == b.damage && a.seed == b.seed;
}
}  // namespace

cv::Mat render_document(const DocumentScene& scene, int width, int height, std::uint64_t frame) {
    static thread_local Plate plate;
    if (plate.page.empty() || !same_print(plate.of, scene)) {
        plate.page = draw_page(scene);
        plate.of = scene;
        plate.behind.release();
    }
    if (plate.behind.size() != cv::Size(width, height)) plate.behind = draw_surroundings(scene, width, height);
    cv::Mat out = plate.behind.clone();
    const auto map = projection(scene, width, height, frame);
    const cv::Matx33d dots(1 / page_dots_per_mm, 0, 0, 0, 1 / page_dots_per_mm, 0, 0, 0, 1);
    cv::warpPerspective(plate.page, out, map * dots, out.size(), cv::INTER_LINEAR, cv::BORDER_TRANSPARENT);
    hold(out, scene, map);
    light_up(out, scene);
    look_through_lens(out, scene);
    return with_noise(out, scene.noise, scene.seed, frame);
}

std::array<cv::Point2d, 4> zone_corners(const DocumentScene& scene, int width, int height, std::uint64_t frame) {
    const auto map = projection(scene, width, height, frame);
    const auto box = zone_box(scene);
    const auto at = [&](double x, double y) {
        const cv::Vec3d p = map * cv::Vec3d(x, y, 1);
        return cv::Point2d(p[0] / p[2], p[1] / p[2]);
    };
    return {at(box.x, box.y), at(box.x + box.width, box.y), at(box.x + box.width, box.y + box.height), at(box.x, box.y + box.height)};
}

}  // namespace sim
