// Ed25519 signatures, X25519 sealed boxes, and what must hold before a reply or an order is believed.
#include "kiosk/issuing/envelope.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <stdexcept>

namespace kiosk::wire {

namespace {
constexpr std::string_view request_domain = "liqu request 1", reply_domain = "liqu reply 1", order_domain = "liqu order 1";

const unsigned char* raw(View view) { return reinterpret_cast<const unsigned char*>(view.data()); }
unsigned char* raw(std::span<std::byte> bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

/// libsodium chooses its code for this processor once; asking again costs nothing.
void start_sodium() {
    if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
}

/// header || SHA-256(body as sent), what a message's signature covers after its domain.
Bytes signed_part(View header, View body) {
    auto part = drivers::to_bytes(header);
    const auto hash = sha256(body);
    part.insert(part.end(), hash.begin(), hash.end());
    return part;
}
}  // namespace

Bytes sha256(View bytes) {
    Bytes out(crypto_hash_sha256_BYTES);
    crypto_hash_sha256(raw(std::span{out}), raw(bytes), bytes.size());
    return out;
}

Bytes sign(std::string_view domain, View part, const Secret& sign_secret) {
    start_sodium();
    if (sign_secret.view().size() != crypto_sign_SECRETKEYBYTES) throw std::logic_error("a signing key has 64 bytes");
    auto message = drivers::to_bytes(domain);
    message.insert(message.end(), part.begin(), part.end());
    Bytes signature(crypto_sign_BYTES);
    crypto_sign_detached(raw(std::span{signature}), nullptr, raw(View{message}), message.size(), raw(sign_secret.view()));
    return signature;
}

bool signature_holds(std::string_view domain, View part, View signature, View sign_public) {
    start_sodium();
    if (signature.size() != crypto_sign_BYTES || sign_public.size() != crypto_sign_PUBLICKEYBYTES) return false;
    auto message = drivers::to_bytes(domain);
    message.insert(message.end(), part.begin(), part.end());
    return crypto_sign_verify_detached(raw(signature), raw(View{message}), message.size(), raw(sign_public)) == 0;
}

Result<Bytes> seal_to(View seal_public, View plain, drivers::Random& random) {
    start_sodium();
    if (seal_public.size() != crypto_box_PUBLICKEYBYTES) return drivers::fail(FaultCode::bad_configuration, "the centre's seal key has 32 bytes");
    const Secret seed{random.bytes(crypto_box_SEEDBYTES)};
    std::array<unsigned char, crypto_box_PUBLICKEYBYTES> ephemeral{};
    std::array<unsigned char, crypto_box_SECRETKEYBYTES> secret{};
    crypto_box_seed_keypair(ephemeral.data(), secret.data(), raw(seed.view()));
    // The nonce of crypto_box_seal: BLAKE2b-192 of both public keys. The ephemeral key is used once, so it never repeats.
    std::array<unsigned char, crypto_box_NONCEBYTES> nonce{};
    crypto_generichash_state state;
    crypto_generichash_init(&state, nullptr, 0, nonce.size());
    crypto_generichash_update(&state, ephemeral.data(), ephemeral.size());
    crypto_generichash_update(&state, raw(seal_public), seal_public.size());
    crypto_generichash_final(&state, nonce.data(), nonce.size());

    const auto key = std::as_bytes(std::span{ephemeral});
    Bytes sealed{key.begin(), key.end()};
    sealed.resize(ephemeral.size() + crypto_box_MACBYTES + plain.size());
    const int failed = crypto_box_easy(raw(std::span{sealed}.subspan(ephemeral.size())), raw(plain), plain.size(), nonce.data(), raw(seal_public), secret.data());
    sodium_memzero(secret.data(), secret.size());
    if (failed) return drivers::fail(FaultCode::bad_configuration, "the centre's seal key is no X25519 key");
    return sealed;
}

Result<Bytes> seal_request(const RequestHeader& header, Bytes body, const KeyRing& keys, drivers::Random& random) {
    auto sealed = seal_to(keys.centre_seal, body, random);
    drivers::wipe(body);
    if (!sealed) return std::unexpected(std::move(sealed.error()));
    const auto head = encode_header(header);
    const auto signature = sign(request_domain, signed_part(head, *sealed), keys.sign_secret);
    auto message = encode_cbor(json::array({binary(head), binary(*sealed), binary(signature)}));
    if (message.size() > max_message_bytes)
        return drivers::fail(FaultCode::centre_too_large, fmt::format("{}: {} bytes, at most {} allowed", name_of(header.type), message.size(), max_message_bytes));
    return message;
}

Result<Reply> open_reply(View reply, View request, MessageType type, const KeyRing& keys) {
    if (reply.size() > max_message_bytes) return drivers::fail(FaultCode::centre_too_large, "reply");
    auto parts = decode_cbor(reply, max_message_bytes, "reply");
    if (!parts) return std::unexpected(std::move(parts.error()));
    const bool shaped = parts->is_array() && parts->size() == 3 && std::ranges::all_of(*parts, [](const json& p) { return p.is_binary(); });
    if (!shaped || (*parts)[0].get_binary().size() > max_header_bytes || (*parts)[2].get_binary().size() != signature_bytes)
        return drivers::fail(FaultCode::centre_garbage, "reply: [header, body, signature] wanted");
    const auto part = [&](std::size_t i) { return drivers::to_bytes(std::as_bytes(std::span<const std::uint8_t>{(*parts)[i].get_binary()})); };
    const auto head = part(0);
    auto body = part(1);
    const auto signature = part(2);
    wipe(*parts);
    // The first field that is believed comes after the signature.
    if (!signature_holds(reply_domain, signed_part(head, body), signature, keys.centre_sign))
        return drivers::fail(FaultCode::centre_signature, std::string(name_of(type)));
    auto header = decode_header(head);
    if (!header) return std::unexpected(std::move(header.error()));
    if (header->re != sha256(request)) return drivers::fail(FaultCode::centre_signature, fmt::format("{}: answers another question", name_of(type)));
    Reply out{.sent = header->sent, .refusal = {}, .body = {}};
    if (!header->ok) {
        auto word = decode_refusal(body);
        if (!word) return std::unexpected(std::move(word.error()));
        out.refusal = *std::move(word);
        return out;
    }
    if (header->type != name_of(type)) return drivers::fail(FaultCode::centre_garbage, fmt::format("reply of another type to {}", name_of(type)));
    out.body = std::move(body);
    return out;
}

Fault fault_of_refusal(std::string_view word) {
    constexpr std::pair<std::string_view, FaultCode> own[] = {
        {"expired", FaultCode::order_expired},
        {"foreign_kiosk", FaultCode::order_foreign},
        {"not_enrolled", FaultCode::kiosk_not_enrolled},
        {"attempts_used_up", FaultCode::attempts_used_up},
        {"wrong_chip", FaultCode::chip_mismatch},
    };
    for (const auto& [name, code] : own)
        if (word == name) return {code, std::string(word)};
    return {FaultCode::centre_refused, std::string(word)};
}

Result<Order> open_order(OrderBytes bytes, const KeyRing& keys, const std::string& kiosk_id) {
    if (bytes.order.size() > max_order_bytes) return drivers::fail(FaultCode::centre_garbage, "order: too long");
    if (!signature_holds(order_domain, bytes.order, bytes.signature, keys.centre_sign)) return drivers::fail(FaultCode::centre_signature, "order");
    auto parsed = decode_order(bytes.order);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    if (parsed->kiosk != kiosk_id) return drivers::fail(FaultCode::order_foreign, "order for another kiosk");
    parsed->order.signed_bytes = std::move(bytes.order);
    parsed->order.signature = std::move(bytes.signature);
    return std::move(parsed->order);
}

}  // namespace kiosk::wire
