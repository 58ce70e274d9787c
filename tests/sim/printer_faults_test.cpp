// The printer model when things go wrong: every error at its command, retraction, swapped cards, cover, power, disturbed answers.
#include "tests/sim/printer_bench.hpp"

using namespace sim_tests;

namespace {

struct ErrorCase {
    const char* name;
    PrinterFault fault;
    const char* at;       ///< command that meets the fault
    const char* reply;
    Place after;
    std::uint8_t status;  ///< GET_PORT_STATUS afterwards
    const char* position; ///< Rlr;p afterwards
};

const ErrorCase errors[] = {
    {"nothing in the hopper", PrinterFault::hopper_empty, "Sis", "FEEDER EMPTY", Place::none, 0x30, "OK"},
    {"jam while feeding", PrinterFault::jam, "Sis", "CARD JAM", Place::jammed, 0x10, "ERR CARD"},
    {"two cards", PrinterFault::double_feed, "Sis", "ERROR HOPPER", Place::path, 0x10, "ERR CARD"},
    {"motors", PrinterFault::mechanical, "Sis", "ERROR TIME OUT", Place::path, 0x10, "ERR CARD"},
    {"cover", PrinterFault::cover_open, "Sis", "COVER OPEN", Place::path, 0x10, "ERR CARD"},
    {"jam before printing", PrinterFault::jam_at_print, "Sr", "CARD JAM", Place::jammed, 0x10, "ERR CARD"},
    {"print head", PrinterFault::head, "Db;m", "ERROR HEAD", Place::print, 0x10, "CARD"},
    {"ribbon ends while printing", PrinterFault::ribbon_out, "Db;c", "ERROR RIBBON", Place::print, 0x30, "CARD"},
    {"another ribbon", PrinterFault::ribbon_wrong, "Db;m", "ERROR RIBBON", Place::print, 0x30, "CARD"},
    {"jam at the last panel", PrinterFault::jam, "Se", "CARD JAM", Place::jammed, 0x10, "ERR CARD"},
    {"full reject bin", PrinterFault::bin_full, "Ser", "HOPPER FULL", Place::print, 0x30, "CARD"},
};

}  // namespace

TEST_CASE("every error is answered at its command, and sensors tell where the card is") {
    for (const ErrorCase& e : errors) {
        CAPTURE(e.name);
        Bench b;
        b.prepare();
        b.printer.provoke(e.fault, e.at);
        const std::vector<std::string> script = {"Sis", "Ss", "Sr", Bench::colour('y', 9), Bench::colour('m', 9), Bench::colour('c', 9), Bench::resin('k'), "Se", "Ser"};
        std::string last;
        for (const std::string& command : script) {
            last = b.ask(command);
            if (command.starts_with(e.at)) break;
            REQUIRE(last == "OK");
        }
        CHECK(last == e.reply);
        CHECK(b.printer.place() == e.after);
        CHECK(b.printer.port_status(b.now) == e.status);
        CHECK(b.ask("Rlr;p") == e.position);
        b.printer.open_cover(false, b.now);
        b.printer.new_ribbon("YMCKOK", 10);
        b.printer.empty_bin();
        b.printer.load(0, {});
        if (e.after == Place::jammed) CHECK(b.ask("Ser") == "CARD JAM");
        if (e.after == Place::jammed) CHECK(b.printer.clear_path(b.now).size() == 1);
        CHECK(b.ask("Scs") == (e.fault == PrinterFault::double_feed ? "ERROR HOPPER" : "OK"));
        if (e.fault == PrinterFault::double_feed) {
            CHECK(b.printer.cards_inside().size() == 2);
            CHECK(b.ask("Sis") == "ERROR HOPPER");
            CHECK(b.ask("Ser") == "OK");
            CHECK(b.inside() == 2);
        }
        if (b.inside()) CHECK(b.ask("Ser") == "OK");
        CHECK(b.ask("Sis") == "OK");  // and it works again
        CHECK(b.printer.port_status(b.now) == 0x18);
    }
}

TEST_CASE("a full bin, a low hopper, an ended ribbon are seen by the sensors") {
    PrinterSetup setup = Bench::small();
    setup.bin_capacity = 1;
    setup.ribbon_remaining = 0;
    Bench b(setup);
    b.prepare();
    REQUIRE(b.ask("Sis") == "OK");
    REQUIRE(b.ask("Ser") == "OK");
    CHECK(b.ask("Rlr;h") == "CARD");
    CHECK(b.printer.bin().size() == 1);
    REQUIRE(b.ask("Sis") == "OK");
    CHECK(b.ask("Ser") == "HOPPER FULL");
    CHECK(b.printer.empty_bin().size() == 1);
    CHECK(b.ask("Rlr;h") == "OK");
    REQUIRE(b.ask("Ss") == "OK");
    REQUIRE(b.ask("Sr") == "OK");
    REQUIRE(b.ask(Bench::resin('k')) == "OK");
    CHECK(b.ask("Se") == "ERROR RIBBON");
    b.printer.new_ribbon("", 0);
    CHECK(b.ask("Rrt;type") == "ERR RIB DETECTION");
    std::vector<CardPtr> many;
    for (int i = 0; i < 9; ++i) many.push_back(Bench::card(100 + i));
    b.printer.load(0, many);
    CHECK(b.ask("Rse;n;1") == "0,00 Volts");
    CHECK(b.ask("Rse;n;2") == "5,00 Volts");
    CHECK(b.printer.unload(1).size() == 1);
    CHECK(b.ask("Rse;f;2") == "0,00 Volts");
}

TEST_CASE("after power-up the printer is master: BUSY until hands have helped, then once more by itself") {
    Bench b;
    b.printer.unload(0);
    CHECK(b.ask("Sis") == "(nothing)");
    CHECK(b.printer.port_status(b.now) == 0x30);
    b.printer.host_writes(raw("\x1BRok\r"), b.now);
    CHECK(b.read() == "(nothing)");
    b.printer.load(0, {Bench::card(5)});
    b.now += 10s;
    CHECK(b.read() == "OK");
    CHECK(b.read() == "OK");
    CHECK(b.inside() == 5);
}

TEST_CASE("presented and not taken: D waits for ever, N pulls back, R rejects; power-up means N after 30 s") {
    for (const char action : {'D', 'N', 'R'}) {
        CAPTURE(action);
        Bench b;
        b.prepare();
        REQUIRE(b.ask(fmt::format("Pbc;A;{}", action)) == "OK");
        REQUIRE(b.ask("Pbc;D;5") == "OK");
        REQUIRE(b.ask("Sis") == "OK");
        REQUIRE(b.ask("Se") == "OK");
        b.now += 4s;
        b.printer.advance(b.now);
        CHECK(b.printer.place() == Place::bezel);
        b.now += 10s;
        b.printer.advance(b.now);
        CHECK(b.printer.place() == (action == 'D' ? Place::bezel : action == 'N' ? Place::print : Place::none));
        CHECK(b.printer.bin().size() == (action == 'R' ? 1 : 0));
        CHECK(b.read() == "(nothing)");
    }
    Bench b;
    b.prepare();
    REQUIRE(b.ask("Sis") == "OK");
    REQUIRE(b.ask("Se") == "OK");
    b.printer.power_cycle(b.now);
    CHECK(b.printer.port_status(b.now) == 0);
    b.now += 4s + 29s;
    b.printer.advance(b.now);
    CHECK(b.printer.place() == Place::bezel);
    CHECK(b.ask("Rem") == "0;0");
    b.now += 10s;
    b.printer.advance(b.now);
    CHECK(b.printer.place() == Place::print);
}

TEST_CASE("retracting: back inside, snatched in the first half, swapped for another card, failing") {
    Bench b;
    b.prepare();
    CHECK(b.ask("Sib") == "FEEDER EMPTY");
    REQUIRE(b.ask("Sis") == "OK");
    REQUIRE(b.ask("Se") == "OK");
    CHECK_FALSE(b.printer.push_in(Bench::card(66), b.now));  // one is there already
    CHECK(b.ask("Sis") == "CARD JAM");
    SUBCASE("back") {
        CHECK(b.ask("Sib") == "OK");
        CHECK(b.ask("Rlr;p") == "CARD");
        CHECK_FALSE(b.printer.push_in(Bench::card(66), b.now));
    }
    SUBCASE("snatched") {
        b.write("Sib");
        CHECK(b.printer.take(b.now) == nullptr);
        b.now += 900ms;
        CHECK(b.printer.snatch(b.now)->id == 1);
        b.now += 5s;
        CHECK(b.read() == "FEEDER EMPTY");
        CHECK(b.printer.place() == Place::none);
    }
    SUBCASE("too late to snatch") {
        b.write("Sib");
        b.now += 1100ms;
        CHECK(b.printer.snatch(b.now) == nullptr);
    }
    SUBCASE("swapped") {
        b.write("Sib");
        b.now += 100ms;
        REQUIRE(b.printer.snatch(b.now));
        REQUIRE(b.printer.push_in(Bench::card(66), b.now));
        b.now += 5s;
        CHECK(b.read() == "OK");
        CHECK(b.inside() == 66);
    }
    SUBCASE("foreign card after the own one was taken") {
        REQUIRE(b.printer.take(b.now));
        REQUIRE(b.printer.push_in(Bench::card(66), b.now));
        CHECK(b.ask("Rse;b") == "5,00 Volts");
        CHECK(b.ask("Sib") == "OK");
        CHECK(b.inside() == 66);
    }
    SUBCASE("fails once") {
        b.printer.provoke(PrinterFault::retract_fails);
        CHECK(b.ask("Sib") == "ERROR TIME OUT");
        CHECK(b.printer.place() == Place::bezel);
        CHECK(b.ask("Sib") == "OK");
    }
    SUBCASE("sensor says card for ever") {
        b.printer.provoke(PrinterFault::present_sensor_stuck);
        REQUIRE(b.printer.take(b.now));
        CHECK(b.ask("Rse;b") == "5,00 Volts");
    }
}

TEST_CASE("cover and power in the middle of a movement leave the card in the path") {
    Bench b;
    b.prepare();
    b.write("Sis");
    b.now += 1s;
    b.printer.open_cover(true, b.now);
    CHECK(b.read() == "COVER OPEN");
    CHECK(b.printer.place() == Place::path);
    CHECK(b.ask("Rse;o") == "0,00 Volts");
    CHECK(b.ask("Ser") == "COVER OPEN");
    b.printer.open_cover(false, b.now);
    Time began = b.now;
    CHECK(b.ask("Sis") == "OK");
    CHECK(b.now - began == 900ms + 1500ms);  // the ribbon is initialised first
    b.write("Ser");
    b.now += 1s;
    b.printer.power_cycle(b.now);
    CHECK(b.printer.place() == Place::path);
    CHECK(b.inside() == 1);
    b.printer.host_writes(raw("\x1BRok\r"), b.now);
    b.now += 4s;
    CHECK(b.read() == "(nothing)");
    b.prepare();
    CHECK(b.ask("Ser") == "OK");
    CHECK(b.printer.bin().front()->id == 1);
    CHECK(b.ask("Srs") == "OK");
    b.now += 5s;
    CHECK(b.ask("Rem") == "0;0");
    b.printer.put_inside(Bench::card(9));
    CHECK(b.ask("Rlr;p") == "CARD");
}

TEST_CASE("the firmware's answers can be disturbed, everywhere or at one command") {
    Bench b;
    b.prepare();
    b.printer.disturb(Disturbance::stuck, "Sis");
    CHECK(b.ask("Sis") == "(nothing)");
    CHECK(b.printer.place() == Place::chip);  // it acted and said nothing
    CHECK(b.ask("Rtp") == "KC Prime");
    b.printer.disturb(Disturbance::off, "Ser");
    CHECK(b.ask("Ser") == "(nothing)");
    CHECK(b.printer.place() == Place::chip);  // it neither acted nor answered
    b.printer.disturb(Disturbance::wrong, "Rlr;p");
    CHECK(b.ask("Rlr;p") == "KC Prime");
    b.printer.disturb(Disturbance::garbage);
    const std::string reply = b.ask("Rtp");
    CHECK(reply != "KC Prime");
    CHECK(reply.size() == 8);
    b.printer.disturb(Disturbance::delayed);
    b.write("Rtp");
    CHECK(b.read() == "(nothing)");
    b.now += 3s;
    CHECK(b.read() == "KC Prime");
    b.printer.disturb(Disturbance::intermittent);
    int lost = 0;
    for (int i = 0; i < 9; ++i) lost += b.ask("Rtp") == "(nothing)";
    CHECK(lost == 3);
    b.printer.disturb(Disturbance::slow);
    const Time began = b.now;
    CHECK(b.ask("Ser") == "OK");
    CHECK(b.now - began == 3 * 2200ms);
    b.printer.disturb(Disturbance::off);
    CHECK(b.ask("Rtp") == "(nothing)");
    CHECK(b.printer.port_status(b.now) == 0);
    b.printer.disturb(Disturbance::none);
    CHECK(b.ask("Rtp") == "KC Prime");
}

TEST_CASE("names of faults go there and back") {
    for (int i = 0; i <= static_cast<int>(PrinterFault::present_sensor_stuck); ++i) CHECK(printer_fault_of(name_of(static_cast<PrinterFault>(i))) == static_cast<PrinterFault>(i));
    CHECK_FALSE(printer_fault_of("nonsense"));
}

TEST_CASE("speed shortens the mechanics and nothing else changes") {
    PrinterSetup setup = Bench::small();
    setup.speed = 10;
    Bench b(setup);
    b.prepare();
    const Time began = b.now;
    CHECK(b.ask("Sis") == "OK");
    CHECK(b.now - began == 340ms);
}
