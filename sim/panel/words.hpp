// The one vocabulary of what can be done to the simulated hall: scenarios write these words, the panel's buttons give them, the hall's rig does them.
// A word that is not in this table cannot be on a button.
#pragma once
#include "sim/models/model.hpp"
#include "sim/models/person.hpp"
#include "sim/models/printer_model.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace sim {

enum class Word {
    unplug_printer, plug_printer, take_card, snatch_card, push_foreign_card, provoke, disturb_printer, open_cover, close_cover, clear_path, new_ribbon, empty_bin, refill,
    empty_hopper, put_document, badge, remove_card, scene, kill_pcscd, start_pcscd, restart_pcscd, stop_centre, start_centre, centre_behave, cut_link, mend_link,
    replay_requests, forge_requests, kill_kiosk, power_cut, save_ledger, restore_ledger, citizen_again, stop_playing
};

struct WordRow {
    Word word;
    std::string_view text;   ///< as scenarios write it
    std::string_view value;  ///< what its value says; empty: it has none
    bool by_hand_only;       ///< means something only while a human plays: no scenario uses it
};

inline constexpr std::array<WordRow, 34> word_table{{
    {Word::unplug_printer, "unplug_printer", "", false},
    {Word::plug_printer, "plug_printer", "", false},
    {Word::take_card, "take_card", "", false},
    {Word::snatch_card, "snatch_card", "", false},
    {Word::push_foreign_card, "push_foreign_card", "", false},
    {Word::provoke, "provoke", "a fault of the printer", false},
    {Word::disturb_printer, "disturb_printer", "a disturbance", false},
    {Word::open_cover, "open_cover", "", false},
    {Word::close_cover, "close_cover", "", false},
    {Word::clear_path, "clear_path", "", false},
    {Word::new_ribbon, "new_ribbon", "images left on it; 200", false},
    {Word::empty_bin, "empty_bin", "", false},
    {Word::refill, "refill", "HOPPER;COUNT;BANK, hoppers from 1", true},
    {Word::empty_hopper, "empty_hopper", "HOPPER, from 1", true},
    {Word::put_document, "put_document", "the key of a person of the register", false},
    {Word::badge, "badge", "the id of a member of staff", false},
    {Word::remove_card, "remove_card", "", false},
    {Word::scene, "scene", "KEY=NUMBER; keys: present and scene_knobs", false},
    {Word::kill_pcscd, "kill_pcscd", "", false},
    {Word::start_pcscd, "start_pcscd", "", false},
    {Word::restart_pcscd, "restart_pcscd", "", false},
    {Word::stop_centre, "stop_centre", "", false},
    {Word::start_centre, "start_centre", "", false},
    {Word::centre_behave, "centre_behave", "one of centre_words", false},
    {Word::cut_link, "cut_link", "", false},
    {Word::mend_link, "mend_link", "", false},
    {Word::replay_requests, "replay_requests", "", false},
    {Word::forge_requests, "forge_requests", "", false},
    {Word::kill_kiosk, "kill_kiosk", "milliseconds until it is started again; 300", false},
    {Word::power_cut, "power_cut", "milliseconds until the power is back; 300", false},
    {Word::save_ledger, "save_ledger", "", false},
    {Word::restore_ledger, "restore_ledger", "", false},
    {Word::citizen_again, "citizen_again", "milliseconds until the card is taken, -1 never", false},
    {Word::stop_playing, "stop_playing", "", true},
}};
static_assert([] {
    for (std::size_t i = 0; i < word_table.size(); ++i)
        if (word_table[i].word != static_cast<Word>(i)) return false;
    return word_table.size() == static_cast<std::size_t>(Word::stop_playing) + 1;
}());

[[nodiscard]] constexpr std::string_view name_of(Word word) { return word_table[static_cast<std::size_t>(word)].text; }
[[nodiscard]] constexpr std::optional<Word> word_of(std::string_view text) {
    for (const auto& row : word_table)
        if (row.text == text) return row.word;
    return std::nullopt;
}

/// Every fault of the printer and every disturbance has a button; their words are the models' own.
inline constexpr int printer_fault_count = static_cast<int>(PrinterFault::present_sensor_stuck) + 1;
inline constexpr int disturbance_count = static_cast<int>(Disturbance::unplugged) + 1;

/// How the centre can be told to behave (liqu-central's words; the panel's test compares the two).
inline constexpr std::array<std::string_view, 7> centre_words{"normal", "rubbish", "huge", "drip", "slow", "refuse", "unavailable"};

/// What can be turned at the scene before the camera.
struct SceneKnob {
    std::string_view key;    ///< in `scene KEY=NUMBER`
    const char* label;
    double PersonScene::*value;
    double low, high;
};
inline constexpr std::array<SceneKnob, 6> scene_knobs{{
    {"eye_distance", "nearness", &PersonScene::eye_distance, 30, 260},
    {"x", "sideways", &PersonScene::x, -4, 4},
    {"light", "light", &PersonScene::light, 0.1, 2},
    {"wall_lightness", "wall", &PersonScene::wall_lightness, 0, 1},
    {"wall_shade_left", "shade left", &PersonScene::wall_shade_left, 0, 0.6},
    {"wall_shade_right", "shade right", &PersonScene::wall_shade_right, 0, 0.6},
}};

}  // namespace sim
