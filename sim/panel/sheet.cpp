// Colours and shapes after the kiosk's staff screens: white cards on paper, dark words, one line of status each.
#include "sim/panel/sheet.hpp"

#include <fmt/format.h>

namespace sim {

namespace {
constexpr float radius = 10, button_radius = 7, label_width = 78, bar_width = 76, bar_text_width = 112, knob_label_width = 76, number_width = 40, knob_gap = 10;
constexpr ImU32 button_edge = IM_COL32(0xB3, 0xC0, 0xC8, 255), hovered = IM_COL32(0xEA, 0xF3, 0xF9, 255), pressed = IM_COL32(0xCF, 0xE4, 0xF1, 255), stop = IM_COL32(0xB3, 0x26, 0x1E, 255),
                off = IM_COL32(0xF0, 0xF3, 0xF5, 255), off_text = IM_COL32(0x5C, 0x6F, 0x7B, 255);

void set_style() {
    auto& style = ImGui::GetStyle();
    style.WindowPadding = {0, 0};
    style.WindowBorderSize = style.ChildBorderSize = 0;
    style.FrameRounding = style.GrabRounding = button_radius;
    style.FrameBorderSize = 1;
    style.FramePadding = {6, 1};
    style.ItemSpacing = {5, 3};
    style.ScrollbarSize = 12;
    style.GrabMinSize = 14;
    auto* colours = style.Colors;
    colours[ImGuiCol_Text] = ink::of(ink::dark);
    colours[ImGuiCol_TextDisabled] = ink::of(off_text);
    colours[ImGuiCol_WindowBg] = ink::of(ink::paper);
    colours[ImGuiCol_ChildBg] = ink::of(ink::paper);
    colours[ImGuiCol_Border] = ink::of(button_edge);
    colours[ImGuiCol_Button] = colours[ImGuiCol_FrameBg] = ink::of(ink::card);
    colours[ImGuiCol_ButtonHovered] = colours[ImGuiCol_FrameBgHovered] = colours[ImGuiCol_HeaderHovered] = ink::of(hovered);
    colours[ImGuiCol_ButtonActive] = colours[ImGuiCol_FrameBgActive] = colours[ImGuiCol_HeaderActive] = ink::of(pressed);
    colours[ImGuiCol_Header] = ink::of(pressed);
    colours[ImGuiCol_SliderGrab] = colours[ImGuiCol_SliderGrabActive] = ink::of(ink::action);
    colours[ImGuiCol_ScrollbarBg] = ink::of(ink::card);
    colours[ImGuiCol_ScrollbarGrab] = colours[ImGuiCol_ScrollbarGrabHovered] = colours[ImGuiCol_ScrollbarGrabActive] = ink::of(button_edge);
    colours[ImGuiCol_PlotHistogram] = ink::of(ink::action);
}
}  // namespace

ImVec4 colour_of(Mark mark) {
    switch (mark) {
        case Mark::rest: return ink::of(ink::quiet);
        case Mark::well: return ink::of(IM_COL32(0x1B, 0x7F, 0x4F, 255));
        case Mark::attention: return ink::of(IM_COL32(0xB4, 0x53, 0x09, 255));
        case Mark::stop: return ink::of(stop);
    }
    return {};
}

const char* sign_of(Mark mark) {
    switch (mark) {
        case Mark::rest: return "○";
        case Mark::well: return "●";
        case Mark::attention: return "▲";
        case Mark::stop: return "×";
    }
    return "";
}

Sheet::Sheet(PanelState& state) : state_(state) {
    state_.offers.clear();
    set_style();
}

Sheet::~Sheet() = default;

void Sheet::begin_card(const char* title, Mark mark, const std::string& status) {
    card_ = ImGui::GetCursorScreenPos();
    card_width_ = ImGui::GetContentRegionAvail().x;
    auto* canvas = ImGui::GetWindowDrawList();
    canvas->ChannelsSplit(2);
    canvas->ChannelsSetCurrent(1);
    ImGui::SetCursorScreenPos({card_.x + card_padding, card_.y + card_padding * 0.6F});
    ImGui::BeginGroup();
    // The card ends before the window does: texts and rows find their edge by it.
    ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + card_width_ - 2 * card_padding);
    ImGui::PushFont(ImGui::GetIO().Fonts->Fonts.back());
    ImGui::TextUnformatted(title);
    ImGui::PopFont();
    ImGui::SameLine(0, 14);
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() + 3);
    line(mark, status);
}

void Sheet::end_card() {
    ImGui::PopTextWrapPos();
    ImGui::EndGroup();
    const float bottom = ImGui::GetItemRectMax().y + card_padding * 0.7F;
    auto* canvas = ImGui::GetWindowDrawList();
    canvas->ChannelsSetCurrent(0);
    canvas->AddRectFilled(card_, {card_.x + card_width_, bottom}, ink::card, radius);
    canvas->AddRect(card_, {card_.x + card_width_, bottom}, ink::edge, radius);
    canvas->ChannelsMerge();
    ImGui::SetCursorScreenPos({card_.x, bottom + card_gap});
}

void Sheet::row(const char* what) {
    ImGui::AlignTextToFramePadding();
    const float left = ImGui::GetCursorPosX();
    ImGui::PushStyleColor(ImGuiCol_Text, ink::quiet);
    ImGui::TextUnformatted(what);
    ImGui::PopStyleColor();
    ImGui::SameLine();
    ImGui::SetCursorPosX(left + label_width);
    label_ = left + label_width;
    first_in_row_ = true;
}

void Sheet::button(Word word, const std::string& label, const std::string& value, Look look, bool enabled, float least_width) {
    const std::string text = look == Look::chosen ? "● " + label : look == Look::choice ? "○ " + label : look == Look::breaks ? "× " + label : label;
    const auto& style = ImGui::GetStyle();
    const float width = std::max(least_width, ImGui::CalcTextSize(text.c_str()).x + 2 * style.FramePadding.x);
    if (!first_in_row_) {
        ImGui::SameLine();
        if (ImGui::GetCursorScreenPos().x + width > card_.x + card_width_ - card_padding) {
            ImGui::NewLine();
            ImGui::SetCursorPosX(label_);
        }
    }
    first_in_row_ = false;
    const bool dark = look == Look::chosen && enabled;
    ImGui::PushStyleColor(ImGuiCol_Text, !enabled ? off_text : dark ? ink::card : look == Look::breaks ? stop : ink::dark);
    ImGui::PushStyleColor(ImGuiCol_Button, !enabled ? off : dark ? ink::dark : ink::card);
    ImGui::PushStyleColor(ImGuiCol_ButtonHovered, !enabled ? off : dark ? ink::quiet : hovered);
    ImGui::PushStyleColor(ImGuiCol_ButtonActive, !enabled ? off : dark ? ink::quiet : pressed);
    ImGui::PushID(id_++);
    const bool clicked = ImGui::Button(text.c_str(), {width, 0});
    ImGui::PopID();
    ImGui::PopStyleColor(4);
    const PanelAct act{std::string(name_of(word)), value};
    offer(act, enabled, false);
    if (clicked && enabled) acts.push_back(act);
}

void Sheet::slider(const SceneKnob& knob, const PersonScene& scene, int column, int columns) {
    const double low = knob.low, high = knob.high;
    double value = scene.*knob.value;
    const float width = (card_width_ - 2 * card_padding + knob_gap) / static_cast<float>(columns), left = card_.x + card_padding + static_cast<float>(column) * width;
    if (column > 0) ImGui::SameLine();
    ImGui::SetCursorScreenPos({left, ImGui::GetCursorScreenPos().y});
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {0, 0});
    ImGui::PushStyleColor(ImGuiCol_Text, ink::quiet);
    ImGui::TextUnformatted(knob.label);
    ImGui::PopStyleColor();
    ImGui::SameLine();
    ImGui::SetCursorScreenPos({left + knob_label_width, ImGui::GetCursorScreenPos().y});
    ImGui::SetNextItemWidth(width - knob_label_width - number_width - knob_gap);
    ImGui::PushStyleColor(ImGuiCol_FrameBg, ink::track);
    ImGui::PushID(id_++);
    const bool moved = ImGui::SliderScalar("##knob", ImGuiDataType_Double, &value, &low, &high, "", ImGuiSliderFlags_AlwaysClamp | ImGuiSliderFlags_NoInput);
    ImGui::PopID();
    ImGui::PopStyleColor();
    ImGui::PopStyleVar();
    offer({std::string(name_of(Word::scene)), std::string(knob.key) + "="}, true, true);
    ImGui::SameLine(0, 5);
    ImGui::TextUnformatted(fmt::format("{:.{}f}", value, high > 10 ? 0 : 2).c_str());
    if (moved) acts.push_back({std::string(name_of(Word::scene)), fmt::format("{}={:.3f}", knob.key, value)});
}

void Sheet::line(Mark mark, const std::string& text) {
    ImGui::PushStyleColor(ImGuiCol_Text, colour_of(mark));
    ImGui::TextUnformatted(sign_of(mark));
    ImGui::SameLine(0, 6);
    ImGui::TextUnformatted(text.c_str());
    ImGui::PopStyleColor();
}

void Sheet::quiet(const std::string& text) {
    ImGui::PushStyleColor(ImGuiCol_Text, ink::quiet);
    ImGui::TextUnformatted(text.c_str());
    ImGui::PopStyleColor();
}

void Sheet::bar(float part, const std::string& text) {
    const auto at = ImGui::GetCursorScreenPos();
    const float height = ImGui::GetTextLineHeight();
    auto* canvas = ImGui::GetWindowDrawList();
    const float top = at.y + height * 0.5F + ImGui::GetStyle().FramePadding.y + 1, thick = 4;
    canvas->AddRectFilled({at.x, top - thick}, {at.x + bar_width, top + thick}, ink::track, thick);
    const float filled = bar_width * std::clamp(part, 0.F, 1.F);
    if (filled > 0) canvas->AddRectFilled({at.x, top - thick}, {at.x + std::max(filled, 2 * thick), top + thick}, ink::action, thick);
    ImGui::Dummy({bar_width, height});
    ImGui::SameLine(0, 8);
    ImGui::TextUnformatted(text.c_str());
    ImGui::SameLine();
    ImGui::SetCursorPosX(label_ + bar_width + bar_text_width);
    label_ = ImGui::GetCursorPosX();
    first_in_row_ = true;
}

void Sheet::offer(PanelAct act, bool enabled, bool slider) {
    const auto from = ImGui::GetItemRectMin(), to = ImGui::GetItemRectMax();
    state_.offers.push_back({std::move(act), from.x, from.y, to.x, to.y, enabled, slider});
}

}  // namespace sim
