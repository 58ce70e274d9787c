// The words: complete in both languages for every screen, enumerator and fault, and no file with a hole is accepted.
#include "stand.hpp"

#include <fstream>
#include <regex>

namespace ui::test {

using kiosk::Language;

namespace {
std::string file(const std::filesystem::path& path) {
    std::ifstream in(std::filesystem::path(LIQU_SOURCE_DIR) / path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
std::set<std::string> matches(const std::string& text, const char* pattern) {
    const std::regex expression(pattern);
    std::set<std::string> out;
    for (auto it = std::sregex_iterator(text.begin(), text.end(), expression); it != std::sregex_iterator(); ++it) out.insert((*it)[1]);
    return out;
}
}  // namespace

TEST_CASE("every required text exists in both languages, says something, and has the same places to fill") {
    for (const auto& key : required_keys()) {
        INFO(key);
        REQUIRE(texts().has(Language::zh, key));
        REQUIRE(texts().has(Language::en, key));
        CHECK_FALSE(texts().say(Language::zh, key).empty());
        CHECK_FALSE(texts().say(Language::en, key).empty());
        CHECK(matches(texts().say(Language::zh, key), "(\\{[a-z_]+\\})") == matches(texts().say(Language::en, key), "(\\{[a-z_]+\\})"));
    }
}

TEST_CASE("the list of literal keys is what the screens' source uses") {
    std::set<std::string> used;
    for (const auto& folder : {"ui", "ui/screens"})
        for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(LIQU_SOURCE_DIR) / folder)) {
            if (entry.path().extension() != ".cpp" || entry.path().filename() == "text_keys.cpp") continue;
            for (const auto& key : matches(file(std::filesystem::path(folder) / entry.path().filename()),
                                           "\"((?:common|progress|idle|screen|sex|nation)\\.[a-z_0-9.]*[a-z_0-9])\""))
                used.insert(key);
        }
    const auto listed = matches(file("ui/text_keys.inc"), "\"([^\"]+)\"");
    REQUIRE(used.size() > 150);
    CHECK(used == listed);
}

TEST_CASE("a fault says the consequence first and then one thing to do, and names no device's jargon to a citizen") {
    for (int code = 0; code < drivers::fault_count; ++code) {
        const auto key = fmt::format("fault.{}", drivers::name_of(static_cast<kiosk::FaultCode>(code)));
        INFO(key);
        const auto& todo = texts().say(Language::zh, key + ".do");
        CHECK(std::ranges::count(matches(todo, "(。)"), "。") == 1);
        CHECK(todo.find("。") == todo.size() - std::string("。").size());  // one sentence
        for (const auto* jargon : {"USB", "PC/SC", "APDU", "ATR", "null"}) CHECK(texts().say(Language::zh, key + ".title").find(jargon) == std::string::npos);
    }
}

TEST_CASE("the three rules of misuse stand word for word") {
    CHECK(texts().say(Language::zh, "screen.sign.rule_1") == "1. 因持卡人出借或对社会保障卡保管不善而造成的个人损失以及产生的法律责任，由持卡人自行承担。");
    CHECK(texts().say(Language::zh, "screen.sign.rule_2") == "2. 冒领、冒用、盗用他人社会保障卡的，由相关部门依法追究其法律责任。");
    CHECK(texts().say(Language::zh, "screen.sign.rule_3") == "3. 伪造、变造或者买卖社会保障卡，以及使用买卖伪造、变造的社会保障卡的，依法追究其法律责任；构成犯罪的，依法追究其刑事责任。");
}

TEST_CASE("a file with a hole, of another shape or with rubbish is refused by name") {
    const auto zh = file("ui/text/zh-CN.toml"), en = file("ui/text/en.toml");
    REQUIRE(Texts::parse(zh, en));
    const auto without = [](std::string text, const std::string& line) {
        const auto at = text.find(line);
        REQUIRE(at != std::string::npos);
        return text.erase(at, text.find('\n', at) + 1 - at);
    };
    auto hole = Texts::parse(zh, without(en, "start = "));
    REQUIRE_FALSE(hole);
    CHECK(hole.error().code == drivers::FaultCode::bad_configuration);
    CHECK(hole.error().detail == "en.toml: screen.welcome.start is missing");
    hole = Texts::parse(without(zh, "printer_jam = "), without(en, "printer_jam = "));
    REQUIRE_FALSE(hole);
    CHECK(hole.error().detail == "zh-CN.toml and en.toml: fault.printer_jam.title is missing");
    CHECK_FALSE(Texts::parse(zh + "\n[extra]\nnumber = 3\n", en));
    CHECK_FALSE(Texts::parse("= = =", en));
    CHECK_FALSE(Texts::load("/nowhere"));
}

TEST_CASE("numbers are grouped as on documents") {
    CHECK(group_id_number("45010319570916121X") == "450103 19570916 121X");
    CHECK(group_id_number("123") == "123");
    CHECK(group_mobile("13800001234") == "138 0000 1234");
    CHECK(group_mobile("1380") == "138 0");
    CHECK(group_reference("482617") == "482 617");
    CHECK(minutes_seconds(32) == "0:32");
    CHECK(minutes_seconds(71) == "1:11");
    CHECK(minutes_seconds(-4) == "0:00");
}

TEST_CASE("fills replace what they name and nothing else") {
    CHECK(texts().say(Language::en, "common.page", {{"n", "2"}, {"of", "{n}"}}) == "Page 2 of {n}");
    CHECK(texts().say(Language::en, "no.such.key") == "<no.such.key>");
}

}  // namespace ui::test
