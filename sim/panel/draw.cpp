// The panel from top to bottom: left what people do and where they stand, right the machine and what carries it, below what happened.
#include "sim/panel/sheet.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace sim {

namespace {
constexpr float header_height = 46, margin = 14, list_height = 80;
constexpr int blanks_in_a_pack = 20, full_ribbon = 200, knob_columns = 3;
constexpr float choice_width = 117;

const char* words_of(Place place) {
    switch (place) {
        case Place::none: return "no card inside";
        case Place::feeder: return "card in the feeder";
        case Place::chip: return "card at the chip station";
        case Place::print: return "card under the print head";
        case Place::path: return "card in the path";
        case Place::bezel: return "card in the slot";
        case Place::jammed: return "card jammed";
    }
    return "";
}

void person_in_front(Sheet& sheet, const PanelView& view) {
    const auto& scene = view.scene.person;
    const auto& trouble = view.scene.camera;
    sheet.begin_card("Before the camera", trouble != name_of(Disturbance::none) ? Mark::attention : scene.present ? Mark::well : Mark::rest,
                     fmt::format("{} · {}", scene.present ? "somebody stands there" : "nobody stands there", view.scene.films > 0 ? "the kiosk films" : "nobody films"));
    sheet.row("person");
    sheet.button(Word::scene, "Stands there", "present=1", scene.present ? Look::chosen : Look::choice);
    sheet.button(Word::scene, "Walks away", "present=0", scene.present ? Look::choice : Look::chosen);
    const auto either = [&](const SceneSwitch& knob) {
        const bool on = scene.*knob.value;
        sheet.button(Word::scene, knob.label, fmt::format("{}={}", knob.key, on ? 0 : 1), on ? Look::chosen : Look::choice);
    };
    constexpr std::size_t about_persons = 3;  // how many of the switches come first: present has its own two buttons
    for (std::size_t i = 1; i < about_persons; ++i) either(scene_switches[i]);
    // A press gives the next of the few.
    sheet.row("looks");
    for (const auto& choice : scene_choices) {
        const int now = chosen_of(scene, choice);
        sheet.button(Word::scene, fmt::format("{}: {}", choice.label, choice.names[static_cast<std::size_t>(now)]), fmt::format("{}={}", choice.key, (now + 1) % choice.count), Look::plain, true,
                     choice_width);
    }
    sheet.row("and");
    for (std::size_t i = about_persons; i < scene_switches.size(); ++i) either(scene_switches[i]);
    for (std::size_t i = 0; i < scene_knobs.size(); ++i) sheet.slider(scene_knobs[i], scene, static_cast<int>(i % knob_columns), knob_columns);
    sheet.row("camera");
    const auto camera = [&](std::string_view word) { sheet.button(Word::disturb_camera, std::string(word), std::string(word), word == trouble ? Look::chosen : Look::choice); };
    for (int i = 0; i < disturbance_count; ++i) camera(name_of(static_cast<Disturbance>(i)));
    camera(camera_black);
    sheet.end_card();
}

bool passes(const PanelPerson& person, const char* filter) { return person.key.find(filter) != std::string::npos || person.standing.find(filter) != std::string::npos; }

void list_of_people(const PanelView& view, PanelState& state) {
    ImGui::PushStyleColor(ImGuiCol_ChildBg, ink::paper);
    ImGui::BeginChild("people", {ImGui::GetContentRegionAvail().x - card_padding, list_height}, false, ImGuiWindowFlags_AlwaysVerticalScrollbar);
    const float width = ImGui::GetContentRegionAvail().x;
    if (state.person.empty()) state.person = view.citizen.key;
    for (const auto& person : view.people) {
        if (!passes(person, state.filter.data())) continue;
        const bool chosen = person.key == state.person;
        const float left = ImGui::GetCursorPosX() + 6;
        if (ImGui::Selectable(("##" + person.key).c_str(), chosen)) state.person = person.key;
        if (chosen && !state.shown_once) ImGui::SetScrollHereY(0), state.shown_once = true;
        ImGui::SameLine(left);
        ImGui::TextUnformatted(chosen ? "●" : " ");
        ImGui::SameLine(left + 22);
        ImGui::TextUnformatted(person.name.c_str());
        ImGui::PushStyleColor(ImGuiCol_Text, ink::quiet);
        ImGui::SameLine(left + width * 0.50F);
        ImGui::TextUnformatted(person.key.c_str());
        ImGui::SameLine(left + width * 0.77F);
        ImGui::TextUnformatted(person.standing.c_str());
        ImGui::PopStyleColor();
    }
    ImGui::EndChild();
    ImGui::PopStyleColor();
}

void id_reader(Sheet& sheet, const PanelView& view, PanelState& state) {
    const auto& holds = view.id_reader.holds;
    sheet.begin_card("ID reader", holds.empty() ? Mark::rest : Mark::well, holds.empty() ? "nothing on it" : holds);
    sheet.row("people");
    ImGui::SetNextItemWidth(230);
    ImGui::InputTextWithHint("##filter", "key or standing", state.filter.data(), state.filter.size());
    list_of_people(view, state);
    const auto chosen = std::ranges::find(view.people, state.person, &PanelPerson::key);
    sheet.row("document");
    sheet.button(Word::put_document, "Lay down: " + (chosen == view.people.end() ? "nobody chosen" : chosen->name), state.person, Look::plain, chosen != view.people.end());
    sheet.button(Word::remove_card, "Take it away", {}, Look::plain, !holds.empty());
    const bool somebody = chosen != view.people.end();
    if (somebody && chosen->has_passport()) {
        sheet.row("not genuine");
        for (int flaw = 1; flaw <= static_cast<int>(PassportFlaw::cloned); ++flaw) {
            const auto word = name_of(static_cast<PassportFlaw>(flaw));
            sheet.button(Word::put_document, std::string(word), fmt::format("{};{}", state.person, word));
        }
    }
    if (view.scene.page || (somebody && chosen->has_page())) {
        sheet.row("page");
        sheet.button(Word::show_page, "Hold it before the camera", state.person, Look::plain, somebody && chosen->has_page());
        sheet.button(Word::show_page, "Take the page away", {}, Look::plain, view.scene.page);
    }
    sheet.row("badge");
    for (const auto& badge : view.badges) sheet.button(Word::badge, fmt::format("{} {} PIN {}", badge.name, badge.role, badge.pin), badge.id);
    sheet.end_card();
}

void card_slot(Sheet& sheet, const PanelView& view) {
    const bool out = view.printer.place == Place::bezel;
    const auto given = view.handed_out.empty() ? std::string("none handed out") : fmt::format("{} handed out, last: {}", view.handed_out.size(), view.handed_out.back());
    sheet.begin_card("Card slot", out ? Mark::attention : Mark::rest, fmt::format("{} · {}", out ? "a card waits to be taken" : "empty", given));
    sheet.row("hands");
    sheet.button(Word::take_card, "Take the card", {}, Look::plain, out);
    sheet.button(Word::snatch_card, "Snatch it moving back");
    sheet.button(Word::push_foreign_card, "Push a foreign card in");
    sheet.end_card();
}

void citizen(Sheet& sheet, const PanelView& view) {
    const auto& c = view.citizen;
    const auto doing = !c.playing ? fmt::format("you play, at the kiosk's window · {} could", c.person)
                                  : fmt::format("{} plays · {} touches{}{}", c.person, c.touches, c.has_card ? " · has the card" : "", c.gone ? " · has gone" : "");
    sheet.begin_card("Citizen", c.playing ? Mark::well : Mark::rest, doing);
    sheet.row("finger");
    sheet.button(Word::citizen_again, "Play the citizen", {}, Look::plain);
    sheet.button(Word::citizen_again, "Play, leave the card", "-1");
    sheet.button(Word::stop_playing, "Stop playing", {}, Look::plain, c.playing);
    sheet.end_card();
}

std::string status_of(const PanelPrinter& p) {
    if (!p.plugged) return "its cable is out";
    return fmt::format("{}{}{}", words_of(p.place), p.moving ? ", moving" : "", fmt::format("{}{}", p.cover_open ? " · cover open" : "", p.door == "closed" ? "" : " · cabinet door " + p.door));
}

void supplies(Sheet& sheet, const PanelView& view) {
    const auto& p = view.printer;
    for (std::size_t i = 0; i < p.hoppers.size(); ++i) {
        const auto& hopper = p.hoppers[i];
        const auto number = std::to_string(i + 1);
        sheet.row(("hopper " + number).c_str());
        sheet.bar(static_cast<float>(hopper.blanks) / static_cast<float>(std::max(1, hopper.capacity)), hopper.blanks == 0 ? std::string("▲ empty") : fmt::format("{} {}", hopper.blanks, hopper.bank));
        for (const auto& bank : view.banks)
            sheet.button(Word::refill, fmt::format("+{} {}", blanks_in_a_pack, bank), fmt::format("{};{};{}", number, blanks_in_a_pack, bank), Look::plain, hopper.blanks + blanks_in_a_pack <= hopper.capacity);
        sheet.button(Word::empty_hopper, "Empty", number, Look::plain, hopper.blanks > 0);
    }
    sheet.row("supplies");
    sheet.button(Word::new_ribbon, fmt::format("New ribbon (has {})", p.ribbon), std::to_string(full_ribbon));
    sheet.button(Word::empty_bin, fmt::format("Empty the bin (has {} of {})", p.in_bin, p.bin_capacity));
}

void printer(Sheet& sheet, const PanelView& view) {
    const auto& p = view.printer;
    const bool wrong = !p.plugged || p.cover_open || p.door != "closed" || p.place == Place::jammed;
    sheet.begin_card("Card printer", wrong ? Mark::stop : p.moving ? Mark::attention : Mark::well, status_of(p));
    sheet.quiet("inside: " + (p.inside.empty() ? "nothing" : p.inside));
    supplies(sheet, view);
    sheet.row("hands");
    sheet.button(Word::open_cover, "Open the cover", {}, Look::plain, !p.cover_open);
    sheet.button(Word::close_cover, "Close the cover", {}, Look::plain, p.cover_open);
    sheet.button(Word::clear_path, "Clear the path");
    sheet.button(Word::unplug_printer, "Pull USB", {}, Look::breaks, p.plugged);
    sheet.button(Word::plug_printer, "Plug USB in", {}, Look::plain, !p.plugged);
    sheet.row("door");
    for (const auto word : door_words) sheet.button(Word::door, word == "unplugged" ? "contact pulled" : std::string(word), std::string(word), p.door == word ? Look::chosen : Look::choice);
    sheet.row("fault");
    for (int i = 0; i < printer_fault_count; ++i) {
        const std::string word(name_of(static_cast<PrinterFault>(i)));
        sheet.button(Word::provoke, word, word, std::ranges::find(p.provoked, word) != p.provoked.end() ? Look::chosen : Look::choice);
    }
    sheet.row("answers");
    for (int i = 0; i < disturbance_count; ++i) {
        const auto d = static_cast<Disturbance>(i);
        sheet.button(Word::disturb_printer, std::string(name_of(d)), std::string(name_of(d)), d == p.disturbance ? Look::chosen : Look::choice);
    }
    std::string said;
    for (const auto& command : p.commands) said += (said.empty() ? "" : "   ") + command;
    sheet.quiet(said.empty() ? "nothing was said to it yet" : said);
    sheet.end_card();
}

void readers(Sheet& sheet, const PanelView& view) {
    const auto chip = view.chip_station.holds.empty() ? std::string("no card at the chip station") : "at the chip station: " + view.chip_station.holds;
    sheet.begin_card("Card readers", view.readers_served ? Mark::well : Mark::stop, fmt::format("{} · {}", view.readers_served ? "pcscd runs" : "pcscd is dead", chip));
    sheet.row("daemon");
    sheet.button(Word::kill_pcscd, "Kill pcscd", {}, Look::breaks, view.readers_served);
    sheet.button(Word::start_pcscd, "Start it", {}, Look::plain, !view.readers_served);
    sheet.button(Word::restart_pcscd, "Restart it");
    sheet.end_card();
}

void centre(Sheet& sheet, const PanelView& view) {
    const auto& c = view.centre;
    const auto state = c.running ? fmt::format("runs on port {}", c.port) : std::string("is dead");
    sheet.begin_card("Centre", !c.running ? Mark::stop : c.link_cut || c.behaviour != "normal" ? Mark::attention : Mark::well,
                     fmt::format("{} · link {} · {} requests kept", state, c.link_cut ? "cut" : "whole", c.requests));
    sheet.row("process");
    sheet.button(Word::stop_centre, "Kill the centre", {}, Look::breaks, c.running);
    sheet.button(Word::start_centre, "Start it", {}, Look::plain, !c.running);
    sheet.button(Word::cut_link, "Cut the link", {}, Look::breaks, !c.link_cut);
    sheet.button(Word::mend_link, "Mend the link", {}, Look::plain, c.link_cut);
    sheet.row("behaves");
    for (const auto& word : centre_words)
        sheet.button(Word::centre_behave, std::string(word), std::string(word), c.behaviour == word ? Look::chosen : Look::choice, c.running);
    sheet.row("attacker");
    sheet.button(Word::replay_requests, "Say everything again", {}, Look::plain, c.requests > 0);
    sheet.button(Word::forge_requests, "Say it changed", {}, Look::plain, c.requests > 0);
    sheet.end_card();
}

void kiosk(Sheet& sheet, const PanelView& view) {
    const auto& k = view.kiosk;
    const auto state = k.running     ? fmt::format("{} runs · screen {}", k.id, k.screen.empty() ? "not known yet" : k.screen)
                       : k.returning ? k.id + " is coming back"
                                     : fmt::format("{} is dead{}", k.id, k.ended.empty() ? "" : ": " + k.ended);
    const bool closed = k.path == "closed";
    sheet.begin_card("Kiosk", !k.running && !k.returning ? Mark::stop : closed || k.returning ? Mark::attention : Mark::well, state);
    if (k.path.empty()) sheet.line(Mark::rest, "card path not known");
    else sheet.line(closed ? Mark::stop : Mark::well, fmt::format("card path {}{}", k.path, k.closed_by.empty() ? "" : " by " + k.closed_by));
    sheet.row("process");
    sheet.button(Word::kill_kiosk, k.running ? "Kill it, it comes back" : "Start it again", {}, k.running ? Look::breaks : Look::plain);
    sheet.button(Word::power_cut, "Cut the cabinet's power for 3 s", "3000", Look::breaks);
    sheet.row("ledger");
    sheet.button(Word::save_ledger, "Keep a copy", {}, Look::plain, k.running);
    sheet.button(Word::restore_ledger, "Lay the old copy back", {}, Look::breaks, k.ledger_kept);
    sheet.end_card();
}

void happened(Sheet& sheet, const PanelView& view) {
    sheet.begin_card("What happened", Mark::rest, view.trace.empty() ? "nothing yet" : "newest below");
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {6, 0});
    for (const auto& line : view.trace) sheet.quiet(line);
    ImGui::PopStyleVar();
    sheet.end_card();
}

void header(const PanelView& view, ImVec2 size) {
    auto* canvas = ImGui::GetWindowDrawList();
    canvas->AddRectFilled({0, 0}, {size.x, header_height}, ink::dark);
    ImGui::SetCursorPos({margin + card_padding, (header_height - ImGui::GetIO().Fonts->Fonts.back()->FontSize) / 2});
    ImGui::PushStyleColor(ImGuiCol_Text, ink::card);
    ImGui::PushFont(ImGui::GetIO().Fonts->Fonts.back());
    ImGui::TextUnformatted(("Technician's panel · simulated cabinet " + view.kiosk.id).c_str());
    ImGui::PopFont();
    ImGui::PopStyleColor();
}
}  // namespace

std::vector<PanelAct> draw_panel(const PanelView& view, PanelState& state) {
    Sheet sheet(state);
    const auto size = ImGui::GetIO().DisplaySize;
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(size);
    ImGui::Begin("panel", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBringToFrontOnFocus);
    header(view, size);
    const ImVec2 column{(size.x - 3 * margin) / 2, size.y - header_height - margin};
    ImGui::SetCursorPos({margin, header_height + margin});
    ImGui::BeginChild("left", column);
    person_in_front(sheet, view);
    id_reader(sheet, view, state);
    card_slot(sheet, view);
    citizen(sheet, view);
    happened(sheet, view);
    state.hidden = ImGui::GetScrollMaxY();
    ImGui::EndChild();
    ImGui::SetCursorPos({2 * margin + column.x, header_height + margin});
    ImGui::BeginChild("right", column);
    printer(sheet, view);
    readers(sheet, view);
    centre(sheet, view);
    kiosk(sheet, view);
    state.hidden = std::max(state.hidden, ImGui::GetScrollMaxY());
    ImGui::EndChild();
    ImGui::End();
    return std::move(sheet.acts);
}

}  // namespace sim
