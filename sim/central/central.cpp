// Who may speak to the centre, and how often the same thing: signature, expiry, replay, idempotency; one transaction a request.
#include "sim/central/central.hpp"
#include "sim/central/core.hpp"

#include <algorithm>
#include <sodium.h>

namespace sim {
namespace {

bool read_only(MessageType type) {
    switch (type) {
        case MessageType::hello:
        case MessageType::inquire:
        case MessageType::verify:
        case MessageType::status: return true;
        case MessageType::apply:
        case MessageType::resume:
        case MessageType::personalise:
        case MessageType::outcome: return false;
    }
    return false;
}

/// `label` separates the keys that grow from one seed.
void derive(std::span<unsigned char> out, const std::array<unsigned char, 32>& seed, std::string_view label) {
    crypto_generichash(out.data(), out.size(), reinterpret_cast<const unsigned char*>(label.data()), label.size(), seed.data(), seed.size());
}

}  // namespace

CentralKeys CentralKeys::from_seed(const std::array<unsigned char, 32>& seed) {
    CentralKeys keys;
    std::array<unsigned char, 32> part{};
    derive(part, seed, "sign");
    crypto_sign_seed_keypair(keys.sign_public.data(), keys.sign_secret.data(), part.data());
    derive(part, seed, "seal");
    crypto_box_seed_keypair(keys.seal_public.data(), keys.seal_secret.data(), part.data());
    derive(keys.master, seed, "UK_SSSE");
    sodium_memzero(part.data(), part.size());
    return keys;
}

Central::Central() = default;
Central::~Central() = default;

std::expected<std::unique_ptr<Central>, std::string> Central::create(CentralSetup setup) {
    if (sodium_init() < 0) return std::unexpected("libsodium does not start");
    if (!setup.now || !setup.random || !setup.people) return std::unexpected("the setup needs people, a clock and chance");
    if (setup.lease_seconds < 1 || setup.grace_seconds < 0 || setup.lease_seconds > 86'400) return std::unexpected("the lease must last 1 s to one day");
    const auto& region = setup.region;
    const bool prefix = region.card_prefix.size() == 1 && ((region.card_prefix[0] >= '0' && region.card_prefix[0] <= '9') ||
                                                           (region.card_prefix[0] >= 'A' && region.card_prefix[0] <= 'Z'));
    if (!prefix || region.banks.empty()) return std::unexpected("the region needs a bank and a card prefix of 0-9 A-Z");
    auto store = Store::open(setup.database);
    if (!store) return std::unexpected(store.error());
    std::unique_ptr<Central> central(new Central);
    central->impl_ = std::make_unique<Impl>();
    central->impl_->setup = std::move(setup);
    central->impl_->store = std::move(*store);
    if (auto begun = central->impl_->begin(); !begun) return std::unexpected(begun.error());
    return central;
}

std::expected<void, std::string> Central::Impl::begin() {
    try {
        Transaction transaction(*store);
        seed_applications();
        transaction.commit();
        return {};
    } catch (const StoreError& error) {
        return std::unexpected(fmt::format("the database is unusable: {}", error.what()));
    }
}

Bytes Central::handle(View request) noexcept {
    try {
        try {
            return impl_->handle(request);
        } catch (const std::exception&) {
            // A full disk or a bug: nothing was committed. The kiosk asks again later.
            ++impl_->refusals["busy"];
            const auto asked = read_envelope(request);
            return write_reply(request, asked ? name_of(asked->header.type) : "", false, write_refused_body({Refusal::busy, "the centre cannot work now"}), impl_->now(), impl_->setup.keys);
        }
    } catch (...) {
        return {};
    }
}

Bytes Central::Impl::random_bytes(std::size_t n) const {
    Bytes bytes(n);
    setup.random(bytes);
    return bytes;
}

Bytes Central::Impl::handle(View request) {
    std::string type;
    auto reply = answer(request, type);
    if (reply) return std::move(*reply);
    ++refusals[std::string(name_of(reply.error().code))];
    return write_reply(request, type, false, write_refused_body(reply.error()), now(), setup.keys);
}

Asked<Bytes> Central::Impl::answer(View request, std::string& type) {
    const auto envelope = read_envelope(request);
    if (!envelope) return std::unexpected(envelope.error());
    const auto& h = envelope->header;
    type = name_of(h.type);
    Transaction transaction(*store);
    {
        Query kiosk(*store, "SELECT key FROM kiosks WHERE id=?", std::string_view(h.kiosk));
        if (!kiosk.step()) return refuse(Refusal::not_enrolled, "no such kiosk");
        if (!signature_holds(*envelope, kiosk.blob(0))) return refuse(Refusal::forged, "the signature does not hold");
    }
    if (h.expires < now()) return refuse(Refusal::expired, "arrived after its expiry");
    if (read_only(h.type) && h.expires > now() + read_only_lifetime_s) return refuse(Refusal::malformed, "header.expires is too far ahead");
    const auto opened = open_body(envelope->sealed, setup.keys);
    if (!opened) return std::unexpected(opened.error());
    const auto body = read_body(h.type, h.version, *opened);
    if (!body) return std::unexpected(body.error());

    if (read_only(h.type)) {
        if (auto fresh = note_nonce(h); !fresh) return std::unexpected(fresh.error());
    } else {
        auto known = remembered(*envelope, request, *opened);
        if (!known) return std::unexpected(known.error());
        if (*known) return std::move(**known);
    }
    const auto done = act(h, *body, *opened);
    if (!done) return std::unexpected(done.error());
    const auto answer_body = cbor::write(*done);
    auto reply = write_reply(request, type, true, answer_body, now(), setup.keys);
    if (!read_only(h.type)) remember(h, request, *opened, answer_body, reply);
    transaction.commit();
    if (setup.committed) setup.committed(type);
    return reply;
}

Asked<cbor::Json> Central::Impl::act(const RequestHeader& h, const RequestBody& body, View opened) {
    switch (h.type) {
        case MessageType::hello: return hello(h, std::get<HelloBody>(body));
        case MessageType::inquire: return inquire(std::get<InquireBody>(body));
        case MessageType::verify: return verify(h, std::get<VerifyBody>(body));
        case MessageType::apply: return apply(h, std::get<ApplyBody>(body), opened);
        case MessageType::resume: return resume(h, std::get<ResumeBody>(body));
        case MessageType::personalise: return personalise(h, std::get<PersonaliseBody>(body));
        case MessageType::outcome: return outcome(h, std::get<OutcomeBody>(body));
        case MessageType::status: return status(std::get<StatusBody>(body));
    }
    return refuse(Refusal::malformed, "no such type");
}

Asked<std::optional<Bytes>> Central::Impl::remembered(const Envelope& e, View request, View opened) {
    const auto& h = e.header;
    Query kept(*store, "SELECT body_hash, message_hash, body, reply FROM replies WHERE kiosk=? AND application=? AND attempt=? AND type=? AND step=?",
               std::string_view(h.kiosk), h.application, h.attempt, name_of(h.type), h.step);
    if (!kept.step()) return std::nullopt;
    if (kept.blob(0) != sha256(opened)) return refuse(Refusal::payload_changed, "this step was asked with another body");
    if (kept.blob(1) == sha256(request)) return kept.blob(3);
    // Asked anew, not resent. A resume whose lease is over wants the next attempt; everything else gets the same answer, bound to the new question.
    if (h.type == MessageType::resume) {
        const auto file = application(h.application);
        if (!file || file->last.state != "leased" || file->last.kiosk != h.kiosk || file->last.expires <= now()) return std::nullopt;
    }
    return write_reply(request, name_of(h.type), true, kept.blob(2), now(), setup.keys);
}

void Central::Impl::remember(const RequestHeader& h, View request, View opened, View body, View reply) {
    Query(*store, "INSERT OR REPLACE INTO replies VALUES(?,?,?,?,?,?,?,?,?)", std::string_view(h.kiosk), h.application, h.attempt, name_of(h.type), h.step,
          sha256(opened), sha256(request), body, reply)
        .run();
}

Asked<void> Central::Impl::note_nonce(const RequestHeader& h) {
    Query(*store, "DELETE FROM nonces WHERE expires<?", now()).run();
    {
        Query count(*store, "SELECT count(*) FROM nonces WHERE kiosk=?", std::string_view(h.kiosk));
        if (count.step() && count.integer(0) >= max_nonces) return refuse(Refusal::busy, "too many questions of this kiosk are still valid");
    }
    Query(*store, "INSERT OR IGNORE INTO nonces VALUES(?,?,?)", std::string_view(h.kiosk), h.nonce, h.expires).run();
    if (store->changes() == 0) return refuse(Refusal::replayed, "this nonce was used");
    return {};
}

}  // namespace sim
