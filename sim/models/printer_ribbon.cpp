// Winding and tag. Half-panel and mono kinds as in evolis-commands.md (Pr, Dbp).
#include "sim/models/printer_ribbon.hpp"

#include <algorithm>
#include <array>

namespace sim {
namespace {

struct Kind {
    std::string_view type, panels;
    bool half;
};
constexpr std::array kinds{Kind{"ymcko", "ymcko", false}, Kind{"ymckok", "ymckok", false}, Kind{"ymckos", "ymcko", true}, Kind{"ko", "ko", false}, Kind{"k", "k", false}, Kind{"kb", "k", false}};

bool same(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}
const Kind* kind_of(std::string_view type) {
    const auto found = std::ranges::find_if(kinds, [&](const Kind& k) { return same(k.type, type); });
    return found == kinds.end() ? nullptr : &*found;
}

}  // namespace

std::string_view panels_of_ribbon(std::string_view type) {
    const Kind* kind = kind_of(type);
    return kind ? kind->panels : std::string_view{};
}
bool half_panels(std::string_view type) {
    const Kind* kind = kind_of(type);
    return kind && kind->half;
}

Ribbon::Ribbon(const PrinterSetup& setup)
    : type_(setup.ribbon_type), capacity_(setup.ribbon_capacity), remaining_(setup.ribbon_remaining), position_(panels_of_ribbon(type_).size()), quirks_(setup.quirks) {}

bool Ribbon::wind_to(char panel, bool new_card, std::string_view wanted) {
    if (type_.empty() || ended_ || !same(type_, wanted)) return false;
    const std::string_view panels = panels_of_ribbon(type_);
    std::size_t found = new_card ? panels.npos : panels.find(panel, position_);
    if (found == panels.npos) {  // the rest of this set is wasted: a ribbon runs one way
        found = panels.find(panel);
        if (found == panels.npos || remaining_ <= 0) return false;
        --remaining_;
    }
    position_ = found + 1;
    return true;
}

void Ribbon::put_in(std::string type, int remaining) {
    type_ = std::move(type);
    remaining_ = remaining;
    position_ = panels_of_ribbon(type_).size();
    ended_ = false;
    hidden_ = quirks_.zero_until_cover;
}

std::optional<std::string> Ribbon::tag(std::string_view what, int zone) {
    if (what == "type" || what == "label") return type_;
    if (what == "ref") return "R5F" + std::to_string(type_.size()) + "08S14";
    if (what == "k7") return "0000417";
    if (what == "date") return "2026-01";
    if (what != "qty" && what != "count" && what != "zone") return std::nullopt;
    if (quirks_.ok_for_number > 0) {
        --quirks_.ok_for_number;
        return "OK";
    }
    if (what == "qty") return std::to_string(capacity_);
    if (what == "zone") return std::to_string(zone);
    if (hidden_) return "0";
    return std::to_string(used_up() && quirks_.exhausted_reads_low ? shown_when_exhausted : remaining_);
}

}  // namespace sim
