// The printer as a machine: taken over and still ours, ready or why not, where the card is, what the sensors say. Asks and
// sets; moves nothing.
#pragma once
#include "printer/evolis/talk.hpp"

namespace printer::evolis {

inline constexpr int boot_tries = 5;                                 ///< Rok after power-up, each within Options::short_command
inline constexpr std::chrono::milliseconds ready_limit{5'000};       ///< an unexplained busy port
inline constexpr int ribbon_low_percent = 10;
inline constexpr int max_hoppers = 4;

/// What an act needs beside a path that is free and a cover that is closed. A feeder that is empty says so itself when it is asked for a card.
enum class Need { nothing, blank, ribbon, bin };

class Machine {
  public:
    Machine(drivers::Clock& clock, drivers::UsbPipe& pipe, const Options& options) : clock_(clock), options_(options), talk_(clock, pipe, options) {}

    [[nodiscard]] Talk& talk() { return talk_; }
    /// Identity, settings, and the settings asked back.
    awaitable<Result<Identity>> take_over();
    /// Takes over again when the link was lost or the printer was reset since (Rem no longer says what we set).
    awaitable<Result<void>> still_ours();
    /// Port ready; else the reason. Clears an error whose cause is gone (once). A cause that does not hinder this act is no hindrance:
    /// a card is rejected although the ribbon is out.
    awaitable<Result<void>> ready(Need need);
    enum class Port { ready, explained, unexplained };
    /// One look, which clears nothing: the port, and where it shows an error the sensors. The fault that hinders, if one does. Used within a print sequence.
    awaitable<Result<Port>> hindrance(Need need);
    awaitable<Result<Position>> position();
    awaitable<Result<Sensors>> sensors();
    awaitable<Result<Ribbon>> ribbon();
    /// A ribbon error, told apart by its tag: out, wrong or torn.
    awaitable<Fault> refine(Fault fault);

  private:
    awaitable<Result<std::vector<Fault>>> what_is_wrong();
    awaitable<Result<bool>> switched(Command command);

    drivers::Clock& clock_;
    const Options& options_;
    Talk talk_;
    std::optional<std::uint64_t> ours_since_;  ///< the link's count when the settings were made
};

}  // namespace printer::evolis
