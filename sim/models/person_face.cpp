// The face itself: eyes that open and shut, brows, nose, a mouth that opens, glasses with tint and glare.
#include "sim/models/person_figure.hpp"

#include <algorithm>
#include <cmath>

namespace sim {

namespace {
using Tones = FigureTones;
constexpr double shut = 0.06;          ///< of eyes_open: below, no eye is seen between the lids
constexpr double mouth_gap = 0.50;     ///< between the lips of a mouth that is fully open
constexpr double lens_x = 0.52, lens_y = 0.05, frame_thickness = 0.022;

void draw_eye(Canvas& c, double side, const Tones& t, double open) {
    const auto at = [side](double x, double y) { return cv::Point2d(side * (0.5 + x), y); };  // x grows outwards
    const auto lid = [open](double low, double high) { return low + (high - low) * open; };    // the upper lid comes down on the lower one
    c.shade(smooth({at(-0.32, -0.10), at(0, -0.28), at(0.32, -0.16), at(0.30, 0.10), at(0, 0.20), at(-0.30, 0.12)}), {0.78f, 0.80f, 0.84f}, 0.10);  // socket
    c.shade(oval(side * 0.5, -0.20, 0.22, 0.045), {1.07f, 1.07f, 1.07f}, 0.05);
    const cv::Point2d inner = at(-0.235, 0.035), outer = at(0.235, lid(0.03, 0.0));
    const cv::Point2d over_inner = at(-0.13, lid(0.066, -0.045)), over = at(0.0, lid(0.078, -0.088)), over_outer = at(0.13, lid(0.062, -0.066));
    if (open < 0.95) c.shade(oval(side * 0.5, -0.01, 0.20, 0.075), {1.0f + 0.10f * static_cast<float>(1 - open), 1.0f + 0.10f * static_cast<float>(1 - open), 1.0f + 0.08f * static_cast<float>(1 - open)}, 0.04);  // the lid that came down
    if (open >= shut) {
        const Outline opening = smooth({inner, over_inner, over, over_outer, outer, at(0.13, 0.062), at(0.0, 0.078), at(-0.12, 0.066)});
        c.fill(opening, {0.80f, 0.82f, 0.84f}, 0.008);
        c.fill_within(opening, oval(side * 0.5, -0.008, 0.098, 0.098), {0.07f, 0.12f, 0.19f}, 0.010);
        c.fill_within(opening, oval(side * 0.5, 0.008, 0.062, 0.058), {0.10f, 0.19f, 0.30f}, 0.020, 0.8f);
        c.fill_within(opening, oval(side * 0.5, -0.005, 0.044, 0.044), {0.02f, 0.02f, 0.03f}, 0.008);
        c.fill_within(opening, brush({at(-0.24, 0.0), {over.x, over.y + 0.013}, at(0.24, lid(0.03, -0.03))}, 0.03, 0.042, 0.03), {0.25f, 0.26f, 0.30f}, 0.02, 0.55f);  // the lid's shadow
        c.fill_within(opening, oval(side * 0.5 - 0.030, -0.035, 0.017, 0.017), {0.96f, 0.96f, 0.96f}, 0.006);
        c.fill_within(opening, oval(side * 0.5 - side * 0.21, 0.034, 0.03, 0.022), {0.50f, 0.52f, 0.78f}, 0.012, 0.6f);
    }
    const auto above = [](cv::Point2d p) { return cv::Point2d(p.x, p.y - 0.006); };
    c.fill(brush(curve({at(-0.25, 0.045), above(over_inner), above(over), above(over_outer), at(0.27, lid(0.04, -0.008))}), 0.008, 0.012 + 0.008 * open, 0.012), {0.06f, 0.07f, 0.09f}, 0.008, static_cast<float>(0.70 + 0.22 * open));
    c.fill(brush({at(-0.18, 0.064), at(0, 0.088), at(0.24, 0.012)}, 0.004, 0.008, 0.007), t.deep * 0.75f, 0.008, static_cast<float>(0.30 + 0.25 * open));
    c.fill(brush({at(-0.25, -0.03), at(-0.13, -0.125), at(0.02, -0.165), at(0.18, -0.128), at(0.29, -0.05)}, 0.005, 0.012, 0.006), t.deep * 0.8f, 0.014, static_cast<float>(0.30 + 0.30 * open));
    c.shade(brush({at(-0.22, 0.16), at(0, 0.20), at(0.22, 0.14)}, 0.02, 0.03, 0.02), {0.88f, 0.89f, 0.92f}, 0.03);
}

void draw_brow(Canvas& c, double side, const Tones& t, Dice& dice) {
    const auto arch = [](double x) { return -0.375 - 0.085 * std::sin(std::clamp((x - 0.20) / 0.64, 0.0, 1.0) * 2.2) + 0.03 * (x - 0.2); };
    Outline path;
    for (double x = 0.20; x <= 0.86; x += 0.03) path.emplace_back(side * x, arch(x));
    c.fill(brush(path, 0.052, 0.050, 0.008), t.hair * 1.2f, 0.022, 0.62f);
    for (int i = 0; i < 60; ++i) {
        const double x = 0.19 + 0.0001 * static_cast<double>(dice.below(6300)), y = arch(x) + 0.0001 * (static_cast<double>(dice.below(800)) - 400);
        c.fill(brush({{side * x, y + 0.02}, {side * (x + 0.035), y - 0.005}, {side * (x + 0.075), y - 0.012}}, 0.004, 0.006, 0.002), t.hair, 0.004, 0.55f);
    }
}

void draw_nose(Canvas& c, const Tones& t) {
    for (const double side : {-1.0, 1.0}) {
        c.shade(smooth({{side * 0.16, -0.20}, {side * 0.20, 0.15}, {side * 0.30, 0.62}, {side * 0.20, 0.60}, {side * 0.11, 0.15}}), {0.86f, 0.88f, 0.91f}, 0.06);
        c.shade(brush({{side * 0.25, 0.56}, {side * 0.325, 0.70}, {side * 0.25, 0.80}}, 0.012, 0.022, 0.012), {0.68f, 0.71f, 0.77f}, 0.022);
        c.fill(smooth({{side * 0.07, 0.775}, {side * 0.13, 0.752}, {side * 0.19, 0.785}, {side * 0.13, 0.800}}), t.deep * 0.42f, 0.016, 0.75f);
        c.shade(brush({{side * 0.36, 0.74}, {side * 0.47, 0.95}, {side * 0.52, 1.12}}, 0.012, 0.025, 0.012), {0.88f, 0.90f, 0.92f}, 0.04);
    }
    c.shade(brush({{0, -0.25}, {0, 0.2}, {0, 0.55}}, 0.05, 0.045, 0.06), {1.08f, 1.08f, 1.07f}, 0.05);
    c.shade(oval(0, 0.64, 0.12, 0.09), {1.10f, 1.09f, 1.07f}, 0.06);
    c.shade(smooth({{-0.24, 0.80}, {0, 0.84}, {0.24, 0.80}, {0.14, 0.90}, {0, 0.92}, {-0.14, 0.90}}), {0.80f, 0.83f, 0.87f}, 0.05);
    c.shade(brush({{0, 0.90}, {0, 0.95}, {0, 1.0}}, 0.02, 0.03, 0.035), {0.92f, 0.93f, 0.95f}, 0.025);
}

void draw_mouth(Canvas& c, const Tones& t, double open) {
    const double gap = mouth_gap * open, corner = 0.43 - 0.07 * open, lift = 0.03 * open, corner_y = 1.120 + 0.30 * gap;
    const Outline upper = both_sides({{0, 1.035 - lift}, {0.09, 1.012 - lift}, {0.22, 1.045 - lift + 0.05 * gap}, {corner, corner_y - 0.002}, {0.22, 1.112 - lift + 0.05 * gap}, {0, 1.112 - lift}});
    const Outline lower = both_sides({{0, 1.108 + gap}, {0.24, 1.108 + 0.88 * gap}, {corner - 0.02, corner_y + 0.002}, {0.26, 1.205 + 0.88 * gap}, {0.12, 1.235 + gap}, {0, 1.238 + gap}});
    if (gap > 0) {
        const Outline cavity = both_sides({{0, 1.10 - lift}, {0.22, 1.10 - lift + 0.05 * gap}, {corner, corner_y}, {0.24, 1.12 + 0.88 * gap}, {0, 1.12 + gap}});
        c.fill(cavity, {0.06f, 0.05f, 0.11f}, 0.010);
        c.fill_within(cavity, oval(0, 1.12 + 1.02 * gap, 0.22, 0.30 * gap), {0.24f, 0.22f, 0.42f}, 0.03, 0.8f);       // tongue
        c.fill_within(cavity, oval(0, 1.06, 0.27, 0.05 + 0.16 * gap), {0.74f, 0.78f, 0.80f}, 0.012, 0.85f);            // teeth
    }
    c.fill(upper, t.lip * 0.84f, 0.016, 0.85f);
    c.fill(lower, t.lip, 0.018, 0.80f);
    c.shade(oval(0, 1.175 + gap, 0.16, 0.025), {1.12f, 1.11f, 1.10f}, 0.03);
    if (open < 0.05) c.fill(brush({{-0.44, 1.122}, {-0.2, 1.112}, {0, 1.118}, {0.2, 1.112}, {0.44, 1.122}}, 0.007, 0.012, 0.007), t.deep * 0.45f, 0.010, 0.85f);
    c.shade(brush({{-0.2, 1.27 + gap}, {0, 1.285 + gap}, {0.2, 1.27 + gap}}, 0.015, 0.03, 0.015), {0.82f, 0.84f, 0.88f}, 0.035);
}

Outline lens(double side) {
    const auto at = [side](double x, double y) { return cv::Point2d(side * (lens_x + x), lens_y + y); };
    return smooth({at(-0.38, -0.12), at(-0.26, -0.27), at(0.05, -0.29), at(0.32, -0.26), at(0.43, -0.14), at(0.40, 0.10), at(0.26, 0.28), at(-0.02, 0.31), at(-0.27, 0.25), at(-0.37, 0.08)});
}
}  // namespace

void draw_face(Canvas& canvas, const FigureLook& look, const FigureTones& tones) {
    for (const double side : {-1.0, 1.0}) draw_eye(canvas, side, tones, look.eyes_open);
    draw_nose(canvas, tones);
    draw_mouth(canvas, tones, look.mouth_open);
}

void draw_brows(Canvas& canvas, const FigureTones& tones, Dice& dice) {
    for (const double side : {-1.0, 1.0}) draw_brow(canvas, side, tones, dice);
}

void draw_glasses(Canvas& c, const FigureLook& look) {
    if (look.glasses == Glasses::none) return;
    const Colour frame = look.glasses == Glasses::tinted ? Colour{0.05f, 0.05f, 0.05f} : Colour{0.15f, 0.14f, 0.16f};
    const auto through = static_cast<float>(1 - look.tint), reach = static_cast<float>(std::min(1.0, 3 * look.glare));
    for (const double side : {-1.0, 1.0}) {
        const Outline glass = lens(side);
        c.shade(brush(curve({{side * 0.15, 0.36}, {side * 0.50, 0.40}, {side * 0.88, 0.33}}), 0.02, 0.035, 0.02), {0.86f, 0.88f, 0.90f}, 0.03);  // the frame's shadow on the cheek
        if (look.tint > 0) c.shade(glass, {through, through * 0.98f, through * 0.96f}, 0.008);
        else c.fill_within(glass, Outline{{side * lens_x + 0.02, -0.3}, {side * lens_x + 0.16, -0.3}, {side * lens_x - 0.10, 0.4}, {side * lens_x - 0.24, 0.4}}, {1, 1, 1}, 0.03, 0.05f);
        // A lamp's image: the more of it, the larger, always over part of the iris.
        if (look.glare > 0) c.fill_within(glass, oval(side * 0.5 + 0.07, -0.03, 0.05 + 0.36 * look.glare, 0.04 + 0.26 * look.glare), {1, 1, 1}, 0.010, reach);
        Outline rim = glass;
        rim.push_back(glass.front());
        c.fill(brush(rim, frame_thickness, frame_thickness, frame_thickness), frame, 0.008, 0.95f);
        c.fill(brush({{side * 0.93, -0.10}, {side * 1.05, -0.12}, {side * 1.16, -0.10}}, 0.035, 0.03, 0.025), frame, 0.010, 0.95f);  // to the ear
    }
    c.fill(brush(curve({{-0.15, -0.02}, {-0.07, -0.075}, {0.07, -0.075}, {0.15, -0.02}}), frame_thickness, 0.018, frame_thickness), frame, 0.008, 0.95f);
}

}  // namespace sim
