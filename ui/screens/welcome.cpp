// The first screens: what can be done here, and for whom.
#include "ui/screens/screens.hpp"

namespace ui::screens {

using namespace theme;

std::string join(const std::vector<kiosk::Bank>& banks, kiosk::Language language, std::string_view between) {
    std::string out;
    for (const auto& bank : banks) {
        if (!out.empty()) out += between;
        out += language == kiosk::Language::en && bank.name_en.empty() ? bank.name_zh : bank.name(language);
    }
    return out;
}

namespace {
/// The big answer: mark, title, one sentence; blue for what most people want.
void tile(Frame& frame, const Rect& r, const Choice& choice, Mark mark, const std::string& note) {
    const bool down = frame.is_pressed(choice.id), blue = choice.kind == Kind::primary;
    const Colour on = blue ? on_action : ink, small_on = blue ? on_action : quiet;
    frame.ground(r, blue ? (down ? action_pressed : action) : (down ? pressed : theme::card), radius_card);
    if (!blue) frame.pen().outline(r, action, radius_card, 4);
    const float icon = std::min(150.F, r.h * 0.5F);
    frame.pen().mark(mark, {r.x + 60 + icon / 2, r.centre().y}, icon, blue ? on_action : action);
    const float x = r.x + icon + 110, w = r.right() - x - 40;
    const Look big{.role = Role::question, .ink = on}, small{.role = Role::hint, .ink = small_on};
    const float first = frame.height_of(choice.label, big, w), second = frame.large() ? 0 : frame.height_of(note, small, w);
    float y = r.centre().y - (first + (second > 0 ? 26 + second : 0)) / 2;
    y += frame.text({x, y, w, r.bottom() - y}, choice.label, big) + 26;
    if (second > 0) frame.text({x, y, w, r.bottom() - y}, note, small);
    frame.target(choice.id, r, true, choice.act);
}

void steps(Frame& frame, const Rect& r) {
    frame.card(r);
    constexpr Mark marks[] = {Mark::id_card, Mark::camera, Mark::card};
    constexpr std::string_view keys[] = {"screen.welcome.step_document", "screen.welcome.step_photo", "screen.welcome.step_take"};
    const float title = frame.text({r.x + padding, r.y + padding, r.w - 2 * padding, 130}, frame.say("screen.welcome.steps"), {.role = Role::strong});
    const float w = (r.w - 2 * padding) / 3, top = r.y + padding + title;
    const float middle = top + (r.bottom() - top) / 2 - 34;
    for (std::size_t i = 0; i < 3; ++i) {
        const Point c{r.x + padding + w * (static_cast<float>(i) + 0.5F), middle};
        frame.pen().disc(c, 84, action_tint);
        frame.pen().mark(marks[i], c, 88, action);
        if (i) frame.pen().mark(Mark::arrow_right, {c.x - w / 2, c.y}, 44, edge);
        frame.text({c.x - w / 2, c.y + 110, w, 64}, frame.say(keys[i]), {.role = Role::body, .align = Align::centre, .one_line = true});
    }
}
/// What fewer people come for: a quiet button below everything.
Choice status_choice(Frame& frame) {
    return {"card_status", frame.say("screen.welcome.card_status"), Kind::secondary, answers<kiosk::Welcome>(kiosk::Welcome::Answer::card_status)};
}
}  // namespace

void draw(Frame& frame, const kiosk::Welcome& q) {
    const auto hotline = frame.say("screen.welcome.hotline", {{"hotline", q.hotline.empty() ? frame.parts().place.hotline : q.hotline}});
    if (q.cannot) {
        const auto key = fmt::format("fault.{}", drivers::name_of(*q.cannot));
        const Rect room = frame.head(frame.say("screen.welcome.closed"), "", attention);
        float y = frame.note_card(room.y, frame.say(key + ".title"), Mark::warning, attention, Role::strong) + gap_small;
        y = frame.note_card(y, frame.say(key + ".do"), Mark::arrow_right, action, Role::strong) + gap_small;
        frame.note_card(y, hotline, Mark::info, quiet);
        if (q.enquiries) frame.actions({status_choice(frame)}, false);
        frame.foot(frame.say("screen.welcome.closed_note", {{"number", std::string(kiosk::row_of(*q.cannot).number)}}));
        return;
    }
    const Rect room = frame.head(frame.say("screen.welcome.question"), "");
    const auto banks = frame.say("screen.welcome.banks", {{"banks", join(q.banks, frame.parts().shown.language, frame.chinese() ? "、" : ", ")}});
    const std::string lines = q.banks.empty() ? hotline : banks + "\n" + hotline;
    const Look about{.role = Role::body, .ink = quiet, .middle = true};
    const float bottom = q.enquiries ? action_top - gap : action_top + action_height, about_height = frame.height_of(lines, about, room.w - 2 * padding) + 2 * padding;
    constexpr float least_of_steps = 290;  // marks and their words, without the title
    const float title = frame.height_of(frame.say("screen.welcome.steps"), {.role = Role::strong}, room.w - 2 * padding) + padding;
    const float free = bottom - room.y - about_height - 2 * gap, tall = std::round(std::min(free * 0.54F, free - title - least_of_steps));
    tile(frame, {room.x, room.y, room.w, tall}, {"start", frame.say("screen.welcome.start"), Kind::primary, answers<kiosk::Welcome>(kiosk::Welcome::Answer::start)},
         Mark::card, frame.say("screen.welcome.start_note"));
    steps(frame, {room.x, room.y + tall + gap, room.w, free - tall});
    const Rect box{room.x, bottom - about_height, room.w, about_height};
    frame.card(box);
    frame.text(box.inset(padding, 4), lines, about);
    if (q.enquiries) frame.actions({status_choice(frame)}, false);
}

void draw(Frame& frame, const kiosk::ForWhom& q) {
    const Rect room = frame.head(frame.say("screen.for_whom.question"), frame.say("screen.for_whom.hint"));
    constexpr float tall = 310;
    tile(frame, {room.x, room.y, room.w, tall}, {"myself", frame.say("screen.for_whom.myself"), Kind::primary, answers<kiosk::ForWhom>(kiosk::ForWhom::Answer::myself)},
         Mark::person, frame.say("screen.for_whom.myself_note"));
    tile(frame, {room.x, room.y + tall + gap, room.w, tall}, {"child", frame.say("screen.for_whom.child"), Kind::secondary, answers<kiosk::ForWhom>(kiosk::ForWhom::Answer::child)},
         Mark::people, frame.say("screen.for_whom.child_note"));
    const float y = room.y + 2 * (tall + gap);
    frame.note_card(y, bold(frame.say("screen.for_whom.others")) + "\n" + frame.say("screen.for_whom.others_do", {{"window", q.window}}), Mark::arrow_right, quiet);
    frame.actions({});
}

}  // namespace ui::screens
