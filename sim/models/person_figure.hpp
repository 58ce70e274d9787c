// One figure, drawn once: head and shoulders in units of the eye distance, as a picture with transparency. person.cpp scales and places it.
#pragma once
#include <cstdint>
#include <opencv2/core.hpp>

namespace sim {

inline constexpr int figure_variants = 4;        ///< of hair and of clothes; numbers beyond wrap around
inline constexpr double figure_eye_distance = 150;  ///< pixels between the pupils in the drawing
inline constexpr double figure_half_width = 4.0, figure_above = 2.6, figure_below = 5.4;  ///< extent in eye distances around the eyes' middle
inline constexpr double figure_chin = 1.835, figure_face_width = 2.236;  ///< photo-official-numbers.md: medians of 102 faces

struct FigureLook {
    int skin = 0, hair = 0, clothes = 0;
    std::uint64_t seed = 1;
    friend auto operator<=>(const FigureLook&, const FigureLook&) = default;
};

/// 8-bit BGRA, colour premultiplied by alpha. Same look: same pixels.
[[nodiscard]] cv::Mat draw_figure(const FigureLook& look);
/// How far the hair reaches above the eyes' middle, in eye distances.
[[nodiscard]] double figure_crown(int hair);

}  // namespace sim
