// Ends that are not a card: a standing explained, an application to go on with, a window to go to, a trouble. No dead ends.
#include "ui/screens/screens.hpp"

namespace ui::screens {

using namespace theme;

namespace {
/// Rows that have something to say.
struct Table {
    std::vector<Row> rows;
    void add(const std::string& label, std::string value) {
        if (!value.empty()) rows.push_back({label, std::move(value)});
    }
};
std::string window_of(Frame& frame, const std::string& window) { return window.empty() ? std::string{} : frame.say("common.window", {{"window", window}}); }

/// The number that is said at a window, large enough to be read aloud.
float reference_card(Frame& frame, float y, const std::string& label, const std::string& reference) {
    const Rect r{margin, y, column, 210 * (frame.large() ? 1.15F : 1.F)};
    frame.card(r);
    frame.text({r.x + padding, r.y + 10, r.w * 0.36F, r.h - 20}, label, {.role = Role::body, .ink = quiet, .middle = true});
    frame.text({r.x + r.w * 0.42F, r.y + 10, r.w * 0.58F - padding, r.h - 20}, group_reference(reference),
               {.role = Role::number, .align = Align::right, .middle = true, .one_line = true});
    return r.bottom();
}
}  // namespace

void draw(Frame& frame, const kiosk::ExplainStanding& q) {
    const auto key = fmt::format("screen.explain_standing.{}", name_of(q.kind));
    const Rect room = frame.head(frame.say(key + ".question"), frame.say(key + ".hint"));
    Table table;
    table.add(frame.say("screen.explain_standing.holder"), q.masked_name);
    table.add(frame.say("screen.explain_standing.where"), frame.choose(q.where_zh, q.where_en));
    table.add(frame.say("screen.explain_standing.when"), q.when);
    table.add(frame.say("screen.explain_standing.window"), window_of(frame, q.window));
    if (!table.rows.empty()) frame.rows(room.y, table.rows, room.bottom());
    frame.actions({{"understood", frame.say("screen.explain_standing.understood"), Kind::primary,
                    answers<kiosk::ExplainStanding>(kiosk::ExplainStanding::Answer::understood)}},
                  false);
}

void draw(Frame& frame, const kiosk::OfferResume& q) {
    const Rect room = frame.head(frame.say("screen.offer_resume.question"), frame.say("screen.offer_resume.hint"));
    if (!q.reference.empty()) reference_card(frame, room.y, frame.say("screen.offer_resume.reference"), q.reference);
    frame.actions({{"go_on", frame.say("screen.offer_resume.go_on"), Kind::primary, answers<kiosk::OfferResume>(kiosk::OfferResume::Answer::go_on)}});
}

void draw(Frame& frame, const kiosk::GoToWindow& q) {
    const auto key = fmt::format("screen.go_to_window.{}", name_of(q.why));
    const Rect room = frame.head(frame.say(key + ".question"), frame.say(key + ".hint"));
    float y = room.y;
    if (!q.window.empty()) {
        const Rect r{room.x, y, room.w, 340};
        frame.card(r);
        frame.pen().mark(Mark::arrow_right, {r.x + 130, r.centre().y}, 120, action);
        frame.text({r.x + 250, r.y + 20, r.w * 0.34F, r.h - 40}, frame.say("screen.go_to_window.window"), {.role = Role::title, .ink = quiet, .middle = true});
        frame.text({r.x + r.w * 0.62F, r.y + 20, r.w * 0.38F - padding, r.h - 40}, window_of(frame, q.window),
                   {.role = Role::number, .ink = action, .align = Align::right, .middle = true});
        y = r.bottom() + gap_small;
    }
    if (!q.reference.empty()) reference_card(frame, y, frame.say("screen.go_to_window.reference"), q.reference);
    frame.actions({{"understood", frame.say("screen.go_to_window.understood"), Kind::primary, answers<kiosk::GoToWindow>(kiosk::GoToWindow::Answer::understood)}}, false);
}

void draw(Frame& frame, const kiosk::Trouble& q) {
    const auto key = fmt::format("fault.{}", drivers::name_of(q.code));
    const Rect room = frame.head(frame.say(key + ".title"), frame.say(key + ".do"));
    float y = room.y;
    if (!q.reference.empty()) {
        const std::string saved = bold(frame.say("screen.trouble.saved"));
        const std::string how = q.window.empty() ? saved : saved + "\n" + frame.say("screen.trouble.saved_do", {{"window", q.window}});
        y = frame.note_card(y, how, Mark::check, done) + gap_small;
        y = reference_card(frame, y, frame.say("screen.trouble.reference"), q.reference) + gap_small;
    } else if (!q.window.empty()) {
        y = frame.note_card(y, frame.say("screen.trouble.also", {{"window", q.window}}), Mark::arrow_right, action) + gap_small;
    }
    frame.foot(frame.say("screen.trouble.number", {{"number", std::string(kiosk::row_of(q.code).number)}}));
    frame.actions({{"understood", frame.say("screen.trouble.understood"), Kind::primary, answers<kiosk::Trouble>(kiosk::Trouble::Answer::understood)}}, false);
}

}  // namespace ui::screens
