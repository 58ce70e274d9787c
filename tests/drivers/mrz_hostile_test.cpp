// The machine readable zone at random: zones of every layout there and back, and hostile bytes.
#include "tests/drivers/mrz_specimens.hpp"

using namespace test::mrz;

TEST_CASE("mrz: random zones of every layout there and back; confusions never make another document") {
    auto random = make_seeded_random(20261122);
    const auto any = [&](std::string_view from) { return from[below(*random, from.size())]; };
    std::size_t corrected = 0;
    for (int i = 0; i < 20000; ++i) {
        const auto& base = specimens[static_cast<std::size_t>(i) % specimens.size()];
        if (base.text == td1_long) continue;  // its digit stands elsewhere
        auto text = flat(base.text);
        const auto line_width = mrz_alphabet(base.format, 0, 43).empty() ? (mrz_alphabet(base.format, 0, 35).empty() ? 30U : 36U) : 44U;
        // the number: any characters that its places allow, none of them a filler
        const auto number = text.find(base.number);
        for (std::size_t place = number; place < number + base.number.size(); ++place) {
            const auto alphabet = mrz_alphabet(base.format, place / line_width, place % line_width);
            do text[place] = any(alphabet);
            while (text[place] == '<');
        }
        const auto wanted = text.substr(number, base.number.size());
        seal(text, base.format);
        CAPTURE(text);
        const auto mrz = parse(text);
        REQUIRE_MESSAGE(mrz.has_value(), mrz.error().detail);
        REQUIRE(mrz->number == wanted);
        REQUIRE(digits_hold(text, base.format));

        auto misread = text;
        for (std::size_t n = 1 + below(*random, 3); n > 0; --n) {
            const auto place = below(*random, misread.size());
            for (const auto& [a, b] : {std::pair{'0', 'O'}, {'1', 'I'}, {'8', 'B'}, {'5', 'S'}, {'2', 'Z'}})
                if (covered(place, base.format) && misread[place] == a) misread[place] = b;
        }
        const auto result = correct_mrz(as_view(misread), today);
        if (!result) continue;
        REQUIRE(digits_hold(result->text, base.format));
        if (misread != text && result->text == text) ++corrected;
    }
    CHECK(corrected > 3000);
}

TEST_CASE("mrz: hostile bytes of any length neither crash nor pass") {
    auto random = make_seeded_random(5);
    static constexpr std::size_t lengths[] = {0, 1, 29, 30, 31, 72, 73, 88, 89, 90, 92, 96, 97, 300, 70000};
    std::size_t accepted = 0;
    const auto judge = [&](std::string_view text) {
        for (const auto& result : {correct_mrz(as_view(text), today)}) {
            if (!result) {
                REQUIRE(result.error().detail.starts_with("mrz: "));
                continue;
            }
            ++accepted;
            REQUIRE(digits_hold(result->text, result->mrz.format));
            REQUIRE(result->mrz.expiry.ok());
            REQUIRE((result->changed > 0 || result->text == flat(text)));
        }
    };
    for (int i = 0; i < 40000; ++i) {  // bytes
        const auto length = i % 2000 == 0 ? lengths[14] : lengths[below(*random, 14)];
        judge(to_string(random->bytes(length)));
    }
    for (int i = 0; i < 40000; ++i) {  // the zone's own characters in the right shape, with likely beginnings
        static constexpr std::string_view beginnings[] = {"P<CHN", "I<UTO", "CRH12", "CT123", "C<CHN", "CSC12", "CDL12"};
        std::string text(lengths[below(*random, 14)], '<');
        for (char& c : text) c = charset[below(*random, charset.size())];
        const auto beginning = beginnings[below(*random, std::size(beginnings))];
        if (text.size() > beginning.size()) text.replace(0, beginning.size(), beginning);
        judge(text);
    }
    for (int i = 0; i < 60000; ++i) {  // real ones, several places spoiled, sometimes cut or with a line end moved
        auto text = specimens[below(*random, specimens.size())].text;
        for (std::size_t n = below(*random, 5); n > 0; --n) text[below(*random, text.size())] = charset[below(*random, charset.size())];
        if (below(*random, 8) == 0) text.resize(below(*random, text.size() + 1));
        if (below(*random, 8) == 0) text.insert(below(*random, text.size() + 1), 1, '\n');
        judge(text);
    }
    CHECK(accepted > 1000);  // the unspoiled ones and places that no digit covers
    CHECK_FALSE(parse_mrz({}, today).has_value());
    CHECK(parse_mrz(as_view(td3), 2026y / 2 / 30).error().code == FaultCode::internal);
}
