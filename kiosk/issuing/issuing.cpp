// What journeys and the card path ask of the centre. Each method is one question; apply is durable before it is sent.
#include "kiosk/issuing/issuing.hpp"
#include "kiosk/issuing/exchange.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace kiosk {

using wire::MessageType;

std::string_view name_of(CardOutcome outcome) {
    switch (outcome) {
        case CardOutcome::issued: return "issued";
        case CardOutcome::not_taken: return "not_taken";
        case CardOutcome::spoiled: return "spoiled";
        case CardOutcome::not_started: return "not_started";
        case CardOutcome::gone_unwitnessed: return "gone_unwitnessed";
        case CardOutcome::unknown: return "unknown";
    }
    return {};
}

std::string_view name_of(Relation relation) {
    switch (relation) {
        case Relation::father: return "father";
        case Relation::mother: return "mother";
        case Relation::other: return "other";
    }
    return {};
}

void Application::wipe() {
    document.wipe();
    if (guardian) guardian->document.wipe();
    drivers::wipe(page);
    page.clear();
    drivers::wipe(portrait);
    portrait.clear();
    drivers::wipe(mobile);
    for (auto& stroke : signature) drivers::wipe(std::as_writable_bytes(std::span{stroke}));
    signature.clear();
    drivers::wipe(match.reference);
    match = {};
}

void Order::wipe() {
    for (auto* text : {&card_number, &face.authority, &face.bank, &face.card_number, &face.issue_date, &face.name, &face.social_security_number}) drivers::wipe(*text);
    for (auto& record : records) drivers::wipe(record.value);
    records.clear();
    transport_pin = Secret{};
    drivers::wipe(signed_bytes);
    signed_bytes.clear();
}

Order Order::clone() const {
    return {.application = application, .attempt = attempt, .bank = bank, .bins = bins, .card_number = card_number, .issued = issued, .expires = expires, .face = face,
            .records = records, .transport_pin = transport_pin.clone(), .photo_sha256 = photo_sha256, .signed_bytes = signed_bytes, .signature = signature};
}

namespace {
bool same_order(const Order& a, const Order& b) {
    const auto face = [](const Order::Face& f) { return std::tie(f.authority, f.bank, f.card_number, f.issue_date, f.name, f.social_security_number); };
    const auto rest = [](const Order& o) { return std::tie(o.application, o.attempt, o.bank, o.bins, o.card_number, o.issued, o.expires, o.records, o.photo_sha256); };
    return rest(a) == rest(b) && face(a.face) == face(b.face) && std::ranges::equal(a.transport_pin.view(), b.transport_pin.view());
}

/// Decodes the body of an ok reply and wipes it.
template <class T>
Result<T> read(Result<Bytes> body, Result<T> (*decode)(View)) {
    if (!body) return std::unexpected(std::move(body.error()));
    auto value = decode(*body);
    drivers::wipe(*body);
    return value;
}

struct WipeAtEnd {
    Application& application;
    ~WipeAtEnd() { application.wipe(); }
};

void audit_fault(Books& books, const Fault& fault, std::string_view what, Utc now) {
    books.audit(AuditEvent::fault_met, {{"fault", drivers::name_of(fault.code)}, {"detail", fmt::format("{}: {}", what, fault.detail)}}, now);
}
}  // namespace

Utc Issuing::centre_now() const {
    if (!centre_time_) return parts_.clock.utc();
    return centre_time_->first + (parts_.clock.steady() - centre_time_->second);
}

void Issuing::drop() {
    filled_.drop();
    settled_.drop();
    reachability_.drop();
}

awaitable<Result<HelloReply>> Issuing::hello(Hello hello) {
    const auto ledger = co_await parts_.ledger.look([](Books& books) { return wire::LedgerHead{books.epoch(), books.audit_head(), books.audit_count()}; });
    auto header = Exchange::header(*this, MessageType::hello, {}, 0, 0, question_validity);
    co_return read(co_await Exchange::ask(*this, std::move(header), wire::encode_hello(hello, ledger)), &wire::decode_hello);
}

awaitable<Result<Standing>> Issuing::inquire(drivers::IdDocument document) {
    auto body = wire::encode_inquire(document);
    document.wipe();
    auto header = Exchange::header(*this, MessageType::inquire, {}, 0, 0, question_validity);
    co_return read(co_await Exchange::ask(*this, std::move(header), std::move(body)), &wire::decode_standing);
}

awaitable<Result<Standing>> Issuing::inquire_ecard(Secret code) {
    auto header = Exchange::header(*this, MessageType::inquire, {}, 0, 0, question_validity);
    co_return read(co_await Exchange::ask(*this, std::move(header), wire::encode_inquire_ecard(code.view())), &wire::decode_ecard_standing);
}

awaitable<Result<Match>> Issuing::verify(drivers::IdDocument document, Bytes portrait) {
    auto body = wire::encode_verify(document, portrait);
    document.wipe();
    drivers::wipe(portrait);
    auto header = Exchange::header(*this, MessageType::verify, {}, 0, 0, question_validity);
    co_return read(co_await Exchange::ask(*this, std::move(header), std::move(body)), &wire::decode_match);
}

awaitable<Result<Order>> Issuing::apply(Application application, Duration limit) {
    const WipeAtEnd at_end{application};
    const auto id = application.id;
    if (id.value.size() != wire::nonce_bytes) throw std::logic_error("an application has an id of 16 bytes before it is sent");
    const auto until = parts_.clock.steady() + limit;
    const auto photo = wire::sha256(application.portrait);
    const auto header = Exchange::header(*this, MessageType::apply, id, 0, 0, outbox_validity);
    auto message = wire::seal_request(header, wire::encode_apply(application), parts_.keys, parts_.random);
    if (!message) co_return std::unexpected(std::move(message.error()));
    const OutboxRow row{.message_id = parts_.random.bytes(wire::nonce_bytes), .type = "apply", .application = id, .sealed = *message, .created = parts_.clock.utc()};

    // From here on the outbox leaves this application to us, until we end or are left.
    const struct InHand {
        Issuing& issuing;
        std::multiset<ApplicationId>::iterator entry;
        ~InHand() {
            issuing.in_hand_.erase(entry);
            issuing.filled_.notify();
        }
    } in_hand{*this, in_hand_.insert(id)};
    co_await parts_.ledger.transact([row, photo, bank = application.bank.value](Books& books) {
        if (books.application_state(row.application).empty()) books.add_application(row.application, row.created);
        books.enqueue(row);
        books.audit(AuditEvent::application_made, {{"application", drivers::hex(row.application.value)}, {"photo", drivers::hex(photo)}, {"bank", bank}}, row.created);
    });

    auto reply = co_await Exchange::once(*this, *message, MessageType::apply, std::min(limit, parts_.exchange_limit));
    for (auto pause = Duration{outbox_first_delay}; !reply || reply->refusal == "busy"; pause *= 2) {
        const auto left = until - parts_.clock.steady() - pause;
        if (left <= Duration::zero()) break;
        co_await parts_.ledger.transact([row](Books& books) { books.outbox_tried(row.message_id); });
        co_await parts_.clock.sleep(pause);
        reply = co_await Exchange::once(*this, *message, MessageType::apply, std::min(left, parts_.exchange_limit));
    }
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    if (reply->refusal == "busy") co_return drivers::fail(FaultCode::centre_unreachable, "busy");

    const auto now = parts_.clock.utc();
    if (!reply->refusal.empty()) {
        const auto fault = wire::fault_of_refusal(reply->refusal);
        const auto end = reply->refusal == "expired" ? OutboxEnd::expired : OutboxEnd::refused;
        co_await parts_.ledger.transact([row, fault, end, now](Books& books) {
            books.outbox_end(row.message_id, end, now);
            books.set_application(row.application, "refused", 0, now);
            audit_fault(books, fault, "apply", now);
        });
        co_return std::unexpected(fault);
    }
    auto bytes = read(std::move(reply->body), &wire::decode_apply);
    auto order = bytes ? Exchange::accept(*this, *std::move(bytes), id) : Result<Order>(std::unexpected(std::move(bytes.error())));
    if (order && order->photo_sha256 != photo) order = drivers::fail(FaultCode::order_foreign, "order for another photograph");
    // The centre took the application, whatever its order is worth: the row has done its duty.
    const auto fault = order ? std::optional<Fault>{} : order.error();
    co_await parts_.ledger.transact([row, fault, now, attempt = order ? order->attempt : 0, expires = order ? order->expires : Utc{}](Books& books) {
        books.outbox_end(row.message_id, OutboxEnd::accepted, now);
        books.audit(AuditEvent::application_sent, {{"application", drivers::hex(row.application.value)}, {"attempt", attempt}}, now);
        if (fault) audit_fault(books, *fault, "apply", now);
        else Exchange::book_order(books, row.application, attempt, expires, now);
    });
    if (order)
        if (auto in_time = check_order(*order, Duration::zero()); !in_time) co_return std::unexpected(std::move(in_time.error()));
    co_return order;
}

awaitable<Result<Resumed>> Issuing::resume(ApplicationId application, int last_attempt, drivers::IdDocument document, std::optional<Guardian> guardian) {
    // A stored reply may hold an order whose lease is over (the first reply was lost): then the next attempt is asked for, once.
    constexpr int most_questions = 2;
    const auto known = co_await parts_.ledger.look([name = Exchange::attempt_counter(application)](Books& books) { return books.counter(name); });
    last_attempt = std::clamp(std::max(last_attempt, static_cast<int>(known)), 0, wire::max_attempt);
    const auto body = wire::encode_resume(document, guardian);
    document.wipe();
    if (guardian) guardian->document.wipe();
    const Secret kept{body};
    for (int question = 1;; ++question) {
        auto header = Exchange::header(*this, MessageType::resume, application, last_attempt, 0, question_validity);
        auto reply = read(co_await Exchange::ask(*this, std::move(header), drivers::to_bytes(kept.view()), exchange_tries), &wire::decode_resume);
        if (!reply) co_return std::unexpected(std::move(reply.error()));
        auto order = Exchange::accept(*this, std::move(reply->order), application);
        if (!order) co_return std::unexpected(std::move(order.error()));
        if (order->photo_sha256 != wire::sha256(reply->portrait)) co_return drivers::fail(FaultCode::order_foreign, "order for another photograph");
        if (order->attempt <= last_attempt) co_return drivers::fail(FaultCode::order_foreign, "order of an earlier attempt");
        co_await parts_.ledger.transact([application, attempt = order->attempt, expires = order->expires, now = parts_.clock.utc()](Books& books) {
            Exchange::book_order(books, application, attempt, expires, now);
        });
        auto in_time = check_order(*order, Duration::zero());
        if (in_time) co_return Resumed{.order = *std::move(order), .portrait = std::move(reply->portrait), .mobile = std::move(reply->mobile)};
        drivers::wipe(reply->portrait);
        if (in_time.error().code != FaultCode::order_expired || question == most_questions) co_return std::unexpected(std::move(in_time.error()));
        last_attempt = order->attempt;
    }
}

awaitable<Result<Issuing::ApplicationStatus>> Issuing::status(ApplicationId application) {
    auto header = Exchange::header(*this, MessageType::status, application, 0, 0, question_validity);
    co_return read(co_await Exchange::ask(*this, std::move(header), wire::encode_status(application)), &wire::decode_status);
}

Result<void> Issuing::check_order(const Order& order, Duration margin) const {
    auto fresh = Exchange::accept(*this, {order.signed_bytes, order.signature}, order.application);
    if (!fresh) return std::unexpected(std::move(fresh.error()));
    const bool same = same_order(order, *fresh);
    const bool in_time = centre_now() + margin < fresh->expires;
    fresh->wipe();
    if (!same) return drivers::fail(FaultCode::order_foreign, "order differs from what was signed");
    if (!in_time) return drivers::fail(FaultCode::order_expired, fmt::format("attempt {}", order.attempt));
    return {};
}

OutboxRow Issuing::outcome_row(const OutcomeReport& report) {
    // The step is the outcome's own number: after "unknown" a reconciled "spoiled" is another message of the same attempt.
    const int step = 1 + static_cast<int>(report.outcome);
    const auto at = report.at + (centre_now() - parts_.clock.utc());
    const auto header = Exchange::header(*this, MessageType::outcome, report.application, report.attempt, step, outbox_validity);
    auto message = wire::seal_request(header, wire::encode_outcome(report, unix_seconds(at)), parts_.keys, parts_.random);
    if (!message) throw std::logic_error("an outcome cannot be sealed: " + message.error().detail);
    return {.message_id = parts_.random.bytes(wire::nonce_bytes),
            .type = "outcome",
            .application = report.application,
            .attempt = report.attempt,
            .sealed = *std::move(message),
            .created = parts_.clock.utc()};
}

awaitable<std::optional<OutcomeReply>> Issuing::outcome_answer(Bytes message_id, Duration limit) {
    co_return co_await drivers::within(parts_.clock, limit, Exchange::answer(*this, std::move(message_id)));
}

}  // namespace kiosk
