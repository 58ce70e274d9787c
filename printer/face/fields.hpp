// One field drawn, in millimetres of the lying card.
#pragma once
#include "printer/face/artwork.hpp"
#include "printer/face/text.hpp"

namespace printer {

inline constexpr double raster_width_mm = 1016 * 25.4 / 300, raster_height_mm = 648 * 25.4 / 300;  ///< the card lies in the middle (facts: 638 x 1016 centred)

/// Where a field is drawn, and with what.
struct Canvas {
    cairo_t* cairo;  ///< user space: 0.01 mm from the card's top left
    const Layout& layout;
    const FaceData& data;
    RasterSize size;
    Ground ground;
};

/// A closed path. Millimetres.
void rounded_rectangle(cairo_t* cairo, double x, double y, double width, double height, double radius);

/// Faults as draw_front.
[[nodiscard]] Result<void> paint_field(const Canvas& on, const FaceField& field, Typesetter& types);

}  // namespace printer
