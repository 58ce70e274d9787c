// Three rows of letters; the middle one stands half a key in, as everywhere.
#include "ui/screens/keys.hpp"

namespace ui::screens {

using namespace theme;

namespace {
constexpr float key_gap = 10, columns = 10;
constexpr float key_width = (column - (columns - 1) * key_gap) / columns;

void key(Frame& frame, const Rect& r, std::string id, const std::string& label, Act act) {
    const bool down = frame.is_pressed(id);
    frame.ground(r, down ? pressed : theme::card, 16);
    frame.pen().outline(r, edge, 16, 2);
    // A letter has only its own key's width: large text does not make the key wider.
    frame.text(r.inset(4, 4), label, {.role = Role::title, .align = Align::centre, .middle = true, .one_line = true});
    frame.target(std::move(id), r, true, std::move(act));
}
}  // namespace

float keyboard(Frame& frame, const Keyboard& keys) {
    constexpr std::string_view rows[] = {"QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"};
    const float pitch = keys.key_height + key_gap, lines = keys.digits ? 4 : 3, top = keys.bottom - lines * pitch + key_gap;
    float y = top;
    const auto place = [&](float from) { return Rect{margin + from * (key_width + key_gap), y, key_width, keys.key_height}; };
    if (keys.digits) {
        for (int i = 0; i < 10; ++i) {
            const char digit = "1234567890"[i];
            key(frame, place(static_cast<float>(i)), fmt::format("digit_{}", digit), std::string(1, digit), keys.press(digit));
        }
        y += pitch;
    }
    constexpr float begins[] = {0, 0.5F, 1.5F};
    for (int row = 0; row < 3; ++row, y += pitch)
        for (std::size_t i = 0; i < rows[row].size(); ++i) {
            const char letter = rows[row][i];
            if (keys.letters.contains(letter))
                key(frame, place(begins[row] + static_cast<float>(i)), fmt::format("letter_{}", letter), letter == 'V' ? keys.v : std::string(1, letter), keys.press(letter));
        }
    y -= pitch;
    const float wide = 1.5F * key_width + 0.5F * key_gap;
    const Rect back{margin + column - wide, y, wide, keys.key_height};
    frame.take_back_key(back, "delete", keys.take_back);
    // Side keys stand before Z, sharing its left.
    if (!keys.side.empty()) {
        const float n = static_cast<float>(keys.side.size()), w = (wide - (n - 1) * key_gap) / n;
        float x = margin;
        for (const auto& s : keys.side) {
            frame.button({x, y, w, keys.key_height}, {s.id, s.label, Kind::secondary, s.act, s.enabled}, Role::title);
            x += w + key_gap;
        }
    }
    return top;
}

}  // namespace ui::screens
