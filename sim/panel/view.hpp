// What the panel shows and what it gives back: plain values. The hall fills a PanelView, draw_panel draws it and returns the acts that were pressed.
#pragma once
#include "sim/panel/words.hpp"

#include <array>
#include <string>
#include <vector>

namespace sim {

struct PanelReader {
    std::string name, holds;  ///< holds: what lies on it, as a person would say it; empty: nothing
    bool operator==(const PanelReader&) const = default;
};

struct PanelHopper {
    std::string bank;  ///< of the next blank, or as configured
    int blanks = 0, capacity = 100;
    bool operator==(const PanelHopper&) const = default;
};

struct PanelPrinter {
    bool plugged = false, cover_open = false, moving = false;
    Place place = Place::none;
    std::string inside;                  ///< the card that it holds; empty: none
    std::vector<PanelHopper> hoppers;
    int in_bin = 0, bin_capacity = 25, ribbon = 0;
    std::vector<std::string> commands;   ///< the last ones, newest last: "> Sis" from the kiosk, "< OK" to it
    std::string door = "closed";         ///< the cabinet's: one of door_words
    Disturbance disturbance = Disturbance::none;
    std::vector<std::string> provoked;   ///< faults asked for since the last "none"
    bool operator==(const PanelPrinter&) const = default;
};

struct PanelScene {
    PersonScene person;
    int films = 0;        ///< connections of the camera
    std::string camera = "none";  ///< its trouble, as disturb_camera says it
    bool page = false;            ///< a document is held before it
    bool operator==(const PanelScene&) const = default;
};

struct PanelCentre {
    bool running = false, link_cut = false;
    int port = 0;
    std::string behaviour = "normal";
    std::size_t requests = 0;  ///< remembered by the relay
    bool operator==(const PanelCentre&) const = default;
};

struct PanelKiosk {
    bool running = false, returning = false;  ///< returning: it is started again in a moment
    bool ledger_kept = false;                 ///< an older copy can be laid back
    std::string id, path, screen, language;   ///< path: open, busy, closed ..., empty: not known
    std::string closed_by;                    ///< the fault that closed the card path
    std::string ended;                        ///< how it ended, when it was not the panel that ended it
    bool operator==(const PanelKiosk&) const = default;
};

struct PanelCitizen {
    bool playing = false, has_card = false, gone = false;
    std::string key, person;  ///< who plays, or would
    int touches = 0;
    bool operator==(const PanelCitizen&) const = default;
};

struct PanelPerson {
    std::string key, name, standing;
    std::string kind = "resident_id";  ///< of the document
    bool ecard = false;                ///< on the telephone
    [[nodiscard]] bool has_passport() const { return kind == "passport" || kind == "travel_permit"; }
    [[nodiscard]] bool has_page() const { return has_passport() || ecard || kind == "temporary_id" || kind == "household_register"; }
    bool operator==(const PanelPerson&) const = default;
};

struct PanelBadge {
    std::string id, name, role, pin;
    bool operator==(const PanelBadge&) const = default;
};

struct PanelView {
    PanelReader id_reader, chip_station;
    bool readers_served = false;  ///< the PC/SC daemon runs
    PanelPrinter printer;
    PanelScene scene;
    PanelCentre centre;
    PanelKiosk kiosk;
    PanelCitizen citizen;
    std::vector<std::string> handed_out;  ///< cards in people's hands, newest last
    std::vector<std::string> banks;       ///< whose blanks can be loaded
    std::vector<PanelPerson> people;      ///< whose documents can be laid down
    std::vector<PanelBadge> badges;
    std::vector<std::string> trace;       ///< the last lines, newest last
    bool operator==(const PanelView&) const = default;
};

inline constexpr std::size_t panel_trace_lines = 4, panel_command_lines = 6;

struct PanelAct {
    std::string word, value;  ///< a happening's "do" and "value"
    bool operator==(const PanelAct&) const = default;
};

/// What was on offer in the last drawing: where, and what it would have given.
struct PanelOffer {
    PanelAct act;             ///< a slider's value is given without the number: "x="
    float left = 0, top = 0, right = 0, bottom = 0;
    bool enabled = true;
    bool slider = false;
};

/// What the panel remembers from drawing to drawing: nothing of the hall.
struct PanelState {
    std::string person;       ///< chosen in the list
    std::array<char, 32> filter{};
    bool shown_once = false;  ///< the list was scrolled to whom the view names
    std::vector<PanelOffer> offers;
    float hidden = 0;         ///< pixels of the longer column that did not fit: it scrolls
};

/// Draws the whole panel into the current ImGui frame (any context, no backend needed), filling the display. Texts must already be legible (PanelFonts::legible).
[[nodiscard]] std::vector<PanelAct> draw_panel(const PanelView& view, PanelState& state);

}  // namespace sim
