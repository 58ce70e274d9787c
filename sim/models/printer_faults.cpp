// The faults, row by row in the order of PrinterFault. Where the public facts give no reply for a fault, the chosen one stands here and nowhere else.
#include "sim/models/printer_faults.hpp"

#include <algorithm>
#include <array>

namespace sim {
namespace {

using enum PrinterFault;
using enum Nature;
constexpr std::string_view time_out = "ERROR TIME OUT", ribbon = "ERROR RIBBON", head_error = "ERROR HEAD", door = "HOPPER DOOR";

constexpr std::array<FaultRow, printer_faults> rows{{
    {none, "none", condition, Hits::nothing, "", Stops::where_it_is, "everything that was provoked is forgotten"},
    {jam, "jam", event, Hits::any, "CARD JAM", Stops::jammed, "the card is stuck until hands clear the path"},
    {jam_at_print, "jam_at_print", event, Hits::print, "CARD JAM", Stops::jammed, "the same, at the print head"},
    {double_feed, "double_feed", event, Hits::feed, "ERROR HOPPER", Stops::path, "two cards are inside; each can be rejected"},
    {misfeed, "misfeed", event, Hits::feed, time_out, Stops::where_it_is, "the card slips and stays in its feeder (chosen: the sensor behind the feeder is waited for in vain)"},
    {hopper_empty, "hopper_empty", condition, Hits::feed, "FEEDER EMPTY", Stops::where_it_is, "the feeder's sensor sees no card until somebody loads"},
    {feeder_open, "feeder_open", condition, Hits::feed, door, Stops::where_it_is, "the feeder's lid is open until somebody loads and shuts it"},
    {ribbon_out, "ribbon_out", condition, Hits::panel, ribbon, Stops::where_it_is, "the ribbon stands at its end mark until a new one is put in"},
    {ribbon_low, "ribbon_low", condition, Hits::nothing, "", Stops::where_it_is, "five cards are left"},
    {ribbon_missing, "ribbon_missing", condition, Hits::panel, ribbon, Stops::where_it_is, "no ribbon: the tag reads ERR RIB DETECTION"},
    {ribbon_torn, "ribbon_torn", event, Hits::panel, ribbon, Stops::under_head, "half a panel is on the card; nothing prints until a new ribbon is put in, though the tag still reads"},
    {ribbon_wrong, "ribbon_wrong", condition, Hits::panel, ribbon, Stops::where_it_is, "somebody put in another kind than was set"},
    {ribbon_unknown, "ribbon_unknown", condition, Hits::nothing, "", Stops::where_it_is, "the tag answers ERR READ; printing by Pr goes on"},
    {ribbon_unsupported, "ribbon_unsupported", condition, Hits::panel, "ERR RIBBON TYPE", Stops::where_it_is, "a tag this printer refuses"},
    {ribbon_zone, "ribbon_zone", condition, Hits::panel, "ERR RIBBON", Stops::where_it_is, "sold for another region: Rrt;zone differs from Rzp, test cards are refused too"},
    {cover_open, "cover_open", event, Hits::any, "COVER OPEN", Stops::path, "the movement stops where it is; shutting it winds the ribbon to its start"},
    {bin_full, "bin_full", condition, Hits::reject, "HOPPER FULL", Stops::where_it_is, "the reject box has no room until it is emptied"},
    {bin_open, "bin_open", condition, Hits::reject, door, Stops::where_it_is, "the reject box is pulled out or open until it is emptied and put back"},
    {head, "head", event, Hits::panel, head_error, Stops::under_head, "the print head reports itself broken"},
    {head_hot, "head_hot", event, Hits::panel, head_error, Stops::under_head, "the head was too hot in the middle of a panel; the next job prints"},
    {cooling, "cooling", delay, Hits::panel, "", Stops::where_it_is, "the panel waits until the head is cool"},
    {cleaning_due, "cleaning_due", condition, Hits::nothing, "", Stops::where_it_is, "Rlr;c says NEED CLEANING; everything works"},
    {cleaning_mandatory, "cleaning_mandatory", condition, Hits::feed, "NEED CLEANING", Stops::where_it_is, "no card is fed until Scp"},
    {mechanical, "mechanical", event, Hits::any, time_out, Stops::path, "a motor stalls; the card stands between two sensors"},
    {power_low, "power_low", condition, Hits::any, time_out, Stops::where_it_is, "the supply sags (Rse;p): no motor starts until the power was off and on"},
    {locked, "locked", condition, Hits::any, "ERROR", Stops::where_it_is, "locked with a key (Pkey;E): nothing moves until Pkey;D with the same key"},
    {option_missing, "option_missing", refusal, Hits::any, "OPT NOT AVAILABLE", Stops::where_it_is, "the firmware says that it has no such option"},
    {internal, "internal", refusal, Hits::any, "ERROR UNKNOW", Stops::where_it_is, "an internal error; the next command works"},
    {hardware, "hardware", condition, Hits::any, "ERROR FLASH UNKNOW", Stops::where_it_is, "a code in Rem; nothing moves until a technician has been"},
    {retract_fails, "retract_fails", event, Hits::retract, time_out, Stops::where_it_is, "the card stays at the bezel"},
    {present_sensor_stuck, "present_sensor_stuck", condition, Hits::nothing, "", Stops::where_it_is, "the bezel's sensor says card for ever, until the path is cleared or the power was off"},
}};
static_assert([] {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].fault != static_cast<PrinterFault>(i) || rows[i].word.empty()) return false;
    return true;
}());

}  // namespace

const FaultRow& row_of(PrinterFault fault) { return rows.at(static_cast<std::size_t>(fault)); }
std::span<const FaultRow> fault_rows() { return rows; }
std::string_view name_of(PrinterFault f) { return row_of(f).word; }

std::optional<PrinterFault> printer_fault_of(std::string_view word) {
    const auto found = std::ranges::find(rows, word, &FaultRow::word);
    if (found == rows.end()) return std::nullopt;
    return found->fault;
}

}  // namespace sim
