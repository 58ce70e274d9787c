// Copies: active and chip authentication against small chips that have the key, have another, or refuse; and the files that carry the keys.
#include "drivers/emrtd/active_signature.hpp"
#include "drivers/emrtd/copy_check.hpp"
#include "drivers/emrtd/curve.hpp"
#include "tests/drivers/emrtd_proofs.hpp"

using namespace test;
using namespace test::proofs;
using namespace drivers::emrtd;
using namespace std::chrono_literals;

namespace {
struct Desk {
    PassportChip chip;
    ScriptedReader reader;
    std::unique_ptr<Random> random = make_seeded_random(14);
    Passport passport{reader, *random};
    Bytes dg1 = tlv("61", tlv("5F1F", Bytes(88, std::byte{'<'})));
    Desk() {
        chip.files[0x0101] = dg1;
        reader.answer = [this](View apdu) { return chip.answer(apdu); };
        REQUIRE(fault_in(run(passport.open(AccessKey::from_mrz("L898902C", "690806", "940623").value(), 1s))) == "none");
    }
    Result<CopyVerdict> check(View dg14, View dg15 = {}) { return run(check_copy(passport, {dg1, dg14, dg15}, *random, 1s)); }
    std::string told(View dg14, View dg15 = {}) {
        const auto verdict = check(dg14, dg15);
        return verdict ? std::string(name_of(verdict->check)) + ": " + verdict->why : std::string(name_of(verdict.error().code)) + ": " + verdict.error().detail;
    }
};
const auto challenge = "0102030405060708"_hex;
}  // namespace

TEST_CASE("active authentication by RSA: every trailer, padding before the message, the smaller half; nothing else holds") {
    const auto key = make_key("rsa"), other = make_key("rsa");
    const auto mine = state::public_key_of(key.get());
    for (const auto& [digest, trailer] : {std::pair{"SHA1", "BC"}, {"SHA1", "33CC"}, {"SHA224", "38CC"}, {"SHA256", "34CC"}, {"SHA384", "36CC"}, {"SHA512", "35CC"}}) {
        CAPTURE(trailer);
        const auto signature = sign_rsa(key.get(), challenge, {digest, trailer});
        CHECK(active_signature_holds(mine, challenge, signature, {}));
        CHECK_FALSE(active_signature_holds(mine, "0102030405060709"_hex, signature, {}));
        CHECK_FALSE(active_signature_holds(state::public_key_of(other.get()), challenge, signature, {}));
    }
    CHECK(active_signature_holds(mine, challenge, sign_rsa(key.get(), challenge, {"SHA256", "34CC", 3}), {}));
    CHECK(active_signature_holds(mine, challenge, sign_rsa(key.get(), challenge, {"SHA256", "34CC", 0, true}), {}));
    CHECK_FALSE(active_signature_holds(mine, challenge, sign_rsa(key.get(), challenge, {"SHA256", "38CC"}), {}));  // a trailer of another hash
    CHECK_FALSE(active_signature_holds(mine, challenge, sign_rsa(key.get(), challenge, {"SHA256", "31CC"}), {}));
    CHECK_FALSE(active_signature_holds(mine, challenge, sign_rsa(key.get(), challenge, {"SHA256", "34"}), {}));
    CHECK(active_signature_holds(mine, challenge, sign_rsa(key.get(), challenge, {.header = std::byte{0x6A}}), {}));
    for (const int header : {0x4A, 0x2A, 0x0A, 0x6C}) CHECK_FALSE(active_signature_holds(mine, challenge, sign_rsa(key.get(), challenge, {.header = static_cast<std::byte>(header)}), {}));
    for (const std::size_t size : {0u, 1u, 127u, 129u, 256u}) CHECK_FALSE(active_signature_holds(mine, challenge, Bytes(size), {}));
    CHECK_FALSE(active_signature_holds(mine, challenge, Bytes(128, std::byte{0xFF}), {}));  // above the modulus
    CHECK_FALSE(active_signature_holds(mine, Bytes(7), sign_rsa(key.get(), Bytes(7)), {}));
    CHECK_FALSE(active_key_shape("3000"_hex));
    CHECK(active_key_shape(mine)->answer_bytes == 128);
}

TEST_CASE("active authentication by ECDSA: named and written-out curves, plain and DER, the hash that DG14 says or any") {
    for (const auto& [curve, explicit_curve] : {std::pair{"prime256v1", false}, {"brainpoolP384r1", false}, {"brainpoolP224r1", true}, {"secp521r1", false}}) {
        CAPTURE(curve);
        const auto key = make_key(curve, explicit_curve);
        const auto mine = state::public_key_of(key.get());
        const auto signature = sign_ec(key.get(), challenge, "SHA256");
        CHECK(active_signature_holds(mine, challenge, signature, Digest::sha256));
        CHECK(active_signature_holds(mine, challenge, signature, {}));
        CHECK_FALSE(active_signature_holds(mine, challenge, signature, Digest::sha1));
        CHECK(active_signature_holds(mine, challenge, sign_ec(key.get(), challenge, "SHA1", Form::der), {}));
        CHECK_FALSE(active_signature_holds(mine, "0102030405060709"_hex, signature, {}));
        CHECK_FALSE(active_signature_holds(mine, challenge, Bytes(signature.size()), {}));
        CHECK_FALSE(active_signature_holds(mine, challenge, {}, {}));
        CHECK_FALSE(active_signature_holds(mine, challenge, Bytes(300, std::byte{0x30}), {}));
    }
}

TEST_CASE("a chip with its key is the original; one without is a copy, whatever it answers") {
    const auto rsa = make_key("rsa"), ec = make_key("prime256v1"), stolen = make_key("prime256v1");
    Desk original;
    answer_active_authentication(original.chip, [&](View c) { return with_sw(sign_rsa(rsa.get(), c), 0x9000); });
    CHECK(original.told({}, dg15(rsa.get())) == "original: active authentication");
    CHECK(fault_in(run(original.passport.read_mrz(1s))) == "none");  // the session goes on
    Desk plain;
    answer_active_authentication(plain.chip, [&](View c) { return with_sw(sign_ec(ec.get(), c, "SHA384"), 0x9000); });
    CHECK(plain.told(tlv("6E", tlv("31", active_info("04007F00070101040104"))), dg15(ec.get())) == "original: active authentication");
    CHECK(plain.told(tlv("6E", tlv("31", active_info("04007F00070101040103"))), dg15(ec.get())) == "copied: active authentication: the signature does not hold");
    Desk copy;
    answer_active_authentication(copy.chip, [&](View c) { return with_sw(sign_ec(stolen.get(), c, "SHA256"), 0x9000); });
    CHECK(copy.told({}, dg15(ec.get())) == "copied: active authentication: the signature does not hold");
    answer_active_authentication(copy.chip, [](View) { return with_sw({}, 0x6D00); });
    CHECK(copy.told({}, dg15(ec.get())) == "copied: active authentication refused: 6D00");
    Bytes recorded;
    answer_active_authentication(copy.chip, [&](View c) { return recorded = recorded.empty() ? with_sw(sign_ec(ec.get(), c, "SHA256"), 0x9000) : recorded; });
    CHECK(copy.told({}, dg15(ec.get())) == "original: active authentication");
    CHECK(copy.told({}, dg15(ec.get())) == "copied: active authentication: the signature does not hold");  // the same once more
}

TEST_CASE("chip authentication: every cipher, named, written-out and standardised curves, numbered keys") {
    for (const int cipher : {1, 2, 3, 4})
        for (const bool explicit_curve : {false, true}) {
            CAPTURE(cipher);
            CAPTURE(explicit_curve);
            const auto key = make_key("brainpoolP256r1", explicit_curve), stolen = make_key("brainpoolP256r1");
            const Bytes number = cipher % 2 == 0 ? "41"_hex : Bytes{};
            const auto file = dg14(state::public_key_of(key.get()), cipher, number);
            Desk original;
            answer_chip_authentication(original.chip, key, cipher, number);
            CHECK(original.told(file) == "original: chip authentication");
            CHECK(fault_in(run(original.passport.read_mrz(1s))) == "none");  // under the new keys
            Desk copy;
            answer_chip_authentication(copy.chip, stolen, cipher, number);
            CHECK(copy.told(file).starts_with("copied: after chip authentication: "));
            Desk silent;
            CHECK(silent.told(file) == "copied: chip authentication MSE:Set: 6D00");
        }
    // A chip that shows another zone once it has proven its key.
    const auto twofaced = make_key("prime256v1");
    Desk two;
    answer_chip_authentication(two.chip, twofaced, 2);
    two.chip.more = [&two, answer = two.chip.more](View apdu) {
        if (hex(apdu.first(2)) == "0086") two.chip.files[0x0101].back() = std::byte{'X'};
        return answer(apdu);
    };
    CHECK(two.told(dg14(state::public_key_of(twofaced.get()), 2)) == "copied: after chip authentication DG1 is another");
    // BSI's number for brainpoolP256r1 instead of the curve.
    const auto key = make_key("brainpoolP256r1");
    Desk desk;
    answer_chip_authentication(desk.chip, key, 2);
    const auto own = state::public_key_of(key.get());
    const auto standardised = tlv("30", cat({tlv("30", "060704007F0007010202010D"_hex), tlv("03", cat({"00"_hex, View{own}.last(65)}))}));
    CHECK(desk.told(dg14(standardised, 2)) == "original: chip authentication");
}

TEST_CASE("what is not offered, not spoken, or interrupted is no copy") {
    Desk desk;
    CHECK(desk.told({}) == "not_offered: the document has no key of its own");
    CHECK(desk.told("6E023100"_hex) == "not_offered: the document has no key of its own");
    const auto dh = tlv("6E", tlv("31", tlv("30", cat({tlv("06", "04007F00070202030102"_hex), "020101"_hex}))));
    CHECK(desk.told(dh) == "not_offered: chip authentication by a protocol that is not spoken here");
    const auto koblitz = make_key("secp256k1");
    CHECK(desk.told(dg14(state::public_key_of(koblitz.get()), 2)) == "not_offered: chip authentication on a curve that is not known here");
    const Key large{EVP_RSA_gen(2048), EVP_PKEY_free};
    CHECK(desk.told({}, dg15(large.get())) == "not_offered: active authentication with 256 bytes needs extended lengths, which are not spoken here");
    CHECK(desk.told("6E01"_hex).starts_with("document_unreadable"));
    CHECK(desk.told({}, "6F0430020500"_hex) == "not_offered: active authentication with a key that is not known here");
    CHECK(desk.told({}, "6F020500"_hex) == "document_unreadable: DG15 has no public key");
    const auto key = make_key("prime256v1");
    for (const auto code : {FaultCode::chip_removed, FaultCode::time_out}) {
        Desk gone;
        gone.reader.answer = [code](View) -> Result<Bytes> { return fail(code); };
        CHECK(fault_in(gone.check(dg14(state::public_key_of(key.get()), 2))) == name_of(code));
        Desk away;
        away.reader.answer = [code](View) -> Result<Bytes> { return fail(code); };
        CHECK(fault_in(away.check({}, dg15(key.get()))) == name_of(code));
    }
}

TEST_CASE("curves written out: only the eleven; one's own generator is nobody's curve") {
    const auto key = make_key("prime256v1", true);
    const auto info = state::public_key_of(key.get());
    const auto security = parse_dg14(dg14(info, 4)).value();
    REQUIRE(security.chip_auth);
    CHECK(security.chip_auth->parameters.size() > 200);
    CHECK(Curve::from_parameters(security.chip_auth->parameters));
    auto own_generator = security.chip_auth->parameters;
    const auto g = "046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"_hex;
    const auto at = std::ranges::search(own_generator, g);
    REQUIRE_FALSE(at.empty());
    CHECK(Curve::from_parameters("06082A8648CE3D030107"_hex));
    for (std::size_t i = 0; i < own_generator.size(); i += 5) {
        auto changed = own_generator;
        changed[i] ^= std::byte{2};
        (void)Curve::from_parameters(changed);  // never crashes
    }
    const auto generator = Curve::create(12)->multiply(Curve::create(12)->generator(), "03"_hex).value();  // another point of the same curve
    std::ranges::copy(generator, at.begin());
    CHECK_FALSE(Curve::from_parameters(own_generator));
    CHECK_FALSE(Curve::from_parameters(Bytes(700)));
    CHECK_FALSE(Curve::from_parameters("06052B8104000A"_hex));  // secp256k1
    CHECK_FALSE(Curve::from_parameters({}));
}

TEST_CASE("DG14 and DG15: the strongest offer with its key, and a sentence for each damage") {
    const auto one = state::public_key_of(make_key("prime256v1").get()), two = state::public_key_of(make_key("brainpoolP256r1").get());
    const auto offer = [](int cipher, const char* number) { return tlv("30", cat({tlv("06", cat({"04007F000702020302"_hex, Bytes{static_cast<std::byte>(cipher)}})), "020101"_hex, tlv("02", from_hex(number).value())})); };
    const auto key = [](View info, const char* number) { return tlv("30", cat({tlv("06", "04007F000702020102"_hex), info, tlv("02", from_hex(number).value())})); };
    const auto file = [](std::initializer_list<View> infos) { return tlv("6E", tlv("31", cat(infos))); };
    const auto both = parse_dg14(file({offer(1, "01"), key(one, "01"), offer(3, "02"), key(two, "02"), offer(4, "03")})).value();
    CHECK(both.chip_auth->kind == CipherKind::aes192);  // 4 has no key
    CHECK(hex(both.chip_auth->key_id) == "02");
    CHECK(parse_dg14(file({offer(3, "02"), key(two, "02"), offer(1, "01"), key(one, "01")})).value().chip_auth->kind == CipherKind::aes192);  // whatever the order
    for (const int unknown : {0, 5, 255}) CHECK(hex(parse_dg14(file({offer(unknown, "01"), key(one, "01")})).value().chip_auth->protocol) == "04007F00070202030201");
    const auto bare = parse_dg14(file({tlv("30", cat({tlv("06", "04007F000702020102"_hex), one}))})).value();
    CHECK(bare.chip_auth->kind == CipherKind::des3);
    CHECK(hex(bare.chip_auth->protocol) == "04007F00070202030201");
    CHECK(parse_dg14(file({active_info("2A8648CE3D040302")})).value().active_digest == Digest::sha256);
    CHECK(parse_dg14(file({active_info("2A8648CE3D0401")})).value().active_digest == Digest::sha1);
    CHECK_FALSE(parse_dg14(file({active_info("2A0304")})).value().active_digest);
    CHECK(parse_dg14(file({tlv("30", tlv("06", "0403"_hex))})).has_value());  // unknown protocols are nobody's business

    const auto whole = dg14(one, 2, "05"_hex, active_info("04007F00070101040103"));
    for (std::size_t size = 0; size < whole.size(); ++size) REQUIRE(fault_in(parse_dg14(View{whole}.first(size))) == "document_unreadable");
    const auto detail = [&](View info) { return parse_dg14(file({info})).error().detail; };
    CHECK(detail("0500"_hex) == "DG14 is torn");
    CHECK(detail("3000"_hex) == "DG14 has a security info without a name");
    CHECK(detail(tlv("30", tlv("06", "678108010105"_hex))) == "DG14 has a security info without a version");
    CHECK(detail(tlv("30", cat({tlv("06", "678108010105"_hex), "020101"_hex}))) == "DG14 does not name active authentication's algorithm");
    CHECK(detail(tlv("30", cat({tlv("06", "04007F000702020102"_hex), "0500"_hex}))) == "DG14 has a public key that is none");
    CHECK(detail(tlv("30", cat({tlv("06", "04007F000702020102"_hex), one, "0500"_hex}))) == "DG14 has a key number that is none");
    CHECK(detail(key(tlv("30", cat({"3000"_hex, "03020004"_hex})), "01")) == "DG14 has a public key without an algorithm");
    CHECK(detail(key(tlv("30", cat({"300906072A8648CE3D0201"_hex, "03020004"_hex})), "01")) == "DG14 has a public key without its curve");
    CHECK(detail(key(tlv("30", cat({"3003060104"_hex, "03020004"_hex})), "01")) == "DG14 has a public key of another algorithm than its protocol's");
    CHECK(detail(key(tlv("30", cat({"3003060104"_hex, "03020104"_hex})), "01")) == "DG14 has a public key of no whole bytes");
    CHECK(detail(key(tlv("30", cat({"300906070400 7F00070102"_hex, "03020004"_hex})), "01")) == "DG14 has a public key without its curve's number");
    Bytes many;
    for (int i = 0; i < 33; ++i) many = cat({many, tlv("30", tlv("06", "0403"_hex))});
    CHECK(parse_dg14(tlv("6E", tlv("31", many))).error().detail == "DG14 has too many security infos");

    const auto public_key = tlv("6F", one);
    CHECK(parse_dg15(public_key).value() == one);
    for (std::size_t size = 0; size < public_key.size(); ++size) REQUIRE(fault_in(parse_dg15(View{public_key}.first(size))) == "document_unreadable");
    CHECK(parse_dg15(tlv("6F", tlv("30", Bytes(2000)))).error().detail == "DG15 has a public key that is too large");
}
