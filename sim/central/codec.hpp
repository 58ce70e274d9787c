// The wire of protocol.cddl as the centre reads and writes it: envelopes, signatures, sealed bodies, and one struct per request.
#pragma once
#include "sim/central/cbor.hpp"
#include "sim/central/register.hpp"

#include <array>
#include <optional>
#include <variant>

namespace sim {

struct CentralKeys;

#define LIQU_CENTRAL_TYPES(X) X(hello) X(inquire) X(verify) X(apply) X(resume) X(personalise) X(outcome) X(status)
enum class MessageType : std::uint8_t {
#define X(name) name,
    LIQU_CENTRAL_TYPES(X)
#undef X
};
[[nodiscard]] std::string_view name_of(MessageType type);
[[nodiscard]] std::optional<MessageType> message_type_of(std::string_view word);

#define LIQU_CENTRAL_REFUSALS(X) \
    X(forged) X(not_enrolled) X(foreign_kiosk) X(replayed) X(expired) X(malformed) X(payload_changed) X(no_such_application) X(leased_elsewhere) \
    X(attempt_closed) X(attempts_used_up) X(not_entitled) X(not_matched) X(wrong_chip) X(limit) X(busy)
enum class Refusal : std::uint8_t {
#define X(name) name,
    LIQU_CENTRAL_REFUSALS(X)
#undef X
};
[[nodiscard]] std::string_view name_of(Refusal code);

/// Why a request is not done. `detail` is for technicians, at most 200 bytes, never personal data.
struct Refused {
    Refusal code = Refusal::malformed;
    std::string detail;
};
template <class T>
using Asked = std::expected<T, Refused>;
[[nodiscard]] inline std::unexpected<Refused> refuse(Refusal code, std::string detail) { return std::unexpected(Refused{code, std::move(detail)}); }

struct RequestHeader {
    Bytes application;  ///< 16 bytes or none
    int attempt = 0;
    std::int64_t expires = 0, sent = 0;
    std::string kiosk;
    Bytes nonce;
    int step = 0;
    MessageType type = MessageType::hello;
    int version = 0;  ///< of the bodies: 1 to newest_version (protocol.cddl, "Versions")
};
struct Envelope {
    RequestHeader header;
    Bytes header_bytes, sealed, signature;
};

/// An older kiosk knows resident ID cards only, read from their chips.
struct Document {
    std::string address, authority, birth, name, number, valid_from, valid_to;  ///< valid_from empty: not said; valid_to empty: for life
    int nation = 0, sex = 0;
    std::string kind = "resident_id", evidence = "chip", nationality = "CHN", name_latin{}, pass_number{};
};
/// Who consents and signs for a person under 16.
struct Guardian {
    Document document;
    std::string relation;
};
struct HelloBody {
    std::uint64_t audit_count = 0;
    Bytes audit_head, ledger_epoch;
    std::string build, path;
};
/// One of the two.
struct InquireBody {
    Document document;
    std::string ecard{};  ///< an electronic card's code
};
struct VerifyBody {
    std::string number, face_format;
    Bytes portrait, face;
};
struct ApplyBody {
    std::string bank, mobile;
    Document document;
    std::vector<std::string> consents;  ///< kinds agreed to
    bool matched_by_staff = false;
    Bytes reference, staff, portrait, rules;
    std::vector<std::string> photo_warnings;  ///< advisory findings; an older kiosk says none
    int flat_field = 1000;                    ///< thousandths; 1000: none
    std::optional<Guardian> guardian;
    Bytes page, checked_by;  ///< the typed document's photograph; who looked at the originals
};
struct ResumeBody {
    Document document;
    std::optional<Guardian> guardian;
};
struct PersonaliseBody {
    Bytes atr, chip, report;  ///< report: batch.hpp; empty at the first question
    std::string version;
    int algorithm = 1;
};
struct OutcomeBody {
    std::int64_t at = 0;
    std::optional<Bytes> chip;
    std::string load, card_number, outcome;
    std::int64_t ordinal = 0;
    std::vector<std::string> faults;
    Bytes layout;
};
struct StatusBody {
    Bytes application;
};
using RequestBody = std::variant<HelloBody, InquireBody, VerifyBody, ApplyBody, ResumeBody, PersonaliseBody, OutcomeBody, StatusBody>;

inline constexpr int newest_version = 3;
inline constexpr std::size_t max_portrait_bytes = 65'536, max_face_bytes = 65'536, max_page_bytes = 60'000, max_text_bytes = 256, max_strokes = 256, max_warnings = 8, max_samples = 20'000;

/// The outer shape and the header; nothing is believed yet.
[[nodiscard]] Asked<Envelope> read_envelope(View message);
[[nodiscard]] bool signature_holds(const Envelope& envelope, View public_key32);
/// malformed when it was not sealed to the centre or does not fit the type.
[[nodiscard]] Asked<Bytes> open_body(View sealed, const CentralKeys& keys);
[[nodiscard]] Asked<RequestBody> read_body(MessageType type, int version, View body);

[[nodiscard]] Bytes sha256(View data);
[[nodiscard]] Bytes sign(std::string_view domain, View data, const CentralKeys& keys);
/// The whole reply message. `type` is the request's, empty when it was not readable.
[[nodiscard]] Bytes write_reply(View request, std::string_view type, bool ok, View body, std::int64_t sent, const CentralKeys& keys);
[[nodiscard]] Bytes write_refused_body(const Refused& refused);

[[nodiscard]] std::string to_hex(View bytes);  ///< lower case
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view text);
[[nodiscard]] inline View view_of(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace sim
