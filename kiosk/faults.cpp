// The rows of the catalogue, in the order of the enumerators; checked at compile time.
#include "kiosk/faults.hpp"

#include <array>

namespace kiosk {

namespace {
using enum Action;
using C = CardAfter;
using F = FaultCode;

constexpr std::array rows{
    // any device
    FaultRow{F::time_out, "K-101", reset, C::unchanged, false},
    FaultRow{F::cancelled, "K-102", none, C::unchanged, false},
    FaultRow{F::bad_configuration, "K-103", configuration, C::none, true},
    FaultRow{F::internal, "K-104", maintenance, C::unknown, true},
    // PC/SC, ID reader, chip station
    FaultRow{F::reader_daemon_down, "R-101", suspend, C::unchanged, false},
    FaultRow{F::reader_missing, "R-102", maintenance, C::unchanged, false},
    FaultRow{F::reader_garbage, "R-103", none, C::none, false},
    FaultRow{F::no_document, "R-104", none, C::none, false},
    FaultRow{F::document_removed, "R-105", none, C::none, false},
    FaultRow{F::document_unreadable, "R-106", none, C::none, false},
    FaultRow{F::document_not_supported, "R-107", none, C::none, false},
    FaultRow{F::document_expired, "R-108", none, C::none, false},
    FaultRow{F::document_invalid, "R-109", none, C::none, false},
    FaultRow{F::document_forged, "R-110", none, C::none, false},
    FaultRow{F::document_not_opened, "R-111", none, C::none, false},
    FaultRow{F::reader_security_module, "R-112", maintenance, C::none, true},
    FaultRow{F::chip_silent, "C-101", none, C::retained, false},
    FaultRow{F::chip_removed, "C-102", none, C::retained, false},
    FaultRow{F::chip_reset, "C-103", reset, C::unchanged, false},
    FaultRow{F::chip_refused, "C-104", none, C::retained, false},
    FaultRow{F::chip_mismatch, "C-105", none, C::retained, false},
    FaultRow{F::chip_auth_failed, "C-106", none, C::retained, false},
    FaultRow{F::chip_not_blank, "C-107", none, C::retained, false},
    // printer
    FaultRow{F::printer_missing, "P-101", maintenance, C::unchanged, true},
    FaultRow{F::printer_unplugged, "P-102", suspend, C::unchanged, true},
    FaultRow{F::printer_silent, "P-104", maintenance, C::unknown, true},
    FaultRow{F::printer_garbage, "P-105", maintenance, C::unknown, false},
    FaultRow{F::printer_cover_open, "P-106", clear, C::unchanged, true},
    FaultRow{F::printer_jam, "P-103", clear, C::retained, true},
    FaultRow{F::printer_hopper_empty, "P-107", clear, C::none, false},
    FaultRow{F::printer_double_feed, "P-108", none, C::retained, false},
    FaultRow{F::printer_ribbon_out, "P-109", clear, C::retained, false},
    FaultRow{F::printer_ribbon_wrong, "P-110", clear, C::none, true},
    FaultRow{F::printer_ribbon_error, "P-111", clear, C::retained, true},
    FaultRow{F::printer_head, "P-112", maintenance, C::retained, true},
    FaultRow{F::printer_bin_full, "P-113", clear, C::unchanged, true},
    FaultRow{F::printer_mechanical, "P-114", maintenance, C::unknown, true},
    FaultRow{F::printer_cleaning_due, "P-115", clear, C::unchanged, false},
    FaultRow{F::printer_command_refused, "P-116", maintenance, C::unchanged, false},
    FaultRow{F::card_position_unexpected, "P-117", clear, C::unknown, true},
    // camera
    FaultRow{F::camera_missing, "V-101", maintenance, C::none, false},
    FaultRow{F::camera_black, "V-102", maintenance, C::none, false},
    FaultRow{F::camera_frozen, "V-103", reset, C::none, false},
    FaultRow{F::camera_wrong_size, "V-104", configuration, C::none, false},
    FaultRow{F::photo_not_encodable, "V-105", none, C::none, false},
    // centre
    FaultRow{F::centre_unreachable, "Z-101", suspend, C::none, false},
    FaultRow{F::centre_garbage, "Z-102", suspend, C::none, false},
    FaultRow{F::centre_too_large, "Z-103", suspend, C::none, false},
    FaultRow{F::centre_too_slow, "Z-104", suspend, C::none, false},
    FaultRow{F::centre_refused, "Z-105", none, C::none, false},
    FaultRow{F::centre_signature, "Z-106", configuration, C::none, false},
    FaultRow{F::order_expired, "Z-107", none, C::unchanged, false},
    FaultRow{F::order_foreign, "Z-108", configuration, C::unchanged, false},
    FaultRow{F::kiosk_not_enrolled, "Z-109", configuration, C::none, false},
    // card path, ledger
    FaultRow{F::no_blanks, "B-101", clear, C::none, false},
    FaultRow{F::supplies_short, "B-102", clear, C::none, false},
    FaultRow{F::bin_no_room, "B-103", clear, C::none, false},
    FaultRow{F::wrong_bank_blank, "B-104", clear, C::retained, false},
    FaultRow{F::foreign_card, "B-105", clear, C::unknown, true},
    FaultRow{F::card_found, "B-106", none, C::retained, false},
    FaultRow{F::card_unknown, "B-107", clear, C::unknown, true},
    FaultRow{F::card_not_taken, "B-108", none, C::retained, false},
    FaultRow{F::card_gone_unwitnessed, "B-109", none, C::none, false},
    FaultRow{F::nobody_present, "B-110", none, C::retained, false},
    FaultRow{F::card_path_closed, "B-111", clear, C::none, false},
    FaultRow{F::interrupted, "B-112", none, C::retained, false},
    FaultRow{F::name_not_printable, "B-113", none, C::none, false},
    FaultRow{F::attempts_used_up, "B-114", none, C::retained, false},
    FaultRow{F::ledger_damaged, "L-101", maintenance, C::unknown, true},
    FaultRow{F::ledger_restored, "L-102", maintenance, C::unknown, true},
    FaultRow{F::disk_full, "L-103", maintenance, C::unknown, true},
    FaultRow{F::disk_error, "L-104", maintenance, C::unknown, true},
    // staff
    FaultRow{F::badge_unknown, "S-101", none, C::none, false},
    FaultRow{F::pin_wrong, "S-102", none, C::none, false},
    FaultRow{F::staff_locked, "S-103", suspend, C::none, false},
    FaultRow{F::staff_same_person, "S-104", none, C::none, false},
    FaultRow{F::not_permitted, "S-105", none, C::none, false},
    FaultRow{F::door_open, "S-106", clear, C::unchanged, true},
};

constexpr bool complete() {
    if (rows.size() != static_cast<std::size_t>(drivers::fault_count)) return false;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].code != static_cast<FaultCode>(i)) return false;
        for (std::size_t j = i + 1; j < rows.size(); ++j)
            if (rows[i].number == rows[j].number) return false;
    }
    return true;
}
static_assert(complete(), "each FaultCode has exactly one row, in order, with a number of its own");
}  // namespace

const FaultRow& row_of(FaultCode code) { return rows[static_cast<std::size_t>(code)]; }

std::string_view name_of(Action action) {
    switch (action) {
        case none: return "none";
        case reset: return "reset";
        case clear: return "clear";
        case maintenance: return "maintenance";
        case configuration: return "configuration";
        case suspend: return "suspend";
    }
    return "";
}

}  // namespace kiosk
