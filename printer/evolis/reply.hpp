// The printer's answers: which fault each error text means, and whether an answer fits the command that asked. Pure; everything here is hostile input.
#pragma once
#include "drivers/fault.hpp"
#include "printer/card_printer.hpp"
#include "printer/evolis/command.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace printer::evolis {

inline constexpr std::size_t max_reply_bytes = 256;  ///< without the NUL; real ones stay below 80
inline constexpr double switched_volts = 1.0;        ///< a sensor at or above reads "true" (kiosk programs)

/// The fault that an error text means; nothing for a text that is no error. A text that begins with ERR and is in no table is still an error
/// (printer_mechanical): the vendor's own library treats it so.
[[nodiscard]] std::optional<drivers::FaultCode> error_of(std::string_view reply);

/// The answer as a value, when it fits; the fault it names; or printer_garbage. `detail` names the command and a cleaned, shortened answer.
[[nodiscard]] Result<std::string> fit(const Command& command, std::string_view reply);

/// Of texts that fit() let through.
[[nodiscard]] int number_of(std::string_view reply);
[[nodiscard]] double volts_of(std::string_view reply);
enum class Seat { none, print, chip, contactless, path };
[[nodiscard]] Seat seat_of(std::string_view reply);

/// True for an error by which the device says that an act did not happen; false where it says only that it does not know (a time-out, garbage, silence).
[[nodiscard]] bool is_refusal(drivers::FaultCode code);

}  // namespace printer::evolis
