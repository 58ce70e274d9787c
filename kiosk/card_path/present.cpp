// Handing over: to somebody who is there, while the lease lasts, watched by our own sensor until the card is taken, or pulled back by us.
#include "kiosk/card_path/run.hpp"

namespace kiosk {

awaitable<CardEnd> CardRun::hand_over() {
    countdown_.enter(MakeStage::presenting);
    if (auto same = co_await read_again(); !same) co_return co_await give_up(same.error());
    if (!co_await somebody_there()) {
        // Finished, and nobody to give it to: never presented, kept like a card that was not taken.
        co_await acts_.book(*card_, {.states = {CardState::inside}, .reason = "nobody_present"});
        const Fault why{FaultCode::nobody_present, {}};
        co_return co_await ended(co_await acts_.put_away(*card_, why, false), why);
    }
    if (!lease_lasts(parts_.config.present_timeout)) co_return co_await give_up({FaultCode::order_expired, "too little is left of the lease to hand the card over"});
    switch (co_await present()) {
        case Shown::presented: break;
        case Shown::gone: co_return co_await ended(co_await acts_.gone(*card_, "unknown", {CardState::presented}), {FaultCode::card_gone_unwitnessed, {}});
        case Shown::stays_inside: co_return co_await give_up(*fault_);
        case Shown::stranded: co_return stranded(CardOutcome::not_taken, *fault_, true);
    }
    const Fault not_taken{FaultCode::card_not_taken, {}};
    switch (co_await watch_bezel()) {
        case Fate::taken: co_return co_await taken();
        case Fate::gone: co_return co_await ended(co_await acts_.gone(*card_, {}, {}), {FaultCode::card_gone_unwitnessed, {}});
        case Fate::came_back:
            co_await acts_.book(*card_, {.states = {CardState::inside}, .reason = "card_position_unexpected"});
            co_return co_await ended(co_await acts_.put_away(*card_, not_taken, true), not_taken);
        case Fate::stranded: co_return stranded(CardOutcome::not_taken, *fault_, true);
        case Fate::left: break;
    }
    co_return co_await ended(co_await acts_.pull_back(*card_, not_taken), not_taken);
}

awaitable<bool> CardRun::somebody_there() {
    if (parts_.presence.within(parts_.config.presence_limit)) co_return true;
    ticket_->nobody_there = true;
    ticket_->changed.notify();
    const auto until = parts_.clock.steady() + parts_.config.presence_wait;
    bool there = false;
    while (!there && parts_.clock.steady() < until) {
        const auto seen = parts_.presence.changed().count();
        there = parts_.presence.within(parts_.config.presence_limit);
        if (!there) co_await drivers::within(parts_.clock, until - parts_.clock.steady(), parts_.presence.changed().after(seen));
    }
    there = there || parts_.presence.within(parts_.config.presence_limit);
    ticket_->nobody_there = false;
    ticket_->changed.notify();
    co_return there;
}

bool CardRun::lease_lasts(Duration needed) const { return job_.order.expires - parts_.issuing.centre_now() > needed + parts_.config.lease_margin; }

awaitable<CardRun::Shown> CardRun::present() {
    const auto act = co_await acts_.perform(card_->key, ActKind::present, std::nullopt, parts_.printer.present());
    auto place = place_of(act.where);
    fault_ = act.fault.value_or(Fault{FaultCode::printer_mechanical, "present"});
    if (!act.ok()) {
        const auto seen = co_await acts_.look(printer_return_limit);
        if (!seen) {
            fault_ = seen.error();
            co_return Shown::stranded;
        }
        place = place_of(seen->card);
        if (place == Place::nothing) co_return Shown::gone;
        if (place != Place::bezel) {
            co_await acts_.book(*card_, {.result = "not_done"});
            co_return Shown::stays_inside;
        }
    }
    co_await acts_.book(*card_, {.result = "done", .states = {CardState::presented}, .audits = {{AuditEvent::card_presented, {{"card", label_of(card_->key)}}}}});
    ticket_->presented = true;
    ticket_->may_extend = lease_lasts(parts_.config.present_timeout + parts_.config.present_extension);
    ticket_->done = 1;
    ticket_->changed.notify();
    co_return Shown::presented;
}

awaitable<CardRun::Fate> CardRun::watch_bezel() {
    auto deadline = parts_.clock.steady() + parts_.config.present_timeout;
    auto link = parts_.printer.changed().count();
    bool watching = true;  ///< our eyes have not been off the card since it was last seen
    bool extended = false;
    for (;;) {
        auto seen = co_await parts_.printer.sensors();
        if (!seen) {
            watching = false;
            seen = co_await acts_.look(printer_return_limit);
            if (!seen) {
                fault_ = seen.error();
                co_return Fate::stranded;
            }
        }
        if (const auto now = parts_.printer.changed().count(); now != link) {
            link = now;
            watching = false;
        }
        switch (place_of(seen->card)) {
            case Place::nothing: co_return watching ? Fate::taken : Fate::gone;
            case Place::bezel: watching = true; break;
            case Place::inside: co_return Fate::came_back;
            case Place::jammed:
            case Place::unknown: watching = false; break;
        }
        if (ticket_->extend && !extended && ticket_->may_extend) {
            extended = true;
            ticket_->may_extend = false;
            deadline = deadline + parts_.config.present_extension;
        }
        const auto left = deadline - parts_.clock.steady();
        if (const int seconds = static_cast<int>(std::chrono::ceil<std::chrono::seconds>(std::max(left, Duration{})).count()); seconds != ticket_->take_seconds_left) {
            ticket_->take_seconds_left = seconds;
            ticket_->changed.notify();
        }
        if (left <= Duration{}) co_return Fate::left;
        co_await parts_.clock.sleep(std::min(left, bezel_poll));
    }
}

awaitable<CardEnd> CardRun::taken() {
    const auto message_id = co_await acts_.book(*card_, {.states = {CardState::issued}, .reason = "taken", .outcome = CardOutcome::issued, .also = countdown_.measured()});
    ticket_->presented = false;
    ticket_->changed.notify();
    const auto answer = co_await parts_.issuing.outcome_answer(message_id, activation_wait);
    co_return CardEnd{.outcome = CardOutcome::issued, .fault = {}, .activated = answer && answer->accepted && answer->active};
}

}  // namespace kiosk
