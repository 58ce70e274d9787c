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
/// The big blue answer: mark, title, one sentence.
void tile(Frame& frame, const Rect& r, const std::string& id, Mark mark, const std::string& title, const std::string& note, Act act) {
    const bool down = frame.is_pressed(id);
    frame.ground(r, down ? action_pressed : action, radius_card);
    const float icon = std::min(150.F, r.h * 0.5F);
    frame.pen().mark(mark, {r.x + 60 + icon / 2, r.centre().y}, icon, on_action);
    const float x = r.x + icon + 110, w = r.right() - x - 40;
    const Look big{.role = Role::question, .ink = on_action}, small{.role = Role::hint, .ink = on_action};
    const float first = frame.height_of(title, big, w), second = frame.large() ? 0 : frame.height_of(note, small, w);
    float y = r.centre().y - (first + (second > 0 ? 26 + second : 0)) / 2;
    y += frame.text({x, y, w, r.bottom() - y}, title, big) + 26;
    if (second > 0) frame.text({x, y, w, r.bottom() - y}, note, small);
    frame.target(id, r, true, std::move(act));
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
}  // namespace

void draw(Frame& frame, const kiosk::Welcome& q) {
    const auto hotline = frame.say("screen.welcome.hotline", {{"hotline", q.hotline.empty() ? frame.parts().place.hotline : q.hotline}});
    if (q.cannot) {
        const auto key = fmt::format("fault.{}", drivers::name_of(*q.cannot));
        const Rect room = frame.head(frame.say("screen.welcome.closed"), "", attention);
        float y = frame.note_card(room.y, frame.say(key + ".title"), Mark::warning, attention, Role::strong) + gap_small;
        y = frame.note_card(y, frame.say(key + ".do"), Mark::arrow_right, action, Role::strong) + gap_small;
        frame.note_card(y, hotline, Mark::info, quiet);
        frame.foot(frame.say("screen.welcome.closed_note", {{"number", std::string(kiosk::row_of(*q.cannot).number)}}));
        return;
    }
    const Rect room = frame.head(frame.say("screen.welcome.question"), "");
    const auto banks = frame.say("screen.welcome.banks", {{"banks", join(q.banks, frame.parts().shown.language, frame.chinese() ? "、" : ", ")}});
    const std::string lines = q.banks.empty() ? hotline : banks + "\n" + hotline;
    const Look about{.role = Role::body, .ink = quiet, .middle = true};
    const float bottom = action_top + action_height, about_height = frame.height_of(lines, about, room.w - 2 * padding) + 2 * padding;
    const float free = bottom - room.y - about_height - 2 * gap, tall = std::round(free * 0.54F);
    tile(frame, {room.x, room.y, room.w, tall}, "start", Mark::card, frame.say("screen.welcome.start"), frame.say("screen.welcome.start_note"),
         answers<kiosk::Welcome>(kiosk::Welcome::Answer::start));
    steps(frame, {room.x, room.y + tall + gap, room.w, free - tall});
    const Rect box{room.x, bottom - about_height, room.w, about_height};
    frame.card(box);
    frame.text(box.inset(padding, 4), lines, about);
}

void draw(Frame& frame, const kiosk::ForWhom& q) {
    const Rect room = frame.head(frame.say("screen.for_whom.question"), frame.say("screen.for_whom.hint"));
    constexpr float tall = 310;
    tile(frame, {room.x, room.y, room.w, tall}, "myself", Mark::person, frame.say("screen.for_whom.myself"), frame.say("screen.for_whom.myself_note"),
         answers<kiosk::ForWhom>(kiosk::ForWhom::Answer::myself));
    tile(frame, {room.x, room.y + tall + gap, room.w, tall}, "child", Mark::people, frame.say("screen.for_whom.child"), frame.say("screen.for_whom.child_note"),
         answers<kiosk::ForWhom>(kiosk::ForWhom::Answer::child));
    const float y = room.y + 2 * (tall + gap);
    frame.note_card(y, bold(frame.say("screen.for_whom.others")) + "\n" + frame.say("screen.for_whom.others_do", {{"window", q.window}}), Mark::arrow_right, quiet);
    frame.actions({});
}

}  // namespace ui::screens
