// judge() alone: a good set of measures, one of them moved to this side of its limit and to the other. All 24 reasons, without a picture.
#include "camera/quality/verdict.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <functional>

using namespace camera;

namespace {
const PortraitRules rules;

Measures good() {
    Measures m;
    m.frame = {1280, 720};
    m.faces = {Face{{470, 180, 290, 290}, {{586, 302}, {694, 302}}, true}};
    for (WallSide* side : {&m.wall.left, &m.wall.right}) *side = {94, 1, 0.01, 0.01, 500};
    m.wall.lightness = 94;
    m.wall.residual = 1;
    m.wall.samples = 1000;
    m.wall.crown = 1.8;
    m.light = {.mean = 150, .burnt = 0, .drowned = 0, .cheeks = 90, .cheek_ratio = 0.95, .darker = Side::left, .pixels = 900};
    m.pose = {0.5, 0.02, true};
    m.eyes = {{2 * rules.limits.eye_open, 0, true}, {2 * rules.limits.eye_open, 0, true}, 0.95};
    m.sharpness = 1.8;
    m.movement = 0.01;
    return m;
}
void set_distance(Measures& m, double e) { m.faces[0].eyes = {{640 - e / 2, 302}, {640 + e / 2, 302}}; }
void move(Measures& m, double x, double y) {
    for (auto* eye : {&m.faces[0].eyes.left, &m.faces[0].eyes.right}) *eye += cv::Point2d(x, y);
}

struct Row {
    Reason reason;
    std::function<void(Measures&, double)> set;
    double inside, beyond;  ///< just this side of the limit, just the other
    Side side = Side::none;
};

const Limits& l = rules.limits;
constexpr double hair = 1e-6;  // a breadth
// The crop at 108 pixels: 415.7 wide, 512.1 high, its eye line 210.7 below its top.
const double farthest = rules.eye_distance / l.enlargement, crop_half = 0.5 * 358 / 93 * 108, edge = l.outside * 108, above = (14 + 1.8 * 93) / 93 * 108, under = 441 / 93.0 * 108 - above;

std::vector<Row> rows() {
    return {
        {Reason::several_faces, [](Measures& m, double n) { m.faces.resize(static_cast<std::size_t>(n), m.faces[0]); }, 1, 2},
        {Reason::too_far, set_distance, farthest + hair, farthest - hair},
        {Reason::too_close, set_distance, largest_eye_distance({1280, 720}, rules) - hair, largest_eye_distance({1280, 720}, rules) + hair},
        {Reason::off_centre, [](Measures& m, double x) { move(m, x, 0); }, -(640 - crop_half + edge) + 0.01, -(640 - crop_half + edge) - 0.01, Side::right},
        {Reason::off_centre, [](Measures& m, double x) { move(m, x, 0); }, 640 - crop_half + edge - 0.01, 640 - crop_half + edge + 0.01, Side::left},
        {Reason::cut_off, [](Measures& m, double y) { move(m, 0, y); }, -(302 - above + edge) + 0.01, -(302 - above + edge) - 0.01},
        {Reason::cut_off, [](Measures& m, double y) { move(m, 0, y); }, 720 - 302 - under + edge - 0.01, 720 - 302 - under + edge + 0.01},
        {Reason::tilted, [](Measures& m, double v) { m.pose.roll_degrees = v; }, l.tilt_degrees, l.tilt_degrees + hair},
        {Reason::tilted, [](Measures& m, double v) { m.pose.roll_degrees = v; }, -l.tilt_degrees, -l.tilt_degrees - hair},
        {Reason::turned, [](Measures& m, double v) { m.pose.turn = v; }, l.turn, l.turn + hair, Side::left},
        {Reason::turned, [](Measures& m, double v) { m.pose.turn = v; }, -l.turn, -l.turn - hair, Side::right},
        {Reason::too_dark, [](Measures& m, double v) { m.light.mean = v; }, l.dark_face, l.dark_face - hair},
        {Reason::too_dark, [](Measures& m, double v) { m.light.drowned = v; }, l.drowned, l.drowned + hair},
        {Reason::too_dark, [](Measures& m, double v) { m.light.mean = v; m.wall.lightness = l.dim_wall - hair; }, l.dim_face, l.dim_face - hair},
        {Reason::too_dark, [](Measures& m, double v) { m.light.mean = l.dim_face - hair; m.wall.lightness = v; }, l.dim_wall, l.dim_wall - hair},
        {Reason::too_bright, [](Measures& m, double v) { m.light.mean = v; }, l.bright_face, l.bright_face + hair},
        {Reason::too_bright, [](Measures& m, double v) { m.light.burnt = v; }, l.burnt, l.burnt + hair},
        {Reason::uneven_light, [](Measures& m, double v) { m.light.cheeks = v; m.light.cheek_ratio = 0.5; }, l.cheeks, l.cheeks - hair, Side::left},
        {Reason::uneven_light, [](Measures& m, double v) { m.light.cheeks = 0; m.light.cheek_ratio = v; }, l.cheek_ratio, l.cheek_ratio - hair, Side::left},
        {Reason::background_not_white, [](Measures& m, double v) { m.wall.left.lightness = m.wall.right.lightness = v; }, l.white_lightness, l.white_lightness - hair},
        {Reason::background_not_white, [](Measures& m, double v) { m.wall.left.lightness = v; }, l.white_lightness, l.white_lightness - hair, Side::right},
        {Reason::background_coloured, [](Measures& m, double v) { m.wall.left.chroma = m.wall.right.chroma = v; }, l.white_chroma, l.white_chroma + hair},
        {Reason::background_coloured, [](Measures& m, double v) { m.wall.right.chroma = v; }, l.white_chroma, l.white_chroma + hair, Side::left},
        {Reason::background_uneven, [](Measures& m, double v) { m.wall.rise = v; }, l.wall_rise, l.wall_rise + hair, Side::right},
        {Reason::background_uneven, [](Measures& m, double v) { m.wall.residual = v; }, l.wall_residual, l.wall_residual + hair},
        {Reason::background_uneven, [](Measures& m, double v) { m.wall.left.foreign = v; }, l.foreign, l.foreign + hair, Side::right},
        {Reason::background_shadow, [](Measures& m, double v) { m.wall.right.shadow = v; }, l.shadow, l.shadow + hair, Side::left},
        {Reason::background_shadow, [](Measures& m, double v) { m.wall.left.shadow = v; }, l.shadow, l.shadow + hair, Side::right},
        {Reason::background_shadow, [](Measures& m, double v) { m.wall.left.shadow = m.wall.right.shadow = v; }, l.shadow, l.shadow + hair},
        {Reason::blurred, [](Measures& m, double v) { m.sharpness = v; }, l.sharpness, l.sharpness - hair},
        {Reason::moving, [](Measures& m, double v) { m.movement = v; }, l.movement, l.movement + hair},
        {Reason::eyes_closed, [](Measures& m, double v) { m.eyes.right.open = v; }, l.eye_open, l.eye_open - hair},
        {Reason::eyes_not_visible, [](Measures& m, double v) { m.eyes.left.visible = v >= 2; }, 2, 1},
        {Reason::glare, [](Measures& m, double v) { m.eyes.left.glare = v; }, l.glare, l.glare + hair},
        {Reason::glasses_tinted, [](Measures& m, double v) { m.eyes.tint = v; }, l.tint, l.tint - hair},
        {Reason::clothes_like_background, [](Measures& m, double v) { m.advice.clothes = v; }, l.clothes, l.clothes - hair},
        {Reason::head_covered, [](Measures& m, double v) { m.advice.covered = v; }, l.covered, l.covered + hair},
        {Reason::mouth_open, [](Measures& m, double v) { m.advice.mouth = v; }, l.mouth, l.mouth + hair},
    };
}
bool holds(const std::vector<Finding>& all, Reason r) { return std::ranges::find(all, r, &Finding::reason) != all.end(); }
}  // namespace

TEST_CASE("judge: every reason on both sides of its limit, alone, with measure, limit and side") {
    CHECK(judge(good(), rules).empty());
    std::set<Reason> shown{Reason::no_face};
    for (const auto& row : rows()) {
        CAPTURE(name_of(row.reason));
        CAPTURE(row.beyond);
        Measures m = good();
        row.set(m, row.inside);
        CHECK(judge(m, rules).empty());
        m = good();
        row.set(m, row.beyond);
        const auto found = judge(m, rules);
        REQUIRE(found.size() == 1);
        CHECK(found[0].reason == row.reason);
        CHECK(found[0].side == row.side);
        CHECK(found[0].measured != found[0].limit);
        CHECK(std::isfinite(found[0].measured));
        shown.insert(row.reason);
    }
    CHECK(shown.size() == reason_count);
    CHECK(judge(Measures{}, rules) == std::vector<Finding>{{Reason::no_face, Side::none, 0, 1}});
}

TEST_CASE("judge: all that hold, in order, advisory last; whatever two are combined") {
    const auto all = rows();
    for (const auto& a : all)
        for (const auto& b : all) {
            if (a.reason == b.reason) continue;  // to the left and then back
            Measures m = good();
            a.set(m, a.beyond);
            b.set(m, b.beyond);
            const auto found = judge(m, rules);
            REQUIRE(!found.empty());
            CHECK(std::ranges::is_sorted(found, {}, &Finding::reason));
            std::set<Reason> once;
            for (const auto& f : found) once.insert(f.reason);
            CHECK(once.size() == found.size());
        }
    Measures m = good();
    m.faces.resize(2, m.faces[0]);
    m.pose.roll_degrees = 9;
    m.wall.left.chroma = 30;
    m.advice.mouth = 1;
    const auto found = judge(m, rules);
    REQUIRE(found.size() == 4);
    CHECK(found[0].reason == Reason::several_faces);
    CHECK(found[1].reason == Reason::tilted);
    CHECK(found[2].reason == Reason::background_coloured);
    CHECK(found[3].reason == Reason::mouth_open);
}

TEST_CASE("judge: one thing is said once") {
    Measures m = good();
    set_distance(m, 220);  // overflows top and bottom as well
    CHECK(judge(m, rules).size() == 1);
    m = good();
    set_distance(m, 50);
    m.sharpness = 0.1;  // enlarged twice: of course
    CHECK(judge(m, rules).size() == 1);
    m = good();
    m.wall.rise = 30;
    m.wall.right.lightness = 70;  // the dark end of the slope
    CHECK_FALSE(holds(judge(m, rules), Reason::background_not_white));
    m.wall.left.lightness = 80;
    CHECK(holds(judge(m, rules), Reason::background_not_white));
    m = good();
    m.eyes = {{0.1, 0.2, false}, {0.1, 0.2, false}, 0.3};
    const auto hidden = judge(m, rules);
    CHECK(holds(hidden, Reason::glasses_tinted));
    CHECK_FALSE(holds(hidden, Reason::eyes_closed));
    CHECK_FALSE(holds(hidden, Reason::eyes_not_visible));
    m = good();
    m.eyes.left.visible = false;
    m.eyes.left.open = 0;
    CHECK_FALSE(holds(judge(m, rules), Reason::eyes_closed));
}

TEST_CASE("judge: what was not seen is not judged") {
    Measures m = good();
    m.wall = {};
    m.light.pixels = 0;
    m.light.mean = 0;
    m.pose.turn_known = false;
    m.pose.turn = 9;
    m.movement.reset();
    m.advice.clothes = 0;
    CHECK(judge(m, rules).empty());
}
