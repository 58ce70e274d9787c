// The rendered person: found by the cascades at every skin tone, true to its ground truth, and every knob does what it says and nothing else happens twice differently.
#include "sim/models/person_photos.hpp"
#include "sim/panel/knobs.hpp"

#include <cstdlib>
#include <doctest/doctest.h>
#include <fstream>
#include <functional>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>
#include <set>
#include <thread>

using namespace sim;

namespace {
constexpr int wide = 1280, high = 720;
constexpr std::uint64_t some_frame = 7;

cv::Mat quiet(PersonScene scene, std::uint64_t frame = some_frame) {
    scene.noise = 0;
    return render_person(scene, wide, high, frame);
}
cv::Mat grey_of(const cv::Mat& picture) {
    cv::Mat grey;
    cv::cvtColor(picture, grey, cv::COLOR_BGR2GRAY);
    return grey;
}
double same_part(const cv::Mat& a, const cv::Mat& b) {
    cv::Mat difference;
    cv::absdiff(a, b, difference);
    return 1 - static_cast<double>(cv::countNonZero(grey_of(difference))) / static_cast<double>(a.total());
}
/// Mean luma of a square about a place given in eye distances from the eyes' middle.
double luma(const cv::Mat& picture, const PersonScene& scene, double x, double y, double half = 0.08) {
    const auto t = truth_of(scene, wide, high, some_frame);
    const cv::Point2d at = (t.left_eye + t.right_eye) / 2 + cv::Point2d(x, y) * scene.eye_distance;
    const int r = std::max(1, cvRound(half * scene.eye_distance));
    const cv::Rect area = cv::Rect(cvRound(at.x) - r, cvRound(at.y) - r, 2 * r + 1, 2 * r + 1) & cv::Rect(0, 0, wide, high);
    REQUIRE(!area.empty());
    return cv::mean(grey_of(picture(area)))[0];
}
double sharpness(const cv::Mat& picture, bool along_x) {
    cv::Mat slope;
    cv::Sobel(grey_of(picture)(cv::Rect(540, 200, 200, 220)), slope, CV_32F, along_x ? 1 : 0, along_x ? 0 : 1);
    return cv::norm(slope);
}
/// Rows of a column through the face, in eye distances, that are darker than half the skin beside them.
double dark_run(const cv::Mat& picture, const PersonScene& scene, double x, double from, double to) {
    const double skin = luma(picture, scene, 0.6, 0.9);
    int rows = 0;
    for (double y = from; y < to; y += 0.01) rows += luma(picture, scene, x, y, 0.005) < 0.5 * skin;
    return rows * 0.01;
}
struct Folder {
    std::filesystem::path path = [] {
        std::string name = (std::filesystem::temp_directory_path() / "liqu-photos-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()));
        return name;
    }();
    ~Folder() { std::filesystem::remove_all(path); }
};
}  // namespace

TEST_CASE("the cascades find one face and both eyes, at three skin tones, with every hair, with and without clear glasses") {
    cv::CascadeClassifier face("/usr/share/opencv4/haarcascades/haarcascade_frontalface_alt2.xml"), eye("/usr/share/opencv4/haarcascades/haarcascade_eye_tree_eyeglasses.xml");
    REQUIRE_MESSAGE(!(face.empty() || eye.empty()), "package opencv-data is missing");
    for (int n = 0; n < 24; ++n) {
        PersonScene scene;
        scene.skin = n % 3;
        scene.hair = n / 3 % 4;
        scene.clothes = scene.skin + scene.hair;
        scene.glasses = n < 12 ? Glasses::none : Glasses::clear;
        CAPTURE(n);
        const auto grey = grey_of(render_person(scene, wide, high, some_frame));
        const auto truth = truth_of(scene, wide, high, some_frame);
        cv::Mat small;
        cv::resize(grey, small, {}, 0.5, 0.5, cv::INTER_AREA);
        std::vector<cv::Rect> faces;
        face.detectMultiScale(small, faces, 1.1, 3, 0, {60, 60});
        REQUIRE(faces.size() == 1);
        for (const auto& centre : {truth.left_eye, truth.right_eye}) {
            const int r = cvRound(0.42 * scene.eye_distance);
            cv::Mat part;
            cv::resize(grey(cv::Rect(cvRound(centre.x) - r, cvRound(centre.y) - r, 2 * r, 2 * r)), part, {90, 90}, 0, 0, cv::INTER_AREA);
            std::vector<cv::Rect> eyes;
            eye.detectMultiScale(part, eyes, 1.05, 2, 0, {20, 20});
            double nearest = 1;
            for (const auto& found : eyes) nearest = std::min(nearest, std::hypot(found.x + found.width / 2.0 - 45, found.y + found.height / 2.0 - 45) / 90 * 0.84);
            CHECK(nearest < 0.05);  // eye distances
        }
    }
}

TEST_CASE("same scene, same frame: same pixels, whatever was drawn before and on any thread; another frame has other noise") {
    PersonScene scene;
    scene.yaw = 9;
    scene.glasses = Glasses::clear;
    const auto here = render_person(scene, 640, 360, 5);
    cv::Mat there;
    std::thread([&] { there = render_person(scene, 640, 360, 5); }).join();
    CHECK(cv::norm(here, there, cv::NORM_INF) == 0);
    CHECK(same_part(here, render_person(scene, 640, 360, 6)) < 0.5);
}

TEST_CASE("eyes, crown and chin are where the truth says, however the head is held") {
    for (const auto& [roll, yaw, pitch, hair] : {std::tuple{0., 0., 0., 0}, {20., 0., 0., 1}, {-12., 0., 0., 2}, {0., 18., 0., 0}, {0., -25., 0., 3}, {0., 0., 15., 0}, {0., 0., -15., 1}, {10., -15., 8., 0}}) {
        PersonScene scene{.roll = roll, .yaw = yaw, .pitch = pitch, .hair = hair};
        CAPTURE(roll);
        CAPTURE(yaw);
        CAPTURE(pitch);
        const auto picture = grey_of(quiet(scene));
        const auto truth = truth_of(scene, wide, high, some_frame);
        for (const auto& eye : {truth.left_eye, truth.right_eye}) {
            // The pupil is the darkest thing about: its centre of gravity.
            const int r = cvRound(0.12 * scene.eye_distance);
            const cv::Rect about(cvRound(eye.x) - r, cvRound(eye.y) - r, 2 * r + 1, 2 * r + 1);
            cv::Mat dark;
            cv::threshold(picture(about), dark, 62, 255, cv::THRESH_BINARY_INV);
            const auto m = cv::moments(dark, true);
            REQUIRE(m.m00 > 20);
            CHECK(std::hypot(m.m10 / m.m00 - r, m.m01 / m.m00 - r) < 0.045 * scene.eye_distance);
        }
        const auto line = truth.right_eye - truth.left_eye;
        CHECK(std::atan2(line.y, line.x) * 180 / CV_PI == doctest::Approx(roll));
        CHECK(std::hypot(line.x, line.y) == doctest::Approx(scene.eye_distance * std::cos(yaw * CV_PI / 180)).epsilon(0.02));
        auto nobody = scene;
        nobody.present = false;
        cv::Mat difference;
        cv::absdiff(picture, grey_of(quiet(nobody)), difference);
        int top = 0;
        while (top < high - 1 && cv::countNonZero(difference.row(top) > 40) == 0) ++top;
        CHECK(std::abs(top - truth.crown_y) < 0.10 * scene.eye_distance);
        CHECK(truth.chin_y - (truth.left_eye.y + truth.right_eye.y) / 2 > 1.4 * scene.eye_distance);
    }
    const auto plain = truth_of({}, wide, high, some_frame);
    CHECK((plain.chin_y - plain.left_eye.y) / 108 == doctest::Approx(1.835).epsilon(0.01));
    CHECK(plain.face_width / 108 == doctest::Approx(2.236).epsilon(0.01));
}

TEST_CASE("every field of the scene has its knob, and every knob changes the picture at both its ends") {
    // A field more, and this line does not compile: then it wants a row in knobs.hpp, too.
    const PersonScene plain;
    [[maybe_unused]] const auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23, f24, f25, f26, f27, f28, f29, f30, f31, f32, f33, f34, f35, f36,
                                  f37] = plain;
    constexpr std::size_t fields = 37, seed = 1;
    static_assert(scene_knobs.size() + scene_switches.size() + scene_choices.size() + seed == fields);
    const auto differs = [](const std::string& assignment) {
        PersonScene before{.eye_distance = 60, .glasses = Glasses::tinted};  // tint and glare are seen on glasses
        PersonScene after = before;
        REQUIRE_MESSAGE(turn_knob(after, assignment), assignment);
        if (after == before) return;
        // Frame 43 lies in a blink.
        CHECK_MESSAGE(same_part(render_person(before, 640, 360, 43), render_person(after, 640, 360, 43)) < 0.9995, assignment);
    };
    for (const auto& knob : scene_knobs)
        for (const double value : {knob.low, knob.high}) differs(std::string(knob.key) + "=" + std::to_string(value));
    for (const auto& knob : scene_switches)
        for (const char* value : {"=0", "=1"}) differs(std::string(knob.key) + value);
    for (const auto& knob : scene_choices)
        for (int i = 0; i < knob.count; ++i) differs(std::string(knob.key) + "=" + knob.names.at(static_cast<std::size_t>(i)));
    differs("seed=9");
    PersonScene scene;
    for (const char* slip : {"roll", "roll=", "roll=nan", "roll=inf", "roll=1x", "hat=yes", "skin=3", "skin=-1", "hair=blond", "glasses=7", "seed=-1", "rol=1", "=1", ""}) CHECK_MESSAGE(!turn_knob(scene, slip), slip);
    CHECK(scene == PersonScene{});
    CHECK(turn_knob(scene, "glasses=tinted"));
    CHECK(scene.glasses == Glasses::tinted);
}

TEST_CASE("eyes shut, blink and are covered") {
    PersonScene open, half{.eyes_open = 0.5}, shut{.eyes_open = 0}, blinking{.blinks = true};
    const auto run = [](const PersonScene& scene) { return dark_run(quiet(scene), scene, 0.5, -0.16, 0.14); };
    CHECK(run(open) > 0.10);
    CHECK(run(half) < 0.8 * run(open));
    CHECK(run(shut) < 0.06);
    CHECK(truth_of(half, wide, high, some_frame).eyes_open == 0.5);
    int closed = 0;
    for (std::uint64_t frame = 0; frame < 90; ++frame) closed += truth_of(blinking, wide, high, frame).eyes_open == 0;
    CHECK(closed == 8);
    CHECK(cv::norm(quiet(blinking, 43), quiet(shut, 43), cv::NORM_INF) == 0);
    CHECK(cv::norm(quiet(blinking, 20), quiet(open, 20), cv::NORM_INF) == 0);
    const PersonScene dark{.glasses = Glasses::tinted, .tint = 0.7}, lamp{.glare = 0.5}, clear{.glasses = Glasses::clear};
    CHECK(luma(quiet(dark), dark, 0.5, 0.2, 0.05) < 0.4 * luma(quiet(open), open, 0.5, 0.2, 0.05));
    CHECK(luma(quiet(lamp), lamp, 0.5, 0, 0.05) > 250);
    CHECK(luma(quiet(clear), clear, 0.5, 0.2, 0.03) > 0.85 * luma(quiet(open), open, 0.5, 0.2, 0.03));
    const PersonScene hat{.hat = true};
    CHECK(luma(quiet(hat), hat, 0, -0.75) < 0.6 * luma(quiet(open), open, 0, -0.75));
    const PersonScene mouth{.mouth_open = 0.8};
    CHECK(dark_run(quiet(open), open, 0.1, 0.95, 1.75) < 0.08);
    CHECK(dark_run(quiet(mouth), mouth, 0.1, 0.95, 1.75) > 0.2);
    CHECK(truth_of(mouth, wide, high, some_frame).chin_y > truth_of(open, wide, high, some_frame).chin_y + 15);
}

TEST_CASE("light, shadow, clothes and lens have their measure") {
    for (int skin = 0; skin < 3; ++skin) {
        const PersonScene even{.skin = skin}, left{.skin = skin, .light_side = -0.6}, right{.skin = skin, .light_side = 0.6};
        const auto cheeks = [](const PersonScene& s) { return luma(quiet(s), s, -0.7, 0.6) / luma(quiet(s), s, 0.7, 0.6); };
        CHECK(std::abs(cheeks(even) - 1) < 0.08);
        CHECK(cheeks(left) > 1.5);
        CHECK(cheeks(right) < 0.67);
    }
    const PersonScene plain, cast{.shadow_left = 0.3}, other{.shadow_right = 0.3}, white{.clothes_lightness = 0.95}, dim{.light = 0.5};
    const double wall = luma(quiet(plain), plain, -1.75, 0);
    CHECK(luma(quiet(cast), cast, -1.75, 0) / wall == doctest::Approx(0.7).epsilon(0.06));
    CHECK(luma(quiet(cast), cast, 1.75, 0) / wall == doctest::Approx(1).epsilon(0.02));
    CHECK(luma(quiet(other), other, 1.75, 0) / wall == doctest::Approx(0.7).epsilon(0.06));
    CHECK(luma(quiet(white), white, 1.5, 3.3) > 215);
    CHECK(luma(quiet(dim), dim, -1.75, 0) == doctest::Approx(wall / 2).epsilon(0.02));
    const PersonScene soft{.defocus = 3}, smeared{.motion_blur = 12};
    CHECK(sharpness(quiet(soft), true) < 0.6 * sharpness(quiet(plain), true));
    CHECK(sharpness(quiet(smeared), true) < 0.6 * sharpness(quiet(plain), true));
    CHECK(sharpness(quiet(smeared), false) > 1.2 * sharpness(quiet(smeared), true));
    PersonScene moving{.speed = 0.08};
    for (std::uint64_t frame = 0; frame < 40; ++frame) {
        const double step = std::abs(truth_of(moving, wide, high, frame + 1).left_eye.x - truth_of(moving, wide, high, frame).left_eye.x);
        CHECK(std::abs(step - 0.08 * 108) <= 1.5);
    }
}

TEST_CASE("values beyond all sense are drawn all the same") {
    for (const auto& scene : {PersonScene{.eye_distance = -5}, PersonScene{.eye_distance = 1e9}, PersonScene{.x = 1e12, .y = -1e12}, PersonScene{.roll = 1e6, .yaw = -1e6, .pitch = 1e6}, PersonScene{.speed = 1e9},
                              PersonScene{.skin = -7, .hair = 99, .clothes = -1}, PersonScene{.clothes_lightness = 9, .eyes_open = -3, .mouth_open = 50, .glare = 7, .tint = -2}, PersonScene{.wall_lightness = 1e6},
                              PersonScene{.light = -1, .light_side = 9, .defocus = 1e6, .motion_blur = 1e6, .noise = 1e6}})
        for (const auto& [w, h] : {std::pair{64, 48}, {1, 1}, {0, -3}}) CHECK(!render_person(scene, w, h, ~0ULL).empty());
}

TEST_CASE("photographs before the camera: in turn, at the wanted size, place and brightness, their edges continued") {
    Folder folder;
    PersonScene scene{.eye_distance = 150, .wall_lightness = 0.8};
    const cv::Mat person = render_person(scene, wide, high, 0)(cv::Rect(340, 0, 600, 720)).clone(), plain(300, 300, CV_8UC3, cv::Scalar(10, 120, 200));
    cv::imwrite((folder.path / "b.png").string(), person);
    cv::imwrite((folder.path / "c.PNG").string(), plain);
    std::ofstream(folder.path / "a.jpg") << "no photograph";
    std::ofstream(folder.path / "notes.txt") << "nor this";
    const auto open = [&](const std::string& query) {
        auto options = photo_options_of("photos:" + folder.path.string() + query);
        REQUIRE_MESSAGE(options.has_value(), (options ? "" : options.error()));
        auto photographs = Photographs::open(*options);
        REQUIRE(photographs.has_value());
        return std::move(*photographs);
    };
    auto by_eyes = open("?scale=108&noise=0&seconds=1");
    CHECK(by_eyes.files().size() == 3);
    const auto frame = by_eyes.frame(0, 15, wide, high);  // a.jpg is none: b.png
    REQUIRE(frame.size() == cv::Size(wide, high));
    const PersonScene wanted{.eye_distance = 108, .wall_lightness = 0.8};
    CHECK(luma(frame, wanted, 0, 0.3, 0.1) == doctest::Approx(luma(quiet(wanted), wanted, 0, 0.3, 0.1)).epsilon(0.15));
    CHECK(dark_run(frame, wanted, 0.5, -0.2, 0.2) > 0.08);  // an eye where an eye must be
    CHECK(std::abs(cv::mean(grey_of(frame(cv::Rect(0, 100, 40, 40))))[0] - 204) < 8);  // the wall goes on
    const auto next = by_eyes.frame(30, 15, wide, high);
    CHECK(cv::norm(next.at<cv::Vec3b>(700, 20) - cv::Vec3b(10, 120, 200)) < 3);
    CHECK(cv::norm(frame, by_eyes.frame(45, 15, wide, high), cv::NORM_INF) == 0);
    auto plain_scale = open("?scale=0.5&x=100&gain=1.2&noise=0");
    const auto half = plain_scale.frame(0, 15, wide, high);
    CHECK(std::abs(cv::mean(grey_of(half(cv::Rect(0, 100, 40, 40))))[0] - 245) < 8);
    CHECK(luma(half, PersonScene{.x = 100 / 108.0}, 0, 1.5, 0.1) < 200);
    auto white = open("?gain=white&noise=2");
    CHECK(std::abs(cv::mean(grey_of(white.frame(0, 15, wide, high)(cv::Rect(0, 100, 40, 40))))[0] - 245) < 5);
    CHECK(same_part(white.frame(0, 15, wide, high), white.frame(1, 15, wide, high)) < 0.5);
    for (const char* slip : {"", "file:x", "photos:", "photos:x?scale=0", "photos:x?scale=much", "photos:x?gain=nan", "photos:x?zoom=2", "photos:x?scale"}) CHECK_MESSAGE(!photo_options_of(slip), slip);
    CHECK(!Photographs::open({.folder = folder.path / "nowhere"}));
}
