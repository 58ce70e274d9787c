// The sample register is what the simulation promises: every standing, every nation, valid numbers, names that hurt.
#include "tests/central/kiosk_side.hpp"

#include <numeric>

using namespace kiosk_side;

namespace {
std::size_t utf16_units(std::string_view text) {
    std::size_t units = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0u) != 0x80u) units += byte >= 0xF0 ? 2 : 1;
    }
    return units;
}
}  // namespace

TEST_CASE("the register covers every standing, nation and answer, and fits an ID card") {
    const auto everybody = people()->people();
    REQUIRE(everybody.size() >= 56);
    std::set<int> nations;
    std::set<std::string> kinds;
    std::set<sim::Standing> standings;
    std::set<sim::Match> matches;
    for (const auto& p : everybody) {
        CAPTURE(p.key);
        CHECK(sim::resident_number_valid(p.number) == (p.kind != "passport" && p.kind != "travel_permit"));
        CHECK(sim::social_security_number(p).size() == 18);
        CHECK(utf16_units(p.name) <= (p.name == p.name_latin ? 39 : 15));  // of the zone, of the card
        CHECK(utf16_units(p.address) <= 35);
        CHECK(utf16_units(p.authority) <= 15);
        CHECK(p.valid_from < p.valid_to);
        if (p.nation != 0) nations.insert(p.nation);
        kinds.insert(p.kind);
        standings.insert(p.standing);
        matches.insert(p.match);
        const bool waits = p.standing == sim::Standing::pending_batch || p.standing == sim::Standing::pending_bank || p.standing == sim::Standing::made_not_collected ||
                           p.standing == sim::Standing::not_insured;
        CHECK(waits == (!p.where_zh.empty() && !p.where_en.empty()));
    }
    CHECK(nations.size() == 58);
    CHECK(kinds.size() == 7);
    CHECK(standings.size() == static_cast<std::size_t>(sim::standing_count));
    CHECK(matches.size() == 3);
    CHECK(person("rare-name").name == "𠮷䶮");
    CHECK(utf16_units(person("long-name").name) == 15);
    CHECK_FALSE(person("expired-document").document_valid("20260101"));
    CHECK(people()->portrait().size() >= 14'336);
    CHECK(people()->portrait().size() <= 20'000);
    CHECK(people()->by_key("nobody") == nullptr);
    CHECK(people()->by_number("450102199001010011") == nullptr);
}

TEST_CASE("a person is found by kind, state and number; whoever has no number of 18 characters gets one of his state") {
    const auto& child = person("child");
    CHECK(people()->by_document("household_register", "CHN", child.number) == &child);
    CHECK(people()->by_document("resident_id", "CHN", child.number) == &child);
    CHECK(people()->by_document("residence_permit", "CHN", child.number) == nullptr);
    CHECK(people()->by_document("passport", "GBR", "533401372") == &person("passport"));
    CHECK(people()->by_document("passport", "USA", "533401372") == nullptr);
    CHECK(people()->by_number(child.guardian) == &person("first-issue"));
    CHECK(sim::social_security_number(child) == child.number);
    CHECK(sim::social_security_number(person("residence-permit")) == person("residence-permit").number);
    CHECK(sim::social_security_number(person("permanent-residence")) == person("permanent-residence").number);
    CHECK(sim::social_security_number(person("passport")) == "GBR000000533401372");
    CHECK(sim::social_security_number(person("hk-permit")) == "HKG000000H04567893");
    CHECK(sim::social_security_number(person("taiwan-permit")) == "TWN000000009876543");
    auto german = person("passport");
    german.nationality = "D";
    german.number = "1234567890ABCDEFGHIJ";
    CHECK(sim::social_security_number(german) == "DEU67890ABCDEFGHIJ");
}

TEST_CASE("numbers that could not be anybody's are refused") {
    CHECK(sim::resident_number_valid(person("check-x").number));
    CHECK(person("check-x").number.back() == 'X');
    auto bent = person("p01").number;
    bent[3] = bent[3] == '9' ? '0' : static_cast<char>(bent[3] + 1);
    CHECK_FALSE(sim::resident_number_valid(bent));
    CHECK_FALSE(sim::resident_number_valid("45010219900230001X"));
    CHECK_FALSE(sim::resident_number_valid("45010219900101"));
    CHECK_FALSE(sim::resident_number_valid("4501021990010100x1"));
}

TEST_CASE("a broken register names entry and field, and no person") {
    const auto& p = person("p01");
    const Json good = {{"key", "x"}, {"name", p.name}, {"number", p.number}, {"sex", p.sex}, {"nation", p.nation}, {"birth", p.birth}, {"address", "-"},
                       {"authority", "-"}, {"valid_from", "20200101"}, {"valid_to", "长期"}};
    const auto parse = [&](const Json& entry) { return sim::Register::parse(Json{{"people", Json::array({entry})}}.dump()); };
    REQUIRE(parse(good).has_value());
    const std::vector<std::pair<std::string, Json>> wrong = {{"number", "450102199001010012"}, {"birth", "19000101"}, {"sex", 3 - p.sex}, {"nation", 57}, {"standing", "rich"},
                                                             {"match", "maybe"},      {"valid_to", "20200230"}, {"key", ""},  {"colour", "red"},  {"name", 7},
                                                             {"standing", "pending_kiosk"}, {"kind", "library_card"}, {"nationality", "CHINA"}, {"nation", 0}, {"ecard", std::string(513, 'e')}};
    for (const auto& [field, value] : wrong) {
        auto entry = good;
        entry[field] = value;
        const auto parsed = parse(entry);
        CAPTURE(field);
        REQUIRE_FALSE(parsed.has_value());
        CHECK(parsed.error().find(p.name) == std::string::npos);
        CHECK(parsed.error().starts_with("entry 0: field "));
    }
    auto other = good;
    other["key"] = "y";
    other["number"] = person("p02").number;
    other["birth"] = person("p02").birth;
    other["sex"] = person("p02").sex;
    const auto both = [&](const char* code) {
        auto first = good, second = other;
        first["ecard"] = "one";
        second["ecard"] = code;
        return sim::Register::parse(Json{{"people", Json::array({first, second})}}.dump()).has_value();
    };
    CHECK(both("two"));
    CHECK_FALSE(both("one"));
    CHECK_FALSE(sim::Register::parse("{").has_value());
    CHECK_FALSE(sim::Register::parse("[]").has_value());
    CHECK_FALSE(sim::Register::parse(Json{{"people", Json::array({good, good})}}.dump()).has_value());
    CHECK_FALSE(sim::Register::load("/nowhere/register.json").has_value());
}
