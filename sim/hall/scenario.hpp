// A scenario: who comes, how he or she behaves, what happens to the machine meanwhile, and how it must end. Files: sim/scenarios/*.toml.
#pragma once
#include "sim/models/person.hpp"

#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sim {

struct HopperSetup {
    std::string bank = "bank_a";
    int blanks = 20;
    int dead_at = 0;        ///< the n-th blank has a dead chip (0: none)
    int other_bank_at = 0;  ///< the n-th blank is of another bank
    std::string generation = "2.00";  ///< of the blanks: "1.00", "2.00" (both with 3DES) or "3.00" (SM4, speaks T=1)
};

struct CitizenPlan {
    std::string person = "p01";
    int touch_pause_ms = 40;
    bool consents = true;
    std::string mobile = "13800001234", bank, pin = "274905", language = "zh";
    int takes_card_after_ms = 700;  ///< once it is in the slot; -1: never
    std::string walks_away_at;      ///< at this screen nothing is touched any more
    bool leaves_document = false;
    std::string child;                ///< key of the child for whom he comes; empty: for himself
    std::string relation = "mother";  ///< to that child
    bool types_zone = false;          ///< types what the zone says instead of holding it before the camera
    std::string flaw = "none";        ///< of the passport: a word of PassportFlaw
    std::string errand = "card";      ///< what he comes for: "card", or "status" of one
    std::string pinyin;               ///< syllables of the name that is typed; empty: typed by code
};

/// When: "start", "screen:NAME", "printer:COMMAND" (as received), "place:none|feeder|chip|print|path|bezel|jammed", "event:N" (after the n-th event, from 1), "second"
/// (the second person comes).
struct Happening {
    std::string when;
    int count = 1;      ///< at the n-th time
    int after_ms = 0;
    std::string act;    ///< a word of sim/panel/words.hpp: the hall's table or the story's own
    std::string value;  ///< fits that word
};

struct Expectation {
    std::vector<std::string> screens;   ///< must be seen in this order (others may lie between)
    std::vector<std::string> not_seen;
    std::vector<std::string> guidances; ///< told to the person before the camera, in this order (others may lie between)
    std::optional<int> photo_within_ms; ///< from the camera's screen to the first photograph
    std::optional<std::string> fault;   ///< code of the last trouble screen; "" for none at all
    std::optional<std::string> standing;
    std::map<std::string, int> cards;   ///< ledger: state -> how many
    std::optional<int> active, handed_out, in_bin, disputes, parked, applications;
    std::optional<std::string> last_outcome;  ///< at the centre
    std::map<std::string, int> refusals;      ///< at the centre: at least so many
    std::optional<bool> path_open;
    std::vector<std::string> audit;     ///< events that must be written
};

struct Scenario {
    std::string name, title;
    CitizenPlan citizen;
    std::optional<CitizenPlan> second;  ///< comes after the first has gone (same or another kiosk)
    PersonScene scene;
    std::vector<HopperSetup> hoppers{{}, {.bank = "bank_b", .blanks = 20}};
    int ribbon = 150;
    bool card_inside = false, enrolled = true, certificates = false;  ///< certificates: the centre writes them, too
    int lease_seconds = 300;
    std::string stop_after;             ///< the centre dies after committing this message
    int present_timeout_ms = 15'000, idle_scale = 1, limit_s = 120;
    double speed = 1;                   ///< least speed at which it is run by the suite
    std::vector<Happening> happenings;
    Expectation expect;
};

/// A sentence with the file's name when a key, a word or a word's value is not known.
[[nodiscard]] std::expected<Scenario, std::string> load_scenario(const std::filesystem::path& file);

}  // namespace sim
