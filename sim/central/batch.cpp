// Batches out, reports in.
#include "sim/central/batch.hpp"
#include "sim/central/fields.hpp"

#include <algorithm>

namespace sim {
namespace {

struct Rule {
    const char *sw, *what;
};
/// The first that fits decides. After a voltage dip that nobody was told of, selection, rights and challenge are gone: begin again.
constexpr std::array rules = {Rule{"6982", "reauth"}, Rule{"6984", "reauth"}, Rule{"6985", "reauth"}, Rule{"6986", "reauth"}, Rule{"6A82", "reauth"}, Rule{"6A88", "reauth"},
                              Rule{"6300", "reject_card"}, Rule{"63C*", "reject_card"}, Rule{"6983", "reject_card"}, Rule{"6581", "reject_card"}, Rule{"****", "stop"}};
constexpr std::array<std::string_view, 5> known_flags = {"card_removed", "card_reset", "expired", "reader_lost", "timed_out"};

bool fits(std::string_view pattern, int sw) {
    const auto text = fmt::format("{:04X}", sw);
    for (std::size_t i = 0; i < text.size(); ++i)
        if (pattern[i] != '*' && pattern[i] != text[i]) return false;
    return true;
}

cbor::Json step_of(const BatchStep& step, std::size_t number) {
    cbor::Json out = {{"c", cbor::bstr(step.command)}, {"n", static_cast<std::uint64_t>(number)}, {"sw", cbor::Json::array({"9000"})}, {"t", static_cast<std::uint64_t>(step.limit_ms)}};
    if (!step.capture.empty()) out["cap"] = step.capture;
    if (step.redact) out["redact"] = true;
    if (step.commit) out["commit"] = true;
    return out;
}

BatchReport::Result result_of(const cbor::Json& entry, std::size_t number, std::string& problem) {
    Fields f(entry, problem, "report.steps");
    BatchReport::Result result;
    if (f.has("captured")) result.captured = f.bytes("captured", 0, max_captured);
    if (f.number("n", max_steps) != number) f.fail("is out of order", "n");
    result.sw = static_cast<int>(f.number("sw", 0xFFFF));
    f.end();
    return result;
}

}  // namespace

std::string_view on_fail(int sw) {
    for (const auto& rule : rules)
        if (fits(rule.sw, sw)) return rule.what;
    return "stop";
}

bool BatchReport::says(std::string_view flag) const { return std::ranges::find(flags, flag) != flags.end(); }

Bytes write_batch(const BatchHead& head, const std::vector<BatchStep>& steps) {
    auto list = cbor::Json::array(), failing = cbor::Json::array();
    for (const auto& step : steps) list.push_back(step_of(step, list.size() + 1));
    for (const auto& rule : rules) failing.push_back({{"do", rule.what}, {"sw", rule.sw}});
    return cbor::write({{"card", {{"atr", cbor::bstr(head.atr)}, {"chip", cbor::bstr(head.chip)}}},
                        {"exp", static_cast<std::uint64_t>(std::max<std::int64_t>(head.expires, 0))},
                        {"job", {{"application", cbor::bstr(head.application)}, {"attempt", static_cast<unsigned>(head.attempt)}, {"kiosk", head.kiosk}}},
                        {"onfail", failing},
                        {"phase", head.phase},
                        {"prev", cbor::bstr(head.previous)},
                        {"resume", head.resume},
                        {"seq", static_cast<unsigned>(head.seq)},
                        {"steps", list},
                        {"v", 1u}});
}

Asked<BatchReport> read_report(View bytes) {
    const auto value = cbor::read(bytes);
    if (!value) return refuse(Refusal::malformed, "report: " + value.error());
    std::string problem;
    Fields f(*value, problem, "report");
    BatchReport r;
    r.batch = f.bytes("batch", 32, 32);
    for (const auto& entry : f.list("flags", 0, known_flags.size())) {
        const auto flag = entry.is_string() ? entry.get<std::string>() : std::string{};
        if (std::ranges::find(known_flags, flag) == known_flags.end() || r.says(flag)) f.fail("has an unknown word, or one twice", "flags");
        r.flags.push_back(flag);
    }
    Fields job(f.map("job"), problem, "report.job");
    r.application = job.bytes("application", 16, 16);
    r.attempt = static_cast<int>(job.number("attempt", 99));
    r.kiosk = job.text("kiosk", 1, 32);
    job.end();
    r.reader = f.text("reader", 0, 64);
    r.seq = static_cast<int>(f.number("seq", max_batches));
    for (const auto& entry : f.list("steps", 0, max_steps)) r.results.push_back(result_of(entry, r.results.size() + 1, problem));
    f.end();
    if (!problem.empty()) return refuse(Refusal::malformed, problem);
    return r;
}

}  // namespace sim
