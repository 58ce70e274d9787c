// Every way not to take a card, or to take it when nobody looks: who holds it afterwards, and what the centre is told.
#include "tests/kiosk/card_path/rig.hpp"

using namespace card_path_test;

TEST_CASE("not taken: pulled back after its time, read again, kept; more time once, and only while the lease lasts") {
    for (const int extend : {0, 1, 2}) {
        CAPTURE(extend);
        Hall hall;
        hall.citizen = Hall::Citizen::leaves_it;
        hall.open();
        const auto ticket = hall.life->path->make(hall.life->job(1, extend == 2 ? 180 : 300));
        while (!ticket->presented) hall.life->run_for(100ms);
        CHECK(ticket->may_extend == (extend != 2));
        ticket->extend = extend > 0;
        const auto begun = hall.clock.steady();
        while (hall.machine.where == Position::presented) hall.life->run_for(1s);
        const auto lay = hall.clock.steady() - begun;
        CHECK(lay >= (extend == 1 ? Duration{179s} : Duration{89s}));
        CHECK(lay <= (extend == 1 ? Duration{185s} : Duration{95s}));
        hall.life->run_for(20s);
        REQUIRE(ticket->end.ready());
        CHECK(ticket->end.peek().outcome == CardOutcome::not_taken);
        CHECK(ticket->end.peek().fault->code == FaultCode::card_not_taken);
        CHECK(hall.outcomes() == std::vector<std::string>{"not_taken"});
        CHECK(hall.life->books->arithmetic().retained == 1);
        CHECK(hall.machine.bin.size() == 1);
        hall.agree();
    }
}

TEST_CASE("snatched while it goes back: gone, nobody saw it, never activated by itself; the path stays open") {
    Hall hall;
    hall.citizen = Hall::Citizen::leaves_it;
    hall.open();
    hall.life->printer.tricks.insert({"retract", Trick{.happens = false, .did = Did::not_done, .fault = FaultCode::printer_hopper_empty, .also = [](Machine& m) { m.take(); }, .where = Position::not_present}});
    CHECK(hall.make()->end.peek().outcome == CardOutcome::gone_unwitnessed);
    hall.life->run_for(5s);
    CHECK(hall.outcomes() == std::vector<std::string>{"gone_unwitnessed"});
    CHECK(hall.heard.outcomes[0].at("blank").contains("chip"));
    CHECK(hall.life->path->state() == PathState::open);
    hall.agree();
}

TEST_CASE("taken after the intent to pull it back: no edge was witnessed, so it is not activated by itself") {
    Hall hall;
    hall.citizen = Hall::Citizen::leaves_it;
    hall.open();
    // The intent is committed when the card is taken; the printer finds nothing at the bezel and does not begin.
    hall.life->printer.dies = [&hall](std::string_view what) {
        if (what == "retract before") hall.machine.take();
        return false;
    };
    CHECK(hall.make()->end.peek().outcome == CardOutcome::gone_unwitnessed);
    CHECK(hall.outcomes() == std::vector<std::string>{"gone_unwitnessed"});
    hall.agree();
}

TEST_CASE("taken while the printer was unplugged: nobody saw it") {
    Hall hall;
    hall.citizen = Hall::Citizen::leaves_it;
    hall.open();
    const auto ticket = hall.life->path->make(hall.life->job());
    while (!ticket->presented) hall.life->run_for(100ms);
    hall.life->run_for(1s);
    hall.life->printer.plug(false);
    hall.life->run_for(5s);
    hall.machine.take();
    hall.life->printer.plug(true);
    hall.life->run_for(10s);
    CHECK(ticket->end.peek().outcome == CardOutcome::gone_unwitnessed);
    CHECK(hall.life->path->state() == PathState::open);
    hall.agree();
}

TEST_CASE("a foreign card is pushed in: ours is unknown, the other one found, the path closed until two persons have looked") {
    Hall hall;
    hall.citizen = Hall::Citizen::leaves_it;
    hall.open();
    hall.life->printer.tricks.insert({"retract", Trick{.happens = true, .did = Did::done, .also = [&hall](Machine& m) {
                                                           m.taken.push_back(m.inside.front());
                                                           m.inside.front() = m.new_card();
                                                           m.inside.front()->printed = 1;
                                                           (void)hall;
                                                       }, .where = Position::inside}});
    const auto ticket = hall.make();
    CHECK(ticket->end.peek().outcome == CardOutcome::unknown);
    CHECK(hall.life->path->closed_by()->code == FaultCode::foreign_card);
    hall.life->run_for(5s);
    CHECK(hall.outcomes() == std::vector<std::string>{"unknown"});
    const auto sum = hall.life->books->arithmetic();
    CHECK(sum.unknown == 1);
    CHECK(sum.found == 1);
    CHECK(sum.retained == 1);
    hall.agree();
    hall.restart();
    CHECK(hall.life->path->closed_by()->code == FaultCode::foreign_card);
}

TEST_CASE("what came back does not say what it is: unknown, and under its own name in the bin") {
    Hall hall;
    hall.citizen = Hall::Citizen::leaves_it;
    hall.open();
    hall.life->printer.tricks.insert({"retract", Trick{.happens = true, .did = Did::done, .also = [](Machine& m) { m.inside.front()->chip->silent = true; }, .where = Position::inside}});
    CHECK(hall.make()->end.peek().outcome == CardOutcome::unknown);
    const auto bin = hall.life->books->bin();
    REQUIRE(bin.size() == 1);
    CHECK(bin[0].state == CardState::unknown);
    CHECK(hall.life->path->state() == PathState::closed);
    hall.agree();
}

TEST_CASE("a card that does not come back from the bezel closes the path, and is tried again until it is in") {
    Hall hall;
    hall.citizen = Hall::Citizen::leaves_it;
    hall.open();
    for (int i = 0; i < 3; ++i) hall.life->printer.tricks.insert({"retract", Trick{.happens = false, .did = Did::not_done, .fault = FaultCode::printer_mechanical, .where = Position::presented}});
    CHECK(hall.make()->end.peek().outcome == CardOutcome::not_taken);
    hall.life->run_for(60s);
    CHECK(hall.life->path->state() == PathState::open);
    CHECK(hall.outcomes() == std::vector<std::string>{"not_taken"});
    hall.agree();
}

TEST_CASE("nobody there: not presented; somebody comes back in time: presented") {
    for (const bool comes : {false, true}) {
        Hall hall;
        hall.open();
        hall.life->config.presence_limit = 2500ms;
        const auto ticket = hall.life->path->make(hall.life->job());
        for (int i = 0; i < 200 && !ticket->nobody_there; ++i) hall.life->run_for(100ms);
        REQUIRE(ticket->nobody_there);
        hall.life->run_for(10s);
        CHECK(hall.machine.presented == 0);
        if (comes) hall.life->presence.witnessed();
        hall.life->run_for(60s);
        REQUIRE(ticket->end.ready());
        CHECK(ticket->end.peek().outcome == (comes ? CardOutcome::issued : CardOutcome::not_taken));
        CHECK(hall.machine.presented == (comes ? 1 : 0));
        if (!comes) CHECK(ticket->end.peek().fault->code == FaultCode::nobody_present);
        hall.agree();
    }
}
