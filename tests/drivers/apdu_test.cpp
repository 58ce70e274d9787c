// Commands, answers, the T=0 procedure and TLV: what the wire of a card may bring.
#include "drivers/apdu.hpp"
#include "drivers/random.hpp"
#include "drivers/tlv.hpp"
#include "tests/drivers/fakes.hpp"

using namespace test;

namespace {
/// Sends through a list of answers; notes what was sent.
struct Script {
    std::vector<Bytes> answers;
    std::vector<std::string> sent;
    std::function<Result<Bytes>(View)> sender() {
        return [this](View apdu) -> Result<Bytes> {
            sent.push_back(hex(apdu));
            return answers.at(std::min(sent.size(), answers.size()) - 1);
        };
    }
};
}  // namespace

TEST_CASE("a command is built in all four cases") {
    CHECK(hex(command(0x00, 0x84, 0x01, 0x02)) == "00840102");
    CHECK(hex(command(0x00, 0x84, 0x00, 0x00, {}, 8)) == "0084000008");
    CHECK(hex(command(0x00, 0xA4, 0x02, 0x00, "EF05"_hex)) == "00A4020002EF05");
    CHECK(hex(command(0x00, 0xA4, 0x04, 0x00, "A000"_hex, 0)) == "00A4040002A00000");
    CHECK_THROWS_AS((void)command(0, 0, 0, 0, Bytes(256)), std::logic_error);
}

TEST_CASE("T=0: 61xx is fetched, 6Cxx is repeated with the right length, Le behind data is left out") {
    Script fetch{{"6103"_hex, "AABBCC9000"_hex}, {}};
    CHECK(hex(exchange_apdu(CardProtocol::t0, "00A4040002A00000"_hex, fetch.sender()).value()) == "AABBCC9000");
    CHECK(fetch.sent == std::vector<std::string>{"00A4040002A000", "00C0000003"});
    Script again{{"6C02"_hex, "AABB9000"_hex}, {}};
    CHECK(hex(exchange_apdu(CardProtocol::t0, "00B2070000"_hex, again.sender()).value()) == "AABB9000");
    CHECK(again.sent == std::vector<std::string>{"00B2070000", "00B2070002"});
    Script t1{{"9000"_hex}, {}};
    CHECK(exchange_apdu(CardProtocol::t1, "00A4040002A00000"_hex, t1.sender()).has_value());
    CHECK(t1.sent == std::vector<std::string>{"00A4040002A00000"});
    Script two_parts{{"AA6101"_hex, "BB9000"_hex}, {}};
    CHECK(hex(exchange_apdu(CardProtocol::t0, "00B0000000"_hex, two_parts.sender()).value()) == "AABB9000");
}

TEST_CASE("T=0: a card that asks for ever, says half a word or too much is told apart") {
    Script mad{{"6110"_hex}, {}};
    CHECK(fault_in(exchange_apdu(CardProtocol::t0, "0084000008"_hex, mad.sender())) == "chip_refused");
    CHECK(mad.sent.size() == max_procedure_rounds + 1);
    Script half{{"90"_hex}, {}};
    CHECK(fault_in(exchange_apdu(CardProtocol::t0, "0084000008"_hex, half.sender())) == "reader_garbage");
    Script flood{{with_sw(Bytes(200), 0x61FF)}, {}};
    CHECK(fault_in(exchange_apdu(CardProtocol::t0, "0084000008"_hex, flood.sender())) == "reader_garbage");
    const auto broken = [](View) -> Result<Bytes> { return fail(FaultCode::chip_removed); };
    CHECK(fault_in(exchange_apdu(CardProtocol::t0, "0084000008"_hex, broken)) == "chip_removed");
}

TEST_CASE("TLV: nested, two-byte tags, long lengths; nothing behind the end is looked at") {
    CHECK(hex(find_tlv("700C 5F2403361231 5A04 62170012"_hex, 0x5A).value()) == "62170012");
    CHECK(hex(find_tlv("6F0D 8402AAAA A507 9F0C03 860103 00"_hex, 0x9F0C).value()) == "860103");
    CHECK(hex(find_tlv("0000FF 8101 77"_hex, 0x81).value()) == "77");
    CHECK(find_tlv("5A8102AABB"_hex, 0x5A).value().size() == 2);
    CHECK_FALSE(find_tlv("700C5A"_hex, 0x5A).has_value());
    CHECK_FALSE(find_tlv("5A0562"_hex, 0x5A).has_value());
    CHECK_FALSE(find_tlv("5A84FFFFFFFF00"_hex, 0x5A).has_value());
    CHECK_FALSE(find_tlv(""_hex, 0x5A).has_value());
}

TEST_CASE("random bytes: TLV stays inside, the T=0 procedure ends") {
    const auto random = make_seeded_random(11);
    int found = 0, ended = 0;
    for (int i = 0; i < 20'000; ++i) {
        const auto size = u8(random->bytes(1)[0]) % 40u;
        auto data = random->bytes(size);
        if (data.size() > 3 && i % 2 == 0) {
            data[0] = std::byte{0x70};
            data[1] = static_cast<std::byte>(data.size() - 2 + (i / 2) % 2);
            data[2] = std::byte{0x5A};
        }
        if (const auto value = find_tlv(data, 0x5A)) {
            ++found;
            CHECK(value->data() >= data.data());
            CHECK(value->data() + value->size() <= data.data() + data.size());
        }
        int sends = 0;
        const auto send = [&](View) -> Result<Bytes> {
            ++sends;
            auto answer = random->bytes(u8(random->bytes(1)[0]) % 8u);
            if (answer.size() >= 2 && i % 3 != 0) answer[answer.size() - 2] = i % 3 == 1 ? std::byte{0x61} : std::byte{0x6C};
            return answer;
        };
        const auto apdu = random->bytes(4 + u8(random->bytes(1)[0]) % 20u);
        const auto result = exchange_apdu(CardProtocol::t0, apdu, send);
        ended += sends <= max_procedure_rounds + 1 && (!result || result->size() >= 2);
    }
    CHECK(found > 200);
    CHECK(ended == 20'000);
}
