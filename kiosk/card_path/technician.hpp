// Blanks that a technician moves while no kiosk runs (liqu-ctl printer feed, present, retain, test-card): booked like any other card, so that none is lost. They
// end `tested`. Every act has its intent before it; what cannot be proven stays open for liqu's recovery.
#pragma once
#include "kiosk/config.hpp"
#include "kiosk/ledger/ledger.hpp"
#include "printer/service.hpp"

namespace kiosk {

using drivers::awaitable;
using drivers::Duration;

inline constexpr Duration technician_take_limit = std::chrono::seconds{60};  ///< for a presented test card; then it comes back inside
inline constexpr Duration technician_poll = std::chrono::milliseconds{300};

/// What became of the card: where it is, and its row's state and label ("L000001/3").
struct Tested {
    CardKey card;
    CardState state = CardState::fed;
    printer::Position where = printer::Position::unknown;
    bool taken = false;
};

class Technician {
  public:
    struct Parts {
        drivers::Clock& clock;
        Ledger& ledger;
        printer::ServicedPrinter& printer;
        const Config& config;
        std::string by;  ///< staff id
    };
    explicit Technician(Parts parts) : parts_(std::move(parts)) {}

    enum class Way { feed, test_card };  ///< to the chip station; or with the firmware's test picture on it
    /// A blank of `hopper` (1..), under a row of its own. Faults: not_permitted (unknown staff, a card is under way), no_blanks, bin_no_room, the printer's.
    awaitable<Result<Tested>> feed(int hopper, Way way);
    /// To the bezel; taken: tested. Not taken within the limit: back inside.
    awaitable<Result<Tested>> present(Duration limit = technician_take_limit);
    /// Into the reject bin: tested, and listed there. A card that has no row becomes a found one.
    awaitable<Result<Tested>> retain();

  private:
    awaitable<Result<void>> may_begin();
    /// The technician's card under way; a citizen's is left to liqu.
    awaitable<Result<CardKey>> my_card();
    awaitable<void> intend(CardKey card, ActKind act);
    awaitable<void> conclude(CardKey card, std::string result, std::optional<CardState> state, bool in_bin = false);
    awaitable<printer::Position> position_after(printer::Act act);
    awaitable<bool> taken_within(Duration limit);
    awaitable<Result<Tested>> take_back(CardKey card);
    Parts parts_;
};

}  // namespace kiosk
