// The acts of an Evolis kiosk printer: what is done before one, how its answer and the sensors are judged, and what the outcome is called.
//
// An act is sent once. Its answer decides; where the answer is missing or doubtful the sensors may prove that it happened,
// never that it did not: a slow machine may still be at it.
#include "printer/evolis/machine.hpp"
#include "printer/evolis/raster.hpp"

#include <fmt/format.h>

namespace printer {

using drivers::Duration;
using drivers::FaultCode;

namespace evolis {
namespace {

/// Where a card may be for the act, and where it is after it.
struct Move {
    Command command;
    Duration limit;
    Need need;
    bool (*from)(Position);
    bool (*reached)(Position);         ///< proves the act when the answer does not
    bool (*possible)(Position);        ///< does not contradict an OK
};

bool is_inside(Position p) { return p == Position::at_chip_station || p == Position::at_print || p == Position::inside; }
bool is_empty(Position p) { return p == Position::not_present; }
bool is_presented(Position p) { return p == Position::presented; }
bool is_at_chip(Position p) { return p == Position::at_chip_station; }
bool is_at_named_place(Position p) { return p == Position::at_chip_station || p == Position::at_print; }
bool is_out(Position p) { return p == Position::presented || p == Position::not_present; }  // somebody may have been quick

bool away(FaultCode code) { return code == FaultCode::printer_unplugged || code == FaultCode::printer_missing; }

class EvolisPrinter final : public CardPrinter {
  public:
    EvolisPrinter(drivers::Clock& clock, drivers::UsbPipe& pipe, Options options) : clock_(clock), pipe_(pipe), options_(options), machine_(clock, pipe, options_) {}

    bool online() const override { return pipe_.connected(); }
    drivers::Signal& changed() override { return pipe_.plugged(); }
    awaitable<Result<Identity>> prepare() override { return machine_.take_over(); }
    awaitable<Result<Sensors>> sensors() override {
        machine_.talk().begin();
        auto all = co_await machine_.sensors();
        if (all) abandoned_ = false;  // who was cancelled has looked
        co_return all;
    }
    awaitable<Result<Ribbon>> ribbon() override {
        machine_.talk().begin();
        co_return co_await machine_.ribbon();
    }
    awaitable<Act> feed(int hopper) override;
    awaitable<Act> to_chip_station() override {
        return move({{"Sis"}, options_.move, Need::nothing, is_inside, is_at_chip, is_at_chip});
    }
    awaitable<Act> print(PrintJob job, std::function<void(PrintStage)> stage) override;
    awaitable<Act> present() override { return move({{"Se"}, options_.move, Need::nothing, is_inside, is_presented, is_out}); }
    awaitable<Act> retract() override { return move({{"Sib"}, options_.move, Need::nothing, is_presented, is_at_named_place, is_inside}); }
    awaitable<Act> reject() override { return move({{"Ser"}, options_.move, Need::bin, is_inside, is_empty, is_empty}); }
    awaitable<Result<void>> recover() override;

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
    awaitable<Act> move(Move move);
    awaitable<std::optional<Act>> before(Need need, bool (*from)(Position));
    awaitable<Act> judge(Move move, Result<void> answer);
    awaitable<Act> print_sequence(PrintJob& job, const std::function<void(PrintStage)>& stage);
    awaitable<Result<void>> step(Command command, Duration limit, drivers::Steady deadline);
    awaitable<Result<void>> panel(Panel which, std::span<const std::uint8_t> plane, drivers::Steady deadline);
    Duration within_limit(Duration limit, drivers::Steady deadline) const { return std::clamp(deadline - clock_.steady(), Duration{1'000}, limit); }

    drivers::Clock& clock_;
    drivers::UsbPipe& pipe_;
    const Options options_;
    Machine machine_;
    bool abandoned_ = false;
};

Act refused(Fault fault, Position where = Position::unknown) { return {Did::not_done, where, std::move(fault)}; }

/// Everything that can be known before something moves; an Act when that ends it.
awaitable<std::optional<Act>> EvolisPrinter::before(Need need, bool (*from)(Position)) {
    if (auto ours = co_await machine_.still_ours(); !ours) co_return refused(ours.error());
    if (abandoned_) {
        abandoned_ = false;
        auto where = co_await machine_.position();
        co_return Act{Did::unknown, where.value_or(Position::unknown), Fault{FaultCode::cancelled, "the act before was abandoned"}};
    }
    if (auto ready = co_await machine_.ready(need); !ready) {
        auto where = co_await machine_.position();
        co_return refused(ready.error(), where.value_or(Position::unknown));
    }
    auto where = co_await machine_.position();
    if (!where) co_return refused(where.error());
    if (*where == Position::jammed) co_return refused({FaultCode::printer_jam, "Rlr;p"}, *where);
    if (!from(*where)) co_return refused({FaultCode::card_position_unexpected, fmt::format("card {}", name_of(*where))}, *where);
    co_return std::nullopt;
}

awaitable<Act> EvolisPrinter::move(Move move) {
    if (auto ended = co_await before(move.need, move.from)) co_return *std::move(ended);
    Begun begun{abandoned_};
    auto answer = co_await machine_.talk().order(move.command, move.limit);
    auto act = co_await judge(std::move(move), std::move(answer));
    begun.end();
    co_return act;
}

awaitable<Act> EvolisPrinter::judge(Move move, Result<void> answer) {
    if (!answer && away(answer.error().code)) co_return Act{Did::unknown, Position::unknown, answer.error()};
    auto seen = co_await machine_.position();
    const auto where = seen.value_or(Position::unknown);
    if (answer) {
        if (!seen) co_return Act{Did::done, Position::unknown, std::nullopt};
        if (move.possible(where)) co_return Act{Did::done, where, std::nullopt};
        co_return Act{Did::unknown, where, Fault{FaultCode::card_position_unexpected, fmt::format("{}: OK, card {}", move.command.text, name_of(where))}};
    }
    auto fault = co_await machine_.refine(std::move(answer.error()));
    // "FEEDER EMPTY" from any other act means that there was no card to move (it was pulled out of the bezel, say).
    if (fault.code == FaultCode::printer_hopper_empty && move.need != Need::blank) fault.code = FaultCode::card_position_unexpected;
    const bool refusal = is_refusal(fault.code) || fault.code == FaultCode::card_position_unexpected;
    if (!refusal || fault.code == FaultCode::printer_cleaning_due) {
        if (seen && move.reached(where)) co_return Act{Did::done, where, std::nullopt};
        if (fault.code != FaultCode::printer_cleaning_due) co_return Act{Did::unknown, where, std::move(fault)};
    }
    // A refusal that the sensors contradict is no knowledge.
    const bool contradicted = seen && move.reached(where);
    co_return Act{contradicted ? Did::unknown : Did::not_done, where, std::move(fault)};
}

awaitable<Act> EvolisPrinter::feed(int hopper) {
    if (hopper < 0 || hopper >= max_hoppers) co_return refused({FaultCode::bad_configuration, fmt::format("hopper {}", hopper)});
    // Sis with a card inside would move that card: never asked without having looked.
    if (auto ended = co_await before(Need::blank, is_empty)) co_return *std::move(ended);
    auto chosen = co_await machine_.talk().order(choose_feeder(hopper + 1), options_.short_command);
    if (!chosen) co_return refused(chosen.error(), Position::not_present);
    Begun begun{abandoned_};
    auto answer = co_await machine_.talk().order({"Sis"}, options_.feed);
    auto act = co_await judge({{"Sis"}, options_.feed, Need::blank, is_empty, is_at_chip, is_at_chip}, std::move(answer));
    begun.end();
    co_return act;
}

bool fits(const PrintJob& job, RasterSize size) {
    const auto dots = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
    const auto good = [dots](const std::vector<std::uint8_t>& plane, std::uint8_t most) {
        return plane.size() == dots && std::ranges::all_of(plane, [most](std::uint8_t v) { return v <= most; });
    };
    return job.size == size && good(job.y, 127) && good(job.m, 127) && good(job.c, 127) && good(job.k, 1) && good(job.o, 1) &&
           (job.back_k.empty() || good(job.back_k, 1));
}

awaitable<Act> EvolisPrinter::print(PrintJob job, std::function<void(PrintStage)> stage) {
    struct Wiped {
        PrintJob& job;
        ~Wiped() { job.wipe(); }
    } wiped{job};
    if (!fits(job, options_.raster)) co_return refused({FaultCode::bad_configuration, "the job's planes are not this printer's raster"});
    if (!stage) stage = [](PrintStage) {};
    if (auto ended = co_await before(Need::ribbon, is_inside)) co_return *std::move(ended);
    Begun begun{abandoned_};
    auto act = co_await print_sequence(job, stage);
    begun.end();
    co_return act;
}

awaitable<Result<void>> EvolisPrinter::step(Command command, Duration limit, drivers::Steady deadline) {
    if (auto port = co_await machine_.hindrance(Need::ribbon); !port) co_return std::unexpected(port.error());
    co_return co_await machine_.talk().order(std::move(command), within_limit(limit, deadline));
}

awaitable<Result<void>> EvolisPrinter::panel(Panel which, std::span<const std::uint8_t> plane, drivers::Steady deadline) {
    if (auto port = co_await machine_.hindrance(Need::ribbon); !port) co_return std::unexpected(port.error());
    co_return co_await machine_.talk().panel(which, pack(plane, options_.raster, bits_of(which)), within_limit(options_.panel, deadline));
}

/// Ss Sr Db;y..o [Sv Db;k] Se. The printer prints a panel while the next one comes in, so a stage is announced when the panel after it has been asked for.
awaitable<Act> EvolisPrinter::print_sequence(PrintJob& job, const std::function<void(PrintStage)>& stage) {
    const auto deadline = clock_.steady() + options_.print;
    const Duration side_end = options_.panel + options_.move;  // prints the last panel, then moves the card
    const std::array<std::pair<Panel, std::span<const std::uint8_t>>, 5> front{{{Panel::y, job.y}, {Panel::m, job.m}, {Panel::c, job.c}, {Panel::k, job.k}, {Panel::o, job.o}}};
    stage(PrintStage::front_colour);
    auto went = co_await step({"Ss"}, options_.short_command, deadline);
    if (went) went = co_await step({"Sr"}, options_.move, deadline);
    for (const auto& [which, plane] : front) {
        if (!went) break;
        if (which == Panel::o) stage(PrintStage::front_resin);
        went = co_await panel(which, plane, deadline);
    }
    if (went) stage(PrintStage::front_overlay);
    if (went && !job.back_k.empty()) {
        went = co_await step({"Sv"}, side_end, deadline);
        if (went) {
            stage(PrintStage::flip);
            went = co_await panel(Panel::k, job.back_k, deadline);
        }
        if (went) stage(PrintStage::back_resin);
    }
    if (went) went = co_await step({"Se"}, side_end, deadline);
    if (!went && away(went.error().code)) co_return Act{Did::unknown, Position::unknown, went.error()};
    auto seen = co_await machine_.position();
    const auto where = seen.value_or(Position::unknown);
    if (went) {
        if (seen && !is_inside(where)) co_return Act{Did::unknown, where, Fault{FaultCode::card_position_unexpected, fmt::format("Se: OK, card {}", name_of(where))}};
        stage(PrintStage::finished);
        co_return Act{Did::done, where, std::nullopt};
    }
    // No sensor sees what is on a card: a print that was not answered stays unknown.
    auto fault = co_await machine_.refine(std::move(went.error()));
    const auto did = is_refusal(fault.code) ? Did::not_done : Did::unknown;
    co_return Act{did, where, std::move(fault)};
}

awaitable<Result<void>> EvolisPrinter::recover() {
    machine_.talk().begin();
    auto cleared = co_await machine_.talk().order({"Scs"}, options_.short_command);
    if (!cleared && !is_refusal(cleared.error().code)) co_return cleared;
    auto where = co_await machine_.position();
    if (!where) co_return std::unexpected(where.error());
    if (*where == Position::jammed) co_return drivers::fail(FaultCode::printer_jam, "a card is still in the path");
    if (auto taken = co_await machine_.take_over(); !taken) co_return std::unexpected(taken.error());
    abandoned_ = false;
    co_return co_await machine_.ready(Need::nothing);
}

}  // namespace
}  // namespace evolis

std::unique_ptr<CardPrinter> make_evolis_printer(drivers::Clock& clock, drivers::UsbPipe& pipe, Options options) {
    return std::make_unique<evolis::EvolisPrinter>(clock, pipe, options);
}

}  // namespace printer
