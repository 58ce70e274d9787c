// Before the first act: everything that is needed, or the order is given back as not started. Nothing has moved yet.
#include "kiosk/card_path/run.hpp"
#include "kiosk/card_path/supplies.hpp"

namespace kiosk {

Result<void> CardRun::check_job() const {
    const auto& art = job_.artwork;
    const auto dots = static_cast<std::size_t>(art.size.width) * static_cast<std::size_t>(art.size.height);
    for (const auto* plane : {&art.y, &art.m, &art.c, &art.k, &art.o})
        if (dots == 0 || plane->size() != dots) return drivers::fail(FaultCode::internal, "the artwork has no such panel");
    if (!art.back_k.empty() && art.back_k.size() != dots) return drivers::fail(FaultCode::internal, "the artwork's back has another size");
    const auto pin = job_.pin.view();
    if (pin.size() != 6 || std::ranges::any_of(pin, [](std::byte b) { return drivers::u8(b) < '0' || drivers::u8(b) > '9'; }))
        return drivers::fail(FaultCode::internal, "a PIN has six digits");
    return check_records(job_.order.records);
}

awaitable<Result<void>> CardRun::check() {
    const auto& order = job_.order;
    const auto [averages, used] = co_await parts_.ledger.look([application = order.application, attempt = order.attempt](Books& books) {
        return std::pair{Countdown::read(books), books.attempt_used(application, attempt)};
    });
    countdown_.set(averages);
    countdown_.enter(MakeStage::preparing);
    attempt_used_ = used;
    if (used) co_return drivers::fail(FaultCode::attempts_used_up, "this attempt has had its card or its end");
    const Duration needed = parts_.config.lease_margin + parts_.config.present_timeout;
    if (auto ordered = parts_.issuing.check_order(order, needed + countdown_.expected_from(MakeStage::feeding)); !ordered) co_return ordered;
    if (auto job = check_job(); !job) co_return job;
    const auto reader = parts_.chip_reader.state().presence;
    if (reader == drivers::ReaderPresence::daemon_down) co_return drivers::fail(FaultCode::reader_daemon_down, "chip station");
    if (reader == drivers::ReaderPresence::reader_missing) co_return drivers::fail(FaultCode::reader_missing, "chip station");
    if (auto printer = co_await check_printer(); !printer) co_return printer;
    if (!parts_.presence.within(parts_.config.presence_limit)) co_return drivers::fail(FaultCode::nobody_present);
    co_return Result<void>{};
}

awaitable<Result<void>> CardRun::check_printer() {
    if (!parts_.printer.online()) co_return drivers::fail(FaultCode::printer_missing);
    if (const auto prepared = co_await parts_.printer.prepare(); !prepared) co_return std::unexpected(prepared.error());
    const auto sensors = co_await parts_.printer.sensors();
    if (!sensors) co_return std::unexpected(sensors.error());
    if (sensors->cover_open) co_return drivers::fail(FaultCode::printer_cover_open);
    if (sensors->reject_bin_full) co_return drivers::fail(FaultCode::printer_bin_full);
    if (place_of(sensors->card) != Place::nothing) {
        // Nobody's card: recovery takes it out before the next order.
        closes_ = Fault{FaultCode::card_found, std::string(printer::name_of(sensors->card))};
        try_again_soon_ = true;
        co_return std::unexpected(*closes_);
    }
    const auto ribbon = co_await parts_.printer.ribbon();
    if (!ribbon) co_return std::unexpected(ribbon.error());
    const auto supplies = co_await parts_.ledger.look(
        [config = &parts_.config, sensors = *sensors, ribbon = *ribbon](Books& books) { return supplies_of(*config, books, sensors, ribbon); });
    co_await note_mismatches(parts_.ledger, supplies, parts_.clock.utc());
    if (auto misfit = printer::misfit(*ribbon, job_.artwork)) {
        // The next person's card would not fit either: closed until somebody has put in the right ribbon.
        closes_ = *misfit;
        co_return std::unexpected(*std::move(misfit));
    }
    if (const auto short_of = shortage(supplies)) co_return drivers::fail(*short_of);
    const auto hopper = hopper_for(supplies, job_.order.bank);
    if (!hopper) co_return drivers::fail(FaultCode::no_blanks, "of the order's bank");
    hopper_ = *hopper;
    co_return Result<void>{};
}

awaitable<CardEnd> CardRun::never_began(Fault why) {
    // An attempt that was reported before is not reported once more with another end.
    if (!attempt_used_) {
        OutcomeReport report{.application = job_.order.application, .attempt = job_.order.attempt, .outcome = CardOutcome::not_started, .card_number = job_.order.card_number,
                             .card = {}, .chip = {}, .faults = {why.code}, .layout_hash = parts_.layout_hash, .at = parts_.clock.utc()};
        co_await parts_.ledger.transact([row = parts_.issuing.outcome_row(report), why, now = parts_.clock.utc()](Books& books) {
            books.enqueue(row);
            books.set_application(row.application, name_of(CardOutcome::not_started), row.attempt, now);
            books.audit(AuditEvent::fault_met, {{"fault", drivers::name_of(why.code)}, {"detail", why.detail}}, now);
        });
        parts_.issuing.outbox_filled();
    }
    co_return CardEnd{.outcome = CardOutcome::not_started, .fault = std::move(why)};
}

}  // namespace kiosk
