// What can go wrong with a card printer of this class: one row a fault with its word, reply and effect, one row a status bit with the fault that raises it or the
// reason why nothing here can. The table that mechanics, panel, scenarios and tests share.
#pragma once
#include "sim/models/printer_model.hpp"

#include <span>

namespace sim {

inline constexpr std::size_t printer_faults = static_cast<std::size_t>(PrinterFault::present_sensor_stuck) + 1;

/// When a fault happens.
enum class Nature {
    event,      ///< once, in a movement that it can happen to; the movement stops half-way
    refusal,    ///< once; the movement does not begin
    delay,      ///< once; the movement takes longer
    condition,  ///< from now on, until hands remedy it: movements that it hits are refused, sensors show it
};
/// Which movements a fault hits. A fault that is provoked at one command hits whatever moves there.
enum class Hits { nothing, any, feed, print, panel, retract, reject };
/// Where the card stands after an event.
enum class Stops { where_it_is, path, jammed, under_head };

struct FaultRow {
    PrinterFault fault;
    std::string_view word;
    Nature nature;
    Hits hits;
    std::string_view reply;   ///< evolis-commands.md, "Reply strings"; empty: nothing is answered differently
    Stops stops;
    std::string_view effect;  ///< what the mechanics do, and what ends it
};
[[nodiscard]] const FaultRow& row_of(PrinterFault fault);
[[nodiscard]] std::span<const FaultRow> fault_rows();

/// A bit of the vendor's status words (evolis-status-bits.md). The command that returns them is not public: the bits reach a host as replies and sensors.
struct StatusBit {
    std::string_view word;  ///< INF, WAR, ERR, EX1, EX2, EX3
    std::uint32_t bit;
    std::string_view name;
    PrinterFault fault;       ///< raises it; none: see `otherwise`
    std::string_view otherwise;  ///< how it shows without a fault, or why it cannot happen on this class
};
[[nodiscard]] std::span<const StatusBit> status_bits();

}  // namespace sim
