// Drawings of documents as people know them: where the portrait is, where the lines are, where the machine readable zone is.
#pragma once
#include "ui/screens/screens.hpp"

namespace ui::screens {

enum class Side { front, back };
struct Paper {
    drivers::DocumentKind kind = drivers::DocumentKind::resident_id;
    Side side = Side::front;  ///< of a passport: front is the closed booklet, back its open data page
    float degrees = 0;        ///< clockwise
    Colour edge = theme::quiet;
    bool zone = false;        ///< the machine readable zone is marked
};
/// Height per width of what is drawn.
[[nodiscard]] float ratio_of(drivers::DocumentKind kind, Side side);
void draw_paper(Frame& frame, Point centre, float width, const Paper& paper);

}  // namespace ui::screens
