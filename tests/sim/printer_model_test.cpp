// The printer model at its wire: every command and its reply, one card from feeder to hand, what the panels print. Time is given by the test.
#include "tests/sim/printer_bench.hpp"

using namespace sim_tests;

TEST_CASE("questions and settings: reply for reply") {
    const std::vector<std::pair<std::string, std::string>> table = {
        {"Rok", "OK"}, {"Rtp", "KC Prime"}, {"Rsn", "10000000001"}, {"Rfv", "2147"}, {"Rem", "0;0"}, {"Pem;2", "OK"}, {"Rem", "2;0"}, {"Pem;7", "ERROR PARAMETRES"}, {"Psmgr;2", "OK"}, {"Psmgr;9", "ERROR PARAMETRES"},
        {"Pcim;F;S", "OK"}, {"Pcim;Q", "ERROR PARAMETRES"}, {"Pcem;I", "OK"}, {"Pcem;X", "ERROR PARAMETRES"}, {"Pcrm;D", "OK"}, {"Pcrm;F", "ERROR PARAMETRES"}, {"Pbc;A;N", "OK"}, {"Pbc;A;R", "OK"}, {"Pbc;A;D", "OK"},
        {"Pbc;D;30", "OK"}, {"Pbc;D;0", "ERROR PARAMETRES"}, {"Pbc;A;Z", "ERROR PARAMETRES"}, {"Pneab;E", "OK"}, {"Pneab;7", "ERROR PARAMETRES"}, {"Pr;ymckok", "OK"}, {"Pr;blue", "ERROR PARAMETRES"}, {"Piem;2;0", "OK"},
        {"Piem;3;0", "ERROR PARAMETRES"}, {"Rlr;p", "OK"}, {"Rlr;h", "OK"}, {"Rlr;x", "ERROR PARAMETRES"}, {"Rse;b", "0,00 Volts"}, {"Rse;o", "5,00 Volts"}, {"Rse;f;1", "5,00 Volts"}, {"Rse;n;1", "5,00 Volts"},
        {"Rse;f;3", "ERROR PARAMETRES"}, {"Rse;z", "ERROR PARAMETRES"}, {"Rrt;type", "YMCKOK"}, {"Rrt;count", "200"}, {"Rrt;qty", "200"}, {"Rrt;zone", "1"}, {"Rzp", "1"}, {"Rrt;size", "ERROR PARAMETRES"}, {"Scs", "OK"}, {"Xyz", "ERROR CDE"},
        {"Rxx", "ERROR CDE"}, {"Pxx", "ERROR CDE"}, {"Sxx", "ERROR CDE"}, {"Sr", "ERROR"}, {"Sv", "ERROR"}, {"Db;q;2;", "ERROR PARAMETRES"}, {"Db;k;9;xx", "ERROR PARAMETRES"}, {"Dbc;y;128;0;", "ERROR PARAMETRES"},
        {std::string(300, 'R'), "ERROR CDE"}};
    Bench b;
    for (const auto& [command, reply] : table) {
        CAPTURE(command);
        CHECK(b.ask(command) == reply);
    }
    CHECK(b.printer.port_status(b.now) == 0x18);
}

TEST_CASE("padding is skipped, ESC may be missing after CR, a command may come in pieces") {
    Bench b;
    b.printer.host_writes(Bytes(64), b.now);
    b.printer.host_writes(raw("\x1BRt"), b.now);
    CHECK(b.read() == "(nothing)");
    b.printer.host_writes(raw("p\rRsn\r"), b.now);
    b.printer.host_writes(Bytes(32), b.now);
    CHECK(b.read() == "KC Prime");
    CHECK(b.read() == "10000000001");
    CHECK(b.read() == "(nothing)");
    b.printer.host_writes(raw("\x1BRfv\r"), b.now);
    CHECK(b.printer.host_reads(2, b.now).size() == 2);
    CHECK(b.read() == "47");
}

TEST_CASE("one card: fed, at the chip, printed on both sides, held, presented, taken") {
    Bench b;
    b.prepare();
    std::vector<Place> places;
    b.printer.changed = [&] { places.push_back(b.printer.place()); };
    Time began = b.now;
    CHECK(b.ask("Sis") == "OK");
    CHECK(b.now - began == 3400ms);
    CHECK(b.inside() == 1);
    CHECK(b.printer.hopper(0).size() == 2);
    CHECK(b.printer.chip_at_station() != nullptr);
    CHECK(b.ask("Rlr;p") == "SMART CARD");
    CHECK(b.ask("Ss") == "OK");
    CHECK(b.ask("Sr") == "OK");
    CHECK(b.printer.chip_at_station() == nullptr);
    CHECK(b.ask("Rlr;p") == "CARD");
    began = b.now;
    CHECK(b.ask(Bench::panel("Db;y;128;", 7, [](int line, int dot) { return line + dot; })) == "OK");
    CHECK(b.now == began);  // nothing printed before it
    CHECK(b.ask(Bench::colour('m', 27)) == "OK");
    CHECK(b.now - began == 4200ms);  // yellow was printed meanwhile
    CHECK(b.ask(Bench::colour('c', 13)) == "OK");  // 13 is CR, 27 is ESC: data, not delimiters
    CHECK(b.ask(Bench::resin('k')) == "OK");
    CHECK(b.printer.card_inside()->k.empty());
    CHECK(b.ask(Bench::resin('o')) == "OK");
    CHECK(b.ask("Sv") == "OK");
    CHECK(b.ask(Bench::resin('k')) == "OK");
    CHECK(b.ask("Se") == "OK");
    CHECK(b.printer.place() == Place::print);
    CHECK(b.printer.ribbon_remaining() == 199);
    CHECK(b.ask("Rrt;count") == "199");
    const CardPtr card = b.printer.card_inside();
    CHECK(card->y.at(7 * width + 3) == 10);  // line 3 is column 3, dot 7 is row 7
    CHECK(card->m.at(0) == 27);
    CHECK(card->c.at(5) == 13);
    CHECK(card->k == std::vector<std::uint8_t>(width * height, 1));
    CHECK(card->back_k == std::vector<std::uint8_t>(width * height, 1));
    CHECK(b.ask("Sis") == "OK");
    CHECK(b.ask("Se") == "OK");
    CHECK(b.printer.place() == Place::bezel);
    CHECK(b.ask("Rse;b") == "5,00 Volts");
    CHECK(b.ask("Rlr;p") == "OK");
    b.now += 10min;
    b.printer.advance(b.now);
    CHECK(b.printer.place() == Place::bezel);  // Pbc;A;D: nobody pulls it back
    CHECK(b.printer.take(b.now) == card);
    CHECK(b.ask("Rse;b") == "0,00 Volts");
    CHECK(b.printer.take(b.now) == nullptr);
    CHECK(b.printer.shortest_schedule() == 2500ms + 900ms + 900ms + 3 * 4200ms + 2600ms + 3400ms + 2100ms + 2600ms + 900ms + 1800ms);
    CHECK(std::ranges::find(places, Place::chip) != places.end());
    CHECK(std::ranges::find(places, Place::path) != places.end());
    CHECK(b.printer.log().size() > 30);
}

TEST_CASE("Dbc of resin panels: blank, full and leading bytes, a known answer") {
    Bench b;
    b.prepare();
    REQUIRE(b.ask("Sis") == "OK");
    REQUIRE(b.ask("Ss") == "OK");
    REQUIRE(b.ask("Sr") == "OK");
    // 16 lines of 12 dots (2 bytes): line 0 full, line 1 one byte 0xA0, line 2 two bytes, the rest blank.
    std::string data = {'\xFF', '\x01', '\xA0', '\x02', '\x0D', '\x1B'};
    data += std::string(13, '\0');
    CHECK(b.ask("Dbc;k;2;" + std::to_string(data.size()) + ";" + data) == "OK");
    CHECK(b.ask("Se") == "OK");
    const auto& k = b.printer.card_inside()->k;
    std::string columns[3];
    for (std::size_t column = 0; column < 3; ++column) {
        for (std::size_t row = 0; row < height; ++row) columns[column].push_back(k.at(row * width + column) ? '#' : '.');
    }
    CHECK(columns[0] == "############");
    CHECK(columns[1] == "#.#.........");
    CHECK(columns[2] == "....##.#...#");
    CHECK(std::ranges::count(k, 1) == 12 + 2 + 4);
    REQUIRE(b.ask("Ss") == "OK");
    REQUIRE(b.ask("Sr") == "OK");
    CHECK(b.ask("Dbc;k;2;4;" + std::string("\x03\x01\x02\x03", 4)) == "ERROR PARAMETRES");  // longer than a line
    CHECK(b.ask("Dbc;k;2;3;" + std::string(3, '\0')) == "ERROR PARAMETRES");                // too few lines
    CHECK(b.ask("Rok") == "OK");
}

TEST_CASE("a download of the real raster has the size of the formula") {
    PrinterSetup setup;
    Bench b(setup);
    b.prepare();
    for (const char* c : {"Sis", "Ss", "Sr"}) REQUIRE(b.ask(c) == "OK");
    b.write("Db;y;128;" + std::string(576'072, '\xFF'));
    CHECK(b.read() == "OK");
    b.write("Db;m;64;" + std::string(493'776, '\0'));
    CHECK(b.read() == "(nothing)");
    b.now += 4200ms;
    CHECK(b.read() == "OK");
    CHECK(b.printer.card_inside()->y.at(1016 * 648 - 1) == 127);
    CHECK(b.ask("Db;k;2;" + std::string(82'296 - 1, '\0')) == "(nothing)");  // one byte short: the CR is taken for data
}

TEST_CASE("order is kept: panels run one way, a sequence comes first, one panel waits for the one before it") {
    Bench b;
    b.prepare();
    CHECK(b.ask(Bench::resin('k')) == "ERROR");
    REQUIRE(b.ask("Sis") == "OK");
    REQUIRE(b.ask("Ss") == "OK");
    REQUIRE(b.ask("Sr") == "OK");
    CHECK(b.ask(Bench::colour('m', 1)) == "OK");
    CHECK(b.ask(Bench::colour('y', 1)) == "ERROR");
    CHECK(b.ask("Sv") == "OK");
    CHECK(b.ask(Bench::colour('c', 1)) == "ERROR PARAMETRES");
    CHECK(b.printer.card_inside()->m.size() == width * height);
    CHECK(b.printer.card_inside()->y.empty());
}
