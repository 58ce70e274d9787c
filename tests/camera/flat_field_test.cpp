// The flat-field correction: nothing when off, an evener wall when on, never more than the cap, the hue kept, and told in the portrait.
#include "camera/flat_field.hpp"
#include "scenes.hpp"

#include <opencv2/imgproc.hpp>

using namespace scenes;

namespace {
const cv::Matx23d same(1, 0, 0, 0, 1, 0);

/// A wall that darkens from the left to the right, and the planes that a fit would find: L* linear over the width.
cv::Mat sloping(camera::Wall& wall, double left, double right) {
    cv::Mat lab(300, 400, CV_32FC3);
    for (int y = 0; y < lab.rows; ++y)
        for (int x = 0; x < lab.cols; ++x) lab.at<cv::Vec3f>(y, x) = cv::Vec3f(static_cast<float>(left + (right - left) * x / lab.cols), 0, 0);
    cv::Mat bgr, out;
    cv::cvtColor(lab, bgr, cv::COLOR_Lab2BGR);
    bgr.convertTo(out, CV_8UC3, 255);
    wall.samples = 1000;
    wall.planes(0, 0) = left;
    wall.planes(0, 1) = right - left;
    return out;
}
double green(const cv::Mat& m, int x) { return cv::mean(m(cv::Rect(x, 100, 20, 100)))[1]; }
}  // namespace

TEST_CASE("off by default: not a pixel changes") {
    CHECK_FALSE(camera::PortraitRules{}.flat_field.on);
    camera::Wall wall;
    cv::Mat crop = sloping(wall, 90, 75);
    const cv::Mat before = crop.clone();
    CHECK(camera::apply_flat_field(crop, wall, same, 400, {}) == 1);
    CHECK(cv::norm(crop, before, cv::NORM_INF) == 0);
    const camera::Wall unseen;
    CHECK(camera::apply_flat_field(crop, unseen, same, 400, {.on = true, .greatest_gain = 1.3}) == 1);
    camera::Wall white;
    cv::Mat bright = sloping(white, 98, 97);
    const cv::Mat bright_before = bright.clone();
    CHECK(camera::apply_flat_field(bright, white, same, 400, {.on = true, .greatest_gain = 1.3}) == 1);
    CHECK(cv::norm(bright, bright_before, cv::NORM_INF) == 0);
}

TEST_CASE("on: the wall becomes evener, and the cap is kept") {
    camera::Wall wall;
    cv::Mat crop = sloping(wall, 94, 86);
    const cv::Mat before = crop.clone();
    const double gain = camera::apply_flat_field(crop, wall, same, 400, {.on = true, .greatest_gain = 1.3});
    CHECK(gain > 1.05);
    CHECK(gain <= 1.3);
    CHECK(std::abs(green(crop, 20) - green(crop, 360)) < 0.35 * std::abs(green(before, 20) - green(before, 360)));
    CHECK(green(crop, 360) == doctest::Approx(camera::flat_field_target).epsilon(0.02));
    camera::Wall dark;
    cv::Mat grey = sloping(dark, 70, 50);
    const cv::Mat grey_before = grey.clone();
    CHECK(camera::apply_flat_field(grey, dark, same, 400, {.on = true, .greatest_gain = 1.15}) == doctest::Approx(1.15));
    cv::Mat least = grey_before * 1.15 + cv::Scalar::all(1);
    const cv::Mat above = grey > least;
    CHECK(cv::countNonZero(above.reshape(1)) == 0);
    // A configuration that asks for more than any is held at the hard limit.
    cv::Mat again = grey_before.clone();
    CHECK(camera::apply_flat_field(again, dark, same, 400, {.on = true, .greatest_gain = 9}) <= camera::greatest_flat_field_gain + 1e-6);
}

TEST_CASE("a bright patch keeps its hue instead of burning out") {
    camera::Wall wall;
    cv::Mat crop = sloping(wall, 80, 80);
    const cv::Vec3b skin(150, 190, 240);
    crop(cv::Rect(150, 100, 100, 100)).setTo(skin);
    const double gain = camera::apply_flat_field(crop, wall, same, 400, {.on = true, .greatest_gain = 1.2});
    CHECK(gain > 1.1);
    const auto after = crop.at<cv::Vec3b>(150, 200);
    CHECK(after[2] == 255);
    CHECK(after[0] / 255.0 == doctest::Approx(150 / 240.0).epsilon(0.02));
    CHECK(after[1] / 255.0 == doctest::Approx(190 / 240.0).epsilon(0.02));
}

TEST_CASE("the portrait says which gain was used") {
    sim::PersonScene scene;
    scene.wall_lightness = 0.88;
    const auto frame = sim::render_person(scene, 1280, 720, 4);
    look(frame);
    REQUIRE(watcher().face());
    camera::PortraitRules rules;
    const auto plain = camera::make_portrait(frame, *watcher().face(), watcher().finder(), rules);
    REQUIRE(plain);
    CHECK(plain->flat_field == 1);
    rules.flat_field.on = true;
    const auto flat = camera::make_portrait(frame, *watcher().face(), watcher().finder(), rules);
    REQUIRE(flat);
    CHECK(flat->flat_field > 1.01);
    CHECK(flat->flat_field <= rules.flat_field.greatest_gain + 1e-6);
    CHECK(flat->jpeg != plain->jpeg);
}
