// What technicians and auditors ask of the books: the same answers over the control socket and from the file at rest.
#pragma once
#include "kiosk/config.hpp"
#include "kiosk/ledger/books.hpp"

#include <nlohmann/json.hpp>

namespace kiosk {

/// Commands: "supplies" (loads, hoppers, bin, arithmetic), "cards" (every card with its state), "outbox" (waiting and parked), "audit"
/// (chain checked, last 50 events). Nothing for another command. No personal data: the books hold none.
[[nodiscard]] std::optional<nlohmann::json> report(const Books& books, const Config& config, std::string_view command);

}  // namespace kiosk
