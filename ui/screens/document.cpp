// The document: where to lay it, what the reader is doing, take it back; and the short waits for the centre.
#include "ui/screens/screens.hpp"

namespace ui::screens {

using namespace theme;
using kiosk::DocumentState;

namespace {
/// An ID card as people know it, schematic: lines of text left, portrait right.
void id_card(Frame& frame, Point c, float w, float degrees, Colour edge_colour) {
    const auto& pen = frame.pen();
    const float h = w * 0.63F, a = degrees * 3.14159265F / 180;
    const auto at = [&](float x, float y) { return Point{c.x + (x * w) * std::cos(a) - (y * h) * std::sin(a), c.y + (x * w) * std::sin(a) + (y * h) * std::cos(a)}; };
    pen.turned_box(c, {w, h}, 26, degrees, theme::card, edge_colour, 7);
    const Colour bar{0x9FB0BC};
    constexpr float rows[][3] = {{-0.40F, 0.06F, -0.26F}, {-0.40F, -0.05F, -0.06F}, {-0.40F, 0.08F, 0.14F}, {-0.40F, 0.36F, 0.34F}};
    for (const auto& row : rows) pen.stroke({at(row[0], row[2]), at(row[1], row[2])}, bar, 13);
    pen.turned_box(at(0.26F, -0.12F), {w * 0.24F, h * 0.46F}, 12, degrees, Colour{0xD5DEE5}, bar, 0);
}

void check_disc(Frame& frame, Point c, float radius, Mark mark, Colour colour) {
    frame.pen().disc(c, radius + 8, theme::card);
    frame.pen().disc(c, radius, colour);
    frame.pen().mark(mark, c, radius * 1.1F, Colour{0xFFFFFF});
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

void draw(Frame& frame, const kiosk::PresentDocument& q) {
    const auto key = fmt::format("screen.present_document.{}", name_of(q.state));
    const auto scene = scene_of(q.state);
    const Rect room = frame.head(frame.say(key + ".question"), frame.say(key + ".hint"), scene.colour == action ? ink : scene.colour);
    const Rect stage{room.x, room.y, room.w, room.h};
    frame.card(stage);
    const auto& pen = frame.pen();
    // The reader stands at the lower right of the screen, and so it does in the drawing.
    const float w = 620, h = 270;
    const Rect reader{stage.centre().x - w / 2 + 60, stage.bottom() - h - std::clamp((stage.h - 780) / 2, 48.F, 110.F), w, h};
    frame.ground(reader, scene.colour == stop ? stop_tint : scene.colour == attention ? attention_tint : action_tint, 36);
    pen.outline(reader, scene.colour, 36, 6);
    const Point middle{reader.centre().x, reader.y + 96};
    if (q.state == DocumentState::reading) {
        id_card(frame, {reader.centre().x, reader.y - 40}, 460, 0, action);
        pen.mark(Mark::waves, {reader.centre().x, reader.bottom() - 56}, 110, action);
    } else {
        pen.mark(Mark::waves, {middle.x, middle.y + 20}, 140, scene.colour);
        frame.text({reader.x, reader.bottom() - 82, w, 60}, frame.say("screen.present_document.place"),
                   {.role = Role::strong, .ink = scene.colour, .align = Align::centre, .one_line = true});
        const Point card{reader.centre().x - 40, reader.y - 70 - scene.card_up * std::min(1.F, (stage.h - 560) / 400)};
        id_card(frame, card, std::min(460.F, stage.h * 0.55F), scene.degrees, quiet);
        if (scene.mark == Mark::cross) check_disc(frame, {card.x + 250, card.y - 120}, 56, Mark::cross, stop);
        else if (reader.y - card.y - 190 > 60) pen.mark(Mark::arrow_down, {reader.centre().x, reader.y - 68}, 96, attention);
    }
    frame.actions({});
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
    id_card(frame, card, 440, -10, quiet);
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
