// Chips that can prove, or fail to prove, that they are no copy: active authentication by RSA (ISO 9796-2) and ECDSA, chip authentication over ECDH. Written for the tests
// with OpenSSL calls of their own.
#pragma once
#include "tests/drivers/emrtd_state.hpp"

namespace test::proofs {
using state::Key;
using state::make_key;
using state::Owned;

inline Bytes dg15(EVP_PKEY* key) { return tlv("6F", state::public_key_of(key)); }

struct RsaText {
    const char* digest = "SHA1";
    const char* trailer = "BC";
    std::size_t padding_nibbles = 0;  ///< pairs of B before M1
    bool complement = false;          ///< n - s instead of s
    std::byte header{0x6A};           ///< without padding
};
/// ISO 9796-2 scheme 1, partial recovery.
inline Bytes sign_rsa(EVP_PKEY* key, View challenge, const RsaText& how = {}) {
    const auto size = static_cast<std::size_t>(EVP_PKEY_get_size(key));
    const auto trailer = from_hex(how.trailer).value();
    Bytes text{how.padding_nibbles == 0 ? how.header : std::byte{0x6B}};
    for (std::size_t i = 1; i < how.padding_nibbles; ++i) text.push_back(std::byte{0xBB});
    if (how.padding_nibbles != 0) text.push_back(std::byte{0xBA});
    Bytes message(size - text.size() - chip::hash(how.digest, {}).size() - trailer.size(), std::byte{0x33});
    text = cat({text, message, chip::hash(how.digest, cat({message, challenge})), trailer});
    REQUIRE(text.size() == size);
    const Owned<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new(key, nullptr)};
    REQUIRE(EVP_PKEY_sign_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1);
    Bytes signature(size);
    std::size_t length = size;
    REQUIRE(EVP_PKEY_sign(context.get(), octets(signature), &length, octets(text), text.size()) == 1);
    if (how.complement) {
        BIGNUM *n = nullptr, *s = BN_bin2bn(octets(signature), static_cast<int>(size), nullptr);
        REQUIRE(EVP_PKEY_get_bn_param(key, "n", &n) == 1);
        BN_sub(s, n, s);
        BN_bn2binpad(s, octets(signature), static_cast<int>(size));
        BN_free(n);
        BN_free(s);
    }
    return signature;
}

enum class Form { plain, der };
inline Bytes sign_ec(EVP_PKEY* key, View challenge, const char* digest, Form form = Form::plain) {
    const auto hash = chip::hash(digest, challenge);
    const Owned<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new(key, nullptr)};
    REQUIRE(EVP_PKEY_sign_init(context.get()) == 1);
    Bytes der(200);
    std::size_t length = der.size();
    REQUIRE(EVP_PKEY_sign(context.get(), octets(der), &length, octets(hash), hash.size()) == 1);
    der.resize(length);
    if (form == Form::der) return der;
    const auto* at = octets(View{der});
    ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
    const auto half = (EVP_PKEY_get_bits(key) + 7) / 8;
    Bytes out(static_cast<std::size_t>(2 * half));
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), octets(out), half);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), octets(out) + half, half);
    ECDSA_SIG_free(pair);
    return out;
}

/// DG14 with one key of chip authentication: `cipher` 1 3DES, 2 to 4 AES.
inline Bytes dg14(View public_key, int cipher, View key_id = {}, View more = {}) {
    const Bytes number = key_id.empty() ? Bytes{} : tlv("02", key_id);
    auto protocol = "04007F0007020203020000"_hex;
    protocol.pop_back();
    protocol.back() = static_cast<std::byte>(cipher);
    const auto info = tlv("30", cat({tlv("06", protocol), "020101"_hex, number}));
    return tlv("6E", tlv("31", cat({info, tlv("30", cat({tlv("06", "04007F000702020102"_hex), public_key, number})), more})));
}
/// ActiveAuthenticationInfo.
inline Bytes active_info(const char* algorithm) { return tlv("30", cat({tlv("06", "678108010105"_hex), "020101"_hex, tlv("06", from_hex(algorithm).value())})); }

/// x of the product of our private key and their point.
inline Bytes agree(EVP_PKEY* ours, View point) {
    const Owned<EVP_PKEY> theirs{EVP_PKEY_new()};
    REQUIRE(EVP_PKEY_copy_parameters(theirs.get(), ours) == 1);
    REQUIRE(EVP_PKEY_set1_encoded_public_key(theirs.get(), octets(point), point.size()) == 1);
    const Owned<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new(ours, nullptr)};
    REQUIRE(EVP_PKEY_derive_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_derive_set_peer(context.get(), theirs.get()) == 1);
    Bytes shared(100);
    std::size_t size = shared.size();
    REQUIRE(EVP_PKEY_derive(context.get(), octets(shared), &size) == 1);
    shared.resize(size);
    return shared;
}

/// Makes `chip` answer chip authentication with `key` (a copy has another one than its DG14 says). `key_id`: the chip wants it named.
inline void answer_chip_authentication(PassportChip& chip, Key key, int cipher, Bytes key_id = {}) {
    const int bits = cipher == 1 ? 0 : 64 * cipher;
    auto protocol = tlv("80", cat({"04007F000702020302"_hex, Bytes{static_cast<std::byte>(cipher)}}));
    const auto name = key_id.empty() ? Bytes{} : tlv("84", key_id);
    chip.more = [&chip, key, bits, protocol, name](View apdu) -> std::optional<Bytes> {
        const auto body = apdu.size() > 5 ? apdu.subspan(5, u8(apdu[4])) : View{};
        const auto value = [](View object) { return object.subspan(u8(object[1]) > 0x80 ? 3 : 2); };
        if (bits == 0 && hex(apdu.first(4)) == "002241A6") {
            if (u8(body[0]) != 0x91 || (!name.empty() && !std::ranges::equal(body.last(name.size()), name))) return with_sw({}, 0x6A80);
            chip.renew(bits, agree(key.get(), value(body.first(body.size() - name.size()))));
            return with_sw({}, 0x9000);
        }
        if (bits != 0 && hex(apdu.first(4)) == "002241A4") return with_sw({}, std::ranges::equal(body, cat({protocol, name})) ? 0x9000 : 0x6A80);
        if (bits != 0 && hex(apdu.first(4)) == "00860000") {
            chip.renew(bits, agree(key.get(), value(value(body))));
            return with_sw("7C00"_hex, 0x9000);
        }
        return std::nullopt;
    };
}
/// Answers INTERNAL AUTHENTICATE by `sign`.
inline void answer_active_authentication(PassportChip& chip, std::function<Bytes(View challenge)> sign) {
    chip.more = [sign = std::move(sign)](View apdu) -> std::optional<Bytes> {
        if (hex(apdu.first(5)) != "0088000008") return std::nullopt;
        return sign(apdu.subspan(5, 8));
    };
}

}  // namespace test::proofs
