// Tilt, turn, sharpness and the three pieces of advice on both sides of their limits, at three skins; and on real faces.
#include "measured.hpp"

using namespace measured;

namespace {
const camera::Limits limits;
}

TEST_CASE("tilt is measured to a degree and a half and has a sign") {
    for (const double roll : {-12.0, -9.0, -3.0, 0.0, 3.0, 9.0, 12.0})
        for_everyone(true, [=](auto& s) { s.roll = roll; }, [=](const Look& l) {
            CHECK(std::abs(l.pose.roll_degrees - roll) < 1.5);
            CHECK((std::abs(l.pose.roll_degrees) > limits.tilt_degrees) == (std::abs(roll) > limits.tilt_degrees));
        });
}

TEST_CASE("a turned head is turned to its side, a straight one is not, whatever hair and glasses") {
    for (const double yaw : {-28.0, -22.0, 22.0, 28.0})
        for_everyone(false, [=](auto& s) { s.yaw = yaw; }, [=](const Look& l) {
            REQUIRE(l.pose.turn_known);
            CHECK(std::copysign(l.pose.turn, yaw) == l.pose.turn);
            CHECK(std::abs(l.pose.turn) > limits.turn);
        });
    for (const double yaw : {-6.0, 0.0, 6.0}) for_everyone(true, [=](auto& s) { s.yaw = yaw; }, [](const Look& l) { CHECK(std::abs(l.pose.turn) < limits.turn); });
    for (int hair = 0; hair < 4; ++hair) CHECK(std::abs(at({.hair = hair}).pose.turn) < 0.5 * limits.turn);
}

TEST_CASE("a blurred face is blurred at every skin, a noisy or dim one is not") {
    for (const double sigma : {0.0, 0.6}) for_everyone(true, [=](auto& s) { s.defocus = sigma; }, [](const Look& l) { CHECK(l.sharpness > limits.sharpness); });
    for_everyone(true, [](auto& s) { s.defocus = 3; }, [](const Look& l) { CHECK(l.sharpness < limits.sharpness); });
    for_everyone(false, [](auto& s) { s.defocus = 3, s.noise = 3; }, [](const Look& l) { CHECK(l.sharpness < limits.sharpness); });
    for_everyone(false, [](auto& s) { s.light = 0.5, s.noise = 4; }, [](const Look& l) { CHECK(l.sharpness > limits.sharpness); });
}

TEST_CASE("an open mouth is advised upon, a shut one is not") {
    for (const double open : {0.0, 0.25}) for_everyone(true, [=](auto& s) { s.mouth_open = open; }, [](const Look& l) { CHECK(l.advice.mouth < limits.mouth); });
    for_everyone(true, [](auto& s) { s.mouth_open = 1; }, [](const Look& l) { CHECK(l.advice.mouth > limits.mouth); });
}

TEST_CASE("a hat covers the head, hair does not") {
    for_everyone(true, [](auto& s) { s.hat = true; }, [](const Look& l) { CHECK(l.advice.covered > limits.covered); });
    for (int hair = 0; hair < 4; ++hair)
        for (const double light : {0.6, 1.0, 1.3})
            for_everyone(false, [=](auto& s) { s.hair = hair, s.light = light; }, [](const Look& l) { CHECK(l.advice.covered < limits.covered); });
}

TEST_CASE("clothes as light as the wall are noticed, at any place and distance; darker ones are not") {
    for (const double x : {-1.0, 0.0, 1.0})
        for (const double e : {95.0, 108.0, 125.0}) {
            for_everyone(false, [=](auto& s) { s.clothes_lightness = 0.92, s.x = x, s.eye_distance = e; }, [](const Look& l) { CHECK(l.advice.clothes < limits.clothes); });
            for_everyone(false, [=](auto& s) { s.clothes_lightness = 0.65, s.x = x, s.eye_distance = e; }, [](const Look& l) { CHECK(l.advice.clothes > limits.clothes); });
        }
}

TEST_CASE("real faces: nobody who looks straight is turned, nobody sharp is blurred, and the tilted one is tilted") {
    int tilted = 0;
    const auto files = photographs();
    for (const auto& file : files) {
        const Look seen = at(photograph(file));
        CAPTURE(file.filename().string());
        REQUIRE(seen.found);
        const bool studio = !file.filename().string().starts_with("lisa");
        tilted += std::abs(seen.pose.roll_degrees) > limits.tilt_degrees;
        CHECK_FALSE((studio && std::abs(seen.pose.roll_degrees) > limits.tilt_degrees));
        if (!studio) continue;
        CHECK(std::abs(seen.pose.turn) < limits.turn);
        CHECK(seen.sharpness > limits.sharpness);
        CHECK(seen.advice.mouth < limits.mouth);
    }
    if (!files.empty()) CHECK(tilted >= 1);
}
