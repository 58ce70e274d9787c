// The messages of protocol.cddl as the kiosk writes and reads them: typed values to canonical CBOR, and replies back, strictly. Pure: no I/O, no
// keys (envelope.hpp). Bytes that these functions return hold personal data until they are sealed: their holder wipes them.
#pragma once
#include "kiosk/issuing/cbor.hpp"
#include "kiosk/issuing/issuing.hpp"

namespace kiosk::wire {

enum class MessageType { hello, inquire, verify, apply, resume, personalise, outcome, status };
[[nodiscard]] std::string_view name_of(MessageType type);
/// Kept by the centre for idempotency: a resend gets the stored reply, whose `sent` may be old.
[[nodiscard]] constexpr bool is_stored(MessageType type) {
    return type == MessageType::apply || type == MessageType::resume || type == MessageType::personalise || type == MessageType::outcome;
}

// Limits of what the centre may say, in bytes or elements. Texts are shown on screens and printed on cards.
inline constexpr std::size_t max_header_bytes = 512, max_order_bytes = 16'384, max_portrait_bytes = 65'536, max_reply_text = 400, max_face_text = 160, max_id_text = 64,
                             max_banks = 32, max_bins = 32, max_records = 24, max_record_value = 255, max_refusal_detail = 200;
inline constexpr int max_attempt = 99, max_step = 65'535;

/// Of requests (protocol.cddl, "Versions").
inline constexpr unsigned request_version = 3;

// ---- what the kiosk writes ----
struct RequestHeader {
    MessageType type{};
    Bytes application;  ///< 16 bytes or none
    int attempt = 0, step = 0;
    std::string kiosk;
    Bytes nonce;  ///< 16 bytes
    std::int64_t sent = 0, expires = 0;  ///< seconds since 1970
};
[[nodiscard]] Bytes encode_header(const RequestHeader& header);

struct LedgerHead {
    Bytes epoch, audit_head;  ///< 16, 32 bytes
    std::int64_t audit_count = 0;
};
[[nodiscard]] Bytes encode_hello(const Hello& hello, const LedgerHead& ledger);
[[nodiscard]] Bytes encode_inquire(const drivers::IdDocument& document);
/// `code`: 1 to max_code_bytes, as the electronic card shows it.
[[nodiscard]] Bytes encode_inquire_ecard(View code);
/// The document's picture of the face is compared with the portrait.
[[nodiscard]] Bytes encode_verify(const drivers::IdDocument& document, View portrait);
[[nodiscard]] Bytes encode_resume(const drivers::IdDocument& document, const std::optional<Guardian>& guardian);
[[nodiscard]] Bytes encode_apply(const Application& application);
/// `at`: seconds since 1970 by the centre's clock.
[[nodiscard]] Bytes encode_outcome(const OutcomeReport& report, std::int64_t at);
[[nodiscard]] Bytes encode_status(const ApplicationId& application);

// ---- what the kiosk reads; centre_garbage names the field that was wrong ----
struct ReplyHeader {
    Bytes re;  ///< SHA-256 of the request message
    Utc sent{};
    bool ok = false;
    std::string type;
};
[[nodiscard]] Result<ReplyHeader> decode_header(View bytes);
/// One of the contract's refusal words; another word is garbage.
[[nodiscard]] Result<std::string> decode_refusal(View body);
[[nodiscard]] Result<HelloReply> decode_hello(View body);
[[nodiscard]] Result<Standing> decode_standing(View body);
/// The answer to a code: with a masked name, without anything that a document's answer has beside the status.
[[nodiscard]] Result<Standing> decode_ecard_standing(View body);
[[nodiscard]] Result<Match> decode_match(View body);
struct OrderBytes {
    Bytes order, signature;
};
[[nodiscard]] Result<OrderBytes> decode_apply(View body);
struct ResumeBytes {
    OrderBytes order;
    Bytes portrait;
    std::string mobile;
    ~ResumeBytes() { drivers::wipe(mobile); }
};
[[nodiscard]] Result<ResumeBytes> decode_resume(View body);
[[nodiscard]] Result<OutcomeReply> decode_outcome(View body);
[[nodiscard]] Result<Issuing::ApplicationStatus> decode_status(View body);

struct ParsedOrder {
    Order order;  ///< signed_bytes and signature are left to the caller
    std::string kiosk;
};
[[nodiscard]] Result<ParsedOrder> decode_order(View bytes);

}  // namespace kiosk::wire
