// What is there to make cards of: the ledger counts, the sensors may only contradict.
#include "kiosk/card_path/supplies.hpp"

namespace kiosk {

namespace {
Replenishment level_of(const StorageUnit& unit) {
    if (unit.count <= 0 || unit.sensor_empty) return Replenishment::empty;
    // A threshold overrides the sensor (XFS).
    if (unit.threshold > 0 ? unit.count <= unit.threshold : unit.sensor_low) return Replenishment::low;
    return unit.count >= unit.capacity ? Replenishment::full : Replenishment::ok;
}

StorageUnit bin_of(const Config& config, const Books& books, const std::optional<printer::Sensors>& sensors) {
    constexpr int high_percent = 80;
    StorageUnit bin{.bank = {}, .count = static_cast<int>(books.bin().size()), .capacity = config.bin_capacity, .threshold = config.bin_full_at};
    if (bin.count >= bin.threshold || (sensors && sensors->reject_bin_full)) bin.replenishment = Replenishment::full;
    else if (bin.count * 100 >= bin.capacity * high_percent) bin.replenishment = Replenishment::high;
    else bin.replenishment = bin.count == 0 ? Replenishment::empty : Replenishment::ok;
    return bin;
}

/// The bank whose blanks lie in the hopper: its oldest load's. What is written in the configuration counts only for an empty hopper.
BankId bank_in(const Books& books, int hopper, const BankId& configured) {
    for (const auto& load : books.loads())
        if (load.hopper == hopper && load.used < load.count) return load.bank;
    return configured;
}

bool usable(const StorageUnit& hopper) { return hopper.replenishment != Replenishment::empty; }
}  // namespace

Supplies supplies_of(const Config& config, const Books& books, const std::optional<printer::Sensors>& sensors, const std::optional<printer::Ribbon>& ribbon) {
    Supplies supplies;
    for (std::size_t i = 0; i < config.hoppers.size(); ++i) {
        const int hopper = static_cast<int>(i) + 1;
        StorageUnit unit{.hopper = hopper, .bank = bank_in(books, hopper, config.hoppers[i].bank), .count = books.remaining(hopper), .capacity = config.hoppers[i].capacity,
                         .threshold = config.hoppers[i].low_at};
        if (sensors && i < sensors->hopper_has_card.size()) {
            unit.sensor_empty = !sensors->hopper_has_card[i];
            unit.sensor_low = sensors->hopper_low[i];
        }
        unit.replenishment = level_of(unit);
        supplies.hoppers.push_back(std::move(unit));
    }
    supplies.bin = bin_of(config, books, sensors);
    if (ribbon) {
        supplies.ribbon_known = ribbon->level != printer::RibbonLevel::unknown;
        // The level decides, not the number: printers in the field show 0 left until their cover was opened (facts: card-printer-field-problems.md).
        supplies.ribbon = {.bank = {}, .count = ribbon->remaining, .capacity = ribbon->capacity, .threshold = config.ribbon_low_at};
        if (ribbon->level == printer::RibbonLevel::out) supplies.ribbon.replenishment = Replenishment::empty;
        else if (ribbon->level == printer::RibbonLevel::low || (supplies.ribbon_known && ribbon->remaining <= config.ribbon_low_at)) supplies.ribbon.replenishment = Replenishment::low;
    }
    return supplies;
}

std::optional<FaultCode> shortage(const Supplies& supplies) {
    if (supplies.ribbon.replenishment == Replenishment::empty) return FaultCode::printer_ribbon_out;
    if (supplies.bin.replenishment == Replenishment::full) return FaultCode::bin_no_room;
    if (std::ranges::none_of(supplies.hoppers, usable)) return FaultCode::no_blanks;
    return std::nullopt;
}

std::vector<BankId> banks_in_stock(const Supplies& supplies) {
    std::vector<BankId> banks;
    if (shortage(supplies)) return banks;
    for (const auto& unit : supplies.hoppers)
        if (usable(unit) && std::ranges::find(banks, unit.bank) == banks.end()) banks.push_back(unit.bank);
    return banks;
}

std::optional<int> hopper_for(const Supplies& supplies, const BankId& bank) {
    for (const auto& unit : supplies.hoppers)
        if (unit.bank == bank && usable(unit)) return unit.hopper;
    return std::nullopt;
}

}  // namespace kiosk
