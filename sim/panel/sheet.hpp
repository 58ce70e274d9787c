// How the panel's parts are drawn: cards with a status line, rows of buttons that wrap, sliders. Every control offers an act and says so in the state.
#pragma once
#include "sim/panel/view.hpp"

#include <imgui.h>

namespace sim {

/// A status is a mark and a word, never a colour alone.
enum class Mark { rest, well, attention, stop };
/// How a button looks: ordinary, one of several of which it could hold, the one that holds now, or one that breaks something. A choice and a chosen one are equally
/// wide, so that nothing moves under the mouse.
enum class Look { plain, choice, chosen, breaks };

class Sheet {
  public:
    explicit Sheet(PanelState& state);
    ~Sheet();
    Sheet(const Sheet&) = delete;
    Sheet& operator=(const Sheet&) = delete;

    void begin_card(const char* title, Mark mark, const std::string& status);
    void end_card();
    /// A quiet word before a row of buttons; the row begins.
    void row(const char* what);
    void button(Word word, const std::string& label, const std::string& value = {}, Look look = Look::plain, bool enabled = true, float least_width = 0);
    /// One of several in a row: number `column` of `columns`.
    void slider(const SceneKnob& knob, const PersonScene& scene, int column, int columns);
    void line(Mark mark, const std::string& text);
    void quiet(const std::string& text);
    /// `part` of 1, with a text beside it, within a row: buttons follow.
    void bar(float part, const std::string& text);

    std::vector<PanelAct> acts;

  private:
    void offer(PanelAct act, bool enabled, bool slider);
    PanelState& state_;
    ImVec2 card_{};          ///< where the card began
    float card_width_ = 0, label_ = 0;
    bool first_in_row_ = true;
    int id_ = 0;
};

/// The text's colour and its mark.
[[nodiscard]] ImVec4 colour_of(Mark mark);
[[nodiscard]] const char* sign_of(Mark mark);

namespace ink {
inline constexpr ImU32 paper = IM_COL32(0xF4, 0xF6, 0xF7, 255), card = IM_COL32(255, 255, 255, 255), edge = IM_COL32(0xE3, 0xE8, 0xEB, 255), dark = IM_COL32(0x14, 0x24, 0x2F, 255),
                      quiet = IM_COL32(0x43, 0x56, 0x5F, 255), action = IM_COL32(0x0B, 0x6F, 0xA8, 255), track = IM_COL32(0xDD, 0xE5, 0xE9, 255);
inline ImVec4 of(ImU32 colour) { return ImGui::ColorConvertU32ToFloat4(colour); }
}  // namespace ink

inline constexpr float card_padding = 12, card_gap = 5;

}  // namespace sim
