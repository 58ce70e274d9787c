// The staff's side: PIN, the decision about a person, the second badge, short notes.
#include "ui/screens/screens.hpp"

namespace ui::screens {

using namespace theme;

void draw(Frame& frame, const kiosk::StaffPin& q) {
    constexpr std::size_t digits = 6;
    const Rect room = frame.head(frame.say(q.second_person ? "screen.staff_pin.question_second" : "screen.staff_pin.question"),
                                 frame.say("screen.staff_pin.who", {{"who", q.who}}));
    const float top = frame.keypad({.most = digits});
    const auto& typed = frame.entry().digits;
    const bool wrong = q.wrong && typed.empty();
    const auto words = wrong ? frame.say("screen.staff_pin.wrong", {{"n", fmt::to_string(q.tries_left)}}) : frame.say("screen.staff_pin.empty");
    const float said = frame.height_of(words, {.role = Role::hint}, column - 84) + 12;
    frame.remark({room.x, room.y, room.w, said}, words, wrong);
    const float y = room.y + said + 14, h = std::clamp(top - gap - y, 90.F, 200.F);
    frame.dots({room.x, y + std::max(0.F, (top - gap - y - h) / 2), room.w, h}, typed.size(), digits);
    frame.actions({{"confirm", frame.say("screen.staff_pin.confirm"), Kind::primary,
                    [](Acts& acts) {
                        acts.answer<kiosk::StaffPin>(kiosk::Secret{std::string_view(acts.entry.digits)});
                        acts.entry.wipe();
                    },
                    typed.size() == digits}});
}

namespace {
/// Portrait, and beside it the page that was photographed where the document has no chip.
void evidence_pictures(Frame& frame, const Rect& r, const kiosk::ConfirmPerson& q) {
    const bool child = q.portrait.empty();
    const float wide = r.h * 358 / 441, page_wide = q.page.empty() ? 0 : std::min(column - wide - gap, r.h * 16 / 9);
    const float x = r.centre().x - (wide + (page_wide > 0 ? page_wide + gap : 0)) / 2;
    const Rect sheet{x, r.y, wide, r.h};
    frame.card(sheet);
    frame.picture(frame.parts().pictures.jpeg("portrait", q.portrait), sheet.inset(16, 16), 8);
    if (child) frame.text(sheet.inset(24, 24), frame.say("screen.confirm_person.no_photo"), {.role = Role::hint, .ink = quiet, .align = Align::centre, .middle = true});
    if (page_wide <= 0) return;
    const Rect page{sheet.right() + gap, r.y, page_wide, r.h};
    frame.card(page);
    const auto image = frame.parts().pictures.jpeg("page", q.page);
    if (image.empty()) return void(frame.text(page.inset(24, 24), frame.say("screen.confirm_person.no_page"), {.role = Role::hint, .ink = quiet, .align = Align::centre, .middle = true}));
    const float ratio = static_cast<float>(image.height) / static_cast<float>(image.width);
    const Rect inner = page.inset(16, 16);
    const float w = std::min(inner.w, inner.h / ratio);
    frame.pen().image(image.texture, {inner.centre().x - w / 2, inner.centre().y - w * ratio / 2, w, w * ratio}, {0, 0}, {1, 1}, Colour{0xFFFFFF}, 8);
}
}  // namespace

void draw(Frame& frame, const kiosk::ConfirmPerson& q) {
    const bool child = q.portrait.empty(), original = q.evidence != drivers::Evidence::chip;
    const Rect room = frame.head(frame.say("screen.confirm_person.question"), original ? frame.say("screen.confirm_person.hint_original")
                                                                              : frame.say(child ? "screen.confirm_person.hint_child" : "screen.confirm_person.hint"));
    const std::string document = frame.say(fmt::format("document.{}.name", drivers::name_of(q.document))) + frame.say("common.dot") +
                                 frame.say(fmt::format("screen.confirm_person.evidence.{}", drivers::name_of(q.evidence)));
    std::vector<Row> rows{{frame.say("screen.confirm_person.name"), q.full_name},
                          {frame.say("screen.confirm_person.number"), q.masked_number}};
    // What every machine sees all day needs no line.
    if (original || q.document != drivers::DocumentKind::resident_id) rows.push_back({frame.say("screen.confirm_person.document"), document, original ? attention : ink});
    if (!q.guardian.empty()) rows.push_back({frame.say("screen.confirm_person.guardian"), q.guardian});
    rows.push_back({frame.say("screen.confirm_person.who"), q.who});
    const auto lines = static_cast<float>(rows.size());
    // One line for all: what staff may say to the person before they confirm.
    std::string advice;
    for (const auto reason : q.warnings) advice += (advice.empty() ? "" : "\n") + frame.say(photo_key(reason));
    if (!advice.empty()) rows.push_back({frame.say("screen.confirm_person.warnings"), advice, attention});
    const float table = (lines + (advice.empty() ? 0 : 0.45F + 0.55F * static_cast<float>(q.warnings.size()))) * 100 * frame.k() + 40;
    const Rect pictures{room.x, room.y, room.w, std::clamp(room.h - table - gap, 240.F, 620.F)};
    evidence_pictures(frame, pictures, q);
    frame.rows(pictures.bottom() + gap_small, rows, room.bottom());
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
