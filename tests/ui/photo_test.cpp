// The photo screen: words for every reason, short enough to be spoken, that say what to do; the eight pictures by which it is judged by eye.
#include "stand.hpp"

namespace ui::test {

using camera::Reason;
using camera::Side;
using kiosk::Language;

namespace {
constexpr std::size_t most_characters = 12, most_words = 6;

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}
std::size_t words(std::string_view text) { return 1 + static_cast<std::size_t>(std::ranges::count(text, ' ')); }

template <class F>
void each_text(F look) {
    for (int i = 0; i < camera::reason_count; ++i)
        for (const auto side : {Side::none, Side::left, Side::right}) look(static_cast<Reason>(i), side, photo_key(static_cast<Reason>(i), side));
}

struct Named {
    std::string_view situation, picture;
};
/// Of issue "The photograph", point 5.
constexpr Named eight[] = {{"take_photo-no_face", "1-no_face"},         {"take_photo-too_far", "2-too_far"},         {"take_photo-off_centre-left", "3-off_centre"},
                           {"take_photo-background_shadow-left", "4-shadow_left"}, {"take_photo-eyes_closed", "5-eyes_closed"}, {"take_photo-glare", "6-glare"},
                           {"take_photo-hold_still-60", "7-hold_still"}, {"photo_taken", "8-photo_taken"}};
}  // namespace

TEST_CASE("who holds a page before the camera is told one thing to do, short enough to be spoken") {
    for (int i = 1; i <= static_cast<int>(kiosk::PageGuide::glare); ++i) {
        const auto key = fmt::format("page.{}", name_of(static_cast<kiosk::PageGuide>(i)));
        INFO(key);
        const auto &zh = texts().say(Language::zh, key), &en = texts().say(Language::en, key);
        CHECK(characters(zh) >= 3);
        CHECK(characters(zh) <= most_characters);
        CHECK(words(en) <= most_words);
        CHECK((zh.starts_with("请") || zh.starts_with("再") || zh.starts_with("很好")));
        for (const auto* blame : {"太", "不合格", "错", "没有", "不好", "歪"}) CHECK_MESSAGE(zh.find(blame) == std::string::npos, blame);
        for (const auto* blame : {"too ", "wrong", "bad", "not "}) CHECK_MESSAGE(en.find(blame) == std::string::npos, blame);
    }
}

TEST_CASE("every reason has words in both languages, short enough to be spoken, that say what to do") {
    each_text([](Reason reason, Side side, const std::string& key) {
        INFO(key);
        REQUIRE(texts().has(Language::zh, key));
        REQUIRE(texts().has(Language::en, key));
        const auto &zh = texts().say(Language::zh, key), &en = texts().say(Language::en, key);
        CHECK(characters(zh) >= 3);
        CHECK(characters(zh) <= most_characters);
        CHECK(words(en) <= most_words);
        // To the citizen a request; of the advisory ones the words are a suggestion for staff.
        const bool asks = zh.starts_with("请") || zh.starts_with("再");
        CHECK(asks == !camera::advisory(reason));
        CHECK(zh.starts_with("建议") == camera::advisory(reason));
        CHECK(en.starts_with("Suggest") == camera::advisory(reason));
        for (const auto* blame : {"太", "不合格", "错", "不行", "没有", "你", "不好", "歪", "不正"}) CHECK_MESSAGE(zh.find(blame) == std::string::npos, blame);
        for (const auto* blame : {"too ", "wrong", "bad", "not ", "your fault", "isn't", "Don't"}) CHECK_MESSAGE(en.find(blame) == std::string::npos, blame);
        if (side == Side::none || photo_key(reason) == key) return;
        // The words know their sides: they differ from those of the other side.
        const auto other = photo_key(reason, side == Side::left ? Side::right : Side::left);
        CHECK(zh != texts().say(Language::zh, other));
        CHECK(en != texts().say(Language::en, other));
    });
    // Who is seen at the left of the mirror goes to the right.
    CHECK(texts().say(Language::en, photo_key(Reason::off_centre, Side::left)).find("right") != std::string::npos);
    CHECK(photo_key(Reason::background_shadow, Side::left) == "photo.background_shadow.left");
    CHECK(photo_key(Reason::off_centre) == "photo.off_centre.none");
    CHECK(photo_key(Reason::too_far, Side::left) == "photo.too_far");
}

TEST_CASE("no two things to do are said in the same words") {
    for (const auto language : {Language::zh, Language::en}) {
        std::map<std::string, std::string> keys;
        each_text([&](Reason, Side, const std::string& key) {
            const auto [it, fresh] = keys.try_emplace(texts().say(language, key), key);
            INFO(key, " and ", it->second);
            CHECK((fresh || it->second == key));
        });
    }
}

TEST_CASE("each fault of the camera has a text of its own, the consequence first") {
    for (const auto language : {Language::zh, Language::en}) {
        std::set<std::string> titles;
        for (const auto fault : {drivers::FaultCode::camera_missing, drivers::FaultCode::camera_black, drivers::FaultCode::camera_frozen, drivers::FaultCode::camera_wrong_size}) {
            const auto& title = texts().say(language, fmt::format("fault.{}.title", drivers::name_of(fault)));
            INFO(title);
            CHECK(title.starts_with(language == Language::zh ? "现在不能拍照：" : "No photographs now: "));
            CHECK(titles.insert(title).second);
        }
    }
}

TEST_CASE("one guidance at a time; progress only while everything holds; no button to retake when none is left") {
    Stand stand;
    const auto said = [&](std::string_view name) {
        stand.stage.clear();
        stand.stage.set_language(Language::en);
        stand.show(situation(name).question);
        stand.draw();
        std::vector<std::string> out;
        for (const auto& t : stand.pane.drawn().texts)
            if (t.role == Role::question) out.push_back(t.text);
        return out;
    };
    CHECK(said("take_photo-look_here") == std::vector<std::string>{"Look at the camera above"});
    CHECK(said("take_photo-too_far") == std::vector<std::string>{"Come a little closer"});
    CHECK(said("take_photo-background_shadow-left") == std::vector<std::string>{"Step forward, a little right"});
    CHECK(said("take_photo-hold_still-60") == std::vector<std::string>{"Good. Hold still"});
    (void)said("photo_taken");
    CHECK(stand.target("retake"));
    (void)said("photo_taken-last");
    CHECK_FALSE(stand.target("retake"));
    CHECK(stand.target("keep"));
}

TEST_CASE("the ring fills: more of it is drawn at 100 % than at 60 %, and none at 0 %") {
    Stand stand;
    const auto green = [&](std::string_view name) {
        stand.stage.clear();
        stand.show(situation(name).question);
        stand.draw();
        const auto rgb = glass().picture();
        long n = 0;
        for (std::size_t i = 0; i + 2 < rgb.size(); i += 3) n += rgb[i] == 0x7B && rgb[i + 1] == 0xE0 && rgb[i + 2] == 0xAF ? 1 : 0;
        return n;
    };
    const auto none = green("take_photo-hold_still-0"), some = green("take_photo-hold_still-60"), all = green("take_photo-hold_still-100");
    CHECK(none == 0);
    CHECK(some > 5'000);
    CHECK(static_cast<double>(some) / static_cast<double>(all) == doctest::Approx(0.6).epsilon(0.05));
}

TEST_CASE("eight situations, both languages, with and without large text: pictures in screens/photo") {
    Stand stand;
    const auto folder = std::filesystem::path(LIQU_BINARY_DIR) / "screens/photo";
    for (const auto& [name, picture] : eight)
        for (const auto language : {Language::zh, Language::en})
            for (const bool large : {false, true}) {
                INFO(name);
                stand.stage.clear();
                stand.show(situation(name).question);
                stand.stage.set_language(language);
                stand.stage.set_large_text(large);
                stand.draw();
                audit(stand.pane.drawn(), stand.pane.place());
                save(glass(), folder / fmt::format("{}-{}{}.png", picture, language == Language::zh ? "zh" : "en", large ? "-large" : ""));
            }
}

}  // namespace ui::test
