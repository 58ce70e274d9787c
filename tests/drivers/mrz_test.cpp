// The machine readable zone: ICAO's specimens, the Chinese permits, every field good and bad, and the key of the chip.
#include "tests/drivers/mrz_specimens.hpp"

using namespace test::mrz;

TEST_CASE("mrz: the specimens of ICAO 9303 parts 4, 5, 6 and the permits of the facts") {
    for (const auto& s : specimens) {
        CAPTURE(s.text);
        const auto mrz = parse(s.text);
        REQUIRE_MESSAGE(mrz.has_value(), mrz.error().detail);
        CHECK(mrz->format == s.format);
        CHECK(mrz->number == s.number);
        CHECK(mrz->surname == s.surname);
        CHECK(mrz->given == s.given);
        CHECK(mrz->nationality == s.nationality);
        CHECK(mrz->birth == s.birth);
        CHECK(mrz->expiry == s.expiry);
        CHECK(mrz->sex == s.sex);
        CHECK(*mrz_format(as_view(s.text)) == s.format);
    }
    CHECK(parse(td3)->optional_data == "ZE184226B");
    CHECK(parse(td1_long)->optional_data.empty());
    CHECK(parse(taiwan)->issue_count == 2);
    CHECK_FALSE(parse(home_return_foreign)->issue_count);
    CHECK(parse(exit_chip)->chinese_name == "证件样");
    CHECK(parse(exit_chip)->chinese_name_fit == NameFit::may_be_cut);
    CHECK(parse(taiwan)->issuer == "CHN");
    CHECK(parse(taiwan)->local_id == "A123456789");
    CHECK(parse(home_return)->local_id == "A1234563");
    CHECK_FALSE(parse(home_return_foreign)->local_id);
    CHECK_FALSE(parse(with(taiwan, 59, "<"))->local_id);
    CHECK(parse(flat(td3)).has_value());  // run together, as DG1 has it
    CHECK(parse("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\r\nL898902C36UTO7408122F1204159ZE184226B<<<<<10\r\n").has_value());
}

TEST_CASE("mrz: every refusal names its field") {
    struct Row {
        std::string text;
        std::string_view detail;
    };
    const auto t3 = MrzFormat::td3;
    const Row rows[] = {
        {"", "mrz: empty"},
        {std::string(97, '<'), "mrz: too long"},
        {std::string(89, '<'), "mrz: neither 3 x 30, 2 x 36, 2 x 44 nor 1 x 30 characters"},
        {std::string(44, 'P') + "\n" + std::string(43, '<'), "mrz: lines of different length"},
        {"V" + td3.substr(1), "mrz: document code: a visa, not an identity document"},
        {"Q" + td3.substr(1), "mrz: document code: two lines of 44, but no passport"},
        {"Q" + td1.substr(1), "mrz: document code: begins with none of A, C, I"},
        {with(td1, 1, "V"), "mrz: document code: V in second place"},
        {with(exit_entry, 1, "X"), "mrz: document code: one line, but neither CS nor CD"},
        {with(td3, 2, "0"), "mrz: issuing state: a character that cannot stand there (line 1, column 3)"},
        {with(td3, 2, "UTZ"), "mrz: issuing state: unknown code"},
        {with(td3, 54, "QQQ"), "mrz: nationality: unknown code"},
        {with(td3, 54, "C<N"), "mrz: nationality: unknown code"},
        {with(td3, 52, "4"), "mrz: document number: check digit"},
        {sealed_with(td3, t3, 44, "<<<<<<<<<"), "mrz: document number: begins with a filler"},
        {with(td3, 53, "7"), "mrz: document number: check digit"},
        {with(td3, 53, "<"), "mrz: check digit of the document number: a character that cannot stand there (line 2, column 10)"},
        {with(td3, 57, "740813"), "mrz: date of birth: check digit"},
        {sealed_with(td3, t3, 57, "741312"), "mrz: date of birth: no such day"},
        {sealed_with(td3, t3, 57, "7408<2"), "mrz: date of birth: half a part left open"},
        {sealed_with(td3, t3, 57, "<<13<<"), "mrz: date of birth: no such month"},
        {sealed_with(td3, t3, 57, "<<<<32"), "mrz: date of birth: no such day"},
        {with(td3, 64, "X"), "mrz: sex: a character that cannot stand there (line 2, column 21)"},
        {with(td3, 65, "120416"), "mrz: date of expiry: check digit"},
        {sealed_with(td3, t3, 65, "120431"), "mrz: date of expiry: no such day"},
        {with(td3, 72, "XE184226B"), "mrz: optional data: check digit"},
        {with(td3, 86, "<"), "mrz: optional data: check digit"},
        {with(td3, 87, "1"), "mrz: composite check digit: wrong"},
        {with(td3, 5, "<ERIKSSON<"), "mrz: name: begins with a filler"},
        {with(td3, 5, "ERIK<<<<SON"), "mrz: name: more fillers between its parts than two"},
        {with(td3, 13, "<<ANNA<<MARIA"), "mrz: name: more fillers between its parts than two"},
        {with(td3, 5, std::string(39, '<')), "mrz: name: empty"},
        {with(td1_long, 15, "<<<<"), "mrz: document number: runs over, but the optional data does not continue it"},
        {with(td1_long, 13, "<"), "mrz: check digit of the document number: missing"},
        {with(taiwan, 10, "1"), "mrz: document number: a character that cannot stand there (line 1, column 11)"},
        {with(home_return, 2, "K"), "mrz: document number: a character that cannot stand there (line 1, column 3)"},
        {sealed_with(exit_entry, MrzFormat::exit_entry, 3, "I"), "mrz: document number: a character that cannot stand there (line 1, column 4)"},
        {with(exit_entry, 12, "0"), "mrz: filler: a character that cannot stand there (line 1, column 13)"},
        {with(exit_chip, 30, "<"), "mrz: Chinese name: letters after a filler"},
        {with(exit_chip, 38, "NBP<"), "mrz: Chinese name: an incomplete character"},
        {with(exit_chip, 30, "CACA"), "mrz: Chinese name: no ideograph of GBK"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        CHECK(why(row.text) == row.detail);
    }
}

TEST_CASE("mrz: centuries, open dates, names that fill their field, fillers") {
    const auto t3 = MrzFormat::td3;
    const auto child = sealed_with(sealed_with(td3, t3, 65, "300101"), t3, 57, "260101");
    CHECK(parse(child)->birth == 2026y / 1 / 1);
    CHECK(parse(sealed_with(child, t3, 57, "261123"))->birth == 1926y / 11 / 23);  // tomorrow: a century earlier
    CHECK(parse(sealed_with(td3, t3, 57, "120415"))->birth == 1912y / 4 / 15);     // not on the day of expiry
    CHECK(parse(sealed_with(td3, t3, 57, "120414"))->birth == 2012y / 4 / 14);
    CHECK(parse(sealed_with(child, t3, 57, "000229"))->birth == 2000y / 2 / 29);
    CHECK(parse(sealed_with(td3, t3, 65, "760101"))->expiry == 2076y / 1 / 1);
    CHECK(parse(sealed_with(td3, t3, 65, "770101"))->expiry == 1977y / 1 / 1);
    const auto open = parse(sealed_with(td3, t3, 57, "74<<<<"));
    REQUIRE(open);
    CHECK_FALSE(open->birth);
    CHECK(open->birth_text == "74<<<<");
    CHECK(parse(td3)->name_fit == NameFit::whole);
    const auto cut = parse(with(td3, 5, "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"));
    REQUIRE(cut);
    CHECK(cut->name_fit == NameFit::may_be_cut);
    CHECK(cut->given == "CHAYAPA DEJTHAMRONG K");
    CHECK(parse(with(td3, 5, "ARKFREITH<<<<<<<<<<<"))->given.empty());
    const auto no_data = sealed_with(td3, t3, 72, std::string(14, '<'));
    CHECK(parse(no_data).has_value());
    CHECK(parse(with(no_data, 86, "<")).has_value());  // the filler counts as the nought that it replaces
    CHECK(mrz_state_known("RKS"));
    CHECK_FALSE(mrz_state_known("D  "));
    CHECK_FALSE(mrz_state_known(""));
    CHECK(mrz_alphabet(MrzFormat::td3, 1, 13) == "0123456789<");
    CHECK(mrz_alphabet(MrzFormat::td3, 2, 0).empty());
    CHECK(mrz_alphabet(MrzFormat::exit_entry, 0, 30).empty());
    CHECK(*mrz_check_digit("520727") == '3');  // 9303-3, 4.9
    CHECK(*mrz_check_digit("AB2134<<<") == '5');
    CHECK_FALSE(mrz_check_digit("a"));
    CHECK(*mrz_chinese_name("NGKELMPO<<<<") == "证件");
    CHECK_FALSE(mrz_chinese_name(std::string(31, 'A')));
    CHECK_FALSE(mrz_chinese_name("NGKELMPQ"));
    CHECK_FALSE(mrz_chinese_name("KBKDNGKE"));  // GBK's full stop is no name
    CHECK(*mrz_chinese_name("NGKEKBKELMPO") == "证·件");
}

TEST_CASE("mrz: the key of the chip, 9303-11 D.2") {
    const auto text = [](const Result<Secret>& key) { return key ? to_string(key->view()) : key.error().detail; };
    CHECK(text(mrz_access_key(*parse(td3_old))) == "L898902C<369080619406236");
    CHECK(text(mrz_access_key(*parse(td1_long))) == "D23145890734934071279507122");
    CHECK(text(mrz_access_key(*parse(td1))) == "D23145890774081221204159");
    CHECK(text(mrz_access_key("l898902c", 1969y / 8 / 6, 1994y / 6 / 23)) == "L898902C<369080619406236");
    CHECK(text(mrz_access_key("D23145890734", 1934y / 7 / 12, 1995y / 7 / 12)) == "D23145890734934071279507122");
    for (const auto& s : specimens) CHECK(text(mrz_access_key(s.number, s.birth, s.expiry)) == text(mrz_access_key(*parse(s.text))));
    CHECK(text(mrz_access_key("", 1969y / 8 / 6, 1994y / 6 / 23)) == "mrz: document number: empty");
    CHECK(text(mrz_access_key(std::string(24, '1'), 1969y / 8 / 6, 1994y / 6 / 23)) == "mrz: document number: too long");
    CHECK(text(mrz_access_key("H 12", 1969y / 8 / 6, 1994y / 6 / 23)) == "mrz: document number: only letters and digits, '<' between them");
    CHECK(text(mrz_access_key("L898902C", 1969y / 2 / 29, 1994y / 6 / 23)) == "mrz: date of birth: no such day");
    CHECK(text(mrz_access_key("L898902C", 1969y / 8 / 6, 1994y / 6 / 31)) == "mrz: date of expiry: no such day");
    CHECK(text(mrz_access_key("L898902C", 1969y / 8 / 6, 1969y / 8 / 6)) == "mrz: date of expiry: not after the date of birth");
    CHECK(text(mrz_access_key(Mrz{})) == "mrz: document number: none to make a key of");
}

TEST_CASE("mrz: those who have no state") {
    for (const char third : {'A', 'B', 'C', 'X'}) CHECK(mrz_state_known(std::string{"XX"} + third));
    for (const auto* code : {"XOM", "D", "CHN"}) CHECK(mrz_state_known(code));
    for (const auto* code : {"XXD", "XX", "XXAX", "X", "", "xxa", "AXX"}) CHECK_FALSE(mrz_state_known(code));
}
