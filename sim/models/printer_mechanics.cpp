// Movements and what can go wrong on the way. A movement that fails stops half-way, in time and in place; the physical truth (which card is
// where) changes here and nowhere else.
#include "sim/models/printer_mechanics.hpp"

#include <algorithm>
#include <utility>

namespace sim {

Mechanics::Mechanics(const PrinterSetup& setup)
    : setup_(setup), hoppers_(static_cast<std::size_t>(std::max(1, setup.hoppers))), ribbon_type_(setup.ribbon_type), ribbon_remaining_(setup.ribbon_remaining) {}

std::chrono::milliseconds Mechanics::duration(Move move) const {
    const PrinterDurations& d = setup_.durations;
    switch (move) {
        case Move::feed: return d.feed;
        case Move::to_chip: return d.to_chip;
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
    }
    return {};
}

Trouble Mechanics::refusal(Move move, int hopper) const {
    if (cover_open_) return trouble::cover;
    if (place_ == Place::jammed) return trouble::jam;
    if (move == Move::feed) {
        if (!cards_.empty()) return trouble::jam;
        return hopper_has_card(hopper) ? Trouble{} : trouble::feeder_empty;
    }
    if (move == Move::retract) return place_ == Place::bezel && !cards_.empty() ? Trouble{} : trouble::feeder_empty;
    if (!card_in_machine()) return trouble::feeder_empty;
    if (move == Move::reject) return bin_full() ? trouble::bin_full : Trouble{};
    if (cards_.size() > 1) return trouble::double_feed;
    if (is_panel(move) && ribbon_ended_) return trouble::ribbon;
    return {};
}

bool Mechanics::due(PrinterFault fault) { return std::erase(due_, fault) > 0; }

/// Decided when the movement begins, so that nothing depends on who looks when.
Trouble Mechanics::trouble_ahead(Move move, int hopper) {
    if (const auto now = std::exchange(struck_, std::nullopt)) return trouble_of(*now);
    if (due(PrinterFault::cover_open)) return trouble::cover;
    if (due(PrinterFault::mechanical)) return trouble::mechanical;
    const CardPtr& card = move == Move::feed ? hoppers_[static_cast<std::size_t>(hopper)].front() : cards_.front();
    if (card->bent || due(PrinterFault::jam)) return trouble::jam;
    if (move == Move::feed && due(PrinterFault::double_feed)) return trouble::double_feed;
    if (move == Move::retract && due(PrinterFault::retract_fails)) return trouble::mechanical;
    if (move == Move::to_print || is_panel(move)) {
        if (due(PrinterFault::jam_at_print)) return trouble::jam;
        if (is_panel(move) && due(PrinterFault::head)) return trouble::head;
    }
    return {};
}

Trouble Mechanics::begin(Move move, Time now, int hopper, std::vector<std::uint8_t> ink, int slower) {
    if (const Trouble t = refusal(move, hopper); !t.empty()) return t;
    Time takes = std::chrono::duration_cast<Time>(duration(move) * slower / setup_.speed);
    // Already there: the motors only make sure.
    if ((move == Move::to_chip && place_ == Place::chip) || (move == Move::to_print && place_ == Place::print)) takes /= 10;
    takes += std::max(Time{}, ribbon_ready_ - now);
    const Trouble ahead = trouble_ahead(move, hopper);
    if (move == Move::feed) {
        this_card_.clear();
        pick(hopper);
        if (ahead == trouble::double_feed) pick(hopper);
    }
    if (move != Move::retract && !is_panel(move)) bezel_open_ = false;
    moving_ = Moving{.move = move, .began = now, .ends = now + (ahead.empty() ? takes : takes / 2), .trouble = ahead, .ink = std::move(ink)};
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
    if (!m.trouble.empty()) return ended_badly(m.trouble, m.move);
    if (m.move == Move::retract && cards_.empty()) {  // snatched on the way back
        place_ = Place::none;
        bezel_open_ = false;
        return trouble::feeder_empty;
    }
    this_card_.push_back(m.move);
    switch (m.move) {
        case Move::feed: place_ = Place::feeder; break;
        case Move::to_chip: place_ = Place::chip; break;
        case Move::to_print:
        case Move::flip:
        case Move::retract: place_ = Place::print; break;
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
        case Move::panel_y:
        case Move::panel_m:
        case Move::panel_c:
        case Move::panel_k:
        case Move::panel_o:
        case Move::panel_back:
            place_ = Place::print;
            print(m.move, std::move(m.ink));
            break;
    }
    if (m.move == Move::retract) bezel_open_ = false;
    return {};
}

Trouble Mechanics::ended_badly(Trouble t, Move move) {
    place_ = t == trouble::jam                            ? Place::jammed
             : t == trouble::head                         ? Place::print
             : move == Move::retract && t != trouble::cover ? Place::bezel
                                                          : Place::path;
    if (t == trouble::cover) cover_open_ = true;
    if (cards_.empty()) place_ = Place::none;
    if (place_ != Place::bezel) bezel_open_ = false;
    return t;
}

void Mechanics::halt() {
    if (!moving_) return;
    moving_.reset();
    place_ = cards_.empty() ? Place::none : Place::path;
    bezel_open_ = false;
}

void Mechanics::print(Move move, std::vector<std::uint8_t> ink) {
    PhysicalCard& card = *cards_.front();
    card.width = setup_.width;
    card.height = setup_.height;
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

bool Mechanics::take_ribbon_set(std::string_view wanted_type) {
    const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
    if (ribbon_ended_ || ribbon_remaining_ <= 0 || ribbon_type_.empty() || !std::ranges::equal(ribbon_type_, wanted_type, same)) return false;
    --ribbon_remaining_;
    return true;
}

bool Mechanics::still_there(Trouble t, int hopper) const {
    if (t == trouble::cover) return cover_open_;
    if (t == trouble::jam) return place_ == Place::jammed;
    if (t == trouble::double_feed) return cards_.size() > 1;
    if (t == trouble::ribbon) return ribbon_ended_ || ribbon_remaining_ <= 0 || ribbon_type_.empty();
    if (t == trouble::bin_full) return bin_full();
    if (t == trouble::feeder_empty) return cards_.empty() && !hopper_has_card(hopper);
    return false;
}

std::chrono::milliseconds Mechanics::shortest_schedule() const {
    const std::vector<Move> usual = {Move::feed, Move::to_chip, Move::to_print, Move::panel_y, Move::panel_m, Move::panel_c, Move::panel_k, Move::panel_o, Move::flip, Move::panel_back, Move::to_chip, Move::eject};
    std::chrono::milliseconds sum{};
    std::vector<Move> counted;
    for (const Move m : last_card_.empty() ? usual : last_card_) {
        if (m == Move::retract || m == Move::reject) continue;  // not part of making a card
        const auto before = std::ranges::count(counted, m);
        if (before >= (m == Move::to_chip ? 2 : 1)) continue;  // the chip is visited before and after printing; the rest is done once
        counted.push_back(m);
        sum += duration(m);
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(sum / setup_.speed);
}

}  // namespace sim
