// The card is made, taken, and what is left to do.
#include "ui/screens/screens.hpp"

namespace ui::screens {

using namespace theme;
using kiosk::MakeStage;

namespace {
void ring(Frame& frame, Point c, float radius, const kiosk::MakingCard& q) {
    const float width = 40;
    frame.pen().circle(c, radius, Colour{0xDCE5EA}, width);
    frame.pen().arc(c, radius, 0, static_cast<float>(std::clamp(q.done, 0.0, 1.0)), action, width);
    const bool soon = q.seconds_left <= 0;
    const Rect inside{c.x - radius + 44, c.y - radius, 2 * radius - 88, 2 * radius};
    frame.text({inside.x, c.y - 118, inside.w, 150}, soon ? frame.say("screen.making_card.soon") : minutes_seconds(q.seconds_left),
               {.role = Role::number, .align = Align::centre, .middle = true, .one_line = true, .scale = 1.4F});
    frame.text({inside.x, c.y + 54, inside.w, 70}, frame.say(soon ? "screen.making_card.soon_note" : "screen.making_card.remaining"),
               {.role = Role::body, .ink = quiet, .align = Align::centre, .one_line = true});
}

void steps(Frame& frame, const Rect& box, MakeStage now) {
    frame.card(box);
    constexpr int count = 5;
    const float h = (box.h - 24) / count;
    for (int i = 0; i < count; ++i) {
        const auto stage = static_cast<MakeStage>(i);
        const bool past = stage < now, present = stage == now;
        const Rect r{box.x + padding, box.y + 12 + static_cast<float>(i) * h, box.w - 2 * padding, h};
        if (i) frame.pen().box({r.x, r.y - 1, r.w, 2}, Colour{0xEDF1F3});
        const Point c{r.x + 22, r.centre().y};
        const Colour colour = past ? done : present ? action : faint;
        if (past) frame.pen().mark(Mark::check, c, 38, done);
        else if (present) frame.pen().disc(c, 17, action);
        else frame.pen().circle(c, 16, edge, 3);
        const auto words = frame.say(fmt::format("screen.making_card.step.{}", name_of(stage)));
        const float right = past || present ? 190 * frame.k() : 0;
        frame.text({r.x + 66, r.y, r.w - 66 - right, h}, present ? bold(words) : words, {.role = Role::body, .ink = colour, .middle = true, .one_line = true});
        if (right > 0)
            frame.text({r.right() - right, r.y, right, h}, frame.say(past ? "common.yes" : "common.now"),
                       {.role = Role::body, .ink = colour, .align = Align::right, .middle = true, .one_line = true});
    }
}

/// A card that comes out of the slot below, drawn as it lies there.
void slot(Frame& frame, const Rect& r) {
    const auto& pen = frame.pen();
    const Point c{r.centre().x, r.y + r.h * 0.46F};
    const Rect mouth{c.x - 320, c.y + 90, 640, 76};
    pen.box(mouth, Colour{0x14242F}, 38);
    pen.outline(mouth, done, 38, 9);
    const Rect card{c.x - 230, c.y - 250, 460, 386};
    pen.box(card, action_tint, 28);
    pen.outline(card, action, 28, 6);
    pen.box({card.x + 40, card.y + 50, 118, 90}, Colour{0xD9B65A}, 14);
    pen.stroke({{card.x + 40, card.y + 95}, {card.x + 158, card.y + 95}}, Colour{0xB08E35}, 3);
    const Colour bar{0x83A9C6};
    constexpr float lines[][3] = {{200, 70, 410}, {200, 116, 350}, {44, 206, 370}, {44, 256, 290}};
    for (const auto& l : lines) pen.stroke({{card.x + l[0], card.y + l[1]}, {card.x + l[2], card.y + l[1]}}, bar, 15);
    pen.mark(Mark::arrow_down, {c.x, std::min(mouth.bottom() + 84, r.bottom() - 70)}, 110, done);
}
}  // namespace

void draw(Frame& frame, const kiosk::MakingCard& q) {
    const std::string hint = q.are_you_there ? frame.say("screen.making_card.are_you_there_hint")
                             : q.again       ? frame.say("screen.making_card.again_hint")
                                             : frame.say("screen.making_card.hint");
    const Rect room =
        frame.head(frame.say(q.are_you_there ? "screen.making_card.are_you_there" : "screen.making_card.question"), hint, q.are_you_there ? attention : ink);
    const float bottom = q.are_you_there ? room.bottom() : action_top + action_height;
    const float list = std::min(5 * 96.F + 24, (bottom - room.y) * 0.5F), free = bottom - room.y - list - gap;
    const float radius = std::min(236.F, free / 2 - 26);
    ring(frame, {room.centre().x, room.y + free / 2}, radius, q);
    steps(frame, {room.x, bottom - list, room.w, list}, q.stage);
    if (q.are_you_there) frame.actions({{"here", frame.say("screen.making_card.here"), Kind::primary, answers<kiosk::MakingCard>(kiosk::MakingCard::Answer::here)}});
    frame.foot(frame.say("screen.making_card.foot"));
}

void draw(Frame& frame, const kiosk::TakeCard& q) {
    const Rect room = frame.head(frame.say("screen.take_card.question"), frame.say("screen.take_card.hint"), done);
    const auto waits = frame.say("screen.take_card.waits", {{"n", fmt::to_string(std::max(q.seconds_left, 0))}});
    const Look look{.role = Role::hint, .align = Align::centre};
    const float h = frame.height_of(waits, look, column);
    const Rect box{room.x, room.y, room.w, room.h - h - gap_large};
    frame.card(box);
    slot(frame, box);
    frame.text({room.x, box.bottom() + gap_small + 4, room.w, h + 2}, waits, look);
    if (q.may_extend)
        frame.actions({{"more_time", frame.say("screen.take_card.more_time"), Kind::secondary, answers<kiosk::TakeCard>(kiosk::TakeCard::Answer::more_time)}});
    frame.foot(frame.say("screen.take_card.foot"));
}

void draw(Frame& frame, const kiosk::Finished& q) {
    const Rect room = frame.head(frame.say("screen.finished.question"), frame.say("screen.finished.hint"), done);
    std::vector<Row> rows{{frame.say("screen.finished.social"), frame.say(q.activated ? "screen.finished.social_on" : "screen.finished.social_later"),
                           q.activated ? done : attention},
                          {frame.say("screen.finished.pin"), frame.say("screen.finished.pin_set"), done},
                          {frame.say("screen.finished.bank"), frame.say("screen.finished.bank_do", {{"bank", frame.choose(q.bank_zh, q.bank_en)}}), attention}};
    if (!q.reference.empty()) rows.push_back({frame.say("screen.finished.reference"), group_reference(q.reference)});
    const float y = frame.rows(room.y, rows, room.bottom()) + gap;
    if (!frame.large()) frame.note_card(y, bold(frame.say("screen.finished.next")) + "\n" + frame.say("screen.finished.next_do"), Mark::info, action);
    frame.actions({{"done", frame.say("screen.finished.done"), Kind::primary, answers<kiosk::Finished>(kiosk::Finished::Answer::done)}}, false);
}

}  // namespace ui::screens
