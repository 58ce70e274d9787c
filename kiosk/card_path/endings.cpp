// How a card ends that is not taken by its person: spoiled, pulled back, put away, gone, unknown. Every way out of the machine's inside is the
// reject bin; a result that nobody saw is asked of the sensors, never guessed, and no act is repeated blindly.
#include "kiosk/card_path/acts.hpp"

namespace kiosk {

using printer::Did;

namespace {
std::string result_of(const printer::Act& act) {
    switch (act.did) {
        case Did::done: return "done";
        case Did::not_done: return "not_done";
        case Did::unknown: break;
    }
    return "unknown";
}
std::string reason_of(const Fault& fault) { return std::string(drivers::name_of(fault.code)); }
}  // namespace

awaitable<Acts::Rejected> Acts::into_bin(CardCase& card) {
    session_.close();
    Fault last{FaultCode::printer_mechanical, "a card does not go into the reject bin"};
    bool may_have_gone = false;  ///< the try before ended unknown, its intent is open
    for (int i = 0;; ++i) {
        const auto seen = co_await look(printer_return_limit);
        if (!seen) co_return Rejected{Away::stuck, seen.error()};
        const auto place = place_of(seen->card);
        if (place == Place::nothing) co_return Rejected{may_have_gone ? Away::in_bin : Away::nothing_inside, last};
        if (may_have_gone) co_await book(card, {.result = "not_done"});  // proven: it is still there
        if (place == Place::bezel) co_return Rejected{Away::stuck, {FaultCode::card_position_unexpected, "at the bezel, not presented"}};
        if (i == reject_tries) co_return Rejected{Away::stuck, last};
        if (i > 0)
            if (const auto cleared = co_await parts_.printer.recover(); !cleared) co_return Rejected{Away::stuck, cleared.error()};
        const auto act = co_await perform(card.key, ActKind::reject, std::nullopt, parts_.printer.reject());
        if (act.fault) last = *act.fault;
        if (act.ok()) co_return Rejected{Away::in_bin, last};
        may_have_gone = act.did == Did::unknown;
        // Said at once: if hands take the card out before the next look, an open intent would pass for done.
        if (!may_have_gone) co_await book(card, {.result = "not_done"});
    }
}

awaitable<Ended> Acts::spoil(CardCase& card, Fault why) {
    card.faults.push_back(why.code);
    const auto rejected = co_await into_bin(card);
    if (rejected.away == Away::stuck) co_return Ended{.closes = rejected.fault};
    if (rejected.away == Away::nothing_inside) co_return co_await lose(card, why);
    auto id = co_await book(card, {.result = "done", .states = {CardState::spoiled}, .reason = reason_of(why), .in_bin = true, .outcome = CardOutcome::spoiled});
    co_return Ended{.outcome = CardOutcome::spoiled, .message_id = std::move(id)};
}

awaitable<Ended> Acts::spoil_both(CardCase& first, CardCase& second, Fault why) {
    // Two blanks may go out together: both have their intent before the first movement.
    co_await intend(second.key, ActKind::reject, std::nullopt);
    auto ended = co_await spoil(first, why);
    if (!ended.outcome) {
        // Stuck: the second's reject ends as the first's did. An intent left open would later be taken for done.
        const bool open = co_await parts_.ledger.look([key = first.key](Books& books) { return books.open_intent(key).has_value(); });
        if (!open) co_await book(second, {.result = "not_done"});
        co_return ended;
    }
    const auto seen = co_await look(printer_return_limit);
    if (!seen) {
        ended.closes = seen.error();
        co_return ended;
    }
    if (place_of(seen->card) == Place::nothing) {
        co_await book(second, {.result = "done", .states = {CardState::spoiled}, .reason = reason_of(why), .in_bin = true});
        co_return ended;
    }
    co_await book(second, {.result = "not_done"});
    const auto other = co_await spoil(second, why);
    if (other.closes) ended.closes = other.closes;
    co_return ended;
}

awaitable<Ended> Acts::lose(CardCase& card, Fault why) {
    card.faults.push_back(FaultCode::card_unknown);
    auto id = co_await book(card, {.result = "unknown", .states = {CardState::unknown}, .reason = reason_of(why), .outcome = CardOutcome::unknown});
    co_return Ended{.outcome = CardOutcome::unknown, .closes = Fault{FaultCode::card_unknown, label_of(card.key)}, .message_id = std::move(id)};
}

awaitable<Ended> Acts::gone(CardCase& card, std::string result, std::vector<CardState> before) {
    card.faults.push_back(FaultCode::card_gone_unwitnessed);
    before.push_back(CardState::gone_unwitnessed);
    auto id = co_await book(card, {.result = std::move(result), .states = std::move(before), .reason = "card_gone_unwitnessed", .outcome = CardOutcome::gone_unwitnessed});
    co_return Ended{.outcome = CardOutcome::gone_unwitnessed, .message_id = std::move(id)};
}

awaitable<Ended> Acts::pull_back(CardCase& card, Fault why) {
    Fault last{FaultCode::printer_mechanical, "a card does not come back from the bezel"};
    for (int i = 0; i < retract_tries; ++i) {
        const auto act = co_await perform(card.key, ActKind::retract, CardState::retracting, parts_.printer.retract());
        if (act.fault) last = *act.fault;
        Place place = place_of(act.where);
        if (act.ok() && place == Place::unknown) place = Place::inside;
        if (!act.ok()) {
            // Nothing at the bezel any more: taken, but under our own movement, and by no edge that the sensor was watched for. Not proven.
            const auto seen = co_await look(printer_return_limit);
            if (!seen) co_return Ended{.closes = seen.error(), .try_again_soon = true};
            place = place_of(seen->card);
        }
        switch (place) {
            case Place::nothing: co_return co_await gone(card, result_of(act), {});
            case Place::inside:
                co_await book(card, {.result = "done", .states = {CardState::inside}, .reason = reason_of(why)});
                co_return co_await put_away(card, why, true);
            case Place::bezel: co_await book(card, {.result = "not_done"}); continue;
            case Place::jammed:
            case Place::unknown: co_return Ended{.closes = Fault{FaultCode::printer_jam, "while pulling a card back"}};
        }
    }
    co_return Ended{.closes = last, .try_again_soon = true};
}

awaitable<Ended> Acts::put_away(CardCase& card, Fault why, bool people_could_reach_it) {
    if (people_could_reach_it && !card.found) {
        const auto same = co_await same_chip(card);
        if (same == Same::reader_away) co_return Ended{.closes = Fault{FaultCode::reader_missing, "the chip station's reader"}, .try_again_soon = true};
        if (same == Same::foreign) co_return co_await stranger_inside(card);
        if (same == Same::unreadable) co_return co_await unreadable_inside(card);
    }
    const auto rejected = co_await into_bin(card);
    if (rejected.away == Away::stuck) co_return Ended{.closes = rejected.fault};
    if (rejected.away == Away::nothing_inside) co_return co_await lose(card, why);
    card.faults.push_back(why.code);
    auto id = co_await book(card, {.result = "done", .states = {CardState::retained}, .reason = reason_of(why), .in_bin = true, .outcome = CardOutcome::not_taken});
    co_return Ended{.outcome = CardOutcome::not_taken, .message_id = std::move(id)};
}

awaitable<Acts::Same> Acts::same_chip(CardCase& card) {
    session_.close();
    if (!(co_await parts_.printer.to_chip_station()).ok()) co_return Same::unreadable;
    const auto identity = co_await read_chip();
    session_.close();
    if (!identity) {
        const auto presence = parts_.chip_reader.state().presence;
        if (presence == drivers::ReaderPresence::daemon_down || presence == drivers::ReaderPresence::reader_missing) co_return Same::reader_away;
        co_return identity.error().code == FaultCode::chip_mismatch ? Same::foreign : Same::unreadable;
    }
    const auto hash = co_await parts_.ledger.look([code = identity->identification_code](Books& books) { return books.keyed_hash(code); });
    co_return hash == card.chip_hash ? Same::same : Same::foreign;
}

awaitable<bool> Acts::is_foreign(CardCase& card) { co_return co_await same_chip(card) == Same::foreign; }

awaitable<Ended> Acts::unreadable_inside(CardCase& card) {
    auto ended = co_await lose(card, {FaultCode::card_unknown, {}});
    const auto rejected = co_await into_bin(card);
    if (rejected.away == Away::in_bin) co_await book(card, {.result = "done", .in_bin = true});
    else ended.closes = rejected.fault;
    co_return ended;
}

awaitable<Ended> Acts::stranger_inside(CardCase& card) {
    card.faults.push_back(FaultCode::foreign_card);
    // One transaction: our card is out of sight, another one is inside.
    auto place = std::make_shared<CardKey>();
    auto id = co_await book(card, {.states = {CardState::unknown}, .reason = "foreign_card", .outcome = CardOutcome::unknown,
                                   .also = [place, now = parts_.clock.utc()](Books& books) { *place = books.found(std::nullopt, CardState::inside, "foreign_card", now); }});
    CardCase stranger;
    stranger.key = *place;
    stranger.found = true;
    const auto put = co_await put_away(stranger, {FaultCode::foreign_card, {}}, false);
    co_return Ended{.outcome = CardOutcome::unknown, .closes = put.closes ? *put.closes : Fault{FaultCode::foreign_card, label_of(card.key)}, .message_id = std::move(id)};
}

}  // namespace kiosk
