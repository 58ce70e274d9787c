// The social security card's model of every generation and algorithm at byte level: access rules, keys both ways, PIN commands with MAC, certificates, and how it breaks.
#include "tests/sim/card_talk.hpp"

#include <nlohmann/json.hpp>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

using namespace talk;

namespace {
const std::array generations = {CardGeneration::v1_00, CardGeneration::v2_00, CardGeneration::v3_00};
const std::array algorithms = {CardAlgorithm::triple_des, CardAlgorithm::sm4};

constexpr auto select_acse = "00A4040006D15600000506";
/// OpenSSL takes a point only when it lies on the curve.
bool on_sm2_curve(View point65) {
    const std::unique_ptr<EC_GROUP, decltype(&EC_GROUP_free)> curve(EC_GROUP_new_by_curve_name(NID_sm2), EC_GROUP_free);
    const std::unique_ptr<EC_POINT, decltype(&EC_POINT_free)> point(EC_POINT_new(curve.get()), EC_POINT_free);
    return EC_POINT_oct2point(curve.get(), point.get(), reinterpret_cast<const unsigned char*>(point65.data()), point65.size(), nullptr) == 1;
}
std::string select_df(int last) { return fmt::format("00A4040006D156000005{:02X}", last); }
}  // namespace

TEST_CASE("SM4, the retail MAC and the CBC-MAC: known answers") {
    // GB/T 32907-2016, annex A, example 1.
    CHECK(hex(sm4(bytes("0123456789ABCDEFFEDCBA9876543210"), bytes("0123456789ABCDEFFEDCBA9876543210"))) == "681EDF34D206965E86B3E94F536E4246");
    // ICAO 9303-11, appendix D.3: the retail MAC of ISO 9797-1 algorithm 3 with padding method 2 is 5F1448EEA8AD90A7; PBOC takes the left four bytes.
    const Bytes key = bytes("7962D9ECE03D1ACD4C76089DCE131543");
    Bytes data = bytes("72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2");
    CHECK(hex(pboc_mac(CardAlgorithm::triple_des, key, Bytes(8), data)) == "5F1448EE");
    // The challenge is the IV: the same MAC comes out when the first block carries it.
    const Bytes iv = bytes("8899AABBCCDDEEFF");
    const std::string with_iv = hex(pboc_mac(CardAlgorithm::triple_des, key, iv, data));
    CHECK(with_iv != "5F1448EE");
    for (std::size_t i = 0; i < 8; ++i) data[i] ^= iv[i];
    CHECK(hex(pboc_mac(CardAlgorithm::triple_des, key, Bytes(8), data)) == with_iv);
    // One block of 15 bytes and its padding, enciphered once: SM4's CBC-MAC by hand.
    Bytes block = bytes("000102030405060708090A0B0C0D0E80");
    for (std::size_t i = 0; i < 8; ++i) block[i] ^= iv[i];
    CHECK(hex(pboc_mac(CardAlgorithm::sm4, key, iv, bytes("000102030405060708090A0B0C0D0E"))) == hex(sm4(key, block)).substr(0, 8));
}

TEST_CASE("every generation names its version and its algorithm; the oldest says nothing of 3DES") {
    for (const auto algorithm : algorithms) {
        for (const auto generation : generations) {
            auto card = blank(generation, algorithm);
            const auto fci = send(card, select_ssse);
            const bool silent = generation == CardGeneration::v1_00 && algorithm == CardAlgorithm::triple_des;
            CHECK((fci.find("9F0C") == std::string::npos) == silent);
            if (!silent) CHECK(fci.ends_with(algorithm == CardAlgorithm::sm4 ? "9F0C038601039000" : "9F0C038601019000"));
            send(card, "00A4020002EF05");
            CHECK(send(card, "00B2030006") == fmt::format("03043{}2E30309000", static_cast<int>(generation) + 1));
        }
    }
}

TEST_CASE("T=1 says so in its ATR, with a right check byte, and keeps to whole answers") {
    auto card = blank(CardGeneration::v3_00, CardAlgorithm::sm4, CardTransport::t1);
    const Bytes atr = card.reset();
    CHECK(hex(atr).starts_with("3BED000001" "00814C49515520" "450100" "A1B2C3"));
    std::byte sum{};
    for (const std::byte b : View{atr}.subspan(1)) sum ^= b;
    CHECK(sum == std::byte{});
    card.t0_manners = true;  // has no effect here
    CHECK(send(card, std::string(select_ssse) + "00").ends_with("9000"));
    send(card, "00A4020002EF05");
    CHECK(send(card, "00B2010000").ends_with("9000"));
}

TEST_CASE("SSSE: free on 1.00 and 2.00, the external authentication with RK_SSSE on 3.00, save what leads to it") {
    for (const auto algorithm : algorithms) {
        for (const auto generation : generations) {
            auto card = blank(generation, algorithm);
            card.records[{0xEF05, 0x05}] = bytes("20261101");
            card.records[{0xEF05, 0x07}] = bytes("583030303030303139");
            card.records[{0xEF06, 0x0D}] = bytes("19920229");
            const bool third = generation == CardGeneration::v3_00;
            send(card, select_ssse);
            send(card, "00A4020002EF05");
            for (const char* read : {"00B2010012", "00B2030006", "00B207000B"}) CHECK(send(card, read).ends_with("9000"));
            CHECK(send(card, "00B2050006") == (third ? "6982" : "0504202611019000"));
            CHECK(send(card, "00B20D3006") == (third ? "6982" : "0D04199202299000"));
            CHECK(send(card, "00DC052806050420301101") == "6982");
            CHECK(authenticate_with(card, rk_ssse) == "9000");
            CHECK(send(card, "00B2052806") == "0504202611019000");
            CHECK(send(card, "00B20D3006") == "0D04199202299000");
            CHECK(send(card, "00DC052806050420301101") == "6982");  // reading is not writing
            CHECK(authenticate_with(card, uk_ssse) == "9000");
            CHECK(send(card, "00DC052806050420301101") == "9000");
            CHECK(send(card, "00B2052806") == "0504203011019000");  // RK's right still stands
            (void)card.reset();
            send(card, select_ssse);
            CHECK(send(card, "00B2052806") == (third ? "6982" : "0504203011019000"));
        }
    }
}

TEST_CASE("fingerprint and photo are transparent, read under RK_SSSE, of their generation's size") {
    for (const auto& [generation, fingerprint, photo] : {std::tuple{CardGeneration::v1_00, 300, 0}, {CardGeneration::v2_00, 400, 1000}, {CardGeneration::v3_00, 400, 1000}}) {
        auto card = blank(generation);
        send(card, select_ssse);
        CHECK(send(card, "00A4020002EF08") == (photo ? "9000" : "6A82"));
        CHECK(send(card, "00A4020002EF07") == "9000");
        CHECK(send(card, "00B0000010") == "6982");
        CHECK(send(card, "00B2010010") == "6981");
        REQUIRE(authenticate_with(card, rk_ssse) == "9000");
        CHECK(send(card, "00B0000010").size() == 36);
        CHECK(send(card, fmt::format("00B0{:04X}00", fingerprint - 2)) == "00009000");
        CHECK(send(card, fmt::format("00B0{:04X}05", fingerprint - 2)) == "6C02");
        CHECK(send(card, fmt::format("00B0{:04X}01", fingerprint)) == "6B00");
        CHECK(send(card, "00B0850001") == "6A86");
        CHECK(send(card, "00D600000101") == "6982");
        REQUIRE(authenticate_with(card, uk_ssse) == "9000");
        CHECK(send(card, "00D6000002AB") == "6700");
        CHECK(send(card, "00D6000002ABCD") == "9000");
        CHECK(send(card, "00B0000003") == "ABCD009000");
        CHECK(send(card, fmt::format("00D6{:04X}02ABCD", fingerprint - 1)) == "6A84");
    }
    auto card = blank(CardGeneration::v3_00);
    send(card, select_ssse);
    REQUIRE(authenticate_with(card, uk_ssse) == "9000");
    CHECK(send(card, "00DCEA600EEA0C343530313030303030303031") == "9000");  // EF0C: person id of generation 3.00
    auto second = blank();
    send(second, select_ssse);
    CHECK(send(second, "00A4020002EF0C") == "6A82");
}

TEST_CASE("internal authentication proves the card to the centre, with 61xx where T=0 wants it") {
    for (const auto algorithm : algorithms) {
        auto card = blank(CardGeneration::v3_00, algorithm);
        CHECK(send(card, "0088000010" + std::string(32, '1')) == "6985");
        send(card, select_ssse);
        const Bytes process = bytes("1122334455667788"), original = bytes("99AABBCCDDEEFF00");
        const auto proof = hex(Centre{algorithm}.proof(irk_ssse, process, original));
        const auto command = "0088000010" + hex(process) + hex(original);
        CHECK(send(card, command) == proof + "9000");
        CHECK(send(card, command + "08") == proof + "9000");
        CHECK(send(card, "008800000811223344556677 88") == "6700");
        CHECK(send(card, "0088000110" + hex(process) + hex(original)) == "6A86");
        card.t0_manners = true;
        CHECK(send(card, command) == "6108");
        CHECK(send(card, "00C0000008") == proof + "9000");
    }
}

TEST_CASE("each key counts its own tries; one that is blocked leaves the others alone") {
    auto card = blank(CardGeneration::v3_00, CardAlgorithm::sm4);
    send(card, select_ssse);
    for (const char* answer : {"63C4", "63C3", "63C2", "63C1", "6983", "6983"}) {
        challenge(card);
        CHECK(send(card, "0082000A10" + std::string(32, '0')) == answer);
    }
    CHECK(card.tries_of(rk_ssse) == 0);
    CHECK(card.key_tries == 5);
    CHECK(authenticate_with(card, rk_ssse) == "6983");
    CHECK(authenticate_with(card, uk_ssse) == "9000");
    CHECK(card.tries_of(uk_ssse) == 5);
    challenge(card);
    CHECK(send(card, "0082002E10" + std::string(32, '0')) == "6A88");  // DF01's key is not the SSSE's
}

TEST_CASE("DF01..DF07: PIN or the file's key; a key's right ends with its directory, the PIN's does not") {
    auto card = blank();
    card.records[{file_in(Directory::df01, 0xEF05), 0x0E}] = bytes("450100");
    card.records[{file_in(Directory::df03, 0xEF05), 0x61}] = bytes("012345");
    card.records[{file_in(Directory::df04, 0xEF06), 0x90}] = bytes("31");
    card.records[{file_in(Directory::df07, 0xEF06), 0xF5}] = bytes("313233");
    CHECK(send(card, select_df(0)) == "6F088406D156000005009000");
    CHECK(send(card, "00A4020002EF0B") == "6A82");
    send(card, "00A4020002EF05");
    CHECK(send(card, "00B20E0005") == "6982");
    CHECK(authenticate_with(card, 0x2E) == "9000");
    CHECK(send(card, "00B20E0005") == "0E034501009000");
    CHECK(send(card, "00DC0E28050E03450200") == "6982");
    CHECK(authenticate_with(card, 0x42) == "9000");
    CHECK(send(card, "00DC0E28050E03450200") == "9000");
    send(card, select_df(2));
    CHECK(send(card, "00B2612805") == "6982");
    CHECK(send(card, "0020000003123456") == "9000");
    CHECK(send(card, "00B2612805") == "61030123459000");
    CHECK(send(card, "00DC6128056103000000") == "6982");  // nobody knows its writing key
    send(card, select_df(3));
    CHECK(send(card, "00B2903003") == "6982");  // the purse wants PIN and key
    CHECK(authenticate_with(card, 0x2D) == "9000");
    CHECK(send(card, "00B2903003") == "9001319000");
    send(card, select_df(7));
    CHECK(send(card, "00B2F53005") == "6982");  // the PIN does not open DF07
    CHECK(authenticate_with(card, 0x3F) == "9000");
    CHECK(send(card, "00B2F53005") == "F5033132339000");
    send(card, "00A4040008A000000333010101");  // the bank ends the PIN's right too
    send(card, select_df(2));
    CHECK(send(card, "00B2612805") == "6982");
}

TEST_CASE("cyclic records are read by number, groups by occurrence, reserves without any right") {
    auto card = blank();
    const int log = file_in(Directory::df04, 0xEF15), education = file_in(Directory::df01, 0xEF15);
    card.cyclic[log] = {bytes("000231"), bytes("000130")};
    Bytes groups;
    for (const int nth : {1, 2, 3}) {
        Bytes group(0x34, static_cast<std::byte>(nth));
        groups.insert(groups.end(), group.begin(), group.end());
    }
    card.records[{education, 0x40}] = groups;
    CHECK(send(card, select_df(0)).ends_with("9000"));
    CHECK(send(card, "00A4020002EF16") == "9000");
    CHECK(send(card, "00B0007A06") == "0000000000009000");
    CHECK(send(card, "00B0007A08") == "6C06");
    REQUIRE(send(card, "0020000003123456") == "9000");
    send(card, "00A4020002EF15");
    CHECK(send(card, "00B2400036").starts_with("40340101"));
    CHECK(send(card, "00B2400236").starts_with("40340202"));
    CHECK(send(card, "00B2400236").starts_with("40340303"));
    CHECK(send(card, "00B2400236") == "6A83");
    CHECK(send(card, "00B2400036").starts_with("40340101"));
    CHECK(send(card, "00B2010403") == "6A86");
    send(card, select_df(3));
    send(card, "00A4020002EF15");
    CHECK(send(card, "00B2010403") == "0002319000");
    CHECK(send(card, "00B2020400") == "0001309000");
    CHECK(send(card, "00B2030403") == "6A83");
    CHECK(send(card, "00B201AC03") == "0002319000");  // SFI 15h
    CHECK(send(card, "00B2010003") == "6A86");
    CHECK(send(card, "00B0000001") == "6981");
}

TEST_CASE("the PIN reloaded and unblocked under a MAC, after the external authentication for it") {
    for (const auto algorithm : algorithms) {
        auto card = blank(CardGeneration::v2_00, algorithm);
        const Centre centre{algorithm};
        send(card, select_ssse);
        const auto reload = [&](std::string_view bcd) { return send(card, centre.maced("84240001", centre.pin_block(bcd), challenge(card))); };
        const auto unblock = [&] { return send(card, centre.maced("84240000", {}, challenge(card))); };
        CHECK(reload("654321") == "6982");
        REQUIRE(authenticate_with(card, pin_ssse) == "9000");
        CHECK(reload("654321") == "9000");
        CHECK(card.pin_is("654321"));
        CHECK(reload("12345A") == "6A80");
        CHECK(reload("12") == "6A80");
        CHECK(card.pin_is("654321"));
        for (const char* answer : {"63C2", "63C1", "6983"}) CHECK(send(card, "0020000003000000") == answer);
        CHECK(send(card, "0020000003654321") == "6983");
        CHECK(unblock() == "9000");
        CHECK(card.pin_tries == 3);
        CHECK(send(card, "0020000003654321") == "9000");
        const auto replayed = centre.maced("84240000", {}, challenge(card));
        CHECK(send(card, replayed) == "9000");
        CHECK(send(card, replayed) == "6984");
        CHECK(send(card, "842400000400000000") == "6984");
        CHECK(send(card, "842400000200000000") == "6700");
        CHECK(send(card, "842400020400000000") == "6A86");
        CHECK(send(card, "842600000400000000") == "6D00");
        for (const char* answer : {"9302", "9302", "9302", "9302", "9303"}) {
            challenge(card);
            CHECK(send(card, "842400000400000000") == answer);
        }
        CHECK(card.blocked() == SocialSecurityCard::Blocked::application_for_ever);
        CHECK(send(card, select_ssse) == "9303");
        CHECK(send(card, "00A4040008A000000333010101").ends_with("9000"));  // the bank's application lives on
    }
}

TEST_CASE("application block, for a while and for ever, and card block") {
    struct Row {
        const char *header, *afterwards;
        SocialSecurityCard::Blocked blocked;
    };
    for (const auto& row : {Row{"841E0000", "6A81", SocialSecurityCard::Blocked::application}, Row{"841E0001", "9303", SocialSecurityCard::Blocked::application_for_ever},
                            Row{"84160000", "6A81", SocialSecurityCard::Blocked::card}}) {
        auto card = blank();
        send(card, select_ssse);
        CHECK(send(card, Centre{}.maced(row.header, {}, challenge(card))) == "9000");
        CHECK(card.blocked() == row.blocked);
        CHECK(send(card, "00A4020002EF05") == (row.blocked == SocialSecurityCard::Blocked::card ? "6A81" : "6A82"));
        (void)card.reset();
        CHECK(send(card, select_ssse) == row.afterwards);
    }
}

TEST_CASE("certificates: written in pieces under UK_SSSE, read free; the signature public key lies on its curve and is the card's own") {
    for (const auto algorithm : algorithms) {
        auto card = blank(CardGeneration::v3_00, algorithm);
        send(card, select_ssse);
        REQUIRE(authenticate_with(card, uk_ssse) == "9000");
        CHECK(send(card, select_acse) == "6F088406D156000005069000");
        for (const char* file : {"EF15", "EF16", "EF17"}) {
            CHECK(send(card, fmt::format("00A4020002{}", file)) == "9000");
            CHECK(send(card, "00D6000001AA") == "6982");  // the SSSE's right ended
        }
        REQUIRE(authenticate_with(card, uk_ssse) == "9000");
        send(card, "00A4020002EF15");
        CHECK(send(card, "00D60000033082AA") == "9000");
        CHECK(send(card, "00D607FE02BBCC") == "9000");
        CHECK(send(card, "00D607FF02BBCC") == "6A84");
        CHECK(send(card, "00D6080001BB") == "6B00");
        send(card, "00A4020002EF18");
        CHECK(send(card, "00D6000001AA") == "6982");
        const auto key = send(card, "00B0000041");
        auto point = bytes(key);
        REQUIRE(point.size() == 67);
        CHECK(on_sm2_curve(View{point}.first(65)));
        point[64] ^= std::byte{1};
        CHECK_FALSE(on_sm2_curve(View{point}.first(65)));
        (void)card.reset();
        send(card, select_acse);
        send(card, "00A4020002EF15");
        CHECK(send(card, "00B0000003") == "3082AA9000");
        CHECK(send(card, "00B007FE02") == "BBCC9000");
        auto other = SocialSecurityCard({.identification_code = bytes("450100D15600000500A1B2C35E6F7081"), .bank_number = "1", .master_key = bytes(master), .seed = 4});
        send(other, select_acse);
        send(other, "00A4020002EF18");
        CHECK(send(other, "00B0000041") != key);
        CHECK(nlohmann::json::parse(card.to_json())["binaries"]["ACSE/EF15"].get<std::string>().starts_with("3082AA00"));
    }
}

TEST_CASE("a voltage dip loses selection and rights but not the card; a torn piece is half there") {
    auto card = blank();
    send(card, select_acse);
    REQUIRE(authenticate_with(card, uk_ssse) == "9000");
    send(card, "00A4020002EF15");
    card.torn_after_writes = 2;
    CHECK(send(card, "00D6000004AAAAAAAA") == "9000");
    CHECK(send(card, "00D6000004BBBBBBBB") == "6581");
    CHECK(send(card, "00B0000004") == "BBBBAAAA9000");
    CHECK(card.writes == 1);
    card.reset_after = 1;
    CHECK(send(card, "00D6000004CCCCCCCC") == "9000");
    CHECK(send(card, "00D6000004DDDDDDDD") == "6986");
    CHECK_FALSE(card.reset_after.has_value());
    send(card, select_acse);
    send(card, "00A4020002EF15");
    CHECK(send(card, "00D6000004DDDDDDDD") == "6982");
    CHECK(send(card, "00B0000004") == "CCCCCCCC9000");
}

TEST_CASE("20,000 commands that nobody would send: every generation answers each with a status word") {
    for (const auto algorithm : algorithms) {
        for (const auto generation : generations) {
            auto card = blank(generation, algorithm);
            card.t0_manners = generation == CardGeneration::v2_00;
            Dice dice(static_cast<std::uint64_t>(generation) * 7 + static_cast<std::uint64_t>(algorithm));
            const std::array heads = {"00A40400", "00A40200", "00B20000", "00B00000", "00DC0528", "00D60000", "00840000", "0082000A", "00880000", "00200000", "805E0100", "84240001", "841E0000", "84160000", "00C00000"};
            const std::array selections = {select_ssse, select_acse, "00A4040006D15600000500", "00A4040006D15600000503", "00A4020002EF05", "00A4020002EF15", "0084000008", "0020000003123456"};
            int answered = 0;
            for (int i = 0; i < 3'400; ++i) {
                if (card.blocked() != SocialSecurityCard::Blocked::no || card.key_tries == 0) card = blank(generation, algorithm);
                if (dice.one_in(3)) send(card, selections.at(dice.below(selections.size())));
                Bytes apdu = dice.one_in(4) ? Bytes(dice.below(8)) : bytes(heads.at(dice.below(heads.size())));
                if (apdu.size() == 4 && dice.one_in(2)) apdu[2] = static_cast<std::byte>(dice.next()), apdu[3] = static_cast<std::byte>(dice.next());
                const auto size = dice.below(24);
                if (dice.one_in(2)) apdu.push_back(static_cast<std::byte>(size));
                for (std::size_t n = dice.one_in(5) ? dice.below(300) : size; n > 0; --n) apdu.push_back(static_cast<std::byte>(dice.next()));
                Time took{};
                const Bytes out = card.answer(apdu, took);
                if (out.size() >= 2 && out.size() <= 258) ++answered;
            }
            CHECK(answered == 3'400);
        }
    }
}
