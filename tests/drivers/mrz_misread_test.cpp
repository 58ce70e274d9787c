// Misreadings of the machine readable zone: every single change of every character, put right where proven, never guessed.
#include "tests/drivers/mrz_specimens.hpp"

using namespace test::mrz;

TEST_CASE("mrz: every change of every character is refused, put right, or beyond what any check digit can see") {
    std::size_t refused = 0;
    std::size_t righted = 0;
    for (const auto& s : specimens) {
        const auto right = flat(s.text);
        const auto key = to_string(mrz_access_key(*parse(right))->view());
        for (std::size_t place = 0; place < right.size(); ++place) {
            for (const char c : std::string{charset} + "a \x80") {
                if (c == right[place]) continue;
                auto text = right;
                text[place] = c;
                CAPTURE(text);
                CAPTURE(place);
                // Another first line may make another layout; then nothing that it says is of this document.
                const auto plain = parse(text);
                if (plain) {
                    // No digit covers the place, or the two characters weigh the same modulo 10 (0, A, K, U, '<' ...).
                    REQUIRE((!covered(place, s.format) || worth(c) % 10 == worth(right[place]) % 10));
                    if (!covered(place, s.format)) REQUIRE(to_string(mrz_access_key(*plain)->view()) == key);
                }
                const auto corrected = correct_mrz(as_view(text), today);
                REQUIRE(corrected.has_value() >= plain.has_value());
                // What must be put right: the likeness of a digit where only digits may stand and a check digit covers them.
                static constexpr std::string_view likeness[] = {"O", "IT", "Z", "", "", "S", "", "", "BS", ""};
                const auto width = s.format == MrzFormat::td3 ? 44U : s.format == MrzFormat::td2 ? 36U : 30U;
                if (mrz_alphabet(s.format, place / width, place % width) == "0123456789" && covered(place, s.format) && c != '<' &&
                    likeness[static_cast<std::size_t>(worth(right[place]))].find(c) != std::string_view::npos)
                    REQUIRE_MESSAGE(corrected.has_value(), corrected.error().detail);
                if (!corrected) {
                    ++refused;
                } else if (plain) {
                    REQUIRE(corrected->text == text);
                    REQUIRE(corrected->changed == 0);
                } else {
                    // TD3 says "no optional data" by a nought or a filler: the same document.
                    if (s.format == MrzFormat::td3 && place == 86 && right[86] == '<') REQUIRE(corrected->text == with(right, 86, "0"));
                    else REQUIRE(corrected->text == right);
                    REQUIRE(corrected->changed == 1);
                    ++righted;
                }
            }
        }
    }
    CHECK(refused > 20000);
    CHECK(righted > 200);
}

TEST_CASE("mrz: misreadings are put right where proven, never guessed") {
    const auto right = flat(td3_germany);
    const auto corrected = [](std::string_view text) { return correct_mrz(as_view(text), today); };
    // 640812 5, 270228 3: O for 0, Z for 2, B for 8, S for 5
    auto text = with(with(with(right, 59, "OB"), 63, "S"), 65, "Z7OZZB");
    auto good = corrected(text);
    REQUIRE_MESSAGE(good.has_value() == false, "eight are too many");
    CHECK(good.error().detail.find("too many") != std::string::npos);
    text = with(with(right, 59, "OB"), 63, "S");
    good = corrected(text);
    REQUIRE_MESSAGE(good.has_value(), good.error().detail);
    CHECK(good->text == right);
    CHECK(good->changed == 3);
    // S is 5 or 8: the digit decides, for the check digit itself too
    CHECK(corrected(with(right, 60, "S"))->text == right);
    CHECK(corrected(with(right, 63, "S"))->text == right);
    // where letters and digits may both stand, a wrong check digit stays wrong
    CHECK_FALSE(corrected(with(right, 45, "O")).has_value());
    CHECK_FALSE(corrected(with(flat(td3), 46, "B")).has_value());
    // no check digit says what a digit in a name was
    CHECK(corrected(with(right, 6, "8")).error().detail == "mrz: name: a character that cannot stand there, and no check digit to say which was meant");
    // a permit's number is digits: its letters are misread
    CHECK(corrected(with(home_return, 3, "O")).error().detail ==  // 0 and A may stand there, and weigh the same
          "mrz: document number: a character that cannot stand there, and the check digit cannot say which was meant");
    for (const auto& [document, place, put] : {std::tuple{home_return, 3U, "IZ"}, {exit_entry, 7U, "S"}, {taiwan, 3U, "I"}, {permit_1999, 46U, "I"}}) {
        good = corrected(with(document, place, put));
        REQUIRE_MESSAGE(good.has_value(), good.error().detail);
        CHECK(good->text == flat(document));
    }

    // A long number's filler read as O would shorten the number wherever its first nine weigh nothing: neither digit would notice.
    auto longer = flat(td1_long);
    while (digit(longer.substr(5, 9)) != '0') longer[13] = longer[13] == '9' ? 'A' : static_cast<char>(longer[13] + 1);
    longer[18] = digit(longer.substr(5, 9) + longer.substr(15, 3));
    longer[59] = digit(covered_text(longer, rules(MrzFormat::td1).back()));
    REQUIRE(parse(longer)->number.size() == 12);
    CHECK_FALSE(corrected(with(longer, 14, "O")).has_value());

    // Each S in a permit's number is 5 or 8; several of them may satisfy the digit in two ways, and are then refused.
    std::size_t two = 0;
    auto random = make_seeded_random(7);
    for (int i = 0; i < 3000; ++i) {
        auto permit = flat(home_return);
        for (std::size_t place = 3; place < 11; ++place) permit[place] = below(*random, 2) == 0 ? '5' : '8';
        seal(permit, MrzFormat::permit_hk_macao);
        auto misread = permit;
        for (int n = 0; n < 4; ++n) misread[3 + below(*random, 8)] = 'S';
        const auto mrz = corrected(misread);
        if (mrz) REQUIRE(mrz->text == permit);
        else if (mrz.error().detail == "mrz: two readings satisfy the check digits") ++two;
        else FAIL(mrz.error().detail);
    }
    CHECK(two > 0);
}
