// The notice in pages, and three separate consents that nobody ticks but the person.
#include "ui/screens/screens.hpp"

namespace ui::screens {

using namespace theme;

namespace {
constexpr std::array<std::string_view, 3> ticks{"tick_notice", "tick_face_match", "tick_bank_data"};

void tick(Frame& frame, const Rect& r, std::size_t i, const std::string& note) {
    const std::string id(ticks[i]);
    const bool on = frame.entry().ticks[i];
    frame.card(r, frame.is_pressed(id) ? pressed : theme::card, on ? done : line, on ? 3 : 2);
    const Rect box{r.x + 34, r.centre().y - 42, 84, 84};
    frame.pen().box(box, on ? done : theme::card, 18);
    frame.pen().outline(box, on ? done : quiet, 18, 5);
    if (on) frame.pen().mark(Mark::check, box.centre(), 56, Colour{0xFFFFFF});
    const float x = box.right() + 34, w = r.right() - x - 28;
    const Look title{.role = Role::title}, small{.role = Role::note, .ink = quiet};
    const auto words = frame.say(fmt::format("screen.notice.{}", id));
    if (frame.large()) {
        frame.text({x, r.y, w, r.h}, words, {.role = Role::title, .middle = true});
    } else {
        const float a = frame.height_of(words, title, w), b = frame.height_of(note, small, w);
        const float y = r.centre().y - (a + 18 + b) / 2;
        frame.text({x, y, w, a + 2}, words, title);
        frame.text({x, y + a + 18, w, b + 2}, note, small);
    }
    frame.target(id, r, true, [i](Acts& acts) { acts.entry.ticks[i] = !acts.entry.ticks[i]; });
}
}  // namespace

void draw(Frame& frame, const kiosk::Notice& q) {
    const Rect room = frame.head(frame.say("screen.notice.question"), "");
    const std::size_t asked = q.enquiry ? 1 : ticks.size();
    const float tick_height = frame.large() ? 142 : 150, all = static_cast<float>(asked) * (tick_height + gap_small);
    Rect paper_card{room.x, room.y, room.w, room.h - all};
    const Look look{.role = Role::body, .paragraph = 0.55F};
    const auto type = type_of(look.role, frame.chinese());
    const LetterStyle style{
        .size = type.size * frame.k(), .bold = false, .width = std::floor(paper_card.w - 2 * padding), .leading = type.leading, .paragraph = look.paragraph};
    const std::string whole = with_bold(frame.choose(q.text_zh, q.text_en));
    auto pages = frame.parts().lettering.pages(whole, style, paper_card.h - 2 * padding);
    if (pages.size() > 1) pages = frame.parts().lettering.pages(whole, style, paper_card.h - 2 * padding - 88 - gap_small);
    frame.card(paper_card);
    Rect inner = paper_card.inset(padding, padding);
    if (pages.size() > 1) inner.h += 14;
    const int page = frame.pager(inner, static_cast<int>(pages.size()));
    frame.text(inner, pages[static_cast<std::size_t>(page)], look);

    float y = paper_card.bottom() + gap_small;
    const std::string notes[] = {frame.say("screen.notice.tick_notice_note", {{"version", q.version}}), frame.say("screen.notice.tick_face_match_note"),
                                 frame.say("screen.notice.tick_bank_data_note")};
    for (std::size_t i = 0; i < asked; ++i) {
        tick(frame, {room.x, y, room.w, tick_height}, i, notes[i]);
        y += tick_height + gap_small;
    }
    const auto give = [](bool agree) {
        return [agree](Acts& acts) {
            const auto& t = acts.entry.ticks;
            acts.answer<kiosk::Notice>({.read = agree && t[0], .face_match = agree && t[1], .bank_data = agree && t[2]});
        };
    };
    const auto& t = frame.entry().ticks;
    frame.actions({{"refuse", frame.say("screen.notice.refuse"), Kind::secondary, give(false)},
                   {"agree", frame.say("screen.notice.agree"), Kind::primary, give(true), t[0] && (q.enquiry || (t[1] && t[2]))}});
    frame.foot(frame.say(q.enquiry ? "screen.notice.enquiry_foot" : "screen.notice.foot"));
}

}  // namespace ui::screens
