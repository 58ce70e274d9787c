// Movements and what can go wrong on the way. A movement that fails stops half-way, in time and in place; the physical truth (which card is
// where) changes here and nowhere else.
#include "sim/models/printer_mechanics.hpp"

#include <algorithm>
#include <utility>

namespace sim {

Mechanics::Mechanics(const PrinterSetup& setup) : setup_(setup), hoppers_(static_cast<std::size_t>(std::max(1, setup.hoppers))), ribbon_(setup) {}

std::chrono::milliseconds Mechanics::duration(Move move) const {
    const PrinterDurations& d = setup_.durations;
    switch (move) {
        case Move::feed: return d.feed;
        case Move::to_chip:
        case Move::to_contactless: return d.to_chip;
        case Move::to_print: return d.to_print;
        case Move::panel_y:
        case Move::panel_m:
        case Move::panel_c: return d.panel_colour;
        case Move::panel_k:
        case Move::panel_back: return d.panel_resin;
        case Move::panel_o: return d.panel_overlay;
        case Move::flip: return d.flip;
        case Move::eject: return d.eject;
        case Move::retract: return d.retract;
        case Move::reject: return d.reject;
        case Move::clean: return d.clean;
    }
    return {};
}

namespace {
bool hits(Hits what, Move move) {
    switch (what) {
        case Hits::nothing: return false;
        case Hits::any: return true;
        case Hits::feed: return move == Move::feed;
        case Hits::print: return move == Move::to_print || is_panel(move);
        case Hits::panel: return is_panel(move);
        case Hits::retract: return move == Move::retract;
        case Hits::reject: return move == Move::reject;
    }
    return false;
}
}  // namespace

/// The reply of a condition that stands in this movement's way.
Trouble Mechanics::condition_against(Move move) const {
    for (const FaultRow& row : fault_rows()) {
        if (row.nature == Nature::condition && holds(row.fault) && hits(row.hits, move)) return row.reply;
    }
    if (is_panel(move) && holds(PrinterFault::ribbon_torn)) return trouble::ribbon;
    return move == Move::feed && cleaning_mandatory() ? row_of(PrinterFault::cleaning_mandatory).reply : Trouble{};
}

Trouble Mechanics::refusal(Move move, int hopper) const {
    if (cover_open_ && !cover_ignored_) return trouble::cover;
    if (place_ == Place::jammed) return trouble::jam;
    if (move == Move::clean) return !cards_.empty() ? trouble::jam : ribbon_.there() ? trouble::ribbon : condition_against(move);
    if (move == Move::feed && !cards_.empty()) return trouble::jam;
    if (const Trouble t = condition_against(move); !t.empty()) return t;
    if (move == Move::feed) return hopper_has_card(hopper) ? Trouble{} : trouble::feeder_empty;
    if (move == Move::retract) return place_ == Place::bezel && !cards_.empty() ? Trouble{} : trouble::feeder_empty;
    if (!card_in_machine()) return trouble::feeder_empty;
    if (move == Move::reject) return bin_full() ? trouble::bin_full : Trouble{};
    return cards_.size() > 1 ? trouble::double_feed : Trouble{};
}

/// Decided when the movement begins, so that nothing depends on who looks when.
const FaultRow* Mechanics::what_happens(Move move) {
    if (struck_) return &row_of(*std::exchange(struck_, std::nullopt));
    const auto found = std::ranges::find_if(due_, [&](PrinterFault f) { return hits(row_of(f).hits, move); });
    if (found == due_.end()) return nullptr;
    const FaultRow& row = row_of(*found);
    due_.erase(found);
    return &row;
}

Trouble Mechanics::begin(Move move, Time now, MoveOrder order) {
    if (const Trouble t = refusal(move, order.hopper); !t.empty()) return t;
    if (is_panel(move) && !ribbon_.wind_to(panel_letters[panel_index(move)], order.new_card, order.ribbon)) return trouble::ribbon;
    Time takes = std::chrono::duration_cast<Time>(duration(move) * order.slower / setup_.speed);
    // Already there: the motors only make sure.
    if ((move == Move::to_chip && place_ == Place::chip) || (move == Move::to_print && place_ == Place::print)) takes /= 10;
    takes += std::max(Time{}, ribbon_ready_ - now);
    PrinterFault fault = PrinterFault::none;
    if (const FaultRow* row = what_happens(move)) {
        if (row->nature == Nature::refusal) return row->reply;
        if (row->nature == Nature::delay) takes += std::chrono::duration_cast<Time>(setup_.durations.cooling / setup_.speed);
        else fault = row->fault;
    }
    const bool bent = move == Move::feed ? hoppers_[static_cast<std::size_t>(order.hopper)].front()->bent : !cards_.empty() && cards_.front()->bent;
    if (bent && fault == PrinterFault::none) fault = PrinterFault::jam;
    if (move == Move::feed) {
        this_card_.clear();
        if (fault != PrinterFault::misfeed) pick(order.hopper);
        if (fault == PrinterFault::double_feed) pick(order.hopper);
    }
    if (move != Move::retract && !is_panel(move)) bezel_open_ = false;
    at_antenna_ = false;
    moving_ = Moving{.move = move, .began = now, .ends = now + (fault == PrinterFault::none ? takes : takes / 2), .fault = fault, .ink = std::move(order.ink)};
    return {};
}

void Mechanics::pick(int hopper) {
    auto& from = hoppers_[static_cast<std::size_t>(hopper)];
    if (from.empty()) return;
    cards_.push_back(std::move(from.front()));
    from.pop_front();
}

Trouble Mechanics::end() {
    Moving m = std::move(*moving_);
    moving_.reset();
    if (m.fault != PrinterFault::none) return ended_badly(m.fault, m.move);
    if (m.move == Move::retract && cards_.empty()) {  // snatched on the way back
        place_ = Place::none;
        bezel_open_ = false;
        return trouble::feeder_empty;
    }
    this_card_.push_back(m.move);
    if (is_panel(m.move)) print(m.move, std::move(m.ink));
    arrive(m.move);
    return {};
}

void Mechanics::arrive(Move move) {
    switch (move) {
        case Move::feed: place_ = Place::feeder; break;
        case Move::to_chip: place_ = Place::chip; break;
        case Move::to_contactless:
            place_ = Place::path;
            at_antenna_ = true;
            break;
        case Move::retract: bezel_open_ = false; [[fallthrough]];
        case Move::to_print:
        case Move::flip:
        case Move::panel_y:
        case Move::panel_m:
        case Move::panel_c:
        case Move::panel_k:
        case Move::panel_o:
        case Move::panel_back: place_ = Place::print; break;
        case Move::eject:
            place_ = Place::bezel;
            bezel_open_ = true;
            last_card_ = this_card_;
            break;
        case Move::reject:
            bin_.push_back(std::move(cards_.front()));
            cards_.pop_front();
            place_ = cards_.empty() ? Place::none : Place::path;
            break;
        case Move::clean:
            ++cleanings_;
            longest_without_cleaning_ = longest_without_cleaning();
            cards_since_cleaning_ = 0;
            set(PrinterFault::cleaning_due, false);
            set(PrinterFault::cleaning_mandatory, false);
            break;
    }
}

/// The movement stopped half-way (or, before any, a fault happened to a card that stood still: then `move` is not a movement of that fault).
Trouble Mechanics::ended_badly(PrinterFault fault, Move move) {
    const FaultRow& row = row_of(fault);
    const bool stays = fault == PrinterFault::retract_fails || (move == Move::retract && fault != PrinterFault::cover_open && row.stops != Stops::jammed);
    if (row.stops == Stops::jammed) place_ = Place::jammed;
    else if (stays) place_ = move == Move::retract ? Place::bezel : place_;
    else place_ = row.stops == Stops::under_head && is_panel(move) ? Place::print : Place::path;
    if (fault == PrinterFault::cover_open) cover_open_ = true;
    if (fault == PrinterFault::ribbon_torn) set(fault, true);
    if (cards_.empty()) place_ = Place::none;
    if (place_ != Place::bezel) bezel_open_ = false;
    return row.reply;
}

void Mechanics::halt() {
    if (!moving_) return;
    moving_.reset();
    at_antenna_ = false;
    place_ = cards_.empty() ? Place::none : Place::path;
    bezel_open_ = false;
}

void Mechanics::print(Move move, std::vector<std::uint8_t> ink) {
    PhysicalCard& card = *cards_.front();
    card.width = setup_.width;
    card.height = setup_.height;
    ++panels_printed_;
    if (card.y.empty() && card.m.empty() && card.c.empty() && card.k.empty() && card.o.empty() && card.back_k.empty()) {
        ++cards_printed_;
        ++cards_since_cleaning_;
    }
    auto& plane = move == Move::panel_y   ? card.y
                  : move == Move::panel_m ? card.m
                  : move == Move::panel_c ? card.c
                  : move == Move::panel_k ? card.k
                  : move == Move::panel_o ? card.o
                                          : card.back_k;
    if (plane.size() != ink.size()) {
        plane = std::move(ink);
    } else {  // printed twice: what is on the card stays on it
        std::ranges::transform(plane, ink, plane.begin(), [](std::uint8_t a, std::uint8_t b) { return std::max(a, b); });
    }
}

bool Mechanics::cleaning_wanted() const { return holds(PrinterFault::cleaning_due) || cleaning_mandatory() || cards_since_cleaning_ >= setup_.cleaning_every; }
bool Mechanics::cleaning_mandatory() const { return holds(PrinterFault::cleaning_mandatory) || cards_since_cleaning_ >= 2 * setup_.cleaning_every; }

bool Mechanics::still_there(Trouble t, int hopper) const {
    for (const FaultRow& row : fault_rows()) {
        if (row.nature == Nature::condition && row.hits != Hits::nothing && row.reply == t && holds(row.fault)) return true;
    }
    if (t == trouble::cover) return cover_open_;
    if (t == trouble::jam) return place_ == Place::jammed;
    if (t == trouble::double_feed) return cards_.size() > 1;
    if (t == trouble::ribbon) return holds(PrinterFault::ribbon_torn) || ribbon_.used_up() || !ribbon_.there();
    if (t == trouble::bin_full) return bin_full();
    if (t == trouble::feeder_empty) return cards_.empty() && !hopper_has_card(hopper);
    return t == row_of(PrinterFault::cleaning_mandatory).reply && cleaning_mandatory();
}

std::chrono::milliseconds Mechanics::shortest_schedule() const {
    const std::vector<Move> usual = {Move::feed, Move::to_chip, Move::to_print, Move::panel_y, Move::panel_m, Move::panel_c, Move::panel_k, Move::panel_o, Move::flip, Move::panel_back, Move::to_chip, Move::eject};
    std::chrono::milliseconds sum{};
    std::vector<Move> counted;
    for (const Move m : last_card_.empty() ? usual : last_card_) {
        if (m == Move::retract || m == Move::reject || m == Move::to_contactless) continue;  // not part of making a card
        const auto before = std::ranges::count(counted, m);
        if (before >= (m == Move::to_chip ? 2 : 1)) continue;  // the chip is visited before and after printing; the rest is done once
        counted.push_back(m);
        sum += duration(m);
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(sum / setup_.speed);
}

}  // namespace sim
