// Touches: every enabled target does something, a tap belongs to one phase, the signature keeps every sample, and nothing entered outlives its screen.
#include "stand.hpp"

namespace ui::test {

using namespace kiosk;

namespace {
/// Everything that is typed besides the first number.
std::string written_of(const Stand& stand) {
    const auto& e = stand.pane.entry();
    return fmt::format("{}|{}|{}|{}|{}|{}", e.again, e.expiry, e.writing.composed, e.writing.spelled(), input::name_of(e.writing.mode), e.writing.page);
}
}  // namespace

TEST_CASE("every enabled target of every screen leads to an answer or a visible change") {
    Stand stand;
    std::set<std::pair<std::size_t, std::string>> shown_before;  // one situation of each screen and target is enough
    for (const auto& s : situations()) {
        std::vector<std::string> ids;
        stand.stage.clear();
        stand.show(s.question);
        stand.draw();
        for (const auto& t : stand.pane.drawn().targets)
            if (t.enabled && !t.pad && shown_before.insert({s.question.index(), t.id}).second) ids.push_back(t.id);
        for (const auto& id : ids) {
            INFO(s.name, " ", id);
            stand.stage.clear();
            stand.ask(s.question);
            stand.draw();
            if (id == "erase" || id == "clear" || id == "delete") continue;  // shown below, with something to erase
            const bool large = stand.stage.shown().large_text, help = stand.stage.shown().help_called;
            const auto language = stand.stage.shown().language;
            const auto ticks = stand.pane.entry().ticks;
            const auto digits = stand.pane.entry().digits;
            const int page = stand.pane.entry().page, count = stand.pane.entry().count;
            const auto written = written_of(stand);
            CHECK(stand.tap(id) == id);
            const auto& entry = stand.pane.entry();
            const bool changed = stand.stage.shown().large_text != large || stand.stage.shown().help_called != help ||
                                 stand.stage.shown().language != language || entry.ticks != ticks || entry.digits != digits || entry.page != page ||
                                 entry.count != count || written_of(stand) != written;
            CHECK((stand.over || stand.left || changed));
            if (!stand.over && !stand.left) {
                stand.stage.leave(LeaveReason::shutdown);
                stand.turn();
            }
        }
    }
}

TEST_CASE("a tap that begins on one screen and ends on the next answers neither") {
    Stand stand;
    stand.ask(situation("welcome").question);
    stand.draw();
    const auto start = stand.target("start")->rect.centre();
    stand.pane.down(start, 0);
    stand.stage.leave(LeaveReason::shutdown);
    stand.turn();
    stand.ask(situation("for_whom").question);
    CHECK(stand.pane.up().empty());  // before the new screen was drawn
    stand.draw();
    const auto myself = stand.target("myself")->rect.centre();
    CHECK_FALSE(stand.over);
    stand.pane.down(myself, 0);
    stand.stage.leave(LeaveReason::shutdown);
    stand.turn();
    stand.stage.clear();
    stand.ask(situation("for_whom").question);  // the same screen again, but for another person
    stand.draw();
    CHECK(stand.pane.up().empty());
    stand.turn();
    CHECK_FALSE(stand.over);
    // And a touch on what was drawn, after the stage has gone on.
    stand.stage.leave(LeaveReason::shutdown);
    stand.turn();
    stand.ask(situation("welcome").question);
    stand.pane.down(myself, 0);
    CHECK(stand.pane.up().empty());
    CHECK_FALSE(stand.over);
}

TEST_CASE("a finger that slides off its button presses nothing; a double tap answers once") {
    Stand stand;
    stand.ask(situation("for_whom").question);
    stand.draw();
    const auto myself = stand.target("myself")->rect.centre();
    stand.pane.down(myself, 0);
    stand.pane.move({myself.x, 1500}, 20);
    CHECK(stand.pane.up().empty());
    stand.turn();
    CHECK_FALSE(stand.over);
    const auto phase = stand.stage.shown().phase;
    stand.pane.down(myself, 0);
    CHECK(stand.pane.up() == "myself");
    stand.pane.down(myself, 0);
    stand.pane.up();
    stand.turn();
    CHECK(stand.over);
    CHECK_FALSE(stand.stage.answer<ForWhom>(phase + 1, ForWhom::Answer::myself));
}

TEST_CASE("consents begin unticked, and the agreement is pressed only when all three are") {
    Stand stand;
    stand.ask(situation("notice").question);
    stand.draw();
    CHECK(stand.pane.entry().ticks == std::array<bool, 3>{});
    CHECK(stand.tap("agree").empty());
    for (const auto* id : {"tick_notice", "tick_face_match"}) stand.tap(id);
    CHECK(stand.tap("agree").empty());
    CHECK_FALSE(stand.over);
    stand.tap("tick_bank_data");
    CHECK(stand.tap("agree") == "agree");
    REQUIRE(stand.over);
    CHECK((stand.consent->read && stand.consent->face_match && stand.consent->bank_data));
    stand.ask(situation("notice").question);
    stand.draw();
    stand.tap("tick_face_match");
    stand.tap("refuse");
    REQUIRE(stand.over);
    CHECK_FALSE((stand.consent->read || stand.consent->face_match || stand.consent->bank_data));
}

TEST_CASE("an enquiry asks for one consent, and can be refused with it ticked") {
    Stand stand;
    stand.ask(situation("notice-enquiry").question);
    stand.draw();
    CHECK(stand.tap("agree").empty());
    for (const auto& target : stand.pane.drawn().targets) CHECK((target.id != "tick_face_match" && target.id != "tick_bank_data"));
    stand.tap("tick_notice");
    CHECK(stand.tap("agree") == "agree");
    REQUIRE(stand.over);
    CHECK(stand.consent->read);
    CHECK_FALSE((stand.consent->face_match || stand.consent->bank_data));
    stand.ask(situation("notice-enquiry").question);
    stand.draw();
    stand.tap("tick_notice");
    stand.tap("refuse");
    REQUIRE(stand.over);
    CHECK_FALSE(stand.consent->read);
}

TEST_CASE("the first screen gives what was touched; without a centre there is nothing to ask") {
    const auto ids = [](std::string_view name) {
        Stand stand;
        stand.show(situation(name).question);
        stand.draw();
        std::set<std::string> out;
        for (const auto& target : stand.pane.drawn().targets) out.insert(target.id);
        return std::pair{out.contains("start"), out.contains("card_status")};
    };
    CHECK(ids("welcome") == std::pair{true, false});
    CHECK(ids("welcome-enquiries") == std::pair{true, true});
    CHECK(ids("welcome-closed-enquiries") == std::pair{false, true});
    CHECK(ids("welcome-closed") == std::pair{false, false});
}

TEST_CASE("the mobile number is typed, erased and given") {
    Stand stand;
    stand.ask(situation("enter_mobile").question);
    stand.type("139000012");
    CHECK(stand.tap("confirm").empty());
    stand.tap("erase");
    stand.type("1239999");  // more than eleven are not taken
    CHECK(stand.pane.entry().digits == "13900001123");
    stand.tap("confirm");
    CHECK(stand.over);
    CHECK(stand.typed == "13900001123");
}

TEST_CASE("the PIN is typed twice, shown as dots only, and wiped with the phase") {
    Stand stand;
    stand.ask(situation("choose_pin-none").question);
    stand.type("739");
    stand.tap("clear");
    CHECK(stand.pane.entry().digits.empty());
    stand.type("739154");
    stand.draw();
    const auto& drawn = stand.pane.drawn().texts;
    CHECK(std::ranges::none_of(drawn, [](const TextMark& t) { return t.text.find("739") != std::string::npos; }));
    CHECK(std::ranges::any_of(drawn, [](const TextMark& t) { return t.text == "请再输一次"; }));
    stand.type("739155");
    stand.tap("erase");
    stand.type("4");
    stand.tap("confirm");
    REQUIRE(stand.over);
    CHECK(stand.typed == "739154/739154");
    CHECK(stand.pane.entry().digits.empty());
    CHECK(stand.pane.entry().again.empty());
}

TEST_CASE("what was entered is overwritten when the phase changes") {
    Stand stand;
    stand.ask(situation("enter_mobile").question);
    stand.type("13900001");
    const char* memory = stand.pane.entry().digits.data();
    REQUIRE(std::string_view(memory, 8) == "13900001");
    stand.stage.leave(LeaveReason::idle);
    stand.turn();
    stand.ask(situation("welcome").question);
    stand.draw();
    CHECK(stand.pane.entry().digits.empty());
    CHECK(stand.pane.entry().digits.data() == memory);  // reserved once: no copy stayed behind
    CHECK(std::ranges::all_of(std::string_view(memory, stand.pane.entry().digits.capacity()), [](char c) { return c == '\0'; }));
    CHECK(std::ranges::none_of(stand.pane.drawn().texts, [](const TextMark& t) { return t.text.find("139") != std::string::npos; }));
}

TEST_CASE("the signature keeps every sample with its time, inside the pad, and can be cleared") {
    Stand stand;
    stand.ask(situation("sign").question);
    stand.draw();
    CHECK(stand.tap("sign").empty());
    const Rect pad = stand.target("pad")->rect;
    const auto stroke = [&](std::uint32_t begin, int samples) {
        stand.pane.down({pad.x + 10, pad.y + 20}, begin);
        for (int i = 1; i <= samples; ++i) stand.pane.move({pad.x + 10 + static_cast<float>(i) * 3, pad.y + 20}, begin + static_cast<std::uint32_t>(i) * 7);
        CHECK(stand.pane.up() == "pad");
    };
    stroke(1000, 5);
    stand.tap("clear");
    CHECK(stand.pane.entry().strokes.empty());
    stroke(5000, 40);
    stroke(6000, 500);  // runs out of the pad to the right: kept at its edge
    stand.tap("sign");
    REQUIRE(stand.over);
    REQUIRE(stand.signature.size() == 2);
    CHECK(stand.signature[0].size() == 41);
    CHECK(stand.signature[1].size() == 501);
    CHECK(stand.signature[0][1].ms - stand.signature[0][0].ms == 7);
    CHECK(stand.signature[1][0].ms - stand.signature[0][0].ms == 1000);
    CHECK(stand.signature[1].back().x == static_cast<int>(pad.w) - 1);
    for (const auto& s : stand.signature)
        for (const auto& p : s) CHECK((p.x >= 0 && p.y >= 0 && p.x <= 4095 && p.y <= 4095));
}

TEST_CASE("a signature has a limit, and pages, counts and the leave button work") {
    Stand stand;
    stand.ask(situation("sign").question);
    stand.draw();
    const Rect pad = stand.target("pad")->rect;
    stand.pane.down(pad.centre(), 0);
    for (std::uint32_t i = 0; i < max_stroke_points + 100; ++i) stand.pane.move(pad.centre(), i);
    stand.pane.up();
    CHECK(stand.pane.entry().points() == max_stroke_points);
    stand.draw();
    CHECK(stand.tap("leave") == "leave");
    CHECK(stand.left == LeaveReason::button);

    stand.ask(situation("choose_bank-many").question);
    stand.draw();
    CHECK(stand.target("bank_b01"));
    CHECK_FALSE(stand.target("bank_b06"));
    CHECK(stand.tap("previous_page").empty());
    stand.tap("next_page");
    stand.tap("next_page");
    stand.draw();
    CHECK(stand.target("bank_b12"));
    CHECK(stand.tap("next_page").empty());
    stand.stage.leave(LeaveReason::shutdown);
    stand.turn();

    stand.ask(situation("load_blanks").question);
    for (const auto* id : {"count_plus_10", "count_plus_10", "count_minus_1"}) stand.tap(id);
    CHECK(stand.pane.entry().count == 19);
    stand.tap("count_most");
    CHECK(stand.pane.entry().count == 89);
    CHECK(stand.tap("count_plus_1").empty());
}

TEST_CASE("a moving picture keeps the phase, so a finger stays valid on it") {
    Stand stand;
    stand.ask(situation("take_photo-too_far").question);
    stand.draw();
    stand.pane.down(stand.target("ask_for_help")->rect.centre(), 0);
    stand.show(situation("take_photo-hold_still-60").question);
    stand.draw();
    CHECK(stand.pane.up() == "ask_for_help");
    stand.turn();
    CHECK(stand.over);
}

}  // namespace ui::test
