// Draws the figure from back to front: hair behind, neck, clothes, ears, head, eyes, brows, nose, mouth, hair. Proportions are the medians of
// 102 measured faces (photo-official-numbers.md), so that crops of it are as hard or easy as a citizen's.
#include "sim/models/person_figure.hpp"

#include "sim/models/canvas.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace sim {

namespace {
struct Tones {
    Colour skin, deep, lip, hair, hair_light, cloth, cloth_trim;
};

Colour bgr(int red, int green, int blue) { return {static_cast<float>(blue) / 255, static_cast<float>(green) / 255, static_cast<float>(red) / 255}; }

Tones tones_of(const FigureLook& look) {
    const auto wrap = [](int n, int count) { return static_cast<std::size_t>(((n % count) + count) % count); };
    const std::array skins{bgr(236, 202, 180), bgr(216, 172, 142), bgr(134, 92, 68)};
    const std::array deeps{bgr(178, 118, 96), bgr(150, 96, 72), bgr(70, 42, 32)};
    const std::array lips{bgr(196, 116, 112), bgr(172, 96, 90), bgr(112, 62, 58)};
    const std::array hairs{bgr(30, 26, 25), bgr(40, 28, 24), bgr(58, 40, 30), bgr(112, 110, 108)};
    const std::array cloths{bgr(52, 72, 112), bgr(134, 44, 50), bgr(74, 92, 80), bgr(44, 46, 54)};
    const std::array trims{bgr(66, 90, 136), bgr(110, 34, 42), bgr(196, 186, 160), bgr(126, 148, 176)};
    const auto s = wrap(look.skin, 3), h = wrap(look.hair, figure_variants), c = wrap(look.clothes, figure_variants);
    return {skins[s], deeps[s], lips[s], hairs[h], hairs[h] * 1.7f, cloths[c], trims[c]};
}

int variant(int n) { return ((n % figure_variants) + figure_variants) % figure_variants; }

Outline head_outline() {
    return both_sides({{0, -1.58}, {0.50, -1.50}, {0.88, -1.20}, {1.06, -0.72}, {1.115, -0.15}, {1.105, 0.35}, {1.03, 0.85}, {0.86, 1.28}, {0.58, 1.62}, {0.27, 1.80}, {0, figure_chin}});
}

void draw_back_hair(Canvas& c, const FigureLook& look, const Tones& t) {
    if (variant(look.hair) == 1)  // long, falling behind the shoulders
        c.fill(both_sides({{0, -1.84}, {0.75, -1.68}, {1.22, -1.10}, {1.40, -0.20}, {1.44, 0.80}, {1.46, 1.90}, {1.36, 2.80}, {0.9, 3.0}, {0, 2.7}}), t.hair * 0.8f, 0.016);
    if (variant(look.hair) == 2)  // bob to the chin
        c.fill(both_sides({{0, -1.86}, {0.80, -1.70}, {1.26, -1.15}, {1.42, -0.30}, {1.44, 0.60}, {1.34, 1.42}, {0.95, 1.58}, {0, 1.4}}), t.hair * 0.85f, 0.016);
}

void draw_neck_and_clothes(Canvas& c, const FigureLook& look, const Tones& t, Dice& dice) {
    const Outline neck = both_sides({{0, 0.9}, {0.74, 0.9}, {0.73, 1.5}, {0.75, 2.05}, {0.95, 2.40}, {1.6, 2.75}, {1.4, 3.4}, {0, 3.5}});
    c.fill(neck, t.skin * 0.93f);
    c.relight(neck, 0.01, [](double x, double) { return static_cast<float>(1.02 - 0.34 * std::pow(std::abs(x) / 0.8, 2.2)); });
    c.shade(both_sides({{0, 1.2}, {0.8, 1.1}, {0.72, 1.75}, {0.35, 2.06}, {0, 2.12}}), {0.55f, 0.60f, 0.66f}, 0.12);  // the chin's shadow
    for (const double side : {-1.0, 1.0}) {
        const Outline tendon{{side * 0.62, 1.9}, {side * 0.40, 2.3}, {side * 0.20, 2.62}};
        c.shade(brush(tendon, 0.02, 0.05, 0.03), {0.84f, 0.86f, 0.88f}, 0.05);
    }
    const int kind = variant(look.clothes);
    const double dip = kind == 1 ? 2.62 : kind == 3 ? 2.72 : 2.95;  // the neckline
    const Outline body = smooth({{0, dip}, {0.42, dip - 0.07}, {0.72, dip - 0.36}, {0.86, 2.16}, {1.1, 2.34}, {1.8, 2.66}, {2.5, 2.96}, {2.92, 3.45}, {3.08, 4.3}, {3.16, 5.8}, {0, 5.9},
                                 {-3.16, 5.8}, {-3.08, 4.3}, {-2.92, 3.45}, {-2.5, 2.96}, {-1.8, 2.66}, {-1.1, 2.34}, {-0.86, 2.16}, {-0.72, dip - 0.36}, {-0.42, dip - 0.07}});
    c.fill(body, t.cloth, 0.014);
    c.relight(body, 0.01, [](double x, double y) { return static_cast<float>(1.16 - 0.10 * std::pow(std::abs(x) / 2.2, 2) - 0.07 * std::max(0.0, y - 3.0)); });
    for (int fold = 0; fold < 9; ++fold) {
        const double x = -2.4 + 0.6 * fold + 0.01 * static_cast<double>(dice.below(20)), lean = 0.02 * (static_cast<double>(dice.below(30)) - 15);
        const float depth = fold % 2 ? 0.86f : 1.10f;
        c.shade(brush({{x, 3.2 + 0.02 * static_cast<double>(dice.below(20))}, {x + lean, 4.0}, {x + 2 * lean, 5.3}}, 0.02, 0.10, 0.05), {depth, depth, depth}, 0.09);
    }
    for (const double side : {-1.0, 1.0})  // arm seam
        c.shade(brush({{side * 2.35, 2.92}, {side * 2.25, 3.7}, {side * 2.32, 5.2}}, 0.015, 0.025, 0.02), {0.7f, 0.7f, 0.7f}, 0.03);
    if (kind == 1 || kind == 3) {  // a round collar
        c.fill(brush(curve({{-0.87, 2.15}, {-0.74, dip - 0.36}, {-0.42, dip - 0.08}, {0, dip}, {0.42, dip - 0.08}, {0.74, dip - 0.36}, {0.87, 2.15}}), 0.045, 0.07, 0.045), t.cloth_trim, 0.012);
    } else {  // lapels of a shirt
        for (const double side : {-1.0, 1.0}) {
            Outline lapel{{0.80, 2.02}, {1.02, 2.24}, {0.98, 2.72}, {0.52, 3.30}, {0.02, 3.02}, {0.36, 2.86}, {0.66, 2.50}};
            if (side < 0) lapel = mirrored(lapel);
            c.shade(lapel, {0.72f, 0.72f, 0.72f}, 0.07);
            c.fill(lapel, t.cloth_trim, 0.012);
            c.relight(lapel, 0.02, [](double, double y) { return static_cast<float>(1.12 - 0.16 * (y - 2.1)); });
        }
        c.shade(brush({{0.02, 3.02}, {0.03, 4.0}, {0.03, 5.5}}, 0.012, 0.014, 0.014), {0.6f, 0.6f, 0.6f}, 0.012);
        for (const double y : {3.5, 4.3, 5.1}) c.fill(oval(-0.10, y, 0.055, 0.055), t.cloth_trim * 1.25f, 0.012);
    }
    c.grain(body, 0.035f, 0.014, 0.014, dice);
    c.grain(body, 0.03f, 0.25, 0.25, dice);
}

void draw_head(Canvas& c, const FigureLook& look, const Tones& t) {
    for (const double side : {-1.0, 1.0}) {
        const Outline ear = smooth({{side * 1.02, -0.22}, {side * 1.24, -0.26}, {side * 1.36, -0.05}, {side * 1.33, 0.28}, {side * 1.20, 0.56}, {side * 1.05, 0.62}});
        c.fill(ear, t.skin * 0.90f);
        c.shade(smooth({{side * 1.08, -0.10}, {side * 1.22, -0.10}, {side * 1.25, 0.12}, {side * 1.14, 0.36}}), {0.70f, 0.74f, 0.82f}, 0.05);
        c.shade(brush({{side * 1.10, 0.50}, {side * 1.10, 0.0}, {side * 1.09, -0.2}}, 0.03, 0.05, 0.03), {0.74f, 0.76f, 0.80f}, 0.05);
    }
    const Outline head = head_outline();
    c.fill(head, t.skin);
    // An ellipsoid under a soft light from above and in front.
    c.relight(head, 0.01, [](double x, double y) {
        const double nx = x / 1.24, ny = (y - 0.05) / 2.15, nz = std::sqrt(std::max(0.02, 1 - nx * nx - ny * ny));
        return static_cast<float>(0.52 + 0.54 * std::max(0.0, -0.10 * nx - 0.24 * ny + 0.96 * nz));
    });
    for (const double side : {-1.0, 1.0}) {
        c.shade(oval(side * 0.56, 0.62, 0.26, 0.20), {1.00f, 1.02f, 1.06f}, 0.14);                                                     // cheekbone
        c.shade(oval(side * 0.64, 0.78, 0.20, 0.16), {0.93f, 0.95f, 1.01f}, 0.14);                                                     // its colour
        c.shade(smooth({{side * 0.98, 0.7}, {side * 0.76, 0.95}, {side * 0.62, 1.5}, {side * 0.9, 1.2}}), {0.90f, 0.92f, 0.94f}, 0.14);  // hollow
        c.shade(oval(side * 0.90, -0.55, 0.12, 0.36), {0.92f, 0.93f, 0.95f}, 0.14);                                                    // temple
    }
    c.shade(oval(0, -0.85, 0.52, 0.28), {1.05f, 1.045f, 1.04f}, 0.22);
    c.shade(oval(0, 1.60, 0.24, 0.13), {1.05f, 1.05f, 1.05f}, 0.10);
    c.shade(brush({{-0.3, 1.43}, {0, 1.40}, {0.3, 1.43}}, 0.02, 0.05, 0.02), {0.84f, 0.87f, 0.90f}, 0.05);
    if (variant(look.hair) == 0 || variant(look.hair) == 3) c.shade(smooth({{-0.75, 1.3}, {0, 1.25}, {0.75, 1.3}, {0.45, 1.7}, {0, 1.8}, {-0.45, 1.7}}), {0.965f, 0.955f, 0.945f}, 0.14);  // shaven
}

void draw_eye(Canvas& c, double side, const Tones& t) {
    const auto at = [side](double x, double y) { return cv::Point2d(side * (0.5 + x), y); };  // x grows outwards
    c.shade(smooth({at(-0.32, -0.10), at(0, -0.28), at(0.32, -0.16), at(0.30, 0.10), at(0, 0.20), at(-0.30, 0.12)}), {0.78f, 0.80f, 0.84f}, 0.10);  // socket
    c.shade(oval(side * 0.5, -0.20, 0.22, 0.045), {1.07f, 1.07f, 1.07f}, 0.05);
    const Outline opening = smooth({at(-0.235, 0.035), at(-0.13, -0.045), at(0.0, -0.088), at(0.13, -0.066), at(0.235, 0.0), at(0.13, 0.062), at(0.0, 0.078), at(-0.12, 0.066)});
    c.fill(opening, {0.80f, 0.82f, 0.84f}, 0.008);
    c.fill_within(opening, oval(side * 0.5, -0.008, 0.098, 0.098), {0.07f, 0.12f, 0.19f}, 0.010);
    c.fill_within(opening, oval(side * 0.5, 0.008, 0.062, 0.058), {0.10f, 0.19f, 0.30f}, 0.020, 0.8f);
    c.fill_within(opening, oval(side * 0.5, -0.005, 0.044, 0.044), {0.02f, 0.02f, 0.03f}, 0.008);
    c.fill_within(opening, brush({at(-0.24, 0.0), at(0, -0.075), at(0.24, -0.03)}, 0.03, 0.042, 0.03), {0.25f, 0.26f, 0.30f}, 0.02, 0.55f);  // the lid's shadow
    c.fill_within(opening, oval(side * 0.5 - 0.030, -0.035, 0.017, 0.017), {0.96f, 0.96f, 0.96f}, 0.006);
    c.fill_within(opening, oval(side * 0.5 - side * 0.21, 0.034, 0.03, 0.022), {0.50f, 0.52f, 0.78f}, 0.012, 0.6f);
    c.fill(brush({at(-0.25, 0.045), at(-0.14, -0.050), at(0, -0.096), at(0.14, -0.074), at(0.27, -0.008)}, 0.008, 0.020, 0.012), {0.06f, 0.07f, 0.09f}, 0.008, 0.92f);
    c.fill(brush({at(-0.18, 0.064), at(0, 0.088), at(0.24, 0.012)}, 0.004, 0.008, 0.007), t.deep * 0.75f, 0.008, 0.55f);
    c.fill(brush({at(-0.25, -0.03), at(-0.13, -0.125), at(0.02, -0.165), at(0.18, -0.128), at(0.29, -0.05)}, 0.005, 0.012, 0.006), t.deep * 0.8f, 0.014, 0.60f);
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

void draw_nose_and_mouth(Canvas& c, const Tones& t) {
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
    const Outline upper = both_sides({{0, 1.035}, {0.09, 1.012}, {0.22, 1.045}, {0.43, 1.118}, {0.22, 1.112}, {0, 1.112}});
    const Outline lower = both_sides({{0, 1.108}, {0.24, 1.108}, {0.41, 1.122}, {0.26, 1.205}, {0.12, 1.235}, {0, 1.238}});
    c.fill(upper, t.lip * 0.84f, 0.016, 0.85f);
    c.fill(lower, t.lip, 0.018, 0.80f);
    c.shade(oval(0, 1.175, 0.16, 0.025), {1.12f, 1.11f, 1.10f}, 0.03);
    c.fill(brush({{-0.44, 1.122}, {-0.2, 1.112}, {0, 1.118}, {0.2, 1.112}, {0.44, 1.122}}, 0.007, 0.012, 0.007), t.deep * 0.45f, 0.010, 0.85f);
    c.shade(brush({{-0.2, 1.27}, {0, 1.285}, {0.2, 1.27}}, 0.015, 0.03, 0.015), {0.82f, 0.84f, 0.88f}, 0.035);
}

/// Strands from the crown along the head down to the outline: hair is not a helmet.
void draw_strands(Canvas& c, const Outline& hair, const Tones& t, Dice& dice, double down) {
    for (int i = 0; i < 170; ++i) {
        const double x = (static_cast<double>(dice.below(2000)) / 1000 - 1) * 1.40, sway = 0.0001 * (static_cast<double>(dice.below(1000)) - 500);
        const cv::Point2d from(0.06 + 0.12 * x, -1.78 + 0.05 * x * x), over(x * 0.94, -1.74 + 0.10 * x * x), to(x * 1.04 + sway, -1.10 + down + 0.35 * std::abs(x));
        Outline path;
        for (double u = 0; u <= 1.001; u += 0.1) path.push_back(from * ((1 - u) * (1 - u)) + over * (2 * u * (1 - u)) + to * (u * u));
        c.fill_within(hair, brush(path, 0.004, 0.009, 0.003), i % 3 ? t.hair * 0.55f : t.hair_light, 0.006, 0.30f);
    }
}

void draw_front_hair(Canvas& c, const FigureLook& look, const Tones& t, Dice& dice) {
    Outline hair;
    double down = 0.3;
    switch (variant(look.hair)) {
        case 0:  // short, brushed to one side
            hair = smooth({{-1.13, 0.05}, {-1.19, -0.55}, {-1.10, -1.15}, {-0.72, -1.62}, {-0.1, -1.80}, {0.6, -1.70}, {1.05, -1.25}, {1.19, -0.55}, {1.13, 0.05}, {1.06, -0.15}, {1.00, -0.62}, {0.86, -1.00}, {0.45, -1.16}, {-0.10, -1.06}, {-0.55, -1.14}, {-0.88, -0.95}, {-1.00, -0.60}, {-1.06, -0.15}});
            break;
        case 1:  // long, parted in the middle
            down = 1.3;
            hair = smooth({{0, -1.86}, {0.62, -1.74}, {1.10, -1.30}, {1.34, -0.55}, {1.42, 0.40}, {1.46, 1.60}, {1.36, 2.70}, {1.16, 2.60}, {1.17, 1.60}, {1.12, 0.60}, {1.02, -0.30}, {0.80, -0.86}, {0.38, -1.16}, {0.0, -1.34},
                           {-0.38, -1.16}, {-0.80, -0.86}, {-1.02, -0.30}, {-1.12, 0.60}, {-1.17, 1.60}, {-1.16, 2.60}, {-1.36, 2.70}, {-1.46, 1.60}, {-1.42, 0.40}, {-1.34, -0.55}, {-1.10, -1.30}, {-0.62, -1.74}});
            break;
        case 2:  // bob, fringe above the brows
            down = 0.9;
            hair = smooth({{0, -1.88}, {0.70, -1.74}, {1.18, -1.25}, {1.38, -0.40}, {1.42, 0.60}, {1.30, 1.40}, {1.10, 1.36}, {1.08, 0.60}, {1.03, -0.20}, {0.92, -0.66}, {0.5, -0.72}, {0, -0.70}, {-0.5, -0.72}, {-0.92, -0.66},
                           {-1.03, -0.20}, {-1.08, 0.60}, {-1.10, 1.36}, {-1.30, 1.40}, {-1.42, 0.60}, {-1.38, -0.40}, {-1.18, -1.25}, {-0.70, -1.74}});
            break;
        default:  // grey, short, receding
            hair = smooth({{-1.12, -0.05}, {-1.17, -0.60}, {-1.06, -1.15}, {-0.66, -1.60}, {0, -1.74}, {0.66, -1.60}, {1.06, -1.15}, {1.17, -0.60}, {1.12, -0.05}, {1.05, -0.30}, {0.98, -0.75}, {0.78, -1.18}, {0.35, -1.32}, {0, -1.30}, {-0.35, -1.32}, {-0.78, -1.18}, {-0.98, -0.75}, {-1.05, -0.30}});
            break;
    }
    c.shade(hair, {0.70f, 0.74f, 0.80f}, 0.09);  // its shadow on the skin
    c.fill(hair, t.hair, 0.013);
    c.relight(hair, 0.02, [](double x, double y) { return static_cast<float>(0.85 + 0.75 * std::exp(-std::pow((y + 1.42 - 0.25 * x * x) / 0.20, 2))); });
    draw_strands(c, hair, t, dice, down);
}
}  // namespace

double figure_crown(int hair) {
    constexpr std::array crowns{1.81, 1.88, 1.90, 1.75};
    return crowns[static_cast<std::size_t>(variant(hair))];
}

cv::Mat draw_figure(const FigureLook& look) {
    Canvas canvas(figure_eye_distance, figure_half_width, figure_above, 2 * figure_half_width, figure_above + figure_below);
    Dice dice(look.seed);
    const Tones tones = tones_of(look);
    draw_back_hair(canvas, look, tones);
    draw_neck_and_clothes(canvas, look, tones, dice);
    draw_head(canvas, look, tones);
    for (const double side : {-1.0, 1.0}) draw_eye(canvas, side, tones);
    draw_nose_and_mouth(canvas, tones);
    canvas.grain(head_outline(), 0.010f, 0.025, 0.025, dice);
    canvas.grain(head_outline(), 0.014f, 0.20, 0.20, dice);
    for (const double side : {-1.0, 1.0}) draw_brow(canvas, side, tones, dice);
    draw_front_hair(canvas, look, tones, dice);
    return canvas.picture();
}

}  // namespace sim
