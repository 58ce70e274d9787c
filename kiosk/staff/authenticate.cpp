// Badge and PIN: who it is, how often it went wrong, when the next try is allowed. PINs are argon2id, badges are keyed hashes.
#include "kiosk/kiosk.hpp"

#include <sodium.h>

namespace kiosk {

std::string hash_pin(const Secret& pin) {
    char out[crypto_pwhash_STRBYTES];
    const auto view = pin.view();
    if (crypto_pwhash_str(out, reinterpret_cast<const char*>(view.data()), view.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
        throw std::runtime_error("argon2id: out of memory");
    return out;
}

bool check_pin(const std::string& hash, const Secret& pin) {
    const auto view = pin.view();
    return crypto_pwhash_str_verify(hash.c_str(), reinterpret_cast<const char*>(view.data()), view.size()) == 0;
}

namespace {
awaitable<void> note(Kiosk& kiosk, StaffNote::What what, int count = 0) { co_await kiosk.stage.ask(StaffNote{what, count}); }

/// Counts a failure; true when the member is locked now.
awaitable<bool> failed(Kiosk& kiosk, StaffRow row) {
    co_return co_await kiosk.ledger.transact([row = std::move(row), now = kiosk.clock.utc()](Books& books) mutable {
        ++row.failures;
        books.audit(AuditEvent::staff_failed, {{"staff", row.id}, {"failures", row.failures}}, now);
        const bool locked = row.failures >= staff_max_failures;
        if (locked) {
            const int doubled = std::min(row.failures - staff_max_failures, 10);
            row.locked_until = now + staff_first_lock * (1 << doubled);
            books.audit(AuditEvent::staff_locked, {{"staff", row.id}}, now);
        }
        books.put_staff(row);
        return locked;
    });
}
}  // namespace

awaitable<std::optional<StaffMember>> authenticate_staff(Kiosk& kiosk, Bytes badge_uid, std::optional<std::string> other_than) {
    auto row = co_await kiosk.ledger.look([uid = std::move(badge_uid)](Books& books) { return books.staff_by_badge(books.keyed_hash(uid)); });
    if (!row) {
        co_await kiosk.ledger.transact([now = kiosk.clock.utc()](Books& books) { books.audit(AuditEvent::staff_failed, {{"staff", ""}, {"failures", 0}}, now); });
        co_await note(kiosk, StaffNote::What::unknown_badge);
        co_return std::nullopt;
    }
    if (other_than && *other_than == row->id) co_return std::nullopt;
    if (row->locked_until > kiosk.clock.utc()) {
        co_await note(kiosk, StaffNote::What::locked);
        co_return std::nullopt;
    }
    for (bool wrong = false;; wrong = true) {
        Secret pin = co_await kiosk.stage.ask(
            StaffPin{.who = row->name_tag, .wrong = wrong, .tries_left = std::max(0, staff_max_failures - row->failures), .second_person = other_than.has_value()});
        const bool right = co_await kiosk.compute.run([hash = row->pin_hash, pin = std::move(pin)] { return check_pin(hash, pin); });
        if (right) break;
        if (co_await failed(kiosk, *row)) {
            co_await note(kiosk, StaffNote::What::locked);
            co_return std::nullopt;
        }
        ++row->failures;
    }
    co_await kiosk.ledger.transact([row = *row, now = kiosk.clock.utc()](Books& books) mutable {
        row.failures = 0;
        row.locked_until = {};
        books.put_staff(row);
        books.audit(AuditEvent::staff_entered, {{"staff", row.id}}, now);
    });
    co_return StaffMember{row->id, row->name_tag, row->role, row->badge_hash};
}

}  // namespace kiosk
