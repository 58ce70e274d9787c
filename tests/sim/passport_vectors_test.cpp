// The published examples of ICAO 9303-11 (appendices D and G) from the chip's side: the model's own arithmetic, without the kiosk's driver.
#include "sim/models/passport_session.hpp"
#include "tests/sim/card_talk.hpp"

using namespace sim::passport;
using talk::bytes;
using talk::hex;
using sim::PassportCipher;
using sim::PassportCurve;

TEST_CASE("9303-11 D: keys of the zone and of the session, the chip's half of basic access control") {
    const Suite des(PassportCipher::des3);
    const std::string zone = "L898902C<369080619406236";
    const auto hash = digest(Digest::sha1, std::as_bytes(std::span{zone}));
    CHECK(hex(hash) == "239AB9CB282DAF66231DC5A4DF6BFBAEDF477565");
    const auto seed = sim::View{hash}.first(16);
    const auto encryption = des.derive(seed, Suite::for_encryption), mac = des.derive(seed, Suite::for_mac);
    // The standard sets the parity bits, which DES does not look at.
    const auto same_but_parity = [](const sim::Bytes& key, std::string_view published) {
        auto theirs = bytes(published), ours = key;
        for (auto* k : {&theirs, &ours})
            for (auto& b : *k) b &= std::byte{0xFE};
        return theirs == ours;
    };
    CHECK(same_but_parity(encryption, "AB94FDECF2674FDFB9B391F85D7F76F2"));
    CHECK(same_but_parity(mac, "7962D9ECE03D1ACD4C76089DCE131543"));
    const auto cryptogram = des.encrypt(encryption, {}, bytes("4608F91988702212" "781723860C06C226" "0B4F80323EB3191CB04970CB4052790B"));
    CHECK(hex(cryptogram) == "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F");
    CHECK(hex(des.mac(mac, padded(cryptogram, 8))) == "2F2D235D074D7449");
    CHECK(same_but_parity(des.derive(bytes("0036D272F5C350ACAC50C3F572D23600"), Suite::for_encryption), "979EC13B1CBFE9DCD01AB0FED307EAE5"));
    CHECK(same_but_parity(des.derive(bytes("0036D272F5C350ACAC50C3F572D23600"), Suite::for_mac), "F1CB1F1FB5ADF208806B89DC579DC1F8"));
}

TEST_CASE("9303-11 D.4: EF.COM read by secure messaging, byte for byte from the chip's side") {
    SecureSession session(Suite(PassportCipher::des3), bytes("979EC13B1CBFE9DCD01AB0FED307EAE5"), bytes("F1CB1F1FB5ADF208806B89DC579DC1F8"), bytes("887022120C06C226"));
    const auto opened = [&](std::string_view apdu) {
        const auto command = Command::of(bytes(apdu));
        REQUIRE(command);
        const auto inside = session.open(*command);
        REQUIRE(inside);
        return fmt::format("{:02X}{:02X}{:04X} {} {}", inside->cla, inside->ins, inside->p1p2(), hex(inside->data), inside->le.value_or(-1));
    };
    CHECK(opened("0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800") == "00A4020C 011E -1");
    CHECK(hex(session.seal({})) == "990290008E08FA855A5D4C50A8ED9000");
    CHECK(opened("0CB000000D9701048E08ED6705417E96BA5500") == "00B00000  4");
    CHECK(hex(session.seal({fine, bytes("60145F01")})) == "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000");
    CHECK(opened("0CB000040D9701128E082EA28A70F3C7B53500") == "00B00004  18");
    CHECK(hex(session.seal({fine, bytes("04303130365F36063034303030305C026175")})) == "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000");
}

TEST_CASE("9303-11 G.1: PACE on brainpoolP256r1 with AES-128, the chip's steps") {
    const Suite aes(PassportCipher::aes128);
    const Curve curve(PassportCurve::brainpool256);
    const auto password = aes.derive(bytes("7E2D2A41C74EA0B38CD36F863939BFA8E9032AAD"), Suite::for_password);
    CHECK(hex(password) == "89DED1B26624EC1E634C1989302849DD");
    const auto nonce = bytes("3F00C4D39D153F2B2A214A078D899B22");
    CHECK(hex(aes.encrypt(password, {}, nonce)) == "95A3A016522EE98D01E76CB6B98B42C3");
    const auto map_key = bytes("498FF49756F2DC1587840041839A85982BE7761D14715FB091EFA7BCE9058560");
    CHECK(hex(curve.times(curve.generator(), map_key).value()) == "04824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F5730D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54");
    const auto shared = curve.times(bytes("047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D"), map_key).value();
    const auto mapped = curve.mapped(nonce, shared).value();
    CHECK(hex(mapped) == "048CED63C91426D4F0EB1435E7CB1D74A46723A0AF21C89634F65A9AE87A9265E28C879506743F8611AC33645C5B985C80B5F09A0B83407C1B6A4D857AE76FE522");
    const auto agree_key = bytes("107CF58696EF6155053340FD633392BA81909DF7B9706F226F32086C7AFF974A");
    CHECK(hex(curve.times(mapped, agree_key).value()) == "049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F094");
    const auto agreed = curve.times(bytes("042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB36462"), agree_key).value();
    CHECK(hex(Curve::x_of(agreed)) == "28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925");
    CHECK(hex(aes.derive(Curve::x_of(agreed), Suite::for_encryption)) == "F5F0E35C0D7161EE6724EE513A0D9A7F");
    CHECK(hex(aes.derive(Curve::x_of(agreed), Suite::for_mac)) == "FE251C7858B356B24514B3BD5F4297D1");
}

TEST_CASE("points that are none, and products at infinity, are refused") {
    const Curve curve(PassportCurve::p256);
    auto off = curve.generator();
    off.back() ^= std::byte{1};
    const sim::Bytes one = bytes("01");
    CHECK(curve.times(curve.generator(), one) == curve.generator());
    CHECK(!curve.times(off, one));
    CHECK(!curve.times(bytes("00"), one));
    CHECK(!curve.times(sim::Bytes(65, std::byte{4}), one));
    CHECK(!curve.times(curve.generator(), bytes("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551")));
    auto compressed = curve.generator();
    compressed.resize(33);
    compressed[0] = std::byte{2};
    CHECK(!curve.times(compressed, one));
}
