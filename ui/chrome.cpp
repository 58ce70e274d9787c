// What every screen shares: bar, progress, question, action row, the reach row for wheelchairs, and the idle warning.
#include "ui/frame.hpp"

namespace ui {

using namespace theme;

namespace {
Choice help_choice(const Frame& frame, std::string id) {
    return {std::move(id), frame.say(frame.parts().shown.help_called ? "common.help_called" : "common.help"), Kind::secondary,
            [](Acts& acts) { acts.stage.call_help(); }};
}
Choice large_choice(const Frame& frame, std::string id) {
    const bool to = !frame.large();
    return {std::move(id), frame.say(to ? "common.large_on" : "common.large_off"), Kind::secondary, [to](Acts& acts) { acts.stage.set_large_text(to); }};
}
}  // namespace

void Frame::bar() {
    const bool staff = kiosk::is_staff(parts_.shown.question);
    ground({0, 0, width, bar_height}, staff ? staff_bar : theme::card);
    if (!staff) pen_.box({0, bar_height - 2, width, 2}, theme::line);
    const auto language = chinese() ? kiosk::Language::en : kiosk::Language::zh;
    Choice pills[] = {help_choice(*this, "help"),
                      {"language", say("common.other_language"), Kind::secondary, [language](Acts& acts) { acts.stage.set_language(language); }},
                      large_choice(*this, "large_text")};
    float x = width - margin;
    const Look look{.role = Role::note};
    for (const auto& pill_choice : pills) {
        const float w = std::max(112.F, width_of(pill_choice.label, look) + 60);
        x -= w;
        pill({x, (bar_height - 76) / 2, w, 76}, pill_choice, staff);
        x -= gap_small;
    }
    const float room = x - margin;
    const Look name{.role = Role::strong, .ink = staff ? on_staff : Colour{0x0A4A73}, .middle = true, .one_line = true};
    const std::string brand = say(staff ? "common.staff" : "common.brand");
    const auto& hall = choose(parts_.place.hall_zh, parts_.place.hall_en);
    const Look where{.role = Role::note, .ink = staff ? staff_quiet : quiet, .middle = true, .one_line = true};
    const float used = std::min(width_of(brand, name), room), beside = room - used - 24;
    const bool fits_beside = width_of(hall, where) * 0.82F <= beside;
    if (large() || fits_beside) {
        text({margin, 0, used + 1, bar_height}, brand, name);
        if (!large()) text({margin + used + 24, 0, beside, bar_height}, hall, where);
    } else {
        text({margin, 18, used + 1, 56}, brand, name);
        text({margin, 76, room, 40}, hall, where);
    }
}

void Frame::progress(float y) {
    const auto now = static_cast<int>(kiosk::progress_of(parts_.shown.question));
    const float w = (column - 4 * 12) / 5;
    for (int i = 1; i <= 5; ++i) {
        const float x = margin + static_cast<float>(i - 1) * (w + 12);
        pen_.box({x, y, w, 12}, Colour{0xD3DCE2}, 6);
        const float part = i < now || now == 5 ? 1.F : i == now ? 0.5F : 0.F;
        if (part > 0) pen_.box({x, y, w * part, 12}, action, 6);
        const bool reached = i <= now;
        const auto key = fmt::format("progress.{}", name_of(static_cast<kiosk::Progress>(i)));
        text({x, y + 26, w, 40}, reached ? bold(say(key)) : say(key), {.role = Role::note, .ink = reached ? Colour{0x0A4A73} : quiet, .one_line = true});
    }
}

Rect Frame::head(std::string_view question, std::string_view hint, Colour colour) {
    bar();
    float y = bar_height + gap_large;
    if (kiosk::progress_of(parts_.shown.question) != kiosk::Progress::none && !large()) {
        progress(bar_height + 54);
        y = bar_height + progress_height + gap_large;
    }
    y += 8;
    y += text({margin, y, column, 360}, question, {.role = Role::question, .ink = colour});
    if (!hint.empty()) y += 26 + text({margin, y + 26, column, 190}, hint, {.role = Role::hint, .ink = theme::quiet});
    y += 36;
    return {margin, y, column, content_bottom - y};
}

void Frame::actions(std::vector<Choice> choices, bool leave) {
    if (leave && parts_.shown.may_leave) {
        const auto phase = parts_.shown.phase;
        choices.insert(choices.begin(), Choice{"leave", say("common.leave"), Kind::secondary, [phase](Acts& acts) { acts.stage.leave_button(phase); }});
    }
    if (choices.empty()) return;
    float weights = 0;
    const auto weight = [&](const Choice& c) { return c.kind == Kind::primary || c.kind == Kind::danger ? 2.1F : c.id == "leave" ? 0.85F : 1.15F; };
    for (const auto& c : choices) weights += weight(c);
    const float room = column - gap_small * static_cast<float>(choices.size() - 1);
    float x = margin;
    // A lone way out does not shout across the whole width.
    if (choices.size() == 1 && choices[0].id == "leave") return button({x, action_top, 300 * k(), action_height}, choices[0]);
    for (const auto& c : choices) {
        const float w = room * weight(c) / weights;
        button({x, action_top, w, action_height}, c);
        x += w + gap_small;
    }
}

void Frame::reach() {
    const Choice pills[] = {help_choice(*this, "help_low"), large_choice(*this, "large_text_low")};
    float x = width - margin;
    for (const auto& p : pills) {
        const float w = std::max(170.F, width_of(p.label, {.role = Role::note}) + 80);
        x -= w;
        pill({x, reach_top, w, reach_height}, p);
        x -= gap_small;
    }
    const Rect room{margin, reach_top - 8, x - margin, reach_height + 16};
    if (parts_.shown.help_called) {
        pen_.mark(Mark::check, {room.x + 20, room.centre().y}, 34, done);
        text({room.x + 52, room.y, room.w - 52, room.h}, say("common.help_note"), {.role = Role::note, .ink = done, .middle = true});
    } else if (!large() && !foot_.empty()) {
        text(room, foot_, {.role = Role::note, .ink = quiet, .middle = true});
    }
}

void Frame::idle_warning(int seconds) {
    drawn_.targets.clear();
    drawn_.texts.clear();
    pen_.box({0, 0, width, height}, Colour{0x0B1820}, 0, 0.62F);
    const bool has_document = kiosk::progress_of(parts_.shown.question) != kiosk::Progress::none && !kiosk::is_staff(parts_.shown.question);
    const std::tuple<std::string, Look, float> lines[] = {{say("idle.question"), {.role = Role::question}, 30.F},
                                                          {say("idle.hint", {{"n", fmt::to_string(seconds)}}), {.role = Role::hint, .ink = quiet}, 24.F},
                                                          {has_document ? say("idle.reminder") : std::string{}, {.role = Role::hint, .ink = attention}, 24.F}};
    const float inner = width - 56 - 2 * 56;
    float h = 2 * 60 + 24 + 200;
    for (const auto& [words, look, after] : lines) h += words.empty() ? 0 : height_of(words, look, inner) + after;
    const Rect sheet{28, height - 28 - h, width - 56, h};
    ground(sheet, theme::card, 44);
    const Rect inside = sheet.inset(56, 60);
    float y = inside.y;
    for (const auto& [words, look, after] : lines)
        if (!words.empty()) y += text({inside.x, y, inside.w, inside.bottom() - y}, words, look) + after;
    button({inside.x, inside.bottom() - 200, inside.w, 200}, {"stay", say("idle.stay"), Kind::primary, [](Acts& acts) { acts.stage.touched(); }});
}

}  // namespace ui
