// What a chip answers to active authentication, judged (ICAO 9303-11, 6.1): RSA by ISO 9796-2 scheme 1 with message recovery, ECDSA as plain r and s.
#pragma once
#include "drivers/emrtd/sod.hpp"

namespace drivers::emrtd {

inline constexpr std::size_t active_challenge_bytes = 8;

enum class ActiveKey : std::uint8_t { rsa, ecdsa, other };
/// What kind of key `public_key` (SubjectPublicKeyInfo) is, and how long its answer; nothing when it is none.
struct ActiveKeyShape {
    ActiveKey kind = ActiveKey::other;
    std::size_t answer_bytes = 0;  ///< RSA's modulus, or r and s
};
[[nodiscard]] std::optional<ActiveKeyShape> active_key_shape(View public_key);

/// Did the owner of the key's other half sign this challenge? `digest` is for ECDSA; without one (DG14 does not say) any of SHA-1 and SHA-2 will do:
/// each proves the same key. RSA's trailer names its own.
[[nodiscard]] bool active_signature_holds(View public_key, View challenge, View signature, std::optional<Digest> digest);

}  // namespace drivers::emrtd
