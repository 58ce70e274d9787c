// The acts of the driver against a scripted machine: what is sent, what is believed, and what the outcome is called.
#include "bench.hpp"
#include "printer/evolis/command.hpp"
#include "printer/evolis/raster.hpp"

#include <doctest/doctest.h>

using namespace bench;
using drivers::FaultCode;
using printer::Act;
using printer::Did;
using printer::Position;
using printer::PrintStage;

namespace {
std::vector<std::string> orders(const std::vector<std::string>& log) {
    std::vector<std::string> out;
    std::ranges::copy_if(log, std::back_inserter(out), [](const auto& c) { return !c.starts_with("R"); });
    return out;
}
std::vector<std::string> setup() { return {printer::evolis::setup_commands.begin(), printer::evolis::setup_commands.end()}; }

awaitable<Result<void>> nothing_of(awaitable<Act> act) {
    static_cast<void>(co_await std::move(act));
    co_return Result<void>{};
}
void check(const Act& act, Did did, Position where, std::optional<FaultCode> code = std::nullopt) {
    CHECK(static_cast<int>(act.did) == static_cast<int>(did));
    CHECK(name_of(act.where) == name_of(where));
    REQUIRE(act.fault.has_value() == code.has_value());
    if (code) CHECK(name_of(act.fault->code) == name_of(*code));
}
}  // namespace

TEST_CASE("taking over asserts every setting and asks back") {
    Rig rig;
    const auto identity = rig.run(rig.printer->prepare());
    REQUIRE(identity);
    CHECK(identity->model == "KC Prime");
    CHECK(identity->serial == "10000000001");
    CHECK(identity->firmware == "2147");
    CHECK(orders(rig.pipe.log) == setup());
    CHECK(rig.pipe.log.back() == "Rem");
    CHECK(rig.pipe.count("Pbc;A;D") == 1);
}

TEST_CASE("a printer that refuses a setting, or forgets it at once, is not taken over") {
    Rig rig;
    rig.pipe.script("Pneab", {"OPT NOT AVAILABLE"});
    CHECK(rig.run(rig.printer->prepare()).error().code == FaultCode::printer_command_refused);
    rig.pipe.script("Rem", {"0;0"});
    CHECK(rig.run(rig.printer->prepare()).error().code == FaultCode::printer_command_refused);
}

TEST_CASE("a card's whole way: feed, chip, print both sides, chip, present, retract, reject") {
    Rig rig;
    REQUIRE(rig.run(rig.printer->prepare()));
    rig.pipe.log.clear();
    check(rig.run(rig.printer->feed(1)), Did::done, Position::at_chip_station);
    CHECK(orders(rig.pipe.log) == std::vector<std::string>{"Piem;2;0", "Sis"});

    rig.pipe.log.clear();
    const auto job = striped_job(small);
    std::vector<PrintStage> stages;
    check(rig.run(rig.printer->print(job, [&](PrintStage s) { stages.push_back(s); })), Did::done, Position::at_print);
    CHECK(orders(rig.pipe.log) == std::vector<std::string>{"Ss", "Sr", "Db;y", "Db;m", "Db;c", "Db;k", "Db;o", "Sv", "Db;k", "Se"});
    CHECK(stages == std::vector{PrintStage::front_colour, PrintStage::front_resin, PrintStage::front_overlay, PrintStage::flip, PrintStage::back_resin, PrintStage::finished});
    CHECK(rig.pipe.panels['y'] == printer::evolis::pack(job.y, small, 7));
    CHECK(rig.pipe.panels['o'] == printer::evolis::pack(job.o, small, 1));
    CHECK(rig.pipe.panels['k'] == printer::evolis::pack(job.back_k, small, 1));

    check(rig.run(rig.printer->to_chip_station()), Did::done, Position::at_chip_station);
    check(rig.run(rig.printer->present()), Did::done, Position::presented);
    check(rig.run(rig.printer->retract()), Did::done, Position::at_print);
    check(rig.run(rig.printer->reject()), Did::done, Position::not_present);
    CHECK(rig.pipe.count("Ser") == 1);
}

TEST_CASE("a front alone is ended without a flip") {
    Rig rig;
    rig.pipe.seat = "SMART CARD";
    CHECK(rig.run(rig.printer->print(striped_job(small, false), {})).ok());
    CHECK(orders(rig.pipe.log) == [] {
        auto all = setup();
        for (const auto* c : {"Ss", "Sr", "Db;y", "Db;m", "Db;c", "Db;k", "Db;o", "Se"}) all.emplace_back(c);
        return all;
    }());
}

TEST_CASE("no act moves a card that is not where the act begins") {
    Rig rig;
    check(rig.run(rig.printer->present()), Did::not_done, Position::not_present, FaultCode::card_position_unexpected);
    check(rig.run(rig.printer->to_chip_station()), Did::not_done, Position::not_present, FaultCode::card_position_unexpected);
    rig.pipe.seat = "CARD";
    check(rig.run(rig.printer->feed(0)), Did::not_done, Position::at_print, FaultCode::card_position_unexpected);
    check(rig.run(rig.printer->retract()), Did::not_done, Position::at_print, FaultCode::card_position_unexpected);
    rig.pipe.seat = "OK";
    rig.pipe.bezel = "4,80 Volts";
    check(rig.run(rig.printer->reject()), Did::not_done, Position::presented, FaultCode::card_position_unexpected);
    check(rig.run(rig.printer->feed(0)), Did::not_done, Position::presented, FaultCode::card_position_unexpected);
    check(rig.run(rig.printer->feed(4)), Did::not_done, Position::unknown, FaultCode::bad_configuration);
    auto job = striped_job(small);
    job.y[5] = 128;
    check(rig.run(rig.printer->print(job, {})), Did::not_done, Position::unknown, FaultCode::bad_configuration);
    CHECK(orders(rig.pipe.log) == setup());
}

TEST_CASE("an error word is a refusal: not done, with the card where the sensors see it") {
    struct Row {
        std::string_view reply;
        FaultCode code;
    };
    for (const auto& [reply, code] : {Row{"CARD JAM", FaultCode::printer_jam}, Row{"COVER OPEN", FaultCode::printer_cover_open}, Row{"ERROR HOPPER", FaultCode::printer_double_feed},
                                      Row{"ERROR RIBBON", FaultCode::printer_ribbon_error}, Row{"HOPPER FULL", FaultCode::printer_bin_full}, Row{"HOPPER DOOR", FaultCode::printer_cover_open},
                                      Row{"ERROR HEAD", FaultCode::printer_head}, Row{"NEED CLEANING", FaultCode::printer_cleaning_due}, Row{"ERROR", FaultCode::printer_mechanical},
                                      Row{"ERROR CDE", FaultCode::printer_command_refused}}) {
        CAPTURE(reply);
        {
            Rig rig;
            rig.pipe.script("Sis", {std::string{reply}});
            check(rig.run(rig.printer->feed(0)), Did::not_done, Position::not_present, code);
            CHECK(rig.pipe.count("Sis") == 1);
        }
        for (const auto* at : {"Ss", "Db;m", "Sv", "Se"}) {
            CAPTURE(at);
            Rig rig;
            rig.pipe.seat = "CARD";
            rig.pipe.script(at, {std::string{reply}});
            check(rig.run(rig.printer->print(striped_job(small), {})), Did::not_done, Position::at_print, code);
            CHECK(orders(rig.pipe.log).back().starts_with(at));
        }
        {
            Rig rig;
            rig.pipe.seat = "CARD";
            rig.pipe.script("Se", {std::string{reply}});
            check(rig.run(rig.printer->present()), Did::not_done, Position::at_print, code);
            CHECK(rig.pipe.count("Se") == 1);
        }
    }
    Rig rig;
    rig.pipe.script("Sis", {"FEEDER EMPTY"});
    check(rig.run(rig.printer->feed(0)), Did::not_done, Position::not_present, FaultCode::printer_hopper_empty);
    rig.pipe.seat = "CARD";
    rig.pipe.script("Se", {"FEEDER EMPTY"});
    check(rig.run(rig.printer->present()), Did::not_done, Position::at_print, FaultCode::card_position_unexpected);
}

TEST_CASE("a ribbon error is told apart by the ribbon's tag") {
    Rig rig;
    rig.pipe.seat = "CARD";
    rig.pipe.ribbon_left = "0";
    rig.pipe.script("Db;c", {"ERROR RIBBON"});
    check(rig.run(rig.printer->print(striped_job(small), {})), Did::not_done, Position::at_print, FaultCode::printer_ribbon_out);
    rig.pipe.ribbon_left = "80";
    rig.pipe.ribbon_type = "KO";
    rig.pipe.script("Db;c", {"ERROR RIBBON"});
    check(rig.run(rig.printer->print(striped_job(small), {})), Did::not_done, Position::at_print, FaultCode::printer_ribbon_wrong);
}

TEST_CASE("silence after a movement is unknown, unless the sensors show that it happened; it is never sent again") {
    Rig rig;
    rig.pipe.script("Sis", {"", 0ms, Answer::Kind::silence});
    check(rig.run(rig.printer->feed(0)), Did::unknown, Position::not_present, FaultCode::printer_silent);
    CHECK(rig.pipe.count("Sis") == 1);

    rig.pipe.script("Sis", {"", 0ms, Answer::Kind::silence});
    rig.clock.at(rig.clock.steady() + 20s, [&] { rig.pipe.seat = "SMART CARD"; });
    check(rig.run(rig.printer->feed(0)), Did::done, Position::at_chip_station);

    rig.pipe.script("Db;k", {"", 0ms, Answer::Kind::silence});
    check(rig.run(rig.printer->print(striped_job(small), {})), Did::unknown, Position::at_print, FaultCode::printer_silent);
    CHECK(rig.pipe.count("Db;o") == 0);
}

TEST_CASE("doubtful words: a time-out of the printer, garbage, another command's answer, an OK that the sensors contradict") {
    Rig rig;
    rig.pipe.seat = "CARD";
    rig.pipe.script("Se", {"ERROR TIME OUT"});
    check(rig.run(rig.printer->present()), Did::unknown, Position::at_print, FaultCode::time_out);
    rig.pipe.script("Se", {"\x7F\x03"});
    check(rig.run(rig.printer->present()), Did::unknown, Position::at_print, FaultCode::printer_garbage);
    rig.pipe.script("Se", {"SMART CARD"});
    check(rig.run(rig.printer->present()), Did::unknown, Position::at_print, FaultCode::printer_garbage);
    rig.pipe.script("Se", {"OK"});  // and nothing moved
    check(rig.run(rig.printer->present()), Did::unknown, Position::at_print, FaultCode::card_position_unexpected);
    // Refused in words, but the card is there: no knowledge either.
    rig.pipe.script("Se", {"CARD JAM", 1s});
    rig.clock.at(rig.clock.steady() + 500ms, [&] { rig.pipe.seat = "OK", rig.pipe.bezel = "5,00 Volts"; });
    check(rig.run(rig.printer->present()), Did::unknown, Position::presented, FaultCode::printer_jam);
}

TEST_CASE("a card that is taken between the bezel and our look was presented all the same") {
    Rig rig;
    rig.pipe.seat = "CARD";
    rig.pipe.script("Se", {"OK", 1s});
    rig.clock.at(rig.clock.steady() + 500ms, [&] { rig.pipe.seat = "OK"; });
    check(rig.run(rig.printer->present()), Did::done, Position::not_present);
}

TEST_CASE("stale answers are drained, late ones are passed over by the serial number") {
    Rig rig;
    REQUIRE(rig.run(rig.printer->prepare()));
    rig.pipe.says(std::string_view{"CARD JAM\0OK\0", 12});
    const auto before = rig.run(rig.printer->sensors());
    REQUIRE(before);
    CHECK(before->card == Position::not_present);
    CHECK(before->hoppers == 2);
    CHECK(before->hopper_has_card == std::array{true, true, false, false});
    // The answer to this movement comes when the next question has been asked already.
    rig.pipe.script("Sis", {"OK", 30s + 105ms});
    check(rig.run(rig.printer->feed(0)), Did::unknown, Position::not_present, FaultCode::printer_silent);
    rig.pipe.seat = "SMART CARD";
    const auto after = rig.run(rig.printer->sensors());
    REQUIRE(after);
    CHECK(after->card == Position::at_chip_station);
}

TEST_CASE("OK in place of a number is asked again, three times at most") {
    Rig rig;
    rig.pipe.script("Rrt;count", {"OK"});
    rig.pipe.script("Rrt;count", {"OK"});
    const auto ribbon = rig.run(rig.printer->ribbon());
    REQUIRE(ribbon);
    CHECK(ribbon->remaining == 120);
    CHECK(ribbon->capacity == 200);
    CHECK(ribbon->type == "YMCKOK");
    CHECK(ribbon->level == printer::RibbonLevel::ok);
    for (int i = 0; i < 3; ++i) rig.pipe.script("Rrt;count", {"OK"});
    CHECK(rig.run(rig.printer->ribbon()).error().code == FaultCode::printer_garbage);
    rig.pipe.ribbon_left = "20";
    CHECK(rig.run(rig.printer->ribbon())->level == printer::RibbonLevel::low);
    rig.pipe.ribbon_left = "0";
    CHECK(rig.run(rig.printer->ribbon())->level == printer::RibbonLevel::out);
    rig.pipe.script("Rrt;type", {"ERR RIB DETECTION"});
    CHECK(rig.run(rig.printer->ribbon())->level == printer::RibbonLevel::out);
}

TEST_CASE("unplugged while printing: unknown at once; after the return everything is set anew before anything moves") {
    Rig rig;
    rig.pipe.seat = "SMART CARD";
    rig.pipe.script("Db;c", {"", 50ms, Answer::Kind::unplug});
    check(rig.run(rig.printer->print(striped_job(small), {})), Did::unknown, Position::unknown, FaultCode::printer_unplugged);
    CHECK_FALSE(rig.printer->online());
    CHECK(rig.run(rig.printer->sensors()).error().code == FaultCode::printer_missing);
    check(rig.run(rig.printer->reject()), Did::not_done, Position::unknown, FaultCode::printer_missing);
    rig.pipe.plug(true);
    rig.pipe.log.clear();
    check(rig.run(rig.printer->reject()), Did::done, Position::not_present);
    auto expected = setup();
    expected.emplace_back("Ser");
    CHECK(orders(rig.pipe.log) == expected);
}

TEST_CASE("gone and back between two commands is still unplugged: the rest of the sequence is not sent to the new one") {
    Rig rig;
    rig.pipe.seat = "SMART CARD";
    REQUIRE(rig.run(rig.printer->prepare()));
    rig.pipe.log.clear();
    rig.pipe.script("Db;m", {"OK", 2s});
    rig.clock.at(rig.clock.steady() + 1s, [&] { rig.pipe.plug(false), rig.pipe.plug(true); });
    const auto act = rig.run(rig.printer->print(striped_job(small), {}));
    check(act, Did::unknown, Position::unknown, FaultCode::printer_unplugged);
    CHECK(rig.pipe.count("Db;c") == 0);
    CHECK(rig.pipe.count("Se") == 0);
}

TEST_CASE("a printer that was reset behind our back is set anew before the next act") {
    Rig rig;
    REQUIRE(rig.run(rig.printer->prepare()));
    rig.pipe.errors_mode = "0;0";
    rig.pipe.seat = "CARD";
    rig.pipe.log.clear();
    check(rig.run(rig.printer->present()), Did::done, Position::presented);
    auto expected = setup();
    expected.emplace_back("Se");
    CHECK(orders(rig.pipe.log) == expected);
}

TEST_CASE("an error at the port is explained by the sensors before anything is sent, and hinders only what it must") {
    Rig rig;
    REQUIRE(rig.run(rig.printer->prepare()));
    rig.pipe.port = 0x10;
    rig.pipe.seat = "CARD";
    rig.pipe.cover = "0,00 Volts";
    check(rig.run(rig.printer->reject()), Did::not_done, Position::at_print, FaultCode::printer_cover_open);
    rig.pipe.cover = "5,00 Volts";
    rig.pipe.bin = "CARD";
    check(rig.run(rig.printer->reject()), Did::not_done, Position::at_print, FaultCode::printer_bin_full);
    rig.pipe.bin = "OK";
    rig.pipe.ribbon_left = "0";
    check(rig.run(rig.printer->print(striped_job(small), {})), Did::not_done, Position::at_print, FaultCode::printer_ribbon_out);
    CHECK(rig.pipe.count("Ser") + rig.pipe.count("Ss") == 0);
    check(rig.run(rig.printer->reject()), Did::done, Position::not_present);
    rig.pipe.seat = "ERR CARD";
    check(rig.run(rig.printer->reject()), Did::not_done, Position::jammed, FaultCode::printer_jam);
    CHECK(rig.run(rig.printer->recover()).error().code == FaultCode::printer_jam);
    // Hands were in it.
    rig.pipe.seat = "OK";
    rig.pipe.port = 0x18;
    CHECK(rig.run(rig.printer->recover()));
    // An error that nothing explains ends by itself.
    rig.pipe.port = 0x10;
    rig.pipe.ribbon_left = "120";
    const auto began = rig.clock.steady();
    check(rig.run(rig.printer->feed(0)), Did::not_done, Position::not_present, FaultCode::printer_mechanical);
    CHECK(rig.clock.steady() - began < 10s);
}

TEST_CASE("a card in the path is a jam only while the port shows an error") {
    Rig rig;
    rig.pipe.seat = "ERR CARD";
    CHECK(rig.run(rig.printer->sensors())->card == Position::inside);
    check(rig.run(rig.printer->reject()), Did::done, Position::not_present);
}

TEST_CASE("a cancelled act is over for its caller, and the next act says unknown before anything moves") {
    Rig rig;
    REQUIRE(rig.run(rig.printer->prepare()));
    rig.pipe.script("Sis", {"OK", 20s});
    auto abandon = [](drivers::Clock& clock, printer::CardPrinter& p) -> awaitable<Result<void>> {
        const auto done = co_await drivers::within(clock, 3s, nothing_of(p.feed(0)));
        if (done) co_return drivers::fail(FaultCode::internal, "not cancelled");
        co_return Result<void>{};
    };
    REQUIRE(rig.run(abandon(rig.clock, *rig.printer)));
    rig.pipe.seat = "SMART CARD";
    rig.clock.advance_to(rig.clock.steady() + 30s);
    rig.pipe.log.clear();
    check(rig.run(rig.printer->present()), Did::unknown, Position::at_chip_station, FaultCode::cancelled);
    CHECK(orders(rig.pipe.log).empty());
    check(rig.run(rig.printer->present()), Did::done, Position::presented);
}

TEST_CASE("a panel that broke off is filled up before anything is asked") {
    Rig rig;
    rig.pipe.seat = "CARD";
    rig.pipe.script("Db;m", {"", 0ms, Answer::Kind::refuse_write});
    check(rig.run(rig.printer->print(striped_job(small), {})), Did::unknown, Position::at_print, FaultCode::printer_silent);
    const auto fill = std::ranges::find(rig.pipe.log, "<fill>");
    REQUIRE(fill != rig.pipe.log.end());
    CHECK(*(fill + 1) == "Rsn");
    CHECK(rig.pipe.count("<fill>") == 1);
}

TEST_CASE("a printer that does not answer, answers without end, or talks unasked, is a fault in bounded time") {
    Rig silent;
    for (int i = 0; i < 5; ++i) silent.pipe.script("Rok", {"", 0ms, Answer::Kind::silence});
    CHECK(silent.run(silent.printer->prepare(), 1min).error().code == FaultCode::printer_silent);

    Rig endless;
    for (int i = 0; i < 5; ++i) endless.pipe.script("Rok", {std::string(4000, 'x')});
    CHECK(endless.run(endless.printer->prepare(), 1min).error().code == FaultCode::printer_garbage);

    Rig talker;
    for (int i = 0; i < 100'000; ++i) talker.clock.at({Duration{i * 500}}, [&] { talker.pipe.says("OK"); });
    CHECK(talker.run(talker.printer->prepare(), 1min).error().code == FaultCode::printer_garbage);
}

TEST_CASE("a printer that boots is waited for") {
    Rig rig;
    rig.pipe.script("Rok", {"", 0ms, Answer::Kind::silence});
    rig.pipe.script("Rok", {"", 0ms, Answer::Kind::silence});
    CHECK(rig.run(rig.printer->prepare()));
}
