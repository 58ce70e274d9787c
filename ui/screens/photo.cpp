// The photograph: guidance that says what to do, the picture with its rules, and the member of staff who looks where the machine cannot tell.
#include "ui/screens/screens.hpp"

namespace ui::screens {

using namespace theme;
using kiosk::PhotoHint;

namespace {
/// A status, not a button: mark and word on the paper.
void status(Frame& frame, const Rect& r, const std::string& word, const std::string& verdict, bool good) {
    const Colour colour = good ? done : attention;
    const std::string words = frame.large() ? word : bold(word) + " " + verdict;
    const Look look{.role = Role::note, .ink = colour, .middle = true, .one_line = true};
    const float w = std::min(frame.width_of(words, look), r.w - 66), x = r.centre().x - (w + 62) / 2;
    frame.pen().disc({x + 23, r.centre().y}, 23, colour);
    frame.pen().mark(good ? Mark::check : Mark::cross, {x + 23, r.centre().y}, good ? 26 : 24, Colour{0xFFFFFF});
    frame.text({x + 60, r.y, r.w - 62, r.h}, words, look);
}

/// Which way to go, at the picture's edge.
void arrow(Frame& frame, const Rect& r, PhotoHint hint) {
    const auto& pen = frame.pen();
    if (hint == PhotoHint::background_left || hint == PhotoHint::background_right) {
        const bool left = hint == PhotoHint::background_left;
        pen.box({left ? r.x : r.right() - 26, r.y + 30, 26, r.h - 60}, attention, 12);
    }
    if (hint == PhotoHint::look_here || hint == PhotoHint::no_face) {
        const Point c{r.centre().x, r.y + 74};
        pen.disc(c, 54, action);
        pen.stroke({{c.x, c.y + 24}, {c.x, c.y - 22}}, on_action, 10);
        pen.stroke({{c.x - 20, c.y - 4}, {c.x, c.y - 24}, {c.x + 20, c.y - 4}}, on_action, 10);
    }
}
}  // namespace

void draw(Frame& frame, const kiosk::TakePhoto& q) {
    const bool good = q.hint == PhotoHint::hold_still, calm = q.hint == PhotoHint::look_here;
    const Colour colour = good ? done : calm ? ink : attention;
    const Rect room =
        frame.head(frame.say(fmt::format("screen.take_photo.{}.question", name_of(q.hint))), frame.large() ? "" : frame.say("screen.take_photo.hint"), colour);
    const float strip = 96;
    const Rect view{room.x, room.y, room.w, room.h - strip};
    frame.ground(view, Colour{0x2A3B46}, radius_card);
    frame.picture(frame.parts().pictures.rgb("preview", q.width, q.height, q.preview_rgb), view, radius_card);
    const Point c{view.centre().x, view.y + view.h * 0.48F};
    const Point radii{view.h * 0.3F, view.h * 0.39F};
    frame.pen().dashed_ellipse(c, radii, Colour{0x14242F}, 12);
    frame.pen().dashed_ellipse(c, radii, good ? Colour{0x7BE0AF} : Colour{0xFFFFFF}, 7);
    frame.pen().outline(view, good ? done : calm ? line : attention, radius_card, good || !calm ? 8 : 3);
    arrow(frame, view, q.hint);
    const std::pair<std::string_view, bool> checks[] = {
        {"screen.take_photo.background", q.background_ok}, {"screen.take_photo.light", q.light_ok}, {"screen.take_photo.place", q.place_ok}};
    float x = room.x;
    for (const auto& [key, ok] : checks) {
        status(frame, {x, view.bottom() + 18, room.w / 3, strip - 18}, frame.say(key), frame.say(ok ? "screen.take_photo.ok" : "screen.take_photo.not_yet"), ok);
        x += room.w / 3;
    }
    frame.actions({{"ask_for_help", frame.say("screen.take_photo.ask_for_help"), Kind::secondary, answers<kiosk::TakePhoto>(kiosk::TakePhoto::Answer::ask_for_help)}});
    frame.foot(frame.say("screen.take_photo.foot"));
}

void draw(Frame& frame, const kiosk::PhotoTaken& q) {
    const Rect room = frame.head(frame.say("screen.photo_taken.question"), frame.say("screen.photo_taken.hint"));
    const auto image = frame.parts().pictures.jpeg("taken", q.jpeg);
    constexpr std::string_view rules[] = {"screen.photo_taken.rule_eyes", "screen.photo_taken.rule_ears", "screen.photo_taken.rule_white"};
    const Look look{.role = Role::body};
    float rules_height = 2 * 28;
    for (const auto key : rules) rules_height += std::max(60.F, frame.height_of(frame.say(key), look, column - 180)) + 18;
    const float tall = std::min(760.F, room.h - rules_height - gap - 24), wide = tall * 358 / 441;
    const Rect sheet{room.centre().x - wide / 2 - 24, room.y, wide + 48, tall + 48};
    frame.card(sheet);
    frame.picture(image, sheet.inset(24, 24), 8);
    const Rect box{room.x, sheet.bottom() + gap - 4, room.w, rules_height - 18};
    frame.card(box);
    float y = box.y + 28;
    for (const auto key : rules) {
        const float h = std::max(60.F, frame.height_of(frame.say(key), look, column - 180));
        frame.pen().disc({box.x + 76, y + h / 2}, 12, action);
        frame.text({box.x + 120, y, column - 160, h}, frame.say(key), {.role = Role::body, .middle = true});
        y += h + 18;
    }
    std::vector<Choice> choices;
    if (q.retakes_left > 0)
        choices.push_back({"retake", frame.say("screen.photo_taken.retake"), Kind::secondary, answers<kiosk::PhotoTaken>(kiosk::PhotoTaken::Answer::retake)});
    choices.push_back({"keep", frame.say("screen.photo_taken.keep"), Kind::primary, answers<kiosk::PhotoTaken>(kiosk::PhotoTaken::Answer::keep)});
    frame.actions(std::move(choices));
    frame.foot(q.retakes_left > 0 ? frame.say("screen.photo_taken.retakes", {{"n", fmt::to_string(q.retakes_left)}}) : frame.say("screen.photo_taken.no_retakes"));
}

void draw(Frame& frame, const kiosk::CallStaff& q) {
    const Rect room = frame.head(frame.say("screen.call_staff.question"), frame.say("screen.call_staff.hint"), attention);
    float y = frame.note_card(room.y, frame.say("screen.call_staff.body"), Mark::people, action, Role::strong) + gap_small;
    if (!q.window.empty()) y = frame.note_card(y, frame.say("screen.call_staff.other", {{"window", q.window}}), Mark::arrow_right, quiet);
    frame.actions({});
}

}  // namespace ui::screens
