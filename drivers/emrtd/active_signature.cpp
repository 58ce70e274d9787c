// ISO 9796-2 by hand (OpenSSL knows no such padding); ECDSA by OpenSSL.
#include "drivers/emrtd/active_signature.hpp"

#include "drivers/emrtd/crypto.hpp"
#include "drivers/emrtd/openssl.hpp"

#include <algorithm>
#include <openssl/core_names.h>
#include <openssl/rsa.h>

namespace drivers::emrtd {

namespace {
using namespace ossl;
constexpr std::size_t max_modulus_bytes = 512, max_scalar_bytes = 66;

Owned<EVP_PKEY> key_of(View public_key) {
    const auto* at = in(public_key);
    Owned<EVP_PKEY> key{d2i_PUBKEY(nullptr, &at, static_cast<long>(public_key.size()))};
    return key && at == in(public_key) + public_key.size() ? std::move(key) : nullptr;
}

/// signature ^ e mod n, in as many bytes as n has; nothing when the signature is not below n.
std::optional<Bytes> open_rsa(EVP_PKEY* key, View signature) {
    const Owned<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new(key, nullptr)};
    if (!context || EVP_PKEY_verify_recover_init(context.get()) != 1 || EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) != 1) return std::nullopt;
    Bytes text(max_modulus_bytes);
    std::size_t size = text.size();
    if (EVP_PKEY_verify_recover(context.get(), out(text), &size, in(signature), signature.size()) != 1) return std::nullopt;
    text.resize(size);
    return text;
}

/// 9796-2 lets the signer give the smaller of s and n - s: the right text ends in the nibble C.
std::optional<Bytes> complement(EVP_PKEY* key, View text) {
    BIGNUM* modulus = nullptr;
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &modulus) != 1) return std::nullopt;
    const Owned<BIGNUM> n{modulus}, value{BN_bin2bn(in(text), static_cast<int>(text.size()), nullptr)};
    if (!value || BN_sub(value.get(), n.get(), value.get()) != 1 || BN_is_negative(value.get())) return std::nullopt;
    Bytes other(text.size());
    if (BN_bn2binpad(value.get(), out(other), static_cast<int>(other.size())) < 0) return std::nullopt;
    return other;
}

struct Trailer {
    Digest digest;
    std::size_t bytes;
};
std::optional<Trailer> trailer_of(View text) {
    if (text.size() < 2) return std::nullopt;
    if (u8(text.back()) == 0xBC) return Trailer{Digest::sha1, 1};
    if (u8(text.back()) != 0xCC) return std::nullopt;
    switch (u8(text[text.size() - 2])) {  // ISO/IEC 10118's numbers
        case 0x33: return Trailer{Digest::sha1, 2};
        case 0x38: return Trailer{Digest::sha224, 2};
        case 0x34: return Trailer{Digest::sha256, 2};
        case 0x36: return Trailer{Digest::sha384, 2};
        case 0x35: return Trailer{Digest::sha512, 2};
        default: return std::nullopt;
    }
}

/// 01 1 ... A (partial recovery), M1, hash(M1 challenge), trailer. Padding before M1 is nibbles B.
bool text_holds(View text, View challenge) {
    const auto trailer = trailer_of(text);
    if (!trailer) return false;
    const auto tail = digest_bytes(trailer->digest) + trailer->bytes;
    if (text.size() <= tail || (u8(text[0]) & 0xE0) != 0x60) return false;
    std::size_t begin = 0;
    while (begin < text.size() - tail && (u8(text[begin]) & 0x0F) == 0x0B) ++begin;
    if (begin >= text.size() - tail || (u8(text[begin]) & 0x0F) != 0x0A) return false;
    ++begin;
    auto message = to_bytes(text.subspan(begin, text.size() - tail - begin));
    message.insert(message.end(), challenge.begin(), challenge.end());
    return same(hash_of(trailer->digest, message), text.subspan(text.size() - tail, digest_bytes(trailer->digest)));
}

bool rsa_holds(EVP_PKEY* key, View challenge, View signature) {
    auto text = open_rsa(key, signature);
    if (text && (u8(text->back()) & 0x0F) != 0x0C) text = complement(key, *text);
    return text && text_holds(*text, challenge);
}

/// r and s become the structure that OpenSSL wants.
std::optional<Bytes> as_der(View signature) {
    const auto half = signature.size() / 2;
    const Owned<ECDSA_SIG> pair{ECDSA_SIG_new()};
    need(pair != nullptr);
    Owned<BIGNUM> r{BN_bin2bn(in(signature), static_cast<int>(half), nullptr)}, s{BN_bin2bn(in(signature.subspan(half)), static_cast<int>(half), nullptr)};
    need(r && s);
    need(ECDSA_SIG_set0(pair.get(), r.release(), s.release()) == 1);
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(pair.get(), &der);
    if (size <= 0) return std::nullopt;
    auto bytes = to_bytes(view_of(der, size));
    OPENSSL_free(der);
    return bytes;
}

bool ecdsa_holds(EVP_PKEY* key, View challenge, View der, Digest digest) {
    const auto hash = hash_of(digest, challenge);
    const Owned<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new(key, nullptr)};
    return context && EVP_PKEY_verify_init(context.get()) == 1 && EVP_PKEY_verify(context.get(), in(der), der.size(), in(hash), hash.size()) == 1;
}

ActiveKeyShape shape_of(EVP_PKEY* key) {
    const auto bytes = (static_cast<std::size_t>(std::max(EVP_PKEY_get_bits(key), 0)) + 7) / 8;
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_RSA: return {bytes <= max_modulus_bytes ? ActiveKey::rsa : ActiveKey::other, bytes};
        case EVP_PKEY_EC: return {bytes <= max_scalar_bytes ? ActiveKey::ecdsa : ActiveKey::other, 2 * bytes};
        default: return {};
    }
}
}  // namespace

std::optional<ActiveKeyShape> active_key_shape(View public_key) {
    const QuietErrors quiet;
    const auto key = key_of(public_key);
    if (!key) return std::nullopt;
    return shape_of(key.get());
}

bool active_signature_holds(View public_key, View challenge, View signature, std::optional<Digest> digest) {
    const QuietErrors quiet;
    const auto key = key_of(public_key);
    if (!key || challenge.size() != active_challenge_bytes) return false;
    const auto shape = shape_of(key.get());
    if (shape.kind == ActiveKey::rsa) return signature.size() == shape.answer_bytes && rsa_holds(key.get(), challenge, signature);
    if (shape.kind != ActiveKey::ecdsa || signature.size() > shape.answer_bytes + 16) return false;
    // TR-03111 wants plain r and s; some chips answer in DER (field fact).
    const auto der = signature.size() == shape.answer_bytes ? as_der(signature) : std::optional{to_bytes(signature)};
    if (!der) return false;
    for (const auto each : {Digest::sha1, Digest::sha224, Digest::sha256, Digest::sha384, Digest::sha512})
        if ((!digest || *digest == each) && ecdsa_holds(key.get(), challenge, *der, each)) return true;
    return false;
}

}  // namespace drivers::emrtd
