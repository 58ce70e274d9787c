// A batch on its way to the chip and its report on its way back.
#include "kiosk/card_path/relay.hpp"
#include "drivers/apdu.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace kiosk {

namespace {
/// What a fault says of a step: its header, never its data; of a redacted one nothing but its number.
std::string label(const BatchStep& step) {
    if (step.redact) return fmt::format("batch step {}", step.number);
    return fmt::format("batch step {} ({})", step.number, drivers::hex(View{step.apdu}.first(std::min<std::size_t>(step.apdu.size(), 4))));
}

FaultCode fault_of(const BatchStep& step, std::uint16_t sw) {
    constexpr std::uint8_t external = 0x82, internal = 0x88;
    const auto ins = drivers::u8(step.apdu[1]);
    const bool tries_left = (sw & 0xFFF0) == 0x63C0;
    return ins == external || ins == internal || tries_left || sw == 0x6983 ? FaultCode::chip_auth_failed : FaultCode::chip_refused;
}

/// What the report says of a command that was not answered.
void note(BatchReport& report, FaultCode code) {
    switch (code) {
        case FaultCode::chip_removed: report.card_removed = true; return;
        case FaultCode::chip_reset: report.card_reset = true; return;
        case FaultCode::time_out: report.timed_out = true; return;
        default: report.reader_lost = true; return;
    }
}

bool is_answered(const Relayed& relayed) { return !relayed.lost() && !relayed.report.card_removed; }
}  // namespace

drivers::Result<void> Relay::may_run(const Batch& b, const Expected& e) const {
    if (b.application != e.application || b.attempt != e.attempt || b.kiosk != e.kiosk) return drivers::fail(FaultCode::order_foreign, "batch of another attempt");
    if (b.seq != e.seq) return drivers::fail(FaultCode::order_foreign, fmt::format("batch {} where {} is due", b.seq, e.seq));
    if (b.previous != e.previous) return drivers::fail(FaultCode::order_foreign, fmt::format("batch {} answers another report", b.seq));
    if (b.atr != e.atr || b.chip != e.chip) return drivers::fail(FaultCode::chip_mismatch, fmt::format("batch {} is for another card", b.seq));
    if (auto may = may_send(b.steps, selected_); !may) return may;
    if (b.expires <= e.centre_now) return drivers::fail(FaultCode::order_expired, fmt::format("batch {}", b.seq));
    return {};
}

BatchReport Relay::report_on(const Batch& b) const {
    return {.application = b.application, .attempt = b.attempt, .seq = b.seq, .batch = b.hash, .results = {}, .reader = reader_name_};
}

BatchReport Relay::too_late(const Batch& b) const {
    auto report = report_on(b);
    report.expired = true;
    return report;
}

/// False when the batch ends here.
awaitable<bool> Relay::send(const Batch& batch, const BatchStep& step, Relayed& relayed) {
    auto answer = co_await drivers::ask_card(reader_, step.apdu, step.limit);
    if (!answer) {
        note(relayed.report, answer.error().code);
        relayed.fault = Fault{answer.error().code, label(step)};
        co_return false;
    }
    auto& result = relayed.report.results.emplace_back(step.number, answer->sw, std::nullopt);
    if (!step.capture.empty()) result.captured = std::move(answer->data);
    else drivers::wipe(answer->data);
    if (std::ranges::any_of(step.allowed, [&](const StatusPattern& p) { return p.fits(answer->sw); })) {
        (void)may_send(step, selected_);
        co_return true;
    }
    relayed.fault = Fault{fault_of(step, answer->sw), step.redact ? label(step) : fmt::format("{}: {:04X}", label(step), answer->sw)};
    const auto decided = std::ranges::find_if(batch.on_fail, [&](const auto& rule) { return rule.first.fits(answer->sw); });
    if (decided != batch.on_fail.end()) relayed.then = decided->second;
    co_return false;
}

awaitable<Relayed> Relay::run(const Batch& batch, CommitLog& log) {
    if (std::exchange(in_flight_, true)) throw std::logic_error("one batch at a time");
    const struct Landed {
        bool& in_flight;
        ~Landed() { in_flight = false; }
    } landed{in_flight_};
    Relayed relayed{.report = report_on(batch)};
    relayed.report.results.reserve(batch.steps.size());
    std::string point;  // of the commit group under way
    for (const auto& step : batch.steps) {
        if (step.commit && point.empty()) {
            point = fmt::format("{}/{} {}", batch.seq, step.number, batch.phase);
            co_await log.begin(point);
        }
        if (!step.commit && !point.empty()) co_await log.end(std::exchange(point, {}), "done");
        if (co_await send(batch, step, relayed)) continue;
        if (!point.empty()) co_await log.end(std::exchange(point, {}), is_answered(relayed) ? "not_done" : "unknown");
        co_return relayed;
    }
    if (!point.empty()) co_await log.end(std::move(point), "done");
    co_return relayed;
}

}  // namespace kiosk
