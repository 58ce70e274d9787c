// The printer model at its wire: every command, every error, where the cards are, what is printed on them. Time is given by the test.
#include "sim/models/printer_model.hpp"

#include <doctest/doctest.h>

using namespace sim;
using namespace std::chrono_literals;

namespace {

struct ChipStub final : SmartCard {
    Bytes reset() override { return Bytes{std::byte{0x3B}}; }
    Bytes answer(View, Time&) override { return {}; }
};

Bytes raw(std::string_view text) {
    const auto view = std::as_bytes(std::span{text.data(), text.size()});
    return {view.begin(), view.end()};
}

constexpr int width = 16, height = 12;

/// A host with a watch: writes, then lets time pass until the reply comes or nothing more can happen.
struct Bench {
    explicit Bench(PrinterSetup setup = small()) : printer(setup) {
        std::vector<CardPtr> cards;
        for (int i = 1; i <= 3; ++i) cards.push_back(card(i));
        printer.load(0, cards);
        printer.load(1, {card(11)});
    }
    static PrinterSetup small() {
        PrinterSetup s;
        s.width = width;
        s.height = height;
        return s;
    }
    static CardPtr card(int id) {
        auto c = std::make_shared<PhysicalCard>();
        c->id = id;
        c->chip = std::make_shared<ChipStub>();
        return c;
    }
    void write(std::string_view command) {
        printer.host_writes(raw("\x1B"), now);
        printer.host_writes(raw(command), now);
        printer.host_writes(raw("\r"), now);
    }
    std::string read() {
        const Bytes reply = printer.host_reads(1024, now);
        if (reply.empty()) return "(nothing)";
        std::string out(reinterpret_cast<const char*>(reply.data()), reply.size());
        REQUIRE(out.back() == '\0');
        out.pop_back();
        return out;
    }
    std::string ask(std::string_view command) {
        write(command);
        for (int i = 0; i < 100; ++i) {
            if (std::string reply = read(); reply != "(nothing)") return reply;
            const auto next = printer.next_event();
            if (!next) break;
            now = std::max(now, *next);
            printer.advance(now);
        }
        return "(nothing)";
    }
    void prepare() {
        for (const char* c : {"Pem;2", "Psmgr;2", "Pcim;F;S", "Pcem;I", "Pcrm;D", "Pbc;A;D", "Pneab;E", "Pr;ymckok", "Piem;1;0"}) REQUIRE(ask(c) == "OK");
    }
    int inside() const { return printer.card_inside() ? printer.card_inside()->id : 0; }
    /// A full panel of one value, packed MSB first as one bit stream.
    static std::string panel(std::string_view header, int bits, const std::function<int(int line, int dot)>& value) {
        std::string out(header);
        std::uint32_t window = 0;
        int held = 0;
        for (int line = 0; line < width; ++line) {
            for (int dot = 0; dot < height; ++dot) {
                window = window << bits | static_cast<std::uint32_t>(value(line, dot));
                held += bits;
                while (held >= 8) {
                    held -= 8;
                    out.push_back(static_cast<char>(window >> held));
                }
            }
        }
        if (held) out.push_back(static_cast<char>(window << (8 - held)));
        return out;
    }
    static std::string colour(char p, int value) {
        return panel(fmt::format("Db;{};128;", p), 7, [&](int, int) { return value; });
    }
    static std::string resin(char p, int value = 1) {
        return panel(fmt::format("Db;{};2;", p), 1, [&](int, int) { return value; });
    }

    PrinterModel printer;
    Time now = 1s;
};

}  // namespace

TEST_CASE("questions and settings: reply for reply") {
    const std::vector<std::pair<std::string, std::string>> table = {
        {"Rok", "OK"}, {"Rtp", "KC Prime"}, {"Rsn", "10000000001"}, {"Rfv", "2147"}, {"Rem", "0;0"}, {"Pem;2", "OK"}, {"Rem", "2;0"}, {"Pem;7", "ERROR PARAMETRES"}, {"Psmgr;2", "OK"}, {"Psmgr;9", "ERROR PARAMETRES"},
        {"Pcim;F;S", "OK"}, {"Pcim;Q", "ERROR PARAMETRES"}, {"Pcem;I", "OK"}, {"Pcem;X", "ERROR PARAMETRES"}, {"Pcrm;D", "OK"}, {"Pcrm;F", "ERROR PARAMETRES"}, {"Pbc;A;N", "OK"}, {"Pbc;A;R", "OK"}, {"Pbc;A;D", "OK"},
        {"Pbc;D;30", "OK"}, {"Pbc;D;0", "ERROR PARAMETRES"}, {"Pbc;A;Z", "ERROR PARAMETRES"}, {"Pneab;E", "OK"}, {"Pneab;7", "ERROR PARAMETRES"}, {"Pr;ymckok", "OK"}, {"Pr;blue", "ERROR PARAMETRES"}, {"Piem;2;0", "OK"},
        {"Piem;3;0", "ERROR PARAMETRES"}, {"Rlr;p", "OK"}, {"Rlr;h", "OK"}, {"Rlr;x", "ERROR PARAMETRES"}, {"Rse;b", "0,00 Volts"}, {"Rse;o", "5,00 Volts"}, {"Rse;f;1", "5,00 Volts"}, {"Rse;n;1", "5,00 Volts"},
        {"Rse;f;3", "ERROR PARAMETRES"}, {"Rse;z", "ERROR PARAMETRES"}, {"Rrt;type", "YMCKOK"}, {"Rrt;count", "200"}, {"Rrt;qty", "200"}, {"Rrt;zone", "ERROR PARAMETRES"}, {"Scs", "OK"}, {"Xyz", "ERROR CDE"},
        {"Rxx", "ERROR CDE"}, {"Pxx", "ERROR CDE"}, {"Sxx", "ERROR CDE"}, {"Sr", "ERROR"}, {"Sv", "ERROR"}, {"Db;q;2;", "ERROR PARAMETRES"}, {"Db;k;9;xx", "ERROR PARAMETRES"}, {"Dbc;y;128;10;xx", "ERROR PARAMETRES"},
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
