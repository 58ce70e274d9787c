// Intent, act, booking, for test cards.
#include "kiosk/card_path/technician.hpp"

#include "kiosk/card_path/acts.hpp"

namespace kiosk {

using drivers::fail;
using printer::Did;

namespace {
std::string result_of(const printer::Act& act) { return act.ok() ? "done" : act.did == Did::not_done ? "not_done" : "unknown"; }
Fault fault_of(const printer::Act& act) { return act.fault.value_or(Fault{FaultCode::printer_mechanical, "no reason given"}); }
}  // namespace

awaitable<Result<void>> Technician::may_begin() {
    const auto known = co_await parts_.ledger.look([by = parts_.by](Books& books) { return std::ranges::any_of(books.staff(), [&](const StaffRow& s) { return s.id == by; }); });
    if (!known) co_return fail(FaultCode::not_permitted, fmt::format("--by: no member of staff is called \"{}\"", parts_.by));
    if (auto ready = co_await parts_.printer.prepare(); !ready) co_return std::unexpected(ready.error());
    co_return Result<void>{};
}

awaitable<Result<CardKey>> Technician::my_card() {
    const auto rows = co_await parts_.ledger.look([](Books& books) { return books.cards_under_way(); });
    if (rows.empty()) co_return fail(FaultCode::card_position_unexpected, "no card is under way");
    const auto& row = rows.front();
    if (!row.application.empty()) co_return fail(FaultCode::not_permitted, fmt::format("{} belongs to an application: start liqu, which puts it away and reports it", label_of(row.key)));
    co_return row.key;
}

awaitable<void> Technician::intend(CardKey card, ActKind act) {
    co_await parts_.ledger.transact([card, act, now = parts_.clock.utc()](Books& books) {
        // Left open by a liqu-ctl that was killed: what it did is asked of the sensors by the act that follows.
        if (const auto open = books.open_intent(card)) books.conclude(open->seq, "unknown", now);
        (void)books.intend(card, act, now);
        books.audit(AuditEvent::intent, {{"card", label_of(card)}, {"act", name_of(act)}}, now);
    });
}

awaitable<void> Technician::conclude(CardKey card, std::string result, std::optional<CardState> state, bool in_bin) {
    co_await parts_.ledger.transact([=, by = parts_.by, now = parts_.clock.utc()](Books& books) {
        const auto reason = "technician:" + by;
        const auto open = books.open_intent(card);
        if (open) books.conclude(open->seq, result, now);
        if (state) books.set_state(card, *state, reason, now);
        if (in_bin) books.set_in_bin(card, true);
        const auto row = books.card(card);
        if (open) books.audit(AuditEvent::act_done, {{"card", label_of(card)}, {"act", name_of(open->act)}, {"result", result}, {"state", row ? name_of(row->state) : ""}}, now);
        if (state && is_end(*state)) books.audit(AuditEvent::card_ended, {{"card", label_of(card)}, {"state", name_of(*state)}, {"reason", reason}}, now);
    });
}

awaitable<printer::Position> Technician::position_after(printer::Act act) {
    if (act.where != printer::Position::unknown) co_return act.where;
    const auto seen = co_await parts_.printer.sensors();
    co_return seen ? seen->card : printer::Position::unknown;
}

awaitable<Result<Tested>> Technician::feed(int hopper, Way way) {
    if (auto may = co_await may_begin(); !may) co_return std::unexpected(may.error());
    if (hopper < 1 || static_cast<std::size_t>(hopper) > parts_.config.hoppers.size()) co_return fail(FaultCode::bad_configuration, "no such hopper");
    const auto sensors = co_await parts_.printer.sensors();
    if (!sensors) co_return std::unexpected(sensors.error());
    if (sensors->reject_bin_full) co_return fail(FaultCode::printer_bin_full);
    if (place_of(sensors->card) != Place::nothing) co_return fail(FaultCode::card_found, fmt::format("a card is {}: present or retain it", printer::name_of(sensors->card)));
    const auto key = co_await parts_.ledger.transact([=, most = parts_.config.bin_full_at, now = parts_.clock.utc()](Books& books) -> Result<CardKey> {
        if (const auto rows = books.cards_under_way(); !rows.empty()) return fail(FaultCode::not_permitted, fmt::format("{} is under way", label_of(rows.front().key)));
        if (static_cast<int>(books.bin().size()) >= most) return fail(FaultCode::bin_no_room);
        const auto card = books.authorise(hopper, {}, 0, "", now);
        if (!card) return fail(FaultCode::no_blanks, "by the ledger's count");
        books.audit(AuditEvent::card_authorised, {{"card", label_of(*card)}, {"application", ""}, {"attempt", 0}}, now);
        (void)books.intend(*card, ActKind::feed, now);
        books.audit(AuditEvent::intent, {{"card", label_of(*card)}, {"act", name_of(ActKind::feed)}}, now);
        return *card;
    });
    if (!key) co_return std::unexpected(key.error());
    auto act = co_await (way == Way::feed ? parts_.printer.feed(hopper - 1) : parts_.printer.test_card(hopper - 1));
    const auto where = co_await position_after(act);
    switch (place_of(where)) {
        case Place::unknown: co_return std::unexpected(fault_of(act));  // the intent stays open: whoever comes next asks
        case Place::nothing:
            co_await conclude(*key, "not_done", std::nullopt);
            co_await parts_.ledger.transact([card = *key](Books& books) { books.unauthorise(card); });
            co_return std::unexpected(fault_of(act));
        case Place::inside:
        case Place::bezel:
        case Place::jammed: break;
    }
    co_await conclude(*key, result_of(act), CardState::fed);
    if (act.fault && act.fault->code == FaultCode::printer_double_feed)
        co_await parts_.ledger.transact([hopper, now = parts_.clock.utc()](Books& books) { (void)books.found(hopper, CardState::fed, "printer_double_feed", now); });
    if (!act.ok()) co_return std::unexpected(fault_of(act));
    co_return Tested{*key, CardState::fed, where, false};
}

awaitable<bool> Technician::taken_within(Duration limit) {
    const auto deadline = parts_.clock.steady() + limit;
    while (parts_.clock.steady() < deadline) {
        const auto seen = co_await parts_.printer.sensors();
        if (seen && place_of(seen->card) == Place::nothing) co_return true;
        co_await parts_.clock.sleep(technician_poll);
    }
    co_return false;
}

awaitable<Result<Tested>> Technician::present(Duration limit) {
    if (auto may = co_await may_begin(); !may) co_return std::unexpected(may.error());
    const auto card = co_await my_card();
    if (!card) co_return std::unexpected(card.error());
    co_await intend(*card, ActKind::present);
    auto act = co_await parts_.printer.present();
    const auto where = co_await position_after(act);
    switch (place_of(where)) {
        case Place::nothing:
            if (!act.ok()) break;
            [[fallthrough]];  // taken at once
        case Place::bezel: {
            const bool taken = co_await taken_within(limit);
            if (!taken) co_return co_await take_back(*card);
            co_await conclude(*card, "done", CardState::tested);
            co_return Tested{*card, CardState::tested, printer::Position::not_present, true};
        }
        case Place::inside:
        case Place::jammed: co_await conclude(*card, "not_done", std::nullopt); break;
        case Place::unknown: break;
    }
    co_return std::unexpected(fault_of(act));
}

awaitable<Result<Tested>> Technician::take_back(CardKey card) {
    co_await conclude(card, "done", std::nullopt);
    co_await intend(card, ActKind::retract);
    auto act = co_await parts_.printer.retract();
    const auto where = co_await position_after(act);
    // Gone while it went back: in a hand, but nobody's sensor saw it taken.
    if (place_of(where) == Place::nothing) co_await conclude(card, "unknown", CardState::unknown);
    else if (place_of(where) != Place::unknown) co_await conclude(card, result_of(act), std::nullopt);
    if (!act.ok()) co_return std::unexpected(fault_of(act));
    co_return Tested{card, CardState::fed, where, false};
}

awaitable<Result<Tested>> Technician::retain() {
    if (auto may = co_await may_begin(); !may) co_return std::unexpected(may.error());
    auto card = co_await my_card();
    if (!card && card.error().code != FaultCode::card_position_unexpected) co_return std::unexpected(card.error());
    const auto before = co_await parts_.printer.sensors();
    if (!before) co_return std::unexpected(before.error());
    if (place_of(before->card) != Place::inside) co_return fail(FaultCode::card_position_unexpected, fmt::format("no card is inside: {}", printer::name_of(before->card)));
    const bool found = !card;
    if (found) {
        card = co_await parts_.ledger.transact([now = parts_.clock.utc()](Books& books) { return books.found(std::nullopt, CardState::inside, "card_found", now); });
    }
    co_await intend(*card, ActKind::reject);
    auto act = co_await parts_.printer.reject();
    const auto where = co_await position_after(act);
    const auto end = found ? CardState::retained : CardState::tested;
    if (place_of(where) == Place::nothing && act.did != Did::not_done) {
        co_await conclude(*card, "done", end, true);
        co_return Tested{*card, end, where, false};
    }
    if (act.did == Did::not_done) co_await conclude(*card, "not_done", std::nullopt);
    co_return std::unexpected(fault_of(act));
}

}  // namespace kiosk
