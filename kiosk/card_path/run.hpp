// One card on its way, from the checks before the first act to its end. Private to kiosk/card_path.
#pragma once
#include "kiosk/card_path/acts.hpp"
#include "kiosk/card_path/countdown.hpp"

namespace kiosk {

class Relay;
struct Relayed;

inline constexpr int most_restarts = 4;                                               ///< of one personalisation, at the centre's resume points
inline constexpr Duration personalise_limit = std::chrono::seconds{120};              ///< from the first question to the verdict
inline constexpr Duration link_patience = std::chrono::seconds{30};                   ///< one question is asked again so long, with the card inside
inline constexpr Duration link_pause = std::chrono::seconds{2};
inline constexpr Duration bezel_poll = std::chrono::milliseconds{200};                ///< between two looks at a presented card
inline constexpr Duration activation_wait = std::chrono::seconds{5};                  ///< a person waits this long for "activated"

class CardRun {
  public:
    CardRun(CardPath::Parts& parts, CardJob job, std::shared_ptr<Ticket> ticket)
        : parts_(parts), acts_(parts), job_(std::move(job)), ticket_(std::move(ticket)), countdown_(parts.clock, ticket_) {}

    awaitable<CardEnd> make();
    /// With the countdown running beside it.
    awaitable<CardEnd> make_and_count();
    /// What keeps the path closed afterwards, if anything.
    [[nodiscard]] const std::optional<Fault>& closes() const { return closes_; }
    [[nodiscard]] bool try_again_soon() const { return try_again_soon_; }
    [[nodiscard]] bool authorised() const { return card_.has_value(); }

  private:
    // ---- before the first act (machine.cpp) ----
    awaitable<Result<void>> check();
    [[nodiscard]] Result<void> check_job() const;
    awaitable<Result<void>> check_printer();
    awaitable<CardEnd> never_began(Fault why);
    // ---- steps (personalise.cpp); an error leads to the reject bin ----
    awaitable<Result<void>> feed();
    awaitable<Result<void>> identify();
    awaitable<Result<void>> encode();
    awaitable<Result<void>> set_pin();
    awaitable<Result<void>> verify();
    awaitable<Result<void>> print();
    awaitable<Result<void>> read_again();
    awaitable<Result<void>> meet_chip_again();
    // ---- the centre's batches (encode.cpp) ----
    awaitable<Result<PersonaliseAnswer>> ask_for_batch(int seq, Bytes report, drivers::Steady until);
    awaitable<Result<void>> go_on_after(const Relayed& relayed, Relay& relay, int& restarts);
    awaitable<Result<void>> end_encoding(const PersonaliseAnswer& answer, Relay& relay, std::optional<Fault> last);
    // ---- handing over (present.cpp) ----
    awaitable<CardEnd> hand_over();
    awaitable<bool> somebody_there();
    [[nodiscard]] bool lease_lasts(Duration needed) const;
    enum class Shown { presented, gone, stays_inside, stranded };
    awaitable<Shown> present();
    enum class Fate { taken, left, gone, came_back, stranded };
    awaitable<Fate> watch_bezel();
    awaitable<CardEnd> taken();
    // ---- ends ----
    awaitable<CardEnd> give_up(Fault why);
    awaitable<CardEnd> ended(Ended how, Fault why);
    [[nodiscard]] CardEnd stranded(CardOutcome as_far_as_known, Fault why, bool soon);

    CardPath::Parts& parts_;
    Acts acts_;
    CardJob job_;
    std::shared_ptr<Ticket> ticket_;
    Countdown countdown_;
    int hopper_ = 0;
    std::optional<CardCase> card_, second_;  ///< second: of a double feed
    std::optional<drivers::ChipIdentity> chip_;
    bool attempt_used_ = false, stranded_ = false, lost_ = false, try_again_soon_ = false;
    std::optional<Fault> closes_, fault_;
};

}  // namespace kiosk
