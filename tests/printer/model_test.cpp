// The driver against the simulator's printer model, joined at the wire under simulated time: neither has seen the other's code.
#include "model_pipe.hpp"

#include <doctest/doctest.h>

using namespace bench;
using drivers::FaultCode;
using printer::Act;
using printer::Did;
using printer::Position;
using sim::PrinterFault;

namespace {
void check(const Act& act, Did did, Position where, std::optional<FaultCode> code = std::nullopt) {
    if (act.fault) CAPTURE(act.fault->detail);
    CHECK(static_cast<int>(act.did) == static_cast<int>(did));
    CHECK(name_of(act.where) == name_of(where));
    CHECK((act.fault ? name_of(act.fault->code) : "none") == (code ? name_of(*code) : "none"));
}
}  // namespace

TEST_CASE("model: one card from feeder to hand, with every dot of the job on it") {
    Hall hall;
    hall.prepared();
    const auto at_start = hall.run(hall.printer->sensors());
    REQUIRE(at_start);
    CHECK(at_start->card == Position::not_present);
    CHECK(at_start->hoppers == 2);
    CHECK(at_start->hopper_has_card[1]);
    CHECK(hall.run(hall.printer->ribbon())->remaining == 200);
    check(hall.run(hall.printer->feed(1)), Did::done, Position::at_chip_station);
    CHECK(hall.model.hopper(1).size() == 2);
    const auto job = striped_job(small);
    const auto began = hall.clock.steady();
    check(hall.print(job), Did::done, Position::at_print);
    const auto card = hall.model.card_inside();
    REQUIRE(card);
    CHECK(card->y == job.y);
    CHECK(card->m == job.m);
    CHECK(card->c == job.c);
    CHECK(card->k == job.k);
    CHECK(card->o == job.o);
    CHECK(card->back_k == job.back_k);
    // Questions and drains cost next to nothing beside the mechanics: to_print, panels, flip, back.
    const sim::PrinterDurations d;
    const Duration mechanics = d.to_print + 3 * d.panel_colour + 2 * d.panel_resin + d.panel_overlay + d.flip;
    CHECK(hall.clock.steady() - began < mechanics * 102 / 100 + d.ribbon_init);
    check(hall.run(hall.printer->to_chip_station()), Did::done, Position::at_chip_station);
    check(hall.run(hall.printer->present()), Did::done, Position::presented);
    CHECK(hall.model.take(hall.pipe.now()) == card);
    CHECK(hall.run(hall.printer->sensors())->card == Position::not_present);
    CHECK(hall.run(hall.printer->ribbon())->remaining == 199);
}

TEST_CASE("model: the card that nobody takes stays until we fetch it; firmware retraction is off") {
    Hall hall;
    hall.prepared();
    REQUIRE(hall.run(hall.printer->feed(0)).ok());
    REQUIRE(hall.run(hall.printer->present()).ok());
    hall.clock.advance_to(hall.clock.steady() + 10min);
    CHECK(hall.run(hall.printer->sensors())->card == Position::presented);
    check(hall.run(hall.printer->retract()), Did::done, Position::at_print);
    check(hall.run(hall.printer->reject()), Did::done, Position::not_present);
    CHECK(hall.model.bin().size() == 1);
}

TEST_CASE("model: snatched while it goes back") {
    Hall hall;
    hall.prepared();
    REQUIRE(hall.run(hall.printer->feed(0)).ok());
    REQUIRE(hall.run(hall.printer->present()).ok());
    sim::CardPtr snatched;
    hall.clock.at(hall.clock.steady() + 500ms, [&] { snatched = hall.model.snatch(hall.pipe.now()); });
    const auto act = hall.run(hall.printer->retract());
    CHECK(snatched);
    check(act, Did::not_done, Position::not_present, FaultCode::card_position_unexpected);
}

TEST_CASE("model: jam on the way in, hands, recovery, next card") {
    Hall hall;
    hall.prepared();
    hall.model.provoke(PrinterFault::jam);
    check(hall.run(hall.printer->feed(0)), Did::not_done, Position::jammed, FaultCode::printer_jam);
    check(hall.run(hall.printer->reject()), Did::not_done, Position::jammed, FaultCode::printer_jam);
    CHECK(hall.run(hall.printer->recover()).error().code == FaultCode::printer_jam);
    CHECK(hall.model.clear_path(hall.pipe.now()).size() == 1);
    CHECK(hall.run(hall.printer->recover()));
    check(hall.run(hall.printer->feed(0)), Did::done, Position::at_chip_station);
}

TEST_CASE("model: a jam while printing spoils one card and is said, not guessed") {
    Hall hall;
    hall.prepared();
    REQUIRE(hall.run(hall.printer->feed(0)).ok());
    hall.model.provoke(PrinterFault::jam_at_print);
    check(hall.print(striped_job(small)), Did::not_done, Position::jammed, FaultCode::printer_jam);
    CHECK(hall.model.clear_path(hall.pipe.now()).size() == 1);
    REQUIRE(hall.run(hall.printer->recover()));
    REQUIRE(hall.run(hall.printer->feed(0)).ok());
    check(hall.print(striped_job(small)), Did::done, Position::at_print);
}

TEST_CASE("model: two cards at once, an empty feeder, and the other feeder") {
    Hall hall;
    hall.prepared();
    hall.model.provoke(PrinterFault::double_feed);
    check(hall.run(hall.printer->feed(0)), Did::not_done, Position::jammed, FaultCode::printer_double_feed);
    CHECK(hall.model.clear_path(hall.pipe.now()).size() == 2);
    REQUIRE(hall.run(hall.printer->recover()));
    hall.model.unload(0);
    check(hall.run(hall.printer->feed(0)), Did::not_done, Position::not_present, FaultCode::printer_hopper_empty);
    CHECK_FALSE(hall.run(hall.printer->sensors())->hopper_has_card[0]);
    check(hall.run(hall.printer->feed(1)), Did::done, Position::at_chip_station);
}

TEST_CASE("model: cover and bin, ribbon out and wrong") {
    Hall hall;
    hall.prepared();
    hall.model.open_cover(true, hall.pipe.now());
    CHECK(hall.run(hall.printer->sensors())->cover_open);
    check(hall.run(hall.printer->feed(0)), Did::not_done, Position::not_present, FaultCode::printer_cover_open);
    hall.model.open_cover(false, hall.pipe.now());
    REQUIRE(hall.run(hall.printer->feed(0)).ok());
    hall.model.provoke(PrinterFault::bin_full);
    check(hall.run(hall.printer->reject()), Did::not_done, Position::at_chip_station, FaultCode::printer_bin_full);
    CHECK(hall.run(hall.printer->sensors())->reject_bin_full);
    hall.model.empty_bin();

    hall.model.new_ribbon("YMCKOK", 0);
    CHECK(hall.run(hall.printer->ribbon())->level == printer::RibbonLevel::out);
    check(hall.print(striped_job(small)), Did::not_done, Position::at_chip_station, FaultCode::printer_ribbon_out);  // nothing moved
    // The spoiled card goes although the ribbon is still out.
    check(hall.run(hall.printer->reject()), Did::done, Position::not_present);
    hall.model.new_ribbon("KO", 500);
    REQUIRE(hall.run(hall.printer->feed(0)).ok());
    check(hall.print(striped_job(small)), Did::not_done, Position::at_chip_station, FaultCode::printer_ribbon_wrong);
    hall.model.new_ribbon("YMCKOK", 200);
    check(hall.print(striped_job(small)), Did::done, Position::at_print);
}

TEST_CASE("model: power lost in the middle of a print leaves the card where it was and the outcome unknown") {
    Hall hall;
    hall.prepared();
    REQUIRE(hall.run(hall.printer->feed(0)).ok());
    hall.clock.at(hall.clock.steady() + 7s, [&] { hall.model.power_cycle(hall.pipe.now()); });
    const auto act = hall.print(striped_job(small));
    CHECK(static_cast<int>(act.did) == static_cast<int>(Did::unknown));
    // Settings went with the power: the next act brings them back before the card moves, and it ends in the bin, not at the bezel.
    REQUIRE(hall.run(hall.printer->recover()));
    check(hall.run(hall.printer->reject()), Did::done, Position::not_present);
    CHECK(hall.model.bin().size() == 1);
}

TEST_CASE("model: garbage, wrong, delayed and slow answers at a movement") {
    for (const auto disturbance : {sim::Disturbance::garbage, sim::Disturbance::wrong}) {
        Hall hall;
        hall.prepared();
        hall.model.disturb(disturbance, "Se");
        REQUIRE(hall.run(hall.printer->feed(0)).ok());
        const auto act = hall.run(hall.printer->present());
        // The answer is worthless; the sensors prove that the card is at the bezel.
        check(act, Did::done, Position::presented);
    }
    for (const auto disturbance : {sim::Disturbance::delayed, sim::Disturbance::slow}) {
        Hall hall;
        hall.prepared();
        hall.model.disturb(disturbance, "Sis");
        check(hall.run(hall.printer->feed(0)), Did::done, Position::at_chip_station);
    }
    Hall hall;
    hall.prepared();
    hall.model.disturb(sim::Disturbance::off, "Sis");
    check(hall.run(hall.printer->feed(0)), Did::unknown, Position::not_present, FaultCode::printer_silent);
}
