// One question to the centre and its believed answer; shared by the rooms issuing.cpp and outbox.cpp, nobody else.
#pragma once
#include "kiosk/issuing/envelope.hpp"

namespace kiosk {

struct Issuing::Exchange {
    /// A header with a fresh nonce, valid for `validity` by the centre's clock.
    static wire::RequestHeader header(Issuing& self, wire::MessageType type, const ApplicationId& application, int attempt, int step, Duration validity);

    /// Sends once; checks the reply; keeps the centre's time and reachability. A refusal is an ok Reply with its word in `refusal`.
    static awaitable<Result<wire::Reply>> once(Issuing& self, Bytes message, wire::MessageType type, Duration limit);

    /// A question: seals `body`, sends it up to `tries` times while nothing is answered, and gives the body of an ok reply. A refusal is a fault.
    static awaitable<Result<Bytes>> ask(Issuing& self, wire::RequestHeader header, Bytes body, int tries = 1);

    static awaitable<OutcomeReply> answer(Issuing& self, Bytes message_id);

    static void note_reachable(Issuing& self, bool reachable);
    static void note_time(Issuing& self, Utc sent, bool stored);

    /// The order of a reply, checked for this kiosk and `application`, its time included.
    static Result<Order> accept(const Issuing& self, wire::OrderBytes bytes, const ApplicationId& application);
    /// Books an order in hand: attempt known, application ordered, audit.
    static void book_order(Books& books, const ApplicationId& application, int attempt, Utc expires, Utc now);
    /// The attempt whose order this kiosk last had in hand, durable as a counter of the books.
    static std::string attempt_counter(const ApplicationId& application);
};

/// Words that say nothing about the message itself: the same bytes may be accepted later.
[[nodiscard]] inline bool is_passing(std::string_view refusal) { return refusal == "busy" || refusal == "not_enrolled" || refusal == "forged"; }

}  // namespace kiosk
