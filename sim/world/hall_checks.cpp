// The invariants. Each violation names its number, and the result carries the last steps before it.
#include "sim/world/hall.hpp"

#include <fmt/format.h>

namespace sim {

using namespace std::chrono_literals;
namespace k = kiosk;

void Hall::say(const std::string& line) {
    const std::string full = fmt::format("{:12.6f} {}\n", static_cast<double>(clock_.steady().since_start.count()) / 1e6, line);
    result_.trace += full;
    last_.push_back(full);
    if (last_.size() > 40) last_.pop_front();
}

void Hall::violate(const std::string& text) {
    if (result_.violations.size() >= 10) return;
    std::string all = text + "\n";
    for (const auto& line : last_) all += "    " + line;
    result_.violations.push_back(std::move(all));
}

/// I5: presented only to somebody, and not for ever.
void Hall::watch_mechanics(KioskBox& box) {
    auto& printer = *box.wires.printer;
    printer.advance(clock_.steady().since_start);
    if (printer.place() == box.place) return;
    const auto before = std::exchange(box.place, printer.place());
    // A card that falls back into the slot because its retraction failed is not presented anew.
    const auto rested = box.rested_at;
    if (box.place != Place::path) box.rested_at = box.place;
    if (box.place == Place::bezel) {
        box.presented_at = clock_.steady();
        say(fmt::format("{} card in the slot", box.id));
        // Presence is asked before the act; the act itself takes some seconds.
        const auto allowed = std::chrono::duration_cast<drivers::Duration>(box.config.presence_limit) + 10s;
        if (before != Place::none && rested != Place::bezel && box.alive && !box.alive->mortality().dead() && !box.alive->presence().within(allowed)) violate(fmt::format("I5: {} presented a card to nobody", box.id));
    }
    if (before == Place::bezel && clock_.steady() - box.presented_at > 15min && !healing_ && box.alive) say(fmt::format("{} the slot was occupied for long", box.id));
}

/// I2 at every commit: what is counted adds up.
void Hall::check_commit(KioskBox& box) {
    const auto a = box.alive->books().arithmetic();
    if (!a.holds())
        violate(fmt::format("I2: {}: loaded {} + found {} is not issued {} + spoiled {} + retained {} + tested {} + unloaded {} + unknown {} + gone {} + in machine {} + remaining {}", box.id, a.loaded,
                            a.found, a.issued, a.spoiled, a.retained, a.tested, a.unloaded, a.unknown, a.gone_unwitnessed, a.in_machine, a.remaining));
}

/// I4: no name, number or JPEG in any file of the kiosk.
void Hall::check_privacy(KioskBox& box) {
    static const std::string jfif{"\xFF\xD8\xFF\xE0\x00\x10JFIF", 10};
    for (const auto& [name, data] : box.disk->contents()) {
        if (data.find(jfif) != std::string::npos) violate(fmt::format("I4: a JPEG in {} of {}", name, box.id));
        for (const auto& visitor : people_) {
            const auto& p = visitor->person;
            if (data.find(p.number) != std::string::npos) violate(fmt::format("I4: a number in {} of {}", name, box.id));
            if (data.find(p.name) != std::string::npos) violate(fmt::format("I4: a name in {} of {}", name, box.id));
            if (data.find(visitor->mobile) != std::string::npos) violate(fmt::format("I4: a mobile number in {} of {}", name, box.id));
        }
    }
}

/// I2, I3, I7 at the end: ledger against plastic, outbox, ledger against centre.
void Hall::check_books(KioskBox& box) {
    auto& books = box.alive->books();
    check_commit(box);
    if (const auto broken = books.audit_break()) violate(fmt::format("I2: {}: the audit chain breaks at {}", box.id, *broken));
    for (std::int64_t from = 1; from <= books.audit_count(); from += 500)
        for (const auto& row : books.audit_rows(from, 500)) result_.audited.insert(row.event);
    for (const auto& row : books.outbox()) violate(fmt::format("I3: {}: {} for attempt {} still waits after {} tries", box.id, row.type, row.attempt, row.tries));
    int unknown = 0, in_bin = 0;
    for (const auto& card : books.all_cards()) {
        if (!k::is_end(card.state) && card.state != k::CardState::authorised) violate(fmt::format("I2: {}: card {}/{} rests in state {}", box.id, card.key.load, card.key.ordinal, k::name_of(card.state)));
        if (card.state == k::CardState::unknown) ++unknown;
        if (card.in_bin) ++in_bin;
    }
    for (const auto& card : books.all_cards())
        say(fmt::format("{} card {}/{} {} {} {}", box.id, card.key.load, card.key.ordinal, k::name_of(card.state), card.reason, card.in_bin ? "in the bin" : ""));
    auto& printer = *box.wires.printer;
    for (std::size_t h = 0; h < box.config.hoppers.size(); ++h) {
        const int physical = static_cast<int>(printer.hopper(static_cast<int>(h)).size());
        const int counted = books.remaining(static_cast<int>(h) + 1);
        if (std::abs(physical - counted) > unknown) violate(fmt::format("I2: {}: hopper {} holds {} and the ledger says {}", box.id, h + 1, physical, counted));
    }
    const int lying = static_cast<int>(printer.bin().size());
    if (std::abs(lying - in_bin) > unknown) violate(fmt::format("I2: {}: the bin holds {} and the ledger lists {}", box.id, lying, in_bin));
    // I7: every end is known at the centre as it is here, or is a parked dispute.
    const auto parked = books.parked();
    for (const auto& card : books.all_cards()) {
        if (card.application.empty() || !k::is_end(card.state)) continue;
        const bool issued = card.state == k::CardState::issued;
        bool agreed = false, dispute = std::ranges::any_of(parked, [&](const auto& row) { return row.application == card.application && row.attempt == card.attempt; });
        for (const auto& outcome : central_->outcomes()) {
            if (Bytes(outcome.application) != card.application.value || outcome.attempt != card.attempt) continue;
            if (outcome.result == "disputed") dispute = true;
            else if ((outcome.outcome == "issued") == issued) agreed = true;
        }
        if (!agreed && !dispute)
            violate(fmt::format("I7: {}: card {}/{} ended {} for attempt {}, the centre does not know it so", box.id, card.key.load, card.key.ordinal, k::name_of(card.state), card.attempt));
    }
}

void Hall::check_end() {
    for (auto& owned : boxes_) {
        auto& box = *owned;
        if (!box.alive || box.alive->refused()) continue;
        for (const auto& crash : box.alive->crashes()) violate(fmt::format("I6: {}: {}", box.id, crash));
        const auto& question = box.alive->stage().shown().question;
        if (box.visitor && std::holds_alternative<k::Welcome>(question) && !std::get<k::Welcome>(question).cannot)
            violate(fmt::format("I6: {} does not serve visitor {} although nothing is in the way", box.id, box.visitor->number));
        if (!std::holds_alternative<k::Welcome>(question)) violate(fmt::format("I6: {} rests on screen {}", box.id, k::name_of(question)));
        if (box.wires.printer->place() == Place::bezel) violate(fmt::format("I5: {}: a card stays in the slot for ever", box.id));
        check_books(box);
        check_privacy(box);
    }
    // I1 at the centre.
    std::map<Bytes, int> active;
    for (const auto& card : central_->cards())
        if (card.state == CardState::active && ++active[card.application] > 1) violate("I1: two ACTIVE cards of one application");
    for (const auto& card : central_->cards())
        if (card.state == CardState::active) ++result_.issued;
    // An active card of this hall is in its owner's hand.
    for (const auto& application : central_->applications()) {
        if (!application.active || !application.kiosk.starts_with("k")) continue;
        const auto owner = std::ranges::find_if(people_, [&](const auto& v) { return v->person.key == application.person; });
        if (owner != people_.end() && (*owner)->cards_in_hand != 1) violate(fmt::format("I1: visitor {} has {} cards in hand and one is ACTIVE", (*owner)->number, (*owner)->cards_in_hand));
    }
}

}  // namespace sim
