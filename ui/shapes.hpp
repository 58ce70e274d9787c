// The pen: rounded boxes, strokes with round ends, arcs, and the small marks and drawings of the screens. Knows colours and pixels, no screens.
#pragma once
#include "ui/theme.hpp"

#include <initializer_list>
#include <span>

struct ImDrawList;

namespace ui {

enum class Mark { none, check, cross, warning, id_card, camera, card, person, people, bank, erase, info, arrow_right, arrow_down, waves };

class Pen {
  public:
    explicit Pen(ImDrawList& list) : list_(list) {}
    void box(const Rect& r, Colour colour, float radius = 0, float alpha = 1) const;
    void outline(const Rect& r, Colour colour, float radius, float width) const;
    /// A rounded box of `size` turned by `degrees` around its centre.
    void turned_box(Point centre, Point size, float radius, float degrees, Colour fill, Colour edge, float width) const;
    /// Polyline with round joints and ends.
    void stroke(std::span<const Point> points, Colour colour, float width) const;
    void stroke(std::initializer_list<Point> points, Colour colour, float width) const { stroke(std::span(points.begin(), points.size()), colour, width); }
    void disc(Point centre, float radius, Colour colour) const;
    void circle(Point centre, float radius, Colour colour, float width) const;
    /// From `from` to `to` turns (0 is the top, 0.25 the right), round ends.
    void arc(Point centre, float radius, float from, float to, Colour colour, float width) const;
    void dashed_ellipse(Point centre, Point radii, Colour colour, float width) const;
    /// `coverage` textures are tinted with `colour`; pictures take white.
    void image(unsigned texture, const Rect& r, Point uv0, Point uv1, Colour colour, float radius = 0) const;
    /// A mark inside a square of side `size`.
    void mark(Mark mark, Point centre, float size, Colour colour) const;
    /// An arrow in a disc: `way` is a unit vector.
    void arrow_disc(Point centre, Point way, Colour disc, Colour arrow) const;
    void clip(const Rect& r) const;
    void unclip() const;

  private:
    ImDrawList& list_;
};

}  // namespace ui
