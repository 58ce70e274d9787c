// The technician's side of the driver, the ribbon's tag and the jobs that fit it, against a scripted machine.
#include "bench.hpp"
#include "printer/evolis/command.hpp"
#include "printer/evolis/ribbon.hpp"

#include <doctest/doctest.h>

using namespace bench;
using drivers::FaultCode;
using printer::Act;
using printer::DeviceState;
using printer::Did;
using printer::Position;
using printer::PrintJob;

namespace {
std::vector<std::string> orders(const std::vector<std::string>& log) {
    std::vector<std::string> out;
    std::ranges::copy_if(log, std::back_inserter(out), [](const auto& c) { return !c.starts_with("R"); });
    return out;
}
void check(const Act& act, Did did, Position where, std::optional<FaultCode> code = std::nullopt) {
    if (act.fault) CAPTURE(act.fault->detail);
    CHECK(static_cast<int>(act.did) == static_cast<int>(did));
    CHECK(name_of(act.where) == name_of(where));
    CHECK((act.fault ? name_of(act.fault->code) : "none") == (code ? name_of(*code) : "none"));
}
PrintJob black_job(bool overlay) {
    auto job = striped_job(small, false);
    job.y.clear(), job.m.clear(), job.c.clear();
    if (!overlay) job.o.clear();
    return job;
}
/// Colour in columns first .. first+lines-1 only.
PrintJob half_job(int first, int lines) {
    auto job = striped_job(small, false);
    for (auto* plane : {&job.y, &job.m, &job.c})
        for (int i = 0; i < small.width * small.height; ++i) (*plane)[static_cast<std::size_t>(i)] = i % small.width >= first && i % small.width < first + lines ? 40 : 0;
    return job;
}
struct Ready : Rig {
    Ready() {
        REQUIRE(run(printer->prepare()));
        pipe.log.clear();
    }
};
}  // namespace

TEST_CASE("status: in the words of the vocabulary, and nothing is moved or changed by it") {
    Ready rig;
    const auto now = [&] {
        auto status = rig.run(rig.printer->status());
        REQUIRE(status);
        return *status;
    };
    auto status = now();
    CHECK(name_of(status.device) == "online");
    CHECK(status.ours);
    CHECK(status.faults.empty());
    CHECK(name_of(status.media) == "not_present");
    rig.pipe.seat = "CONTACTLESS CARD";
    CHECK(now().media == Position::at_contactless);
    rig.pipe.seat = "OK";
    rig.pipe.errors_mode = "0;0";
    CHECK_FALSE(now().ours);
    rig.pipe.feeder[1] = false;  // one hopper is empty: it still makes cards
    rig.pipe.port = 0x30;
    status = now();
    CHECK(name_of(status.device) == "online");
    REQUIRE(status.faults.size() == 1);
    CHECK(name_of(status.faults[0].code) == "printer_hopper_empty");
    rig.pipe.cover = "0,00 Volts";
    CHECK(name_of(now().device) == "user_error");
    rig.pipe.cover = "5,00 Volts";
    rig.pipe.feeder[1] = true;
    CHECK(name_of(now().device) == "hardware_error");  // the port shows an error that nothing explains
    rig.pipe.port = 0x18;
    rig.pipe.knows["Rlr;c"] = "NEED CLEANING";
    status = now();
    REQUIRE(status.faults.size() == 1);
    CHECK(status.faults[0].code == FaultCode::printer_cleaning_due);
    CHECK(status.device == DeviceState::online);
    CHECK(orders(rig.pipe.log).empty());
    rig.pipe.script("Rlr;p", {"", 0ms, Answer::Kind::silence});
    CHECK(name_of(now().device) == "offline");
    rig.pipe.port = 0;
    rig.pipe.script("Rlr;p", {"", 0ms, Answer::Kind::silence});
    rig.pipe.script("Rsn", {"", 0ms, Answer::Kind::silence});
    CHECK(name_of(now().device) == "power_off");
    rig.pipe.plug(false);
    CHECK(name_of(now().device) == "no_device");
}

TEST_CASE("a hardware code, an unreadable tag, a ribbon of another zone: each is said, and nothing moves") {
    Ready rig;
    rig.pipe.seat = "CARD";
    rig.pipe.errors_mode = "2;17";
    const auto status = rig.run(rig.printer->status());
    REQUIRE(status);
    CHECK(name_of(status->device) == "hardware_error");
    check(rig.run(rig.printer->present()), Did::not_done, Position::unknown, FaultCode::printer_mechanical);
    rig.pipe.errors_mode = "2;0";
    rig.pipe.script("Rrt;type", {"ERR READ"});
    check(rig.run(rig.printer->print(striped_job(small), {})), Did::not_done, Position::at_print, FaultCode::printer_ribbon_wrong);
    rig.pipe.knows = {{"Rrt;zone", "9"}, {"Rzp", "1"}};
    rig.pipe.script("Rrt;zone", {"OK"});
    check(rig.run(rig.printer->print(striped_job(small), {})), Did::not_done, Position::at_print, FaultCode::printer_ribbon_wrong);
    CHECK(orders(rig.pipe.log).empty());
    rig.pipe.knows["Rzp"] = "9";
    check(rig.run(rig.printer->print(striped_job(small), {})), Did::done, Position::at_print);
}

TEST_CASE("counters: what this printer does not keep is not said") {
    Ready rig;
    rig.pipe.knows = {{"Rco;c", "12034"}, {"Rco;p", "721000"}, {"Rco;n", "11"}, {"Rkn", "A5013-77"}};
    rig.pipe.script("Rco;p", {"OK"});
    const auto counters = rig.run(rig.printer->counters());
    REQUIRE(counters);
    CHECK(counters->cards == 12034);
    CHECK(counters->panels == 721000);
    CHECK(counters->cleanings == 11);
    CHECK_FALSE(counters->cards_to_cleaning);
    CHECK(counters->head == "A5013-77");
    rig.pipe.knows["Rco;n"] = "SMART CARD";
    CHECK(rig.run(rig.printer->counters()).error().code == FaultCode::printer_garbage);
}

TEST_CASE("a card from the bezel: the mode is turned and turned back; where that is lost, the next act takes over first") {
    Ready rig;
    rig.pipe.bezel = "5,00 Volts";  // somebody holds one there
    check(rig.run(rig.printer->feed_from_bezel()), Did::done, Position::at_chip_station);
    CHECK(orders(rig.pipe.log) == std::vector<std::string>{"Pcim;I;S", "Sis", "Pcim;F;S"});
    check(rig.run(rig.printer->reject()), Did::done, Position::not_present);
    CHECK(orders(rig.pipe.log).back() == "Ser");
    CHECK(rig.pipe.count("Pem;2") == 0);
    rig.pipe.log.clear();
    rig.pipe.script("Sis", {"FEEDER EMPTY"});
    check(rig.run(rig.printer->feed_from_bezel()), Did::not_done, Position::not_present, FaultCode::card_position_unexpected);
    CHECK(orders(rig.pipe.log).back() == "Pcim;F;S");
    rig.pipe.log.clear();
    rig.pipe.script("Pcim;F;S", {"", 0ms, Answer::Kind::silence});
    check(rig.run(rig.printer->feed_from_bezel()), Did::done, Position::at_chip_station);
    rig.pipe.seat = "OK";
    rig.pipe.log.clear();
    check(rig.run(rig.printer->feed(0)), Did::done, Position::at_chip_station);
    const auto sent = orders(rig.pipe.log);
    CHECK(std::ranges::find(sent, "Pcim;F;S") < std::ranges::find(sent, "Sis"));
    check(rig.run(rig.printer->feed_from_bezel()), Did::not_done, Position::at_chip_station, FaultCode::card_position_unexpected);
    check(rig.run(rig.printer->to_contactless_station()), Did::done, Position::at_contactless);
    check(rig.run(rig.printer->to_chip_station()), Did::done, Position::at_chip_station);
}

TEST_CASE("cleaning wants the ribbon out and nothing inside; it is ordered once") {
    Ready rig;
    check(rig.run(rig.printer->clean()), Did::not_done, Position::not_present, FaultCode::printer_command_refused);
    for (int i = 0; i < 3; ++i) rig.pipe.script("Rrt;type", {"ERR RIB DETECTION"});
    check(rig.run(rig.printer->clean()), Did::done, Position::not_present);
    CHECK(rig.pipe.count("Scp") == 1);
    rig.pipe.script("Scp", {"", 0ms, Answer::Kind::silence});
    check(rig.run(rig.printer->clean()), Did::unknown, Position::not_present, FaultCode::printer_silent);
    rig.pipe.seat = "CARD";
    check(rig.run(rig.printer->clean()), Did::not_done, Position::at_print, FaultCode::card_position_unexpected);
    CHECK(rig.pipe.count("Scp") == 2);
}

TEST_CASE("the firmware's test card comes from the hopper that was chosen") {
    Ready rig;
    check(rig.run(rig.printer->test_card(1)), Did::done, Position::at_chip_station);
    CHECK(orders(rig.pipe.log) == std::vector<std::string>{"Piem;2;0", "St"});
    check(rig.run(rig.printer->test_card(0)), Did::not_done, Position::at_chip_station, FaultCode::card_position_unexpected);
    check(rig.run(rig.printer->test_card(7)), Did::not_done, Position::unknown, FaultCode::bad_configuration);
}

TEST_CASE("reboot: five seconds, then asked until it answers, and set as before; one that stays away is a fault in bounded time") {
    Ready rig;
    rig.pipe.seat = "CARD";
    const auto began = rig.clock.steady();
    rig.pipe.script("Rok", {"", 0ms, Answer::Kind::silence});
    rig.pipe.script("Rok", {"", 0ms, Answer::Kind::silence});
    CHECK(rig.run(rig.printer->reboot()));
    CHECK(rig.clock.steady() - began > 9s);
    CHECK(rig.pipe.count("Pem;2") == 1);
    // Its USB goes and comes back.
    rig.pipe.script("Srs", {"", 10ms, Answer::Kind::unplug});
    rig.clock.at(rig.clock.steady() + 7s, [&] { rig.pipe.plug(true); });
    CHECK(rig.run(rig.printer->reboot()));
    rig.pipe.script("Srs", {"", 10ms, Answer::Kind::unplug});
    const auto gone = rig.clock.steady();
    CHECK(rig.run(rig.printer->reboot()).error().code == FaultCode::printer_missing);
    CHECK(rig.clock.steady() - gone < 20s);
    check(rig.run(rig.printer->present()), Did::not_done, Position::unknown, FaultCode::printer_missing);
}

TEST_CASE("the bezel's own limit is off, can be set, and stays set over a reset") {
    Ready rig;
    REQUIRE(rig.run(rig.printer->set_bezel_limit(30s)));
    CHECK(orders(rig.pipe.log) == std::vector<std::string>{"Pbc;D;30", "Pbc;A;N"});
    rig.pipe.errors_mode = "0;0";
    rig.pipe.seat = "CARD";
    rig.pipe.log.clear();
    check(rig.run(rig.printer->present()), Did::done, Position::presented);
    CHECK(rig.pipe.count("Pbc;A;N") == 1);
    REQUIRE(rig.run(rig.printer->set_bezel_limit(0s)));
    CHECK(orders(rig.pipe.log).back() == "Pbc;A;D");
    CHECK(rig.run(rig.printer->set_bezel_limit(256s)).error().code == FaultCode::bad_configuration);
}

TEST_CASE("trace tells both sides, and of panels the length alone") {
    Ready rig;
    std::vector<std::string> lines;
    rig.printer->trace([&](bool to, std::string_view text, std::size_t data) { lines.push_back(std::string{to ? "> " : "< "} + std::string{text} + (data ? " +" + std::to_string(data) : "")); });
    rig.pipe.seat = "CARD";
    check(rig.run(rig.printer->print(striped_job(small), {})), Did::done, Position::at_print);
    CHECK(std::ranges::count(lines, "> Db;y;128; +2240") == 1);
    CHECK(std::ranges::count(lines, "> Db;k;2; +320") == 2);
    const auto at = std::ranges::find(lines, "> Rrt;type");
    REQUIRE(at != lines.end());
    CHECK(*(at + 1) == "< YMCKOK");
    rig.printer->trace({});
    lines.clear();
    CHECK(rig.run(rig.printer->sensors()));
    CHECK(lines.empty());
}

TEST_CASE("ribbons: which job fits which, refused before anything moves") {
    struct Row {
        const char* tag;
        bool both_sides, front, black, black_only, half;
    };
    //                  YMCKO+K YMCKO  K+O    K     YMCKO in half
    for (const Row row : {Row{"YMCKOK", true, true, true, true, true}, Row{"YMCKO", false, true, true, true, true}, Row{"ymckos", false, false, true, true, true},
                          Row{"KO", false, false, true, true, false}, Row{"K", false, false, false, true, false}, Row{"MYSTERY", false, false, false, false, false}}) {
        CAPTURE(row.tag);
        const std::pair<PrintJob, bool> jobs[] = {
            {striped_job(small), row.both_sides}, {striped_job(small, false), row.front}, {black_job(true), row.black}, {black_job(false), row.black_only}, {half_job(20, 26), row.half}};
        for (const auto& [job, fits] : jobs) {
            CHECK(printer::misfit({.type = row.tag}, job).has_value() != fits);
            Ready rig;
            rig.pipe.seat = "SMART CARD";
            rig.pipe.ribbon_type = row.tag;
            if (fits) {
                check(rig.run(rig.printer->print(job, {})), Did::done, Position::at_print);
                const bool told = orders(rig.pipe.log).front() == "Pr;" + std::string{name_of(printer::ribbon_kind_of(row.tag))};
                CHECK(told == (std::string_view{row.tag} != "YMCKOK"));
            } else {
                check(rig.run(rig.printer->print(job, {})), Did::not_done, Position::at_chip_station, FaultCode::printer_ribbon_wrong);
                CHECK(orders(rig.pipe.log).empty());
            }
        }
    }
    CHECK(printer::misfit({.type = "YMCKOS"}, half_job(20, 27)).has_value());
    CHECK(printer::evolis::half_panel_lines({1016, 648}) == 420);
}

TEST_CASE("mono and half panels on the wire") {
    Ready rig;
    rig.pipe.seat = "CARD";
    rig.pipe.ribbon_type = "K";
    check(rig.run(rig.printer->print(black_job(false), {})), Did::done, Position::at_print);
    CHECK(orders(rig.pipe.log) == std::vector<std::string>{"Pr;k", "Ss", "Sr", "Db;k", "Se"});
    Ready half;
    half.pipe.seat = "CARD";
    half.pipe.ribbon_type = "YMCKOS";
    check(half.run(half.printer->print(half_job(10, 20), {})), Did::done, Position::at_print);
    CHECK(orders(half.pipe.log) == std::vector<std::string>{"Pr;ymckos", "Ss", "Sr", "Dbp;y;128;10;20;", "Dbp;m;128;10;20;", "Dbp;c;128;10;20;", "Db;k", "Db;o", "Se"});
    CHECK(half.pipe.panels['y'].size() == 20 * 40 * 7 / 8);
    // The first dots of line 10: 40 = 0101000, eight times in seven bytes.
    CHECK(drivers::hex(drivers::View{half.pipe.panels['y']}.first(7)) == "50A14285" "0A1428");
}

TEST_CASE("run lengths behind their switches") {
    Rig rig;
    rig.printer = printer::make_serviced_evolis_printer(rig.clock, rig.pipe, {.raster = small, .compress_mono = true, .compress_colour = true});
    rig.pipe.seat = "CARD";
    auto job = half_job(0, 30);
    std::ranges::fill(job.k, std::uint8_t{0});
    check(rig.run(rig.printer->print(job, {})), Did::done, Position::at_print);
    CHECK(rig.pipe.count("Dbc;k;2;64;") == 1);  // a byte a line
    CHECK(rig.pipe.count("Dbc;y;128;128;") == 1);  // two bytes a line
    CHECK(rig.pipe.panels['k'] == Bytes(64));
}

TEST_CASE("the tag's numbers: a 0 proves nothing until a number was seen or the cover was open; used up is shown as low") {
    const auto level = [](Rig& rig) { return std::string{name_of(rig.run(rig.printer->ribbon())->level)}; };
    Ready fresh;
    fresh.pipe.ribbon_left = "0";
    CHECK(level(fresh) == "unknown");
    fresh.pipe.knows["Rcr"] = "ERROR RIBBON";
    CHECK(level(fresh) == "out");
    fresh.pipe.knows["Rcr"] = "OK";
    CHECK(level(fresh) == "unknown");
    // It is not refused for a doubt, and what the print then says counts.
    fresh.pipe.seat = "CARD";
    fresh.pipe.script("Db;m", {"ERROR RIBBON"});
    check(fresh.run(fresh.printer->print(striped_job(small), {})), Did::not_done, Position::at_print, FaultCode::printer_ribbon_out);
    CHECK(level(fresh) == "out");

    Ready opened;
    opened.pipe.ribbon_left = "0";
    opened.pipe.cover = "0,00 Volts";
    CHECK(opened.run(opened.printer->sensors())->cover_open);
    opened.pipe.cover = "5,00 Volts";
    CHECK(level(opened) == "out");
    opened.pipe.errors_mode = "0;0";  // the power was off
    REQUIRE(opened.run(opened.printer->prepare()));
    CHECK(level(opened) == "unknown");
    REQUIRE(opened.run(opened.printer->prepare()));
    CHECK(level(opened) == "unknown");

    Ready low;
    low.pipe.seat = "CARD";
    low.pipe.ribbon_left = "7";
    CHECK(level(low) == "low");
    low.pipe.script("Db;c", {"ERROR RIBBON"});
    check(low.run(low.printer->print(striped_job(small), {})), Did::not_done, Position::at_print, FaultCode::printer_ribbon_out);
    REQUIRE(low.run(low.printer->prepare()));
    CHECK(level(low) == "out");  // or the next blank would be spoiled on it too
    low.pipe.ribbon_left = "200";
    CHECK(level(low) == "ok");
}

TEST_CASE("a card is printed on once: nothing is sent again to one that had a panel, whatever happened in between") {
    Ready rig;
    rig.pipe.seat = "CARD";
    rig.pipe.script("Db;c", {"", 50ms, Answer::Kind::unplug});
    check(rig.run(rig.printer->print(striped_job(small), {})), Did::unknown, Position::unknown, FaultCode::printer_unplugged);
    rig.pipe.plug(true);
    REQUIRE(rig.run(rig.printer->prepare()));
    rig.pipe.log.clear();
    check(rig.run(rig.printer->print(striped_job(small), {})), Did::not_done, Position::at_print, FaultCode::card_position_unexpected);
    CHECK(orders(rig.pipe.log).empty());
    check(rig.run(rig.printer->reject()), Did::done, Position::not_present);
    check(rig.run(rig.printer->feed(0)), Did::done, Position::at_chip_station);
    check(rig.run(rig.printer->print(striped_job(small), {})), Did::done, Position::at_print);
}

TEST_CASE("print again: from the buffers onto a fresh card, where they still hold what was printed") {
    const std::vector<std::string> again{"Ss", "Sr", "Ssd;y", "Ssd;m", "Ssd;c", "Ssd;k", "Ssd;o", "Se"};
    const auto printed = [](bool back) {
        auto rig = std::make_unique<Ready>();
        check(rig->run(rig->printer->feed(0)), Did::done, Position::at_chip_station);
        check(rig->run(rig->printer->print(striped_job(small, back), {})), Did::done, Position::at_print);
        check(rig->run(rig->printer->print_again({})), Did::not_done, Position::at_print, back ? FaultCode::printer_command_refused : FaultCode::card_position_unexpected);
        check(rig->run(rig->printer->reject()), Did::done, Position::not_present);
        check(rig->run(rig->printer->feed(0)), Did::done, Position::at_chip_station);
        rig->pipe.log.clear();
        return rig;
    };
    {
        const auto rig = printed(false);
        check(rig->run(rig->printer->print_again({})), Did::done, Position::at_print);
        CHECK(orders(rig->pipe.log) == again);
    }
    {
        const auto rig = printed(true);  // the back's resin overwrote the front's
        check(rig->run(rig->printer->print_again({})), Did::not_done, Position::at_chip_station, FaultCode::printer_command_refused);
    }
    {
        const auto rig = printed(false);  // never after a reconnect
        rig->pipe.plug(false), rig->pipe.plug(true);
        check(rig->run(rig->printer->print_again({})), Did::not_done, Position::at_chip_station, FaultCode::printer_command_refused);
    }
    {
        const auto rig = printed(false);  // nor after a reset
        rig->pipe.errors_mode = "0;0";
        check(rig->run(rig->printer->print_again({})), Did::not_done, Position::at_chip_station, FaultCode::printer_command_refused);
    }
    {
        const auto rig = printed(false);
        rig->pipe.ribbon_type = "YMCKO";
        check(rig->run(rig->printer->print_again({})), Did::not_done, Position::at_chip_station, FaultCode::printer_ribbon_wrong);
    }
}
