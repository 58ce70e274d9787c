// Is this the chip that was issued, or a copy of its files? Chip authentication (ICAO 9303-11, 6.2) or active authentication (6.1): the chip uses a
// key that nobody can read out of it. Worth as much as DG14 and DG15 are, which the state signs like all the others.
#pragma once
#include "drivers/emrtd/chip_keys.hpp"
#include "drivers/emrtd/passport.hpp"

namespace drivers::emrtd {

enum class CopyCheck : std::uint8_t {
    not_offered,  ///< the document has no such key, or none that is spoken here
    original,     ///< the chip has the key
    copied        ///< it has not
};
[[nodiscard]] std::string_view name_of(CopyCheck check);

struct CopyVerdict {
    CopyCheck check = CopyCheck::not_offered;
    std::string why;  ///< for technicians: which protocol, or what the chip did not do
};

/// DG1, DG14 and DG15 as read and whole; empty: the document has none.
struct CopyFiles {
    View dg1, dg14, dg15;
};
/// Chip authentication where offered (the session then goes on under new keys), else active authentication. DG1 is read once more, as the secured command
/// that proves the new keys. A refusal by the chip is an answer: a copy cannot do better. Faults: of the reader and of time (chip_removed, chip_reset, time_out ...), and
/// document_unreadable for damaged files. `files` live until the end.
awaitable<Result<CopyVerdict>> check_copy(Passport& passport, CopyFiles files, Random& random, Duration limit);

/// Chip authentication alone. The channel is secured with old keys before and new ones after.
/// chip_auth_failed: the chip refuses; document_not_supported: its curve is none of ours, or its key not on it.
awaitable<Result<void>> run_chip_authentication(Channel& channel, ChipAuthKey key, Random& random, Duration limit);

}  // namespace drivers::emrtd
