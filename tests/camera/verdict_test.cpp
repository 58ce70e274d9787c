// The verdict's reasons on both sides of their limits, with rendered persons whose distance, place, light and wall are known.
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

TEST_CASE("two persons: several_faces first, on either side") {
    for (const double x : {-1.2, 1.2}) {
        sim::PersonScene scene;
        scene.second_person = true;
        scene.x = x;
        const auto seen = look(scene);
        REQUIRE_MESSAGE(!seen.findings.empty(), x);
        CHECK(seen.findings[0].reason == Reason::several_faces);
    }
}

TEST_CASE("distance: too far and too close on both sides of their limits") {
    struct Row {
        double eye_distance;
        bool far, close;
    };
    for (const auto& [e, far, close] : {Row{60, true, false}, Row{82, true, false}, Row{97, false, false}, Row{120, false, false}, Row{142, false, false}, Row{160, false, true}, Row{200, false, true}}) {
        sim::PersonScene scene;
        scene.eye_distance = e;
        const auto seen = look(scene);
        CAPTURE(e);
        CHECK((find(seen, Reason::too_far) != nullptr) == far);
        CHECK((find(seen, Reason::too_close) != nullptr) == close);
        if (far) CHECK(find(seen, Reason::too_far)->measured == doctest::Approx(e).epsilon(0.05));
    }
}

TEST_CASE("centre: who leaves the crop is told the mirrored side") {
    struct Row {
        double x, y;
        bool off;
        Side side;
    };
    // At 108 pixels a crop is 3.87 eye distances wide: the frame (11.85) has room for 3.99 to either side, 0.89 up and 0.96 down.
    for (const auto& [x, y, off, side] : {Row{0, 0, false, {}}, Row{2.0, 0, false, {}}, Row{-2.0, 0, false, {}}, Row{4.4, 0, true, Side::left}, Row{-4.4, 0, true, Side::right}, Row{0, 1.3, true, Side::none}, Row{0, -1.2, true, Side::none}}) {
        sim::PersonScene scene;
        scene.x = x;
        scene.y = y;
        const auto seen = look(scene);
        CAPTURE(x);
        CAPTURE(y);
        CHECK_MESSAGE((find(seen, Reason::off_centre) != nullptr) == off, words(seen));
        if (off && find(seen, Reason::off_centre)) CHECK(find(seen, Reason::off_centre)->side == side);
    }
}

TEST_CASE("light: dark and glaring rooms, for every skin, are neither confused with a grey wall nor with a dark skin") {
    struct Row {
        double light;
        bool dark, bright;
    };
    for (int skin = 0; skin < 3; ++skin)
        for (const auto& [light, dark, bright] : {Row{0.25, true, false}, Row{0.42, true, false}, Row{0.95, false, false}, Row{1.05, false, false}, Row{skin == 2 ? 3.4 : 2.0, false, true}}) {
            sim::PersonScene scene;
            scene.skin = skin;
            scene.light = light;
            const auto seen = look(scene);
            CAPTURE(skin);
            CAPTURE(light);
            CHECK_MESSAGE((find(seen, Reason::too_dark) != nullptr) == dark, words(seen));
            CHECK_MESSAGE((find(seen, Reason::too_bright) != nullptr) == bright, words(seen));
        }
    sim::PersonScene grey;
    grey.wall_lightness = 0.6;
    grey.skin = 1;
    const auto seen = look(grey);
    REQUIRE(seen.findings.size() == 1);
    CHECK(seen.findings[0].reason == Reason::background_not_white);
    CHECK(seen.findings[0].side == Side::none);
    CHECK(seen.findings[0].measured == doctest::Approx(63).epsilon(0.05));
}

TEST_CASE("wall: white, off-white, grey and tinted") {
    struct Row {
        double lightness, red, blue;
        bool refused;
    };
    for (const auto& [lightness, red, blue, refused] : {Row{0.98, 0, 0, false}, Row{0.88, 0, 0, false}, Row{0.78, 0, 0, true}, Row{0.3, 0, 0, true}, Row{0.93, 0.02, 0, false}, Row{0.9, 0, -0.15, true}, Row{0.9, -0.2, 0, true}, Row{0.85, -0.3, 0.15, true}})
        for (const int hair : {0, 1}) {  // long hair must not be taken for the wall
            sim::PersonScene scene;
            scene.wall_lightness = lightness;
            scene.wall_red = red;
            scene.wall_blue = blue;
            scene.hair = hair;
            const auto seen = look(scene);
            CAPTURE(lightness);
            CAPTURE(red);
            CAPTURE(blue);
            CHECK_MESSAGE((find(seen, Reason::background_not_white) || find(seen, Reason::background_coloured)) == refused, words(seen));
        }
}

TEST_CASE("wall: a shade on one side is uneven, and the side is the mirror's") {
    for (const bool left : {true, false})
        for (const double shade : {0.05, 0.12, 0.30, 0.5}) {
            sim::PersonScene scene;
            (left ? scene.wall_shade_left : scene.wall_shade_right) = shade;
            const auto seen = look(scene);
            const auto* uneven = find(seen, Reason::background_uneven);
            CAPTURE(left);
            CAPTURE(shade);
            CHECK_MESSAGE((uneven != nullptr) == (shade > 0.25), words(seen));
            if (uneven) CHECK(uneven->side == (left ? Side::right : Side::left));
        }
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
    for (std::uint64_t frame = 30; frame < 42 && !noticed; ++frame) noticed = find(watcher().observe(sim::render_person(scene, 1280, 720, frame), {}), Reason::several_faces);
    CHECK(noticed);
    scene.second_person = false;
    bool gone = false;
    for (std::uint64_t frame = 42; frame < 54 && !gone; ++frame) gone = !find(watcher().observe(sim::render_person(scene, 1280, 720, frame), {}), Reason::several_faces);
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
