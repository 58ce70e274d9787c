// Supplies and cards in the staff's hands: the menu with its arithmetic, loading, the reject bin, a card that must be reconciled.
#include "ui/screens/screens.hpp"

namespace ui::screens {

using namespace theme;

namespace {
constexpr int per_page = 5;

struct Supply {
    std::string title, says, unit;
    std::string place, owner;  ///< the title in two parts
    std::optional<int> count = 0;  ///< nothing: not known now
    double level = 0;   ///< 0..1
    bool alarm = false;
    Choice act;         ///< no label: nothing to press
};

/// "14:20" in the service's only zone, UTC+8.
std::string clock_time(kiosk::Utc t) {
    const auto minutes = std::chrono::floor<std::chrono::minutes>(t + std::chrono::hours{8}).time_since_epoch().count() % (24 * 60);
    return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
}

Supply supply_of(Frame& frame, const kiosk::HopperRow& row) {
    Supply s;
    s.place = frame.say("screen.staff_menu.hopper", {{"n", fmt::to_string(row.hopper)}});
    s.owner = frame.choose(row.bank.name_zh, row.bank.name_en);
    s.title = s.place + frame.say("common.dot") + s.owner;
    s.unit = frame.say("screen.staff_menu.sheets");
    s.count = row.remaining;
    s.level = row.capacity > 0 ? static_cast<double>(row.remaining) / row.capacity : 0;
    s.alarm = row.remaining <= row.threshold || row.sensor_empty;
    constexpr int today = 8 * 60;
    if (row.remaining <= 0) s.says = frame.say("screen.staff_menu.empty");
    else if (row.sensor_empty) s.says = frame.say("screen.staff_menu.sensor_empty");
    else if (row.minutes_left >= 0 && row.minutes_left < today)
        s.says = frame.say("screen.staff_menu.until", {{"time", clock_time(frame.parts().now + std::chrono::minutes{row.minutes_left})}});
    else if (s.alarm) s.says = frame.say("screen.staff_menu.low");
    else s.says = frame.say(row.minutes_left < 0 ? "screen.staff_menu.unknown_pace" : "screen.staff_menu.enough");
    s.act = {fmt::format("hopper_{}", row.hopper), frame.say("screen.staff_menu.load"), s.alarm ? Kind::primary : Kind::secondary,
             answers<kiosk::StaffMenu>(kiosk::StaffMenu::Load{row.hopper})};
    return s;
}

std::vector<Supply> supplies_of(Frame& frame, const kiosk::StaffMenu& q) {
    std::vector<Supply> out;
    for (const auto& row : q.hoppers) out.push_back(supply_of(frame, row));
    Supply ribbon;
    ribbon.title = ribbon.place = frame.say("screen.staff_menu.ribbon");
    ribbon.unit = frame.say("screen.staff_menu.ribbon_left");
    ribbon.count = q.ribbon_left;
    ribbon.level = q.ribbon_left && q.ribbon_capacity > 0 ? static_cast<double>(*q.ribbon_left) / q.ribbon_capacity : 0;
    ribbon.alarm = q.ribbon_left && ribbon.level < 0.1;
    ribbon.says = frame.say(!q.ribbon_left ? "screen.staff_menu.not_asked" : *q.ribbon_left <= 0 ? "screen.staff_menu.empty" : ribbon.alarm ? "screen.staff_menu.low" : "screen.staff_menu.ribbon_note");
    out.push_back(std::move(ribbon));
    const int room = std::max(0, q.bin_capacity - q.bin_count);
    Supply bin;
    bin.title = bin.place = frame.say("screen.staff_menu.bin");
    bin.says = room > 0 ? frame.say("screen.staff_menu.bin_room", {{"n", fmt::to_string(room)}}) : frame.say("screen.staff_menu.bin_full");
    bin.unit = frame.say("screen.staff_menu.sheets");
    bin.count = q.bin_count;
    bin.level = q.bin_capacity > 0 ? static_cast<double>(q.bin_count) / q.bin_capacity : 0;
    bin.alarm = room == 0;
    bin.act = {"empty_bin", frame.say("screen.staff_menu.bin_empty"), bin.alarm ? Kind::primary : Kind::secondary,
               answers<kiosk::StaffMenu>(kiosk::StaffMenu::EmptyBin{})};
    out.push_back(std::move(bin));
    return out;
}

void draw_supply(Frame& frame, const Rect& r, const Supply& s) {
    frame.card(r, theme::card, s.alarm ? attention : line, s.alarm ? 4 : 2);
    const float button = 184, number = 150, left = r.w - button - number - 2 * 32 - 40, x = r.x + 32;
    const Look title{.role = Role::strong, .one_line = true}, note{.role = Role::note, .ink = s.alarm ? attention : quiet, .one_line = true};
    // A long bank name moves to the second line.
    const bool roomy = frame.width_of(s.title, title) * min_important <= left * type_of(Role::strong, frame.chinese()).size * frame.k();
    const std::string first = roomy ? s.title : s.place, second = roomy ? s.says : s.owner + frame.say("common.dot") + s.says;
    const float h1 = frame.height_of(first, title, left), h2 = frame.large() && !s.alarm && roomy ? 0 : frame.height_of(second, note, left);
    float y = r.centre().y - (h1 + (h2 > 0 ? h2 + 14 : 0) + 34) / 2;
    y += frame.text({x, y, left, h1 + 2}, first, title);
    if (h2 > 0) y += 14 + frame.text({x, y + 14, left, h2 + 2}, second, note);
    const Rect track{x, y + 18, left, 16};
    frame.pen().box(track, Colour{0xE0E6EA}, 8);
    const float part = static_cast<float>(std::clamp(s.level, 0.0, 1.0));
    if (part > 0) frame.pen().box({track.x, track.y, std::max(16.F, track.w * part), 16}, s.alarm ? attention : action, 8);
    const float nx = x + left + 20;
    frame.text({nx, r.y + 12, number, r.h * 0.56F - 12}, s.count ? fmt::to_string(*s.count) : "–", {.role = Role::key, .align = Align::right, .middle = true, .one_line = true});
    frame.text({nx, r.y + r.h * 0.6F, number, r.h * 0.3F}, s.unit, {.role = Role::note, .ink = quiet, .align = Align::right, .middle = true, .one_line = true});
    if (!s.act.label.empty()) frame.button({r.right() - 32 - button, r.centre().y - 52, button, 104}, s.act, Role::body);
}

std::string sums(Frame& frame, const kiosk::Arithmetic& a) {
    const auto n = [](int v) { return fmt::to_string(v); };
    return frame.say("screen.staff_menu.sum_line", {{"loaded", n(a.loaded)},
                                                    {"found", n(a.found)},
                                                    {"issued", n(a.issued)},
                                                    {"spoiled", n(a.spoiled)},
                                                    {"retained", n(a.retained)},
                                                    {"tested", n(a.tested)},
                                                    {"unloaded", n(a.unloaded)},
                                                    {"unknown", n(a.unknown)},
                                                    {"gone", n(a.gone_unwitnessed)},
                                                    {"in_machine", n(a.in_machine)},
                                                    {"remaining", n(a.remaining)}});
}

/// A sentence of alarm with its one button; grows upwards from `bottom`. Gives its top.
float alarm(Frame& frame, float bottom, const std::string& words, Choice choice) {
    const float button = 290, w = column - button - 2 * 30 - 24;
    const Look look{.role = Role::note, .ink = ink, .middle = true};
    const float h = std::max(124.F, frame.height_of(words, look, w) + 36);
    const Rect r{margin, bottom - h, column, h};
    frame.card(r, attention_tint, attention, 3);
    frame.text({r.x + 30, r.y, w, r.h}, words, look);
    frame.button({r.right() - 20 - button, r.centre().y - 48, button, 96}, choice, Role::body);
    return r.y - 14;
}

std::string name_of_card(Frame& frame, std::string_view key, const kiosk::CardKey& card) {
    return frame.say(key, {{"load", card.load}, {"ordinal", fmt::to_string(card.ordinal)}});
}
}  // namespace

void draw(Frame& frame, const kiosk::StaffMenu& q) {
    Rect room = frame.head(frame.say("screen.staff_menu.question"), "");
    using Menu = kiosk::StaffMenu;
    float bottom = room.bottom();
    const std::string verdict = q.arithmetic.holds() ? frame.say("screen.staff_menu.sum_ok") : frame.say("screen.staff_menu.sum_wrong");
    const std::string line_of_sums = bold(frame.say("screen.staff_menu.sums")) + "  " + sums(frame, q.arithmetic);
    const Look small{.role = Role::note, .ink = ink};
    const float mark_room = frame.width_of(bold(verdict), small) + 80;
    const float h = std::max(frame.height_of(line_of_sums, small, column - 2 * 32 - mark_room), 60.F) + 44;
    const Rect card{margin, bottom - h, column, h};
    frame.card(card, q.arithmetic.holds() ? theme::card : stop_tint, q.arithmetic.holds() ? line : stop);
    frame.text({card.x + 32, card.y + 22, card.w - 64 - mark_room, h - 40}, line_of_sums, small);
    const Colour colour = q.arithmetic.holds() ? done : stop;
    frame.text({card.right() - 32 - mark_room + 60, card.y, mark_room - 58, h}, bold(verdict), {.role = Role::note, .ink = colour, .middle = true, .one_line = true});
    frame.pen().mark(q.arithmetic.holds() ? Mark::check : Mark::cross, {card.right() - 32 - mark_room + 30, card.centre().y}, 34, colour);
    bottom = card.y - 14;
    if (q.to_reconcile > 0)
        bottom = alarm(frame, bottom, frame.say("screen.staff_menu.to_reconcile", {{"n", fmt::to_string(q.to_reconcile)}}),
                       {"reconcile", frame.say("screen.staff_menu.reconcile"), Kind::secondary, answers<Menu>(Menu::Reconcile{})});
    if (q.path_closed)
        bottom = alarm(frame, bottom,
                       fmt::format("{}\n{}", bold(fmt::format("{} · {}", frame.say("screen.staff_menu.closed"), kiosk::row_of(*q.path_closed).number)),
                                   frame.say(fmt::format("fault.{}.staff", drivers::name_of(*q.path_closed)))),
                       {"reopen_path", frame.say("screen.staff_menu.reopen_path"), Kind::primary, answers<Menu>(Menu::ReopenPath{})});
    const auto all = supplies_of(frame, q);
    Rect list{margin, room.y - 12, column, bottom - room.y + 12};
    const float least = frame.large() ? 150 : 146;
    const auto fit = std::clamp(static_cast<int>((list.h + 14) / (least + 14)), 1, per_page);
    int rows = fit, pages = 1;
    if (static_cast<int>(all.size()) > fit) {
        rows = std::max(1, static_cast<int>((list.h - 108 + 14) / (least + 14)));
        rows = std::min(rows, per_page);
        pages = (static_cast<int>(all.size()) + rows - 1) / rows;
    }
    const int page = frame.pager(list, pages);
    const float row_height = std::min(186.F, (list.h - 14 * static_cast<float>(rows - 1)) / static_cast<float>(rows));
    float y = list.y;
    for (int i = page * rows; i < std::min(static_cast<int>(all.size()), (page + 1) * rows); ++i, y += row_height + 14)
        draw_supply(frame, {margin, y, column, row_height}, all[static_cast<std::size_t>(i)]);
    // "Leave" is the visit's own answer here, not the stage's way out.
    frame.button({margin, action_top, column, action_height}, {"leave_staff", frame.say("screen.staff_menu.leave_staff"), Kind::secondary, answers<Menu>(Menu::Leave{})});
    frame.foot(q.who);
}

void draw(Frame& frame, const kiosk::LoadBlanks& q) {
    const auto hint = frame.say("screen.load_blanks.hint", {{"bank", frame.choose(q.hopper.bank.name_zh, q.hopper.bank.name_en)},
                                                            {"remaining", fmt::to_string(q.hopper.remaining)},
                                                            {"most", fmt::to_string(q.most)}});
    const Rect room = frame.head(frame.say("screen.load_blanks.question", {{"n", fmt::to_string(q.hopper.hopper)}}),
                                 q.most > 0 ? hint : frame.say("screen.load_blanks.full"));
    const int count = std::clamp(frame.entry().count, 0, std::max(q.most, 0));
    const float keys = 150, number_height = std::min(330.F, room.h - 2 * keys - 3 * gap);
    const Rect box{room.x, room.y, room.w, number_height};
    frame.card(box);
    frame.text({box.x, box.y + 30, box.w, box.h * 0.55F}, fmt::to_string(count),
               {.role = Role::number, .ink = count > 0 ? ink : quiet, .align = Align::centre, .middle = true, .one_line = true});
    frame.text({box.x, box.y + box.h * 0.64F, box.w, box.h * 0.26F}, frame.say("screen.load_blanks.sheets"),
               {.role = Role::body, .ink = quiet, .align = Align::centre, .middle = true, .one_line = true});
    const int most = std::max(q.most, 0);
    const auto add = [most](int by) { return [by, most](Acts& acts) { acts.entry.count = std::clamp(acts.entry.count + by, 0, most); }; };
    const Choice choices[] = {{"count_minus_10", "−10", Kind::secondary, add(-10), count > 0},
                              {"count_minus_1", "−1", Kind::secondary, add(-1), count > 0},
                              {"count_plus_1", "+1", Kind::secondary, add(1), count < most},
                              {"count_plus_10", "+10", Kind::secondary, add(10), count < most}};
    const float w = (column - 3 * gap_small) / 4;
    float x = room.x;
    for (const auto& c : choices) {
        frame.button({x, box.bottom() + gap, w, keys}, c, Role::key);
        x += w + gap_small;
    }
    frame.button({room.x, box.bottom() + 2 * gap + keys, column, keys},
                 {"count_most", fmt::format("{} (+{})", frame.say("screen.load_blanks.count_most"), most - count), Kind::secondary,
                  [most](Acts& acts) { acts.entry.count = most; }, count < most},
                 Role::title);
    frame.actions({{"changed_mind", frame.say("screen.load_blanks.changed_mind"), Kind::secondary, answers<kiosk::LoadBlanks>({.count = 0})},
                   {"confirm", frame.say("screen.load_blanks.confirm", {{"n", fmt::to_string(count)}}), Kind::primary,
                    answers<kiosk::LoadBlanks>({.count = count}), count > 0}},
                  false);
    frame.foot(frame.say("screen.load_blanks.foot"));
}

void draw(Frame& frame, const kiosk::EmptyBinList& q) {
    const int all = static_cast<int>(q.cards.size());
    Rect room = frame.head(frame.say("screen.empty_bin.question", {{"n", fmt::to_string(all)}}),
                           all > 0 ? frame.say("screen.empty_bin.hint") : frame.say("screen.empty_bin.none"));
    const int page = frame.pager(room, (all + per_page - 1) / per_page);
    std::vector<Row> rows;
    for (int i = page * per_page; i < std::min(all, (page + 1) * per_page); ++i) {
        const auto& card = q.cards[static_cast<std::size_t>(i)];
        const auto key = "screen.empty_bin.state." + card.state;
        rows.push_back({fmt::format("{}", i + 1),
                        name_of_card(frame, "screen.empty_bin.card", card.key) + frame.say("common.dot") + (frame.has(key) ? frame.say(key) : card.state)});
    }
    if (!rows.empty()) frame.rows(room.y, rows, room.bottom());
    using Answer = kiosk::EmptyBinList::Answer;
    frame.actions({{"keep", frame.say("screen.empty_bin.keep"), Kind::secondary, answers<kiosk::EmptyBinList>(Answer::keep)},
                   {"emptied", frame.say("screen.empty_bin.emptied", {{"n", fmt::to_string(all)}}), Kind::primary,
                    answers<kiosk::EmptyBinList>(Answer::emptied), all > 0}},
                  false);
}

void draw(Frame& frame, const kiosk::ReconcileCard& q) {
    const Rect room = frame.head(frame.say("screen.reconcile_card.question"), frame.say("screen.reconcile_card.hint"));
    std::string about = bold(name_of_card(frame, "screen.reconcile_card.card", q.card));
    if (!q.second.empty()) about += "\n" + frame.say("screen.reconcile_card.second", {{"second", q.second}});
    float y = frame.note_card(room.y, about, Mark::card, action) + gap;
    using Answer = kiosk::ReconcileCard::Answer;
    const std::pair<std::string_view, Answer> choices[] = {
        {"destroyed", Answer::destroyed}, {"in_bin", Answer::in_bin}, {"not_found", Answer::not_found}, {"later", Answer::later}};
    const float h = std::min(168.F, (room.bottom() - y - 3 * gap_small) / 4);
    for (const auto& [id, answer] : choices) {
        frame.button({room.x, y, room.w, h},
                     {std::string(id), frame.say(fmt::format("screen.reconcile_card.{}", id)), answer == Answer::later ? Kind::quiet : Kind::secondary,
                      answers<kiosk::ReconcileCard>(answer)},
                     Role::title);
        y += h + gap_small;
    }
    frame.actions({});
}

}  // namespace ui::screens
