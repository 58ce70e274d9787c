// Intents, bookings, looks and the chip: what every act on a card is made of.
#include "kiosk/card_path/acts.hpp"

namespace kiosk {

#ifdef LIQU_BROKEN_INTENT_AFTER_ACT
const bool Acts::intends_first = false;
#else
const bool Acts::intends_first = true;
#endif

std::string label_of(const CardKey& key) { return fmt::format("{}/{}", key.load, key.ordinal); }

Place place_of(printer::Position position) {
    using enum printer::Position;
    switch (position) {
        case not_present: return Place::nothing;
        case at_chip_station:
        case at_contactless:
        case at_print:
        case inside: return Place::inside;
        case presented: return Place::bezel;
        case jammed: return Place::jammed;
        case unknown: break;
    }
    return Place::unknown;
}

awaitable<void> Acts::intend(CardKey key, ActKind act, std::optional<CardState> state, std::string point) {
    co_await parts_.ledger.transact([key = std::move(key), act, state, point = std::move(point), now = parts_.clock.utc()](Books& books) {
        (void)books.intend(key, act, now);
        if (const auto row = books.card(key); row && state && row->state != *state) books.set_state(key, *state, row->reason, now);
        nlohmann::json said = {{"card", label_of(key)}, {"act", name_of(act)}};
        if (!point.empty()) said["point"] = point;
        books.audit(AuditEvent::intent, said, now);
    });
}

awaitable<Bytes> Acts::book(CardCase& card, Booking booking) {
    std::optional<OutboxRow> report;
    if (booking.outcome && card.is_reported()) {
        report = parts_.issuing.outcome_row({.application = card.application,
                                             .attempt = card.attempt,
                                             .outcome = *booking.outcome,
                                             .card_number = card.card_number,
                                             .card = card.key,
                                             .chip = card.chip,
                                             .faults = card.faults,
                                             .layout_hash = parts_.layout_hash,
                                             .at = parts_.clock.utc()});
    }
    Bytes message_id = report ? report->message_id : Bytes{};
    co_await parts_.ledger.transact([key = card.key, booking = std::move(booking), report = std::move(report), recovered = card.recovered, now = parts_.clock.utc()](Books& books) {
        const auto card_label = label_of(key);
        const auto intent = books.open_intent(key);
        if (!booking.result.empty() && intent) books.conclude(intent->seq, booking.result, now);
        for (const auto state : booking.states) books.set_state(key, state, booking.reason, now);
        if (booking.in_bin) books.set_in_bin(key, true);
        const auto row = books.card(key);
        const auto state = row ? name_of(row->state) : "";
        if (!booking.result.empty() && intent) {
            nlohmann::json said = {{"card", card_label}, {"act", name_of(intent->act)}, {"result", booking.result}, {"state", state}};
            if (!booking.point.empty()) said["point"] = booking.point;
            books.audit(AuditEvent::act_done, said, now);
        }
        for (const auto& [event, data] : booking.audits) books.audit(event, data, now);
        if (!booking.states.empty() && is_end(booking.states.back())) {
            if (recovered) {
                auto data = *recovered;
                data["booked"] = state;
                books.audit(AuditEvent::kiosk_recovered, data, now);
            }
            books.audit(AuditEvent::card_ended, {{"card", card_label}, {"state", state}, {"reason", booking.reason}}, now);
        }
        if (report) {
            books.enqueue(*report);
            books.set_application(report->application, name_of(*booking.outcome), report->attempt, now);
        }
        if (booking.also) booking.also(books);
    });
    if (!message_id.empty()) parts_.issuing.outbox_filled();
    co_return message_id;
}

awaitable<Result<printer::Sensors>> Acts::look(Duration limit) {
    const auto deadline = parts_.clock.steady() + limit;
    Fault last{FaultCode::printer_unplugged, {}};
    for (;;) {
        const auto seen = parts_.printer.changed().count();
        if (parts_.printer.online()) {
            auto sensors = co_await parts_.printer.sensors();
            if (sensors) co_return sensors;
            last = sensors.error();
        }
        const auto left = deadline - parts_.clock.steady();
        if (left <= Duration{}) co_return std::unexpected(last);
        co_await drivers::within(parts_.clock, std::min(left, printer_look_every), parts_.printer.changed().after(seen));
    }
}

/// Until the reader sees the card at its contacts, or is back at all.
awaitable<void> Acts::await_reader() {
    const auto begun = parts_.clock.steady();
    for (;;) {
        const auto seen = parts_.chip_reader.changed().count();
        const auto presence = parts_.chip_reader.state().presence;
        if (presence == drivers::ReaderPresence::card) co_return;
        const auto limit = presence == drivers::ReaderPresence::empty ? chip_seen_limit : reader_return_limit;
        const auto left = begun + limit - parts_.clock.steady();
        if (left <= Duration{}) co_return;
        co_await drivers::within(parts_.clock, left, parts_.chip_reader.changed().after(seen));
    }
}

awaitable<Result<drivers::ChipIdentity>> Acts::read_chip() {
    const Duration limit = parts_.config.document_limit;
    Result<drivers::ChipIdentity> identity = drivers::fail(FaultCode::chip_silent);
    for (int i = 0; i < chip_tries; ++i) {
        session_.close();
        if (i > 0 && !(co_await parts_.printer.to_chip_station()).ok()) break;
        co_await await_reader();
        identity = co_await session_.identify(limit);
        // Contacts that were made badly are made anew; what a chip says for certain it says again.
        if (identity || identity.error().code == FaultCode::chip_mismatch) break;
    }
    co_return identity;
}

}  // namespace kiosk
