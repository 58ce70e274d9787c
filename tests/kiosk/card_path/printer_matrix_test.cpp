// Every command of the printer's driver x every error of the simulator's printer: the right fault, the right action, the right position of the card, no second
// card, no lost blank, and afterwards hands and recovery put it right. The tables of what is right are written here, from the facts, and not taken from the driver.
#include "kiosk/faults.hpp"
#include "sim/models/printer_faults.hpp"
#include "tests/printer/model_pipe.hpp"

#include <doctest/doctest.h>
#include <set>

using namespace bench;
using drivers::FaultCode;
using printer::Act;
using printer::Did;
using printer::Position;
using sim::Place;
using sim::PrinterFault;

namespace {
using enum FaultCode;
using Codes = std::set<FaultCode>;

// ---- what the driver can do, and from where ----
enum class Pose { empty, at_chip, at_bezel, no_ribbon, fresh_after_print };
struct Operation {
    const char* name;
    Pose pose;
    awaitable<Act> (*go)(Hall&);
    /// True when the act has happened, as the auditor sees it; none: it moves nothing.
    bool (*happened)(Hall&) = nullptr;
};

template <class T>
awaitable<Act> as_act(awaitable<Result<T>> asked) {
    auto answer = co_await std::move(asked);
    if (answer) co_return Act{Did::done, Position::unknown, std::nullopt};
    co_return Act{Did::not_done, Position::unknown, answer.error()};
}
bool in_bin(Hall& h) { return h.model.bin().size() == 1; }
bool at(Hall& h, Place place) { return h.model.place() == place; }
bool has(Hall& h, const printer::PrintJob& job) {
    const auto card = h.model.card_inside();
    return card && card->y == job.y && card->m == job.m && card->c == job.c && card->k == job.k && card->o == job.o && card->back_k == job.back_k;
}
bool printed(Hall& h) { return has(h, striped_job(small)); }
bool printed_again(Hall& h) { return has(h, striped_job(small, false)); }

const Operation operations[] = {
    {"prepare", Pose::empty, [](Hall& h) { return as_act(h.printer->prepare()); }},
    {"sensors", Pose::at_chip, [](Hall& h) { return as_act(h.printer->sensors()); }},
    {"ribbon", Pose::empty, [](Hall& h) { return as_act(h.printer->ribbon()); }},
    {"feed", Pose::empty, [](Hall& h) { return h.printer->feed(1); }, [](Hall& h) { return at(h, Place::chip); }},
    {"to_chip_station", Pose::at_chip, [](Hall& h) { return h.printer->to_chip_station(); }, [](Hall& h) { return at(h, Place::chip); }},
    {"print", Pose::at_chip, [](Hall& h) { return h.printer->print(striped_job(small), {}); }, printed},
    {"print_again", Pose::fresh_after_print, [](Hall& h) { return h.printer->print_again({}); }, printed_again},
    {"present", Pose::at_chip, [](Hall& h) { return h.printer->present(); }, [](Hall& h) { return at(h, Place::bezel); }},
    {"retract", Pose::at_bezel, [](Hall& h) { return h.printer->retract(); }, [](Hall& h) { return at(h, Place::print); }},
    {"reject", Pose::at_chip, [](Hall& h) { return h.printer->reject(); }, in_bin},
    {"recover", Pose::at_chip, [](Hall& h) { return as_act(h.printer->recover()); }},
    {"status", Pose::at_chip, [](Hall& h) { return as_act(h.printer->status()); }},
    {"counters", Pose::empty, [](Hall& h) { return as_act(h.printer->counters()); }},
    {"feed_from_bezel", Pose::at_bezel, [](Hall& h) { return h.printer->feed_from_bezel(); }, [](Hall& h) { return at(h, Place::chip); }},
    {"to_contactless", Pose::at_chip, [](Hall& h) { return h.printer->to_contactless_station(); }, [](Hall& h) { return h.model.at_contactless_station(); }},
    {"clean", Pose::no_ribbon, [](Hall& h) { return h.printer->clean(); }, [](Hall& h) { return h.model.cleanings() == 1; }},
    {"test_card", Pose::empty, [](Hall& h) { return h.printer->test_card(0); }, [](Hall& h) { return at(h, Place::print); }},
    {"reboot", Pose::at_chip, [](Hall& h) { return as_act(h.printer->reboot()); }},
    {"set_bezel_limit", Pose::empty, [](Hall& h) { return as_act(h.printer->set_bezel_limit(std::chrono::seconds{30})); }},
};

// ---- what can go wrong, and what it is called ----
struct Wrong {
    std::string name;
    std::optional<PrinterFault> fault;  ///< else `name` is the reply
    Codes codes;                        ///< any of these is right; none: it hinders nothing
};

std::vector<Wrong> wrongs() {
    std::vector<Wrong> all;
    const std::pair<const char*, Codes> replies[] = {
        {"ERROR", {printer_mechanical}}, {"ERROR CDE", {printer_command_refused}}, {"ERROR PARAMETRES", {printer_command_refused}}, {"NEED CLEANING", {printer_cleaning_due}},
        {"ERROR TIME OUT", {time_out}}, {"ERROR HOPPER", {printer_double_feed}}, {"HOPPER FULL", {printer_bin_full}}, {"HOPPER DOOR", {printer_cover_open}},
        {"ERROR HEAD", {printer_head}}, {"COVER OPEN", {printer_cover_open}}, {"FEEDER EMPTY", {printer_hopper_empty, card_position_unexpected}}, {"CARD JAM", {printer_jam}},
        {"ERROR RIBBON", {printer_ribbon_error, printer_ribbon_out}}, {"OPT NOT AVAILABLE", {printer_command_refused}}, {"ERROR MAG(1) CHECKSUM", {printer_mechanical}},
        {"ERROR MAG(2) DATA", {printer_mechanical}}, {"ERROR MAG(3)", {printer_mechanical}}, {"ERROR UNKNOW", {printer_mechanical}}, {"ERROR FLASH UNKNOW", {printer_mechanical}},
        {"ERROR CHECKSUM", {printer_mechanical}}, {"ERR RIBBON", {printer_ribbon_error, printer_ribbon_out}}, {"ERR RIBBON TYPE", {printer_ribbon_wrong}},
        {"ERR RIB DETECTION", {printer_ribbon_out}}, {"ERR READ", {printer_mechanical}}, {"ERR WRITE", {printer_mechanical}}, {"ERR TIME", {time_out}},
        {"ERR PARAMETRES", {printer_command_refused}}, {"ERR CARD", {printer_jam}}, {"ERR OF A LATER FIRMWARE", {printer_mechanical}}};
    for (const auto& [reply, codes] : replies) all.push_back({reply, std::nullopt, codes});
    const std::pair<PrinterFault, Codes> faults[] = {
        {PrinterFault::jam, {printer_jam}}, {PrinterFault::jam_at_print, {printer_jam}}, {PrinterFault::double_feed, {printer_double_feed}}, {PrinterFault::misfeed, {time_out}},
        {PrinterFault::hopper_empty, {printer_hopper_empty}}, {PrinterFault::feeder_open, {printer_cover_open}}, {PrinterFault::ribbon_out, {printer_ribbon_out}},
        {PrinterFault::ribbon_low, {}}, {PrinterFault::ribbon_missing, {printer_ribbon_out}}, {PrinterFault::ribbon_torn, {printer_ribbon_error}},
        {PrinterFault::ribbon_wrong, {printer_ribbon_wrong}}, {PrinterFault::ribbon_unknown, {printer_ribbon_wrong}}, {PrinterFault::ribbon_unsupported, {printer_ribbon_wrong}},
        {PrinterFault::ribbon_zone, {printer_ribbon_wrong}}, {PrinterFault::cover_open, {printer_cover_open}}, {PrinterFault::bin_full, {printer_bin_full}},
        {PrinterFault::bin_open, {printer_cover_open}}, {PrinterFault::head, {printer_head}}, {PrinterFault::head_hot, {printer_head}}, {PrinterFault::cooling, {}},
        {PrinterFault::cleaning_due, {}}, {PrinterFault::cleaning_mandatory, {printer_cleaning_due}}, {PrinterFault::mechanical, {time_out}}, {PrinterFault::power_low, {time_out}},
        {PrinterFault::locked, {printer_mechanical}}, {PrinterFault::option_missing, {printer_command_refused}}, {PrinterFault::internal, {printer_mechanical}},
        {PrinterFault::hardware, {printer_mechanical}}, {PrinterFault::retract_fails, {time_out}}, {PrinterFault::present_sensor_stuck, {card_position_unexpected}}};
    for (const auto& [fault, codes] : faults) all.push_back({std::string{name_of(fault)}, fault, codes});
    REQUIRE(std::size(faults) == sim::printer_faults - 1);
    return all;
}

/// Who acts (issue: reset, clear, maintenance), written once more beside the catalogue.
std::string_view action_for(FaultCode code) {
    switch (code) {
        case time_out: return "reset";
        case printer_cover_open:
        case printer_jam:
        case printer_hopper_empty:
        case printer_ribbon_out:
        case printer_ribbon_wrong:
        case printer_ribbon_error:
        case printer_bin_full:
        case printer_cleaning_due:
        case card_position_unexpected: return "clear";
        case printer_double_feed: return "none";
        default: return "maintenance";
    }
}

// ---- one cell ----
bool agrees(Position said, Hall& hall, const Wrong& wrong) {
    const auto place = hall.model.place();
    // A sensor and an answer that lie are all that anybody has.
    if (wrong.fault == PrinterFault::present_sensor_stuck && said == Position::presented) return true;
    if (wrong.name == "ERR CARD" && (said == Position::inside || said == Position::jammed)) return true;
    switch (said) {
        case Position::unknown: return true;
        case Position::not_present: return place == Place::none;
        case Position::at_chip_station: return place == Place::chip;
        case Position::at_contactless: return hall.model.at_contactless_station();
        case Position::at_print: return place == Place::print;
        case Position::inside: return place == Place::path || place == Place::feeder;
        case Position::presented: return place == Place::bezel;
        case Position::jammed: return place == Place::jammed || place == Place::path || place == Place::feeder;  // in the path while an error stands
    }
    return false;
}

std::unique_ptr<Hall> posed(Pose pose) {
    auto hall = std::make_unique<Hall>();
    hall->prepared();
    REQUIRE(hall->run(hall->printer->ribbon()));
    if (pose == Pose::at_chip || pose == Pose::at_bezel) REQUIRE(hall->run(hall->printer->feed(0)).ok());
    if (pose == Pose::at_bezel) REQUIRE(hall->run(hall->printer->present()).ok());
    if (pose == Pose::fresh_after_print) {
        REQUIRE(hall->run(hall->printer->feed(0)).ok());
        REQUIRE(hall->print(striped_job(small, false)).ok());
        REQUIRE(hall->run(hall->printer->reject()).ok());
        REQUIRE(hall->run(hall->printer->feed(0)).ok());
    }
    if (pose == Pose::no_ribbon) hall->model.new_ribbon("", 0);
    hall->pipe.commands.clear();
    return hall;
}

std::vector<std::string> commands_of(const Operation& operation) {
    const auto hall = posed(operation.pose);
    const auto act = hall->run(operation.go(*hall));
    REQUIRE_MESSAGE(act.ok(), operation.name);
    std::vector<std::string> once;
    for (const auto& c : hall->pipe.commands)
        if (std::ranges::find(once, c) == once.end()) once.push_back(c);
    return once;
}

struct Tally {
    int cells = 0, refused = 0, unknown = 0, done = 0;
};

/// Everything is put right by hands, and the printer makes a card again; no card went missing on the way.
void heal(Hall& hall, std::size_t cards) {
    const auto now = hall.pipe.now();
    hall.model.provoke(PrinterFault::none);
    std::size_t hand = hall.model.clear_path(now).size() + hall.model.empty_bin().size();
    hall.model.open_cover(true, now);
    hall.model.open_cover(false, now);
    hall.model.new_ribbon("YMCKOK", 200);
    hall.model.power_cycle(now);
    hall.clock.advance_to(hall.clock.steady() + 10s);
    const auto recovered = hall.run(hall.printer->recover());
    REQUIRE_MESSAGE(recovered, (recovered ? "" : recovered.error().detail));
    CHECK(hall.run(hall.printer->feed(1)).ok());
    CHECK(hall.cards(hand) == cards);
}

void check_cell(const Operation& operation, const std::string& command, const Wrong& wrong, Tally& tally) {
    const auto hall = posed(operation.pose);
    const auto cards = hall->cards();
    if (wrong.fault) hall->model.provoke_at(command, *wrong.fault);
    else hall->model.provoke_at(command, wrong.name);
    const auto act = hall->run(operation.go(*hall));
    ++tally.cells;
    (act.ok() ? tally.done : act.did == Did::not_done ? tally.refused : tally.unknown) += 1;
    std::string said = act.fault ? std::string{name_of(act.fault->code)} + " (" + act.fault->detail + ")" : "no fault";
    CAPTURE(said);
    // The right position, whatever is said about the act.
    CHECK_MESSAGE(agrees(act.where, *hall, wrong), "said " << name_of(act.where) << ", is " << static_cast<int>(hall->model.place()));
    // What is said to be done has happened.
    if (act.ok() && operation.happened) CHECK_MESSAGE(operation.happened(*hall), "said done");
    if (!act.ok()) {
        REQUIRE(act.fault);
        const auto code = act.fault->code;
        const bool unexplained = wrong.fault && code == printer_mechanical;  // the port shows an error that no sensor can name
        const bool tag = code == printer_ribbon_wrong && act.fault->detail.contains("not readable");
        // A ribbon that turns up, or an end mark, where cleaning wants none.
        const bool cleaning = operation.pose == Pose::no_ribbon && wrong.name.starts_with("ribbon_") && (code == printer_command_refused || code == printer_ribbon_out);
        const bool elsewhere = code == card_position_unexpected && (wrong.name == "ERR CARD" || wrong.fault);
        CHECK_MESSAGE((wrong.codes.contains(code) || unexplained || tag || cleaning || elsewhere), "the wrong fault");
        CHECK(name_of(kiosk::row_of(code).action) == action_for(code));
    }
    // No second card, nothing twice, nothing lost.
    CHECK(hall->model.cards_inside().size() <= (wrong.fault == PrinterFault::double_feed ? 2u : 1u));
    for (const char* once : {"Sis", "St", "Se", "Ser", "Sib", "Scp", "Db;y;128;", "Db;m;128;", "Db;c;128;", "Db;o;2;", "Ss", "Sr", "Sv"})
        CHECK_MESSAGE(std::ranges::count(hall->pipe.commands, once) <= 1, once);
    CHECK(hall->cards() == cards);
    heal(*hall, cards);
}
}  // namespace

TEST_CASE("matrix: every command of the driver x every error of the printer") {
    const auto all = wrongs();
    Tally tally;
    std::set<std::string> commands;
    for (const auto& operation : operations) {
        for (const auto& command : commands_of(operation)) {
            commands.insert(command);
            for (const auto& wrong : all) {
                CAPTURE(std::string(operation.name));
                CAPTURE(command);
                CAPTURE(wrong.name);
                check_cell(operation, command, wrong, tally);
            }
        }
    }
    MESSAGE("matrix: " << std::size(operations) << " operations with " << commands.size() << " different commands x " << all.size() << " errors (" << sim::printer_faults - 1
                       << " faults, " << all.size() - sim::printer_faults + 1 << " replies): " << tally.cells << " cells; " << tally.refused << " refused, " << tally.unknown << " unknown, "
                       << tally.done << " done all the same");
    CHECK(tally.cells > 9'000);
}
