// The official crop against the scene's ground truth, the JPEG against the rules, and files that lie.
#include "camera/picture_file.hpp"
#include "scenes.hpp"

#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

using namespace scenes;

namespace {
const camera::PortraitRules rules;

camera::Result<camera::Portrait> portrait_of(const cv::Mat& frame) {
    const auto seen = look(frame);
    REQUIRE_MESSAGE(watcher().face(), words(seen));
    return camera::make_portrait(frame, *watcher().face(), watcher().finder(), rules);
}
cv::Mat decode(const camera::Bytes& jpeg) { return cv::imdecode(cv::Mat(1, static_cast<int>(jpeg.size()), CV_8U, const_cast<std::byte*>(jpeg.data())), cv::IMREAD_COLOR); }

/// The first row, from above, in which the middle of the crop is hair.
int crown_row(const cv::Mat& crop) {
    for (int y = 0; y < crop.rows; ++y) {
        const cv::Scalar mean = cv::mean(crop(cv::Rect(crop.cols / 2 - 12, y, 24, 1)));
        if ((mean[0] + mean[1] + mean[2]) / 3 < 190) return y;
    }
    return crop.rows;
}
}  // namespace

TEST_CASE("the portrait keeps the official geometry, for every figure, near and far") {
    for (int look_number = 0; look_number < 12; ++look_number)
        for (const double e : {95.0, 118.0, 140.0}) {
            sim::PersonScene scene;
            scene.skin = look_number % 3;
            scene.hair = look_number % 4;
            scene.clothes = look_number / 3;
            scene.eye_distance = e;
            const auto frame = sim::render_person(scene, 1280, 720, 11);
            const auto portrait = portrait_of(frame);
            REQUIRE_MESSAGE(portrait.has_value(), portrait.error().detail);
            keep_picture(fmt::format("figure-{}-{}.jpg", look_number, e), portrait->jpeg);
            const auto crop = decode(portrait->jpeg);
            CAPTURE(look_number);
            CAPTURE(e);
            REQUIRE(crop.size() == cv::Size(358, 441));
            CHECK(crown_row(crop) >= 7);  // facts: 7..21 pixels above the hair
            CHECK(crown_row(crop) <= 21);
            // The eyes in the crop, found anew; frame truth says where they should be.
            cv::Mat grey;
            cv::cvtColor(crop, grey, cv::COLOR_BGR2GRAY);
            const double ex = 179, half = 46.5, ey = 14 + 93 * (sim::truth_of(scene, 1280, 720, 11).left_eye.y - sim::truth_of(scene, 1280, 720, 11).crown_y) / e;
            const auto eyes = watcher().finder().eyes(grey, cv::Rect(cvRound(ex - 124), cvRound(ey - 92), 248, 248));
            REQUIRE(eyes);
            CHECK(eyes->middle().x == doctest::Approx(ex).epsilon(0.03));
            CHECK(std::abs(eyes->middle().y - ey) < 10);
            CHECK(441 - eyes->middle().y >= 207 - 1);
            CHECK(eyes->distance() == doctest::Approx(2 * half).epsilon(0.06));
            // Face width from the truth: ears' junctions 179..255, the ID card's 207 +- 14 for this figure.
            const double face_width = sim::truth_of(scene, 1280, 720, 11).face_width / e * eyes->distance();
            CHECK(face_width >= 179);
            CHECK(face_width <= 255);
        }
}

TEST_CASE("a tilted head is put upright") {
    const auto frame = sim::render_person({}, 1280, 720, 0);
    const auto truth = sim::truth_of({}, 1280, 720, 0);
    const cv::Point2d middle = (truth.left_eye + truth.right_eye) * 0.5;
    for (const double degrees : {-6.0, 6.0}) {
        cv::Mat tilted;
        cv::warpAffine(frame, tilted, cv::getRotationMatrix2D(middle, degrees, 1), frame.size(), cv::INTER_LINEAR, cv::BORDER_REPLICATE);
        look(tilted);
        REQUIRE(watcher().face());
        REQUIRE(watcher().face()->eyes_seen);
        const auto crop = camera::crop_portrait(tilted, watcher().face()->eyes, 1.8, rules);
        cv::Mat grey;
        cv::cvtColor(crop, grey, cv::COLOR_BGR2GRAY);
        const auto eyes = watcher().finder().eyes(grey, cv::Rect(55, 90, 248, 248));
        REQUIRE(eyes);
        CHECK(std::abs(eyes->roll_degrees()) < 2);
    }
}

TEST_CASE("the file: baseline, 350 dpi, in the band, the same bytes for the same frame, its SHA-256") {
    for (const double noise : {0.0, 2.0, 6.0}) {
        sim::PersonScene scene;
        scene.noise = noise;
        const auto frame = sim::render_person(scene, 1280, 720, 2);
        const auto portrait = portrait_of(frame), again = portrait_of(frame);
        CAPTURE(noise);
        REQUIRE_MESSAGE(portrait.has_value(), portrait.error().detail);
        CHECK(portrait->jpeg.size() >= 14'336);
        CHECK(portrait->jpeg.size() <= 20'000);
        CHECK(portrait->jpeg == again->jpeg);
        CHECK(portrait->sha256.size() == 32);
        CHECK(portrait->sha256 == again->sha256);
        const auto facts = camera::read_jpeg_facts(portrait->jpeg);
        REQUIRE(facts);
        CHECK(facts->baseline);
        CHECK(facts->complete);
        CHECK(facts->components == 3);
        CHECK(facts->dpi_x == 350);
        CHECK(facts->dpi_y == 350);
        CHECK(camera::encode_jpeg(camera::crop_portrait(frame, watcher().face()->eyes, 1.8, rules), 99, camera::Chroma::half, 350).size() > 14'336);  // natural enough: never padded
    }
}

TEST_CASE("what cannot be encoded into the band is refused: a flat picture below it, noise above it") {
    const cv::Mat flat(441, 358, CV_8UC3, cv::Scalar::all(240));
    const auto small = camera::encode_portrait(flat, rules);
    REQUIRE_FALSE(small);
    CHECK(small.error().code == drivers::FaultCode::photo_not_encodable);
    cv::Mat noise(441, 358, CV_8UC3);
    cv::RNG(5).fill(noise, cv::RNG::UNIFORM, 0, 256);
    CHECK_FALSE(camera::encode_portrait(noise, rules));
    CHECK_FALSE(camera::encode_portrait(cv::Mat{}, rules));
}

TEST_CASE("the check after writing finds every change that matters") {
    const auto frame = sim::render_person({}, 1280, 720, 2);
    const auto portrait = portrait_of(frame);
    REQUIRE(portrait);
    const camera::Bytes& good = portrait->jpeg;
    CHECK(camera::check_portrait(good, rules));
    camera::Bytes cut(good.begin(), good.end() - 100);
    CHECK_FALSE(camera::check_portrait(cut, rules));
    camera::Bytes dpi = good;
    dpi[15] = std::byte{72};
    CHECK_FALSE(camera::check_portrait(dpi, rules));
    camera::Bytes progressive = good;
    for (std::size_t i = 0; i + 1 < progressive.size(); ++i)
        if (progressive[i] == std::byte{0xFF} && progressive[i + 1] == std::byte{0xC0}) {
            progressive[i + 1] = std::byte{0xC2};
            break;
        }
    CHECK_FALSE(camera::check_portrait(progressive, rules));
    auto other = rules;
    other.height = 440;
    CHECK_FALSE(camera::check_portrait(good, other));
    other = rules;
    other.max_bytes = good.size() - 1;
    CHECK_FALSE(camera::check_portrait(good, other));
    CHECK_FALSE(camera::check_portrait({}, rules));
}

TEST_CASE("marker walks never leave the file") {
    const auto portrait = portrait_of(sim::render_person({}, 1280, 720, 2));
    REQUIRE(portrait);
    sim::Dice dice(3);
    int refused = 0;
    for (std::size_t n = 0; n < 700; ++n) refused += !camera::read_jpeg_facts(drivers::View(portrait->jpeg).first(n)).has_value();
    CHECK(refused > 20);
    for (int round = 0; round < 300; ++round) {
        camera::Bytes bad(portrait->jpeg.begin(), portrait->jpeg.begin() + 700);
        for (int i = 0; i < 8; ++i) bad[dice.below(bad.size())] = static_cast<std::byte>(dice.next());
        const auto facts = camera::read_jpeg_facts(bad);
        if (facts) CHECK(facts->width <= 0xFFFF);
    }
    CHECK_FALSE(camera::read_picture_facts(drivers::as_view("not a picture of any kind at all")));
}

TEST_CASE("real faces, where the folder is there: plausible crops") {
    const std::filesystem::path folder = std::filesystem::path(LIQU_SOURCE_DIR).parent_path() / "shared" / "faces";
    if (!std::filesystem::is_directory(folder)) {
        MESSAGE("skipped: no folder with real faces beside the repository");
        return;
    }
    int seen_faces = 0, accepted = 0, pink_refused = 0, pink = 0, encoded = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".jpg") continue;
        std::ifstream tem(std::filesystem::path(entry.path()).replace_extension(".tem"));
        int count = 0;
        tem >> count;
        if (count < 130) continue;
        std::vector<cv::Point2d> points(static_cast<std::size_t>(count));
        for (auto& p : points) tem >> p.x >> p.y;
        const cv::Mat frame = cv::imread(entry.path().string());
        const auto seen = look(frame);
        CAPTURE(entry.path().filename().string());
        REQUIRE(watcher().face());
        ++seen_faces;
        const auto& eyes = watcher().face()->eyes;
        const double truth = std::hypot(points[1].x - points[0].x, points[1].y - points[0].y);
        CHECK(eyes.distance() == doctest::Approx(truth).epsilon(0.10));
        // Face width at the ears' junctions, in the crop.
        const double width = std::abs(points[112].x - points[109].x) * rules.eye_distance / eyes.distance();
        CHECK(width > 179);
        CHECK(width < 255);
        const auto portrait = camera::make_portrait(frame, *watcher().face(), watcher().finder(), rules);
        encoded += portrait.has_value();
        if (portrait) keep_picture(entry.path().filename().string(), portrait->jpeg);
        const bool is_pink = entry.path().stem().string().ends_with("f");
        pink += is_pink;
        pink_refused += is_pink && find(seen, camera::Reason::background_coloured);
        accepted += !is_pink && seen.acceptable();
    }
    MESSAGE("faces ", seen_faces, " accepted ", accepted, " pink ", pink, " refused ", pink_refused, " encoded ", encoded);
    CHECK(pink_refused == pink);
    CHECK(encoded == seen_faces);
}
