// Operators' commands: JSON in, one call of Central, JSON out.
#include "sim/central/operator_desk.hpp"
#include "sim/central/codec.hpp"

namespace sim {
namespace {

using Json = nlohmann::json;

std::string text(const Json& command, const char* key) {
    return command.contains(key) && command[key].is_string() ? command[key].get<std::string>() : std::string();
}

std::string name(const Json& command, std::size_t i) {
    const auto names = command.value("names", Json::array());
    return names.is_array() && names.size() == 2 && names[i].is_string() ? names[i].get<std::string>() : std::string();
}

Json said(const std::expected<void, std::string>& done) {
    if (!done) return {{"error", done.error()}};
    return {{"done", true}};
}

}  // namespace

nlohmann::json operate(Central& central, const Json& command) {
    if (!command.is_object()) return {{"error", "a command is an object"}};
    const auto word = text(command, "command");
    if (word == "report") return Json::parse(central.report());
    if (word == "enrol") {
        const auto key = from_hex(text(command, "key"));
        return key ? said(central.enrol(text(command, "kiosk"), *key)) : Json{{"error", "the key is no hex"}};
    }
    if (word == "accept-ledger") return said(central.accept_ledger(text(command, "kiosk"), name(command, 0), name(command, 1)));
    if (word == "resolve") {
        const auto verdict = text(command, "verdict");
        if (verdict != "void_card" && verdict != "activate") return {{"error", "the verdict is void_card or activate"}};
        const auto id = command.contains("dispute") && command["dispute"].is_number_integer() ? command["dispute"].get<std::int64_t>() : 0;
        return said(central.resolve_dispute(id, verdict == "activate" ? Verdict::activate : Verdict::void_card, name(command, 0), name(command, 1)));
    }
    const auto application = from_hex(text(command, "application"));
    if (!application || application->empty()) return {{"error", "unknown command, or no application in hex"}};
    if (word == "activate") return said(central.activate_by_staff(*application, text(command, "staff")));
    if (word == "park") {
        const auto id = central.park(*application, text(command, "reason"));
        if (!id) return {{"error", id.error()}};
        return {{"done", true}, {"dispute", *id}};
    }
    return {{"error", "unknown command"}};
}

}  // namespace sim
