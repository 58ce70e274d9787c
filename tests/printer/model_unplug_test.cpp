// The cable pulled at every command of a card's whole way, and put back: no panel goes out twice, no card is lost, and the card's position decides
// what may follow.
#include "model_pipe.hpp"

#include <set>

using namespace bench;
using drivers::FaultCode;
using printer::Act;
using printer::Position;

namespace {
/// From the hopper to the bezel, as a kiosk does it; ends at the first act that is not done.
awaitable<Result<std::vector<Act>>> whole_way(printer::CardPrinter& printer) {
    std::vector<Act> acts;
    if (auto taken = co_await printer.prepare(); !taken) co_return std::unexpected(taken.error());
    acts.push_back(co_await printer.feed(0));
    if (acts.back().ok()) acts.push_back(co_await printer.to_chip_station());
    if (acts.back().ok()) acts.push_back(co_await printer.print(striped_job(small), {}));
    if (acts.back().ok()) acts.push_back(co_await printer.to_chip_station());
    if (acts.back().ok()) acts.push_back(co_await printer.present());
    co_return acts;
}

constexpr std::size_t whole_acts = 5;

bool agrees(Position said, sim::Place place) {
    switch (said) {
        case Position::unknown: return true;
        case Position::not_present: return place == sim::Place::none;
        case Position::at_chip_station: return place == sim::Place::chip;
        case Position::at_contactless:
        case Position::at_print: return place == sim::Place::print;
        case Position::inside: return place == sim::Place::path || place == sim::Place::feeder;
        case Position::presented: return place == sim::Place::bezel;
        case Position::jammed: return place == sim::Place::jammed;
    }
    return false;
}

void pulled_at(std::size_t index, bool before, Duration away) {
    Hall hall;
    std::size_t count = 0;
    const auto pull = [&](const std::string&) {
        if (count++ != index) return;
        hall.pipe.plug(false);
        hall.clock.at(hall.clock.steady() + away, [&] { hall.pipe.plug(true); });
    };
    (before ? hall.pipe.before_command : hall.pipe.after_command) = pull;
    const auto acts = hall.run(whole_way(*hall.printer));
    if (acts) {
        CHECK_FALSE(acts->back().ok());  // an OK without a look is no knowledge either
        REQUIRE(acts->back().fault);
        const auto code = acts->back().fault->code;
        CHECK_MESSAGE((code == FaultCode::printer_unplugged || code == FaultCode::printer_missing), name_of(code));
    } else {
        const auto code = acts.error().code;
        CHECK_MESSAGE((code == FaultCode::printer_unplugged || code == FaultCode::printer_missing), name_of(code));
    }
    hall.pipe.before_command = hall.pipe.after_command = {};
    hall.clock.advance_to(hall.clock.steady() + away + 30s);  // what had begun goes on without us and ends
    // The card's position decides.
    REQUIRE(hall.run(hall.printer->recover()));
    const auto seen = hall.run(hall.printer->sensors());
    REQUIRE(seen);
    CHECK_MESSAGE(agrees(seen->card, hall.model.place()), name_of(seen->card));
    // Nothing of the broken sequence is sent to the printer that came back.
    std::multiset<std::string> panels;
    for (const auto& command : hall.pipe.commands)
        if (command.starts_with("Db")) panels.insert(command);
    CHECK(panels.count("Db;y;128;") <= 1);
    CHECK(panels.count("Db;m;128;") <= 1);
    CHECK(panels.count("Db;c;128;") <= 1);
    CHECK(panels.count("Db;o;2;") <= 1);
    CHECK(panels.count("Db;k;2;") <= 2);
    CHECK(hall.cards() == 6);
    CHECK(hall.model.cards_inside().size() <= 1);
    if (seen->card == Position::presented) CHECK(hall.run(hall.printer->retract()).ok());
    if (seen->card != Position::not_present) CHECK(hall.run(hall.printer->reject()).ok());
    CHECK(hall.model.place() == sim::Place::none);
    CHECK(hall.cards() == 6);
    // And the next card is made as if nothing had been.
    const auto next = hall.run(whole_way(*hall.printer));
    REQUIRE(next);
    CHECK(next->back().ok());
    CHECK(hall.model.place() == sim::Place::bezel);
}
}  // namespace

TEST_CASE("model: unplugged and back at every command of a card's way") {
    std::size_t commands = 0;
    {
        Hall hall;
        REQUIRE(hall.run(whole_way(*hall.printer))->size() == whole_acts);
        commands = hall.pipe.commands.size();
    }
    REQUIRE(commands > 50);
    int runs = 0;
    for (std::size_t i = 0; i < commands; ++i)
        for (const bool before : {true, false})
            for (const Duration away : {Duration{100ms}, Duration{20s}}) {
                CAPTURE(i);
                CAPTURE(before);
                CAPTURE(away.count());
                pulled_at(i, before, away);
                ++runs;
            }
    MESSAGE("unplugged at each of " << commands << " commands, before and after it, for a moment and for long: " << runs << " runs");
}
