// The state machine of a card as data: names, ends, and which state may follow which.
#include "kiosk/ledger/books.hpp"

namespace kiosk {

namespace {
using enum CardState;

struct StateRow {
    CardState state;
    std::string_view name;
    std::initializer_list<CardState> next;
};
// A card may be lost from sight in any state before its end (unknown), and is spoiled in any state in which it lies inside before it was
// presented. `unknown` ends, too, but two persons may find out: the card is destroyed or in the bin (spoiled), or lost for good (unknown).
constexpr StateRow rows[] = {
    {authorised, "authorised", {fed, unknown, unloaded}},
    {fed, "fed", {identified, spoiled, unknown, tested}},
    {identified, "identified", {encoding, spoiled, unknown, tested}},
    {encoding, "encoding", {encoded, spoiled, unknown}},
    {encoded, "encoded", {verified, spoiled, unknown}},
    {verified, "verified", {printing, spoiled, unknown}},
    {printing, "printing", {printed, spoiled, unknown, tested}},
    {printed, "printed", {presented, inside, spoiled, unknown, tested}},
    {presented, "presented", {issued, retracting, inside, gone_unwitnessed, unknown}},
    {retracting, "retracting", {inside, issued, gone_unwitnessed, unknown}},
    {inside, "inside", {retained, unknown}},
    {issued, "issued", {}},
    {retained, "retained", {}},
    {spoiled, "spoiled", {}},
    {gone_unwitnessed, "gone_unwitnessed", {}},
    {unknown, "unknown", {spoiled, unknown}},
    {tested, "tested", {}},
    {unloaded, "unloaded", {}},
};
constexpr bool complete() {
    std::size_t i = 0;
    for (const auto& row : rows)
        if (row.state != static_cast<CardState>(i++)) return false;
    return i == static_cast<std::size_t>(unloaded) + 1;
}
static_assert(complete(), "one row for each state, in the order of the enumerators");
constexpr bool every_way_ends() {
    for (const auto& row : rows)
        if (row.state < issued && std::ranges::find(row.next, unknown) == row.next.end()) return false;
    return true;
}
static_assert(every_way_ends(), "a card that cannot be proven can be booked unknown from wherever it was");

constexpr std::string_view act_names[] = {"feed", "encode", "set_pin", "print", "present", "retract", "reject"};
static_assert(std::size(act_names) == static_cast<std::size_t>(ActKind::reject) + 1);
}  // namespace

std::string_view name_of(CardState state) { return rows[static_cast<std::size_t>(state)].name; }
std::string_view name_of(ActKind act) { return act_names[static_cast<std::size_t>(act)]; }

std::optional<CardState> card_state_of(std::string_view name) {
    for (const auto& row : rows)
        if (row.name == name) return row.state;
    return std::nullopt;
}

bool is_end(CardState state) { return state >= issued; }

bool may_follow(CardState from, CardState to) {
    const auto& next = rows[static_cast<std::size_t>(from)].next;
    return std::ranges::find(next, to) != next.end();
}

}  // namespace kiosk
