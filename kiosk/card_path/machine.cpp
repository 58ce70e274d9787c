// The card path's one coroutine: recovering, open, busy, closed; and the order of a good card.
#include "kiosk/card_path/recovery.hpp"
#include "kiosk/card_path/run.hpp"
#include "kiosk/card_path/supplies.hpp"

namespace kiosk {

namespace {
/// How often a path that a device closed looks whether it is back, where nothing announces it.
constexpr Duration retry_every = std::chrono::seconds{15};

/// A device that was away or out of reach: nobody has to decide anything when it is back.
bool comes_back_by_itself(FaultCode code) {
    using enum FaultCode;
    return code == printer_missing || code == printer_unplugged || code == printer_silent || code == printer_garbage || code == printer_cover_open || code == reader_missing ||
           code == reader_daemon_down || code == card_found;
}

/// The blank or the mechanics did it, once: another blank may do.
bool blank_is_to_blame(FaultCode code) {
    using enum FaultCode;
    return code == chip_silent || code == chip_removed || code == chip_reset || code == chip_refused || code == chip_mismatch || code == chip_auth_failed || code == chip_not_blank ||
           code == wrong_bank_blank || code == printer_jam || code == printer_double_feed;
}
}  // namespace

CardJob::~CardJob() {
    order.wipe();
    artwork.wipe();
}

// ---- one card ----
awaitable<CardEnd> CardRun::make_and_count() {
    auto end = co_await drivers::first_of(make(), countdown_.tick());
    co_return std::get<CardEnd>(std::move(end));
}

awaitable<CardEnd> CardRun::make() {
    if (auto ready = co_await check(); !ready) co_return co_await never_began(ready.error());
    struct Step {
        MakeStage stage;
        awaitable<Result<void>> (CardRun::*go)();
    };
    static constexpr Step steps[] = {{MakeStage::feeding, &CardRun::feed},   {MakeStage::encoding, &CardRun::identify}, {MakeStage::encoding, &CardRun::encode},
                                     {MakeStage::encoding, &CardRun::set_pin}, {MakeStage::encoding, &CardRun::verify}, {MakeStage::printing, &CardRun::print}};
    for (const auto& [stage, go] : steps) {
        if (ticket_->stage != stage) countdown_.enter(stage);
        auto went = co_await (this->*go)();
        if (went) continue;
        if (!card_) co_return co_await never_began(went.error());
        co_return co_await give_up(went.error());
    }
    co_return co_await hand_over();
}

awaitable<CardEnd> CardRun::give_up(Fault why) {
    job_.pin = {};
    if (stranded_) co_return stranded(CardOutcome::spoiled, why, true);
    if (lost_) co_return co_await ended(co_await acts_.lose(*card_, why), why);
    if (second_) co_return co_await ended(co_await acts_.spoil_both(*card_, *second_, why), why);
    co_return co_await ended(co_await acts_.spoil(*card_, why), why);
}

CardEnd CardRun::stranded(CardOutcome as_far_as_known, Fault why, bool soon) {
    closes_ = why;
    try_again_soon_ = soon;
    return CardEnd{.outcome = as_far_as_known, .fault = std::move(why)};
}

awaitable<CardEnd> CardRun::ended(Ended how, Fault why) {
    ticket_->presented = false;
    const bool presented = why.code == FaultCode::card_not_taken || why.code == FaultCode::nobody_present;
    if (!how.outcome) co_return stranded(presented ? CardOutcome::not_taken : CardOutcome::spoiled, how.closes.value_or(why), how.try_again_soon);
    if (how.closes) {
        closes_ = how.closes;
        try_again_soon_ = how.try_again_soon;
    }
    CardEnd end{.outcome = *how.outcome, .fault = how.closes ? *how.closes : why};
    if (*how.outcome == CardOutcome::spoiled && !how.closes && blank_is_to_blame(why.code)) {
        const auto supplies = co_await parts_.ledger.look([config = &parts_.config](Books& books) { return supplies_of(*config, books, std::nullopt, std::nullopt); });
        end.may_try_again = !shortage(supplies) && hopper_for(supplies, job_.order.bank);
    }
    co_return end;
}

// ---- the path ----
awaitable<void> CardPath::run() {
    running_ = true;
    // Counted before the look that closes the path: a device that came back during it is not missed.
    std::uint64_t printer = 0, reader = 0;
    for (;;) {
        const auto asked = asked_.count();
        if (state_ == PathState::recovering || state_ == PathState::open) {
            printer = parts_.printer.changed().count();
            reader = parts_.chip_reader.changed().count();
        }
        if (state_ == PathState::recovering) {
            co_await recover();
        } else if (waiting_job_) {
            auto job = std::move(*waiting_job_);
            waiting_job_.reset();
            co_await serve(std::move(job), std::exchange(waiting_ticket_, nullptr));
        } else if (stopping_) {
            break;
        } else if (pending_close_) {
            co_await settle(std::exchange(pending_close_, std::nullopt), "");
        } else if (reopen_asked_) {
            state_ = PathState::recovering;
        } else if (state_ == PathState::open) {
            if (parts_.printer.online()) co_await drivers::first_of(asked_.after(asked), parts_.printer.changed().after(printer));
            else co_await settle(Fault{FaultCode::printer_unplugged, {}}, "");
        } else if (retry_soon_ || (closed_by_ && comes_back_by_itself(closed_by_->code))) {
            const auto woken = co_await drivers::first_of(asked_.after(asked), parts_.printer.changed().after(printer), parts_.chip_reader.changed().after(reader), parts_.clock.sleep(retry_every));
            if (woken.index() != 0) state_ = PathState::recovering;
        } else {
            co_await asked_.after(asked);
        }
    }
    running_ = false;
    recovered_.notify();
}

awaitable<void> CardPath::recover() {
    const bool asked = std::exchange(reopen_asked_, false);
    std::optional<Fault> still;
    changed_.notify();
    try {
        Recovery recovery(parts_, asked);
        still = co_await recovery.run();
        retry_soon_ = recovery.try_again_soon();
    } catch (const LedgerError& error) {
        still = Fault{error.code, error.what()};
        retry_soon_ = false;
    }
    if (!still) still = std::exchange(pending_close_, std::nullopt);
    co_await settle(std::move(still), asked ? reopen_by_ : "recovery");
    recovered_.notify();
}

awaitable<void> CardPath::serve(CardJob job, std::shared_ptr<Ticket> ticket) {
    CardEnd end;
    std::optional<Fault> closes;
    retry_soon_ = false;
    {
        CardRun run(parts_, std::move(job), ticket);
        try {
            end = co_await run.make_and_count();
            closes = run.closes();
            retry_soon_ = run.try_again_soon();
        } catch (const LedgerError& error) {
            // No further act: where the card is, recovery finds out when the ledger can be written again.
            closes = Fault{error.code, error.what()};
            end = {.outcome = run.authorised() ? CardOutcome::unknown : CardOutcome::not_started, .fault = closes};
        }
    }
    if (!closes) closes = std::exchange(pending_close_, std::nullopt);
    co_await settle(closes, "");
    ticket->end.set(std::move(end));
    ticket->changed.notify();
}

/// Open, or closed by a fault; said in the audit when it changes.
awaitable<void> CardPath::settle(std::optional<Fault> fault, std::string by) {
    const bool was_open = state_ == PathState::open || state_ == PathState::busy;
    const bool told = fault ? (closed_by_ && closed_by_->code == fault->code) : was_open;
    state_ = fault ? PathState::closed : PathState::open;
    closed_by_ = std::move(fault);
    changed_.notify();
    if (told) co_return;
    try {
        co_await parts_.ledger.transact([fault = closed_by_, by = std::move(by), now = parts_.clock.utc()](Books& books) {
            if (fault) books.audit(AuditEvent::path_closed, {{"fault", drivers::name_of(fault->code)}}, now);
            else books.audit(AuditEvent::path_opened, {{"by", by}}, now);
        });
    } catch (const LedgerError& error) {
        state_ = PathState::closed;
        closed_by_ = Fault{error.code, error.what()};
        changed_.notify();
    }
}

std::shared_ptr<Ticket> CardPath::make(CardJob job) {
    if (state_ != PathState::open || stopping_ || waiting_job_ || pending_close_) return nullptr;
    state_ = PathState::busy;
    waiting_ticket_ = std::make_shared<Ticket>();
    waiting_job_ = std::move(job);
    changed_.notify();
    asked_.notify();
    return waiting_ticket_;
}

void CardPath::stop() {
    stopping_ = true;
    asked_.notify();
}

awaitable<void> CardPath::close(Fault fault) {
    pending_close_ = std::move(fault);
    asked_.notify();
    co_return;
}

awaitable<std::optional<Fault>> CardPath::reopen(std::string by) {
    if (state_ == PathState::open || state_ == PathState::busy) co_return std::nullopt;
    reopen_by_ = std::move(by);
    reopen_asked_ = true;
    asked_.notify();
    while (running_ && reopen_asked_) {
        const auto seen = recovered_.count();
        co_await recovered_.after(seen);
    }
    // Asked for, begun, and not yet at its end.
    while (running_ && state_ == PathState::recovering) {
        const auto seen = recovered_.count();
        co_await recovered_.after(seen);
    }
    co_return closed_by_;
}

void CardPath::drop() {
    changed_.drop();
    asked_.drop();
    recovered_.drop();
    if (waiting_ticket_) {
        waiting_ticket_->changed.drop();
        waiting_ticket_->end.drop();
    }
}

}  // namespace kiosk
