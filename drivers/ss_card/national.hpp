// The error codes of the national reader interface (iReadCardBas and its kin): kept for logs, so that a centre's staff finds its own numbers
// (facts: social-security-card-commands.md, "National error codes"). Any other negative number is minus the card's status word.
#pragma once
#include "drivers/fault.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace drivers::chip {

struct NationalCode {
    int code;  ///< negative
    FaultCode fault;
    std::string_view text;  ///< of the interface, in English; for logs and technicians
};

[[nodiscard]] std::span<const NationalCode> national_codes();
/// nullptr when the interface has no such code.
[[nodiscard]] const NationalCode* find_national(int code);

enum class PinCommand : std::uint8_t { no, yes };
/// What the interface would have returned for a status word: -51 and -52 for a refused PIN, otherwise minus the word.
[[nodiscard]] int national_of(std::uint16_t sw, PinCommand pin);
/// The interface's nearest code for a fault of ours; -999 when it has none.
[[nodiscard]] int national_of(FaultCode fault);
/// The house's fault for a code that another program wrote down. `step` names what was done.
[[nodiscard]] Fault fault_of_national(int code, std::string_view step);

}  // namespace drivers::chip
