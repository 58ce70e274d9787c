// The chip of the social security card over a small scripted chip: identity, authentication, writing, PIN, reading back.
#include "drivers/ss_card/ss_card.hpp"
#include "tests/drivers/fakes.hpp"

using namespace test;
using namespace std::chrono_literals;

namespace {
constexpr auto sw_ok = 0x9000, sw_no_record = 0x6A83;

/// The least chip that a session needs; the simulator's is written separately.
struct Chip {
    std::map<std::pair<int, int>, Bytes> records;
    int file = 0;
    bool authenticated = false, has_ssse = true;
    std::string pin = "123456";
    std::uint16_t next_sw = 0;  ///< for the next command, when not 0
    int challenges = 0;
    std::optional<std::string> removed_at;  ///< command prefix, hexadecimal

    Chip() {
        records[{0xEF05, 1}] = "450000D156000005 0011223344556677"_hex;
        records[{0xEF05, 3}] = to_bytes("2.00");
    }
    Result<Bytes> answer(View apdu) {
        const auto text = hex(apdu);
        if (removed_at && text.starts_with(*removed_at)) return fail(FaultCode::chip_removed);
        if (next_sw != 0) return with_sw({}, std::exchange(next_sw, std::uint16_t{0}));
        const auto p1 = u8(apdu[2]);
        if (text == "00A404000F" + std::string(ssse_name_hex)) return has_ssse ? with_sw("6F0C8402AABBA5069F0C03860103"_hex, sw_ok) : with_sw({}, 0x6A82);
        if (text.starts_with("00A4040008" + std::string(pboc_aid_hex))) return with_sw({}, sw_ok);
        if (text == "00B2010C00") return with_sw("70155F24033612315A0A6217001234567890123F5F3000"_hex, sw_ok);
        if (text.starts_with("00A4020002EF")) {
            file = 0xEF00 + u8(apdu[6]);
            return with_sw({}, sw_ok);
        }
        if (text.starts_with("00B2")) return read(p1);
        if (text == "0084000008") return with_sw(Bytes(8, static_cast<std::byte>(++challenges)), sw_ok);
        if (text.starts_with("0082001210")) return with_sw({}, (authenticated = u8(apdu[5]) == 0xC0) ? sw_ok : 0x63C2);
        if (text.starts_with("00DC")) return update(apdu);
        if (text.starts_with("805E010007")) return change_pin(text);
        if (text.starts_with("0020000003")) return with_sw({}, text.substr(10) == pin ? sw_ok : 0x63C2);
        return with_sw({}, 0x6D00);
    }
    Result<Bytes> read(int tag) {
        const auto found = records.find({file, tag});
        if (found == records.end()) return with_sw({}, sw_no_record);
        Bytes out{static_cast<std::byte>(tag), static_cast<std::byte>(found->second.size())};
        out.insert(out.end(), found->second.begin(), found->second.end());
        return with_sw(out, sw_ok);
    }
    Result<Bytes> update(View apdu) {
        if (!authenticated) return with_sw({}, 0x6982);
        records[{0xEF00 + (u8(apdu[3]) >> 3), u8(apdu[2])}] = to_bytes(apdu.subspan(7));
        return with_sw({}, sw_ok);
    }
    Result<Bytes> change_pin(const std::string& text) {
        if (text.substr(10, 8) != pin + "FF") return with_sw({}, 0x63C1);
        pin = text.substr(18);
        return with_sw({}, sw_ok);
    }
};

struct Station {
    Chip chip;
    ScriptedReader reader;
    ChipSession session{reader};
    Station() {
        reader.atr = "3B6D00000081"_hex;
        reader.answer = [this](View apdu) { return chip.answer(apdu); };
    }
};

std::vector<ChipRecord> order() {
    return {{0xEF05, 0x07, to_bytes("X00000019")}, {0xEF06, 0x08, to_bytes("450103199202291221")}, {0xEF06, 0x09, an_value("韦小晴", 30).value()}, {0xEF06, 0x0D, cn_value("19920229", 4).value()}};
}
Bytes good_cryptogram() { return Bytes(16, std::byte{0xC0}); }
}  // namespace

TEST_CASE("a whole personalisation: identify, authenticate, write, PIN, read back") {
    Station at;
    const auto identity = run(at.session.identify(1s));
    REQUIRE(identity.has_value());
    CHECK(hex(identity->identification_code) == "450000D1560000050011223344556677");
    CHECK(identity->version == "2.00");
    CHECK(identity->card_number.empty());
    CHECK(identity->social_security_number.empty());
    CHECK(identity->bank_number == "6217001234567890123");
    CHECK(identity->algorithm == 3);
    CHECK(hex(identity->atr) == "3B6D00000081");

    const auto challenge = run(at.session.challenge("UK_SSSE"));
    REQUIRE(challenge.has_value());
    CHECK(challenge->original == Bytes(8, std::byte{1}));
    CHECK(challenge->process == Bytes(8, std::byte{2}));  // the card remembers the last one
    CHECK(run(at.session.authenticate("UK_SSSE", good_cryptogram())).has_value());
    CHECK(at.reader.commands.back() == "0082001210" + hex(good_cryptogram()));

    CHECK(run(at.session.write(order())).has_value());
    CHECK(at.reader.commands.back() == "00DC0D30060D0419920229");
    CHECK(run(at.session.set_pin(Secret{"123456"}, Secret{"907856"})).has_value());
    CHECK(at.reader.commands.back() == "805E010007123456FF907856");
    CHECK(run(at.session.check_pin(Secret{"907856"})).has_value());
    CHECK(run(at.session.verify(order())).has_value());
    const auto again = run(at.session.identify(1s));
    CHECK(again->card_number == "X00000019");
    CHECK(again->social_security_number == "450103199202291221");
}

TEST_CASE("the session lets the card go when it ends") {
    ScriptedReader reader;
    {
        const ChipSession session(reader);
    }
    CHECK(reader.disconnects == 1);
}

TEST_CASE("identify: dead, foreign, another generation, removed, no bank") {
    Station dead;
    dead.reader.atr = fail(FaultCode::chip_silent);
    CHECK(fault_in(run(dead.session.identify(1s))) == "chip_silent");
    Station foreign;
    foreign.chip.has_ssse = false;
    CHECK(fault_in(run(foreign.session.identify(1s))) == "chip_mismatch");
    Station third;  // a version that no specification has
    third.chip.records[{0xEF05, 3}] = to_bytes("4.00");
    CHECK(fault_in(run(third.session.identify(1s))) == "chip_mismatch");
    Station no_code;
    no_code.chip.records.erase({0xEF05, 1});
    CHECK(fault_in(run(no_code.session.identify(1s))) == "chip_mismatch");
    Station removed;
    removed.chip.removed_at = "00B203";
    CHECK(fault_in(run(removed.session.identify(1s))) == "chip_removed");
    Station no_bank;
    no_bank.chip.next_sw = 0x6A82;
    CHECK(run(no_bank.session.identify(1s))->bank_number.empty());
    Station unwritten;
    unwritten.chip.records[{0xEF05, 7}] = Bytes(9, std::byte{0xFF});
    CHECK(run(unwritten.session.identify(1s))->card_number.empty());
}

TEST_CASE("refusals carry the step and the tries left, never a value") {
    Station at;
    CHECK(fault_in(run(at.session.challenge("UK_SSSE"))) == "chip_reset");  // not connected
    REQUIRE(run(at.session.identify(1s)).has_value());
    CHECK(run(at.session.authenticate("UK_SSSE", Bytes(16))).error() == Fault{FaultCode::chip_auth_failed, "EXTERNAL AUTHENTICATE UK_SSSE: 2 tries left"});
    CHECK(run(at.session.write(order())).error() == Fault{FaultCode::chip_auth_failed, "UPDATE EF05 tag 07: security status not satisfied"});
    CHECK(run(at.session.set_pin(Secret{"111111"}, Secret{"907856"})).error() == Fault{FaultCode::chip_auth_failed, "CHANGE PIN: 1 tries left"});
    CHECK(run(at.session.check_pin(Secret{"111111"})).error() == Fault{FaultCode::chip_auth_failed, "VERIFY PIN: 2 tries left"});
    at.chip.next_sw = 0x6983;
    CHECK(run(at.session.check_pin(Secret{"123456"})).error() == Fault{FaultCode::chip_auth_failed, "VERIFY PIN: blocked"});
    at.chip.authenticated = true;
    at.chip.next_sw = 0x6581;
    CHECK(run(at.session.write(order())).error() == Fault{FaultCode::chip_refused, "UPDATE EF05 tag 07: memory failure"});
    at.chip.next_sw = 0x6A88;
    CHECK(fault_in(run(at.session.authenticate("UK_SSSE", good_cryptogram()))) == "chip_auth_failed");
    at.chip.removed_at = "00DC";
    CHECK(fault_in(run(at.session.write(order()))) == "chip_removed");
}

TEST_CASE("what no card of ours has is refused before anything is sent") {
    Station at;
    REQUIRE(run(at.session.identify(1s)).has_value());
    const auto sent = at.reader.commands.size();
    CHECK(fault_in(run(at.session.challenge("RK_OTHER"))) == "internal");
    CHECK(fault_in(run(at.session.authenticate("UK_SSSE", Bytes(15)))) == "internal");
    CHECK(fault_in(run(at.session.write({{0xEF07, 1, Bytes(4)}}))) == "internal");
    CHECK(fault_in(run(at.session.write({{0xEF05, 1, Bytes(254)}}))) == "internal");
    CHECK(fault_in(run(at.session.set_pin(Secret{"123456"}, Secret{"12345a"}))) == "internal");
    CHECK(fault_in(run(at.session.check_pin(Secret{"12345"}))) == "internal");
    CHECK(at.reader.commands.size() == sent);
}

TEST_CASE("reading back names the file and the tag that differ, and nothing else") {
    Station at;
    REQUIRE(run(at.session.identify(1s)).has_value());
    at.chip.authenticated = true;
    REQUIRE(run(at.session.write(order())).has_value());
    for (const auto& record : order()) {
        auto good = std::exchange(at.chip.records[{record.file, record.tag}], Bytes(record.value.size(), std::byte{0x30}));
        CHECK(run(at.session.verify(order())).error() == Fault{FaultCode::chip_mismatch, fmt::format("{:04X} tag {:02X}", record.file, record.tag)});
        at.chip.records[{record.file, record.tag}] = std::move(good);
    }
    at.chip.records.erase({0xEF06, 0x0D});
    CHECK(run(at.session.verify(order())).error() == Fault{FaultCode::chip_mismatch, "EF06 tag 0D"});
}

TEST_CASE("values: GBK and BCD, padded, or nothing") {
    CHECK(hex(an_value("韦小晴", 8).value()) == "CEA4D0A1C7E70000");
    CHECK(hex(an_value("A", 3, std::byte{0xFF}).value()) == "41FFFF");
    CHECK(hex(an_value("·", 2).value()) == "A1A4");
    CHECK(hex(an_value("", 2).value()) == "0000");
    CHECK_FALSE(an_value("韦小晴", 5).has_value());
    CHECK_FALSE(an_value("𠮷", 30).has_value());
    CHECK_FALSE(an_value("\xE9\x9F", 30).has_value());
    CHECK(hex(cn_value("19920229", 4).value()) == "19920229");
    CHECK(hex(cn_value("450", 3).value()) == "450FFF");
    CHECK_FALSE(cn_value("4501031", 3).has_value());
    CHECK_FALSE(cn_value("45X", 3).has_value());
    CHECK(hex(pin_bcd(Secret{"907856"})->view()) == "907856");
    CHECK_FALSE(pin_bcd(Secret{"90785"}).has_value());
    CHECK_FALSE(pin_bcd(Secret{"90785F"}).has_value());
}

TEST_CASE("the card number's check character") {
    CHECK(card_number_check("X0000001") == '9');
    CHECK(card_number_valid("X00000019"));
    CHECK_FALSE(card_number_valid("X00000018"));
    CHECK_FALSE(card_number_valid("x00000019"));
    CHECK_FALSE(card_number_check("X000001").has_value());
    std::set<char> seen;
    for (int i = 0; i < 100; ++i) seen.insert(card_number_check(fmt::format("A{:07}", i)).value());
    CHECK(seen.size() == 11);  // 0..9 and X
}

TEST_CASE("a chip that answers garbage never gets through identification") {
    const auto random = [state = std::uint32_t{7}]() mutable { return state = state * 1664525 + 1013904223; };
    auto dice = random;
    for (int i = 0; i < 3'000; ++i) {
        ScriptedReader reader;
        reader.atr = "3B6D00000081"_hex;
        reader.answer = [&](View) -> Result<Bytes> {
            Bytes data(dice() >> 8 & 31);
            for (auto& b : data) b = static_cast<std::byte>(dice() >> 16);
            return with_sw(data, dice() >> 16 & 1 ? 0x9000 : static_cast<std::uint16_t>(dice() >> 8));
        };
        ChipSession session(reader);
        CHECK_FALSE(run(session.identify(1s)).has_value());
    }
}
