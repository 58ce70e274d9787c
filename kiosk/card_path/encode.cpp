// The chip is written: the centre's batches one after the other, each bound to this card, this attempt and the report of the one before. What is lost while this
// program lives begins again at the centre's resume point; a card that was taken away from its contacts is not gone on with.
#include "kiosk/card_path/relay.hpp"
#include "kiosk/card_path/run.hpp"
#include "kiosk/issuing/envelope.hpp"

#include <spdlog/spdlog.h>

namespace kiosk {

namespace {
/// The dialogue's state from question to question.
struct Talk {
    int seq = 1, restarts = 0;
    Bytes report;  ///< of the last batch, as sent
    drivers::Steady until{};
    std::optional<Fault> last{};  ///< why the last batch ended early
};

/// Commit groups as intents of the card's row.
class Intents final : public CommitLog {
  public:
    Intents(Acts& acts, CardCase& card) : acts_(acts), card_(card) {}
    awaitable<void> begin(std::string point) override {
        begun_ = true;
        co_await acts_.intend(card_.key, ActKind::encode, CardState::encoding, std::move(point));
    }
    awaitable<void> end(std::string point, std::string_view result) override {
        co_await acts_.book(card_, {.result = std::string(result), .point = std::move(point)});
    }
    [[nodiscard]] bool begun() const { return begun_; }

  private:
    Acts& acts_;
    CardCase& card_;
    bool begun_ = false;
};

bool may_be_asked_again(FaultCode code) { return code == FaultCode::centre_unreachable || code == FaultCode::centre_too_slow; }
}  // namespace

/// The same question until it is answered: the centre gives the same answer to it, so that nothing is done twice.
awaitable<Result<PersonaliseAnswer>> CardRun::ask_for_batch(int seq, Bytes report, drivers::Steady until) {
    const auto patience = std::min(until, parts_.clock.steady() + link_patience);
    for (;;) {
        auto answer = co_await parts_.issuing.personalise(job_.order.application, job_.order.attempt, seq, question_about(*chip_, report));
        const bool again = !answer && may_be_asked_again(answer.error().code) && parts_.clock.steady() + link_pause < patience;
        if (!again) {
            drivers::wipe(report);
            co_return answer;
        }
        co_await parts_.clock.sleep(link_pause);
    }
}

/// After the connection was lost and the card was not: the same chip must be there.
awaitable<Result<void>> CardRun::go_on_after(const Relayed& relayed, Relay& relay, int& restarts) {
    if (relayed.report.card_removed) co_return std::unexpected(*relayed.fault);
    const bool anew = relayed.lost() || relayed.then == OnFail::reauth;
    if (anew && ++restarts > most_restarts) co_return std::unexpected(*relayed.fault);
    if (!relayed.lost()) co_return Result<void>{};
    relay.forget();
    co_return co_await meet_chip_again();
}

awaitable<Result<void>> CardRun::encode() {
    Relay relay(parts_.chip_reader, parts_.config.chip_reader);
    Intents log(acts_, *card_);
    Talk talk{.report = {}, .until = parts_.clock.steady() + personalise_limit};
    for (; talk.seq <= max_batches; ++talk.seq) {
        if (parts_.clock.steady() >= talk.until) co_return drivers::fail(FaultCode::time_out, "personalisation");
        auto answer = co_await ask_for_batch(talk.seq, talk.report, talk.until);
        if (!answer) co_return std::unexpected(answer.error());
        if (!answer->batch && answer->verdict == ChipVerdict::personalised && !log.begun()) co_return drivers::fail(FaultCode::centre_refused, "personalised, and nothing was written");
        if (!answer->batch) co_return co_await end_encoding(*answer, relay, talk.last);
        const auto& batch = *answer->batch;
        const auto may = relay.may_run(batch, {.application = job_.order.application, .attempt = job_.order.attempt, .seq = talk.seq, .kiosk = parts_.issuing.kiosk_id(),
                                               .previous = wire::sha256(talk.report), .atr = chip_->atr, .chip = chip_->identification_code, .centre_now = parts_.issuing.centre_now()});
        Relayed relayed{.report = {}};
        if (may) {
            relayed = co_await relay.run(batch, log);
            talk.last = relayed.fault;
            if (relayed.fault && !relayed.lost() && relayed.then == OnFail::reject_card) co_return std::unexpected(*relayed.fault);
            if (relayed.fault) {
                if (auto on = co_await go_on_after(relayed, relay, talk.restarts); !on) co_return on;
                spdlog::debug("card {}: {} in batch {} ({}); the centre's resume point: {}", label_of(card_->key), drivers::name_of(relayed.fault->code), batch.seq, batch.phase, batch.resume);
            }
        } else {
            // A batch that waited too long for its link is not run; every other refusal is the end of this card.
            if (may.error().code != FaultCode::order_expired || ++talk.restarts > most_restarts) co_return std::unexpected(may.error());
            relayed.report = relay.too_late(batch);
        }
        drivers::wipe(talk.report);
        talk.report = wire::encode_report(relayed.report, parts_.issuing.kiosk_id());
        relayed.report.wipe();
    }
    co_return drivers::fail(FaultCode::centre_refused, "personalisation: too many batches");
}

/// The centre's verdict: it has read back and compared what it wanted written, or this chip will not do.
awaitable<Result<void>> CardRun::end_encoding(const PersonaliseAnswer& answer, Relay& relay, std::optional<Fault> last) {
    if (answer.verdict == ChipVerdict::reject_card) {
        const auto code = last ? last->code : answer.reason == "not-genuine" ? FaultCode::chip_auth_failed : FaultCode::chip_mismatch;
        co_return drivers::fail(code, fmt::format("the centre rejects the card: {}", answer.reason));
    }
    // The PIN is the SSSE's: it must be selected again after the certificates' directory.
    if (relay.selected().directory != Selected::Directory::ssse)
        if (auto back = co_await meet_chip_again(); !back) co_return back;
    co_await acts_.book(*card_, {.states = {CardState::encoded}});
    co_return Result<void>{};
}

}  // namespace kiosk
