// The operators' commands as JSON, the same for the running server (POST /operator) and for the command line that opens the file itself.
#pragma once
#include "sim/central/central.hpp"

#include <nlohmann/json.hpp>

namespace sim {

/// {"command":"report"} gives Central::report. "enrol" (kiosk, key), "resolve" (dispute, verdict, names[2]), "activate" (application, staff), "park" (application, reason),
/// "accept-ledger" (kiosk, names[2]) give {"done":true} or {"error":"..."}; park also {"dispute":N}. Never throws on any JSON.
[[nodiscard]] nlohmann::json operate(Central& central, const nlohmann::json& command);

}  // namespace sim
