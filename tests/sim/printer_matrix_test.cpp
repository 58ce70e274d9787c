// Every fault at every command: the reply of the table, no second card, no lost card, and hands make it work again. And the table of status bits is whole.
#include "sim/models/printer_faults.hpp"
#include "tests/sim/printer_bench.hpp"

#include <set>

using namespace sim_tests;

namespace {

/// Where a fault is provoked: the commands of a whole card, the technician's, and what only asks.
const std::vector<std::string>& commands() {
    static const std::vector<std::string> all = {"Rok", "Rlr;p", "Rse;b", "Rrt;count", "Rco;c", "Rem", "Pem;2", "Pbc;A;D", "Pr;ymckok", "Piem;1;0", "Scs", "Sis", "Sic", "Ss", "Sr",
                                                 Bench::colour('y', 9), Bench::colour('m', 9), Bench::colour('c', 9), Bench::resin('k'), Bench::resin('o'), "Sv", "Se", "Seb", "Sib", "Ser"};
    return all;
}
std::string_view head(const std::string& command) { return std::string_view(command).substr(0, 6); }

std::size_t cards_everywhere(const Bench& b) { return b.printer.hopper(0).size() + b.printer.hopper(1).size() + b.printer.cards_inside().size() + b.printer.bin().size(); }

/// One story: the job up to `at`, where the fault is waiting.
std::string reply_at(Bench& b, std::size_t at, PrinterFault fault) {
    b.prepare();
    static const std::vector<std::string> job = {"Sis", "Ss", "Sr", Bench::colour('y', 9), Bench::colour('m', 9), Bench::colour('c', 9), Bench::resin('k'), Bench::resin('o'), "Sv"};
    const std::string& command = commands()[at];
    const auto steps = std::ranges::find(job, command) - job.begin();
    const bool inside_first = command != "Sis" && command[0] != 'R' && command[0] != 'P';
    if (steps < static_cast<std::ptrdiff_t>(job.size())) {
        for (std::ptrdiff_t i = 0; i < steps; ++i) REQUIRE(b.ask(job[static_cast<std::size_t>(i)]) == "OK");
    } else if (command == "Se") {
        for (const std::string& step : job) REQUIRE(b.ask(step) == "OK");
        REQUIRE(b.ask(Bench::resin('k')) == "OK");
    } else if (command == "Sib") {
        for (const char* step : {"Sis", "Seb"}) REQUIRE(b.ask(step) == "OK");
    } else if (inside_first) {
        REQUIRE(b.ask("Sis") == "OK");
    }
    b.printer.provoke_at(std::string(head(command)), fault);
    return b.ask(command);
}

void heal(Bench& b) {
    b.printer.provoke(PrinterFault::none);
    b.printer.open_cover(true, b.now);
    b.printer.open_cover(false, b.now);
    b.printer.new_ribbon("YMCKOK", 50);
    b.printer.empty_bin();
    b.printer.load(0, {});
    b.now += 1min;
    b.printer.advance(b.now);
    while (b.read() != "(nothing)") {}
}

}  // namespace

TEST_CASE("every fault at every command: the table's reply, no second card, none lost, and hands make it work again") {
    int cells = 0, errors = 0;
    for (const FaultRow& row : fault_rows()) {
        for (std::size_t at = 0; at < commands().size(); ++at) {
            CAPTURE(row.word);
            CAPTURE(head(commands()[at]));
            Bench b;
            const std::size_t before = cards_everywhere(b);
            const std::string reply = reply_at(b, at, row.fault);
            ++cells;
            const bool event = row.nature == Nature::event || row.nature == Nature::refusal;
            if (event) CHECK(reply == row.reply);
            else CHECK((reply != "(nothing)" && !reply.empty()));
            if (reply == row.reply) ++errors;
            CHECK(cards_everywhere(b) == before);
            const bool two = row.fault == PrinterFault::double_feed && commands()[at] == "Sis";
            CHECK(b.printer.cards_inside().size() <= (two ? 2u : 1u));
            if (b.printer.place() == Place::jammed) CHECK(b.ask("Sis") == "CARD JAM");
            const std::size_t inside = b.printer.cards_inside().size();
            CHECK(b.printer.clear_path(b.now).size() == inside);
            heal(b);
            CHECK(b.ask("Scs") == "OK");
            CHECK(b.ask("Sis") == "OK");
            CHECK(b.printer.port_status(b.now) == 0x18);
        }
    }
    MESSAGE(cells << " cells of the matrix, " << errors << " answered by the fault's own reply");
    CHECK(cells == static_cast<int>(printer_faults * commands().size()));
}

TEST_CASE("a condition refuses the movements that it hits and no others") {
    struct Case {
        PrinterFault fault;
        const char* refused;
        const char* reply;
        const char* goes_on;
    };
    const Case cases[] = {{PrinterFault::feeder_open, "Sis", "HOPPER DOOR", "Rok"},      {PrinterFault::cleaning_mandatory, "Sis", "NEED CLEANING", "Rse;b"}, {PrinterFault::power_low, "Sis", "ERROR TIME OUT", "Pem;2"},
                          {PrinterFault::locked, "Sis", "ERROR", "Rsn"},                  {PrinterFault::hardware, "Sis", "ERROR FLASH UNKNOW", "Rok"},        {PrinterFault::bin_open, "Ser", "HOPPER DOOR", "Seb"},
                          {PrinterFault::bin_full, "Ser", "HOPPER FULL", "Seb"},          {PrinterFault::ribbon_unsupported, "St", "ERR RIBBON TYPE", "Seb"},  {PrinterFault::ribbon_zone, "St", "ERR RIBBON", "Seb"},
                          {PrinterFault::ribbon_missing, "St", "ERROR RIBBON", "Seb"},    {PrinterFault::ribbon_out, "St", "ERROR RIBBON", "Seb"}};
    for (const Case& c : cases) {
        CAPTURE(name_of(c.fault));
        Bench b;
        b.prepare();
        if (std::string_view(c.refused) == "Ser") REQUIRE(b.ask("Sis") == "OK");
        b.printer.provoke(c.fault);
        CHECK(b.ask(c.refused) == c.reply);
        CHECK(b.ask("Scs") == c.reply);  // its cause is still there
        const std::string other = b.ask(c.goes_on);
        CHECK(other != c.reply);
        CHECK(other != "(nothing)");
    }
}

TEST_CASE("sensors and tag show what a fault is about") {
    Bench b;
    b.prepare();
    const auto after = [&](PrinterFault f, const char* question) {
        b.printer.provoke(PrinterFault::none);
        b.printer.new_ribbon("YMCKOK", 100);
        b.printer.provoke(f);
        return b.ask(question);
    };
    CHECK(after(PrinterFault::ribbon_unknown, "Rrt;type") == "ERR READ");
    CHECK(after(PrinterFault::ribbon_zone, "Rrt;zone") == "9");
    CHECK(after(PrinterFault::ribbon_missing, "Rrt;count") == "ERR RIB DETECTION");
    CHECK(after(PrinterFault::ribbon_low, "Rrt;count") == "5");
    CHECK(after(PrinterFault::ribbon_wrong, "Rrt;type") == "YMCKO");
    CHECK(after(PrinterFault::ribbon_out, "Rcr") == "ERROR RIBBON");
    CHECK(after(PrinterFault::hardware, "Rem") == "2;17");
    CHECK(after(PrinterFault::power_low, "Rse;p") == "17,20 Volts");
    CHECK(after(PrinterFault::cleaning_due, "Rlr;c") == "NEED CLEANING");
    CHECK(after(PrinterFault::none, "Rlr;c") == "OK");
}

TEST_CASE("a head that is too hot delays a panel and breaks none") {
    Bench b;
    b.prepare();
    for (const char* c : {"Sis", "Ss", "Sr"}) REQUIRE(b.ask(c) == "OK");
    REQUIRE(b.ask(Bench::colour('y', 9)) == "OK");
    b.printer.provoke_at("Db;m", PrinterFault::cooling);
    const Time began = b.now;
    CHECK(b.ask(Bench::colour('m', 9)) == "OK");
    CHECK(b.now - began == 4200ms + 8000ms);
}

TEST_CASE("any answer can be put into the mouth of any one command, and nothing is done") {
    Bench b;
    b.prepare();
    b.printer.provoke_at("Rrt;count", std::string("OK"));
    CHECK(b.ask("Rrt;qty") == "200");
    CHECK(b.ask("Rrt;count") == "OK");
    CHECK(b.ask("Rrt;count") == "200");
    b.printer.provoke_at("Sis", std::string("ERROR UNKNOW"));
    CHECK(b.ask("Sis") == "ERROR UNKNOW");
    CHECK(b.printer.place() == Place::none);
    CHECK(b.ask("Sis") == "OK");
}

TEST_CASE("each status bit has a fault that raises it, or says how it shows or why it cannot") {
    std::set<std::string_view> names;
    std::set<PrinterFault> raised;
    int possible = 0;
    for (const StatusBit& bit : status_bits()) {
        CAPTURE(bit.name);
        CHECK(names.insert(bit.name).second);
        CHECK(std::popcount(bit.bit) == 1);
        CHECK((bit.fault == PrinterFault::none) != bit.otherwise.empty());
        if (bit.fault != PrinterFault::none) raised.insert(bit.fault), ++possible;
    }
    CHECK(names.size() == 112);
    CHECK(possible >= 34);
    // The rest of the faults are kinds of jam and stall that one bit covers (ERR_MECHANICAL, ERR_FEEDER_ERROR), a broken head (ERR_HARDWARE), and a lying sensor.
    std::set<PrinterFault> missing;
    for (const FaultRow& row : fault_rows())
        if (!raised.contains(row.fault)) missing.insert(row.fault);
    CHECK(missing == std::set<PrinterFault>{PrinterFault::none, PrinterFault::jam, PrinterFault::jam_at_print, PrinterFault::double_feed, PrinterFault::head, PrinterFault::retract_fails,
                                            PrinterFault::present_sensor_stuck});
}
