// The acts of an Evolis kiosk printer: what is done before one, how its answer and the sensors are judged, and what the outcome is called.
#include "printer/evolis/evolis_printer.hpp"

namespace printer {
namespace evolis {

awaitable<Result<Sensors>> EvolisPrinter::sensors() {
    machine_.talk().begin();
    auto all = co_await machine_.sensors();
    if (all) abandoned_ = false;  // who was cancelled has looked
    co_return all;
}

awaitable<Result<Ribbon>> EvolisPrinter::ribbon() {
    machine_.talk().begin();
    co_return co_await machine_.ribbon();
}

/// Everything that can be known before something moves; an Act when that ends it.
awaitable<std::optional<Act>> EvolisPrinter::before(Need need, Places from) {
    if (auto ours = co_await machine_.still_ours(); !ours) co_return refused(ours.error());
    if (abandoned_) {
        abandoned_ = false;
        auto where = co_await machine_.position();
        co_return Act{Did::unknown, where.value_or(Position::unknown), Fault{FaultCode::cancelled, "the act before was abandoned"}};
    }
    if (auto ready = co_await machine_.ready(need); !ready) co_return co_await refused_here(ready.error());
    auto where = co_await machine_.position();
    if (!where) co_return refused(where.error());
    if (*where == Position::not_present) printed_on_ = false;
    if (*where == Position::jammed) co_return refused({FaultCode::printer_jam, "Rlr;p"}, *where);
    if (!from(*where)) co_return refused({FaultCode::card_position_unexpected, fmt::format("card {}", name_of(*where))}, *where);
    co_return std::nullopt;
}

awaitable<Act> EvolisPrinter::refused_here(Fault fault) {
    const auto where = co_await machine_.position();
    co_return refused(std::move(fault), where.value_or(Position::unknown));
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
        // Whose word was it, if the printer cannot be asked at once? One that was reset meanwhile has forgotten the act (found by the interleaving test).
        if (!seen) co_return Act{Did::unknown, Position::unknown, seen.error()};
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

awaitable<Act> EvolisPrinter::feed(int hopper) { return feed_by(hopper, {{"Sis"}, options_.feed, Need::blank, is_empty, is_at_chip, is_at_chip}); }

/// Chooses the feeder, then orders what takes a card from it.
awaitable<Act> EvolisPrinter::feed_by(int hopper, Move move) {
    if (hopper < 0 || hopper >= max_hoppers) co_return refused({FaultCode::bad_configuration, fmt::format("hopper {}", hopper)});
    // With a card inside the same order would move that card: never asked without having looked.
    if (auto ended = co_await before(move.need, move.from)) co_return *std::move(ended);
    auto chosen = co_await machine_.talk().order(choose_feeder(hopper + 1), options_.short_command);
    if (!chosen) co_return co_await refused_here(chosen.error());
    Begun begun{abandoned_};
    auto answer = co_await machine_.talk().order(move.command, move.limit);
    auto act = co_await judge(std::move(move), std::move(answer));
    begun.end();
    co_return act;
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

}  // namespace evolis

std::unique_ptr<CardPrinter> make_evolis_printer(drivers::Clock& clock, drivers::UsbPipe& pipe, Options options) {
    return std::make_unique<evolis::EvolisPrinter>(clock, pipe, options);
}
std::unique_ptr<ServicedPrinter> make_serviced_evolis_printer(drivers::Clock& clock, drivers::UsbPipe& pipe, Options options) {
    return std::make_unique<evolis::EvolisPrinter>(clock, pipe, options);
}

}  // namespace printer
