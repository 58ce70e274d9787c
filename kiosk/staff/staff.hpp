// Members of staff: badge and PIN (argon2id), lock-out after failures, roles; the small visit of hall staff.
#pragma once
#include "kiosk/ids.hpp"
#include "kiosk/ledger/ledger.hpp"

namespace kiosk {

struct Kiosk;

struct StaffMember {
    std::string id, name_tag, role, badge_hash;
};

inline constexpr int staff_max_failures = 5;
inline constexpr std::chrono::seconds staff_first_lock{15};  ///< doubles with each further failure

/// Argon2id with libsodium's interactive limits (t=2, 64 MiB); runs on a lane.
[[nodiscard]] std::string hash_pin(const Secret& pin);
[[nodiscard]] bool check_pin(const std::string& hash, const Secret& pin);

/// Waits until a staff badge lies on the ID reader and gives its UID; a resident card gives nothing. `anew`: only one that is laid down from now on.
/// Waits for ever where the reader cannot read badges.
enum class Laid { already_counts, anew };
awaitable<Bytes> badge_shown(Kiosk& kiosk, Laid when = Laid::already_counts);
/// Asks the PIN of the badge's holder on the stage; nothing when it was not given rightly (already shown, counted and audited).
/// `other_than`: the second of two persons must not be the first.
awaitable<std::optional<StaffMember>> authenticate_staff(Kiosk& kiosk, Bytes badge_uid, std::optional<std::string> other_than = {});
/// The whole visit, from the badge to leaving.
awaitable<void> staff_visit(Kiosk& kiosk, Bytes badge_uid);

}  // namespace kiosk
