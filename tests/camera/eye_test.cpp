// Open or shut, mirrored, tinted, hidden: each measure on both sides of its limit, at three skins and behind clear glasses; and on real eyes.
#include "measured.hpp"

using namespace measured;

namespace {
const camera::Limits limits;
}

TEST_CASE("open eyes are open and shut ones shut, behind clear glasses too") {
    for (const double open : {1.0, 0.8}) for_everyone(true, [=](auto& s) { s.eyes_open = open; }, [](const Look& l) { CHECK(l.open() > limits.eye_open); });
    for_everyone(true, [](auto& s) { s.eyes_open = 0; }, [](const Look& l) { CHECK(l.open() < limits.eye_open); });
}

TEST_CASE("clear glasses hide nothing: visible, without tint and glare") {
    for_everyone(true, [](auto&) {}, [](const Look& l) {
        CHECK(l.visible());
        CHECK(l.look.tint > limits.tint);
        CHECK(l.glare() < limits.glare);
    });
}

TEST_CASE("a reflection over the eyes is glare, one at a glass's edge is none") {
    for_everyone(false, [](auto& s) { s.glare = 0.1; }, [](const Look& l) { CHECK(l.glare() < limits.glare); });
    for (int skin = 0; skin < 2; ++skin)  // a dark face behind mirrors is not even found by the cascades: no_face says it
        for (const double glare : {0.45, 0.7}) {
            sim::PersonScene scene;
            scene.skin = skin;
            scene.glare = glare;
            const Look seen = at(scene);
            CAPTURE(skin);
            CAPTURE(glare);
            REQUIRE(seen.found);
            CHECK(seen.glare() > limits.glare);
        }
}

TEST_CASE("tinted glasses darken the skin behind them; a side light does not") {
    for (const double tint : {0.0, 0.2, 0.45, 0.6}) {
        for_everyone(false, [=](auto& s) { s.glasses = sim::Glasses::tinted, s.tint = tint; }, [=](const Look& l) { CHECK((l.look.tint < limits.tint) == (tint > 0.4)); });
    }
    for (const double side : {-0.6, 0.6}) for_everyone(false, [=](auto& s) { s.light_side = side; }, [](const Look& l) { CHECK(l.look.tint > limits.tint); });
}

TEST_CASE("eyes behind black glasses are not visible") {
    for_everyone(false, [](auto& s) { s.glasses = sim::Glasses::tinted, s.tint = 1.0; }, [](const Look& l) { CHECK_FALSE(l.visible()); });
}

TEST_CASE("the gradient centre comes home from a sixth of an eye distance beside the eye") {
    for (int skin = 0; skin < 3; ++skin) {
        sim::PersonScene scene;
        scene.skin = skin;
        cv::Mat grey;
        cv::cvtColor(sim::render_person(scene, 1280, 720, 7), grey, cv::COLOR_BGR2GRAY);
        const auto truth = sim::truth_of(scene, 1280, 720, 7);
        for (const auto off : {cv::Point2d(0.16, 0), cv::Point2d(-0.16, 0), cv::Point2d(0, 0.12), cv::Point2d(0.1, -0.1)})
            CHECK(cv::norm(camera::gradient_centre(grey, truth.left_eye + off * scene.eye_distance, scene.eye_distance) - truth.left_eye) < 0.05 * scene.eye_distance);
    }
}

TEST_CASE("real faces: nobody's open eyes are refused") {
    for (const auto& file : photographs()) {
        const Look seen = at(photograph(file));
        CAPTURE(file.filename().string());
        REQUIRE(seen.found);
        CHECK(seen.open() > limits.eye_open);
        CHECK(seen.visible());
        CHECK(seen.glare() < limits.glare);
        CHECK(seen.look.tint > limits.tint);
    }
}
