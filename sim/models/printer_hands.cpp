// What hands and faults do to the printer's inside: loading, taking, snatching, clearing, opening, breaking.
// The names of the faults stand here too: they are the words of scenarios and of the panel.
#include "sim/models/printer_mechanics.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sim {
namespace {

constexpr std::array<std::string_view, 13> fault_words = {"none",     "jam",      "jam_at_print", "double_feed", "hopper_empty",  "ribbon_out",          "ribbon_wrong",
                                                          "cover_open", "bin_full", "head",         "mechanical",  "retract_fails", "present_sensor_stuck"};
static_assert(fault_words.size() == static_cast<std::size_t>(PrinterFault::present_sensor_stuck) + 1);

}  // namespace

Trouble trouble_of(PrinterFault fault) {
    switch (fault) {
        case PrinterFault::jam:
        case PrinterFault::jam_at_print: return trouble::jam;
        case PrinterFault::double_feed: return trouble::double_feed;
        case PrinterFault::cover_open: return trouble::cover;
        case PrinterFault::head: return trouble::head;
        case PrinterFault::mechanical:
        case PrinterFault::retract_fails: return trouble::mechanical;
        case PrinterFault::none:
        case PrinterFault::hopper_empty:
        case PrinterFault::ribbon_out:
        case PrinterFault::ribbon_wrong:
        case PrinterFault::bin_full:
        case PrinterFault::present_sensor_stuck: return {};
    }
    return {};
}

std::string_view name_of(PrinterFault f) { return fault_words[static_cast<std::size_t>(f)]; }

std::optional<PrinterFault> printer_fault_of(std::string_view word) {
    const auto found = std::ranges::find(fault_words, word);
    if (found == fault_words.end()) return std::nullopt;
    return static_cast<PrinterFault>(found - fault_words.begin());
}

/// Faults that are a state (a full bin, an ended ribbon) hold at once; the others wait for a movement that they can happen to.
void Mechanics::provoke(PrinterFault fault) {
    switch (fault) {
        case PrinterFault::none: return forget_faults();
        case PrinterFault::hopper_empty: hopper_sensor_empty_ = true; return;
        case PrinterFault::ribbon_out:
            ribbon_ended_ = true;
            ribbon_remaining_ = 0;
            return;
        case PrinterFault::ribbon_wrong: ribbon_type_ = "YMCKO"; return;
        case PrinterFault::bin_full: bin_full_ = true; return;
        case PrinterFault::present_sensor_stuck: bezel_sensor_stuck_ = true; return;
        case PrinterFault::jam:
        case PrinterFault::jam_at_print:
        case PrinterFault::double_feed:
        case PrinterFault::cover_open:
        case PrinterFault::head:
        case PrinterFault::mechanical:
        case PrinterFault::retract_fails: due_.push_back(fault); return;
    }
}

Trouble Mechanics::strike(PrinterFault fault, bool moves) {
    const Trouble trouble = trouble_of(fault);
    if (trouble.empty()) {
        provoke(fault);
        return {};
    }
    if (moves) {
        struck_ = fault;
        return {};
    }
    return ended_badly(trouble, Move::to_print);
}

void Mechanics::forget_faults() {
    struck_.reset();
    due_.clear();
    hopper_sensor_empty_ = bin_full_ = bezel_sensor_stuck_ = false;
}

void Mechanics::open_cover(bool open, Time now) {
    if (cover_open_ && !open) ribbon_ready_ = now + std::chrono::duration_cast<Time>(setup_.durations.ribbon_init / setup_.speed);
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
    if (!bezel_open_ || !cards_.empty() || cover_open_) return false;
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
    bezel_sensor_stuck_ = bezel_open_ = false;
    return out;
}

void Mechanics::put_inside(CardPtr card) {
    cards_.push_back(std::move(card));
    place_ = Place::print;
}

void Mechanics::load(int hopper, std::vector<CardPtr> cards) {
    hopper_sensor_empty_ = false;
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
    bin_full_ = false;
    return std::exchange(bin_, {});
}

void Mechanics::new_ribbon(std::string type, int remaining) {
    ribbon_type_ = std::move(type);
    ribbon_remaining_ = remaining;
    ribbon_ended_ = false;
}

}  // namespace sim
