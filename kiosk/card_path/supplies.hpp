// Supplies: what the ledger counts and what the sensors say, per hopper, ribbon and reject bin (XFS storage units).
#pragma once
#include "kiosk/config.hpp"
#include "kiosk/ledger/ledger.hpp"
#include "printer/card_printer.hpp"

namespace kiosk {

enum class Replenishment { ok, full, high, low, empty };
[[nodiscard]] std::string_view name_of(Replenishment replenishment);
/// What the ledger counts and what a sensor sees, when they contradict each other. People find out which is wrong; nothing is corrected by itself.
enum class Mismatch { none, sensor_empty, sensor_has_card, sensor_full };
[[nodiscard]] std::string_view name_of(Mismatch mismatch);
struct StorageUnit {
    int hopper = 0;  ///< from 1; 0 for the bin and the ribbon
    BankId bank;
    int count = 0, capacity = 0, threshold = 0;
    bool sensor_empty = false, sensor_low = false;
    Replenishment replenishment = Replenishment::ok;
    bool sensor_known = false;  ///< false: nobody asked the sensors, `mismatch` says nothing
    Mismatch mismatch = Mismatch::none;
};
struct Supplies {
    std::vector<StorageUnit> hoppers;
    StorageUnit bin;
    StorageUnit ribbon;
    bool ribbon_known = false;
};

/// `count` comes from the ledger; a sensor that contradicts it (empty with a count) makes the unit unusable and is a reconciliation item, not a correction.
[[nodiscard]] Supplies supplies_of(const Config& config, const Books& books, const std::optional<printer::Sensors>& sensors, const std::optional<printer::Ribbon>& ribbon);
/// Banks that can be made now: a hopper with blanks, ribbon and room in the bin.
[[nodiscard]] std::vector<BankId> banks_in_stock(const Supplies& supplies);
/// Why nothing can be made, if so: no_blanks, printer_ribbon_out, bin_no_room.
[[nodiscard]] std::optional<FaultCode> shortage(const Supplies& supplies);
[[nodiscard]] std::optional<int> hopper_for(const Supplies& supplies, const BankId& bank);

/// The reconciliation items: a mismatch that is new is audited once (count_mismatch) and stays listed until the sensor and the count agree again. Within a
/// transaction.
void note_mismatches(Books& books, const Supplies& supplies, Utc now);
/// The same in a transaction of its own, where something has changed since the last time.
drivers::awaitable<void> note_mismatches(Ledger& ledger, Supplies supplies, Utc now);
/// As noted last; hopper 0 is the reject bin.
[[nodiscard]] Mismatch noted_mismatch(const Books& books, int hopper);

}  // namespace kiosk
