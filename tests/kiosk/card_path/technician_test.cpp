// A technician's blanks over the real driver and the simulator's printer: fed, presented, retained, printed on for a test; no blank is lost, and a citizen's
// card is not theirs.
#include "tests/kiosk/card_path/model_rig.hpp"

#include "kiosk/card_path/acts.hpp"
#include "kiosk/card_path/technician.hpp"

using namespace card_path_test;

namespace {
struct Workbench : Cabinet {
    Technician technician{{clock, *life->ledger, *driver, life->config, "s01"}};
    Workbench() {
        life->books->begin();
        life->books->put_staff({.id = "s01", .name_tag = "T", .role = "technician", .badge_hash = "b", .pin_hash = "p", .failures = 0, .locked_until = {}});
        life->books->commit();
    }
    Result<Tested> feed(Technician::Way way = Technician::Way::feed) { return ask(technician.feed(1, way)).value(); }
    void agree(int tested, int in_machine) {
        const auto sum = life->books->arithmetic();
        CHECK(sum.holds());
        CHECK(sum.tested == tested);
        CHECK(sum.in_machine == in_machine);
        CHECK(static_cast<std::size_t>(sum.remaining) == model.hopper(0).size());
        CHECK(life->books->bin().size() == model.bin().size());
        CHECK(cards() == blanks);
    }
    /// liqu starts afterwards: what the technician left is put away.
    void liqu_starts() {
        life->start();
        life->run_for(60s);
        CHECK(life->path->state() == PathState::open);
        CHECK(life->books->cards_under_way().empty());
        CHECK(model.place() == sim::Place::none);
        CHECK(life->books->arithmetic().holds());
        CHECK(heard.outcomes.empty());  // nobody is told of a test card
        CHECK(cards() == blanks);
    }
};
}  // namespace

TEST_CASE("technician: a blank is fed, presented, taken: tested") {
    Workbench work;
    const auto fed = work.feed();
    REQUIRE_MESSAGE(fed, (fed ? "" : fed.error().detail));
    CHECK(fed->where == Position::at_chip_station);
    work.agree(0, 1);
    const auto twice = work.feed();
    REQUIRE_FALSE(twice);
    CHECK(twice.error().code == FaultCode::card_found);
    work.clock.at(work.clock.steady() + Duration{6s}, [&] { work.taken.push_back(work.model.take(work.now())); });
    const auto end = work.ask(work.technician.present()).value();
    REQUIRE(end);
    CHECK(end->taken);
    work.agree(1, 0);
    CHECK(work.life->events("card_ended") == 1);
    CHECK(work.life->events("intent") == 2);
    CHECK(work.life->events("act_done") == 2);
    work.liqu_starts();
}

TEST_CASE("technician: not taken, it comes back; retained, it lies in the bin and is listed there") {
    Workbench work;
    REQUIRE(work.feed(Technician::Way::test_card));
    const auto back = work.ask(work.technician.present(5s)).value();
    REQUIRE(back);
    CHECK_FALSE(back->taken);
    CHECK(place_of(back->where) == kiosk::Place::inside);
    work.agree(0, 1);
    const auto end = work.ask(work.technician.retain()).value();
    REQUIRE(end);
    CHECK(end->state == CardState::tested);
    work.agree(1, 0);
    CHECK(work.life->books->bin().front().reason == "technician:s01");
    // A card that nobody has booked is a found one.
    work.model.put_inside(std::make_shared<sim::PhysicalCard>());
    const auto found = work.ask(work.technician.retain()).value();
    REQUIRE(found);
    CHECK(found->state == CardState::retained);
    CHECK(work.life->books->arithmetic().found == 1);
    CHECK(work.life->books->arithmetic().holds());
}

TEST_CASE("technician: what goes wrong loses no blank, and what is left is put away when liqu starts") {
    for (const auto fault : {sim::PrinterFault::hopper_empty, sim::PrinterFault::misfeed, sim::PrinterFault::mechanical}) {
        CAPTURE(name_of(fault));
        Workbench work;
        work.model.provoke(fault);
        const auto fed = work.feed();
        CHECK_FALSE(fed);
        CHECK(work.cards() == Cabinet::blanks);
        CHECK(work.life->books->arithmetic().holds());
        work.model.provoke(sim::PrinterFault::none);
        work.liqu_starts();
    }
    {
        Workbench two;
        two.model.provoke(sim::PrinterFault::double_feed);
        CHECK(two.feed().error().code == FaultCode::printer_double_feed);
        two.agree(0, 2);  // both have their rows; hands are needed
    }
    Workbench work;
    REQUIRE(work.feed());
    work.model.disturb(sim::Disturbance::stuck, "Se");  // and the cable is pulled, too: nobody knows
    work.clock.at(work.clock.steady() + Duration{1s}, [&] { work.pipe.plug(false); });
    CHECK_FALSE(work.ask(work.technician.present()).value());
    work.pipe.plug(true);
    CHECK(work.life->books->arithmetic().in_machine == 1);
    CHECK(work.life->books->open_intents().size() == 1);
}

TEST_CASE("technician: only staff, only with a blank and room in the bin, and never a citizen's card") {
    Workbench work;
    Technician nobody{{work.clock, *work.life->ledger, *work.driver, work.life->config, "s77"}};
    CHECK(work.ask(nobody.feed(1, Technician::Way::feed)).value().error().code == FaultCode::not_permitted);
    CHECK(work.ask(work.technician.feed(2, Technician::Way::feed)).value().error().code == FaultCode::no_blanks);
    CHECK(work.ask(work.technician.feed(3, Technician::Way::feed)).value().error().code == FaultCode::bad_configuration);
    work.model.provoke(sim::PrinterFault::bin_full);
    CHECK(work.feed().error().code == FaultCode::printer_bin_full);
    work.model.empty_bin();
    CHECK(work.ask(work.technician.present()).value().error().code == FaultCode::card_position_unexpected);
    work.life->books->begin();
    const auto card = work.life->books->authorise(1, golden_application_id(), 1, "A1", work.clock.utc());
    work.life->books->set_state(*card, CardState::fed, "", work.clock.utc());
    work.life->books->commit();
    CHECK(work.ask(work.technician.present()).value().error().code == FaultCode::not_permitted);
    CHECK(work.ask(work.technician.retain()).value().error().code == FaultCode::not_permitted);
    CHECK(work.feed().error().code == FaultCode::not_permitted);
    CHECK(work.model.hopper(0).size() == Cabinet::blanks);
}
