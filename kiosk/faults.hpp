// The catalogue of faults: one row for each FaultCode. Texts for people stand in ui/text/*.toml under fault.<name>: .title (the consequence), .do (the one
// thing to do), .staff. A fault that no row explains does not exist: rows are checked at compile time, texts by a test.
#pragma once
#include "drivers/fault.hpp"

#include <string_view>

namespace kiosk {

using drivers::FaultCode;

/// Who has to act, in XFS words.
enum class Action {
    none,           ///< the person simply goes on or tries again
    reset,          ///< the machine does it itself, sparingly
    clear,          ///< hall staff
    maintenance,    ///< a technician
    configuration,  ///< an administrator
    suspend,        ///< wait; it comes back by itself
};

/// Where the fault leaves the card that was under way.
enum class CardAfter { none, unchanged, retained, unknown };

struct FaultRow {
    FaultCode code;
    std::string_view number;  ///< "P-103": small, for staff
    Action action;
    CardAfter card;
    bool closes_path;  ///< the card path stays closed until a staff visit or recovery opens it
};

[[nodiscard]] const FaultRow& row_of(FaultCode code);
[[nodiscard]] std::string_view name_of(Action action);

}  // namespace kiosk
