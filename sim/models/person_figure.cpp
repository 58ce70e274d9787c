// Draws the figure's layers: hair behind, neck and clothes, ears, head with hair or hat (the face itself: person_face.cpp). Proportions are the medians
// of 102 measured faces (photo-official-numbers.md), so that crops of it are as hard or easy as a citizen's.
#include "sim/models/person_figure.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace sim {

namespace {
using Tones = FigureTones;

Colour bgr(int red, int green, int blue) { return {static_cast<float>(blue) / 255, static_cast<float>(green) / 255, static_cast<float>(red) / 255}; }

Tones tones_of(const FigureLook& look) {
    const auto wrap = [](int n, int count) { return static_cast<std::size_t>(((n % count) + count) % count); };
    const std::array skins{bgr(236, 202, 180), bgr(216, 172, 142), bgr(134, 92, 68)};
    const std::array deeps{bgr(178, 118, 96), bgr(150, 96, 72), bgr(70, 42, 32)};
    const std::array lips{bgr(196, 116, 112), bgr(172, 96, 90), bgr(112, 62, 58)};
    const std::array hairs{bgr(30, 26, 25), bgr(112, 110, 108), bgr(58, 40, 30), bgr(40, 28, 24)};
    const std::array cloths{bgr(52, 72, 112), bgr(134, 44, 50), bgr(74, 92, 80), bgr(44, 46, 54)};
    const std::array trims{bgr(66, 90, 136), bgr(110, 34, 42), bgr(112, 128, 112), bgr(126, 148, 176)};
    const auto s = wrap(look.skin, 3), h = wrap(look.hair, figure_variants), c = wrap(look.clothes, figure_variants);
    Tones tones{skins[s], deeps[s], lips[s], hairs[h], hairs[h] * 1.7f, cloths[c], trims[c]};
    if (look.clothes_lightness >= 0) {
        const auto grey = static_cast<float>(std::min(look.clothes_lightness, 1.0));
        tones.cloth = Colour::all(grey);
        tones.cloth_trim = Colour::all(grey * 0.96f);
    }
    return tones;
}

constexpr int grey_hair = 1, bob = 2, long_hair = 3;
int variant(int n) { return ((n % figure_variants) + figure_variants) % figure_variants; }

/// A mouth that opens takes the jaw down with it.
Outline head_outline(double mouth_open) {
    const double d = jaw_drop * mouth_open;
    return both_sides({{0, -1.58}, {0.50, -1.50}, {0.88, -1.20}, {1.06, -0.72}, {1.115, -0.15}, {1.105, 0.35}, {1.03, 0.85 + 0.1 * d}, {0.86, 1.28 + 0.4 * d}, {0.58, 1.62 + 0.8 * d}, {0.27, 1.80 + d}, {0, figure_chin + d}});
}

void draw_hair_behind(Canvas& c, const FigureLook& look, const Tones& t) {
    if (variant(look.hair) <= grey_hair)  // the back of the head: seen when the head is turned
        c.fill(both_sides({{0, -1.62}, {0.62, -1.48}, {0.96, -1.00}, {1.04, -0.30}, {0.92, 0.45}, {0.60, 0.85}, {0, 0.95}}), t.hair * 0.9f, 0.016);
    if (variant(look.hair) == long_hair)
        c.fill(both_sides({{0, -1.84}, {0.75, -1.68}, {1.22, -1.10}, {1.42, -0.20}, {1.50, 0.80}, {1.56, 1.90}, {1.60, 2.80}, {1.2, 3.2}, {0, 2.7}}), t.hair * 0.8f, 0.016);
    if (variant(look.hair) == bob)
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
    const double dip = kind == 1 ? 2.52 : kind == 3 ? 2.72 : 2.95;  // the neckline
    const Outline body = smooth({{0, dip}, {0.42, dip - 0.07}, {0.72, dip - 0.36}, {0.86, 2.16}, {1.1, 2.34}, {1.8, 2.66}, {2.5, 2.96}, {2.92, 3.45}, {3.08, 4.3}, {3.16, 5.8}, {0, 5.9},
                                 {-3.16, 5.8}, {-3.08, 4.3}, {-2.92, 3.45}, {-2.5, 2.96}, {-1.8, 2.66}, {-1.1, 2.34}, {-0.86, 2.16}, {-0.72, dip - 0.36}, {-0.42, dip - 0.07}});
    c.fill(body, t.cloth, 0.014);
    // Clothes of a wanted lightness have it on the whole.
    const double level = look.clothes_lightness >= 0 ? 1.05 : 1.16;
    c.relight(body, 0.01, [level](double x, double y) { return static_cast<float>(level - 0.10 * (x / 2.2) * (x / 2.2) - 0.07 * std::max(0.0, y - 3.0)); });
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

void draw_ears(Canvas& c, const Tones& t) {
    for (const double side : {-1.0, 1.0}) {
        const Outline ear = smooth({{side * 1.02, -0.22}, {side * 1.24, -0.26}, {side * 1.36, -0.05}, {side * 1.33, 0.28}, {side * 1.20, 0.56}, {side * 1.05, 0.62}});
        c.fill(ear, t.skin * 0.90f);
        c.shade(smooth({{side * 1.08, -0.10}, {side * 1.22, -0.10}, {side * 1.25, 0.12}, {side * 1.14, 0.36}}), {0.70f, 0.74f, 0.82f}, 0.05);
        c.shade(brush({{side * 1.10, 0.50}, {side * 1.10, 0.0}, {side * 1.09, -0.2}}, 0.03, 0.05, 0.03), {0.74f, 0.76f, 0.80f}, 0.05);
    }
}

void draw_head(Canvas& c, const FigureLook& look, const Tones& t) {
    const Outline head = head_outline(look.mouth_open);
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
    if (variant(look.hair) <= grey_hair) c.shade(smooth({{-0.75, 1.3}, {0, 1.25}, {0.75, 1.3}, {0.45, 1.7}, {0, 1.8}, {-0.45, 1.7}}), {0.965f, 0.955f, 0.945f}, 0.14);  // shaven
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
        case grey_hair:  // grey, short, receding
            hair = smooth({{-1.12, -0.05}, {-1.17, -0.60}, {-1.06, -1.15}, {-0.66, -1.60}, {0, -1.74}, {0.66, -1.60}, {1.06, -1.15}, {1.17, -0.60}, {1.12, -0.05}, {1.05, -0.30}, {0.98, -0.75}, {0.78, -1.18}, {0.35, -1.32}, {0, -1.30}, {-0.35, -1.32}, {-0.78, -1.18}, {-0.98, -0.75}, {-1.05, -0.30}});
            break;
        case bob:  //, fringe above the brows
            down = 0.9;
            hair = smooth({{0, -1.88}, {0.70, -1.74}, {1.18, -1.25}, {1.38, -0.40}, {1.42, 0.60}, {1.30, 1.40}, {1.10, 1.36}, {1.08, 0.60}, {1.03, -0.20}, {0.92, -0.66}, {0.5, -0.72}, {0, -0.70}, {-0.5, -0.72}, {-0.92, -0.66},
                           {-1.03, -0.20}, {-1.08, 0.60}, {-1.10, 1.36}, {-1.30, 1.40}, {-1.42, 0.60}, {-1.38, -0.40}, {-1.18, -1.25}, {-0.70, -1.74}});
            break;
        default:  // long, parted in the middle, over the shoulders
            down = 3.4;
            hair = smooth({{0, -1.86}, {0.62, -1.74}, {1.10, -1.30}, {1.36, -0.55}, {1.47, 0.40}, {1.56, 1.50}, {1.68, 2.50}, {1.72, 3.20}, {1.50, 3.70}, {1.16, 3.50}, {1.06, 2.70}, {1.10, 1.70}, {1.10, 0.70}, {1.02, -0.30}, {0.80, -0.86}, {0.38, -1.16}, {0.0, -1.34},
                           {-0.38, -1.16}, {-0.80, -0.86}, {-1.02, -0.30}, {-1.10, 0.70}, {-1.10, 1.70}, {-1.06, 2.70}, {-1.16, 3.50}, {-1.50, 3.70}, {-1.72, 3.20}, {-1.68, 2.50}, {-1.56, 1.50}, {-1.47, 0.40}, {-1.36, -0.55}, {-1.10, -1.30}, {-0.62, -1.74}});
            break;
    }
    c.shade(hair, {0.70f, 0.74f, 0.80f}, 0.09);  // its shadow on the skin
    c.fill(hair, t.hair, 0.013);
    c.relight(hair, 0.02, [](double x, double y) { return static_cast<float>(0.85 + 0.75 * std::exp(-25 * (y + 1.42 - 0.25 * x * x) * (y + 1.42 - 0.25 * x * x))); });
    draw_strands(c, hair, t, dice, down);
}
/// A knitted hat down to the brows.
void draw_hat(Canvas& c, Dice& dice) {
    const Colour wool = bgr(46, 74, 82);
    const Outline cap = both_sides({{0, -2.10}, {0.62, -2.00}, {1.12, -1.62}, {1.40, -1.05}, {1.42, -0.52}, {1.10, -0.50}, {0.60, -0.575}, {0, -0.60}});
    c.shade(cap, {0.62f, 0.66f, 0.72f}, 0.08);
    c.fill(cap, wool, 0.012);
    c.relight(cap, 0.02, [](double x, double y) { return static_cast<float>(1.15 - 0.45 * std::pow(std::abs(x) / 1.42, 2.5) - 0.10 * std::cos(2 * CV_PI * x / 0.15) - 0.15 * std::max(0.0, -1.4 - y)); });
    const Outline edge = brush(curve({{-1.41, -0.74}, {-1.0, -0.72}, {-0.5, -0.79}, {0, -0.81}, {0.5, -0.79}, {1.0, -0.72}, {1.41, -0.74}}), 0.20, 0.20, 0.20);
    c.shade(edge, {0.60f, 0.60f, 0.60f}, 0.05);
    c.fill_within(cap, edge, wool * 1.25f, 0.012);
    c.relight(edge, 0.02, [](double x, double) { return static_cast<float>(1.1 - 0.45 * std::pow(std::abs(x) / 1.42, 2.5) - 0.14 * std::cos(2 * CV_PI * x / 0.11)); });
    c.grain(cap, 0.05f, 0.02, 0.02, dice);
}

/// A canvas of this extent in eye distances.
template <class Draw>
std::shared_ptr<const FigureLayer> layer(double half_width, double above, double below, Draw draw) {
    Canvas canvas(figure_eye_distance, half_width, above, 2 * half_width, above + below);
    draw(canvas);
    return std::make_shared<const FigureLayer>(FigureLayer{canvas.picture(), half_width, above});
}
}  // namespace

FigureLook look_of(const PersonScene& s) {
    FigureLook look{s.skin, s.hair, s.clothes, s.clothes_lightness, std::clamp(s.eyes_open, 0.0, 1.0), std::clamp(s.mouth_open, 0.0, 1.0), s.glasses, std::clamp(s.glare, 0.0, 1.0), 0, s.hat, s.seed};
    if (look.glare > 0 && look.glasses == Glasses::none) look.glasses = Glasses::clear;
    if (look.glasses == Glasses::tinted) look.tint = std::clamp(s.tint, 0.0, 1.0);
    return look;
}

double figure_crown(int hair, bool hat) {
    constexpr std::array crowns{1.81, 1.75, 1.90, 1.88};
    return hat ? 2.11 : crowns[static_cast<std::size_t>(variant(hair))];
}

FigureLook body_of(FigureLook look) {
    const FigureLook plain;
    look.eyes_open = plain.eyes_open;
    look.mouth_open = plain.mouth_open;
    look.glasses = plain.glasses;
    look.glare = plain.glare;
    look.tint = plain.tint;
    look.hat = plain.hat;
    return look;
}

Figure draw_figure(const FigureLook& look) {
    Dice dice(look.seed);
    const Tones tones = tones_of(look);
    Figure figure;
    figure.ears_covered = variant(look.hair) >= bob;
    figure.body = layer(4.0, -0.8, 6.0, [&](Canvas& c) { draw_neck_and_clothes(c, look, tones, dice); });
    figure.hair_behind = layer(1.9, 2.3, 3.7, [&](Canvas& c) { draw_hair_behind(c, look, tones); });
    figure.ears = layer(1.6, 0.6, 1.0, [&](Canvas& c) { draw_ears(c, tones); });
    return draw_figure(look, figure);
}

Figure draw_figure(const FigureLook& look, const Figure& same_body) {
    Dice dice(look.seed + 1'000);
    const Tones tones = tones_of(look);
    Figure figure = same_body;
    figure.head = layer(1.9, 2.3, 4.0, [&](Canvas& c) {
        draw_head(c, look, tones);
        draw_face(c, look, tones);
        const Outline head = head_outline(look.mouth_open);
        c.grain(head, 0.010f, 0.025, 0.025, dice);
        c.grain(head, 0.014f, 0.20, 0.20, dice);
        draw_brows(c, tones, dice);
        draw_glasses(c, look);
        draw_front_hair(c, look, tones, dice);
        if (look.hat) draw_hat(c, dice);
    });
    return figure;
}

}  // namespace sim
