// The larger widgets: tables of rows, notes, keypad, dots, pages.
#include "ui/frame.hpp"

namespace ui {

using namespace theme;

float Frame::rows(float y, std::span<const Row> lines, float limit) {
    const float inner = column - 2 * padding;
    const Look label{.role = Role::body, .ink = quiet, .middle = true};
    float label_width = 0;
    for (const auto& row : lines) label_width = std::max(label_width, width_of(row.label, label) + 44);
    label_width = std::min(label_width, column * 0.36F);
    std::vector<float> heights;
    float total = 0;
    for (const auto& row : lines) {
        const float value_width = inner - label_width - (row.button.empty() ? 0 : 190 * k());
        const float value = height_of(row.value, {.role = Role::strong, .align = Align::right}, value_width);
        heights.push_back(std::max({92.F, value + 44, row.button.empty() ? 0.F : 104.F}));
        total += heights.back();
    }
    const float room = limit - y - 2 * 16;
    const float squeeze = total > room ? room / total : 1;
    const Rect box{margin, y, column, total * squeeze + 2 * 16};
    card(box);
    float top = y + 16;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto& row = lines[i];
        const float h = heights[i] * squeeze;
        if (i) pen_.box({margin + padding, top - 1, inner, 2}, Colour{0xEDF1F3});
        float right = margin + column - padding;
        if (!row.button.empty()) {
            const float w = std::max(130.F, width_of(row.button, {.role = Role::note}) + 56);
            pill({right - w, top + (h - 72) / 2, w, 72}, {row.button_id, row.button, Kind::secondary, row.act});
            right -= w + gap;
        }
        text({margin + padding, top + 6, label_width - 16, h - 12}, row.label, label);
        const float x = margin + padding + label_width;
        text({x, top + 6, right - x, h - 12}, row.value, {.role = Role::strong, .ink = row.ink, .align = Align::right, .middle = true});
        top += h;
    }
    return box.bottom();
}

float Frame::note_card(float y, std::string_view words, Mark mark, Colour colour, Role role) {
    const float indent = mark == Mark::none ? 0 : 92;
    const Look look{.role = role, .ink = theme::ink};
    const float h = height_of(words, look, column - 2 * padding - indent);
    const Rect box{margin, y, column, h + 2 * padding};
    card(box);
    if (mark != Mark::none) pen_.mark(mark, {box.x + padding + 30, box.centre().y}, 58, colour);
    text({box.x + padding + indent, y + padding, box.w - 2 * padding - indent, h + 1}, words, look);
    return box.bottom();
}

namespace {
constexpr float bullet_indent = 120, bullet_gap = 18, bullets_padding = 28;
float height_of_bullet(Frame& frame, std::string_view key) {
    return std::max(60.F, frame.height_of(frame.say(key), {.role = Role::body}, column - bullet_indent - padding));
}
}  // namespace

float Frame::height_of_bullets(std::span<const std::string_view> keys) {
    float h = 2 * bullets_padding - bullet_gap;
    for (const auto key : keys) h += height_of_bullet(*this, key) + bullet_gap;
    return h;
}

void Frame::bullets(float y, std::span<const std::string_view> keys) {
    const Rect box{margin, y, column, height_of_bullets(keys)};
    card(box);
    y += bullets_padding;
    for (const auto key : keys) {
        const float h = height_of_bullet(*this, key);
        pen_.disc({box.x + 76, y + h / 2}, 12, action);
        text({box.x + bullet_indent, y, column - bullet_indent - padding, h}, say(key), {.role = Role::body, .middle = true});
        y += h + bullet_gap;
    }
}

float Frame::keypad(const Keypad& keys) {
    constexpr float key_height = 148, key_gap = 20;
    const float w = (column - 2 * key_gap) / 3, top = content_bottom - 4 * key_height - 3 * key_gap;
    const auto place = [&](int i) {
        return Rect{margin + static_cast<float>(i % 3) * (w + key_gap), top + static_cast<float>(i / 3) * (key_height + key_gap), w, key_height};
    };
    const auto type = [keys](char digit) {
        return [keys, digit](Acts& acts) {
            auto& first = acts.entry.*keys.into;
            auto& into = keys.twice && first.size() >= keys.most ? acts.entry.again : first;
            if (into.size() < keys.most) into.push_back(digit);
        };
    };
    for (int i = 0; i < 10; ++i) {
        const int digit = i == 9 ? 0 : i + 1;
        button(place(i == 9 ? 10 : i), {fmt::format("digit_{}", digit), fmt::to_string(digit), Kind::secondary, type(static_cast<char>('0' + digit))}, Role::key);
    }
    if (keys.x) button(place(9), {"key_X", "X", Kind::secondary, type('X'), (entry().*keys.into).size() + 1 == keys.most}, Role::key);
    take_back_key(place(11), std::string(keys.back), [keys](Acts& acts) {
        auto& into = keys.twice && !acts.entry.again.empty() ? acts.entry.again : acts.entry.*keys.into;
        if (into.empty()) return;
        into.back() = '\0';
        into.pop_back();
    });
    return top;
}

void Frame::take_back_key(const Rect& r, std::string id, Act act) {
    ground(r, is_pressed(id) ? theme::pressed : paper, radius_button);
    pen_.outline(r, edge, radius_button, 3);
    const float words = width_of(say("common.erase"), {.role = Role::body});
    if (words + 110 > r.w) {
        pen_.mark(Mark::erase, r.centre(), 64, theme::ink);
    } else {
        const float x = r.centre().x - (words + 90) / 2;
        pen_.mark(Mark::erase, {x + 34, r.centre().y}, 64, theme::ink);
        text({x + 90, r.y, words + 2, r.h}, say("common.erase"), {.role = Role::body, .middle = true, .one_line = true});
    }
    target(std::move(id), r, true, std::move(act));
}

void Frame::remark(const Rect& r, std::string_view words, bool refused) {
    const float indent = refused ? 84 : 0;
    if (refused) pen_.mark(Mark::warning, {r.x + 30, r.centre().y}, 52, stop);
    text({r.x + indent, r.y, r.w - indent, r.h}, words, {.role = Role::hint, .ink = refused ? stop : quiet, .middle = true});
}

void Frame::field(const Rect& r, std::string_view typed, std::string_view expected, bool complete) {
    ground(r, theme::card, radius_card);
    pen_.outline(r, complete ? done : action, radius_card, 4);
    const bool empty = typed.empty();
    // A very long name rather stands in two lines than tiny in one.
    if (!empty && width_of(typed, {.role = Role::number}) > 2 * k() * r.w)
        return void(text(r.inset(30, 8), typed, {.role = Role::strong, .align = Align::centre, .middle = true}));
    text(r.inset(30, 16), empty ? expected : typed,
         {.role = empty ? Role::body : Role::number, .ink = empty ? quiet : theme::ink, .align = Align::centre, .middle = true, .one_line = true});
}

void Frame::dots(const Rect& r, std::size_t typed, std::size_t most) {
    ground(r, theme::card, radius_card);
    pen_.outline(r, typed > 0 && typed < most ? action : edge, radius_card, 3);
    const float step = std::min(120.F, r.w / static_cast<float>(most + 1));
    for (std::size_t i = 0; i < most; ++i) {
        const Point c{r.centre().x + (static_cast<float>(i) - static_cast<float>(most - 1) / 2) * step, r.centre().y};
        if (i < typed) pen_.disc(c, 22, theme::ink);
        else pen_.circle(c, 22, edge, 4);
    }
}

int Frame::pager(Rect& r, int pages) {
    auto& page = entry().page;
    page = std::clamp(page, 0, std::max(pages - 1, 0));
    if (pages < 2) return 0;
    const int now = page;
    const float h = 88;
    const Rect strip{r.x, r.bottom() - h, r.w, h};
    r.h -= h + gap_small;
    const float w = 250;
    const auto turn = [](int by) {
        return [by](Acts& acts) { acts.entry.page += by; };
    };
    button({strip.x, strip.y, w, h}, {"previous_page", say("common.previous_page"), Kind::secondary, turn(-1), now > 0}, Role::body);
    button({strip.right() - w, strip.y, w, h}, {"next_page", say("common.next_page"), Kind::secondary, turn(1), now < pages - 1}, Role::body);
    text({strip.x + w + 16, strip.y, strip.w - 2 * w - 32, h}, say("common.page", {{"n", fmt::to_string(now + 1)}, {"of", fmt::to_string(pages)}}),
         {.role = Role::note, .ink = quiet, .align = Align::centre, .middle = true, .one_line = true});
    return now;
}

}  // namespace ui
