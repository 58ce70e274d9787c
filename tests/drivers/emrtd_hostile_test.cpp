// Chips that lie, tear and drag: each gives its own fault, in bounded time and memory, and no plain command follows.
#include "drivers/emrtd/curve.hpp"
#include "drivers/emrtd/passport.hpp"
#include "tests/drivers/emrtd_model.hpp"

#include <openssl/obj_mac.h>

using namespace test;
using namespace drivers::emrtd;
using namespace std::chrono_literals;

namespace {
struct Desk {
    PassportChip chip;
    ScriptedReader reader;
    std::unique_ptr<Random> random = make_seeded_random(7);
    Passport passport{reader, *random};
    AccessKey key = AccessKey::from_mrz("L898902C", "690806", "940623").value();
    Desk() {
        chip.files[0x0101] = tlv("61", tlv("5F1F", Bytes(88, std::byte{'<'})));
        reader.answer = [this](View apdu) { return chip.answer(apdu); };
    }
    void pace() { chip.offer_pace(128, NID_brainpoolP256r1, 13); }
    Result<Access> open() { return run(passport.open(key, 1s)); }
    std::string reading_dg1() { return fault_in(run(passport.read_mrz(1s))); }
};
const Fault no_fault{};
Fault fault_of(const Result<Access>& r) { return r ? no_fault : r.error(); }
SecureMessaging appendix_d() {
    return {CipherKind::des3, Secret{"979EC13B1CBFE9DCD01AB0FED307EAE5"_hex}, Secret{"F1CB1F1FB5ADF208806B89DC579DC1F8"_hex}, "887022120C06C227"_hex};
}
const auto appendix_d_answer = "990290008E08FA855A5D4C50A8ED"_hex;
}  // namespace

TEST_CASE("BAC: another document's key, a chip that does not know the key, another challenge, torn answers") {
    Desk other;
    other.key = AccessKey::from_mrz("L898902D", "690806", "940623").value();
    CHECK(fault_of(other.open()) == Fault{FaultCode::chip_auth_failed, "BAC EXTERNAL AUTHENTICATE 6300"});
    CHECK(other.reader.disconnects == 1);
    Desk mac;
    mac.chip.spoil.wrong_mac = true;
    CHECK(fault_of(mac.open()) == Fault{FaultCode::chip_auth_failed, "BAC answer with a wrong MAC"});
    Desk replay;
    replay.chip.spoil.wrong_challenge = true;
    CHECK(fault_of(replay.open()) == Fault{FaultCode::chip_auth_failed, "BAC answer to another challenge"});
    for (const std::size_t size : {0u, 7u, 9u, 39u, 41u, 256u}) {
        CAPTURE(size);
        Desk torn;
        const bool challenge = size < 10;
        torn.reader.answer = [&](View apdu) { return u8(apdu[1]) == (challenge ? 0x84 : 0x82) ? Result<Bytes>{with_sw(Bytes(size), 0x9000)} : torn.chip.answer(apdu); };
        CHECK(fault_in(torn.open()) == "document_unreadable");
    }
    Desk no_application;
    no_application.reader.answer = [](View) { return with_sw({}, 0x6A82); };
    CHECK(fault_in(no_application.open()) == "document_not_supported");
}

TEST_CASE("PACE: wrong password, wrong token, repeated key, points off the curve, nonces of a wrong size; never BAC instead") {
    const auto opened = [](const std::function<void(Desk&)>& spoil) {
        Desk at;
        at.pace();
        spoil(at);
        auto fault = fault_of(at.open());
        for (const auto& command : at.reader.commands) CHECK_FALSE(command.starts_with("0082"));
        return fault;
    };
    CHECK(opened([](Desk& d) { d.key = AccessKey::from_mrz("L898902C", "690806", "940624").value(); }) == Fault{FaultCode::chip_auth_failed, "PACE step 86 6300"});
    CHECK(opened([](Desk& d) { d.chip.spoil.wrong_token = true; }) == Fault{FaultCode::chip_auth_failed, "PACE chip has a wrong token"});
    CHECK(opened([](Desk& d) { d.chip.spoil.repeats_our_key = true; }) == Fault{FaultCode::chip_auth_failed, "PACE chip repeats our public key"});
    const Fault off{FaultCode::document_unreadable, "point is not on the curve"};
    Bytes off_curve(65, std::byte{1});
    off_curve[0] = std::byte{4};
    for (const auto& point : {off_curve, Bytes{}, Bytes(1), Bytes(65), Bytes(200, std::byte{4}), Bytes(33, std::byte{2})}) {
        CHECK(opened([&](Desk& d) { d.chip.spoil.map_point = point; }) == off);
        CHECK(opened([&](Desk& d) { d.chip.spoil.agree_point = point; }) == off);
    }
    for (const std::size_t size : {0u, 8u, 15u, 17u, 24u, 48u, 200u})
        CHECK(opened([&](Desk& d) { d.chip.spoil.nonce = Bytes(size); }) == Fault{FaultCode::document_unreadable, "PACE nonce of a wrong size"});
    CHECK(opened([](Desk& d) {
              d.reader.answer = [&d](View apdu) { return u8(apdu[1]) == 0x22 ? with_sw({}, 0x6A80) : d.chip.answer(apdu).value(); };
          }) == Fault{FaultCode::chip_refused, "PACE MSE:Set AT 6A80"});
    for (const char* answer : {"", "7C", "7C00", "7C028000AA", "7C81", "7C83FFFFFF", "7C0481021234", "7C7F80"})
        CHECK(opened([&](Desk& d) {
                  d.reader.answer = [&d, answer](View apdu) { return u8(apdu[1]) == 0x86 ? with_sw(from_hex(answer).value(), 0x9000) : d.chip.answer(apdu).value(); };
              }).code == FaultCode::document_unreadable);
}

TEST_CASE("a wrong point never reaches the arithmetic") {
    const auto curve = Curve::create(12).value();
    CHECK(fault_in(curve.multiply(Bytes(65), "01"_hex)) == "document_unreadable");
    CHECK(fault_in(curve.map("01"_hex, Bytes(64))) == "document_unreadable");
    // n * G is the point at infinity, and so is (n - 1) * G + G
    const auto order = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"_hex;
    auto less_one = order;
    less_one.back() = std::byte{0x50};
    CHECK(fault_in(curve.multiply(curve.generator(), order)) == "document_unreadable");
    CHECK(fault_in(curve.map(less_one, curve.generator())) == "document_unreadable");
}

TEST_CASE("secure messaging: one wrong bit anywhere, or a wrong counter, ends the session with wiped keys") {
    for (std::size_t bit = 0; bit < appendix_d_answer.size() * 8; ++bit) {
        CAPTURE(bit);
        auto messaging = appendix_d();
        Answer answer{appendix_d_answer, 0x9000};
        answer.data[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
        CHECK_FALSE(messaging.open(answer).has_value());
        CHECK_FALSE(messaging.alive());
        CHECK(hex(messaging.counter()) == "0000000000000000");
        CHECK(fault_in(messaging.open({appendix_d_answer, 0x9000})) == "chip_reset");
        CHECK(fault_in(messaging.protect("00B0000004"_hex)) == "chip_reset");
    }
    auto right = appendix_d();
    REQUIRE(right.open({appendix_d_answer, 0x9000}).has_value());
    CHECK(right.open({appendix_d_answer, 0x9000}).error() == Fault{FaultCode::chip_auth_failed, "secured answer with a wrong MAC"});  // the same once more
    auto other_status = appendix_d();
    CHECK(other_status.open({appendix_d_answer, 0x6282}).error() == Fault{FaultCode::chip_auth_failed, "secured and open status word differ"});
    auto refused = appendix_d();
    CHECK(refused.open({{}, 0x6988}).error() == Fault{FaultCode::chip_refused, "secure messaging was refused: 6988"});
    auto stripped = appendix_d();
    CHECK(fault_in(stripped.open({{}, 0x9000})) == "chip_refused");  // success without a MAC is no success
}

TEST_CASE("secure messaging: truncated, repeated, reordered, oversized objects") {
    for (std::size_t size = 1; size < appendix_d_answer.size(); ++size) {
        auto messaging = appendix_d();
        CHECK(fault_in(messaging.open({to_bytes(View{appendix_d_answer}.first(size)), 0x9000})) == "document_unreadable");
    }
    for (const char* bad : {"990290008E08FA855A5D4C50A8ED00", "8E08FA855A5D4C50A8ED99029000", "99029000990290008E08FA855A5D4C50A8ED", "9903900000", "8E08FA855A5D4C50A8ED",
                            "990290008E83FFFFFF", "998400000002", "87848000000001", "87088709", "8700870099029000", "990290008E07FA855A5D4C50A8"}) {
        CAPTURE(bad);
        auto messaging = appendix_d();
        CHECK(fault_in(messaging.open({from_hex(bad).value(), 0x9000})) == "document_unreadable");
    }
}

TEST_CASE("secure messaging: signed by the chip and nevertheless nonsense") {
    const chip::Suite des;
    const auto mac = "F1CB1F1FB5ADF208806B89DC579DC1F8"_hex;
    for (const char* cryptogram : {"8700", "870101", "8709029FF0EC34F9922651", "8708019FF0EC34F99226", "8709010000000000000000"}) {
        CAPTURE(cryptogram);
        const auto objects = cat({from_hex(cryptogram).value(), "99029000"_hex});
        const auto sum = des.mac(mac, des.padded(cat({"887022120C06C228"_hex, objects})));
        auto messaging = appendix_d();
        CHECK(fault_in(messaging.open({cat({objects, tlv("8E", sum)}), 0x9000})) == "document_unreadable");
        CHECK_FALSE(messaging.alive());
    }
}

TEST_CASE("after a spoiled answer nothing more goes to the chip") {
    Desk at;
    REQUIRE(fault_in(at.open()) == "none");
    at.chip.spoil.secured = [](Bytes& answer) { answer[answer.size() - 3] ^= std::byte{1}; };
    CHECK(at.reading_dg1() == "chip_auth_failed");
    const auto sent = at.reader.commands.size();
    at.chip.spoil.secured = {};
    CHECK(at.reading_dg1() == "chip_reset");
    CHECK(at.reader.commands.size() == sent);
    CHECK(fault_in(at.open()) == "none");  // opened anew, it works
    CHECK(at.reading_dg1() == "none");
    at.reader.answer = [](View) -> Result<Bytes> { return fail(FaultCode::chip_removed); };
    CHECK(at.reading_dg1() == "chip_removed");
    CHECK(at.reading_dg1() == "chip_reset");
}

TEST_CASE("files: huge lengths, wrong tags, drips, surplus, endings too early") {
    const auto reading = [](Bytes file, const std::function<void(Desk&)>& spoil = {}) {
        Desk at;
        REQUIRE(fault_in(at.open()) == "none");
        at.chip.files[0x0101] = std::move(file);
        if (spoil) spoil(at);
        const auto before = at.reader.commands.size();
        const auto result = run(at.passport.read(File::dg1, 1s));
        CHECK(at.reader.commands.size() - before <= max_file_chunks + 2);
        return result ? no_fault : result.error();
    };
    CHECK(reading("6183FFFFFF"_hex) == Fault{FaultCode::document_unreadable, "file 0101 does not begin with its tag"});  // four bytes do not hold this length
    CHECK(reading("6182FFFF5F1F"_hex) == Fault{FaultCode::document_unreadable, "file 0101 says it has 65539 bytes"});
    CHECK(reading("6184FFFFFFFF"_hex).code == FaultCode::document_unreadable);
    CHECK(reading("61805F1F0000"_hex).code == FaultCode::document_unreadable);
    CHECK(reading("755B5F1F"_hex).code == FaultCode::document_unreadable);
    CHECK(reading("61"_hex).code == FaultCode::document_unreadable);
    CHECK(reading("617F5F1F"_hex) == Fault{FaultCode::chip_refused, "READ BINARY of file 0101 at 4: 6B00"});
    const auto large = tlv("61", Bytes(20'000));
    CHECK(reading(large) == no_fault);
    CHECK(reading(large, [](Desk& d) { d.chip.spoil.most = 64; }) == no_fault);
    CHECK(reading(large, [](Desk& d) { d.chip.spoil.most = 4; }) == Fault{FaultCode::document_unreadable, "file 0101 comes in too many pieces"});
    CHECK(reading(large, [](Desk& d) { d.chip.spoil.most = 0; }) == Fault{FaultCode::document_unreadable, "file 0101 gives 0 bytes instead of 4 at 0"});
    CHECK(reading(large, [](Desk& d) { d.chip.spoil.surplus = 1; }) == Fault{FaultCode::document_unreadable, "file 0101 gives 5 bytes instead of 4 at 0"});
}
