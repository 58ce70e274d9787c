// The tokens of the screens: colours, type, spacing, at 1080 x 1920 logical pixels. Everything that is drawn takes its measures from here.
#pragma once
#include <cmath>
#include <cstdint>

namespace ui {

struct Colour {
    std::uint32_t rgb = 0;
    friend bool operator==(const Colour&, const Colour&) = default;
};

struct Point {
    float x = 0, y = 0;
};

struct Rect {
    float x = 0, y = 0, w = 0, h = 0;
    [[nodiscard]] float right() const { return x + w; }
    [[nodiscard]] float bottom() const { return y + h; }
    [[nodiscard]] Point centre() const { return {x + w / 2, y + h / 2}; }
    [[nodiscard]] Rect inset(float dx, float dy) const { return {x + dx, y + dy, w - 2 * dx, h - 2 * dy}; }
    [[nodiscard]] bool contains(Point p) const { return p.x >= x && p.x < right() && p.y >= y && p.y < bottom(); }
    [[nodiscard]] bool contains(const Rect& r, float slack = 0.5F) const {
        return r.x >= x - slack && r.y >= y - slack && r.right() <= right() + slack && r.bottom() <= bottom() + slack;
    }
    [[nodiscard]] bool overlaps(const Rect& r, float slack = 0.5F) const {
        return r.x < right() - slack && x < r.right() - slack && r.y < bottom() - slack && y < r.bottom() - slack;
    }
};

/// What a text is for; decides size, weight and whether the millimetre rule holds for it.
enum class Role { question, hint, title, body, strong, button, key, note, number };

namespace theme {

inline constexpr int width = 1080, height = 1920;  ///< the logical canvas
inline constexpr Colour paper{0xF4F6F7}, card{0xFFFFFF}, line{0xE3E8EB}, edge{0xA9B8C1};
inline constexpr Colour ink{0x14242F}, quiet{0x43565F}, faint{0x566974};
inline constexpr Colour action{0x0B6FA8}, action_pressed{0x095A89}, action_tint{0xE7F1F7}, on_action{0xFFFFFF};
inline constexpr Colour disabled{0xDDE5E9}, disabled_ink{0x4F626D}, pressed{0xDCE8EF};
inline constexpr Colour attention{0xB45309}, attention_tint{0xFDF3E7}, done{0x1B7F4F}, done_tint{0xE8F5EE}, stop{0xB3261E}, stop_tint{0xFBEBEA};
inline constexpr Colour staff_bar{0x14242F}, staff_pill{0x24384A}, on_staff{0xFFFFFF}, staff_quiet{0xC9D4DB};

inline constexpr float radius_card = 32, radius_button = 28, radius_pill = 38;
inline constexpr float margin = 56, gap_small = 20, gap = 28, gap_large = 40, padding = 40;
inline constexpr float column = width - 2 * margin;
inline constexpr float bar_height = 132, progress_height = 120;
inline constexpr float reach_height = 76, reach_top = height - margin - reach_height;         ///< large text and help, low enough for a wheelchair
inline constexpr float action_height = 156, action_top = reach_top - gap - action_height;     ///< secondary left, primary right
inline constexpr float content_bottom = action_top - gap;
inline constexpr float large_factor = 1.3F;

inline constexpr double min_target_mm = 20, min_capital_mm = 7.3;  ///< facts: kiosk-numbers.md (0.7 degrees at 600 mm)
inline constexpr double min_contrast = 4.5;
inline constexpr double capital_per_em = 0.733;                    ///< Noto Sans CJK SC
inline constexpr float min_important = 32, min_size = 26;          ///< logical pixels of type

struct Type {
    float size;
    bool bold;
    float leading;   ///< line pitch in em
    bool important;  ///< the millimetre rule holds
};
/// English is longer than Chinese: its headings are a step smaller.
[[nodiscard]] constexpr Type type_of(Role role, bool chinese) {
    switch (role) {
        case Role::question: return {chinese ? 76.F : 68.F, true, 1.24F, true};
        case Role::hint: return {42, false, 1.4F, true};
        case Role::title: return {chinese ? 50.F : 46.F, true, 1.3F, true};
        case Role::body: return {40, false, 1.5F, true};
        case Role::strong: return {42, true, 1.4F, true};
        case Role::button: return {chinese ? 52.F : 46.F, true, 1.2F, true};
        case Role::key: return {64, true, 1.2F, true};
        case Role::note: return {32, false, 1.4F, false};
        case Role::number: return {96, true, 1.1F, true};
    }
    return {};
}

/// WCAG contrast ratio, 1..21.
[[nodiscard]] inline double contrast(Colour a, Colour b) {
    const auto luminance = [](Colour c) {
        const auto channel = [](std::uint32_t v) {
            const double s = (v & 255U) / 255.0;
            return s <= 0.04045 ? s / 12.92 : std::pow((s + 0.055) / 1.055, 2.4);
        };
        return 0.2126 * channel(c.rgb >> 16U) + 0.7152 * channel(c.rgb >> 8U) + 0.0722 * channel(c.rgb);
    };
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

}  // namespace theme
}  // namespace ui
