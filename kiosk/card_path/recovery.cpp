// Recovery, row by row: state, open intent and the card's position decide; what cannot be proven is unknown.
#include "kiosk/card_path/recovery.hpp"

namespace kiosk {

namespace {
constexpr int most_strangers = 4;
const Fault interrupted{FaultCode::interrupted, {}};
}  // namespace

awaitable<std::optional<Fault>> Recovery::run() {
    if (auto fault = co_await machine_ready()) co_return fault;
    if (auto fault = co_await ended_rows()) co_return fault;
    const auto rows = co_await parts_.ledger.look([](Books& books) {
        std::vector<Row> all;
        for (auto& card : books.cards_under_way()) {
            const auto intent = books.open_intent(card.key);
            all.push_back({std::move(card), intent ? std::optional{intent->act} : std::nullopt});
        }
        return all;
    });
    for (const auto& row : rows)
        if (auto fault = co_await settle(row)) co_return fault;
    if (auto fault = co_await strangers()) co_return fault;
    const auto open = co_await parts_.ledger.look([](Books& books) { return books.to_reconcile(); });
    if (!open.empty()) co_return Fault{open.back().reason == "foreign_card" ? FaultCode::foreign_card : FaultCode::card_unknown, label_of(open.back().key)};
    co_return std::nullopt;
}

awaitable<std::optional<Fault>> Recovery::machine_ready() {
    if (!parts_.printer.online()) co_return Fault{FaultCode::printer_missing, {}};
    if (const auto prepared = co_await parts_.printer.prepare(); !prepared) {
        // An error that only hands clear (a jam) also stands in the way of taking the printer over.
        if (const auto recovered = co_await parts_.printer.recover(); !recovered) co_return recovered.error();
        if (const auto again = co_await parts_.printer.prepare(); !again) co_return again.error();
    }
    auto sensors = co_await parts_.printer.sensors();
    if (sensors && place_of(sensors->card) == Place::jammed) {
        if (const auto recovered = co_await parts_.printer.recover(); !recovered) co_return recovered.error();
        sensors = co_await parts_.printer.sensors();
    }
    if (!sensors) co_return sensors.error();
    if (sensors->cover_open) co_return Fault{FaultCode::printer_cover_open, {}};
    if (place_of(sensors->card) == Place::jammed) co_return Fault{FaultCode::printer_jam, {}};
    if (place_of(sensors->card) == Place::unknown) co_return Fault{FaultCode::card_position_unexpected, {}};
    co_return std::nullopt;
}

awaitable<Result<Place>> Recovery::where() {
    const auto sensors = co_await acts_.look(printer_return_limit);
    if (!sensors) co_return std::unexpected(sensors.error());
    const auto place = place_of(sensors->card);
    if (place == Place::jammed) co_return drivers::fail(FaultCode::printer_jam);
    if (place == Place::unknown) co_return drivers::fail(FaultCode::card_position_unexpected);
    co_return place;
}

/// Cards that have ended with a reject intent open (an unknown one on its way to the bin).
awaitable<std::optional<Fault>> Recovery::ended_rows() {
    const auto intents = co_await parts_.ledger.look([](Books& books) {
        std::vector<IntentRow> ended;
        for (const auto& intent : books.open_intents())
            if (const auto card = books.card(intent.card); card && is_end(card->state)) ended.push_back(intent);
        return ended;
    });
    for (const auto& intent : intents) {
        const auto place = co_await where();
        if (!place) co_return place.error();
        CardCase card;
        card.key = intent.card;
        card.found = true;
        // If it is still inside, it is put away with the strangers; if it is not, this intent was carried out.
        co_await acts_.book(card, {.result = *place == Place::nothing ? "recovered:done" : "recovered:not_done", .in_bin = *place == Place::nothing});
    }
    co_return std::nullopt;
}

awaitable<std::optional<Fault>> Recovery::settle(Row row) {
    const auto place = co_await where();
    if (!place) co_return place.error();
    CardCase card;
    card.key = row.card.key;
    card.hopper = row.card.hopper;
    card.found = row.card.found;
    card.application = row.card.application;
    card.attempt = row.card.attempt;
    card.chip_hash = row.card.chip_hash;
    card.faults = {FaultCode::interrupted};
    if (auto memo = co_await parts_.ledger.look([key = card.key](Books& books) { return books.memo(key); })) {
        card.card_number = std::move(memo->card_number);
        card.chip = std::move(memo->chip);
    }
    constexpr std::string_view places[] = {"nothing", "inside", "bezel", "jammed", "unknown"};
    card.recovered = nlohmann::json{{"card", label_of(card.key)}, {"state", name_of(row.card.state)}, {"intent", row.act ? name_of(*row.act) : ""}, {"found", places[static_cast<std::size_t>(*place)]}};
    const auto ended = co_await decide(card, std::move(row), *place);
    drivers::wipe(card.card_number);
    if (ended.try_again_soon) try_again_soon_ = true;
    // A card that is unknown closes the path at the end; the others are settled all the same.
    if (!ended.outcome) co_return ended.closes.value_or(Fault{FaultCode::card_unknown, {}});
    co_return std::nullopt;
}

awaitable<Ended> Recovery::decide(CardCase& card, Row row, Place place) {
    using enum CardState;
    switch (row.card.state) {
        case CardState::authorised: co_return co_await settle_authorised(card, row.act, place);
        case fed:
        case identified:
        case encoding:
        case encoded:
        case verified:
        case printing:
        case printed: co_return co_await settle_unpresented(card, row.card.state, row.act, place);
        case CardState::presented:
        case retracting:
#ifdef LIQU_BROKEN_GUESS_AFTER_RESTART  // a build that the world has to catch
        {
            auto id = co_await acts_.book(card, {.result = "done", .states = {issued}, .reason = "taken", .outcome = CardOutcome::issued});
            co_return Ended{.outcome = CardOutcome::issued, .message_id = std::move(id)};
        }
#else
            if (row.act) co_await acts_.book(card, {.result = "recovered"});
            co_return co_await settle_presented(card, place);
#endif
        case CardState::inside: co_return co_await settle_inside(card, row.act, place);
        case issued:
        case retained:
        case spoiled:
        case gone_unwitnessed:
        case unknown:
        case tested:
        case unloaded: break;
    }
    throw std::logic_error("a card that has ended is not under way");
}

/// The blank never left its hopper: it goes back, the attempt was not started.
awaitable<Ended> Recovery::give_back(CardCase& card) {
    OutcomeReport report{.application = card.application, .attempt = card.attempt, .outcome = CardOutcome::not_started, .card_number = card.card_number, .card = {}, .chip = {},
                         .faults = card.faults, .layout_hash = parts_.layout_hash, .at = parts_.clock.utc()};
    // A technician's test card has no application: nobody is told.
    std::optional<OutboxRow> row;
    if (card.is_reported()) row = parts_.issuing.outcome_row(report);
    co_await parts_.ledger.transact([key = card.key, row, recovered = *card.recovered, now = parts_.clock.utc()](Books& books) {
        auto data = recovered;
        data["booked"] = "not_started";
        books.unauthorise(key);
        books.audit(AuditEvent::kiosk_recovered, data, now);
        if (!row) return;
        books.enqueue(*row);
        books.set_application(row->application, name_of(CardOutcome::not_started), row->attempt, now);
    });
    if (row) parts_.issuing.outbox_filled();
    co_return Ended{.outcome = CardOutcome::not_started, .message_id = row ? row->message_id : Bytes{}};
}

awaitable<Ended> Recovery::settle_authorised(CardCase& card, std::optional<ActKind> act, Place place) {
    // Without an intent nothing was moved for it; with one, nothing inside means that nothing moved: a feed ends at the chip station or in its hopper. Unless hands were in.
    if (!act || (place == Place::nothing && !hands_in_)) co_return co_await give_back(card);
    if (place == Place::bezel || place == Place::nothing) co_return co_await acts_.lose(card, interrupted);
    fed_from_ = card.hopper;
    co_await acts_.book(card, {.result = "recovered:done", .states = {CardState::fed}});
    co_return co_await acts_.spoil(card, interrupted);
}

awaitable<Ended> Recovery::gone_into_bin(CardCase& card, CardState end, CardOutcome outcome) {
    auto id = co_await acts_.book(card, {.result = "recovered:done", .states = {end}, .reason = "interrupted", .in_bin = true, .outcome = outcome});
    co_return Ended{.outcome = outcome, .message_id = std::move(id)};
}

awaitable<Ended> Recovery::settle_unpresented(CardCase& card, CardState state, std::optional<ActKind> act, Place place) {
    if (act == ActKind::reject && place == Place::nothing && !hands_in_) co_return co_await gone_into_bin(card, CardState::spoiled, CardOutcome::spoiled);
    if (state == CardState::printed && act == ActKind::present && place != Place::inside) {
        co_await acts_.book(card, {.result = "recovered:done", .states = {CardState::presented}, .audits = {{AuditEvent::card_presented, {{"card", label_of(card.key)}}}}});
        co_return co_await settle_presented(card, place);
    }
    if (act) co_await acts_.book(card, {.result = place == Place::inside && *act != ActKind::print ? "recovered:not_done" : "recovered:unknown"});
    if (place != Place::inside) co_return co_await acts_.lose(card, interrupted);
    if (!card.chip_hash.empty() && co_await acts_.is_foreign(card)) co_return co_await acts_.stranger_inside(card);
    co_return co_await acts_.spoil(card, interrupted);
}

awaitable<Ended> Recovery::settle_presented(CardCase& card, Place place) {
    const Fault why{FaultCode::card_not_taken, {}};
    switch (place) {
        case Place::bezel: co_return co_await acts_.pull_back(card, why);
        case Place::inside:
            co_await acts_.book(card, {.states = {CardState::inside}, .reason = "card_not_taken"});
            co_return co_await acts_.put_away(card, why, true);
        case Place::nothing:
        case Place::jammed:
        case Place::unknown: break;
    }
    co_return co_await acts_.gone(card, {}, {});
}

awaitable<Ended> Recovery::settle_inside(CardCase& card, std::optional<ActKind> act, Place place) {
    if (act == ActKind::reject && place == Place::nothing && !hands_in_) co_return co_await gone_into_bin(card, CardState::retained, CardOutcome::not_taken);
    if (act) co_await acts_.book(card, {.result = "recovered:not_done"});
    if (place != Place::inside) co_return co_await acts_.lose(card, interrupted);
    co_return co_await acts_.put_away(card, {FaultCode::card_not_taken, {}}, true);
}

/// Cards without a row: found, and put away.
awaitable<std::optional<Fault>> Recovery::strangers() {
    for (int i = 0; i < most_strangers; ++i) {
        const auto place = co_await where();
        if (!place) co_return place.error();
        if (*place == Place::nothing) co_return std::nullopt;
        const bool at_bezel = *place == Place::bezel;
        const auto hopper = at_bezel ? std::nullopt : std::exchange(fed_from_, std::nullopt);
        const auto state = at_bezel ? CardState::presented : hopper ? CardState::fed : CardState::inside;
        CardCase card;
        card.found = true;
        card.key = co_await parts_.ledger.transact([hopper, state, now = parts_.clock.utc()](Books& books) {
            return books.found(hopper, state, hopper ? "printer_double_feed" : "card_found", now);
        });
        card.recovered = nlohmann::json{{"card", label_of(card.key)}, {"state", ""}, {"intent", ""}, {"found", at_bezel ? "bezel" : "inside"}};
        const Fault why{hopper ? FaultCode::printer_double_feed : FaultCode::card_found, {}};
        const auto ended = hopper ? co_await acts_.spoil(card, why) : at_bezel ? co_await acts_.pull_back(card, why) : co_await acts_.put_away(card, why, false);
        if (ended.try_again_soon) try_again_soon_ = true;
        if (!ended.outcome) co_return ended.closes.value_or(why);
    }
    co_return Fault{FaultCode::card_position_unexpected, "one card after another"};
}

}  // namespace kiosk
