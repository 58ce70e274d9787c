// The document itself, flat: what is printed on it, where, and how large it is.
#pragma once
#include "sim/models/document_page.hpp"

namespace sim {

inline constexpr double page_dots_per_mm = 12;

struct PageSize {
    double width = 0, height = 0;  ///< millimetres
};
[[nodiscard]] PageSize page_size(const DocumentScene& scene);
/// Millimetres from the page's upper left corner: the box of the zone's characters.
[[nodiscard]] cv::Rect2d zone_box(const DocumentScene& scene);
/// 8-bit BGR at page_dots_per_mm. Depends on kind, texts, ink, background, damage and seed alone.
[[nodiscard]] cv::Mat draw_page(const DocumentScene& scene);

}  // namespace sim
