// One figure, drawn once, from the front: head and shoulders in units of the eye distance, in layers that person_pose.cpp turns, tilts and places.
#pragma once
#include "sim/models/canvas.hpp"
#include "sim/models/person.hpp"

#include <memory>

namespace sim {

inline constexpr int figure_variants = 4;           ///< of hair and of clothes; numbers beyond wrap around
inline constexpr double figure_eye_distance = 150;  ///< pixels between the pupils in the drawing
inline constexpr double figure_chin = 1.835;  ///< photo-official-numbers.md: medians of 102 faces
inline constexpr double jaw_drop = 0.30;            ///< how far the chin goes down with a mouth that is fully open

struct FigureLook {
    int skin = 0, hair = 0, clothes = 0;
    double clothes_lightness = -1, eyes_open = 1, mouth_open = 0;
    Glasses glasses = Glasses::none;
    double glare = 0, tint = 0;
    bool hat = false;
    std::uint64_t seed = 1;
    friend bool operator==(const FigureLook&, const FigureLook&) = default;
};
[[nodiscard]] FigureLook look_of(const PersonScene& scene);

/// 8-bit BGRA, colour premultiplied by alpha; the eyes' middle lies at (left, above) eye distances.
struct FigureLayer {
    cv::Mat picture;
    double left = 0, above = 0;
};
/// From back to front; the ears lie behind the head unless the head is turned and no hair hangs over them. Layers are shared between looks that differ in the face alone.
struct Figure {
    std::shared_ptr<const FigureLayer> hair_behind, body, ears, head;
    bool ears_covered = false;
};
/// Same look: same pixels.
[[nodiscard]] Figure draw_figure(const FigureLook& look);
/// The same body with another face.
[[nodiscard]] Figure draw_figure(const FigureLook& look, const Figure& same_body);
/// What of the look the body depends on, without the face.
[[nodiscard]] FigureLook body_of(FigureLook look);
/// How far hair or hat reaches above the eyes' middle, in eye distances.
[[nodiscard]] double figure_crown(int hair, bool hat);

struct FigureTones {
    Colour skin, deep, lip, hair, hair_light, cloth, cloth_trim;
};
/// The parts of a face, drawn by person_face.cpp.
void draw_face(Canvas& canvas, const FigureLook& look, const FigureTones& tones);
void draw_brows(Canvas& canvas, const FigureTones& tones, Dice& dice);
void draw_glasses(Canvas& canvas, const FigureLook& look);

}  // namespace sim
