// Steps 14 to 18: the order goes to the card path, the journey watches; then the last screen, or what went wrong.
#include "kiosk/journeys/steps.hpp"

namespace kiosk {

namespace {
/// How long the next attempt is asked for while the report of the spoiled one is still on its way.
constexpr std::chrono::seconds next_attempt_limit{30};

/// An order that never reached the card path is reported, so that the centre can close the attempt and lease another.
awaitable<void> report_not_started(Kiosk& kiosk, const Order& order, FaultCode code) {
    OutcomeReport report{.application = order.application,
                         .attempt = order.attempt,
                         .outcome = CardOutcome::not_started,
                         .card_number = order.card_number,
                         .card = {},
                         .chip = {},
                         .faults = {code},
                         .layout_hash = kiosk.layout.hash,
                         .at = kiosk.clock.utc()};
    co_await kiosk.ledger.transact([row = kiosk.issuing.outcome_row(report)](Books& books) { books.enqueue(row); });
    kiosk.issuing.outbox_filled();
}

awaitable<Result<printer::PrintJob>> make_artwork(Kiosk& kiosk, const Order& order, const Visit& visit) {
    printer::FaceData data;
    data.name = order.face.name;
    data.social_security_number = order.face.social_security_number;
    data.card_number = order.face.card_number;
    data.issue_date = order.face.issue_date;
    data.bank = order.face.bank;
    data.bank_id = mark_of(kiosk.layout, order.bank);
    data.qr = order.face.card_number;  // for scanners at counters: nothing that is not printed beside it
    data.authority = order.face.authority;
    data.photo_jpeg = visit.portrait.jpeg;
    co_return co_await kiosk.compute.run([layout = &kiosk.layout, data = std::move(data), size = kiosk.config.raster]() mutable {
        auto job = printer::make_job(*layout, data, size);
        data.wipe();
        return job;
    });
}

awaitable<CardEnd> watch(Kiosk& kiosk, std::shared_ptr<Ticket> ticket, bool again) {
    auto& stage = kiosk.stage;
    for (;;) {
        const auto seen = ticket->changed.count();
        if (ticket->end.ready()) co_return ticket->end.peek();
        if (ticket->presented) {
            stage.show(TakeCard{.seconds_left = ticket->take_seconds_left, .may_extend = ticket->may_extend});
            auto next = co_await drivers::first_of(ticket->changed.after(seen), ticket->end.wait(), stage.answer_waits<TakeCard>());
            if (next.index() == 2) {
                (void)stage.take<TakeCard>();
                ticket->extend = true;
            }
        } else {
            stage.show(MakingCard{.stage = ticket->stage, .seconds_left = ticket->seconds_left, .done = ticket->done, .are_you_there = ticket->nobody_there, .again = again});
            auto next = co_await drivers::first_of(ticket->changed.after(seen), ticket->end.wait(), stage.answer_waits<MakingCard>());
            if (next.index() == 2) (void)stage.take<MakingCard>();
        }
    }
}

awaitable<Result<Order>> next_attempt(Kiosk& kiosk, const Visit& visit, int last_attempt) {
    const auto until = kiosk.clock.steady() + std::chrono::duration_cast<Duration>(next_attempt_limit);
    for (;;) {
        auto resumed = co_await kiosk.issuing.resume(visit.application, last_attempt, visit.document, visit.guardian);
        if (resumed) {
            drivers::wipe(resumed->portrait);
            drivers::wipe(resumed->mobile);
            co_return std::move(resumed->order);
        }
        if (kiosk.clock.steady() >= until) co_return std::unexpected(resumed.error());
        co_await kiosk.clock.sleep(std::chrono::seconds{1});
    }
}
}  // namespace

awaitable<CardEnd> make_card(Kiosk& kiosk, const Visit& visit, Order order, Secret pin) {
    for (int attempt_here = 1;; ++attempt_here) {
        const bool again = attempt_here > 1;
        kiosk.stage.show(MakingCard{.stage = MakeStage::preparing, .again = again});
        CardJob job;
        auto artwork = co_await make_artwork(kiosk, order, visit);
        if (!artwork) {
            co_await report_not_started(kiosk, order, artwork.error().code);
            co_return CardEnd{CardOutcome::not_started, artwork.error(), false, false};
        }
        job.artwork = std::move(*artwork);
        job.order = order.clone();
        job.pin = pin.clone();
        const auto ticket = kiosk.card_path.make(std::move(job));
        if (!ticket) {
            const Fault fault = kiosk.card_path.closed_by().value_or(Fault{FaultCode::card_path_closed, {}});
            co_await report_not_started(kiosk, order, fault.code);
            co_return CardEnd{CardOutcome::not_started, fault, false, false};
        }
        CardEnd end = co_await watch(kiosk, ticket, again);
        if (end.outcome != CardOutcome::spoiled || !end.may_try_again || attempt_here >= kiosk.config.attempts_per_visit) {
            order.wipe();
            co_return end;
        }
        auto next = co_await next_attempt(kiosk, visit, order.attempt);
        if (!next) co_return end;
        order.wipe();
        order = std::move(*next);
    }
}

awaitable<void> finish(Kiosk& kiosk, const Visit& visit, CardEnd end) {
    const std::string reference = visit.application.reference();
    if (end.outcome == CardOutcome::issued) {
        const auto* bank = find_bank(kiosk.config, visit.bank);
        co_await kiosk.stage.ask(Finished{.activated = end.activated, .bank_zh = bank ? bank->name_zh : "", .bank_en = bank ? bank->name_en : "", .reference = reference});
        co_return;
    }
    const auto code = [&] {
        switch (end.outcome) {
            case CardOutcome::not_taken: return end.fault ? end.fault->code : FaultCode::card_not_taken;
            case CardOutcome::gone_unwitnessed: return FaultCode::card_gone_unwitnessed;
            case CardOutcome::unknown: return FaultCode::card_unknown;
            case CardOutcome::spoiled:
            case CardOutcome::not_started:
            case CardOutcome::issued: break;
        }
        return end.fault ? end.fault->code : FaultCode::card_path_closed;
    }();
    co_await kiosk.stage.ask(Trouble{.code = code, .reference = reference, .window = kiosk.config.window});
    throw Left{LeaveReason::fault, end.fault};
}

}  // namespace kiosk
