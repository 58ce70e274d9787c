// The outbox: what was enqueued with the state it reports is sent until the centre's own answer settles it. Per application in order, across
// applications blocked by nobody; bytes are those of the row at every try and after every restart.
#include "kiosk/issuing/exchange.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace kiosk {

using wire::MessageType;

struct Issuing::Outbox {
    struct Choice {
        std::optional<OutboxRow> row;         ///< to be sent now
        std::optional<drivers::Steady> next;  ///< else: when the next one is due
    };
    static Choice choose(Issuing& self, std::vector<OutboxRow> rows);
    static awaitable<void> deliver(Issuing& self, OutboxRow row);
    static awaitable<void> in_vain(Issuing& self, OutboxRow row, Fault fault);
    static awaitable<void> settle(Issuing& self, OutboxRow row, OutboxEnd end, OutcomeReply reply, std::optional<Fault> fault);
    static void remember(Issuing& self, const Bytes& message_id, OutcomeReply reply);
};

namespace {
std::string_view word(OutboxEnd end) {
    switch (end) {
        case OutboxEnd::accepted: return "accepted";
        case OutboxEnd::disputed: return "disputed";
        case OutboxEnd::refused: return "refused";
        case OutboxEnd::expired: return "expired";
    }
    return {};
}
MessageType type_of(const OutboxRow& row) { return row.type == "apply" ? MessageType::apply : MessageType::outcome; }
}  // namespace

Issuing::Outbox::Choice Issuing::Outbox::choose(Issuing& self, std::vector<OutboxRow> rows) {
    std::set<Bytes> waiting;
    for (const auto& row : rows) waiting.insert(row.message_id);
    std::erase_if(self.schedule_, [&](const auto& entry) { return !waiting.contains(entry.first); });

    std::set<ApplicationId> seen;
    OutboxRow* first = nullptr;
    drivers::Steady first_due{};
    for (auto& row : rows) {
        // Only the oldest row of an application may go; one that is in a person's hand goes by itself.
        if (!seen.insert(row.application).second || self.in_hand_.contains(row.application)) continue;
        const auto it = self.schedule_.find(row.message_id);
        const auto due = it == self.schedule_.end() ? drivers::Steady{} : it->second.at;
        if (first && first_due <= due) continue;
        first = &row;
        first_due = due;
    }
    if (!first) return {};
    if (first_due > self.parts_.clock.steady()) return {.row = {}, .next = first_due};
    return {.row = std::move(*first), .next = {}};
}

awaitable<void> Issuing::run_outbox() {
    for (;;) {
        const auto seen = filled_.count();
        auto rows = co_await parts_.ledger.look([](Books& books) { return books.outbox(); });
        auto choice = Outbox::choose(*this, std::move(rows));
        if (choice.row) co_await Outbox::deliver(*this, *std::move(choice.row));
        else if (choice.next) co_await drivers::first_of(filled_.after(seen), parts_.clock.sleep_until(*choice.next));
        else co_await filled_.after(seen);
    }
}

awaitable<void> Issuing::Outbox::deliver(Issuing& self, OutboxRow row) {
    const bool is_apply = type_of(row) == MessageType::apply;
    if (is_apply && self.parts_.clock.utc() >= row.created + outbox_validity) co_return co_await settle(self, std::move(row), OutboxEnd::expired, {}, Fault{FaultCode::order_expired, "never answered"});
    auto reply = co_await Exchange::once(self, row.sealed, type_of(row), self.parts_.exchange_limit);
    if (!reply) co_return co_await in_vain(self, std::move(row), std::move(reply.error()));
    if (!reply->refusal.empty()) {
        auto fault = wire::fault_of_refusal(reply->refusal);
        if (is_passing(reply->refusal)) co_return co_await in_vain(self, std::move(row), std::move(fault));
        const auto end = is_apply && reply->refusal == "expired" ? OutboxEnd::expired : OutboxEnd::refused;
        co_return co_await settle(self, std::move(row), end, {.accepted = false, .active = false, .reason = reply->refusal}, std::move(fault));
    }
    if (is_apply) {
        // The person is gone or at another machine by now: nobody makes a card of this order, it is fetched again by resume.
        drivers::wipe(reply->body);
        co_return co_await settle(self, std::move(row), OutboxEnd::accepted, {}, {});
    }
    auto outcome = wire::decode_outcome(reply->body);
    // The stored reply would be the same for ever, so a signed answer that says nothing is for two people, not for another try.
    if (!outcome) co_return co_await settle(self, std::move(row), OutboxEnd::refused, {.accepted = false, .active = false, .reason = "unreadable"}, std::move(outcome.error()));
    const auto end = outcome->accepted ? OutboxEnd::accepted : OutboxEnd::disputed;
    co_await settle(self, std::move(row), end, *std::move(outcome), {});
}

awaitable<void> Issuing::Outbox::in_vain(Issuing& self, OutboxRow row, Fault fault) {
    const bool alarm = row.tries + 1 == outbox_alarm_tries;
    if (alarm) spdlog::error("outbox: {} {} not heard after {} tries: {} {}", row.type, row.application.reference(), outbox_alarm_tries, drivers::name_of(fault.code), fault.detail);
    co_await self.parts_.ledger.transact([id = row.message_id, alarm, fault, now = self.parts_.clock.utc()](Books& books) {
        books.outbox_tried(id);
        if (alarm) books.audit(AuditEvent::fault_met, {{"fault", drivers::name_of(fault.code)}, {"detail", fmt::format("outbox: {} tries", outbox_alarm_tries)}}, now);
    });
    const auto it = self.schedule_.find(row.message_id);
    const auto delay = it == self.schedule_.end() ? Duration{outbox_first_delay} : std::min(it->second.delay * 2, Duration{outbox_longest_delay});
    self.schedule_.insert_or_assign(row.message_id, Due{self.parts_.clock.steady() + delay, delay});
}

awaitable<void> Issuing::Outbox::settle(Issuing& self, OutboxRow row, OutboxEnd end, OutcomeReply reply, std::optional<Fault> fault) {
    co_await self.parts_.ledger.transact([row, end, fault, now = self.parts_.clock.utc()](Books& books) {
        books.outbox_end(row.message_id, end, now);
        const auto application = drivers::hex(row.application.value);
        if (type_of(row) == MessageType::outcome) books.audit(AuditEvent::outcome_settled, {{"application", application}, {"attempt", row.attempt}, {"end", word(end)}}, now);
        else if (end == OutboxEnd::accepted) books.audit(AuditEvent::application_sent, {{"application", application}, {"attempt", row.attempt}}, now);
        if (fault) books.audit(AuditEvent::fault_met, {{"fault", drivers::name_of(fault->code)}, {"detail", fmt::format("{}: {}", row.type, fault->detail)}}, now);
    });
    if (end == OutboxEnd::disputed || end == OutboxEnd::refused)
        spdlog::warn("outbox: {} {} attempt {} parked, {}: two people decide", row.type, row.application.reference(), row.attempt, word(end));
    self.schedule_.erase(row.message_id);
    if (type_of(row) == MessageType::outcome) remember(self, row.message_id, std::move(reply));
}

void Issuing::Outbox::remember(Issuing& self, const Bytes& message_id, OutcomeReply reply) {
    if (self.answers_.insert_or_assign(message_id, std::move(reply)).second) self.answer_order_.push_back(message_id);
    if (self.answer_order_.size() > answers_kept) {
        self.answers_.erase(self.answer_order_.front());
        self.answer_order_.pop_front();
    }
    self.settled_.notify();
}

}  // namespace kiosk
