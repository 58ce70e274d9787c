// The honest countdown: how long each stage takes on this machine, measured, kept in the ledger's counters, and stretched where a card takes longer.
#pragma once
#include "kiosk/card_path/card_path.hpp"

namespace kiosk {

class Countdown {
  public:
    Countdown(drivers::Clock& clock, std::shared_ptr<Ticket> ticket) : clock_(clock), ticket_(std::move(ticket)) {}
    /// The moving averages of earlier cards. To be called within a look at the books.
    struct Averages {
        std::array<Duration, 4> of{};  ///< feeding, encoding, printing, presenting
        [[nodiscard]] Duration total() const;
    };
    [[nodiscard]] static Averages read(const Books& books);
    void set(Averages averages) { averages_ = averages; }
    void enter(MakeStage stage);
    /// After the last stage: what this card took goes into the averages, a quarter each.
    [[nodiscard]] std::function<void(Books&)> measured();
    /// Tells the ticket, until cancelled.
    awaitable<void> tick();
    /// The whole expected time of the stages that follow `stage` and of itself.
    [[nodiscard]] Duration expected_from(MakeStage stage) const;

  private:
    void update();
    [[nodiscard]] Duration left() const;
    drivers::Clock& clock_;
    std::shared_ptr<Ticket> ticket_;
    Averages averages_;
    std::array<Duration, 4> took_{};
    drivers::Steady entered_{};
};

}  // namespace kiosk
