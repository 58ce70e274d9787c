// The catalogue of audit events: every name that may stand in the audit table, with the keys of its data. A test proves that each is written.
#pragma once
#include <string_view>

namespace kiosk {

// X(event, "keys of its data")
#define LIQU_AUDIT_EVENTS(X) \
    X(kiosk_started, "build epoch") X(kiosk_stopped, "reason") X(kiosk_recovered, "card state intent found booked") \
    X(notice_agreed, "application version hash face_match bank_data") X(document_read, "application kind evidence whose") X(document_checked, "application kind evidence accepted staff") X(person_matched, "application by match staff") \
    X(application_made, "application photo bank") X(application_sent, "application attempt") X(order_received, "application attempt expires") \
    X(card_authorised, "card application attempt") X(intent, "card act point") X(act_done, "card act result state point") \
    X(chip_bound, "card chip attempt") X(chip_written, "card records") X(card_printed, "card layout photo") X(card_presented, "card") \
    X(card_ended, "card state reason") X(outcome_settled, "application attempt end") X(path_closed, "fault") X(path_opened, "by") \
    X(fault_met, "fault detail") X(help_called, "screen") X(session_left, "reason screen") \
    X(staff_entered, "staff") X(staff_failed, "staff failures") X(staff_locked, "staff") X(staff_left, "staff") \
    X(blanks_loaded, "load hopper bank count by") X(count_mismatch, "hopper counted sensor") X(bin_emptied, "cards by") X(card_reconciled, "card verdict by second") X(ledger_restored, "") \
    X(door_opened, "attended contact screen") X(door_closed, "attended")

enum class AuditEvent {
#define X(name, keys) name,
    LIQU_AUDIT_EVENTS(X)
#undef X
};

[[nodiscard]] constexpr std::string_view name_of(AuditEvent event) {
    constexpr std::string_view names[] = {
#define X(name, keys) #name,
        LIQU_AUDIT_EVENTS(X)
#undef X
    };
    return names[static_cast<std::size_t>(event)];
}

}  // namespace kiosk
