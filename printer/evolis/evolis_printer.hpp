// The driver's object: acts of a kiosk (printer.cpp), print jobs (print.cpp), the technician's side (service.cpp). Private to printer/evolis.
//
// An act is sent once. Its answer decides; where the answer is missing or doubtful the sensors may prove that it happened,
// never that it did not: a slow machine may still be at it.
#pragma once
#include "printer/evolis/machine.hpp"
#include "printer/evolis/raster.hpp"

#include <fmt/format.h>

namespace printer::evolis {

using drivers::Duration;
using drivers::FaultCode;
using Places = bool (*)(Position);

[[nodiscard]] constexpr bool is_inside(Position p) { return p == Position::at_chip_station || p == Position::at_contactless || p == Position::at_print || p == Position::inside; }
[[nodiscard]] constexpr bool is_empty(Position p) { return p == Position::not_present; }
[[nodiscard]] constexpr bool is_presented(Position p) { return p == Position::presented; }
[[nodiscard]] constexpr bool is_at_chip(Position p) { return p == Position::at_chip_station; }
[[nodiscard]] constexpr bool is_contactless(Position p) { return p == Position::at_contactless; }
[[nodiscard]] constexpr bool is_at_named_place(Position p) { return is_inside(p) && p != Position::inside; }
[[nodiscard]] constexpr bool is_out(Position p) { return p == Position::presented || p == Position::not_present; }  // somebody may have been quick
[[nodiscard]] constexpr bool is_nowhere(Position) { return false; }
[[nodiscard]] constexpr bool is_anywhere(Position) { return true; }

[[nodiscard]] constexpr bool away(FaultCode code) { return code == FaultCode::printer_unplugged || code == FaultCode::printer_missing; }
[[nodiscard]] inline Act refused(Fault fault, Position where = Position::unknown) { return {Did::not_done, where, std::move(fault)}; }

/// Where a card may be for the act, and where it is after it.
struct Move {
    Command command;
    Duration limit;
    Need need;
    Places from;
    Places reached;   ///< proves the act when the answer does not
    Places possible;  ///< does not contradict an OK
};

class EvolisPrinter final : public ServicedPrinter {
  public:
    EvolisPrinter(drivers::Clock& clock, drivers::UsbPipe& pipe, Options options) : clock_(clock), pipe_(pipe), options_(options), machine_(clock, pipe, options_) {}

    bool online() const override { return pipe_.connected(); }
    drivers::Signal& changed() override { return pipe_.plugged(); }
    awaitable<Result<Identity>> prepare() override { return machine_.take_over(); }
    awaitable<Result<Sensors>> sensors() override;
    awaitable<Result<Ribbon>> ribbon() override;
    awaitable<Act> feed(int hopper) override;
    awaitable<Act> to_chip_station() override { return move({{"Sis"}, options_.move, Need::nothing, is_inside, is_at_chip, is_at_chip}); }
    awaitable<Act> print(PrintJob job, std::function<void(PrintStage)> stage) override;
    awaitable<Act> present() override { return move({{"Se"}, options_.move, Need::nothing, is_inside, is_presented, is_out}); }
    awaitable<Act> retract() override { return move({{"Sib"}, options_.move, Need::nothing, is_presented, is_at_named_place, is_inside}); }
    awaitable<Act> reject() override { return move({{"Ser"}, options_.move, Need::bin, is_inside, is_empty, is_empty}); }
    awaitable<Result<void>> recover() override;

    awaitable<Result<Status>> status() override;
    awaitable<Result<Counters>> counters() override;
    awaitable<Act> feed_from_bezel() override;
    awaitable<Act> to_contactless_station() override { return move({{"Sic"}, options_.move, Need::nothing, is_inside, is_contactless, is_contactless}); }
    awaitable<Act> print_again(std::function<void(PrintStage)> stage) override;
    awaitable<Act> clean() override;
    awaitable<Act> test_card(int hopper) override;
    awaitable<Result<Identity>> reboot() override;
    awaitable<Result<void>> set_bezel_limit(std::chrono::seconds limit) override;
    void trace(Trace listener) override { machine_.talk().trace(std::move(listener)); }

  private:
    /// Set while an act is under way: stays when its coroutine is cancelled, so that the next act says `unknown` first.
    struct Begun {
        explicit Begun(bool& flag) : abandoned(flag) { abandoned = true; }
        Begun(const Begun&) = delete;
        Begun& operator=(const Begun&) = delete;
        ~Begun() { abandoned = !ended; }
        void end() { ended = true; }
        bool& abandoned;
        bool ended = false;
    };
    /// What a sequence prints: planes of a job, or what the printer's buffers still hold.
    struct Sides {
        const PrintJob* job = nullptr;  ///< none: from the buffers
        std::vector<Panel> front;
        bool back = false;
        std::optional<Window> half{};  ///< of the colour panels on a half-panel ribbon
    };
    /// The buffers after a job with one side. A back's resin overwrites the front's.
    struct Held {
        std::uint64_t epoch = 0, link = 0;
        RibbonKind ribbon{};
        std::vector<Panel> front;
    };

    // ---- printer.cpp ----
    awaitable<Act> move(Move move);
    awaitable<std::optional<Act>> before(Need need, Places from);
    /// Nothing of the act has begun; with the card's position as it is now.
    awaitable<Act> refused_here(Fault fault);
    awaitable<Act> judge(Move move, Result<void> answer);
    awaitable<Act> feed_by(int hopper, Move move);
    // ---- print.cpp ----
    awaitable<std::expected<RibbonKind, Act>> ribbon_for(const PrintJob* job);
    awaitable<Act> print_sequence(Sides sides, std::function<void(PrintStage)> stage);
    awaitable<Result<void>> front(Sides sides, std::function<void(PrintStage)> stage, drivers::Steady deadline);
    awaitable<Result<void>> back(Sides sides, std::function<void(PrintStage)> stage, drivers::Steady deadline);
    awaitable<Result<void>> step(Command command, Duration limit, drivers::Steady deadline);
    awaitable<Result<void>> panel(Panel which, bool back, const Sides& sides, drivers::Steady deadline);
    [[nodiscard]] Duration within_limit(Duration limit, drivers::Steady deadline) const { return std::clamp(deadline - clock_.steady(), Duration{1'000}, limit); }
    [[nodiscard]] Duration side_end() const { return options_.panel + options_.move; }  ///< prints the last panel, then moves the card
    // ---- service.cpp ----
    awaitable<Result<std::optional<int>>> counter(std::string question);

    drivers::Clock& clock_;
    drivers::UsbPipe& pipe_;
    const Options options_;
    Machine machine_;
    bool abandoned_ = false;
    bool printed_on_ = false;  ///< the card inside has had a panel, or perhaps had one
    std::optional<Held> held_;
};

}  // namespace printer::evolis
