// The books as JSON.
#include "kiosk/report.hpp"

#include "kiosk/card_path/supplies.hpp"

namespace kiosk {

namespace {
using nlohmann::json;

json to_json(const Arithmetic& a) {
    return {{"loaded", a.loaded},     {"found", a.found},       {"issued", a.issued},   {"spoiled", a.spoiled},     {"retained", a.retained},
            {"tested", a.tested},     {"unloaded", a.unloaded}, {"unknown", a.unknown}, {"gone_unwitnessed", a.gone_unwitnessed},
            {"in_machine", a.in_machine}, {"remaining", a.remaining}, {"holds", a.holds()}};
}

json supplies(const Books& books, const Config& config) {
    json loads = json::array();
    for (const auto& load : books.loads())
        loads.push_back({{"id", load.id}, {"hopper", load.hopper}, {"bank", load.bank.value}, {"count", load.count}, {"used", load.used}, {"by", load.by}});
    const auto now = supplies_of(config, books, std::nullopt, std::nullopt);
    json hoppers = json::array();
    for (const auto& unit : now.hoppers) hoppers.push_back({{"hopper", unit.hopper}, {"bank", unit.bank.value}, {"count", unit.count}, {"capacity", unit.capacity}, {"threshold", unit.threshold}, {"replenishment", name_of(unit.replenishment)},
                           {"mismatch", name_of(noted_mismatch(books, unit.hopper))}});
    return {{"loads", loads}, {"hoppers", hoppers}, {"bin", {{"count", now.bin.count}, {"capacity", now.bin.capacity}, {"replenishment", name_of(now.bin.replenishment)}, {"mismatch", name_of(noted_mismatch(books, 0))}}}, {"arithmetic", to_json(books.arithmetic())}};
}

json cards(const Books& books) {
    json rows = json::array();
    for (const auto& card : books.all_cards())
        rows.push_back({{"load", card.key.load}, {"ordinal", card.key.ordinal}, {"hopper", card.hopper}, {"bank", card.bank.value}, {"state", name_of(card.state)},
                        {"application", drivers::hex(card.application.value)}, {"attempt", card.attempt}, {"found", card.found}, {"in_bin", card.in_bin},
                        {"reason", card.reason}});
    return {{"cards", rows}};
}

json outbox(const Books& books) {
    const auto rows = [](const std::vector<OutboxRow>& list) {
        json out = json::array();
        for (const auto& row : list)
            out.push_back({{"seq", row.seq}, {"type", row.type}, {"application", drivers::hex(row.application.value)}, {"attempt", row.attempt}, {"tries", row.tries}});
        return out;
    };
    return {{"waiting", rows(books.outbox())}, {"parked", rows(books.parked())}};
}

json audit(const Books& books) {
    constexpr int most = 50;
    json rows = json::array();
    const auto count = books.audit_count();
    for (const auto& row : books.audit_rows(std::max<std::int64_t>(1, count - most + 1), most))
        rows.push_back({{"seq", row.seq}, {"at", unix_seconds(row.at)}, {"event", row.event}, {"data", json::parse(row.data, nullptr, false)}});
    const auto broken = books.audit_break();
    return {{"count", count}, {"head", drivers::hex(books.audit_head())}, {"chain", broken ? fmt::format("broken at {}", *broken) : "whole"}, {"last", rows}};
}
}  // namespace

std::optional<nlohmann::json> report(const Books& books, const Config& config, std::string_view command) {
    if (command == "supplies") return supplies(books, config);
    if (command == "cards") return cards(books);
    if (command == "outbox") return outbox(books);
    if (command == "audit") return audit(books);
    return std::nullopt;
}

}  // namespace kiosk
