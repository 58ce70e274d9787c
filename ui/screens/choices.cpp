// Which document somebody brought, and what the guardian is to the child.
#include "ui/screens/papers.hpp"

namespace ui::screens {

using namespace theme;
using drivers::DocumentKind;

namespace {
constexpr std::size_t most_documents = 5;  ///< as the question promises; more would need pages

/// How a document is recognised at a glance.
Paper sketch_of(DocumentKind kind) {
    return {.kind = kind, .side = kind == DocumentKind::travel_permit ? Side::back : Side::front, .edge = quiet};
}
}  // namespace

void draw(Frame& frame, const kiosk::ChooseDocument& q) {
    const auto key = fmt::format("screen.choose_document.{}.question", name_of(q.whose));
    const Rect room = frame.head(frame.say(key), frame.say("screen.choose_document.hint"));
    const auto count = std::min(q.offered.size(), most_documents);
    const float h = std::min(196.F, (room.h - static_cast<float>(most_documents - 1) * gap_small) / most_documents);
    float y = room.y;
    for (std::size_t i = 0; i < count; ++i, y += h + gap_small) {
        const auto kind = q.offered[i];
        const auto word = drivers::name_of(kind);
        const std::string id = fmt::format("document_{}", word);
        const Rect r{room.x, y, room.w, h};
        frame.card(r, frame.is_pressed(id) ? pressed : theme::card, edge, 3);
        draw_paper(frame, {r.x + 126, r.centre().y}, kind == DocumentKind::passport ? h * 0.56F : std::min(168.F, h * 1.05F), sketch_of(kind));
        const float x = r.x + 250, w = r.right() - 118 - x;
        const auto name = frame.say(fmt::format("document.{}.name", word)), note = frame.say(fmt::format("document.{}.note", word));
        const Look title{.role = Role::title}, small{.role = Role::note, .ink = quiet};
        if (frame.large()) {
            frame.text({x, r.y + 8, w, h - 16}, name, {.role = Role::title, .middle = true});
        } else {
            const float first = std::min(frame.height_of(name, title, w), h * 0.56F), second = frame.height_of(note, small, w);
            const float top = r.centre().y - (first + 16 + second) / 2;
            frame.text({x, top, w, first + 1}, name, title);
            frame.text({x, top + first + 16, w, second + 1}, note, small);
        }
        frame.pen().mark(Mark::arrow_right, {r.right() - 68, r.centre().y}, 42, action);
        frame.target(id, r, true, answers<kiosk::ChooseDocument>(kind));
    }
    frame.actions({});
    frame.foot(frame.say("screen.choose_document.foot"));
}

void draw(Frame& frame, const kiosk::ChooseRelation&) {
    const Rect room = frame.head(frame.say("screen.choose_relation.question"), frame.say("screen.choose_relation.hint"));
    using Answer = kiosk::ChooseRelation::Answer;
    constexpr std::array all{Answer::father, Answer::mother, Answer::other};
    const float h = std::min(240.F, (room.h - 2 * gap) / 3);
    float y = room.y;
    for (const auto answer : all) {
        const std::string id(name_of(answer));
        const Rect r{room.x, y, room.w, h};
        frame.card(r, frame.is_pressed(id) ? pressed : theme::card, edge, 3);
        const Point c{r.x + 140, r.centre().y};
        frame.pen().disc(c, 76, action_tint);
        frame.pen().mark(answer == Answer::other ? Mark::people : Mark::person, c, 88, action);
        frame.text({r.x + 260, r.y + 8, r.w - 260 - 130, h - 16}, frame.say(fmt::format("screen.choose_relation.{}", id)), {.role = Role::title, .middle = true});
        frame.pen().mark(Mark::arrow_right, {r.right() - 68, c.y}, 42, action);
        frame.target(id, r, true, answers<kiosk::ChooseRelation>(answer));
        y += h + gap;
    }
    frame.actions({});
}

}  // namespace ui::screens
