// Envelopes and request bodies of protocol.cddl, read strictly; replies written and signed.
#include "sim/central/codec.hpp"
#include "sim/central/central.hpp"
#include "sim/central/fields.hpp"

#include <sodium.h>

namespace sim {
namespace {

const unsigned char* raw(View bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(Bytes& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

Bytes join(std::initializer_list<View> parts) {
    Bytes all;
    for (const auto part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

Bytes bytes_of(const cbor::Json& value) {
    const auto view = std::as_bytes(std::span(value.get_binary()));
    return {view.begin(), view.end()};
}

bool digits(std::string_view text) { return text.find_first_not_of("0123456789") == std::string_view::npos; }

bool only(std::string_view text, std::string_view letters) { return text.find_first_not_of(letters) == std::string_view::npos; }
constexpr std::string_view capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", number_letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

std::string one_of(Fields& f, const char* key, std::span<const std::string_view> words) {
    auto word = f.text(key, 1, 32);
    if (std::ranges::find(words, word) == words.end()) f.fail("is unknown", key);
    return word;
}

/// What version 3 knows of a document, and the older ones do not.
void read_kind(Fields& f, const std::string& problem, Document& d) {
    static constexpr std::array<std::string_view, 7> kinds = {"resident_id", "residence_permit", "permanent_residence", "passport", "travel_permit", "temporary_id", "household_register"};
    static constexpr std::array<std::string_view, 3> evidences = {"chip", "chip_unverified", "typed"};
    d.evidence = one_of(f, "evidence", evidences);
    d.kind = one_of(f, "kind", kinds);
    const bool has_chip = d.kind != "temporary_id" && d.kind != "household_register";
    if (problem.empty() && has_chip == (d.evidence == "typed")) f.fail("does not fit the kind", "evidence");
    d.name_latin = f.text("name_latin", 0, 128);
    d.nationality = f.text("nationality", 1, 3);
    if (!only(d.nationality, capitals)) f.fail("is no code", "nationality");
    d.pass_number = f.text("pass_number", 0, 22);
    if (!only(d.pass_number, number_letters)) f.fail("is no number", "pass_number");
    if (d.nation > 98) f.fail("is no nation", "nation");
    if (d.sex != 0 && d.sex != 1 && d.sex != 2 && d.sex != 9) f.fail("is unknown", "sex");
    if (d.number.size() > 22 || !only(d.number, number_letters)) f.fail("is no number", "number");
}

Document read_document(const cbor::Json& map, int version, std::string& problem) {
    Fields f(map, problem, "document");
    Document d;
    d.address = f.text("address", 0, max_text_bytes);
    d.authority = f.text("authority", 0, max_text_bytes);
    d.birth = f.date("birth");
    d.name = f.text("name", 1, 128);
    d.nation = static_cast<int>(f.number("nation", INT32_MAX));
    d.number = f.text("number", 1, 64);
    d.sex = static_cast<int>(f.number("sex", INT32_MAX));
    static constexpr std::array<std::string_view, 1> old_kinds = {"resident_id"};
    if (version >= 3) read_kind(f, problem, d);
    else d.kind = one_of(f, "kind", old_kinds);
    if (version < 3 || !f.null("valid_from")) d.valid_from = f.date("valid_from");
    if (!f.null("valid_to")) d.valid_to = f.date("valid_to");
    f.end();
    return d;  // whether such a person exists is the register's question, not the codec's
}

std::optional<Guardian> read_guardian(Fields& f, int version, std::string& problem) {
    if (version < 3 || f.null("guardian")) return {};
    static constexpr std::array<std::string_view, 3> relations = {"father", "mother", "other"};
    Fields g(f.map("guardian"), problem, "guardian");
    Guardian guardian;
    guardian.document = read_document(g.map("document"), version, problem);
    guardian.relation = one_of(g, "relation", relations);
    g.end();
    return guardian;
}

HelloBody read_hello(Fields& f, std::string& problem) {
    HelloBody b;
    b.audit_count = f.number("audit_count", INT64_MAX);
    b.audit_head = f.bytes("audit_head", 32, 32);
    b.build = f.text("build", 0, max_text_bytes);
    b.ledger_epoch = f.bytes("ledger_epoch", 16, 16);
    b.path = f.text("path", 1, 64);
    Fields supplies(f.map("supplies"), problem, "supplies");
    supplies.number("bin_room", UINT32_MAX);
    for (const auto& entry : supplies.list("hoppers", 0, 16)) {
        Fields hopper(entry, problem, "hoppers");
        hopper.text("bank", 1, 64);
        hopper.number("count", UINT32_MAX);
        hopper.end();
    }
    supplies.number("ribbon", UINT32_MAX);
    supplies.end();
    return b;
}

InquireBody read_inquire(Fields& f, int version, std::string& problem) {
    InquireBody b;
    if (version >= 3 && f.has("ecard")) {
        const auto code = f.bytes("ecard", 1, max_ecard_bytes);
        b.ecard.assign(reinterpret_cast<const char*>(code.data()), code.size());
    } else {
        b.document = read_document(f.map("document"), version, problem);
    }
    return b;
}

VerifyBody read_verify(Fields& f, int version) {
    static constexpr std::array<std::string_view, 4> formats = {"none", "wlt", "jpeg", "jpeg2000"};
    VerifyBody b;
    b.number = f.text("number", 1, 64);
    b.portrait = f.bytes("portrait", 4, max_portrait_bytes);
    if (version < 3) {
        b.face = f.bytes("wlt", 0, 4096);
        b.face_format = b.face.empty() ? "none" : "wlt";
        return b;
    }
    b.face = f.bytes("face", 0, max_face_bytes);
    b.face_format = one_of(f, "face_format", formats);
    if (b.face.empty() != (b.face_format == "none")) f.fail("does not fit the face", "face_format");
    return b;
}

void read_signature(Fields& f, std::string& problem) {
    std::size_t samples = 0;
    for (const auto& stroke : f.list("signature", 1, max_strokes)) {
        if (!problem.empty()) return;
        if (!stroke.is_array() || stroke.empty() || (samples += stroke.size()) > max_samples) return f.fail("has a wrong stroke", "signature");
        for (const auto& sample : stroke) {
            const bool right = sample.is_array() && sample.size() == 3 &&
                               std::ranges::all_of(sample, [](const auto& n) { return n.is_number_unsigned(); }) && sample[0] <= 4095u && sample[1] <= 4095u;
            if (!right) return f.fail("has a wrong sample", "signature");
        }
    }
}

/// What version 2 knows of the photograph, and version 1 does not.
void read_photo(Fields& f, const std::string& problem, ApplyBody& b) {
    static constexpr std::array<std::string_view, 3> advisory{"clothes_like_background", "head_covered", "mouth_open"};
    constexpr std::uint64_t no_gain = 1000, most_gain = 9999;
    const auto gain = f.number("flat_field", most_gain);
    if (problem.empty() && gain < no_gain) f.fail("is no gain", "flat_field");
    b.flat_field = static_cast<int>(gain);
    for (const auto& entry : f.list("photo_warnings", 0, max_warnings)) {
        const auto word = entry.is_string() ? entry.get<std::string>() : std::string{};
        if (std::ranges::find(advisory, word) == advisory.end()) return f.fail("has an unknown word", "photo_warnings");
        if (std::ranges::find(b.photo_warnings, word) != b.photo_warnings.end()) return f.fail("says a word twice", "photo_warnings");
        b.photo_warnings.push_back(word);
    }
}

bool is_jpeg(View bytes) {
    constexpr std::array start = {std::byte{0xFF}, std::byte{0xD8}, std::byte{0xFF}};
    return bytes.size() >= 4 && std::ranges::equal(start, bytes.first(3));
}

ApplyBody read_apply(Fields& f, int version, std::string& problem) {
    ApplyBody b;
    b.bank = f.text("bank", 1, 64);
    for (const auto& entry : f.list("consents", 0, 8)) {
        Fields consent(entry, problem, "consents");
        consent.number("agreed", INT64_MAX);
        consent.bytes("hash", 32, 32);
        b.consents.push_back(consent.text("kind", 1, 32));
        const auto& kind = b.consents.back();
        if (kind != "notice" && kind != "face_match" && kind != "bank_data") consent.fail("is unknown", "kind");
        consent.text("version", 0, 64);
        consent.end();
    }
    b.document = read_document(f.map("document"), version, problem);
    b.guardian = read_guardian(f, version, problem);
    if (version >= 3) {
        b.checked_by = f.bytes("checked_by", 0, 64);
        b.page = f.bytes("page", 0, max_page_bytes);
        if (problem.empty() && !b.page.empty() && !is_jpeg(b.page)) f.fail("is no JPEG", "page");
    }
    Fields match(f.map("match"), problem, "match");
    const auto by = match.text("by", 1, 16);
    if (by != "centre" && by != "staff") match.fail("is unknown", "by");
    b.matched_by_staff = by == "staff";
    b.reference = match.bytes("reference", 16, 16);
    b.staff = match.bytes("staff", 0, 64);
    match.end();
    b.mobile = f.text("mobile", 11, 11);
    if (!digits(b.mobile)) f.fail("is no number of a phone", "mobile");
    if (version >= 2) read_photo(f, problem, b);
    b.portrait = f.bytes("portrait", version >= 2 ? 0 : 4, max_portrait_bytes);
    const bool left_out = version >= 2 && b.portrait.empty();  // of a small child: whether it may be is not the codec's question
    if (problem.empty() && !left_out && !is_jpeg(b.portrait)) f.fail("is no JPEG", "portrait");
    b.rules = f.bytes("rules", 32, 32);
    read_signature(f, problem);
    return b;
}

PersonaliseBody read_personalise(Fields& f) {
    PersonaliseBody b;
    constexpr std::uint64_t triple_des = 1, sm4 = 3;
    constexpr std::size_t max_report = 24'576;
    const auto algorithm = f.number("algorithm", 255);
    if (algorithm != triple_des && algorithm != sm4) f.fail("is unknown", "algorithm");
    b.algorithm = static_cast<int>(algorithm);
    b.atr = f.bytes("atr", 2, 33);
    b.chip = f.bytes("chip", 16, 16);
    b.report = f.bytes("report", 0, max_report);
    b.version = f.text("version", 4, 4);
    if (b.version != "1.00" && b.version != "2.00" && b.version != "3.00") f.fail("is unknown", "version");
    return b;
}

OutcomeBody read_outcome(Fields& f, std::string& problem) {
    OutcomeBody b;
    b.at = static_cast<std::int64_t>(f.number("at", INT64_MAX));
    Fields blank(f.map("blank"), problem, "blank");
    if (blank.has("chip")) b.chip = blank.bytes("chip", 16, 16);
    b.load = blank.text("load", 0, 64);
    b.ordinal = static_cast<std::int64_t>(blank.number("ordinal", UINT32_MAX));
    blank.end();
    b.card_number = f.text("card_number", 0, 9);
    for (const auto& fault : f.list("faults", 0, 64)) {
        if (!fault.is_string() || fault.get_ref<const std::string&>().size() > 64) f.fail("has a wrong entry", "faults");
        else b.faults.push_back(fault.get<std::string>());
    }
    b.layout = f.bytes("layout", 0, 64);
    b.outcome = f.text("outcome", 1, 32);
    constexpr std::array<std::string_view, 6> words = {"issued", "not_taken", "spoiled", "not_started", "gone_unwitnessed", "unknown"};
    if (std::ranges::find(words, b.outcome) == words.end()) f.fail("is unknown", "outcome");
    return b;
}

RequestBody read_typed(MessageType type, int version, Fields& f, std::string& problem) {
    switch (type) {
        case MessageType::hello: return read_hello(f, problem);
        case MessageType::inquire: return read_inquire(f, version, problem);
        case MessageType::verify: return read_verify(f, version);
        case MessageType::apply: return read_apply(f, version, problem);
        case MessageType::resume: {
            auto document = read_document(f.map("document"), version, problem);
            return ResumeBody{std::move(document), read_guardian(f, version, problem)};
        }
        case MessageType::personalise: return read_personalise(f);
        case MessageType::outcome: return read_outcome(f, problem);
        case MessageType::status: return StatusBody{f.bytes("application", 16, 16)};
    }
    return StatusBody{};
}

/// What the type demands of application and attempt (comments of request-header).
bool fits_type(const RequestHeader& h) {
    switch (h.type) {
        case MessageType::hello: return h.application.empty() && h.attempt == 0 && h.step == 0;
        case MessageType::inquire:
        case MessageType::verify:
        case MessageType::status: return true;
        case MessageType::apply: return !h.application.empty() && h.attempt <= 1;
        case MessageType::resume:
        case MessageType::outcome: return !h.application.empty();
        case MessageType::personalise: return !h.application.empty() && h.attempt >= 1;
    }
    return false;
}

Asked<RequestHeader> read_header(View bytes) {
    const auto value = cbor::read(bytes);
    if (!value) return refuse(Refusal::malformed, "header: " + value.error());
    std::string problem;
    Fields f(*value, problem, "header");
    RequestHeader h;
    h.application = f.bytes("application", 0, 16);
    if (!h.application.empty() && h.application.size() != 16) f.fail("has a wrong length", "application");
    h.attempt = static_cast<int>(f.number("attempt", 99));
    h.expires = static_cast<std::int64_t>(f.number("expires", INT64_MAX));
    h.kiosk = f.text("kiosk", 1, 32);
    h.nonce = f.bytes("nonce", 16, 16);
    h.sent = static_cast<std::int64_t>(f.number("sent", INT64_MAX));
    h.step = static_cast<int>(f.number("step", 65535));
    const auto type = message_type_of(f.text("type", 1, 16));
    if (!type) f.fail("is unknown", "type");
    else h.type = *type;
    h.version = static_cast<int>(f.number("v", newest_version));
    if (h.version < 1) f.fail("is unknown", "v");
    f.end();
    if (problem.empty() && !fits_type(h)) f.fail("does not fit the type", "application or attempt");
    if (!problem.empty()) return refuse(Refusal::malformed, problem);
    return h;
}

}  // namespace

std::string_view name_of(MessageType type) {
    constexpr std::string_view names[] = {
#define X(name) #name,
        LIQU_CENTRAL_TYPES(X)
#undef X
    };
    return names[static_cast<std::size_t>(type)];
}

std::optional<MessageType> message_type_of(std::string_view word) {
#define X(name) \
    if (word == #name) return MessageType::name;
    LIQU_CENTRAL_TYPES(X)
#undef X
    return {};
}

std::string_view name_of(Refusal code) {
    constexpr std::string_view names[] = {
#define X(name) #name,
        LIQU_CENTRAL_REFUSALS(X)
#undef X
    };
    return names[static_cast<std::size_t>(code)];
}

Asked<Envelope> read_envelope(View message) {
    const auto value = cbor::read(message);
    if (!value) return refuse(Refusal::malformed, "message: " + value.error());
    const bool shape = value->is_array() && value->size() == 3 && std::ranges::all_of(*value, [](const auto& part) { return part.is_binary(); }) &&
                       (*value)[2].get_binary().size() == crypto_sign_BYTES;
    if (!shape) return refuse(Refusal::malformed, "message: not three byte strings");
    Envelope e{.header = {}, .header_bytes = bytes_of((*value)[0]), .sealed = bytes_of((*value)[1]), .signature = bytes_of((*value)[2])};
    auto header = read_header(e.header_bytes);
    if (!header) return std::unexpected(header.error());
    e.header = std::move(*header);
    return e;
}

bool signature_holds(const Envelope& e, View public_key32) {
    const auto text = join({view_of("liqu request 1"), e.header_bytes, sha256(e.sealed)});
    return public_key32.size() == crypto_sign_PUBLICKEYBYTES && e.signature.size() == crypto_sign_BYTES &&
           crypto_sign_verify_detached(raw(View(e.signature)), raw(View(text)), text.size(), raw(public_key32)) == 0;
}

Asked<Bytes> open_body(View sealed, const CentralKeys& keys) {
    if (sealed.size() < crypto_box_SEALBYTES) return refuse(Refusal::malformed, "body: not sealed");
    Bytes body(sealed.size() - crypto_box_SEALBYTES);
    if (crypto_box_seal_open(raw(body), raw(sealed), sealed.size(), keys.seal_public.data(), keys.seal_secret.data()) != 0)
        return refuse(Refusal::malformed, "body: not sealed to this centre");
    return body;
}

Asked<RequestBody> read_body(MessageType type, int version, View body) {
    const auto value = cbor::read(body);
    if (!value) return refuse(Refusal::malformed, "body: " + value.error());
    std::string problem;
    Fields f(*value, problem);
    auto read = read_typed(type, version, f, problem);
    f.end();
    if (!problem.empty()) return refuse(Refusal::malformed, "body: " + problem);
    return read;
}

Bytes sha256(View data) {
    Bytes hash(crypto_hash_sha256_BYTES);
    crypto_hash_sha256(raw(hash), raw(data), data.size());
    return hash;
}

Bytes sign(std::string_view domain, View data, const CentralKeys& keys) {
    const auto text = join({view_of(domain), data});
    Bytes signature(crypto_sign_BYTES);
    crypto_sign_detached(raw(signature), nullptr, raw(View(text)), text.size(), keys.sign_secret.data());
    return signature;
}

Bytes write_reply(View request, std::string_view type, bool ok, View body, std::int64_t sent, const CentralKeys& keys) {
    const auto header = cbor::write({{"re", cbor::bstr(sha256(request))},
                                     {"sent", static_cast<std::uint64_t>(std::max<std::int64_t>(sent, 0))},
                                     {"status", ok ? "ok" : "refused"},
                                     {"type", std::string(type)},
                                     {"v", 1u}});
    const auto signature = sign("liqu reply 1", join({header, sha256(body)}), keys);
    return cbor::write(cbor::Json::array({cbor::bstr(header), cbor::bstr(body), cbor::bstr(signature)}));
}

Bytes write_refused_body(const Refused& refused) {
    return cbor::write({{"code", std::string(name_of(refused.code))}, {"detail", refused.detail.substr(0, 200)}});
}

std::string to_hex(View bytes) {
    std::string text;
    for (const auto byte : bytes) text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return {};
    if (text.empty()) return Bytes{};
    Bytes bytes(text.size() / 2);
    std::size_t used = 0;
    const char* end = nullptr;
    if (sodium_hex2bin(raw(bytes), bytes.size(), text.data(), text.size(), nullptr, &used, &end) != 0 || used != bytes.size() || end != text.data() + text.size())
        return {};
    return bytes;
}

}  // namespace sim
