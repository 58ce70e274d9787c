// Walking DG14 and DG15.
#include "drivers/emrtd/chip_keys.hpp"

#include "drivers/emrtd/der.hpp"
#include "drivers/emrtd/pace.hpp"

#include <algorithm>

namespace drivers::emrtd {

namespace {
enum Tag : std::uint32_t { integer = 0x02, bits = 0x03, oid = 0x06, sequence = 0x30, set = 0x31, dg14_file = 0x6E, dg15_file = 0x6F };
// Object identifiers, their values.
constexpr std::uint8_t ca_ecdh[] = {0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02};  // and a last byte for the cipher
constexpr std::uint8_t ca_dh[] = {0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03, 0x01};
constexpr std::uint8_t pk_ecdh[] = {0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x01, 0x02};
constexpr std::uint8_t pk_dh[] = {0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x01, 0x01};
constexpr std::uint8_t active_authentication[] = {0x67, 0x81, 0x08, 0x01, 0x01, 0x05};
constexpr std::uint8_t ecdsa_plain[] = {0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01};  // 1 SHA-1, 2 to 5 SHA-224 to -512
constexpr std::uint8_t ecdsa_sha1[] = {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x01};
constexpr std::uint8_t ecdsa_sha2[] = {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03};  // 1 to 4 SHA-224 to -512
constexpr std::uint8_t ec_public_key[] = {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01};
constexpr std::uint8_t ecdh_public_key[] = {0x2B, 0x81, 0x04, 0x01, 0x0C};
constexpr std::uint8_t standardised_parameters[] = {0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x02};
constexpr CipherKind ciphers[] = {CipherKind::des3, CipherKind::aes128, CipherKind::aes192, CipherKind::aes256};
/// SubjectPublicKeyInfo of RSA 4096 has 550 bytes.
constexpr std::size_t max_key_bytes = 1024, max_key_id_bytes = 8;

std::unexpected<Fault> damaged(const char* what) { return fail(FaultCode::document_unreadable, what); }
bool equal(View value, std::span<const std::uint8_t> wanted) { return std::ranges::equal(value, wanted, {}, u8); }
/// The byte behind `stem`, when it is `stem` and one byte.
std::optional<int> branch(View value, std::span<const std::uint8_t> stem) {
    if (value.size() != stem.size() + 1 || !equal(value.first(stem.size()), stem)) return std::nullopt;
    return u8(value.back());
}

struct Offer {
    CipherKind kind;
    Bytes protocol, key_id;
};
struct Found {
    std::vector<Offer> offers;
    std::vector<ChipAuthKey> keys;  ///< without kind and protocol
    ChipSecurity security;
};

/// An optional integer at the end of an info; empty when there is none.
Result<Bytes> key_id_of(View rest) {
    if (rest.empty()) return Bytes{};
    const auto id = take_object(rest);
    if (!id || id->tag != integer || id->value.empty() || id->value.size() > max_key_id_bytes || !rest.empty()) return damaged("DG14 has a key number that is none");
    return to_bytes(id->value);
}

/// SubjectPublicKeyInfo of an elliptic curve.
Result<ChipAuthKey> key_of(View info) {
    const auto algorithm = take_object(info), point = take_object(info);
    if (!algorithm || algorithm->tag != sequence || !point || point->tag != bits || !info.empty()) return damaged("DG14 has a public key that is none");
    if (point->value.size() < 2 || point->value[0] != std::byte{0}) return damaged("DG14 has a public key of no whole bytes");
    View rest = algorithm->value;
    const auto kind = take_object(rest);
    if (!kind || kind->tag != oid) return damaged("DG14 has a public key without an algorithm");
    ChipAuthKey key;
    key.point = to_bytes(point->value.subspan(1));
    if (equal(kind->value, ec_public_key) || equal(kind->value, ecdh_public_key)) {
        if (rest.empty()) return damaged("DG14 has a public key without its curve");
        key.parameters = to_bytes(rest);
    } else if (equal(kind->value, standardised_parameters)) {
        const auto id = take_object(rest);
        if (!id || id->tag != integer || id->value.size() != 1 || !rest.empty()) return damaged("DG14 has a public key without its curve's number");
        key.parameter_id = u8(id->value[0]);
    } else {
        return damaged("DG14 has a public key of another algorithm than its protocol's");
    }
    return key;
}

Result<void> take_key(View rest, Found& found) {
    const auto info = take_object(rest);
    if (!info || info->tag != sequence || info->whole.size() > max_key_bytes) return damaged("DG14 has a public key that is none");
    auto key = key_of(info->value);
    if (!key) return std::unexpected(key.error());
    auto id = key_id_of(rest);
    if (!id) return std::unexpected(id.error());
    key->key_id = *std::move(id);
    found.keys.push_back(*std::move(key));
    return {};
}

std::optional<Digest> digest_of(View signature) {
    if (equal(signature, ecdsa_sha1)) return Digest::sha1;
    const auto plain = branch(signature, ecdsa_plain), with_sha2 = branch(signature, ecdsa_sha2);
    if (plain && *plain >= 1 && *plain <= 5) return static_cast<Digest>(*plain - 1);
    if (with_sha2 && *with_sha2 >= 1 && *with_sha2 <= 4) return static_cast<Digest>(*with_sha2);
    return std::nullopt;
}

/// One SecurityInfo; unknown ones are none of our business.
Result<void> take_info(View info, Found& found) {
    const auto protocol = take_object(info);
    if (!protocol || protocol->tag != oid) return damaged("DG14 has a security info without a name");
    if (equal(protocol->value, pk_ecdh)) return take_key(info, found);
    const auto foreign = branch(protocol->value, ca_dh);
    if (equal(protocol->value, pk_dh) || foreign) {
        found.security.foreign_chip_auth = true;
        return {};
    }
    const auto cipher = branch(protocol->value, ca_ecdh);
    const bool active = equal(protocol->value, active_authentication);
    if (!active && !cipher) return {};
    const auto version = take_object(info);
    if (!version || version->tag != integer) return damaged("DG14 has a security info without a version");
    if (active) {
        const auto signature = take_object(info);
        if (!signature || signature->tag != oid) return damaged("DG14 does not name active authentication's algorithm");
        found.security.active_digest = digest_of(signature->value);
        return {};
    }
    if (*cipher < 1 || *cipher > static_cast<int>(std::size(ciphers))) return {};
    auto id = key_id_of(info);
    if (!id) return std::unexpected(id.error());
    found.offers.push_back({ciphers[*cipher - 1], to_bytes(protocol->value), *std::move(id)});
    return {};
}

/// The strongest offer that has its key. A key without any offer means 3DES (field fact: first generation of extended access control).
std::optional<ChipAuthKey> choose(Found& found) {
    if (found.offers.empty() && !found.keys.empty()) {
        Bytes protocol = to_bytes(std::as_bytes(std::span{ca_ecdh}));
        protocol.push_back(std::byte{1});
        found.offers.push_back({CipherKind::des3, std::move(protocol), found.keys.front().key_id});
    }
    std::optional<ChipAuthKey> best;
    for (const auto& offer : found.offers) {
        const auto key = std::ranges::find(found.keys, offer.key_id, &ChipAuthKey::key_id);
        if (key == found.keys.end() || (best && best->kind >= offer.kind)) continue;
        best = *key;
        best->kind = offer.kind;
        best->protocol = offer.protocol;
    }
    return best;
}
}  // namespace

Result<ChipSecurity> parse_dg14(View file) {
    const auto body = only_object(file, dg14_file);
    auto infos = body ? only_object(*body, set) : std::nullopt;
    if (!infos) return damaged("DG14 is no set of security infos");
    Found found;
    for (int i = 0; !infos->empty(); ++i) {
        const auto info = take_object(*infos);
        if (!info || info->tag != sequence) return damaged("DG14 is torn");
        if (i == max_security_infos) return damaged("DG14 has too many security infos");
        const auto taken = take_info(info->value, found);
        if (!taken) return std::unexpected(taken.error());
    }
    found.security.chip_auth = choose(found);
    return std::move(found.security);
}

Result<Bytes> parse_dg15(View file) {
    const auto body = only_object(file, dg15_file);
    if (!body || !only_object(*body, sequence)) return damaged("DG15 has no public key");
    if (body->size() > max_key_bytes) return damaged("DG15 has a public key that is too large");
    return to_bytes(*body);
}

}  // namespace drivers::emrtd
