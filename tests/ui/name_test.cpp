// Names, numbers and dates typed by touches, as a citizen types them, and how the screens look meanwhile.
#include "stand.hpp"

namespace ui::test {

using namespace kiosk;

namespace {
/// Presses pinyin, then looks for the character on the pages.
void write(Stand& stand, std::string_view pinyin, std::string_view character) {
    for (const char c : pinyin) stand.tap(fmt::format("letter_{}", static_cast<char>(c - 'a' + 'A')));
    for (int page = 0; page < 12; ++page) {
        stand.draw();
        const auto& shown = stand.pane.drawn().candidates;
        const auto it = std::ranges::find(shown, character);
        if (it != shown.end()) return void(stand.tap(fmt::format("candidate_{}", it - shown.begin() + 1)));
        REQUIRE(stand.tap("next_page") == "next_page");
    }
    FAIL("not found: ", std::string(character));
}
void press(Stand& stand, std::string_view prefix, std::initializer_list<std::string_view> keys) {
    for (const auto key : keys) stand.tap(fmt::format("{}{}", prefix, key));
}
}  // namespace

TEST_CASE("a name is written by pinyin, strokes, numbers and letters, and given as it stands") {
    Stand stand;
    stand.ask(EnterName{});
    stand.draw();
    CHECK(stand.tap("confirm").empty());
    CHECK(stand.tap("dot").empty());
    write(stand, "wei", "韦");
    CHECK(stand.pane.entry().writing.spelled().empty());
    write(stand, "sui", "𬭼");
    stand.tap("dot");
    stand.tap("letter_L");
    CHECK(stand.tap("confirm").empty());  // half spelled
    stand.tap("mode_stroke");
    press(stand, "stroke_", {"h", "s", "z", "any", "s", "h"});
    stand.draw();
    REQUIRE_FALSE(stand.pane.drawn().candidates.empty());
    CHECK(stand.tap("mode_stroke").empty());
    stand.tap("mode_code");
    press(stand, "", {"digit_9", "letter_F", "digit_9", "digit_8"});
    stand.draw();
    CHECK(stand.pane.drawn().candidates == std::vector<std::string>{"龘", "煒"});
    stand.tap("candidate_1");
    CHECK(stand.pane.entry().writing.composed == "韦𬭼·龘");
    stand.tap("mode_pinyin");
    CHECK(stand.pane.entry().writing.spelled() == "l");  // nothing that was typed is lost
    stand.tap("delete");
    stand.tap("confirm");
    REQUIRE(stand.over);
    CHECK(stand.typed == "韦𬭼·龘");
    CHECK(stand.pane.drawn().candidates.empty());

    stand.ask(EnterName{.whose = Whose::guardian});
    stand.tap("mode_latin");
    press(stand, "letter_", {"A", "N", "N", "A"});
    stand.tap("space");
    press(stand, "letter_", {"L", "I"});
    stand.tap("hyphen");
    CHECK(stand.tap("confirm").empty());
    stand.tap("delete");
    stand.tap("confirm");
    CHECK(stand.typed == "ANNA LI");
}

TEST_CASE("a double tap on a candidate writes it once and takes no letters of the next syllable") {
    Stand stand;
    stand.ask(EnterName{});
    press(stand, "letter_", {"W", "E", "I", "X", "I", "A", "O"});
    stand.draw();
    const auto first = stand.target("candidate_1")->rect.centre();
    for (int i = 0; i < 2; ++i) {
        stand.pane.down(first, 0);
        CHECK(stand.pane.up() == "candidate_1");
    }
    CHECK(stand.pane.entry().writing.characters() == 1);
    CHECK(stand.pane.entry().writing.spelled() == "xiao");
}

TEST_CASE("a name that is written leaves nothing behind when its screen goes") {
    Stand stand;
    stand.ask(EnterName{});
    write(stand, "qin", "覃");
    stand.tap("letter_X");
    const auto& writing = stand.pane.entry().writing;
    const char* memory = writing.composed.data();
    stand.stage.leave(LeaveReason::idle);
    stand.turn();
    stand.ask(situation("welcome").question);
    stand.draw();
    CHECK(writing.composed.data() == memory);
    CHECK(std::ranges::all_of(std::string_view(memory, writing.composed.capacity()), [](char c) { return c == '\0'; }));
    CHECK(writing.spelled().empty());
    CHECK(stand.pane.drawn().candidates.empty());
    CHECK(std::ranges::none_of(stand.pane.drawn().texts, [](const TextMark& t) { return t.text.contains("覃"); }));
}

TEST_CASE("the keyboard keeps the layout's rules while it is used, in both languages and sizes") {
    Stand stand;
    struct Scene {
        std::string name;
        std::string_view mode;
        std::vector<std::string> taps;
    };
    const std::vector<Scene> scenes{
        {"pinyin", "", {"letter_Y", "letter_I"}},
        {"pinyin-written", "", {"letter_W", "letter_E", "letter_I", "candidate_1", "letter_X", "letter_I", "letter_A", "letter_O", "next_page"}},
        {"pinyin-none", "", {"letter_X", "letter_Q"}},
        {"stroke-begin", "mode_stroke", {}},
        {"stroke", "mode_stroke", {"stroke_h", "stroke_s", "stroke_z", "stroke_any", "stroke_s", "stroke_n"}},
        {"code-begin", "mode_code", {}},
        {"code", "mode_code", {"digit_8", "digit_9", "digit_8", "digit_3"}},
        {"code-rare", "mode_code", {"digit_3", "digit_1", "digit_3", "digit_5", "letter_A"}},
        {"latin", "mode_latin", {"letter_A", "letter_N", "letter_N", "letter_A", "space", "letter_M", "letter_A", "letter_R", "letter_I", "letter_A"}},
    };
    for (const auto language : {Language::zh, Language::en})
        for (const bool large : {false, true})
            for (const auto& scene : scenes) {
                INFO(scene.name, language == Language::zh ? " zh" : " en", large ? " large" : "");
                stand.stage.clear();
                stand.stage.set_language(language);
                stand.stage.set_large_text(large);
                stand.ask(EnterName{.whose = Whose::child});
                if (!scene.mode.empty()) stand.tap(scene.mode);
                for (const auto& tap : scene.taps) CHECK(stand.tap(tap) == tap);
                stand.draw();
                audit(stand.pane.drawn(), stand.pane.place());
                if (std::getenv("LIQU_ALL_PICTURES") || (language == Language::zh && !large)) save(glass(), std::filesystem::path(LIQU_BINARY_DIR) / "screens" /
                                  fmt::format("name-{}-{}{}.png", scene.name, language == Language::zh ? "zh" : "en", large ? "-large" : ""));
                stand.stage.leave(LeaveReason::shutdown);
                stand.turn();
            }
}

TEST_CASE("the longest name stands in two lines and no letter more is taken") {
    Stand stand;
    stand.ask(EnterName{});
    stand.tap("mode_latin");
    stand.draw();
    const auto letter = stand.target("letter_M")->rect.centre(), other = stand.target("letter_A")->rect.centre();
    for (int i = 0; i < 60; ++i) {  // without looking between two touches
        stand.pane.down(i % 10 == 9 ? other : letter, 0);
        stand.pane.up();
    }
    CHECK(stand.pane.entry().writing.characters() == input::max_name_characters);
    for (const bool large : {false, true}) {
        stand.stage.set_large_text(large);
        stand.draw();
        const auto& texts_drawn = stand.pane.drawn().texts;
        const auto name = std::ranges::find(texts_drawn, stand.pane.entry().writing.composed, &TextMark::text);
        REQUIRE(name != texts_drawn.end());
        CHECK(name->block.h <= name->box.h);
        CHECK(name->block.w <= name->box.w);
        CHECK(name->complete);
    }
}

TEST_CASE("wild fingers on the keyboards: whatever is pressed, the screen stays whole") {
    Stand stand;
    std::uint32_t seed = 20261122;
    for (const AnyQuestion& question : {AnyQuestion{EnterName{}}, AnyQuestion{EnterZone{}}, AnyQuestion{EnterIdNumber{}}}) {
        stand.ask(question);
        stand.draw();
        for (int i = 0; i < 30; ++i) {
            seed = seed * 1664525U + 1013904223U;
            const auto& targets = stand.pane.drawn().targets;
            const auto& t = targets[(seed >> 8U) % targets.size()];
            if (t.id == "leave" || t.id == "confirm") continue;
            const auto id = t.id;
            const bool enabled = t.enabled;
            CHECK(stand.tap(id) == (enabled ? id : ""));
            stand.draw();
        }
        audit(stand.pane.drawn(), stand.pane.place());
        CHECK_FALSE(stand.over);
        stand.stage.leave(LeaveReason::shutdown);
        stand.turn();
        stand.stage.clear();
    }
}

TEST_CASE("numbers and dates: an X only at the end, grouped as on documents, three entries one after the other") {
    Stand stand;
    stand.ask(EnterIdNumber{});
    stand.draw();
    CHECK(stand.tap("key_X").empty());
    stand.type("45010319570916121");
    stand.tap("key_X");
    CHECK(stand.tap("key_X").empty());
    stand.draw();
    CHECK(std::ranges::any_of(stand.pane.drawn().texts, [](const TextMark& t) { return t.text == "450103 19570916 121X"; }));
    stand.tap("confirm");
    CHECK(stand.typed == "45010319570916121X");

    stand.ask(EnterExpiry{.refused = true});
    stand.type("2031130");
    stand.draw();
    CHECK(std::ranges::any_of(stand.pane.drawn().texts, [](const TextMark& t) { return t.text == "2031-13-0"; }));
    CHECK(stand.tap("confirm").empty());
    stand.tap("delete");
    stand.tap("delete");
    stand.tap("delete");
    stand.type("0930");
    stand.tap("confirm");
    CHECK(stand.typed == "20310930");

    stand.ask(EnterZone{});
    stand.draw();
    CHECK(stand.tap("confirm").empty());
    CHECK(stand.tap("field_number").empty());
    press(stand, "", {"letter_L", "digit_8", "digit_9", "letter_Q"});
    stand.tap("delete");
    stand.tap("confirm");
    stand.type("19740812");
    stand.tap("confirm");
    stand.type("2012041");
    CHECK(stand.tap("confirm").empty());
    stand.tap("field_number");
    stand.tap("letter_C");
    stand.tap("field_expiry");
    stand.type("5");
    stand.draw();
    audit(stand.pane.drawn(), stand.pane.place());
    save(glass(), std::filesystem::path(LIQU_BINARY_DIR) / "screens" / "zone-typed-zh.png");
    stand.tap("confirm");
    REQUIRE(stand.over);
    CHECK(stand.typed == "L89C/19740812/20120415");
    CHECK(group_date("19740812") == "1974-08-12");
    CHECK(group_date("1974081") == "1974-08-1");
    CHECK(group_id_typing("4501031957") == "450103 1957");
}

}  // namespace ui::test
