// A card in hand, and what keeps an order from being begun.
#include "tests/kiosk/card_path/rig.hpp"

using namespace card_path_test;

TEST_CASE("a good card: every act under an intent, in this order, taken, reported, activated") {
    Hall hall;
    hall.open();
    const auto ticket = hall.make();
    REQUIRE(ticket->end.ready());
    const auto& end = ticket->end.peek();
    CHECK(end.outcome == CardOutcome::issued);
    CHECK(end.activated);
    CHECK_FALSE(end.fault);
    CHECK(hall.life->printer.acts == std::vector<std::string>{"feed", "print", "to_chip", "present"});
    std::vector<std::string> story;
    for (const auto& row : hall.life->books->audit_rows(1, 1000)) {
        const auto data = json::parse(row.data);
        if (row.event == "intent" || row.event == "act_done") story.push_back(row.event.substr(0, 3) + " " + data.at("act").get<std::string>());
        else story.push_back(row.event);
    }
    CHECK(story == std::vector<std::string>{"path_opened", "card_authorised", "int feed", "act feed", "chip_bound", "int encode", "act encode", "int set_pin", "act set_pin", "chip_written",
                                            "int print", "act print", "card_printed", "int present", "act present", "card_presented", "card_ended", "outcome_settled"});
    REQUIRE(hall.machine.taken.size() == 1);
    const auto& chip = *hall.machine.taken[0]->chip;
    CHECK(chip.pin == "481592");
    CHECK(drivers::to_string(chip.records.at({0xEF05, 0x07})) == "A00000014");
    REQUIRE(hall.heard.outcomes.size() == 1);
    CHECK(hall.heard.outcomes[0].at("outcome") == "issued");
    CHECK(hall.heard.outcomes[0].at("card_number") == "A00000014");
    CHECK(FakeCentre::bytes_of(hall.heard.outcomes[0].at("blank").at("chip")) == chip.id);
    CHECK(hall.heard.steps == std::vector<int>{1, 2, 3});
    CHECK(hall.life->path->state() == PathState::open);
    CHECK(hall.life->books->application_state(golden_application_id()) == "issued");
    CHECK(hall.life->books->counter("ms.print") > 0);
    CHECK_FALSE(hall.life->books->memo({"L000001", 1}));
    hall.agree();
}

TEST_CASE("the countdown runs down, never stalls at zero, and knows the stages") {
    Hall hall;
    hall.open();
    const auto ticket = hall.life->path->make(hall.life->job());
    std::set<MakeStage> stages;
    double done = 0;
    while (!ticket->presented) {
        hall.life->run_for(50ms);
        CHECK(ticket->seconds_left >= 1);
        CHECK(ticket->done >= done);
        done = ticket->done;
        stages.insert(ticket->stage);
    }
    CHECK(stages.size() >= 4);
    CHECK(ticket->take_seconds_left <= 90);
    CHECK(ticket->may_extend);
}

TEST_CASE("nothing is begun without everything that is needed; the attempt is given back as not started") {
    struct Need {
        const char* name;
        FaultCode fault;
        std::function<void(Hall&)> spoil;
        std::int64_t lease = 300;
    };
    const Need needs[] = {
        {"order too short", FaultCode::order_expired, [](Hall&) {}, 100},
        {"no blank of the bank", FaultCode::no_blanks, [](Hall& h) { h.machine.hopper[0].clear(); }},
        {"ribbon", FaultCode::printer_ribbon_out, [](Hall& h) { h.machine.ribbon = 0; }},
        {"bin sensor", FaultCode::printer_bin_full, [](Hall& h) { h.machine.bin_full = true; }},
        {"bin count", FaultCode::bin_no_room, [](Hall& h) { h.life->config.bin_full_at = 0; }},
        {"cover", FaultCode::printer_cover_open, [](Hall& h) { h.machine.cover_open = true; }},
        {"nobody", FaultCode::nobody_present, [](Hall& h) { h.life->presence.forget(); }},
        {"reader's daemon", FaultCode::reader_daemon_down, [](Hall& h) { h.life->reader.daemon = false; }},
    };
    for (const auto& need : needs) {
        CAPTURE(need.name);
        Hall hall;
        hall.open();
        need.spoil(hall);
        const auto ticket = hall.make(1, 20s, need.lease);
        REQUIRE(ticket->end.ready());
        CHECK(ticket->end.peek().outcome == CardOutcome::not_started);
        REQUIRE(ticket->end.peek().fault);
        CHECK(ticket->end.peek().fault->code == need.fault);
        CHECK(hall.life->printer.acts.empty());
        hall.life->run_for(5s);
        CHECK(hall.outcomes() == std::vector<std::string>{"not_started"});
        CHECK(hall.life->books->all_cards().empty());
    }
}

TEST_CASE("one attempt has one card: an order that was used is refused without an act and without a second report") {
    Hall hall;
    hall.open();
    CHECK(hall.make(1)->end.peek().outcome == CardOutcome::issued);
    hall.life->presence.witnessed();
    const auto again = hall.make(1);
    CHECK(again->end.peek().outcome == CardOutcome::not_started);
    CHECK(again->end.peek().fault->code == FaultCode::attempts_used_up);
    hall.life->run_for(5s);
    CHECK(hall.outcomes() == std::vector<std::string>{"issued"});
    CHECK(hall.machine.taken.size() == 1);
    hall.agree();
}

TEST_CASE("a hopper that is empty although the count says otherwise gives its blank back") {
    Hall hall;
    hall.open();
    hall.life->printer.tricks.insert({"feed", Trick{.happens = false, .did = Did::not_done, .fault = FaultCode::printer_hopper_empty, .where = Position::not_present}});
    const auto ticket = hall.make();
    CHECK(ticket->end.peek().outcome == CardOutcome::not_started);
    CHECK(ticket->end.peek().fault->code == FaultCode::printer_hopper_empty);
    hall.life->run_for(5s);
    CHECK(hall.outcomes() == std::vector<std::string>{"not_started"});
    CHECK(hall.life->path->state() == PathState::open);
    hall.agree();
}

TEST_CASE("closed from outside after the card under way; stop ends at rest; a path that is not open takes no order") {
    Hall hall;
    CHECK_FALSE(hall.life->path->make(hall.life->job()));
    hall.open();
    const auto ticket = hall.life->path->make(hall.life->job());
    CHECK_FALSE(hall.life->path->make(hall.life->job(2)));
    hall.life->run_for(2s);
    asio::co_spawn(*hall.life->io, hall.life->path->close(Fault{FaultCode::ledger_restored, {}}), asio::detached);
    hall.life->path->stop();
    for (int i = 0; i < 60 && !hall.life->ended; ++i) {
        CHECK((ticket->end.ready() || !hall.life->ended));
        hall.life->run_for(1s);
    }
    CHECK(hall.life->ended);
    REQUIRE(ticket->end.ready());
    CHECK(ticket->end.peek().outcome == CardOutcome::issued);
    CHECK(hall.life->path->closed_by()->code == FaultCode::ledger_restored);
    CHECK_FALSE(hall.life->path->make(hall.life->job(2)));
    hall.agree();
}
