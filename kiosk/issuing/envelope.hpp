// Sealing and signing of requests, checking of replies and orders: the outermost layer of protocol.cddl. Pure but for the injected Random, from which
// every nonce and ephemeral key comes (libsodium's own generator is never asked: one seed gives one trace).
#pragma once
#include "kiosk/issuing/messages.hpp"

namespace kiosk::wire {

inline constexpr std::size_t nonce_bytes = 16, seed_bytes = 32, key_bytes = 32, signature_bytes = 64;

[[nodiscard]] Bytes sha256(View bytes);
[[nodiscard]] Bytes sign(std::string_view domain, View signed_part, const Secret& sign_secret);
[[nodiscard]] bool signature_holds(std::string_view domain, View signed_part, View signature, View sign_public);

/// crypto_box_seal's format (ephemeral key || box), with the ephemeral key pair from `random`.
[[nodiscard]] Result<Bytes> seal_to(View seal_public, View plain, drivers::Random& random);

/// The whole request message. `body` is wiped. centre_too_large when it exceeds max_message_bytes.
[[nodiscard]] Result<Bytes> seal_request(const RequestHeader& header, Bytes body, const KeyRing& keys, drivers::Random& random);

struct Reply {
    Utc sent{};
    std::string refusal;  ///< a word of the contract; empty: ok
    Bytes body;           ///< of an ok reply
};
/// Everything that must hold before a reply is believed: shape, signature, that it answers `request`, its type, its status.
/// centre_garbage, centre_too_large, centre_signature.
[[nodiscard]] Result<Reply> open_reply(View reply, View request, MessageType type, const KeyRing& keys);

/// What the kiosk makes of a refusal; `detail` is the contract's word.
[[nodiscard]] Fault fault_of_refusal(std::string_view word);

/// An order that was signed by the centre for this kiosk; whether it is still in time is left to the caller.
/// centre_signature, centre_garbage, order_foreign.
[[nodiscard]] Result<Order> open_order(OrderBytes bytes, const KeyRing& keys, const std::string& kiosk_id);

}  // namespace kiosk::wire
