// Finding a face and its eyes against the scene's ground truth: every figure, glasses, distances, tilts; detectors that are missing or lie.
#include "camera/quality/detectors.hpp"
#include "scenes.hpp"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace {
constexpr double eye_error = 0.06, with_glasses_error = 0.08;  // eye distances; the portrait's crop allows a tenth

camera::FaceFinder& haar() {
    static const auto made = std::move(*camera::FaceFinder::create());
    return *made;
}
cv::Mat grey_of(const sim::PersonScene& scene) {
    cv::Mat grey;
    cv::cvtColor(sim::render_person(scene, 1280, 720, 7), grey, cv::COLOR_BGR2GRAY);
    return grey;
}
double error_of(const camera::Eyes& eyes, const sim::PersonScene& scene) {
    const auto truth = sim::truth_of(scene, 1280, 720, 7);
    const double e = cv::norm(truth.right_eye - truth.left_eye);
    return std::max(cv::norm(eyes.left - truth.left_eye), cv::norm(eyes.right - truth.right_eye)) / e;
}
}  // namespace

TEST_CASE("the eyes of every figure are found, near and far, with and without glasses") {
    for (int skin = 0; skin < 3; ++skin)
        for (int hair = 0; hair < 4; ++hair)
            for (const double e : {80.0, 108.0, 140.0})
                for (const auto glasses : {sim::Glasses::none, sim::Glasses::clear}) {
                    sim::PersonScene scene;
                    scene.skin = skin;
                    scene.hair = hair;
                    scene.eye_distance = e;
                    scene.glasses = glasses;
                    CAPTURE(skin);
                    CAPTURE(hair);
                    CAPTURE(e);
                    CAPTURE(static_cast<int>(glasses));
                    const auto faces = haar().find(grey_of(scene));
                    REQUIRE(faces.size() == 1);
                    CHECK(faces[0].eyes_seen);
                    CHECK(error_of(faces[0].eyes, scene) < (glasses == sim::Glasses::none ? eye_error : with_glasses_error));
                }
}

TEST_CASE("a tilted head is found and followed, and its tilt is known to a degree and a half") {
    for (int skin = 0; skin < 3; ++skin)
        for (const double roll : {-28.0, -20.0, -12.0, 12.0, 20.0, 28.0}) {
            sim::PersonScene scene;
            scene.skin = skin;
            scene.roll = roll;
            CAPTURE(skin);
            CAPTURE(roll);
            const auto faces = haar().find(grey_of(scene));
            REQUIRE(!faces.empty());
            CHECK(std::abs(faces[0].eyes.roll_degrees() - roll) < 1.5);
            scene.x = 0.12;
            const auto grey = grey_of(scene);
            const auto followed = haar().follow(grey, faces[0]);
            REQUIRE(followed);
            const double e = followed->eyes.distance();
            const camera::Eyes exact{camera::gradient_centre(grey, followed->eyes.left, e), camera::gradient_centre(grey, followed->eyes.right, e)};
            CHECK(error_of(exact, scene) < with_glasses_error);
        }
}

TEST_CASE("nobody and noise are no face; tiny and empty pictures are no trouble") {
    sim::PersonScene scene;
    scene.present = false;
    CHECK(haar().find(grey_of(scene)).empty());
    for (const auto size : {cv::Size(1, 1), cv::Size(24, 1), cv::Size(3, 400), cv::Size(64, 64)}) {
        const cv::Mat small(size, CV_8U, cv::Scalar(90)), colour(size, CV_8UC3, cv::Scalar::all(90));
        CHECK(haar().find(small).empty());
        const camera::Eyes outside{{-50, -50}, {-20, -50}}, huge{{0, 0}, {1e6, 0}}, nowhere{{5, 5}, {5, 5}};
        for (const auto& eyes : {outside, huge, nowhere}) {
            CHECK(camera::measure_sharpness(small, eyes, {}) == 0);
            CHECK_FALSE(camera::measure_pose(colour, small, eyes).turn_known);
            CHECK(camera::measure_eyes(colour, small, eyes).left.open == 0);
            CHECK(camera::measure_advice(colour, small, eyes, {}).clothes == 100);
            CHECK(camera::gradient_centre(small, eyes.left, eyes.distance()) == eyes.left);
        }
    }
}

TEST_CASE("detectors: a wrong word is a configuration fault, a missing or false model falls back to haar") {
    CHECK_FALSE(camera::make_face_finder("magic"));
    const auto folder = std::filesystem::temp_directory_path() / fmt::format("liqu-face-{}", ::getpid());
    std::filesystem::create_directories(folder);
    const auto rubbish = folder / "rubbish.onnx", large = folder / "large.onnx", empty = folder / "empty.onnx";
    std::ofstream(rubbish) << "this is not a model";
    std::ofstream(large) << "x";
    std::filesystem::resize_file(large, 64 << 20);
    std::ofstream{empty};
    for (const auto& file : {rubbish, large, empty, folder / "missing.onnx", folder}) {
        CAPTURE(file.filename().string());
        const auto boxes = camera::make_yunet_boxes(file.string());
        REQUIRE_FALSE(boxes);
        CHECK(boxes.error().code == drivers::FaultCode::bad_configuration);
        const auto finder = camera::make_face_finder("yunet:" + file.string());
        REQUIRE(finder);
        CHECK((*finder)->find(grey_of({})).size() == 1);
    }
    std::filesystem::remove_all(folder);
}

TEST_CASE("dlib gives the same eyes as haar; a build without it falls back") {
    if (!camera::make_dlib_boxes()) MESSAGE("built without dlib: only the fall-back is tested");
    const auto finder = camera::make_face_finder("dlib");
    REQUIRE(finder);
    for (int skin = 0; skin < 3; ++skin)
        for (const double e : {60.0, 108.0}) {
            sim::PersonScene scene;
            scene.skin = skin;
            scene.eye_distance = e;
            const auto faces = (*finder)->find(grey_of(scene));
            CAPTURE(skin);
            CAPTURE(e);
            REQUIRE(faces.size() == 1);
            CHECK(error_of(faces[0].eyes, scene) < eye_error);
            CHECK(faces[0].box.width / e == doctest::Approx(camera::box_per_eye_distance).epsilon(0.15));
        }
}
