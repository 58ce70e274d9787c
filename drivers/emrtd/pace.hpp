// PACE with generic mapping over ECDH, ICAO 9303-11, 4.4: what EF.CardAccess offers, and the protocol. Integrated mapping, DH
// groups and chip authentication mapping are not spoken; a chip that offers only those is opened by BAC.
#pragma once
#include "drivers/emrtd/access_key.hpp"
#include "drivers/emrtd/channel.hpp"
#include "drivers/random.hpp"

namespace drivers::emrtd {

/// One PACEInfo that we can speak.
struct PaceOffer {
    CipherKind kind = CipherKind::des3;
    int parameter_id = 0;  ///< a curve of curve.hpp
    friend bool operator==(const PaceOffer&, const PaceOffer&) = default;
};

/// A CardAccess file lists a handful of protocols.
inline constexpr int max_security_infos = 32;

/// The strongest offer of EF.CardAccess (longest key, then the first); nothing inside when it has none for us. document_unreadable for
/// bytes that are no SecurityInfos.
[[nodiscard]] Result<std::optional<PaceOffer>> choose_pace(View card_access);

/// The channel is plain and nothing selected but the master file; afterwards it is secured. chip_auth_failed when either side
/// does not know the password; document_unreadable for malformed answers and points off the curve; chip_refused with the status word.
awaitable<Result<void>> run_pace(Channel& channel, const AccessKey& key, PaceOffer offer, Random& random, Duration limit);

}  // namespace drivers::emrtd
