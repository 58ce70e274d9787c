// Relays one batch of the centre to the chip at the station. It knows whether a batch may be run at all (whose, which, when, what), sends its steps in order
// within their limits, stops at the first answer that a step does not allow, and reports status words and what was asked for. It never looks into data.
#pragma once
#include "kiosk/card_path/allow_list.hpp"

#include <functional>

namespace kiosk {

/// What a batch must be bound to.
struct Expected {
    ApplicationId application;
    int attempt = 0, seq = 0;
    std::string kiosk;
    Bytes previous;  ///< SHA-256 of the last report as sent, of nothing before the first
    Bytes atr, chip;
    Utc centre_now{};
};

/// Commit points: steps that change the card, with nothing else between them, are one group.
class CommitLog {
  public:
    virtual ~CommitLog() = default;
    /// Before the group's first command is sent. `point`: "<seq>/<step> <phase>". Whatever it throws leaves the batch unsent from here on.
    virtual awaitable<void> begin(std::string point) = 0;
    /// After the group's last answer, or when it ended early. `result`: "done", "not_done" (refused by the card), "unknown" (no answer).
    virtual awaitable<void> end(std::string point, std::string_view result) = 0;
};

struct Relayed {
    BatchReport report;
    std::optional<Fault> fault{};   ///< why it ended before its last step
    OnFail then = OnFail::stop;     ///< of a refused step
    [[nodiscard]] bool lost() const { return report.card_reset || report.timed_out || report.reader_lost; }
};

/// One connection, one batch at a time.
class Relay {
  public:
    Relay(drivers::CardReader& reader, std::string reader_name) : reader_(reader), reader_name_(std::move(reader_name)) {}

    /// order_foreign: of another job, out of sequence, or not the answer to the last report. chip_mismatch: for another card. order_expired.
    /// centre_refused: a step that the allow-list does not know. Nothing is sent.
    [[nodiscard]] drivers::Result<void> may_run(const Batch& batch, const Expected& expected) const;
    /// After may_run.
    awaitable<Relayed> run(const Batch& batch, CommitLog& log);
    /// The report of a batch of which nothing was sent, because it came too late.
    [[nodiscard]] BatchReport too_late(const Batch& batch) const;
    /// The connection is another one now.
    void forget() { selected_ = {}; }
    [[nodiscard]] const Selected& selected() const { return selected_; }

  private:
    [[nodiscard]] BatchReport report_on(const Batch& batch) const;
    awaitable<bool> send(const Batch& batch, const BatchStep& step, Relayed& relayed);
    drivers::CardReader& reader_;
    std::string reader_name_;
    Selected selected_;
    bool in_flight_ = false;
};

}  // namespace kiosk
