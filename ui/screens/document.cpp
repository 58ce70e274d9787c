// The document: where to lay it, what the reader is doing, take it back; and the short waits for the centre.
#include "ui/screens/papers.hpp"

namespace ui::screens {

using namespace theme;
using drivers::DocumentKind;
using kiosk::DocumentState;

namespace {
void check_disc(Frame& frame, Point c, float radius, Mark mark, Colour colour) {
    frame.pen().disc(c, radius + 8, theme::card);
    frame.pen().disc(c, radius, colour);
    frame.pen().mark(mark, c, radius * 1.1F, Colour{0xFFFFFF});
}

/// How it lies on the reader: a passport is longer and closed, everything else is a card.
float drawn_width(DocumentKind kind) { return kind == DocumentKind::passport ? 0.62F : 1; }

/// The part that is read, as a bar and in words.
void read_so_far(Frame& frame, const Rect& r, int percent) {
    const float part = static_cast<float>(std::clamp(percent, 0, 100)) / 100;
    frame.text({r.x, r.y, r.w, 52}, frame.say("screen.present_document.percent", {{"n", fmt::to_string(std::clamp(percent, 0, 100))}}),
               {.role = Role::strong, .ink = action, .align = Align::centre, .one_line = true});
    const Rect bar{r.x, r.bottom() - 20, r.w, 20};
    frame.pen().box(bar, Colour{0xC6DCE9}, 10);
    if (part > 0.03F) frame.pen().box({bar.x, bar.y, bar.w * part, bar.h}, action, 10);
}

struct Scene {
    Colour colour;   ///< of question and reader
    float card_up;   ///< how far the card floats above the reader
    float degrees;
    Mark mark;       ///< beside the card
};
Scene scene_of(DocumentState state) {
    switch (state) {
        case DocumentState::waiting: return {action, 250, -8, Mark::none};
        case DocumentState::reading: return {action, 0, 0, Mark::none};
        case DocumentState::moved: return {attention, 130, 14, Mark::none};
        case DocumentState::unreadable: return {attention, 250, -8, Mark::arrow_down};
        case DocumentState::not_supported: return {stop, 150, -6, Mark::cross};
        case DocumentState::expired: return {stop, 150, -6, Mark::cross};
        case DocumentState::invalid: return {stop, 150, -6, Mark::cross};
    }
    return {};
}
}  // namespace

std::string document_of(Frame& frame, kiosk::Whose whose, DocumentKind kind) {
    const auto& words = frame.say(fmt::format("document.{}.short", drivers::name_of(kind)));
    return frame.say(fmt::format("whose.{}", name_of(whose)), {{"document", words}});
}

void draw(Frame& frame, const kiosk::PresentDocument& q) {
    const auto key = fmt::format("screen.present_document.{}", name_of(q.state));
    const auto scene = scene_of(q.state);
    const bool passport = q.kind == DocumentKind::passport, reading = q.state == DocumentState::reading;
    std::string hint = frame.say(key + ".hint");
    if (passport && q.state == DocumentState::waiting) hint = frame.say("screen.present_document.passport_closed");
    if (passport && q.state == DocumentState::unreadable) hint = frame.say("screen.present_document.passport_other_side");
    const Rect stage = frame.head(frame.say(key + ".question", {{"document", document_of(frame, q.whose, q.kind)}}), hint, scene.colour == action ? ink : scene.colour);
    frame.card(stage);
    const auto& pen = frame.pen();
    // The reader stands at the lower right of the screen, and so it does in the drawing.
    const float w = 620, h = 270;
    const Rect reader{stage.centre().x - w / 2 + 60, stage.bottom() - h - std::clamp((stage.h - 780) / 2, 48.F, 110.F), w, h};
    frame.ground(reader, scene.colour == stop ? stop_tint : scene.colour == attention ? attention_tint : action_tint, 36);
    pen.outline(reader, scene.colour, 36, 6);
    const float wide = 460 * drawn_width(q.kind);
    if (reading) {
        draw_paper(frame, {reader.centre().x, reader.y - (passport ? 100 : 40)}, wide, {.kind = q.kind, .edge = action});
        if (q.percent < 0) pen.mark(Mark::waves, {reader.centre().x, reader.bottom() - 56}, 110, action);
        else read_so_far(frame, {reader.x + 40, reader.bottom() - 104, reader.w - 80, 84}, q.percent);
    } else {
        pen.mark(Mark::waves, {reader.centre().x, reader.y + 116}, 140, scene.colour);
        frame.text({reader.x, reader.bottom() - 82, w, 60}, frame.say("screen.present_document.place"),
                   {.role = Role::strong, .ink = scene.colour, .align = Align::centre, .one_line = true});
        const Point card{reader.centre().x - 40, reader.y - 70 - scene.card_up * std::min(1.F, (stage.h - 560) / 400)};
        draw_paper(frame, card, std::min(wide, stage.h * 0.55F * drawn_width(q.kind)), {.kind = q.kind, .degrees = scene.degrees});
        if (scene.mark == Mark::cross) check_disc(frame, {card.x + wide * 0.54F, card.y - 120}, 56, Mark::cross, stop);
        else if (reader.y - card.y - 190 > 60 && !passport) pen.mark(Mark::arrow_down, {reader.centre().x, reader.y - 68}, 96, attention);
    }
    std::vector<Choice> choices;
    if (q.may_choose && !reading)
        choices.push_back({"other_document", frame.say("screen.present_document.other_document"), Kind::secondary,
                           answers<kiosk::PresentDocument>(kiosk::PresentDocument::Answer::other_document)});
    frame.actions(std::move(choices));
    frame.foot(frame.say("screen.present_document.foot"));
}

void draw(Frame& frame, const kiosk::TakeDocumentBack&) {
    const Rect room = frame.head(frame.say("screen.take_document_back.question"), frame.say("screen.take_document_back.hint"), done);
    frame.card(room);
    const Rect reader{room.centre().x - 250, room.bottom() - 300, 620, 220};
    frame.ground(reader, Colour{0xEDF2F5}, 36);
    frame.pen().outline(reader, edge, 36, 6);
    frame.pen().mark(Mark::waves, {reader.centre().x, reader.centre().y + 20}, 110, edge);
    const Point card{room.centre().x - 40, room.y + (reader.y - room.y) * 0.42F};
    draw_paper(frame, card, 440, {.degrees = -10});
    check_disc(frame, {card.x + 214, card.y - 120}, 56, Mark::check, done);
    frame.pen().stroke({{reader.centre().x + 160, reader.y - 40}, {reader.centre().x + 160, reader.y - 170}}, done, 13);
    frame.pen().stroke({{reader.centre().x + 112, reader.y - 122}, {reader.centre().x + 160, reader.y - 172}, {reader.centre().x + 208, reader.y - 122}}, done, 13);
    frame.actions({});
    frame.foot(frame.say("screen.take_document_back.foot"));
}

void draw(Frame& frame, const kiosk::PleaseWait& q) {
    const auto key = fmt::format("screen.please_wait.{}", name_of(q.what));
    const Rect room = frame.head(frame.say(key + ".question"), frame.say(key + ".hint"));
    const auto& pen = frame.pen();
    const Point c{room.centre().x, room.y + room.h * 0.45F};
    pen.circle(c, 190, Colour{0xDCE5EA}, 26);
    pen.arc(c, 190, frame.parts().spin, frame.parts().spin + 0.28F, action, 26);
    switch (q.what) {
        case kiosk::PleaseWait::What::asking_centre: pen.mark(Mark::id_card, c, 170, action); break;
        case kiosk::PleaseWait::What::comparing: pen.mark(Mark::person, c, 150, action); break;
        case kiosk::PleaseWait::What::applying: pen.mark(Mark::card, c, 170, action); break;
    }
    frame.text({room.x, c.y + 290, room.w, 160}, frame.say("screen.please_wait.foot"), {.role = Role::body, .ink = quiet, .align = Align::centre});
    frame.actions({});
}

}  // namespace ui::screens
