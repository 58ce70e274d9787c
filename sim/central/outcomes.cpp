// How an attempt ended, judged: the only place where a card becomes ACTIVE without a member of staff. What does not fit is parked, not guessed.
#include "sim/central/core.hpp"

namespace sim {
namespace {

bool reconciled(std::string_view outcome) { return outcome == "spoiled" || outcome == "not_taken" || outcome == "not_started"; }

CardState card_after(std::string_view outcome, const Judgement& j) {
    if (j.activate) return CardState::active;
    return outcome == "not_taken" || outcome == "gone_unwitnessed" ? CardState::inactive : CardState::gone_void;
}

}  // namespace

bool Central::Impl::parked(View application, int attempt) {
    Query row(*store, "SELECT 1 FROM disputes WHERE application=? AND attempt=? AND state='parked'", application, attempt);
    return row.step();
}

bool Central::Impl::active_card(View application) {
    Query row(*store, "SELECT 1 FROM cards WHERE application=? AND state='ACTIVE'", application);
    return row.step();
}

bool Central::Impl::highest(const Attempt& a) {
    Query row(*store, "SELECT max(attempt) FROM attempts WHERE application=?", a.application);
    return row.step() && row.integer(0) == a.attempt;
}

std::string Central::Impl::state_of(const Attempt& last) {
    if (active_card(last.application)) return "issued";
    if (parked(last.application, last.attempt)) return "disputed";
    if (last.state == "leased") return last.expires > now() ? "leased" : "pending";
    if (last.state == "issued" || last.state == "gone_unwitnessed") return "issued";
    if (last.state == "not_taken" || last.state == "spoiled") return last.state;
    return "pending";
}

void Central::Impl::set_card(std::string_view number, CardState state, View chip) {
    Query(*store, "UPDATE cards SET state=? WHERE number=?", name_of(state), number).run();
    if (!chip.empty()) Query(*store, "UPDATE cards SET chip=? WHERE number=?", chip, number).run();
}

std::int64_t Central::Impl::open_dispute(View application, int attempt, std::string_view kiosk, std::string_view reason) {
    Query(*store, "INSERT INTO disputes(application, attempt, kiosk, reason, state, opened) VALUES(?,?,?,?,'parked',?)", application, attempt, kiosk, reason, now()).run();
    return store->last_id();
}

Judgement Central::Impl::judge_issued(const Attempt& a, const OutcomeBody& b) {
    if (!highest(a)) return {.reason = "not_the_highest_attempt"};
    if (!personalised(a)) return {.reason = "never_personalised"};
    if (!b.chip) return {.reason = "no_chip"};
    if (b.at > a.expires) return {.reason = "after_the_lease"};
    if (b.at < a.issued - clock_tolerance_s) return {.reason = "before_the_lease"};
    if (b.at > now() + clock_tolerance_s) return {.reason = "in_the_future"};
    if (active_card(a.application)) return {.reason = "another_card_is_active"};
    return {.activate = true};
}

Judgement Central::Impl::judge(const Attempt& a, const OutcomeBody& b) {
    const bool nothing_named = b.card_number.empty() && b.outcome == "not_started";
    if (b.card_number != a.card_number && !nothing_named) return {.reason = "card_number"};
    if (b.chip && !a.chip.empty() && *b.chip != a.chip) return {.reason = "wrong_chip"};
    if (b.outcome == "not_started" && a.cryptograms > 0) return {.reason = "was_personalised"};
    if (a.state == b.outcome && a.state != "unknown") return {};  // said before, under another step
    if (a.state == "unknown" || a.state == "gone_unwitnessed") {
        if (reconciled(b.outcome)) return {.settles = true};
        return {.reason = a.state == b.outcome ? "unknown" : "contradicts"};
    }
    if (a.state == "fenced" || (a.state == "not_started" && reconciled(b.outcome))) {
        // Its card number is void already: only a card that may be in somebody's hand is worth a dispute.
        if (reconciled(b.outcome)) return {};
        return {.reason = b.outcome == "unknown" ? "unknown" : "fenced"};
    }
    if (a.state != "leased") return {.reason = "contradicts"};
    if (b.outcome == "issued") return judge_issued(a, b);
    if (b.outcome == "unknown") return {.reason = "unknown"};
    if (b.outcome == "not_taken" && a.cryptograms == 0) return {.reason = "never_personalised"};
    if (b.outcome == "gone_unwitnessed" && (a.cryptograms == 0 || !b.chip)) return {.reason = "never_personalised"};
    return {};
}

void Central::Impl::book(const Attempt& a, const OutcomeBody& b, const Judgement& j) {
    const bool open = a.state == "leased" || j.settles;
    if (j.reason.empty() && open) {
        Query(*store, "UPDATE attempts SET state=? WHERE application=? AND attempt=?", std::string_view(b.outcome), a.application, a.attempt).run();
        set_card(a.card_number, card_after(b.outcome, j), b.chip ? View(*b.chip) : View());
        if (j.settles)
            Query(*store, "UPDATE disputes SET state='resolved', verdict=?, first=? WHERE application=? AND attempt=? AND state='parked'",
                  std::string_view("reported " + b.outcome), std::string_view("kiosk " + a.kiosk), a.application, a.attempt)
                .run();
    }
    if (j.reason.empty()) return;
    if (a.state == "leased")
        Query(*store, "UPDATE attempts SET state=? WHERE application=? AND attempt=?", std::string_view(b.outcome == "unknown" ? "unknown" : "disputed"), a.application,
              a.attempt)
            .run();
    open_dispute(a.application, a.attempt, a.kiosk, j.reason);
}

Asked<cbor::Json> Central::Impl::outcome(const RequestHeader& h, const OutcomeBody& b) {
    // The kiosk never learned its attempt's number: an apply that was not answered.
    const int number = h.attempt == 0 && b.outcome == "not_started" ? 1 : h.attempt;
    const auto a = attempt_of(h.application, number);
    if (a && a->kiosk != h.kiosk) return refuse(Refusal::foreign_kiosk, "another kiosk's attempt");
    Judgement j;
    if (a) {
        j = judge(*a, b);
        book(*a, b, j);
    } else if (b.outcome != "not_started" || !b.card_number.empty()) {
        // Parked under attempt 0: a number that is not given yet must not be blocked by somebody's mistake.
        j.reason = "no_such_attempt";
        open_dispute(h.application, 0, h.kiosk, j.reason);
    }
    const std::string result = j.reason.empty() ? "accepted" : "disputed";
    std::string faults;
    for (const auto& fault : b.faults) faults += (faults.empty() ? "" : " ") + fault;
    Query(*store,
          "INSERT INTO outcomes(application, attempt, kiosk, outcome, result, reason, at, received, card_number, chip, load, ordinal, layout, faults) "
          "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
          h.application, number, std::string_view(h.kiosk), std::string_view(b.outcome), std::string_view(result), std::string_view(j.reason), b.at, now(),
          std::string_view(b.card_number), b.chip ? *b.chip : Bytes(), std::string_view(b.load), b.ordinal, b.layout, std::string_view(faults))
        .run();
    bool active = false;
    if (a) {
        Query card(*store, "SELECT state FROM cards WHERE number=?", std::string_view(a->card_number));
        active = card.step() && card.text(0) == name_of(CardState::active);
    }
    cbor::Json reply = {{"active", active}, {"result", result}};
    if (!j.reason.empty()) reply["reason"] = j.reason;
    return reply;
}

}  // namespace sim
