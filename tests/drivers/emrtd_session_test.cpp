// A whole passport over the test's own chip: BAC, PACE on every curve with every cipher, reading, and which protocol is chosen.
#include "drivers/emrtd/curve.hpp"
#include "drivers/emrtd/pace.hpp"
#include "drivers/emrtd/passport.hpp"
#include "tests/drivers/emrtd_model.hpp"

#include <openssl/obj_mac.h>

using namespace test;
using namespace drivers::emrtd;
using namespace std::chrono_literals;

namespace {
constexpr std::string_view specimen = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C<3UTO6908061F9406236ZE184226B<<<<<14";

struct Desk {
    PassportChip chip;
    ScriptedReader reader;
    std::unique_ptr<Random> random = make_seeded_random(9303);
    Passport passport{reader, *random};
    AccessKey key = AccessKey::from_mrz("L898902C", "690806", "940623").value();
    Desk() {
        chip.files[0x011E] = "60145F0104303130375F36063034303030305C026175"_hex;
        chip.files[0x0101] = tlv("61", tlv("5F1F", to_bytes(specimen)));
        reader.answer = [this](View apdu) { return chip.answer(apdu); };
    }
    /// A DG2 of about this many bytes; the picture counts upwards.
    void portrait(std::size_t size) {
        Bytes picture = "FFD8FFE0"_hex;
        while (picture.size() < size) picture.push_back(static_cast<std::byte>(picture.size() * 7));
        const auto be = [](std::size_t n) { return Bytes{std::byte{0}, std::byte{0}, static_cast<std::byte>(n >> 8), static_cast<std::byte>(n & 0xFF)}; };
        const auto face = cat({be(20 + 12 + picture.size()), Bytes(16), "0100019001F401020000"_hex, "0000"_hex, picture});
        const auto record = cat({"4641430030313000"_hex, be(14 + face.size()), "0001"_hex, face});
        chip.files[0x0102] = tlv("75", tlv("7F61", cat({"020101"_hex, tlv("7F60", cat({tlv("A1", "8002010187020101880200 08"_hex), tlv("5F2E", record)}))})));
    }
};
}  // namespace

TEST_CASE("BAC: opened, listed, MRZ and a portrait of many chunks") {
    Desk at;
    at.portrait(15'000);
    const auto access = run(at.passport.open(at.key, 1s));
    REQUIRE(fault_in(access) == "none");
    CHECK(*access == Access::bac);
    CHECK(hex(run(at.passport.read_list(1s)).value().tags) == "6175");
    CHECK(run(at.passport.read_mrz(1s)).value() == specimen);
    const auto before = at.reader.commands.size();
    const auto portrait = run(at.passport.read_portrait(1s)).value();
    CHECK(portrait.format == PictureFormat::jpeg);
    CHECK(portrait.width == 400);
    CHECK(portrait.height == 500);
    CHECK(portrait.picture.size() == 15'000);
    CHECK(u8(portrait.picture.back()) == (14'999 * 7 & 0xFF));
    CHECK(at.reader.commands.size() - before == 2 + (15'000 + 222) / 223);
    CHECK(fault_in(run(at.passport.read(File::dg12, 1s))) == "document_not_supported");  // not there, and the session goes on
    CHECK(run(at.passport.read_mrz(1s)).value() == specimen);
    at.passport.close();
    CHECK(at.reader.disconnects == 1);
    CHECK(fault_in(run(at.passport.read_mrz(1s))) == "chip_reset");
}

TEST_CASE("PACE: every curve with every cipher") {
    struct {
        int parameter, nid;
    } const curves[] = {{8, NID_X9_62_prime192v1}, {9, NID_brainpoolP192r1}, {10, NID_secp224r1}, {11, NID_brainpoolP224r1}, {12, NID_X9_62_prime256v1}, {13, NID_brainpoolP256r1},
                        {14, NID_brainpoolP320r1}, {15, NID_secp384r1}, {16, NID_brainpoolP384r1}, {17, NID_brainpoolP512r1}, {18, NID_secp521r1}};
    for (const auto& curve : curves)
        for (const int bits : {0, 128, 192, 256}) {
            CAPTURE(curve.parameter);
            CAPTURE(bits);
            Desk at;
            at.portrait(600);
            at.chip.offer_pace(bits, curve.nid, curve.parameter);
            const auto access = run(at.passport.open(at.key, 1s));
            REQUIRE(fault_in(access) == "none");
            CHECK(*access == Access::pace);
            CHECK(run(at.passport.read_mrz(1s)).value() == specimen);
            CHECK(run(at.passport.read_portrait(1s)).value().picture.size() == 600);
        }
}

TEST_CASE("the strongest offer that we speak is chosen") {
    const auto info = [](const char* oid, const char* rest) { return tlv("30", cat({tlv("06", from_hex(oid).value()), from_hex(rest).value()})); };
    const auto gm3des = info("04007F00070202040201", "02010202010C"), gm256 = info("04007F00070202040204", "02010202010D"), gm128 = info("04007F00070202040202", "02010202010D");
    const auto im = info("04007F00070202040404", "02010202010D"), dh = info("04007F00070202040104", "020102020102"), cam = info("04007F00070202040604", "02010202010D");
    const auto version1 = info("04007F00070202040204", "02010102010D"), explicit_domain = info("04007F00070202040204", "020102");
    CHECK(choose_pace(tlv("31", cat({gm3des, gm256, gm128, im}))).value() == PaceOffer{CipherKind::aes256, 13});
    CHECK(choose_pace(tlv("31", cat({dh, gm3des}))).value() == PaceOffer{CipherKind::des3, 12});
    CHECK_FALSE(choose_pace(tlv("31", cat({im, dh, cam, version1, explicit_domain}))).value().has_value());
    CHECK_FALSE(choose_pace("3100"_hex).value().has_value());
    CHECK(fault_in(choose_pace({})) == "document_unreadable");
    CHECK(fault_in(choose_pace("3002"_hex)) == "document_unreadable");
    CHECK(fault_in(choose_pace("3102020100"_hex)) == "document_unreadable");
    Bytes many;
    for (int i = 0; i < 33; ++i) many = cat({many, "3000"_hex});
    CHECK(fault_in(choose_pace(tlv("31", many))) == "document_unreadable");

    Desk only_im;
    only_im.chip.files[0x011C] = tlv("31", im);
    CHECK(run(only_im.passport.open(only_im.key, 1s)).value() == Access::bac);
}

TEST_CASE("a card access number opens PACE only; keys of a wrong shape are refused") {
    Desk at;
    const auto can = AccessKey::from_can("123456").value();
    CHECK(can.reference() == 2);
    CHECK(to_string(can.pace_secret()) == "123456");
    CHECK(fault_in(run(at.passport.open(can, 1s))) == "document_not_supported");
    for (const auto* bad : {"12345", "1234567", "12345A"}) CHECK(fault_in(AccessKey::from_can(bad)) == "document_invalid");
    CHECK(fault_in(AccessKey::from_mrz("", "690806", "940623")) == "document_invalid");
    CHECK(hex(*AccessKey::from_mrz("l898902c", "690806", "940623")->bac_seed()) == hex(*at.key.bac_seed()));  // as typed
    CHECK(fault_in(AccessKey::from_mrz("L8989 2C", "690806", "940623")) == "document_invalid");
    CHECK(fault_in(AccessKey::from_mrz(std::string(24, 'A'), "690806", "940623")) == "document_invalid");
    CHECK(fault_in(AccessKey::from_mrz("L898902C", "19690806", "940623")) == "document_invalid");
    CHECK(fault_in(AccessKey::from_mrz("L898902C", "690806", "94062X")) == "document_invalid");
    CHECK(AccessKey::from_mrz("D23145890734", "34<<<<", "950712").has_value());  // a long number of TD1, an unknown birthday
}

TEST_CASE("private keys: below the order, never zero, and a broken source of chance is found out") {
    const auto curve = Curve::create(18).value();  // P-521: the first byte has one bit
    auto random = make_seeded_random(1);
    for (int i = 0; i < 20; ++i) {
        const auto key = curve.private_key(*random).value();
        CHECK(key.view().size() == 66);
        CHECK(u8(key.view()[0]) <= 1);
    }
    ScriptedRandom zeroes(Bytes(66 * max_key_draws)), ones(Bytes(32 * max_key_draws, std::byte{0xFF}));
    CHECK(fault_in(curve.private_key(zeroes)) == "internal");
    CHECK(fault_in(Curve::create(13)->private_key(ones)) == "internal");
    for (const int unknown : {-1, 0, 1, 2, 7, 19, 255}) CHECK_FALSE(Curve::create(unknown).has_value());
}
