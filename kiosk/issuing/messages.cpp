// What the kiosk writes: headers and bodies of requests.
#include "kiosk/issuing/messages.hpp"

#include <cmath>
#include <fmt/format.h>

namespace kiosk::wire {

namespace {
std::string date(std::chrono::year_month_day day) {
    return fmt::format("{:04}{:02}{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

json unsigned_number(std::int64_t n) { return static_cast<std::uint64_t>(std::max<std::int64_t>(n, 0)); }

/// Chips may hold longer addresses than anybody needs: cut at a character's end, as the contract limits them.
std::string cut(const std::string& text) {
    constexpr std::size_t max_text_bytes = 256;
    if (text.size() <= max_text_bytes) return text;
    std::size_t end = max_text_bytes;
    while (end > 0 && (static_cast<std::uint8_t>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end);
}

json document_json(const drivers::IdDocument& d) {
    static const std::string unspecified(3, 'X');  // ICAO 9303-3, 5: of a permit that does not say its holder's nationality
    const bool says_from = d.valid_from.year() != std::chrono::year{0};
    return {{"address", cut(d.address)},
            {"authority", cut(d.authority)},
            {"birth", date(d.birth)},
            {"evidence", drivers::name_of(d.evidence)},
            {"kind", drivers::name_of(d.kind)},
            {"name", d.name},
            {"name_latin", d.name_latin},
            {"nation", unsigned_number(d.nation)},
            {"nationality", d.nationality.empty() ? std::string(unspecified) : d.nationality},
            {"number", d.number},
            {"pass_number", d.pass_number},
            {"sex", static_cast<std::uint64_t>(d.sex)},
            {"valid_from", says_from ? json(date(d.valid_from)) : json(nullptr)},
            {"valid_to", d.valid_to ? json(date(*d.valid_to)) : json(nullptr)}};
}

json guardian_json(const std::optional<Guardian>& guardian) {
    if (!guardian) return nullptr;
    return {{"document", document_json(guardian->document)}, {"relation", kiosk::name_of(guardian->relation)}};
}

std::string_view word_of(drivers::PortraitFormat format) {
    switch (format) {
        case drivers::PortraitFormat::none: return "none";
        case drivers::PortraitFormat::wlt: return "wlt";
        case drivers::PortraitFormat::jpeg: return "jpeg";
        case drivers::PortraitFormat::jpeg2000: return "jpeg2000";
    }
    return {};
}

/// Keyed hashes travel in the kiosk as hexadecimal text and on the wire as bytes.
Bytes hash_bytes(const std::string& text) { return drivers::from_hex(text).value_or(drivers::to_bytes(text)); }

json consents_json(const std::vector<Consent>& consents) {
    auto list = json::array();
    for (const auto& c : consents)
        list.push_back({{"agreed", unsigned_number(unix_seconds(c.agreed))}, {"hash", binary(c.text_hash)}, {"kind", c.kind}, {"version", c.version}});
    return list;
}

/// A long signature is thinned evenly, so that it fits the request beside portrait and page (a sample takes 12 bytes at most); beginnings and ends of strokes stay.
json signature_json(const std::vector<Stroke>& strokes) {
    constexpr int pad_edge = 4095;
    constexpr std::size_t most_samples = 8'000;
    std::size_t samples = 0;
    for (const auto& stroke : strokes) samples += stroke.size();
    const std::size_t step = samples / most_samples + 1;
    auto list = json::array();
    for (const auto& stroke : strokes) {
        auto points = json::array();
        const auto put = [&](const StrokePoint& p) {
            points.push_back({unsigned_number(std::clamp(p.x, 0, pad_edge)), unsigned_number(std::clamp(p.y, 0, pad_edge)), unsigned_number(p.ms)});
        };
        for (std::size_t i = 0; i + 1 < stroke.size(); i += step) put(stroke[i]);
        if (!stroke.empty()) put(stroke.back());
        if (!points.empty()) list.push_back(std::move(points));
    }
    return list;
}

json warnings_json(const std::vector<camera::Reason>& warnings) {
    auto list = json::array();
    for (const auto reason : warnings) list.push_back(camera::name_of(reason));
    return list;
}

/// The contract knows no fractions.
std::uint64_t thousandths(double gain) {
    constexpr double most = 9.999;
    return static_cast<std::uint64_t>(std::lround(std::clamp(gain, 1.0, most) * 1000));
}
}  // namespace

std::string_view name_of(MessageType type) {
    switch (type) {
        case MessageType::hello: return "hello";
        case MessageType::inquire: return "inquire";
        case MessageType::verify: return "verify";
        case MessageType::apply: return "apply";
        case MessageType::resume: return "resume";
        case MessageType::personalise: return "personalise";
        case MessageType::outcome: return "outcome";
        case MessageType::status: return "status";
    }
    return {};
}

Bytes encode_header(const RequestHeader& h) {
    return encode_cbor({{"application", binary(h.application)},
                        {"attempt", unsigned_number(h.attempt)},
                        {"expires", unsigned_number(h.expires)},
                        {"kiosk", h.kiosk},
                        {"nonce", binary(h.nonce)},
                        {"sent", unsigned_number(h.sent)},
                        {"step", unsigned_number(h.step)},
                        {"type", name_of(h.type)},
                        {"v", request_version}});
}

Bytes encode_hello(const Hello& hello, const LedgerHead& ledger) {
    auto hoppers = json::array();
    for (const auto& [bank, count] : hello.hoppers) hoppers.push_back({{"bank", bank.value}, {"count", unsigned_number(count)}});
    return encode_cbor({{"audit_count", unsigned_number(ledger.audit_count)},
                        {"audit_head", binary(ledger.audit_head)},
                        {"build", hello.build},
                        {"ledger_epoch", binary(ledger.epoch)},
                        {"path", hello.path},
                        {"supplies", {{"bin_room", unsigned_number(hello.bin_room)}, {"hoppers", std::move(hoppers)}, {"ribbon", unsigned_number(hello.ribbon)}}}});
}

Bytes encode_inquire(const drivers::IdDocument& document) { return encode_and_wipe({{"document", document_json(document)}}); }

Bytes encode_inquire_ecard(View code) { return encode_and_wipe({{"ecard", binary(code)}}); }

Bytes encode_verify(const drivers::IdDocument& document, View portrait) {
    return encode_and_wipe(
        {{"face", binary(document.portrait)}, {"face_format", word_of(document.portrait_format)}, {"number", document.number}, {"portrait", binary(portrait)}});
}

Bytes encode_resume(const drivers::IdDocument& document, const std::optional<Guardian>& guardian) {
    return encode_and_wipe({{"document", document_json(document)}, {"guardian", guardian_json(guardian)}});
}

Bytes encode_apply(const Application& a) {
    constexpr std::size_t reference_size = 16;
    auto reference = a.match.reference;
    reference.resize(reference_size);  // sixteen zero bytes when the centre was never asked (comparison refused, staff confirmed)
    return encode_and_wipe({{"bank", a.bank.value},
                            {"checked_by", binary(hash_bytes(a.checked_by))},
                            {"consents", consents_json(a.consents)},
                            {"document", document_json(a.document)},
                            {"flat_field", thousandths(a.flat_field)},
                            {"guardian", guardian_json(a.guardian)},
                            {"match", {{"by", a.match.by_staff ? "staff" : "centre"}, {"reference", binary(reference)}, {"staff", binary(hash_bytes(a.match.staff_hash))}}},
                            {"mobile", a.mobile},
                            {"page", binary(a.page)},
                            {"photo_warnings", warnings_json(a.photo_warnings)},
                            {"portrait", binary(a.portrait)},
                            {"rules", binary(a.rules_hash)},
                            {"signature", signature_json(a.signature)}});
}

Bytes encode_outcome(const OutcomeReport& report, std::int64_t at) {
    auto faults = json::array();
    for (const auto code : report.faults) faults.push_back(drivers::name_of(code));
    json blank = {{"load", report.card.load}, {"ordinal", unsigned_number(report.card.ordinal)}};
    if (!report.chip.empty()) blank["chip"] = binary(report.chip);
    return encode_cbor({{"at", unsigned_number(at)},
                        {"blank", std::move(blank)},
                        {"card_number", report.card_number},
                        {"faults", std::move(faults)},
                        {"layout", binary(hash_bytes(report.layout_hash))},
                        {"outcome", kiosk::name_of(report.outcome)}});
}

Bytes encode_status(const ApplicationId& application) { return encode_cbor({{"application", binary(application.value)}}); }

}  // namespace kiosk::wire
