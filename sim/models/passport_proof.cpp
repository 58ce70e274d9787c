// How a chip proves that it is no copy: chip authentication (9303-11, 6.2) and active authentication (6.1), from the chip's side.
#include "sim/models/passport_chip.hpp"
#include "sim/models/passport_der.hpp"

#include <algorithm>

namespace sim {

namespace {
using namespace passport;

constexpr Time computing = std::chrono::milliseconds{120};
constexpr std::size_t challenge_bytes = 8;
constexpr int by_key_agreement = 0x41A6, by_authentication = 0x41A4;

/// ISO 9796-2, scheme 1: 6A, random part, hash over it and the challenge, trailer.
Bytes recoverable(const RsaKey& key, bool sha256, View challenge, Dice& dice) {
    const Bytes trailer = sha256 ? bytes_of({0x34, 0xCC}) : bytes_of({0xBC});
    const Digest kind = sha256 ? Digest::sha256 : Digest::sha1;
    const std::size_t hash_bytes = sha256 ? 32 : 20;
    const Bytes random = random_bytes(dice, key.bytes() - 1 - hash_bytes - trailer.size());
    return der::joined({bytes_of({0x6A}), random, digest(kind, der::joined({random, challenge})), trailer});
}
}  // namespace

/// 3DES: MSE:Set KAT { 91 public key } does it all. AES: MSE:Set AT { 80 protocol }, then GENERAL AUTHENTICATE.
Reply PassportChip::Impl::choose_agreement(const Command& c, Time& took) {
    agreement_chosen = false;
    if (!contents.agreement_key || !contents.printed.chip_authentication) return {wrong_p1p2};
    if (!in_application) return {conditions};
    const bool des = contents.printed.chip_authentication->cipher == PassportCipher::des3;
    if (c.p1p2() != (des ? by_key_agreement : by_authentication)) return {wrong_p1p2};
    View rest = c.data;
    const auto first = der::take(rest);
    if (!first || !rest.empty()) return {wrong_data};  // the only key has no number
    if (des) return first->tag == 0x91 ? agree(first->value, took) : Reply{wrong_data};
    if (first->tag != 0x80 || !std::ranges::equal(first->value, chip_authentication_protocol(contents.printed.chip_authentication->cipher))) return {wrong_data};
    agreement_chosen = true;
    return {};
}

Reply PassportChip::Impl::agree(View their_public, Time& took) {
    took = computing;
    const PaceVariant variant = *contents.printed.chip_authentication;
    const auto shared = Curve(variant.curve).times(their_public, *contents.agreement_key);
    if (!shared) return {wrong_data};
    start(SecureSession::from(Suite(variant.cipher), Curve::x_of(*shared)), Access::chip_authentication);
    ++proofs;
    return {};
}

Reply PassportChip::Impl::agreement_step(const Command& c, Time& took) {
    if (!std::exchange(agreement_chosen, false)) return {conditions};
    if (c.p1p2() != 0) return {wrong_p1p2};
    const auto inside = der::only(c.data, 0x7C);
    const auto key = inside ? der::only(*inside, 0x80) : std::nullopt;
    if (!key) return {wrong_data};
    Reply reply = agree(*key, took);
    if (reply.sw == fine) reply.data = der::object(0x7C, View{});
    return reply;
}

/// INTERNAL AUTHENTICATE over eight bytes.
Reply PassportChip::Impl::prove(const Command& c, Time& took) {
    if (!contents.proof_key) return {no_instruction};
    if (!in_application) return {conditions};
    if (c.p1p2() != 0) return {wrong_p1p2};
    if (c.data.size() != challenge_bytes) return {wrong_length};
    took = computing;
    ++proofs;
    if (const auto* rsa = std::get_if<RsaKey>(&*contents.proof_key))
        return {fine, rsa->raw(recoverable(*rsa, contents.printed.active_authentication == ActiveProof::rsa_sha256, c.data, dice))};
    const Bytes& scalar = std::get<Bytes>(*contents.proof_key);
    return {fine, Curve(PassportCurve::p256).ecdsa(scalar, digest(Digest::sha256, c.data), dice)};
}

}  // namespace sim
