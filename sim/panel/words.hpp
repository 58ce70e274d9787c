// The one vocabulary of what can be done to the simulated hall: scenarios write these words, the panel's buttons give them, the hall's rig does them.
// A word that is not in this table cannot be on a button, and a scenario that uses it is refused when it is loaded; so is a value that does not fit.
#pragma once
#include "sim/models/model.hpp"
#include "sim/models/passport.hpp"
#include "sim/models/printer_model.hpp"
#include "sim/panel/knobs.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace sim {

enum class Word {
    unplug_printer, plug_printer, take_card, snatch_card, push_foreign_card, provoke, disturb_printer, open_cover, close_cover, door, clear_path, new_ribbon, empty_bin, refill,
    empty_hopper, put_document, show_page, badge, remove_card, scene, disturb_camera, kill_pcscd, start_pcscd, restart_pcscd, stop_centre, start_centre, centre_behave, cut_link,
    mend_link, replay_requests, forge_requests, kill_kiosk, power_cut, save_ledger, restore_ledger, citizen_again, stop_playing
};

/// Every fault of the printer and every disturbance has a button; their words are the models' own.
inline constexpr int printer_fault_count = static_cast<int>(PrinterFault::present_sensor_stuck) + 1;
inline constexpr int disturbance_count = static_cast<int>(Disturbance::unplugged) + 1;
/// The camera's own fault word beside the disturbances: a covered lens.
inline constexpr std::string_view camera_black = "black";

/// How the centre can be told to behave (liqu-central's words; the panel's test compares the two).
inline constexpr std::array<std::string_view, 7> centre_words{"normal", "rubbish", "huge", "drip", "slow", "refuse", "unavailable"};

/// How the cabinet's door can be: the last is its contact's cable, pulled.
inline constexpr std::array<std::string_view, 3> door_words{"closed", "open", "unplugged"};

// ---- values ----

struct HopperLoad {
    int hopper = 0, count = 0;  ///< hopper from 1
    std::string_view bank;
};
/// "2;20;bank_a"
[[nodiscard]] inline std::optional<HopperLoad> hopper_load_of(std::string_view text) {
    const auto first = text.find(';'), second = text.find(';', first == text.npos ? first : first + 1);
    if (second == text.npos) return std::nullopt;
    const auto hopper = number_of<int>(text.substr(0, first)), count = number_of<int>(text.substr(first + 1, second - first - 1));
    const auto bank = text.substr(second + 1);
    if (!hopper || *hopper < 1 || !count || *count < 1 || bank.empty()) return std::nullopt;
    return HopperLoad{*hopper, *count, bank};
}

struct DocumentChoice {
    std::string_view key, flaw;  ///< flaw: a word of PassportFlaw
};
/// "p40;cloned", "p40"
[[nodiscard]] inline DocumentChoice document_choice_of(std::string_view text) {
    const auto cut = text.find(';');
    return cut == text.npos ? DocumentChoice{text, "none"} : DocumentChoice{text.substr(0, cut), text.substr(cut + 1)};
}

/// What a word's value may be. Whether a person, a badge or a hopper of that name exists is known to the hall alone.
namespace fits {
[[nodiscard]] inline bool nothing(std::string_view v) { return v.empty(); }
[[nodiscard]] inline bool something(std::string_view v) { return !v.empty(); }
[[nodiscard]] inline bool anything(std::string_view) { return true; }
[[nodiscard]] inline bool amount(std::string_view v) { return v.empty() || number_of<int>(v).value_or(-1) >= 0; }
[[nodiscard]] inline bool amount_or_never(std::string_view v) { return amount(v) || v == "-1"; }
[[nodiscard]] inline bool hopper(std::string_view v) { return number_of<int>(v).value_or(0) >= 1; }
[[nodiscard]] inline bool load(std::string_view v) { return hopper_load_of(v).has_value(); }
[[nodiscard]] inline bool printer_fault(std::string_view v) { return printer_fault_of(v).has_value(); }
[[nodiscard]] inline bool disturbance(std::string_view v) { return disturbance_of(v).has_value(); }
[[nodiscard]] inline bool camera_trouble(std::string_view v) { return v == camera_black || disturbance(v); }
[[nodiscard]] inline bool knob(std::string_view v) {
    PersonScene scene;
    return turn_knob(scene, v);
}
[[nodiscard]] inline bool document(std::string_view v) { return passport_flaw_of(document_choice_of(v).flaw).has_value(); }
[[nodiscard]] inline bool page(std::string_view v) { return v.empty() || document(v); }
[[nodiscard]] inline bool door(std::string_view v) { return std::ranges::find(door_words, v) != door_words.end(); }
[[nodiscard]] inline bool behaviour(std::string_view v) { return std::ranges::find(centre_words, v) != centre_words.end(); }
}  // namespace fits

// ---- the table ----

struct WordRow {
    Word word;
    std::string_view text;   ///< as scenarios write it
    std::string_view value;  ///< what its value says; empty: it has none
    bool (*fits)(std::string_view value);
};

inline constexpr std::array<WordRow, 37> word_table{{
    {Word::unplug_printer, "unplug_printer", "", fits::nothing},
    {Word::plug_printer, "plug_printer", "", fits::nothing},
    {Word::take_card, "take_card", "", fits::nothing},
    {Word::snatch_card, "snatch_card", "", fits::nothing},
    {Word::push_foreign_card, "push_foreign_card", "", fits::nothing},
    {Word::provoke, "provoke", "a fault of the printer", fits::printer_fault},
    {Word::disturb_printer, "disturb_printer", "a disturbance", fits::disturbance},
    {Word::open_cover, "open_cover", "", fits::nothing},
    {Word::close_cover, "close_cover", "", fits::nothing},
    {Word::door, "door", "one of door_words", fits::door},
    {Word::clear_path, "clear_path", "", fits::nothing},
    {Word::new_ribbon, "new_ribbon", "images left on it; 200", fits::amount},
    {Word::empty_bin, "empty_bin", "", fits::nothing},
    {Word::refill, "refill", "HOPPER;COUNT;BANK, hoppers from 1", fits::load},
    {Word::empty_hopper, "empty_hopper", "HOPPER, from 1", fits::hopper},
    {Word::put_document, "put_document", "KEY or KEY;FLAW: a person of the register, and what is wrong with the passport (none, cloned ...); who comes", fits::document},
    {Word::show_page, "show_page", "as put_document: the page is held before the camera; nothing: it is taken away", fits::page},
    {Word::badge, "badge", "the id of a member of staff", fits::something},
    {Word::remove_card, "remove_card", "", fits::nothing},
    {Word::scene, "scene", "KEY=VALUE; keys and values as sim/panel/knobs.hpp has them", fits::knob},
    {Word::disturb_camera, "disturb_camera", "a disturbance, or black: a covered lens; none: it is well again", fits::camera_trouble},
    {Word::kill_pcscd, "kill_pcscd", "", fits::nothing},
    {Word::start_pcscd, "start_pcscd", "", fits::nothing},
    {Word::restart_pcscd, "restart_pcscd", "", fits::nothing},
    {Word::stop_centre, "stop_centre", "", fits::nothing},
    {Word::start_centre, "start_centre", "", fits::nothing},
    {Word::centre_behave, "centre_behave", "one of centre_words", fits::behaviour},
    {Word::cut_link, "cut_link", "", fits::nothing},
    {Word::mend_link, "mend_link", "", fits::nothing},
    {Word::replay_requests, "replay_requests", "", fits::nothing},
    {Word::forge_requests, "forge_requests", "", fits::nothing},
    {Word::kill_kiosk, "kill_kiosk", "milliseconds until it is started again; 300", fits::amount},
    {Word::power_cut, "power_cut", "milliseconds until the power is back; 300", fits::amount},
    {Word::save_ledger, "save_ledger", "", fits::nothing},
    {Word::restore_ledger, "restore_ledger", "", fits::nothing},
    {Word::citizen_again, "citizen_again", "milliseconds until the card is taken, -1 never; as the citizen does", fits::amount_or_never},
    {Word::stop_playing, "stop_playing", "", fits::nothing},
}};
static_assert([] {
    for (std::size_t i = 0; i < word_table.size(); ++i)
        if (word_table[i].word != static_cast<Word>(i)) return false;
    return word_table.size() == static_cast<std::size_t>(Word::stop_playing) + 1;
}());

[[nodiscard]] constexpr const WordRow& row_of(Word word) { return word_table[static_cast<std::size_t>(word)]; }
[[nodiscard]] constexpr std::string_view name_of(Word word) { return row_of(word).text; }
[[nodiscard]] constexpr std::optional<Word> word_of(std::string_view text) {
    for (const auto& row : word_table)
        if (row.text == text) return row.word;
    return std::nullopt;
}

/// What only a story can say, beside the table: fingers at the screen, walking to the next kiosk, letting time pass.
struct StoryWordRow {
    std::string_view text, value;
    bool (*fits)(std::string_view value);
};
inline constexpr std::array<StoryWordRow, 4> story_words{{
    {"touch", "what is touched, by its name on the screen", fits::something},
    {"type", "digits; the entry is confirmed", fits::something},
    {"second_kiosk", "", fits::nothing},
    {"nothing", "", fits::nothing},
}};

}  // namespace sim
