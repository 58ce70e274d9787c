// Scenario files: all of them can be read; a word, a value or a key that does not exist is refused with a sentence that names file and word.
#include "sim/hall/scenario.hpp"
#include "sim/panel/words.hpp"

#include <cstdlib>
#include <doctest/doctest.h>
#include <fstream>
#include <set>

using namespace sim;

namespace {
const std::filesystem::path folder = std::filesystem::path(LIQU_SOURCE_DIR) / "sim/scenarios";

/// What is said about a scenario of this text; empty: it is accepted.
std::string refusal_of(const std::string& text) {
    std::string name = (std::filesystem::temp_directory_path() / "liqu-scenario-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()));
    const auto file = std::filesystem::path(name) / "slip.toml";
    std::ofstream(file) << text;
    const auto loaded = load_scenario(file);
    std::filesystem::remove_all(name);
    return loaded ? std::string{} : loaded.error();
}
std::string event(const std::string& word, const std::string& value = {}) {
    return "title = \"a slip\"\n[[event]]\nwhen = \"start\"\ndo = \"" + word + "\"\n" + (value.empty() ? "" : "value = \"" + value + "\"\n");
}
bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
}  // namespace

TEST_CASE("every scenario can be read; what happens in them are words of the table, their faults are faults of the models") {
    std::set<std::string> words, faults;
    int stories = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const auto scenario = load_scenario(entry.path());
        REQUIRE_MESSAGE(scenario.has_value(), (scenario ? "" : scenario.error()));
        CHECK_MESSAGE(!scenario->title.empty(), scenario->name);
        ++stories;
        for (const auto& h : scenario->happenings) {
            words.insert(h.act);
            const auto word = word_of(h.act);
            CHECK_MESSAGE((word || std::ranges::find(story_words, h.act, &StoryWordRow::text) != story_words.end()), h.act);
            if (word == Word::provoke) CHECK_MESSAGE(printer_fault_of(h.value), h.value);
            if (word == Word::disturb_printer) CHECK_MESSAGE(disturbance_of(h.value), h.value);
            if (word == Word::provoke || word == Word::disturb_printer) faults.insert(h.value);
        }
    }
    CHECK(stories >= 35);
    CHECK(words.size() > 20);
    CHECK(faults.contains("double_feed"));
}

TEST_CASE("no word means two things: the story's own are not in the table") {
    for (const auto& row : story_words) CHECK_MESSAGE(!word_of(row.text), row.text);
    for (const auto& row : word_table) CHECK(word_of(row.text) == row.word);
}

TEST_CASE("a slip of the pen is refused") {
    CHECK(refusal_of(event("unplug_printer")) == "");
    CHECK(refusal_of(event("touch", "start")) == "");
    const auto unknown = refusal_of(event("unplug_pritner"));
    CHECK(has(unknown, "slip.toml"));
    CHECK(has(unknown, "unplug_pritner"));
    for (const auto& [word, value] : {std::pair<std::string, std::string>{"provoke", "jamm"}, {"provoke", ""}, {"disturb_printer", "black"}, {"disturb_camera", "blue"}, {"centre_behave", "rude"},
                                      {"scene", "lihgt=1"}, {"scene", "light=much"}, {"scene", "light"}, {"kill_kiosk", "soon"}, {"kill_kiosk", "-1"}, {"citizen_again", "-2"}, {"new_ribbon", "7x"},
                                      {"refill", "1;20"}, {"refill", "0;20;bank_a"}, {"refill", "1;0;bank_a"}, {"empty_hopper", ""}, {"open_cover", "wide"}, {"touch", ""}, {"nothing", "at all"}}) {
        const auto sentence = refusal_of(event(word, value));
        CAPTURE(word);
        CAPTURE(sentence);
        CHECK(has(sentence, "slip.toml"));
        CHECK(has(sentence, word));
        CHECK(has(sentence, '"' + value + '"'));
    }
    for (const auto* value : {"black", "stuck", "off", "none"}) CHECK(refusal_of(event("disturb_camera", value)) == "");
    CHECK(has(refusal_of("title = 7\n"), "title"));
    CHECK(has(refusal_of("titel = \"x\"\n"), "titel"));
}
