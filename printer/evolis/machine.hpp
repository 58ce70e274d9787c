// The printer as a machine: taken over and still ours, ready or why not, where the card is, what the sensors say. Asks and
// sets; moves nothing.
#pragma once
#include "printer/evolis/ribbon.hpp"
#include "printer/evolis/talk.hpp"

namespace printer::evolis {

inline constexpr int boot_tries = 5;                                 ///< Rok after power-up, each within Options::short_command
inline constexpr std::chrono::milliseconds ready_limit{5'000};       ///< an unexplained busy port
inline constexpr int max_hoppers = 4;

/// What an act needs beside a path that is free and a cover that is closed. A feeder that is empty says so itself when it is asked for a card.
enum class Need { nothing, blank, ribbon, bin };

class Machine {
  public:
    Machine(drivers::Clock& clock, drivers::UsbPipe& pipe, const Options& options) : clock_(clock), options_(options), talk_(clock, pipe, options) {}

    [[nodiscard]] Talk& talk() { return talk_; }
    /// Identity, settings, and the settings asked back.
    awaitable<Result<Identity>> take_over();
    /// The settings as take_over() made them are in force, as far as Rem tells. Changes nothing.
    awaitable<Result<bool>> is_ours();
    /// Counts takings-over: what the printer held in memory before one is not relied on after it.
    [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
    /// From here on a setting differs; unless it is set back and still_mine() said so, the next act takes over first.
    void forget() { ours_since_.reset(); }
    void still_mine() { ours_since_ = talk_.link(); }
    /// 0: the firmware does nothing about a card in the bezel. Kept over the next takings-over.
    awaitable<Result<void>> set_bezel_limit(int seconds);
    /// Pr, unless that kind is set already.
    awaitable<Result<void>> choose_ribbon(RibbonKind kind);
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
    /// Every cause that the sensors and the tag name.
    awaitable<Result<std::vector<Fault>>> what_is_wrong();

  private:
    awaitable<Result<bool>> switched(Command command);
    awaitable<Result<bool>> cover_open();
    awaitable<Result<int>> number(std::string question);
    awaitable<Result<void>> set_all();
    awaitable<Result<void>> at_bezel_alone(int seconds);

    drivers::Clock& clock_;
    const Options& options_;
    Talk talk_;
    std::optional<std::uint64_t> ours_since_;  ///< the link's count when the settings were made
    std::uint64_t epoch_ = 0;
    bool was_set_ = false;  ///< by us, at some time
    int bezel_seconds_ = 0;
    RibbonKind ribbon_set_ = RibbonKind::unknown;
    RibbonSense ribbon_;
};

}  // namespace printer::evolis
