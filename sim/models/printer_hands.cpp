// What hands and faults do to the printer's inside: loading, taking, snatching, clearing, opening, breaking.
#include "sim/models/printer_mechanics.hpp"

#include <utility>

namespace sim {

/// A condition holds at once; the rest waits for a movement that it can happen to.
void Mechanics::provoke(PrinterFault fault) {
    if (fault == PrinterFault::none) return forget_faults();
    if (row_of(fault).nature != Nature::condition) {
        due_.push_back(fault);
        return;
    }
    if (fault == PrinterFault::ribbon_out) return ribbon_.run_out();  // not a condition beside the ribbon's own state
    if (fault == PrinterFault::ribbon_low) return ribbon_.be_low();
    if (fault == PrinterFault::ribbon_wrong) return ribbon_.be_another_kind();
    if (fault == PrinterFault::ribbon_missing) return ribbon_.take_out();
    set(fault, true);
}

Trouble Mechanics::strike(PrinterFault fault, bool moves) {
    const FaultRow& row = row_of(fault);
    if (row.nature == Nature::condition) {
        provoke(fault);
        return {};
    }
    if (moves) {
        struck_ = fault;
        return {};
    }
    // Nothing moves: a card that stands still stays where it is, except that it may turn out to be stuck.
    if (row.stops == Stops::jammed && card_in_machine()) place_ = Place::jammed;
    if (fault == PrinterFault::cover_open) cover_open_ = true;
    if (fault == PrinterFault::ribbon_torn) set(fault, true);
    return row.reply;
}

void Mechanics::forget_faults() {
    struck_.reset();
    due_.clear();
    conditions_ = {};
}

void Mechanics::open_cover(bool open, Time now) {
    if (cover_open_ && !open) ribbon_ready_ = now + std::chrono::duration_cast<Time>(setup_.durations.ribbon_init / setup_.speed);
    if (!open) ribbon_.cover_was_closed();
    cover_open_ = open;
}

CardPtr Mechanics::take() {
    if (moving_ || place_ != Place::bezel || cards_.empty()) return nullptr;
    CardPtr card = std::move(cards_.front());
    cards_.pop_front();
    place_ = Place::none;
    return card;
}

CardPtr Mechanics::snatch(Time now) {
    if (!moving_ || moving_->move != Move::retract || cards_.empty()) return nullptr;
    if (now - moving_->began > (moving_->ends - moving_->began) / 2) return nullptr;  // the rollers have it
    CardPtr card = std::move(cards_.front());
    cards_.pop_front();
    return card;
}

bool Mechanics::push_in(CardPtr card) {
    if ((!bezel_open_ && !bezel_waits_) || !cards_.empty() || cover_open_) return false;
    if (moving_ && moving_->move != Move::retract) return false;
    cards_.push_back(std::move(card));
    place_ = Place::bezel;
    return true;
}

std::vector<CardPtr> Mechanics::clear_path() {
    if (moving_) halt();
    std::vector<CardPtr> out(cards_.begin(), cards_.end());
    cards_.clear();
    place_ = Place::none;
    set(PrinterFault::present_sensor_stuck, false);
    bezel_open_ = at_antenna_ = false;
    return out;
}

void Mechanics::put_inside(CardPtr card) {
    cards_.push_back(std::move(card));
    place_ = Place::print;
}

void Mechanics::load(int hopper, std::vector<CardPtr> cards) {
    set(PrinterFault::hopper_empty, false);
    set(PrinterFault::feeder_open, false);
    auto& to = hoppers_.at(static_cast<std::size_t>(hopper));
    to.insert(to.end(), std::make_move_iterator(cards.begin()), std::make_move_iterator(cards.end()));
}

std::vector<CardPtr> Mechanics::unload(int hopper) {
    auto& from = hoppers_.at(static_cast<std::size_t>(hopper));
    std::vector<CardPtr> out(from.begin(), from.end());
    from.clear();
    return out;
}

std::vector<CardPtr> Mechanics::empty_bin() {
    set(PrinterFault::bin_full, false);
    set(PrinterFault::bin_open, false);
    return std::exchange(bin_, {});
}

void Mechanics::new_ribbon(std::string type, int remaining) {
    for (const auto f : {PrinterFault::ribbon_torn, PrinterFault::ribbon_unknown, PrinterFault::ribbon_unsupported, PrinterFault::ribbon_zone}) set(f, false);
    ribbon_.put_in(std::move(type), remaining);
}

}  // namespace sim
