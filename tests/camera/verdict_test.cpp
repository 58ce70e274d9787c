// The watcher on rendered persons: who is accepted, hostile frames, following, streams of no use. The reasons' own tables: knobs_test.cpp, judge_test.cpp.
#include "scenes.hpp"

using namespace scenes;
using camera::Reason;
using camera::Side;

TEST_CASE("a person who stands well is accepted, whatever skin, hair and clothes") {
    for (int skin = 0; skin < 3; ++skin)
        for (int hair = 0; hair < 4; ++hair) {
            sim::PersonScene scene;
            scene.skin = skin;
            scene.hair = hair;
            scene.clothes = hair + skin;
            const auto seen = look(scene);
            CAPTURE(skin);
            CAPTURE(hair);
            CHECK_MESSAGE(seen.acceptable(), words(seen));
            REQUIRE(watcher().face());
            CHECK(watcher().face()->eyes_seen);
        }
}

TEST_CASE("nobody: no_face and nothing else") {
    sim::PersonScene scene;
    scene.present = false;
    const auto seen = look(scene);
    REQUIRE(seen.findings.size() == 1);
    CHECK(seen.findings[0].reason == Reason::no_face);
    CHECK_FALSE(seen.face);
}

TEST_CASE("wall: something standing on one side is found there") {
    cv::Mat frame = sim::render_person({}, 1280, 720, 3);
    frame(cv::Rect(300, 0, 150, 720)).setTo(cv::Scalar(120, 140, 90));  // a cupboard in the frame's left half
    const auto seen = look(frame);
    const auto* uneven = find(seen, Reason::background_uneven);
    const auto* colour = find(seen, Reason::background_coloured);
    REQUIRE((uneven || colour));
    CHECK((uneven ? uneven : colour)->side == Side::right);
}

TEST_CASE("frames of any size and shape are judged, without a crash and without praise for the impossible") {
    for (const auto& [w, h] : {std::pair{320, 240}, {640, 480}, {720, 1280}, {1920, 1080}, {333, 777}, {16, 16}, {1, 1}}) {
        const auto seen = look(sim::PersonScene{}, w, h);
        CHECK(seen.width == w);
        CHECK(seen.preview_width <= camera::preview_width);
        CHECK(seen.preview_height <= camera::preview_height);
        CHECK(seen.preview_rgb.size() == static_cast<std::size_t>(seen.preview_width) * static_cast<std::size_t>(seen.preview_height) * 3);
        if (w <= 640) CHECK_FALSE(seen.acceptable());
    }
    CHECK(look(sim::PersonScene{}, 1920, 1080).acceptable());
}

TEST_CASE("the preview is a mirror") {
    cv::Mat frame(720, 1280, CV_8UC3, cv::Scalar::all(200));
    frame(cv::Rect(0, 0, 200, 720)).setTo(cv::Scalar(0, 0, 255));  // red at the frame's left
    const auto seen = look(frame);
    const auto pixel = [&](int x) { return std::span(seen.preview_rgb).subspan(static_cast<std::size_t>(3 * x), 3); };
    CHECK(pixel(seen.preview_width - 5)[0] == 255);
    CHECK(pixel(seen.preview_width - 5)[2] == 0);
    CHECK(pixel(5)[2] == 200);
}

TEST_CASE("following: the face stays held while it moves, and a second person who comes is noticed") {
    watcher().reset();
    sim::PersonScene scene;
    int held = 0;
    for (std::uint64_t frame = 0; frame < 30; ++frame) {
        scene.x = 0.02 * static_cast<double>(frame);
        const auto seen = watcher().observe(sim::render_person(scene, 1280, 720, frame), {});
        held += seen.face.has_value();
    }
    CHECK(held == 30);
    scene.second_person = true;
    bool noticed = false;
    for (std::uint64_t frame = 30; frame < 46 && !noticed; ++frame) noticed = find(watcher().observe(sim::render_person(scene, 1280, 720, frame), {}), Reason::several_faces);
    CHECK(noticed);
    scene.second_person = false;
    bool gone = false;
    for (std::uint64_t frame = 46; frame < 62 && !gone; ++frame) gone = !find(watcher().observe(sim::render_person(scene, 1280, 720, frame), {}), Reason::several_faces);
    CHECK(gone);
}

TEST_CASE("black and frozen streams are troubles after their limits, and only then; stills may repeat") {
    using namespace std::chrono_literals;
    auto& w = watcher();
    w.reset();
    const cv::Mat black(720, 1280, CV_8UC3, cv::Scalar::all(1)), night = sim::render_person({.light = 0.1}, 1280, 720, 1);
    CHECK(w.useful(black, 0ms, true));
    CHECK(w.useful(black, camera::black_limit - 1ms, true));
    const auto covered = w.useful(black, camera::black_limit, true);
    REQUIRE_FALSE(covered);
    CHECK(covered.error().code == drivers::FaultCode::camera_black);
    CHECK(w.useful(night, 9s, true));  // dark is for the verdict, not for the technician
    CHECK(w.useful(night, 10s, true));
    const auto frozen = w.useful(night, 10s + camera::frozen_limit, true);
    REQUIRE_FALSE(frozen);
    CHECK(frozen.error().code == drivers::FaultCode::camera_frozen);
    w.reset();
    CHECK(w.useful(night, 0ms, false));
    CHECK(w.useful(night, 60s, false));
    const auto small = w.useful(cv::Mat(240, 320, CV_8UC3, cv::Scalar::all(99)), 61s, true);
    REQUIRE_FALSE(small);
    CHECK(small.error().code == drivers::FaultCode::camera_wrong_size);
}
