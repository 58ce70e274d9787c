// The passport model at its wire: documented answers to plain commands, wrong orders, secured commands that are broken, and noise.
#include "sim/models/passport.hpp"
#include "tests/sim/card_talk.hpp"
#include "tests/sim/passport_reader.hpp"

using talk::hex;
using talk::send;
using namespace std::chrono_literals;

namespace {
sim::PassportOffice& office() {
    static sim::PassportOffice one({.seed = 6});
    return one;
}
constexpr auto select_application = "00A4040C07A0000002471001";

/// What went over the wire while the driver opened a chip, to be sent again or spoiled.
class Tap final : public sim::SmartCard {
  public:
    explicit Tap(sim::SmartCard& card) : card_(card) {}
    sim::Bytes reset() override { return card_.reset(); }
    sim::Bytes answer(sim::View apdu, sim::Time& took) override {
        sim::Bytes command(apdu.begin(), apdu.end());
        if (spoil) spoil(command);
        sent.push_back(command);
        return answers.emplace_back(card_.answer(command, took));
    }
    std::function<void(sim::Bytes&)> spoil;
    std::vector<sim::Bytes> sent, answers;

  private:
    sim::SmartCard& card_;
};
}  // namespace

TEST_CASE("a passport announces itself as a contactless card with a right check byte and a new UID each time") {
    const auto chip = office().issue(passport_test::traveller());
    const auto atr = chip->reset();
    CHECK(hex(atr).starts_with("3B888001"));
    std::byte sum{};
    for (std::size_t i = 1; i < atr.size(); ++i) sum ^= atr[i];
    CHECK(sum == std::byte{0});
    const auto uid = send(*chip, "FFCA000000");
    CHECK(uid.starts_with("08"));
    CHECK(uid.size() == 12);
    (void)chip->reset();
    CHECK(send(*chip, "FFCA000000") != uid);
    chip->random_uid = false;
    const auto fixed = send(*chip, "FFCA000000");
    (void)chip->reset();
    CHECK(send(*chip, "FFCA000000") == fixed);
}

TEST_CASE("before it is opened a chip shows EF.CardAccess and nothing else") {
    const auto chip = office().issue(passport_test::traveller());
    (void)chip->reset();
    CHECK(send(*chip, "00B0000004") == "6986");
    CHECK(send(*chip, "00A4020C020101") == "6A82");  // in the master file
    CHECK(send(*chip, "00A4020C02011C") == "9000");
    const auto whole = hex(chip->file(0x011C));
    CHECK(whole == "31143012060A04007F0007020204020202010202010C");
    CHECK(send(*chip, "00B0000000") == whole + "9000");
    CHECK(send(*chip, "00B0000004") == whole.substr(0, 8) + "9000");
    CHECK(send(*chip, "00B0001408") == whole.substr(40) + "6282");
    CHECK(send(*chip, "00B0001608") == "6B00");
    CHECK(send(*chip, "00B09C0004") == whole.substr(0, 8) + "9000");  // by its short identifier
    CHECK(send(*chip, "00B0BC0004") == "6A86");
    CHECK(send(*chip, "00B00000") == "6700");
    CHECK(send(*chip, select_application) == "9000");
    CHECK(send(*chip, "00B0000004") == "6982");
    for (const char* file : {"011E", "0101", "0102", "0103", "011D", "011C", "FFFF"}) CHECK(send(*chip, std::string("00A4020C02") + file) == "6982");
    CHECK(send(*chip, "00B0810004") == "6982");
    CHECK(send(*chip, "0088000008000102030405060700") == "6982");
    CHECK(send(*chip, "00A4040007A0000002471001") == "6F09" "8407A0000002471001" "9000");
    CHECK(send(*chip, "00A4000C023F00") == "9000");
    CHECK(send(*chip, "00A4020C02011C") == "9000");
    CHECK(send(*chip, "00A4040C07A0000002471002") == "6A82");
    CHECK(send(*chip, "00A4010C020101") == "6A86");
    CHECK(send(*chip, "00A4020502011C") == "6A86");
    auto d = passport_test::traveller();
    d.pace.clear();
    const auto without = office().issue(d);
    (void)without->reset();
    CHECK(send(*without, "00A4020C02011C") == "6A82");
    CHECK(send(*without, "0022C1A40F800A04007F00070202040202830101") == "6985");
}

TEST_CASE("classes, lengths and instructions that no passport knows have their own answers") {
    const auto chip = office().issue(passport_test::traveller());
    (void)chip->reset();
    CHECK(send(*chip, "") == "6700");
    CHECK(send(*chip, "00A404") == "6700");
    CHECK(send(*chip, "00A4040C08A0000002471001") == "6700");
    CHECK(send(*chip, "00A4040C00A0") == "6700");
    CHECK(send(*chip, "80A40000") == "6E00");
    CHECK(send(*chip, "20A40000") == "6E00");
    CHECK(send(*chip, "01A40000") == "6881");
    CHECK(send(*chip, "04A40000") == "6882");
    CHECK(send(*chip, "08A40000") == "6882");
    CHECK(send(*chip, "10A40000") == "6884");
    CHECK(send(*chip, "0CA40000") == "6982");
    CHECK(send(*chip, "00FE0000") == "6D00");
    CHECK(send(*chip, "00B1000000") == "6D00");
    CHECK(send(*chip, "00E20000") == "6D00");
}

TEST_CASE("BAC in a wrong order, with a wrong length or twice with one challenge") {
    auto d = passport_test::traveller();
    const auto chip = office().issue(d);
    (void)chip->reset();
    CHECK(send(*chip, "0084000008") == "6985");  // not in the application
    send(*chip, select_application);
    const std::string noughts = "0082000028" + std::string(80, '0') + "28";
    CHECK(send(*chip, noughts) == "6985");
    CHECK(send(*chip, "0084000004") == "6700");
    CHECK(send(*chip, "0084010008") == "6A86");
    const auto first = send(*chip, "0084000008"), second = send(*chip, "0084000008");
    CHECK(first.size() == 20);
    CHECK(first != second);
    CHECK(send(*chip, "008200002000" + std::string(62, '0')) == "6700");
    CHECK(send(*chip, noughts) == "6985");  // the challenge is used up
    send(*chip, "0084000008");
    CHECK(send(*chip, noughts) == "6300");
    CHECK(chip->failed_attempts() == 1);
    d.bac = false;
    const auto only_pace = office().issue(d);
    (void)only_pace->reset();
    send(*only_pace, select_application);
    CHECK(send(*only_pace, "0084000008") == "6D00");
    CHECK(send(*only_pace, noughts) == "6D00");

    // What opened the chip once opens it no more.
    d = passport_test::traveller();
    d.pace.clear();
    const auto replayed = office().issue(d);
    Tap tap(*replayed);
    passport_test::Session session(tap);
    REQUIRE(session.open(d) == "bac");
    const auto proof = tap.sent.back();
    (void)replayed->reset();
    send(*replayed, select_application);
    send(*replayed, "0084000008");
    CHECK(send(*replayed, hex(proof)) == "6300");

    // Each half of the proof counts: its cryptogram's first byte, its MAC's last.
    for (const std::size_t place : {std::size_t{5}, std::size_t{44}}) {
        tap.spoil = [place](sim::Bytes& c) {
            if (c[1] == std::byte{0x82}) c[place] ^= std::byte{1};
        };
        CHECK(session.open(d) == "chip_auth_failed");
        CHECK(hex(tap.answers.back()) == "6300");
    }
}

TEST_CASE("PACE in a wrong order, with another protocol, password or point") {
    const auto chip = office().issue(passport_test::traveller());
    (void)chip->reset();
    const std::string set = "0022C1A40F800A04007F00070202040202830101";
    CHECK(send(*chip, "10860000027C0000") == "6985");
    CHECK(send(*chip, "0022C1A40F800A04007F00070202040204830101") == "6A80");    // AES-256 is not offered
    CHECK(send(*chip, "0022C1A412800A04007F0007020204020283010184010D") == "6A80");  // nor is that curve
    CHECK(send(*chip, "0022C1A40F800A04007F00070202040202830103") == "6A88");
    CHECK(send(*chip, "0022C1A40F800A04007F000702020402028301") == "6700");
    CHECK(send(*chip, "0022C1B60F800A04007F00070202040202830101") == "6A86");
    CHECK(send(*chip, set) == "9000");
    CHECK(send(*chip, "00860000027C0000") == "6985");  // not the last of the chain
    CHECK(send(*chip, set) == "9000");
    CHECK(send(*chip, "10860000047C02810000") == "6A80");
    CHECK(send(*chip, set) == "9000");
    const auto nonce = send(*chip, "10860000027C0000");
    CHECK(nonce.starts_with("7C128010"));
    CHECK(nonce.ends_with("9000"));
    CHECK(send(*chip, "10860000027C0000") == "6A80");  // mapping data were due
    send(*chip, set);
    send(*chip, "10860000027C0000");
    CHECK(send(*chip, "10860000457C43814104" + std::string(128, '1') + "00") == "6A80");  // no point of the curve
    send(*chip, set);
    send(*chip, "10860000027C0000");
    CHECK(send(*chip, "10860000057C03810100" "00") == "6A80");  // the point at infinity
    send(*chip, set);
    CHECK(send(*chip, select_application) == "9000");
    CHECK(send(*chip, "10860000027C0000") == "6985");  // another command in between
    CHECK(send(*chip, set) == "6985");                 // PACE is spoken in the master file
}

TEST_CASE("the first command that is unprotected or wrong ends the session for good") {
    auto d = passport_test::traveller();
    for (const bool pace : {false, true}) {
        if (!pace) d.pace.clear();
        else d.pace = {{sim::PassportCipher::aes192, sim::PassportCurve::brainpool256}};
        const auto chip = office().issue(d);
        Tap tap(*chip);
        passport_test::Session session(tap);
        const auto reopen = [&] {
            tap.spoil = nullptr;
            REQUIRE(session.open(d) == (pace ? "pace" : "bac"));
            REQUIRE(session.read(passport_test::emrtd::File::com).size() == 24);
        };
        const auto answer_to = [&](std::function<void(sim::Bytes&)> spoil) {
            reopen();
            tap.spoil = std::move(spoil);
            CHECK(test::fault_in(test::run(session.passport.read(passport_test::emrtd::File::dg1, 1s))) != "none");
            CHECK(chip->access() == sim::PassportChip::Access::closed);
            return hex(tap.answers.back());
        };
        reopen();
        const auto last = tap.sent.back();
        CHECK(send(*chip, hex(last)) == "6988");  // the same once more: the counter has moved on
        CHECK(send(*chip, hex(last)) == "6982");
        reopen();
        CHECK(send(*chip, "00A4020C020101") == "6982");
        CHECK(chip->access() == sim::PassportChip::Access::closed);
        CHECK(send(*chip, hex(last)) == "6982");
        reopen();
        CHECK(send(*chip, "00") == "6700");
        CHECK(chip->access() == sim::PassportChip::Access::closed);
        CHECK(answer_to([](sim::Bytes& c) { c[c.size() - 3] ^= std::byte{1}; }) == "6988");  // its MAC
        CHECK(answer_to([](sim::Bytes& c) { c[2] ^= std::byte{1}; }) == "6988");             // its header
        CHECK(answer_to([](sim::Bytes& c) { c[8] ^= std::byte{1}; }) == "6988");             // its data
        CHECK(answer_to([](sim::Bytes& c) {  // without a checksum
                  c.erase(c.end() - 11, c.end() - 1);
                  c[4] = static_cast<std::byte>(c.size() - 6);
              }) == "6987");
        CHECK(answer_to([](sim::Bytes& c) { c[5] = std::byte{0x85}; }) == "6988");  // an object that is none of ours
        reopen();
        chip->mute_after = 1;
        CHECK(test::fault_in(test::run(session.passport.read(passport_test::emrtd::File::dg1, 1s))) == "chip_silent");
        CHECK(chip->access() == sim::PassportChip::Access::closed);
        reopen();
    }
}

TEST_CASE("inside a session what is missing or not allowed is said under its protection") {
    auto d = passport_test::traveller();
    const auto chip = office().issue(d);
    passport_test::Session session(*chip);
    REQUIRE(session.open(d) == "pace");
    const auto ask = [&](std::string_view apdu) {
        const auto answer = test::run(session.passport.channel().ask(talk::bytes(apdu), 1s));
        REQUIRE(answer);
        return hex(answer->data) + fmt::format("{:04X}", answer->sw);
    };
    CHECK(ask("00A4020C020103") == "6A82");
    CHECK(ask("00A4020C02011C") == "6A82");  // belongs to the master file
    CHECK(ask("00A4020C020101") == "9000");
    CHECK(ask("00B0000004") == "615B5F1F9000");
    CHECK(ask("00B0005D01") == "6B00");
    CHECK(ask("00B09E0002") == "60169000");
    CHECK(ask("00B0860002") == "6A82");
    CHECK(ask("00B00000") == "6700");
    CHECK(ask("0084000008") == "6985");
    CHECK(ask("0022C1A40F800A04007F00070202040202830101") == "6A86");
    CHECK(ask("00880000080001020304050607") == "6D00");  // no active authentication
    CHECK(ask("00DA000001FF") == "6D00");
    CHECK(ask("00A4020C020102") == "9000");
    CHECK(ask("00B0000000").size() == 2 * 223 + 4);  // as much as one short answer holds
    CHECK(chip->access() == sim::PassportChip::Access::pace);
}

TEST_CASE("twenty thousand commands of noise: always an answer of a right size, never a way in") {
    auto d = passport_test::traveller();
    d.chip_authentication = sim::PaceVariant{};
    d.active_authentication = sim::ActiveProof::ecdsa;
    const auto chip = office().issue(d);
    sim::Dice dice(20261122);
    const std::vector<std::string> seeds{"00A4040C07A0000002471001", "00A4020C02011C", "00B0000000", "0084000008", "0082000028" + std::string(80, 'A') + "28", "0022C1A40F800A04007F00070202040202830101",
                                         "10860000027C0000", "10860000457C4381" "4104" + std::string(128, '3') + "00", "0CB000000D97010400" "8E0801020304050607" "0800", "002241A40C800A04007F0007020203020200", "008800000801020304050607", "FFCA000000", "00A4000C023F00"};
    (void)chip->reset();
    for (int i = 0; i < 20'000; ++i) {
        sim::Bytes command;
        if (dice.one_in(3)) {
            for (auto n = dice.below(300); n > 0; --n) command.push_back(static_cast<std::byte>(dice.next() >> 40 & 0xFF));
        } else {
            command = talk::bytes(seeds[dice.below(seeds.size())]);
            for (auto n = dice.below(4); n > 0 && !command.empty(); --n) {
                const auto at = dice.below(command.size());
                if (dice.one_in(3)) command.erase(command.begin() + static_cast<std::ptrdiff_t>(at));
                else if (dice.one_in(2)) command.insert(command.begin() + static_cast<std::ptrdiff_t>(at), static_cast<std::byte>(dice.next() >> 40 & 0xFF));
                else command[at] = static_cast<std::byte>(dice.next() >> 40 & 0xFF);
            }
        }
        sim::Time took{};
        const auto answer = chip->answer(command, took);
        if (answer.size() < 2 || answer.size() > 258 || took <= sim::Time{}) FAIL_CHECK(hex(command), " -> ", hex(answer));
    }
    CHECK(chip->commands() == 20'000);
    CHECK(chip->access() == sim::PassportChip::Access::closed);
    passport_test::Session session(*chip);
    CHECK(session.open(d) == "pace");
    // The same noise inside a session ends it and nothing else.
    int ended = 0;
    for (int i = 0; i < 60; ++i) {
        REQUIRE(session.open(d) == "pace");
        auto command = talk::bytes("0CB00000");
        sim::Bytes body;
        for (auto n = dice.below(60) + 1; n > 0; --n) body.push_back(static_cast<std::byte>(dice.one_in(3) ? 0x87 : dice.next() >> 40 & 0xFF));
        command.push_back(static_cast<std::byte>(body.size()));
        command.insert(command.end(), body.begin(), body.end());
        sim::Time took{};
        const auto sw = hex(chip->answer(command, took));
        CHECK((sw == "6987" || sw == "6988"));
        ended += chip->access() == sim::PassportChip::Access::closed;
    }
    CHECK(ended == 60);
}

TEST_CASE("five thousand commands of noise inside a session, rightly protected: always a protected answer, and the session goes on") {
    auto d = passport_test::traveller();
    d.chip_authentication = sim::PaceVariant{};
    d.active_authentication = sim::ActiveProof::ecdsa;
    const auto chip = office().issue(d);
    passport_test::Session session(*chip);
    REQUIRE(session.open(d) == "pace");
    sim::Dice dice(31);
    constexpr int instructions[] = {0xA4, 0xB0, 0x22, 0x86, 0x88, 0x82, 0x84, 0xC0, 0xD6};
    for (int i = 0; i < 5'000; ++i) {
        const auto byte = [&] { return static_cast<std::uint8_t>(dice.one_in(3) ? 0 : dice.next() >> 40 & 0xFF); };
        sim::Bytes data;
        for (auto n = dice.below(30); n > 0; --n) data.push_back(static_cast<std::byte>(dice.one_in(4) ? 0x7C : byte()));
        const auto apdu = drivers::command(0x00, static_cast<std::uint8_t>(instructions[dice.below(std::size(instructions))]), byte(), byte(), data, byte());
        const auto answer = test::run(session.passport.channel().ask(apdu, 1s));
        if (!answer) FAIL_CHECK(hex(apdu));
    }
    CHECK(chip->access() == sim::PassportChip::Access::pace);
    REQUIRE(test::run(session.passport.channel().ask(talk::bytes(select_application), 1s)));  // the noise may have left it
    CHECK(session.read(passport_test::emrtd::File::dg1).size() == 93);
}

TEST_CASE("an office refuses what no office prints, and knows its flaws by name") {
    const auto refuses = [](auto change) {
        auto d = passport_test::traveller();
        change(d);
        CHECK_THROWS_AS((void)office().issue(d), std::invalid_argument);
    };
    refuses([](auto& d) { d.number.clear(); });
    refuses([](auto& d) { d.number = "E1020304567"; });
    refuses([](auto& d) { d.number = "e10203045"; });
    refuses([](auto& d) { d.birth = "870314"; });
    refuses([](auto& d) { d.expiry = "2032-8-31"; });
    refuses([](auto& d) { d.surname.clear(); });
    refuses([](auto& d) { d.surname = "Zhang"; });
    refuses([](auto& d) { d.sex = 'X'; });
    refuses([](auto& d) { d.can = "12345"; });
    refuses([](auto& d) { d.groups = {1, 3}; });
    refuses([](auto& d) { d.portrait = talk::bytes("89504E470D0A"); });
    refuses([](auto& d) {
        d.pace.clear();
        d.bac = false;
    });
    for (int i = 0; i <= static_cast<int>(sim::PassportFlaw::cloned); ++i) CHECK(sim::passport_flaw_of(name_of(static_cast<sim::PassportFlaw>(i))) == static_cast<sim::PassportFlaw>(i));
    CHECK(!sim::passport_flaw_of("stolen"));
}

TEST_CASE("the printed zones: the standard's specimens come out character by character") {
    // ICAO 9303-4, appendix B, and 9303-5, appendix B.
    sim::PassportDescription d{.issuer = "UTO", .nationality = "UTO", .number = "L898902C3", .surname = "ERIKSSON", .given = "ANNA MARIA", .sex = 'F', .birth = "19740812", .expiry = "20120415", .personal_number = "ZE184226B"};
    CHECK(sim::mrz_lines(d) == std::vector<std::string>{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"});
    d.kind = sim::PassportKind::card;
    d.number = "D23145890";
    d.personal_number.clear();
    CHECK(sim::mrz_lines(d) == std::vector<std::string>{"I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"});
    d.number = "D23145890734";
    CHECK(sim::mrz_lines(d)[0] == "I<UTOD23145890<7349<<<<<<<<<<<");
    CHECK(sim::mrz_key_text(d) == "D23145890734" "9" "7408122" "1204159");
    d.number = "L898902C";
    CHECK(sim::mrz_key_text(d) == "L898902C<3" "7408122" "1204159");
}
