// Every reason is found when its knob of the rendered person passes the limit, and not found below it: on both sides, at three skin tones, with glasses
// and without. What a knob does to a picture is drawn by code that the camera does not share.
#include "scenes.hpp"

using namespace scenes;
using camera::Reason;
using camera::Side;

namespace {
struct Knob {
    Reason reason;
    const char* name;
    void (*turn)(sim::PersonScene&, double);
    double inside, beyond;
    Side side = Side::none;
    bool with_glasses = true;  ///< false: glasses are the knob itself
};

const Knob knobs[] = {
    {Reason::several_faces, "second person", [](sim::PersonScene& s, double v) { s.second_person = v > 0; s.x = 1.4; }, 0, 1},
    {Reason::too_far, "eye_distance", [](sim::PersonScene& s, double v) { s.eye_distance = v; }, 96, 84},
    {Reason::too_close, "eye_distance", [](sim::PersonScene& s, double v) { s.eye_distance = v; }, 140, 160},
    // At 108 pixels the crop is 3.87 eye distances wide: the frame (11.85) has room for 3.99 to either side, about 0.8 up and 0.9 down.
    {Reason::off_centre, "x", [](sim::PersonScene& s, double v) { s.x = v; }, 3.8, 4.4, Side::left},
    {Reason::off_centre, "x", [](sim::PersonScene& s, double v) { s.x = v; }, -3.8, -4.4, Side::right},
    {Reason::cut_off, "y", [](sim::PersonScene& s, double v) { s.y = v; }, -0.6, -1.2},
    {Reason::cut_off, "y", [](sim::PersonScene& s, double v) { s.y = v; }, 0.7, 1.3},
    {Reason::tilted, "roll", [](sim::PersonScene& s, double v) { s.roll = v; }, 5, 9},
    {Reason::tilted, "roll", [](sim::PersonScene& s, double v) { s.roll = v; }, -5, -9},
    {Reason::turned, "yaw", [](sim::PersonScene& s, double v) { s.yaw = v; }, 7, 24, Side::left},
    {Reason::turned, "yaw", [](sim::PersonScene& s, double v) { s.yaw = v; }, -7, -24, Side::right},
    {Reason::too_dark, "light", [](sim::PersonScene& s, double v) { s.light = v; }, 0.95, 0.25},
    {Reason::too_bright, "light", [](sim::PersonScene& s, double v) { s.light = v * (s.skin == 2 ? 1.7 : 1); }, 0.62, 2.0},
    {Reason::uneven_light, "light_side", [](sim::PersonScene& s, double v) { s.light_side = v; }, 0.15, 0.9, Side::right},
    {Reason::uneven_light, "light_side", [](sim::PersonScene& s, double v) { s.light_side = v; }, -0.15, -0.9, Side::left},
    {Reason::background_not_white, "wall_lightness", [](sim::PersonScene& s, double v) { s.wall_lightness = v; }, 0.92, 0.84},
    {Reason::background_coloured, "wall_blue", [](sim::PersonScene& s, double v) { s.wall_blue = v; }, -0.04, -0.10},
    {Reason::background_coloured, "wall_red", [](sim::PersonScene& s, double v) { s.wall_red = v; }, -0.04, -0.15},
    {Reason::background_coloured, "light_warmth", [](sim::PersonScene& s, double v) { s.light_warmth = v; }, 0.02, 0.2},
    {Reason::background_uneven, "wall_shade_left", [](sim::PersonScene& s, double v) { s.wall_shade_left = v; }, 0.10, 0.32, Side::right},
    {Reason::background_uneven, "wall_shade_right", [](sim::PersonScene& s, double v) { s.wall_shade_right = v; }, 0.10, 0.32, Side::left},
    {Reason::background_uneven, "wall_object_left", [](sim::PersonScene& s, double v) { s.wall_object_left = v > 0; }, 0, 1, Side::right},
    {Reason::background_uneven, "wall_object_right", [](sim::PersonScene& s, double v) { s.wall_object_right = v > 0; }, 0, 1, Side::left},
    {Reason::background_uneven, "wall_pattern", [](sim::PersonScene& s, double v) { s.wall_pattern = v; }, 0.08, 1},
    {Reason::background_shadow, "shadow_left", [](sim::PersonScene& s, double v) { s.shadow_left = v; }, 0.04, 0.25, Side::right},
    {Reason::background_shadow, "shadow_right", [](sim::PersonScene& s, double v) { s.shadow_right = v; }, 0.04, 0.25, Side::left},
    {Reason::blurred, "defocus", [](sim::PersonScene& s, double v) { s.defocus = v; }, 0.3, 2.5},
    {Reason::blurred, "motion_blur", [](sim::PersonScene& s, double v) { s.motion_blur = v; }, 0, 18},
    {Reason::eyes_closed, "eyes_open", [](sim::PersonScene& s, double v) { s.eyes_open = v; }, 1, 0},
    {Reason::glare, "glare", [](sim::PersonScene& s, double v) { s.glare = v; }, 0, 0.7, Side::none, false},
    {Reason::glasses_tinted, "glasses", [](sim::PersonScene& s, double v) { s.glasses = v > 0 ? sim::Glasses::tinted : sim::Glasses::clear; s.tint = v; }, 0, 0.7, Side::none, false},
    {Reason::clothes_like_background, "clothes_lightness", [](sim::PersonScene& s, double v) { s.clothes_lightness = v; }, 0.5, 0.95},
    {Reason::head_covered, "hat", [](sim::PersonScene& s, double v) { s.hat = v > 0; }, 0, 1},
    {Reason::mouth_open, "mouth_open", [](sim::PersonScene& s, double v) { s.mouth_open = v; }, 0, 1},
};

void check(const Knob& knob, const sim::PersonScene& person) {
    for (const bool beyond : {false, true}) {
        sim::PersonScene scene = person;
        const double value = beyond ? knob.beyond : knob.inside;
        knob.turn(scene, value);
        const auto seen = look(scene);
        const auto* finding = find(seen, knob.reason);
        CAPTURE(std::string(name_of(knob.reason)));
        CAPTURE(std::string(knob.name));
        CAPTURE(value);
        CAPTURE(person.skin);
        CAPTURE((person.glasses == sim::Glasses::none ? 0 : 1));
        CHECK_MESSAGE((finding != nullptr) == beyond, words(seen));
        if (beyond && finding) {
            CHECK(finding->measured != finding->limit);
            if (knob.side != Side::none) CHECK(finding->side == knob.side);
        }
    }
}
}  // namespace

TEST_CASE("every knob on both sides of its limit, at three skin tones, with glasses and without") {
    for (int skin = 0; skin < 3; ++skin)
        for (const auto glasses : {sim::Glasses::none, sim::Glasses::clear}) {
            sim::PersonScene person;
            person.skin = skin;
            person.glasses = glasses;
            for (const auto& knob : knobs)
                if (knob.with_glasses || glasses == sim::Glasses::none) check(knob, person);
        }
}

TEST_CASE("the wall behind long hair, and behind white clothes, is still the wall") {
    for (const int hair : {1, 2, 3})
        for (const auto& knob : knobs) {
            if (knob.reason != Reason::background_not_white && knob.reason != Reason::background_coloured && knob.reason != Reason::background_uneven) continue;
            sim::PersonScene person;
            person.hair = hair;
            check(knob, person);
        }
}

TEST_CASE("mirroring glasses are told at every strength that burns the eyes out, at three skin tones and two distances, and never without a reflection") {
    for (int skin = 0; skin < 3; ++skin)
        for (const double eye_distance : {100., 118.})
            for (const double glare : {0.0, 0.4, 0.7, 1.0}) {
                sim::PersonScene person;
                person.skin = skin;
                person.eye_distance = eye_distance;
                person.glasses = sim::Glasses::clear;
                person.glare = glare;
                const auto seen = look(person);
                CAPTURE(skin);
                CAPTURE(eye_distance);
                CAPTURE(glare);
                CHECK_MESSAGE((find(seen, Reason::glare) != nullptr) == (glare > 0), words(seen));
                CHECK_MESSAGE(!find(seen, Reason::no_face), words(seen));
            }
}

TEST_CASE("moving: found at speed and not while standing; a face that holds still after it is not moving") {
    for (int skin = 0; skin < 3; ++skin)
        for (const auto glasses : {sim::Glasses::none, sim::Glasses::clear})
            for (const double speed : {0.0, 0.02, 0.10, 0.15}) {
                watcher().reset();
                sim::PersonScene scene;
                scene.skin = skin;
                scene.glasses = glasses;
                scene.speed = speed;
                int found = 0, seen_frames = 0;
                for (std::uint64_t frame = 0; frame < 7; ++frame) {
                    const auto seen = watcher().observe(sim::render_person(scene, 1280, 720, frame), {});
                    if (frame == 0) continue;
                    ++seen_frames;
                    found += find(seen, Reason::moving) != nullptr;
                }
                CAPTURE(skin);
                CAPTURE(speed);
                if (speed > 0.05) CHECK(found >= seen_frames - 1);
                else CHECK(found == 0);
            }
}

TEST_CASE("a dark room is not a grey wall, a grey wall is not a dark room, a dark skin is neither") {
    for (int skin = 0; skin < 3; ++skin) {
        sim::PersonScene person;
        person.skin = skin;
        const auto good = look(person);
        CHECK_MESSAGE(!find(good, Reason::too_dark), words(good));
        CHECK_MESSAGE(!find(good, Reason::background_not_white), words(good));
    }
    sim::PersonScene grey;
    grey.wall_lightness = 0.6;
    const auto seen = look(grey);
    REQUIRE_MESSAGE(seen.findings.size() == 1, words(seen));
    CHECK(seen.findings[0].reason == Reason::background_not_white);
    CHECK(seen.findings[0].side == Side::none);
    CHECK(seen.findings[0].measured == doctest::Approx(63).epsilon(0.05));
}

TEST_CASE("guidance and best frame: five seconds of a person who is told to come nearer and comes") {
    using namespace std::chrono_literals;
    auto& w = watcher();
    w.reset();
    sim::PersonScene scene;
    std::chrono::milliseconds now{1000};
    bool told = false;
    int changes = 0;
    std::optional<Reason> before;
    for (std::uint64_t frame = 0; frame < 45; ++frame) {
        scene.eye_distance = frame < 15 ? 80 : 112;
        now += 67ms;
        const auto seen = w.observe(sim::render_person(scene, 1280, 720, frame), {}, now);
        const auto reason = seen.guidance ? std::optional(seen.guidance->reason) : std::nullopt;
        changes += reason != before;
        before = reason;
        if (frame < 15) {
            told = told || reason == Reason::too_far;
            CHECK(seen.held == 0);
            CHECK(w.best() == nullptr);
        }
    }
    CHECK(told);
    CHECK(changes <= 3);
    CHECK(w.held() == 1);
    REQUIRE(w.best());
    CHECK(w.best()->frame.size() == cv::Size(1280, 720));
    CHECK(w.best()->rank > 0);
    REQUIRE(!w.best()->measures.faces.empty());
    // A frame of another size begins anew.
    const auto other = w.observe(sim::render_person(scene, 960, 720, 50), {}, now + 67ms);
    CHECK(other.held == 0);
    REQUIRE(w.observe(sim::render_person({}, 1920, 1080, 51), {}, now + 134ms).face);
    const auto small = w.useful(cv::Mat(480, 600, CV_8UC3, cv::Scalar::all(90)), now + 200ms, true);
    REQUIRE_FALSE(small);
    CHECK(small.error().code == drivers::FaultCode::camera_wrong_size);
    CHECK(w.best() == nullptr);
}
