// The staff's side: PIN, the decision about a person, the second badge, short notes.
#include "ui/screens/screens.hpp"

namespace ui::screens {

using namespace theme;

void draw(Frame& frame, const kiosk::StaffPin& q) {
    constexpr std::size_t digits = 6;
    const Rect room = frame.head(frame.say(q.second_person ? "screen.staff_pin.question_second" : "screen.staff_pin.question"),
                                 frame.say("screen.staff_pin.who", {{"who", q.who}}));
    const float top = frame.keypad(digits, false);
    const auto& typed = frame.entry().digits;
    const bool wrong = q.wrong && typed.empty();
    const auto words = wrong ? frame.say("screen.staff_pin.wrong", {{"n", fmt::to_string(q.tries_left)}}) : frame.say("screen.staff_pin.empty");
    const float said = frame.height_of(words, {.role = Role::hint}, column - 84) + 12;
    if (wrong) frame.pen().mark(Mark::warning, {room.x + 30, room.y + said / 2}, 52, stop);
    frame.text({room.x + (wrong ? 84 : 0), room.y, room.w - (wrong ? 84 : 0), said}, words, {.role = Role::hint, .ink = wrong ? stop : quiet, .middle = true});
    const float y = room.y + said + 14, h = std::clamp(top - gap - y, 90.F, 200.F);
    frame.dots({room.x, y + std::max(0.F, (top - gap - y - h) / 2), room.w, h}, typed.size(), digits);
    frame.actions({{"confirm", frame.say("screen.staff_pin.confirm"), Kind::primary,
                    [](Acts& acts) {
                        acts.answer<kiosk::StaffPin>(kiosk::Secret{std::string_view(acts.entry.digits)});
                        acts.entry.wipe();
                    },
                    typed.size() == digits}});
}

void draw(Frame& frame, const kiosk::ConfirmPerson& q) {
    const bool child = q.portrait.empty();
    const Rect room = frame.head(frame.say("screen.confirm_person.question"), frame.say(child ? "screen.confirm_person.hint_child" : "screen.confirm_person.hint"));
    std::vector<Row> rows{{frame.say("screen.confirm_person.name"), q.full_name},
                          {frame.say("screen.confirm_person.number"), q.masked_number},
                          {frame.say("screen.confirm_person.who"), q.who}};
    // One line for all: what staff may say to the person before they confirm.
    std::string advice;
    for (const auto reason : q.warnings) advice += (advice.empty() ? "" : "\n") + frame.say(photo_key(reason));
    if (!advice.empty()) rows.push_back({frame.say("screen.confirm_person.warnings"), advice, attention});
    const float lines = 3 + (advice.empty() ? 0 : 0.45F + 0.55F * static_cast<float>(q.warnings.size()));
    const float table = lines * 104 * frame.k() + 60;
    const float tall = std::min(620.F, room.h - table - gap), wide = tall * 358 / 441;
    const Rect sheet{room.centre().x - wide / 2, room.y, wide, tall};
    frame.card(sheet);
    frame.picture(frame.parts().pictures.jpeg("portrait", q.portrait), sheet.inset(16, 16), 8);
    if (child) frame.text(sheet.inset(24, 24), frame.say("screen.confirm_person.no_photo"), {.role = Role::hint, .ink = quiet, .align = Align::centre, .middle = true});
    frame.rows(sheet.bottom() + gap_small, rows, room.bottom());
    using Answer = kiosk::ConfirmPerson::Answer;
    frame.actions({{"different", frame.say("screen.confirm_person.different"), Kind::secondary, answers<kiosk::ConfirmPerson>(Answer::different)},
                   {"same", frame.say("screen.confirm_person.same"), Kind::primary, answers<kiosk::ConfirmPerson>(Answer::same)}});
}

void draw(Frame& frame, const kiosk::SecondBadge& q) {
    const Rect room = frame.head(frame.say("screen.second_badge.question"), frame.say("screen.second_badge.hint"));
    float y = room.y;
    if (q.same_person) y = frame.note_card(y, frame.say("screen.second_badge.same_person"), Mark::warning, stop) + gap;
    const float size = std::min(230.F, (room.bottom() - y) * 0.4F);
    frame.pen().mark(Mark::people, {room.centre().x, y + (room.bottom() - y) / 2}, size, action);
    frame.actions({});
}

void draw(Frame& frame, const kiosk::StaffNote& q) {
    using What = kiosk::StaffNote::What;
    const auto key = fmt::format("screen.staff_note.{}", name_of(q.what));
    const bool good = q.what == What::loaded || q.what == What::bin_emptied || q.what == What::reconciled || q.what == What::path_reopened;
    const Rect room = frame.head(frame.say(key + ".question", {{"n", fmt::to_string(q.count)}}), frame.say(key + ".hint"), good ? done : attention);
    const Point c{room.centre().x, room.y + room.h * 0.42F};
    frame.pen().disc(c, 150, good ? done_tint : attention_tint);
    frame.pen().mark(good ? Mark::check : Mark::warning, c, 150, good ? done : attention);
    frame.actions({{"understood", frame.say("screen.staff_note.understood"), Kind::primary, answers<kiosk::StaffNote>(kiosk::StaffNote::Answer::understood)}}, false);
}

}  // namespace ui::screens
