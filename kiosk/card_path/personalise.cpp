// From the hopper to the finished card inside: feed, identify, PIN, verify, print, read once more (the chip's content: encode.cpp). Every step that
// fails gives its fault; the caller then takes the card to the reject bin.
#include "kiosk/card_path/run.hpp"

namespace kiosk {

using printer::Did;

namespace {
/// The connection to the chip is gone, the card is not: power up again and go on. A card that left its contacts is not gone on with.
bool chip_was_lost(FaultCode code) {
    using enum FaultCode;
    return code == chip_reset || code == time_out || code == reader_daemon_down || code == reader_missing || code == reader_garbage;
}
/// Generation 3.00 shows everything else after RK_SSSE only, a key that the centre has (facts: social-security-card-commands.md, access rules).
bool read_free(const drivers::ChipRecord& record) { return record.file == 0xEF05 && (record.tag == 0x01 || record.tag == 0x03 || record.tag == 0x07); }
}  // namespace

awaitable<Result<void>> CardRun::feed() {
    const auto& order = job_.order;
    const auto key = co_await parts_.ledger.transact(
        [hopper = hopper_, application = order.application, attempt = order.attempt, number = order.card_number, now = parts_.clock.utc()](Books& books) {
            const auto card = books.authorise(hopper, application, attempt, number, now);
            if (card) books.audit(AuditEvent::card_authorised, {{"card", label_of(*card)}, {"application", drivers::hex(application.value)}, {"attempt", attempt}}, now);
            return card;
        });
    if (!key) co_return drivers::fail(FaultCode::no_blanks);
    card_.emplace();
    card_->key = *key;
    card_->hopper = hopper_;
    card_->application = order.application;
    card_->attempt = order.attempt;
    card_->card_number = order.card_number;

    const auto act = co_await acts_.perform(*key, ActKind::feed, std::nullopt, parts_.printer.feed(hopper_ - 1));
    if (act.ok() && !act.fault) {
        co_await acts_.book(*card_, {.result = "done", .states = {CardState::fed}});
        co_return Result<void>{};
    }
    const Fault fault = act.fault.value_or(Fault{FaultCode::printer_mechanical, "feed"});
    auto position = act.where;
    if (place_of(position) == Place::unknown) {
        const auto seen = co_await acts_.look(printer_return_limit);
        if (!seen) {
            stranded_ = true;  // recovery will ask where it is
            co_return std::unexpected(fault);
        }
        position = seen->card;
    }
    if (place_of(position) == Place::nothing && fault.code == FaultCode::card_position_unexpected) {
        // The printer says that it fed, and nothing is there: hands were faster (the cover). Nobody can prove where the blank is.
        lost_ = true;
        co_return std::unexpected(fault);
    }
    if (place_of(position) == Place::nothing) {
        // It never left the hopper: nothing inside, and nothing moves a blank anywhere else.
        co_await parts_.ledger.transact([key = *key, fault, now = parts_.clock.utc()](Books& books) {
            if (const auto intent = books.open_intent(key)) books.conclude(intent->seq, "not_done", now);
            books.unauthorise(key);
            books.audit(AuditEvent::act_done, {{"card", label_of(key)}, {"act", "feed"}, {"result", "not_done"}, {"state", ""}}, now);
        });
        card_.reset();
        co_return std::unexpected(fault);
    }
    auto second = std::make_shared<CardKey>();
    const bool two = fault.code == FaultCode::printer_double_feed;
    co_await acts_.book(*card_, {.result = "done", .states = {CardState::fed}, .also = [second, two, hopper = hopper_, now = parts_.clock.utc()](Books& books) {
                                     if (two) *second = books.found(hopper, CardState::fed, "printer_double_feed", now);
                                 }});
    if (two) {
        second_.emplace();
        second_->key = *second;
    }
    co_return std::unexpected(fault);
}

awaitable<Result<void>> CardRun::identify() {
    auto identity = co_await acts_.read_chip();
    if (!identity) co_return std::unexpected(identity.error());
    const auto bin = identity->bank_number.substr(0, std::min<std::size_t>(6, identity->bank_number.size()));
    const auto hash = co_await parts_.ledger.look([code = identity->identification_code](Books& books) { return books.keyed_hash(code); });
    const bool seen_before = (co_await parts_.ledger.look([hash](Books& books) { return books.card_by_chip(hash); })).has_value();
    // Bound to the row whatever it is: a wrong blank lies in the bin under its own name.
    chip_ = std::move(*identity);
    card_->chip = chip_->identification_code;
    card_->chip_hash = hash;
    co_await acts_.book(*card_, {.states = {CardState::identified},
                                 .audits = {{AuditEvent::chip_bound, {{"card", label_of(card_->key)}, {"chip", hash}, {"attempt", card_->attempt}}}},
                                 .also = [key = card_->key, code = chip_->identification_code](Books& books) { books.set_chip(key, code); }});
    if (std::ranges::find(job_.order.bins, bin) == job_.order.bins.end()) co_return drivers::fail(FaultCode::wrong_bank_blank, fmt::format("hopper {}", hopper_));
    if (!chip_->card_number.empty()) co_return drivers::fail(FaultCode::chip_not_blank);
    if (seen_before) co_return drivers::fail(FaultCode::chip_not_blank, "this chip stands in the books already");
    co_return Result<void>{};
}

/// Power up again; it must be the same chip.
awaitable<Result<void>> CardRun::meet_chip_again() {
    const auto identity = co_await acts_.read_chip();
    if (!identity) co_return std::unexpected(identity.error());
    if (identity->identification_code != chip_->identification_code || identity->atr != chip_->atr)
        co_return drivers::fail(FaultCode::chip_mismatch, "another chip at the contacts");
    co_return Result<void>{};
}

awaitable<Result<void>> CardRun::set_pin() {
    auto set = co_await acts_.perform(card_->key, ActKind::set_pin, std::nullopt, acts_.session().set_pin(job_.order.transport_pin, job_.pin));
    if (!set && !chip_was_lost(set.error().code)) {
        co_await acts_.book(*card_, {.result = "not_done"});
        co_return set;
    }
    if (!set) {
        if (auto back = co_await meet_chip_again(); !back) {
            co_await acts_.book(*card_, {.result = "unknown"});
            co_return back;
        }
    }
    // Done or unknown: the chip is asked, once, which PIN is in it.
    const auto checked = co_await acts_.session().check_pin(job_.pin);
    job_.pin = {};
    co_await acts_.book(*card_, {.result = checked ? "done" : "unknown"});
    co_return checked;
}

/// The second look, with the kiosk's own eyes: whatever anybody may read. The centre has compared everything before it called the chip personalised.
awaitable<Result<void>> CardRun::verify() {
    auto readable = job_.order.records;
    if (chip_->version == "3.00") std::erase_if(readable, [](const drivers::ChipRecord& r) { return !read_free(r); });
    auto same = co_await acts_.session().verify(readable);
    if (!same && chip_was_lost(same.error().code)) {
        if (auto back = co_await meet_chip_again(); !back) co_return back;
        same = co_await acts_.session().verify(readable);
    }
    for (auto& record : readable) drivers::wipe(record.value);
    if (!same) co_return same;
    acts_.session().close();
    co_await acts_.book(*card_, {.states = {CardState::verified},
                                 .audits = {{AuditEvent::chip_written, {{"card", label_of(card_->key)}, {"records", job_.order.records.size()}}}}});
    co_return Result<void>{};
}

awaitable<Result<void>> CardRun::print() {
    const auto act = co_await acts_.perform(card_->key, ActKind::print, CardState::printing, parts_.printer.print(std::move(job_.artwork), [](printer::PrintStage) {}));
    job_.artwork.wipe();
    if (act.ok()) {
        co_await acts_.book(*card_, {.result = "done",
                                     .states = {CardState::printed},
                                     .audits = {{AuditEvent::card_printed,
                                                 {{"card", label_of(card_->key)}, {"layout", parts_.layout_hash}, {"photo", drivers::hex(job_.order.photo_sha256)}}}}});
        co_return Result<void>{};
    }
    // No sensor sees what is on a card: whatever was printed, it is not handed out.
    co_await acts_.book(*card_, {.result = act.did == Did::not_done ? "not_done" : "unknown"});
    co_return std::unexpected(act.fault.value_or(Fault{FaultCode::printer_mechanical, "print"}));
}

awaitable<Result<void>> CardRun::read_again() {
    const auto moved = co_await parts_.printer.to_chip_station();
    if (!moved.ok()) co_return std::unexpected(moved.fault.value_or(Fault{FaultCode::printer_mechanical, "to the chip station"}));
    const auto identity = co_await acts_.read_chip();
    acts_.session().close();
    if (!identity) co_return std::unexpected(identity.error());
    if (identity->identification_code != chip_->identification_code || identity->card_number != job_.order.card_number)
        co_return drivers::fail(FaultCode::chip_mismatch, "after printing");
    co_return Result<void>{};
}

}  // namespace kiosk
