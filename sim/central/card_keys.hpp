// The key store of the centre: proofs for a card's keys, by the convention that sim/models/social_security_card.hpp states (the standard is not public). Written
// once more here, from its text; the model and the centre share no line.
#pragma once
#include "sim/models/model.hpp"

#include <array>
#include <optional>

namespace sim {

enum class Cipher { triple_des = 1, sm4 = 3 };  ///< the algorithm id of the SSSE's SELECT answer

/// Keys by the number that EXTERNAL AUTHENTICATE names; irk and stk are never named there, their numbers only serve the derivation.
enum class KeyId : int { irk = 0x00, rk_ssse = 0x0A, uk_ssse = 0x12, stk = 0x73 };

using MasterKey = std::array<unsigned char, 16>;  ///< of UK_SSSE

/// The card's own key, 16 bytes: ECB(the key's master, factor || ~factor), factor the last 8 bytes of the identification code; the masters of other keys than
/// UK_SSSE are ECB(master, id x 8 || ~id x 8). Nothing when `chip` has not 16 bytes.
[[nodiscard]] std::optional<Bytes> card_key(Cipher cipher, const MasterKey& master, KeyId key, View chip);

/// 8 bytes under the session key of `process`: what the card wants for `original` (EXTERNAL), or answers (INTERNAL). Sizes: chip 16, process 8, original 8.
[[nodiscard]] std::optional<Bytes> proof(Cipher cipher, const MasterKey& master, KeyId key, View chip, View process, View original);
/// proof || original: the 16 bytes of EXTERNAL AUTHENTICATE.
[[nodiscard]] std::optional<Bytes> cryptogram(Cipher cipher, const MasterKey& master, KeyId key, View chip, View process, View original);
/// ECB over a multiple of 16 bytes.
[[nodiscard]] std::optional<Bytes> encipher(Cipher cipher, View key16, View data);

}  // namespace sim
