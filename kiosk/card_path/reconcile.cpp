// Two persons book an unknown card; when none is left, the path tries to open.
#include "kiosk/card_path/acts.hpp"

namespace kiosk {

namespace {
std::string_view name_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::destroyed: return "destroyed";
        case Verdict::in_bin: return "in_bin";
        case Verdict::not_found: break;
    }
    return "not_found";
}
}  // namespace

awaitable<Result<void>> CardPath::reconcile(CardKey key, Verdict verdict, std::string first, std::string second) {
    if (first.empty() || second.empty() || first == second) co_return drivers::fail(FaultCode::staff_same_person);
    struct Found {
        std::optional<CardRow> row;
        std::optional<ReportMemo> memo;
    };
    auto found = co_await parts_.ledger.look([key](Books& books) { return Found{books.card(key), books.memo(key)}; });
    if (!found.row || found.row->state != CardState::unknown || found.row->reason.starts_with("reconciled"))
        co_return drivers::fail(FaultCode::not_permitted, "this card is not unknown");
    // A card that stays lost was reported unknown; the centre's own two people decide about its attempt.
    std::optional<OutboxRow> report;
    if (verdict != Verdict::not_found && !found.row->application.empty()) {
        report = parts_.issuing.outcome_row({.application = found.row->application,
                                             .attempt = found.row->attempt,
                                             .outcome = CardOutcome::spoiled,
                                             .card_number = found.memo ? found.memo->card_number : "",
                                             .card = key,
                                             .chip = found.memo ? found.memo->chip : Bytes{},
                                             .faults = {FaultCode::card_unknown},
                                             .layout_hash = parts_.layout_hash,
                                             .at = parts_.clock.utc()});
    }
    const bool reported = report.has_value();
    const bool last = co_await parts_.ledger.transact([key, verdict, first, second, report = std::move(report), now = parts_.clock.utc()](Books& books) {
        const auto state = verdict == Verdict::not_found ? CardState::unknown : CardState::spoiled;
        books.set_state(key, state, fmt::format("reconciled:{}", name_of(verdict)), now);
        books.set_in_bin(key, verdict == Verdict::in_bin);
        books.audit(AuditEvent::card_reconciled, {{"card", label_of(key)}, {"verdict", name_of(verdict)}, {"by", first}, {"second", second}}, now);
        if (report) books.enqueue(*report);
        return books.to_reconcile().empty();
    });
    if (reported) parts_.issuing.outbox_filled();
    if (last) (void)co_await reopen(first);
    co_return Result<void>{};
}

}  // namespace kiosk
