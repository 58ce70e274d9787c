// The screen's own keyboard: letters in the order of every keyboard, digits above them where they are needed.
#pragma once
#include "ui/frame.hpp"

namespace ui::screens {

/// A key beside the letters.
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
    float key_height = 116;
};
inline constexpr std::string_view whole_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// Stands on content_bottom; gives its top. Targets letter_<A>, digit_<0>, delete.
float keyboard(Frame& frame, const Keyboard& keys);

}  // namespace ui::screens
