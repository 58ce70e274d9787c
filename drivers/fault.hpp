// The names of everything that can go wrong, and Result<T>. Texts, actions and who acts stand in the catalogue kiosk/faults;
// a name without a catalogue row does not build.
#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace drivers {

// clang-format off
// X(enumerator). Order is free: the number shown to staff (P-103) stands in the catalogue.
#define LIQU_FAULTS(X) \
    /* any device */ \
    X(time_out) X(cancelled) X(bad_configuration) X(internal) \
    /* PC/SC, ID reader, chip station */ \
    X(reader_daemon_down) X(reader_missing) X(reader_garbage) X(no_document) X(document_removed) X(document_unreadable) X(document_not_supported) \
    X(document_expired) X(document_invalid) X(document_forged) X(document_not_opened) X(reader_security_module) \
    X(chip_silent) X(chip_removed) X(chip_reset) X(chip_refused) X(chip_mismatch) X(chip_auth_failed) X(chip_not_blank) \
    /* printer */ \
    X(printer_missing) X(printer_unplugged) X(printer_silent) X(printer_garbage) X(printer_cover_open) X(printer_jam) X(printer_hopper_empty) \
    X(printer_double_feed) X(printer_ribbon_out) X(printer_ribbon_wrong) X(printer_ribbon_error) X(printer_head) X(printer_bin_full) X(printer_mechanical) \
    X(printer_cleaning_due) X(printer_command_refused) X(card_position_unexpected) \
    /* camera */ \
    X(camera_missing) X(camera_black) X(camera_frozen) X(camera_wrong_size) X(photo_not_encodable) \
    /* centre */ \
    X(centre_unreachable) X(centre_garbage) X(centre_too_large) X(centre_too_slow) X(centre_refused) X(centre_signature) X(order_expired) X(order_foreign) \
    X(kiosk_not_enrolled) \
    /* card path, ledger */ \
    X(no_blanks) X(supplies_short) X(bin_no_room) X(wrong_bank_blank) X(foreign_card) X(card_found) X(card_unknown) X(card_not_taken) X(card_gone_unwitnessed) \
    X(nobody_present) X(card_path_closed) X(interrupted) X(name_not_printable) X(attempts_used_up) \
    X(ledger_damaged) X(ledger_restored) X(disk_full) X(disk_error) \
    /* staff */ \
    X(badge_unknown) X(pin_wrong) X(staff_locked) X(staff_same_person) X(not_permitted) X(door_open)
// clang-format on

enum class FaultCode : std::uint8_t {
#define X(name) name,
    LIQU_FAULTS(X)
#undef X
};

inline constexpr int fault_count = 0
#define X(name) +1
    LIQU_FAULTS(X)
#undef X
    ;

[[nodiscard]] constexpr std::string_view name_of(FaultCode code) {
    constexpr std::string_view names[] = {
#define X(name) #name,
        LIQU_FAULTS(X)
#undef X
    };
    return names[static_cast<std::size_t>(code)];
}

/// What went wrong, and for technicians only, where: `detail` never carries personal data (it is logged).
struct Fault {
    FaultCode code = FaultCode::internal;
    std::string detail;
    friend bool operator==(const Fault&, const Fault&) = default;
};

template <class T>
using Result = std::expected<T, Fault>;

[[nodiscard]] inline std::unexpected<Fault> fail(FaultCode code, std::string detail = {}) { return std::unexpected(Fault{code, std::move(detail)}); }

}  // namespace drivers
