// Numbers and dates of documents, typed: digits, an X where one can be, letters where documents have them; grouped as on documents.
#include "ui/screens/keys.hpp"
#include "ui/screens/screens.hpp"

namespace ui::screens {

using namespace theme;

namespace {
constexpr std::size_t id_number_length = 18, date_length = 8, most_of_number = 22;

/// The remark and the field between `y` and `bottom`.
void field_between(Frame& frame, float y, float bottom, const std::string& typed, const std::string& expected, bool complete) {
    const float h = std::min(210.F, bottom - y);
    frame.field({margin, y + std::max(0.F, (bottom - y - h) / 2), column, h}, typed, expected, complete);
}

/// Puts what was refused above the rest, as soon as it is shown and until something new is typed; gives where the rest begins.
float refusal(Frame& frame, const Rect& room, const std::string& words, bool shown) {
    if (!shown) return room.y;
    const float h = frame.height_of(words, {.role = Role::hint}, column - 84) + 20;
    frame.remark({room.x, room.y - 10, room.w, h}, words, true);
    return room.y + h;
}

/// One line of a table that is filled in: what was typed, or what stands on the document; a touch goes to it.
void zone_row(Frame& frame, const Rect& r, int step, const std::string& label, const std::string& typed) {
    constexpr std::string_view ids[] = {"field_number", "field_birth", "field_expiry"};
    const bool now = frame.entry().page == step;
    const std::string id(ids[step]);
    frame.ground(r, now ? theme::card : frame.is_pressed(id) ? pressed : paper, 24);
    frame.pen().outline(r, now ? action : edge, 24, now ? 5 : 2);
    const float split = r.w * 0.36F;
    frame.text({r.x + 30, r.y + 6, split - 40, r.h - 12}, label, {.role = Role::body, .ink = quiet, .middle = true, .one_line = true});
    frame.text({r.x + split, r.y + 6, r.w - split - 30, r.h - 12}, typed.empty() ? frame.say("screen.enter_zone.nothing") : typed,
               {.role = typed.empty() ? Role::body : Role::title, .ink = typed.empty() ? quiet : ink, .align = Align::right, .middle = true, .one_line = true});
    frame.target(id, r, !now, [step](Acts& acts) { acts.entry.page = step; });
}
}  // namespace

void draw(Frame& frame, const kiosk::EnterIdNumber& q) {
    const auto& typed = frame.entry().digits;
    const bool refused = q.refused && typed.empty(), complete = typed.size() == id_number_length;
    const auto key = fmt::format("screen.enter_id_number.{}.question", name_of(q.whose));
    const Rect room = frame.head(frame.say(key), refused ? "" : frame.say("screen.enter_id_number.hint"));
    const float top = frame.keypad({.most = id_number_length, .x = true, .back = "delete"});
    const float y = refusal(frame, room, frame.say("screen.enter_id_number.refused"), refused);
    field_between(frame, y, top - gap, group_id_typing(typed), frame.say("screen.enter_id_number.field"), complete);
    frame.actions({{"confirm", frame.say("common.next"), Kind::primary, [](Acts& acts) { acts.answer<kiosk::EnterIdNumber>(acts.entry.digits); }, complete}});
}

void draw(Frame& frame, const kiosk::EnterExpiry& q) {
    const auto& typed = frame.entry().digits;
    const bool refused = q.refused && typed.empty(), complete = typed.size() == date_length;
    const Rect room = frame.head(frame.say("screen.enter_expiry.question"), refused ? "" : frame.say("screen.enter_expiry.hint"));
    const float top = frame.keypad({.most = date_length, .back = "delete"});
    const float y = refusal(frame, room, frame.say("screen.enter_expiry.refused"), refused);
    field_between(frame, y, top - gap, group_date(typed), frame.say("common.date_order"), complete);
    frame.actions({{"confirm", frame.say("common.next"), Kind::primary, [](Acts& acts) { acts.answer<kiosk::EnterExpiry>(acts.entry.digits); }, complete}});
}

void draw(Frame& frame, const kiosk::EnterZone& q) {
    auto& entry = frame.entry();
    entry.page = std::clamp(entry.page, 0, 2);
    const int step = entry.page;
    const bool refused = q.refused && entry.digits.empty() && entry.again.empty() && entry.expiry.empty();
    constexpr std::string_view questions[] = {"screen.enter_zone.number_question", "screen.enter_zone.birth_question", "screen.enter_zone.expiry_question"};
    const auto& document = frame.say(fmt::format("document.{}.short", drivers::name_of(q.kind)));
    const Rect room = frame.head(frame.say(questions[step], {{"document", document}}),
                                 refused ? "" : frame.say(step == 0 ? "screen.enter_zone.hint" : "screen.enter_zone.date_hint"));
    float top = 0;
    if (step == 0) {
        top = keyboard(frame, {.letters = whole_alphabet,
                               .digits = true,
                               .press = [](char c) -> Act {
                                   return [c](Acts& acts) {
                                       if (acts.entry.digits.size() < most_of_number) acts.entry.digits.push_back(c);
                                   };
                               },
                               .take_back =
                                   [](Acts& acts) {
                                       auto& digits = acts.entry.digits;
                                       if (digits.empty()) return;
                                       digits.back() = '\0';
                                       digits.pop_back();
                                   }});
    } else {
        top = frame.keypad({.most = date_length, .into = step == 1 ? &Entry::again : &Entry::expiry, .back = "delete"});
    }
    float y = refusal(frame, room, frame.say("screen.enter_zone.refused"), refused);
    const std::pair<std::string, std::string> rows[] = {{frame.say("screen.enter_zone.number"), entry.digits},
                                                        {frame.say("screen.enter_zone.birth"), group_date(entry.again)},
                                                        {frame.say("screen.enter_zone.expiry"), group_date(entry.expiry)}};
    const float free = top - gap - y, h = std::min(112.F, (free - 2 * 12) / 3);
    y += std::max(0.F, (free - 3 * h - 2 * 12) / 2);
    for (int i = 0; i < 3; ++i, y += h + 12) zone_row(frame, {room.x, y, room.w, h}, i, rows[i].first, rows[i].second);
    const bool filled[] = {!entry.digits.empty(), entry.again.size() == date_length, entry.expiry.size() == date_length};
    const bool all = filled[0] && filled[1] && filled[2];
    const Act next = [step](Acts& acts) { acts.entry.page = step + 1; };
    const Act give = [](Acts& acts) {
        acts.answer<kiosk::EnterZone>({.number = acts.entry.digits, .birth = acts.entry.again, .expiry = acts.entry.expiry});
    };
    frame.actions({{"confirm", frame.say(step == 2 ? "screen.enter_zone.confirm" : "common.next"), Kind::primary, step == 2 ? give : next, step == 2 ? all : filled[step]}});
}

}  // namespace ui::screens
