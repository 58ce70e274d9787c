// The screen's own keyboard: letters in the order of every keyboard, digits above them where they are needed.
#pragma once
#include "ui/frame.hpp"

namespace ui::screens {

/// A key of the size of several letters.
struct SideKey {
    std::string id, label;
    Act act;
    bool enabled = true;
};
struct Keyboard {
    std::string_view letters;             ///< which of A-Z there are; the others' places stay empty
    bool digits = false;                  ///< a row 1..9, 0 above
    std::function<Act(char)> press;       ///< what a letter or a digit does
    Act take_back;
    std::vector<SideKey> side = {};       ///< before Z
    std::string v = "V";                  ///< what stands on V: pinyin has ü there
    float key_height = 116, bottom = theme::content_bottom;
};
inline constexpr std::string_view whole_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// Gives its top. Targets letter_<A>, digit_<0>, delete.
float keyboard(Frame& frame, const Keyboard& keys);

}  // namespace ui::screens
