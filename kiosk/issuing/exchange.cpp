// Asking the centre: sealing, sending, believing; the centre's clock and whether it can be reached.
#include "kiosk/issuing/exchange.hpp"

#include <fmt/format.h>

namespace kiosk {

wire::RequestHeader Issuing::Exchange::header(Issuing& self, wire::MessageType type, const ApplicationId& application, int attempt, int step, Duration validity) {
    const auto now = self.centre_now();
    return {.type = type,
            .application = application.value,
            .attempt = attempt,
            .step = step,
            .kiosk = self.parts_.kiosk_id,
            .nonce = self.parts_.random.bytes(wire::nonce_bytes),
            .sent = unix_seconds(now),
            .expires = unix_seconds(now + validity)};
}

void Issuing::Exchange::note_reachable(Issuing& self, bool reachable) {
    if (self.reachable_ == reachable) return;
    self.reachable_ = reachable;
    if (reachable) {
        // What waited for the centre goes now; a row that fails for its own sake keeps its growing delay.
        for (auto& [message_id, due] : self.schedule_) due.at = self.parts_.clock.steady();
        self.filled_.notify();
    }
    self.reachability_.notify();
}

void Issuing::Exchange::note_time(Issuing& self, Utc sent, bool stored) {
    if (stored && sent <= self.centre_now()) return;
    self.centre_time_ = std::pair{sent, self.parts_.clock.steady()};
}

awaitable<Result<wire::Reply>> Issuing::Exchange::once(Issuing& self, Bytes message, wire::MessageType type, Duration limit) {
    auto answer = co_await self.parts_.link.exchange(message, limit);
    if (!answer) {
        note_reachable(self, false);
        co_return std::unexpected(std::move(answer.error()));
    }
    auto reply = wire::open_reply(*answer, message, type, self.parts_.keys);
    drivers::wipe(*answer);
    if (reply) note_time(self, reply->sent, wire::is_stored(type));
    note_reachable(self, reply.has_value());
    co_return reply;
}

awaitable<Result<Bytes>> Issuing::Exchange::ask(Issuing& self, wire::RequestHeader header, Bytes body, int tries) {
    const auto type = header.type;
    const auto message = wire::seal_request(header, std::move(body), self.parts_.keys, self.parts_.random);
    if (!message) co_return std::unexpected(message.error());
    for (int attempt = 1;; ++attempt) {
        auto reply = co_await once(self, *message, type, self.parts_.exchange_limit);
        const bool again = attempt < tries && (reply ? reply->refusal == "busy" : reply.error().code == FaultCode::centre_unreachable);
        if (again) {
            co_await self.parts_.clock.sleep(exchange_pause);
            continue;
        }
        if (!reply) co_return std::unexpected(std::move(reply.error()));
        if (!reply->refusal.empty()) co_return std::unexpected(wire::fault_of_refusal(reply->refusal));
        co_return std::move(reply->body);
    }
}

awaitable<OutcomeReply> Issuing::Exchange::answer(Issuing& self, Bytes message_id) {
    for (;;) {
        const auto seen = self.settled_.count();
        if (const auto it = self.answers_.find(message_id); it != self.answers_.end()) co_return it->second;
        co_await self.settled_.after(seen);
    }
}

Result<Order> Issuing::Exchange::accept(const Issuing& self, wire::OrderBytes bytes, const ApplicationId& application) {
    auto order = wire::open_order(std::move(bytes), self.parts_.keys, self.parts_.kiosk_id);
    if (!order) return order;
    if (order->application != application) return drivers::fail(FaultCode::order_foreign, "order for another application");
    if (auto records = check_records(order->records); !records) return std::unexpected(std::move(records.error()));
    return order;
}

void Issuing::Exchange::book_order(Books& books, const ApplicationId& application, int attempt, Utc expires, Utc now) {
    if (books.application_state(application).empty()) books.add_application(application, now);
    books.set_application(application, "ordered", attempt, now);
    books.set_counter(attempt_counter(application), attempt);
    books.audit(AuditEvent::order_received, {{"application", drivers::hex(application.value)}, {"attempt", attempt}, {"expires", unix_seconds(expires)}}, now);
}

std::string Issuing::Exchange::attempt_counter(const ApplicationId& application) { return "attempt " + drivers::hex(application.value); }

}  // namespace kiosk
