// What a technician and the field see of the printer model: error modes, blocking, bezel and contactless insertion, cleaning, counters, ribbons and their quirks, half
// panels, colour run lengths, buffers.
#include "tests/sim/printer_bench.hpp"

using namespace sim_tests;

namespace {

void to_print(Bench& b) {
    for (const char* c : {"Sis", "Ss", "Sr"}) REQUIRE(b.ask(c) == "OK");
}
Bench with(const std::function<void(PrinterSetup&)>& change) {
    PrinterSetup setup = Bench::small();
    change(setup);
    return Bench(setup);
}

}  // namespace

TEST_CASE("Pem 0: BUSY until hands have helped, then once more; a second failure is answered") {
    Bench b;
    REQUIRE(b.ask("Psmgr;2") == "OK");
    b.printer.provoke(PrinterFault::jam);
    CHECK(b.ask("Sis") == "(nothing)");
    CHECK(b.printer.clear_path(b.now).size() == 1);
    b.now += 10s;
    CHECK(b.read() == "OK");  // the second card went through
    CHECK(b.inside() == 2);
    REQUIRE(b.ask("Ser") == "OK");
    b.printer.provoke(PrinterFault::jam);
    b.write("Sis");
    b.now += 10s;
    b.printer.provoke(PrinterFault::jam);
    CHECK(b.read() == "(nothing)");
    b.printer.load(0, {Bench::card(50)});
    CHECK(b.printer.clear_path(b.now).size() == 1);
    b.now += 10s;
    CHECK(b.read() == "CARD JAM");  // tried once, not for ever
    CHECK(b.printer.cards_inside().size() == 1);
}

TEST_CASE("Pem 16 does not try again, 1 does not watch the cover, 3 keeps the error until Scs, ;s outlives the power") {
    Bench b;
    REQUIRE(b.ask("Psmgr;2") == "OK");
    REQUIRE(b.ask("Pem;16") == "OK");
    b.printer.unload(0);
    CHECK(b.ask("Sis") == "(nothing)");
    b.printer.load(0, {Bench::card(7)});
    CHECK(b.read() == "FEEDER EMPTY");
    CHECK(b.printer.place() == Place::none);
    b.printer.open_cover(true, b.now);
    CHECK(b.printer.port_status(b.now) == 0x10);
    REQUIRE(b.ask("Pem;1") == "OK");
    CHECK(b.ask("Sis") == "OK");
    CHECK(b.printer.port_status(b.now) == 0x18);
    b.printer.open_cover(false, b.now);
    for (const char* mode : {"Pem;2", "Pem;3"}) {
        REQUIRE(b.ask(mode) == "OK");
        b.printer.provoke(PrinterFault::bin_full);
        CHECK(b.ask("Ser") == "HOPPER FULL");
        b.printer.empty_bin();
        CHECK((b.printer.port_status(b.now) == 0x18) == (std::string_view(mode) == "Pem;2"));
        CHECK(b.ask("Scs") == "OK");
        CHECK(b.printer.port_status(b.now) == 0x18);
    }
    REQUIRE(b.ask("Pem;2;s") == "OK");
    b.printer.power_cycle(b.now);
    CHECK(b.ask("Rok") == "(nothing)");  // silent while it boots
    b.now += 4s;
    CHECK(b.ask("Rem") == "2;0");
}

TEST_CASE("Psmgr 0: inserting waits for a card, ejecting for its taker, thirty seconds each") {
    Bench b;
    REQUIRE(b.ask("Pem;2") == "OK");
    REQUIRE(b.ask("Psmgr;0") == "OK");
    b.printer.unload(0);
    b.write("Sis");
    b.now += 29s;
    CHECK(b.read() == "(nothing)");
    b.printer.load(0, {Bench::card(5)});
    b.now += 4s;
    CHECK(b.read() == "OK");
    b.write("Se");
    b.now += 10s;
    CHECK(b.read() == "(nothing)");
    CHECK(b.printer.place() == Place::bezel);
    REQUIRE(b.printer.take(b.now));
    CHECK(b.read() == "OK");
    Time began = b.now;
    CHECK(b.ask("Sis") == "FEEDER EMPTY");
    CHECK(b.now - began == 30s);
    REQUIRE(b.ask("Pbc;A;D") == "OK");
    b.printer.load(0, {Bench::card(6)});
    REQUIRE(b.ask("Sis") == "OK");
    began = b.now;
    CHECK(b.ask("Se") == "ERROR TIME OUT");
    CHECK(b.now - began == 1800ms + 30s);
    CHECK(b.printer.place() == Place::bezel);
}

TEST_CASE("a card from the bezel, the contactless station, one way in at a time") {
    Bench b;
    b.prepare();
    CHECK_FALSE(b.printer.push_in(Bench::card(70), b.now));
    REQUIRE(b.ask("Pcim;I;S") == "OK");
    CHECK(b.ask("Sis") == "FEEDER EMPTY");  // nobody gives one
    REQUIRE(b.printer.push_in(Bench::card(70), b.now));
    CHECK(b.ask("Rse;b") == "5,00 Volts");
    CHECK(b.ask("Sis") == "OK");
    CHECK(b.inside() == 70);
    CHECK(b.printer.hopper(0).size() == 3);
    CHECK(b.ask("Sic") == "OK");
    CHECK(b.ask("Rlr;p") == "CONTACTLESS CARD");
    CHECK(b.printer.chip_at_station() == nullptr);
    CHECK(b.printer.at_contactless_station());
    CHECK(b.ask("Sis") == "OK");
    CHECK(b.ask("Rlr;p") == "SMART CARD");
    REQUIRE(b.ask("Pcim;F;S") == "OK");
    CHECK(b.ask("Ser") == "OK");
    CHECK_FALSE(b.printer.push_in(Bench::card(71), b.now));
    Bench plain = with([](PrinterSetup& s) { s.contactless = false; });
    plain.prepare();
    CHECK(plain.ask("Sic") == "OPT NOT AVAILABLE");
    CHECK(plain.ask("Rmac") == "OPT NOT AVAILABLE");
    CHECK(plain.ask("Pmt;2;iso") == "OPT NOT AVAILABLE");
}

TEST_CASE("cleaning wants no ribbon and no card, takes five passes, and resets what asked for it") {
    Bench b = with([](PrinterSetup& s) { s.cleaning_every = 1; });
    b.prepare();
    CHECK(b.ask("Rlr;c") == "OK");
    for (int i = 0; i < 2; ++i) {
        to_print(b);
        REQUIRE(b.ask(Bench::resin('k')) == "OK");
        REQUIRE(b.ask("Se") == "OK");
        REQUIRE(b.ask("Ser") == "OK");
        CHECK(b.ask("Rlr;c") == "NEED CLEANING");
    }
    CHECK(b.ask("Sis") == "NEED CLEANING");
    CHECK(b.ask("Scp") == "ERROR RIBBON");
    b.printer.new_ribbon("", 0);
    b.printer.open_cover(true, b.now);
    CHECK(b.ask("Scp") == "COVER OPEN");
    b.printer.open_cover(false, b.now);
    b.now += 2s;
    const Time began = b.now;
    CHECK(b.ask("Scp") == "OK");
    CHECK(b.now - began == 15s);
    CHECK(b.printer.cleanings() == 1);
    for (const auto& [question, answer] : {std::pair{"Rco;n", "1"}, {"Rco;c", "2"}, {"Rco;p", "2"}, {"Rco;m", "2"}, {"Rco;a", "1"}, {"Rco;r", "1"}, {"Rlr;c", "OK"}, {"Rco;q", "ERROR PARAMETRES"}}) CHECK(b.ask(question) == answer);
    b.printer.new_ribbon("YMCKOK", 10);
    CHECK(b.ask("Rco;l") == "10");
    CHECK(b.ask("Sis") == "OK");
}

TEST_CASE("a key locks the mechanics until it is turned back") {
    Bench b;
    b.prepare();
    CHECK(b.ask("Pkey;E;4711") == "OK");
    CHECK(b.ask("Sis") == "ERROR");
    CHECK(b.ask("Pkey;D;4712") == "ERROR");
    b.printer.power_cycle(b.now);
    b.now += 5s;
    b.prepare();
    CHECK(b.ask("Sis") == "ERROR");
    CHECK(b.ask("Pkey;D;4711") == "OK");
    CHECK(b.ask("Sis") == "OK");
}

TEST_CASE("each kind of ribbon carries its panels, one set a card, and runs one way") {
    struct Case {
        const char* kind;
        std::string good, bad;
        int left;  ///< of 200, after one card with `good`
    };
    const Case cases[] = {{"ymcko", Bench::colour('y', 1), "", 199}, {"ko", Bench::resin('o'), Bench::colour('y', 1), 199}, {"k", Bench::resin('k'), Bench::resin('o'), 199}};
    for (const Case& c : cases) {
        CAPTURE(c.kind);
        Bench b = with([&](PrinterSetup& s) { s.ribbon_type = c.kind; });
        b.prepare();
        to_print(b);
        CHECK(b.ask(c.good) == (std::string_view(c.kind) == "ymcko" ? "OK" : "OK"));
        CHECK(b.ask("Se") == "ERROR RIBBON");  // Pr still says ymckok
        REQUIRE(b.ask(fmt::format("Pr;{}", c.kind)) == "OK");
        REQUIRE(b.ask("Ss") == "OK");
        REQUIRE(b.ask("Sr") == "OK");
        if (!c.bad.empty()) CHECK(b.ask(c.bad) == "ERROR PARAMETRES");
        CHECK(b.ask(c.good) == "OK");
        CHECK(b.ask("Se") == "OK");
        CHECK(b.printer.ribbon_remaining() == c.left);
    }
    Bench b;  // ymcko carries one k: the back's is the next set's
    b.prepare();
    b.printer.new_ribbon("YMCKO", 10);
    REQUIRE(b.ask("Pr;ymcko") == "OK");
    to_print(b);
    for (const std::string& c : {Bench::resin('k'), std::string("Sv"), Bench::resin('k'), std::string("Se")}) REQUIRE(b.ask(c) == "OK");
    CHECK(b.printer.ribbon_remaining() == 8);
}

TEST_CASE("the tag's quirks: OK for a number, 0 until the cover was opened, exhausted shown as low") {
    Bench b = with([](PrinterSetup& s) { s.quirks = {.ok_for_number = 2, .zero_until_cover = true, .exhausted_reads_low = true}; });
    b.prepare();
    CHECK(b.ask("Rrt;type") == "YMCKOK");
    CHECK(b.ask("Rrt;count") == "OK");
    CHECK(b.ask("Rrt;qty") == "OK");
    CHECK(b.ask("Rrt;count") == "200");
    b.printer.new_ribbon("YMCKOK", 120);
    CHECK(b.ask("Rrt;count") == "0");
    CHECK(b.printer.ribbon_remaining() == 120);
    b.printer.open_cover(true, b.now);
    CHECK(b.ask("Rrt;count") == "0");
    b.printer.open_cover(false, b.now);
    CHECK(b.ask("Rrt;count") == "120");
    b.printer.provoke(PrinterFault::ribbon_out);
    CHECK(b.ask("Rrt;count") == "3");
    to_print(b);
    REQUIRE(b.ask(Bench::resin('k')) == "OK");
    CHECK(b.ask("Se") == "ERROR RIBBON");
}

TEST_CASE("half panels: a window of colour, and the wrong kind of download for the ribbon is refused") {
    Bench b = with([](PrinterSetup& s) { s.ribbon_type = "YMCKOS"; });
    b.prepare();
    REQUIRE(b.ask("Pr;ymckos") == "OK");
    to_print(b);
    CHECK(b.ask(Bench::colour('y', 1)) == "ERROR PARAMETRES");
    std::string data(4 * 12 * 7 / 8, '\xFF');  // 4 lines of 12 dots
    CHECK(b.ask("Dbp;y;128;13;4;" + data) == "ERROR PARAMETRES");  // beyond the card
    b.printer.power_cycle(b.now);
    b.now += 5s;
    b.prepare();
    REQUIRE(b.ask("Pr;ymckos") == "OK");
    for (const char* c : {"Ss", "Sr"}) REQUIRE(b.ask(c) == "OK");
    CHECK(b.ask("Dbp;y;128;10;4;" + data) == "OK");
    CHECK(b.ask("Se") == "OK");
    const auto& y = b.printer.card_inside()->y;
    CHECK(std::ranges::count(y, 127) == 4 * 12);
    CHECK(y.at(9) == 0);
    CHECK(y.at(10) == 127);
    CHECK(y.at(13) == 127);
    CHECK(y.at(14) == 0);
}

TEST_CASE("colour run lengths: dots, runs, the rest of a line, and the bits that lengthen a run; known answers") {
    Bench b = with([](PrinterSetup& s) { s.height = 300; });
    b.prepare();
    to_print(b);
    std::string data = {'\x05', '\x81', '\x02', '\xC0', '\x00'};         // line 0: 5, 1 1, rest blank
    data += std::string("\xFF\xFF", 2) + std::string("\x80\x2D", 2);      // line 1: 255 x 127, 45 x 0 = 300 dots
    for (int i = 2; i < 16; ++i) data += std::string("\x80\x00", 2);
    CHECK(b.ask(fmt::format("Dbc;y;128;{};", data.size()) + data) == "OK");
    std::string six = {'\xFF', '\x2C'};  // bit 6 adds 256: 300 dots of 63
    for (int i = 1; i < 16; ++i) six += std::string("\x80\x00", 2);
    CHECK(b.ask(fmt::format("Dbc;m;64;{};", six.size()) + six) == "OK");
    std::string five = {'\xDF', '\x2C'};  // bit 6 alone: 256 + 44 dots of 31
    for (int i = 1; i < 16; ++i) five += std::string("\x80\x00", 2);
    CHECK(b.ask(fmt::format("Dbc;c;32;{};", five.size()) + five) == "OK");
    CHECK(b.ask("Se") == "OK");
    const auto card = b.printer.card_inside();
    const auto column = [&](const std::vector<std::uint8_t>& plane, std::size_t line, std::size_t dot) { return static_cast<int>(plane.at(dot * width + line)); };
    CHECK(column(card->y, 0, 0) == 5);
    CHECK(column(card->y, 0, 1) == 1);
    CHECK(column(card->y, 0, 2) == 1);
    CHECK(column(card->y, 0, 3) == 0);
    CHECK(column(card->y, 1, 254) == 127);
    CHECK(column(card->y, 1, 255) == 0);
    CHECK(std::ranges::count(card->m, 127) == 300);
    CHECK(std::ranges::count(card->c, 127) == 300);
}

TEST_CASE("from the buffers: Ssd prints again, Sp one panel, Sc and St a whole card; a reboot forgets them") {
    Bench b;
    b.prepare();
    CHECK(b.ask("Sc") == "ERROR");
    to_print(b);
    CHECK(b.ask("Ssd;y") == "ERROR");  // nothing in it yet
    for (const std::string& c : {Bench::colour('y', 50), Bench::resin('k'), std::string("Se"), std::string("Ser")}) REQUIRE(b.ask(c) == "OK");
    to_print(b);
    for (const char* c : {"Ssd;y", "Ssd;k", "Se"}) CHECK(b.ask(c) == "OK");
    CHECK(b.printer.card_inside()->y == std::vector<std::uint8_t>(width * height, 50));
    CHECK(b.printer.card_inside()->k == std::vector<std::uint8_t>(width * height, 1));
    REQUIRE(b.ask("Ser") == "OK");
    CHECK(b.ask("Sc") == "OK");
    CHECK(b.printer.card_inside()->y == std::vector<std::uint8_t>(width * height, 50));
    CHECK(b.printer.card_inside()->o.empty());
    REQUIRE(b.ask("Ser") == "OK");
    b.printer.load(0, {Bench::card(20), Bench::card(21)});
    CHECK(b.ask("St") == "OK");
    CHECK(b.printer.card_inside()->o == std::vector<std::uint8_t>(width * height, 1));
    CHECK(b.printer.card_inside()->c.at(width - 1) == 127);
    CHECK(b.ask("St") == "CARD JAM");
    REQUIRE(b.ask("Ser") == "OK");
    REQUIRE(b.ask("Sis") == "OK");
    CHECK(b.ask("Sp;m") == "OK");
    CHECK(b.printer.card_inside()->m.at(width - 1) == 127);
    CHECK(b.printer.card_inside()->y.empty());
    CHECK(b.ask("Wcb;m") == "OK");
    CHECK(b.ask("Sp;m") == "ERROR");
    CHECK(b.ask("Srs") == "OK");
    b.now += 5s;
    b.prepare();
    CHECK(b.ask("Sp;y") == "ERROR");
}

TEST_CASE("pipelining: each download starts the panel before it, and a card takes what its panels take") {
    Bench b;
    b.prepare();
    to_print(b);
    const std::pair<std::string, Time> steps[] = {{Bench::colour('y', 1), 0ms}, {Bench::colour('m', 1), 4200ms}, {Bench::colour('c', 1), 4200ms}, {Bench::resin('k'), 4200ms}, {Bench::resin('o'), 2600ms},
                                                  {"Sv", 3400ms + 2100ms},      {Bench::resin('k'), 0ms},        {"Se", 2600ms}};
    for (const auto& [command, takes] : steps) {
        const Time began = b.now;
        CHECK(b.ask(command) == "OK");
        CHECK(b.now - began == takes);
    }
}
