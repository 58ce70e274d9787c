// Hoppers, ribbon and bin as storage units: the ledger counts, the sensors contradict, people find out. A blank's bank decides the hopper; without room in the
// bin, or with a ribbon that does not fit, nothing is fed.
#include "tests/kiosk/card_path/rig.hpp"

#include "kiosk/card_path/supplies.hpp"

using namespace card_path_test;

namespace {
printer::Sensors sensors(bool first, bool second, bool bin_full = false) {
    printer::Sensors s;
    s.card = Position::not_present;
    s.hoppers = 2;
    s.hopper_has_card = {first, second, false, false};
    s.reject_bin_full = bin_full;
    return s;
}
const printer::Ribbon good_ribbon{.type = "YMCKOK", .level = printer::RibbonLevel::ok, .remaining = 100, .capacity = 200};

struct Stock : Hall {
    Stock() : Hall(5) {}
    Supplies look(std::optional<printer::Sensors> s = std::nullopt, printer::Ribbon ribbon = good_ribbon) { return supplies_of(life->config, *life->books, s, ribbon); }
    void note(const Supplies& supplies) {
        life->books->begin();
        note_mismatches(*life->books, supplies, clock.utc());
        life->books->commit();
    }
    void load(int which, const char* bank, int count) {
        life->books->begin();
        life->books->add_load(which, {bank}, count, "s01", clock.utc());
        life->books->commit();
    }
};
}  // namespace

TEST_CASE("storage units: the bank decides the hopper, thresholds override the sensor, an empty sensor makes a count useless") {
    Stock stock;
    stock.load(2, "bank_b", 50);
    auto now = stock.look(sensors(true, true));
    CHECK(hopper_for(now, {"bank_a"}) == 1);
    CHECK(hopper_for(now, {"bank_b"}) == 2);
    CHECK_FALSE(hopper_for(now, {"bank_c"}));
    CHECK(name_of(now.hoppers[0].replenishment) == "ok");
    CHECK(name_of(now.hoppers[1].replenishment) == "full");
    stock.life->config.hoppers[0].low_at = 5;
    CHECK(name_of(stock.look(sensors(true, true)).hoppers[0].replenishment) == "low");
    now = stock.look(sensors(false, true));
    CHECK(name_of(now.hoppers[0].replenishment) == "empty");
    CHECK_FALSE(hopper_for(now, {"bank_a"}));
    CHECK(banks_in_stock(now) == std::vector<BankId>{{"bank_b"}});
    CHECK(shortage(stock.look(sensors(false, false))) == FaultCode::no_blanks);
    CHECK(shortage(stock.look(sensors(true, true, true))) == FaultCode::bin_no_room);
    auto out = good_ribbon;
    out.level = printer::RibbonLevel::out;
    CHECK(shortage(stock.look(sensors(true, true), out)) == FaultCode::printer_ribbon_out);
}

TEST_CASE("count and sensor contradict: an item to reconcile, said once for each change, and never a correction") {
    Stock stock;
    stock.life->config.bin_capacity = stock.life->config.bin_full_at = 25;
    const auto events = [&] { return stock.life->events("count_mismatch"); };
    stock.note(stock.look(sensors(true, false)));
    CHECK(events() == 0);
    for (int i = 0; i < 3; ++i) stock.note(stock.look(sensors(false, false)));
    CHECK(events() == 1);
    CHECK(noted_mismatch(*stock.life->books, 1) == Mismatch::sensor_empty);
    stock.note(stock.look());  // nobody asked the sensors: nothing is known to have changed
    CHECK(noted_mismatch(*stock.life->books, 1) == Mismatch::sensor_empty);
    stock.note(stock.look(sensors(true, true)));  // blanks that nobody has booked
    CHECK(noted_mismatch(*stock.life->books, 1) == Mismatch::none);
    CHECK(noted_mismatch(*stock.life->books, 2) == Mismatch::sensor_has_card);
    CHECK(events() == 2);
    stock.note(stock.look(sensors(true, false, true)));  // the bin says full, and by our count nothing lies in it
    CHECK(noted_mismatch(*stock.life->books, 0) == Mismatch::sensor_full);
    CHECK(events() == 3);
    const auto last = stock.life->books->audit_rows(stock.life->books->audit_count(), 1).at(0);
    CHECK(last.data == R"({"counted":0,"hopper":0,"sensor":"sensor_full"})");
    CHECK(stock.life->books->remaining(1) == 5);
    CHECK(stock.life->books->arithmetic().holds());
}

TEST_CASE("before a card is fed: room in the reject bin, a ribbon that fits; otherwise not started, with every blank in its hopper") {
    {
        Hall hall;
        hall.open();
        hall.machine.bin_full = true;
        const auto ticket = hall.make();
        REQUIRE(ticket->end.ready());
        CHECK(ticket->end.peek().outcome == CardOutcome::not_started);
        CHECK(ticket->end.peek().fault->code == FaultCode::printer_bin_full);
        CHECK(hall.machine.hopper[0].size() == 5);
        CHECK(hall.life->printer.acts.empty());
        hall.agree();
    }
    {
        Hall hall;
        hall.life->config.bin_full_at = 0;  // by our count
        hall.open();
        const auto ticket = hall.make();
        REQUIRE(ticket->end.ready());
        CHECK(ticket->end.peek().fault->code == FaultCode::bin_no_room);
        CHECK(hall.life->printer.acts.empty());
        hall.agree();
    }
    {
        Hall hall;
        hall.open();
        hall.machine.ribbon_type = "KO";
        const auto ticket = hall.make();
        REQUIRE(ticket->end.ready());
        CHECK(ticket->end.peek().outcome == CardOutcome::not_started);
        CHECK(ticket->end.peek().fault->code == FaultCode::printer_ribbon_wrong);
        CHECK(hall.life->path->closed_by()->code == FaultCode::printer_ribbon_wrong);
        CHECK(hall.life->printer.acts.empty());
        hall.agree();
    }
    {
        Hall hall;
        hall.open();
        hall.machine.hopper[0].clear();  // the sensor says empty, the ledger five
        const auto ticket = hall.make();
        REQUIRE(ticket->end.ready());
        CHECK(ticket->end.peek().fault->code == FaultCode::no_blanks);
        CHECK(hall.life->events("count_mismatch") == 1);
        CHECK(hall.life->books->remaining(1) == 5);
    }
}
