// What is there to make cards of: the ledger counts, the sensors may only contradict.
#include "kiosk/card_path/supplies.hpp"

#include <nlohmann/json.hpp>

namespace kiosk {

namespace {
constexpr int high_percent = 80;  ///< of a reject bin

Mismatch contradiction(const StorageUnit& hopper) {
    if (!hopper.sensor_known) return Mismatch::none;
    if (hopper.sensor_empty && hopper.count > 0) return Mismatch::sensor_empty;
    return !hopper.sensor_empty && hopper.count <= 0 ? Mismatch::sensor_has_card : Mismatch::none;
}

Replenishment level_of(const StorageUnit& unit) {
    if (unit.count <= 0 || unit.sensor_empty) return Replenishment::empty;
    // A threshold overrides the sensor (XFS).
    if (unit.threshold > 0 ? unit.count <= unit.threshold : unit.sensor_low) return Replenishment::low;
    return unit.count >= unit.capacity ? Replenishment::full : Replenishment::ok;
}

StorageUnit bin_of(const Config& config, const Books& books, const std::optional<printer::Sensors>& sensors) {
    StorageUnit bin{.bank = {}, .count = static_cast<int>(books.bin().size()), .capacity = config.bin_capacity, .threshold = config.bin_full_at};
    if (bin.count >= bin.threshold || (sensors && sensors->reject_bin_full)) bin.replenishment = Replenishment::full;
    else if (bin.count * 100 >= bin.capacity * high_percent) bin.replenishment = Replenishment::high;
    else bin.replenishment = bin.count == 0 ? Replenishment::empty : Replenishment::ok;
    bin.sensor_known = sensors.has_value();
    if (sensors && sensors->reject_bin_full && bin.count < bin.threshold && bin.count * 100 < bin.capacity * high_percent) bin.mismatch = Mismatch::sensor_full;
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

std::string_view name_of(Replenishment replenishment) {
    constexpr std::string_view names[] = {"ok", "full", "high", "low", "empty"};
    return names[static_cast<std::size_t>(replenishment)];
}
std::string_view name_of(Mismatch mismatch) {
    constexpr std::string_view names[] = {"none", "sensor_empty", "sensor_has_card", "sensor_full"};
    return names[static_cast<std::size_t>(mismatch)];
}

Supplies supplies_of(const Config& config, const Books& books, const std::optional<printer::Sensors>& sensors, const std::optional<printer::Ribbon>& ribbon) {
    Supplies supplies;
    for (std::size_t i = 0; i < config.hoppers.size(); ++i) {
        const int hopper = static_cast<int>(i) + 1;
        StorageUnit unit{.hopper = hopper, .bank = bank_in(books, hopper, config.hoppers[i].bank), .count = books.remaining(hopper), .capacity = config.hoppers[i].capacity,
                         .threshold = config.hoppers[i].low_at};
        if (sensors && i < sensors->hopper_has_card.size()) {
            unit.sensor_empty = !sensors->hopper_has_card[i];
            unit.sensor_low = sensors->hopper_low[i];
            unit.sensor_known = static_cast<int>(i) < sensors->hoppers;
            unit.mismatch = contradiction(unit);
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

// ---- what people have to find out ----
namespace {
std::string counter_of(int hopper) { return fmt::format("mismatch.{}", hopper); }

template <class F>
void each_known(const Supplies& supplies, F f) {
    for (const auto& unit : supplies.hoppers)
        if (unit.sensor_known) f(unit);
    if (supplies.bin.sensor_known) f(supplies.bin);
}
}  // namespace

Mismatch noted_mismatch(const Books& books, int hopper) {
    const auto value = books.counter(counter_of(hopper));
    return value >= 0 && value <= static_cast<std::int64_t>(Mismatch::sensor_full) ? static_cast<Mismatch>(value) : Mismatch::none;
}

drivers::awaitable<void> note_mismatches(Ledger& ledger, Supplies supplies, Utc now) {
    const bool changed = co_await ledger.look([supplies](Books& books) {
        bool differs = false;
        each_known(supplies, [&](const StorageUnit& unit) { differs |= noted_mismatch(books, unit.hopper) != unit.mismatch; });
        return differs;
    });
    if (changed) co_await ledger.transact([supplies, now](Books& books) { note_mismatches(books, supplies, now); });
}

void note_mismatches(Books& books, const Supplies& supplies, Utc now) {
    each_known(supplies, [&](const StorageUnit& unit) {
        if (noted_mismatch(books, unit.hopper) == unit.mismatch) return;
        books.set_counter(counter_of(unit.hopper), static_cast<std::int64_t>(unit.mismatch));
        if (unit.mismatch != Mismatch::none) books.audit(AuditEvent::count_mismatch, {{"hopper", unit.hopper}, {"counted", unit.count}, {"sensor", name_of(unit.mismatch)}}, now);
    });
}

}  // namespace kiosk
