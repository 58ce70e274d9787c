// The personalisation's dialogue as the kiosk writes and reads it: questions and reports out, signed batches and verdicts in.
#include "kiosk/issuing/personalise.hpp"
#include "kiosk/issuing/exchange.hpp"
#include "kiosk/issuing/reading.hpp"

#include <fmt/format.h>

namespace kiosk {

using wire::Fields;
using wire::json;

namespace {
constexpr std::string_view batch_domain = "liqu batch 1";
constexpr std::size_t min_atr = 2, max_atr = 33, min_apdu = 4, pattern_size = 4, max_kiosk = 32;

json job_json(const ApplicationId& application, int attempt, const std::string& kiosk) {
    return {{"application", wire::binary(application.value)}, {"attempt", static_cast<std::uint64_t>(attempt)}, {"kiosk", kiosk}};
}

/// A word of the centre's own: it may stand in the audit, so it is one of letters, digits and '-'.
std::string word(Fields& fields, const char* key) {
    auto text = fields.text(key, 1, max_word_bytes);
    const bool plain = std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
    if (!plain) fields.refuse(key, "a-z 0-9 and - wanted");
    return plain ? text : std::string{};
}

StatusPattern pattern(Fields& fields, const char* key, const std::string& text) {
    const auto parsed = StatusPattern::parse(text);
    if (!parsed) fields.refuse(key, "four of 0-9 A-F * wanted");
    return parsed.value_or(StatusPattern{});
}

BatchStep step(const json& entry, int number, wire::Refusal& refusal) {
    Fields f(entry, fmt::format("batch.steps[{}]", number), refusal);
    BatchStep s;
    s.number = number;
    s.apdu = f.bytes("c", min_apdu, drivers::max_apdu_bytes);
    if (f.has("cap")) s.capture = word(f, "cap");
    s.commit = f.has("commit") && f.flag("commit");
    if (f.number("n", max_batch_steps) != static_cast<std::uint64_t>(number)) f.refuse("n", "1, 2, 3 .. wanted");
    s.redact = f.has("redact") && f.flag("redact");
    for (const auto& sw : f.array("sw", 1, max_patterns)) s.allowed.push_back(pattern(f, "sw", sw.is_string() ? sw.get<std::string>() : std::string{}));
    s.limit = std::chrono::milliseconds{f.number("t", static_cast<std::uint64_t>(most_step_limit.count()))};
    if (s.limit < least_step_limit) f.refuse("t", "a longer limit wanted");
    f.end();
    return s;
}

std::pair<StatusPattern, OnFail> on_fail(const json& entry, wire::Refusal& refusal) {
    constexpr std::pair<std::string_view, OnFail> words[] = {{"stop", OnFail::stop}, {"reauth", OnFail::reauth}, {"reject_card", OnFail::reject_card}};
    Fields f(entry, "batch.onfail[]", refusal);
    const auto what = f.text("do", 1, max_word_bytes);
    const auto* found = std::ranges::find(words, std::string_view{what}, [](const auto& w) { return w.first; });
    if (found == std::end(words)) f.refuse("do", "unknown word");
    const auto when = pattern(f, "sw", f.text("sw", pattern_size, pattern_size));
    f.end();
    return {when, found == std::end(words) ? OnFail::stop : found->second};
}

Batch batch_of(Fields& f) {
    Batch b;
    auto card = f.map("card");
    b.atr = card.bytes("atr", min_atr, max_atr);
    b.chip = card.bytes("chip", wire::id_size);
    card.end();
    b.expires = wire::time(f, "exp");
    auto job = f.map("job");
    b.application.value = job.bytes("application", wire::id_size);
    b.attempt = static_cast<int>(job.number("attempt", wire::max_attempt));
    b.kiosk = job.text("kiosk", 1, max_kiosk);
    job.end();
    for (const auto& entry : f.array("onfail", 0, max_patterns)) b.on_fail.push_back(on_fail(entry, f.refusal()));
    b.phase = word(f, "phase");
    b.previous = f.bytes("prev", wire::hash_size);
    b.resume = word(f, "resume");
    b.seq = static_cast<int>(f.number("seq", max_batches));
    std::chrono::milliseconds whole{};
    int number = 0;
    for (const auto& entry : f.array("steps", 1, max_batch_steps)) whole += b.steps.emplace_back(step(entry, ++number, f.refusal())).limit;
    if (whole > most_batch_time) f.refuse("steps", "shorter limits wanted");
    wire::version(f);
    return b;
}
}  // namespace

std::optional<StatusPattern> StatusPattern::parse(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    if (text.size() != pattern_size) return std::nullopt;
    StatusPattern out;
    for (const char c : text) {
        const auto digit = digits.find(c);
        if (digit == digits.npos && c != '*') return std::nullopt;
        out.value = static_cast<std::uint16_t>(out.value << 4 | (c == '*' ? 0 : digit));
        out.mask = static_cast<std::uint16_t>(out.mask << 4 | (c == '*' ? 0 : 0xF));
    }
    return out;
}

void Batch::wipe() {
    for (auto& s : steps) drivers::wipe(s.apdu);
    steps.clear();
}

void BatchReport::wipe() {
    for (auto& r : results)
        if (r.captured) drivers::wipe(*r.captured);
    results.clear();
}

PersonaliseQuestion question_about(const drivers::ChipIdentity& chip, Bytes report) {
    return {.atr = chip.atr, .chip = chip.identification_code, .version = chip.version, .algorithm = chip.algorithm, .report = std::move(report)};
}

namespace wire {

Bytes encode_question(const PersonaliseQuestion& q) {
    return encode_and_wipe({{"algorithm", static_cast<std::uint64_t>(q.algorithm)},
                            {"atr", binary(q.atr)},
                            {"chip", binary(q.chip)},
                            {"report", binary(q.report)},
                            {"version", q.version}});
}

Bytes encode_report(const BatchReport& r, const std::string& kiosk_id) {
    auto flags = json::array();
    const std::pair<bool, std::string_view> said[] = {
        {r.card_removed, "card_removed"}, {r.card_reset, "card_reset"}, {r.expired, "expired"}, {r.reader_lost, "reader_lost"}, {r.timed_out, "timed_out"}};
    for (const auto& [is, name] : said)
        if (is) flags.push_back(name);
    auto steps = json::array();
    for (const auto& result : r.results) {
        json entry = {{"n", static_cast<std::uint64_t>(result.number)}, {"sw", static_cast<std::uint64_t>(result.sw)}};
        if (result.captured) entry["captured"] = binary(*result.captured);
        steps.push_back(std::move(entry));
    }
    return encode_and_wipe({{"batch", binary(r.batch)},
                            {"flags", std::move(flags)},
                            {"job", job_json(r.application, r.attempt, kiosk_id)},
                            {"reader", r.reader.substr(0, max_reader_bytes)},
                            {"seq", static_cast<std::uint64_t>(r.seq)},
                            {"steps", std::move(steps)}});
}

Result<BatchBytes> decode_personalise(View body) {
    return read_map(body, max_message_bytes, "personalise-reply", [](Fields& f) {
        BatchBytes out;
        if (f.has("batch")) {
            out.batch = f.bytes("batch", 1, max_batch_bytes);
            out.signature = f.bytes("batch_signature", signature_size);
            return out;
        }
        out.reason = word(f, "reason");
        const auto verdict = f.text("verdict", 1, max_word_bytes);
        if (verdict != "personalised" && verdict != "reject_card") f.refuse("verdict", "unknown word");
        out.verdict = verdict == "personalised" ? ChipVerdict::personalised : ChipVerdict::reject_card;
        return out;
    });
}

Result<Batch> open_batch(View batch, View signature, View centre_sign) {
    if (batch.size() > max_batch_bytes) return drivers::fail(FaultCode::centre_garbage, "batch: too long");
    if (!signature_holds(batch_domain, batch, signature, centre_sign)) return drivers::fail(FaultCode::centre_signature, "batch");
    auto parsed = read_map(batch, max_batch_bytes, "batch", batch_of);
    if (parsed) parsed->hash = sha256(batch);
    return parsed;
}

}  // namespace wire

awaitable<Result<PersonaliseAnswer>> Issuing::personalise(ApplicationId application, int attempt, int seq, PersonaliseQuestion question) {
    auto header = Exchange::header(*this, wire::MessageType::personalise, application, attempt, seq, question_validity);
    auto body = co_await Exchange::ask(*this, std::move(header), wire::encode_question(question), exchange_tries);
    drivers::wipe(question.report);
    if (!body) co_return std::unexpected(std::move(body.error()));
    auto bytes = wire::decode_personalise(*body);
    drivers::wipe(*body);
    if (!bytes) co_return std::unexpected(std::move(bytes.error()));
    PersonaliseAnswer answer{.batch = std::nullopt, .verdict = bytes->verdict, .reason = std::move(bytes->reason)};
    if (bytes->batch.empty()) co_return answer;
    auto batch = wire::open_batch(bytes->batch, bytes->signature, parts_.keys.centre_sign);
    drivers::wipe(bytes->batch);
    if (!batch) co_return std::unexpected(std::move(batch.error()));
    answer.batch = std::move(*batch);
    co_return answer;
}

}  // namespace kiosk
