// The card path: what happens to a physical card. One coroutine, spawned at start, never cancelled. A journey hands it an order and watches
// the ticket; it may leave, the path goes on to an end. States: recovering -> open (at rest) <-> busy; closed{fault} until recovery or staff
// open it. Every irreversible act has an intent committed before it and a result after it.
#pragma once
#include "camera/camera.hpp"
#include "drivers/ss_card/ss_card.hpp"
#include "kiosk/config.hpp"
#include "kiosk/issuing/issuing.hpp"
#include "kiosk/presence.hpp"
#include "printer/face/face.hpp"

namespace kiosk {

struct CardJob {
    Order order;
    Secret pin;        ///< chosen by the person; written, checked, wiped
    printer::PrintJob artwork;  ///< made before (lane), so that nothing is fed that cannot be printed
    ~CardJob();
    CardJob() = default;
    CardJob(CardJob&&) = default;
    CardJob& operator=(CardJob&&) = default;
};

struct CardEnd {
    CardOutcome outcome = CardOutcome::not_started;
    std::optional<Fault> fault;
    bool activated = false;      ///< the centre said so within the time a person waits; otherwise later
    bool may_try_again = false;  ///< spoiled by its blank: another blank may succeed under the next attempt
};

/// What the watcher sees; lives as long as either side holds it.
struct Ticket {
    MakeStage stage = MakeStage::preparing;
    double done = 0;
    int seconds_left = 0;
    bool presented = false;
    int take_seconds_left = 0;
    bool may_extend = true;
    bool nobody_there = false;
    drivers::Signal changed;
    drivers::Once<CardEnd> end;
    bool extend = false;  ///< set by the journey: once more `present_extension`
};

enum class PathState { recovering, open, busy, closed };

/// Staff decisions about an unknown card.
enum class Verdict { destroyed, in_bin, not_found };

class CardPath {
  public:
    struct Parts {
        drivers::Clock& clock;
        Ledger& ledger;
        Issuing& issuing;
        printer::CardPrinter& printer;
        drivers::CardReader& chip_reader;
        Presence& presence;
        const Config& config;
        std::string layout_hash;
    };
    explicit CardPath(Parts parts) : parts_(std::move(parts)) {}

    /// Recovers, then serves orders until stop(); returns only at rest.
    awaitable<void> run();
    /// Accepts one order. Nothing when the path is not open. The order's and the job's checks follow inside.
    [[nodiscard]] std::shared_ptr<Ticket> make(CardJob job);
    [[nodiscard]] PathState state() const { return state_; }
    [[nodiscard]] std::optional<Fault> closed_by() const { return closed_by_; }
    [[nodiscard]] drivers::Signal& changed() { return changed_; }
    /// Ends run() when the card under way has reached its end.
    void stop();

    /// Staff: tries to recover again (after a jam was cleared, a cover closed, a daemon returned). Gives what still closes the path.
    awaitable<std::optional<Fault>> reopen(std::string by);
    /// Two persons book an unknown card; opens the path when none is left.
    awaitable<Result<void>> reconcile(CardKey card, Verdict verdict, std::string first, std::string second);
    /// Takes no further order until reopen() finds nothing that closes it (also called by the hello when the ledger was restored). Returns at once; a
    /// card under way comes to its end first.
    awaitable<void> close(Fault fault);
    void drop();

  private:
    awaitable<void> serve(CardJob job, std::shared_ptr<Ticket> ticket);
    awaitable<void> recover();
    awaitable<void> settle(std::optional<Fault> fault, std::string by);
    Parts parts_;
    PathState state_ = PathState::recovering;
    std::optional<Fault> closed_by_, pending_close_;
    std::optional<CardJob> waiting_job_;
    std::shared_ptr<Ticket> waiting_ticket_;
    bool running_ = false, stopping_ = false, reopen_asked_ = false, retry_soon_ = false;
    std::string reopen_by_;
    drivers::Signal changed_, asked_, recovered_;
};

}  // namespace kiosk
