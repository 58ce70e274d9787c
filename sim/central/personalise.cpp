// personalise: a dialogue of signed batches. The chip's first question binds it to the attempt; each question brings the report of the last batch and takes the
// next, until everything that was written has been read back and compared. What was interrupted begins again at its phase, with a new challenge.
#include "sim/central/core.hpp"
#include "sim/central/script.hpp"

#include <sodium.h>

namespace sim {

/// A row of `dialogues`.
struct Dialogue {
    int seq = 0;  ///< of the last batch
    Stand stand{};
    int restarts = 0;
    std::string verdict;  ///< empty: under way
    Bytes batch;          ///< SHA-256 of the last batch
};

namespace {

constexpr std::string_view done = "personalised";

cbor::Json verdict_reply(std::string_view verdict) {
    if (verdict == done) return {{"reason", "read-back"}, {"verdict", done}};
    return {{"reason", verdict}, {"verdict", "reject_card"}};
}

/// Known to nobody before the batch is made, and the same when the batch's report is judged.
Bytes nonce_of(const CentralKeys& keys, const Attempt& a, int seq) {
    Bytes out(16), about = a.application;
    about.push_back(static_cast<std::byte>(a.attempt));
    about.push_back(static_cast<std::byte>(seq));
    crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(), reinterpret_cast<const unsigned char*>(about.data()), about.size(), keys.sign_secret.data(), 32);
    return out;
}

Asked<Subject> subject_of(const CentralSetup& setup, const RegisterEntry& person, const PersonaliseBody& b, const Attempt& a, int seq) {
    auto records = records_of(setup, person, a);
    if (!records) return refuse(Refusal::limit, records.error());
    const auto day = day_of(a.issued);
    return Subject{.cipher = static_cast<Cipher>(b.algorithm), .master = setup.keys.master, .chip = b.chip, .version = b.version, .records = std::move(*records),
                   .with_certificates = setup.region.certificates,
                   .certificates = {.card_number = a.card_number, .valid_from = day, .valid_to = years_later(day, setup.region.valid_years), .signature_key = {}},
                   .secret = setup.keys.sign_secret, .nonce = nonce_of(setup.keys, a, seq)};
}

/// Is this the report of the last batch, of this attempt, with exactly what was asked for?
Asked<void> fits(const BatchReport& report, const RequestHeader& h, const Dialogue& d, const Script& script) {
    if (report.application != h.application || report.attempt != h.attempt || report.kiosk != h.kiosk) return refuse(Refusal::malformed, "report of another attempt");
    if (report.seq != d.seq || report.batch != d.batch) return refuse(Refusal::malformed, "report of another batch");
    if (report.results.size() > script.steps.size()) return refuse(Refusal::malformed, "report has more steps than its batch");
    for (std::size_t i = 0; i < report.results.size(); ++i) {
        if (report.results[i].captured.has_value() == script.steps[i].capture.empty()) return refuse(Refusal::malformed, "report captures what was not asked, or lacks what was");
        if (i + 1 < report.results.size() && report.results[i].sw != 0x9000) return refuse(Refusal::malformed, "report goes on after a refused step");
    }
    return {};
}

/// Where the dialogue stands after a report that fits.
void weigh(const BatchReport& report, const Script& script, Dialogue& d) {
    const bool refused = !report.results.empty() && report.results.back().sw != 0x9000;
    if (!refused && report.flags.empty() && report.results.size() == script.steps.size()) {
        auto now = stand_after(script, d.stand, report.results);
        if (!now) d.verdict = now.error();
        else d.stand = std::move(*now);
        return;
    }
    const bool removed = report.says("card_removed");
    const bool again = !removed && (!report.flags.empty() || (refused && on_fail(report.results.back().sw) == "reauth"));
    if (!again) d.verdict = removed ? "card-removed" : "refused";
    else if (++d.restarts > max_restarts) d.verdict = "too-many-restarts";
    d.stand.original.clear();
    d.stand.process.clear();
}

}  // namespace

std::optional<Dialogue> Central::Impl::dialogue_of(const Attempt& a) {
    Query row(*store, "SELECT seq, phase, restarts, verdict, batch, original, process, signature_key FROM dialogues WHERE application=? AND attempt=?", a.application, a.attempt);
    if (!row.step()) return {};
    return Dialogue{.seq = static_cast<int>(row.integer(0)),
                    .stand = {.phase = static_cast<Phase>(row.integer(1)), .original = row.blob(5), .process = row.blob(6), .signature_key = row.blob(7)},
                    .restarts = static_cast<int>(row.integer(2)), .verdict = row.text(3), .batch = row.blob(4)};
}

void Central::Impl::keep(const Attempt& a, const Dialogue& d) {
    Query(*store, "INSERT OR REPLACE INTO dialogues VALUES(?,?,?,?,?,?,?,?,?,?)", a.application, a.attempt, d.seq, static_cast<int>(d.stand.phase), d.restarts, std::string_view(d.verdict), d.batch,
          d.stand.original, d.stand.process, d.stand.signature_key)
        .run();
}

bool Central::Impl::personalised(const Attempt& a) {
    const auto d = dialogue_of(a);
    return d && d->verdict == done;
}

Asked<Attempt> Central::Impl::may_personalise(const RequestHeader& h, const PersonaliseBody& b) {
    const auto a = attempt_of(h.application, h.attempt);
    if (!a) return refuse(Refusal::no_such_application, "no such attempt");
    if (a->kiosk != h.kiosk) return refuse(Refusal::foreign_kiosk, "another kiosk's attempt");
    if (a->state != "leased" || !highest(*a) || parked(a->application, a->attempt)) return refuse(Refusal::attempt_closed, "");
    if (a->expires <= now()) return refuse(Refusal::expired, "the lease is over");
    if (!a->chip.empty() && (a->chip != b.chip || a->atr != b.atr)) return refuse(Refusal::wrong_chip, "another chip is bound to this attempt");
    if (a->chip.empty()) {
        Query used(*store, "SELECT 1 FROM attempts WHERE chip=?", b.chip);
        if (used.step()) return refuse(Refusal::wrong_chip, "this chip served another attempt");
    }
    return *a;
}

Asked<void> Central::Impl::take_report(const RequestHeader& h, const PersonaliseBody& b, const Attempt& a, Dialogue& d) {
    if (d.seq == 0) {
        if (!b.report.empty()) return refuse(Refusal::malformed, "a report before the first batch");
        return {};
    }
    const auto report = read_report(b.report);
    if (!report) return std::unexpected(report.error());
    const auto file = application(h.application);
    const auto* person = file ? setup.people->by_key(file->person) : nullptr;
    if (!person) return refuse(Refusal::not_entitled, "the register changed");
    const auto subject = subject_of(setup, *person, b, a, d.seq);
    if (!subject) return std::unexpected(subject.error());
    const auto script = script_of(*subject, d.stand);
    if (!script) return refuse(Refusal::malformed, "the chip says another generation than before");
    if (auto fit = fits(*report, h, d, *script); !fit) return fit;
    weigh(*report, *script, d);
    if (d.verdict.empty() && d.stand.phase == Phase::finished) d.verdict = done;
    return {};
}

Asked<cbor::Json> Central::Impl::next_batch(const RequestHeader& h, const PersonaliseBody& b, const Attempt& a, Dialogue& d) {
    const auto file = application(h.application);
    const auto* person = file ? setup.people->by_key(file->person) : nullptr;
    if (!person) return refuse(Refusal::not_entitled, "the register changed");
    const auto subject = subject_of(setup, *person, b, a, h.step);
    if (!subject) return std::unexpected(subject.error());
    const auto script = script_of(*subject, d.stand);
    if (!script) {
        d.verdict = script.error();
        return verdict_reply(d.verdict);
    }
    if (!d.stand.process.empty()) {
        if (a.cryptograms >= max_cryptograms) return refuse(Refusal::limit, "ten cryptograms an attempt");
        Query(*store, "UPDATE attempts SET cryptograms=cryptograms+1 WHERE application=? AND attempt=?", a.application, a.attempt).run();
        Query(*store, "INSERT INTO cryptograms VALUES(?,?,?,?,?,?,?)", a.application, a.attempt, h.step, b.chip, d.stand.process, d.stand.original, now()).run();
    }
    const auto batch = write_batch({.application = a.application, .atr = b.atr, .chip = b.chip, .previous = sha256(b.report), .attempt = a.attempt, .seq = h.step, .kiosk = a.kiosk,
                                    .phase = script->phase, .resume = script->resume, .expires = std::min(now() + batch_life_s, a.expires)},
                                   script->steps);
    d.seq = h.step;
    d.batch = sha256(batch);
    cbor::Json reply;
    reply["batch"] = cbor::bstr(batch);
    reply["batch_signature"] = cbor::bstr(sign("liqu batch 1", batch, setup.keys));
    return reply;
}

Asked<cbor::Json> Central::Impl::personalise(const RequestHeader& h, const PersonaliseBody& b) {
    const auto a = may_personalise(h, b);
    if (!a) return std::unexpected(a.error());
    auto d = dialogue_of(*a).value_or(Dialogue{});
    if (h.step < 1 || h.step > max_batches) return refuse(Refusal::limit, "sixteen batches an attempt");
    if (!d.verdict.empty()) return refuse(Refusal::attempt_closed, "the chip has had its verdict");
    if (h.step != d.seq + 1) return refuse(Refusal::malformed, "a batch was left out");
    if (a->chip.empty()) {
        Query(*store, "UPDATE attempts SET chip=?, atr=? WHERE application=? AND attempt=?", b.chip, b.atr, a->application, a->attempt).run();
        Query(*store, "UPDATE cards SET chip=? WHERE number=?", b.chip, std::string_view(a->card_number)).run();
    }
    if (auto taken = take_report(h, b, *a, d); !taken) return std::unexpected(taken.error());
    auto reply = d.verdict.empty() ? next_batch(h, b, *a, d) : Asked<cbor::Json>(verdict_reply(d.verdict));
    if (reply) keep(*a, d);
    return reply;
}

}  // namespace sim
