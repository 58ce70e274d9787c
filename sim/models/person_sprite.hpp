// A figure in the scene's pose and light, in the picture's size, ready to be laid over the wall.
#pragma once
#include "sim/models/person_figure.hpp"

namespace sim {

struct Sprite {
    cv::Mat colour;     ///< 8-bit BGR, multiplied by its alpha
    cv::Mat through;    ///< 8-bit, three channels alike: what is seen of the wall
    cv::Point eyes;     ///< the eyes' middle within it
};
/// `eye_distance` in pixels of the picture, `shrink` picture over 1280 x 720 (for what the scene gives in pixels); rows and columns beyond `most` are left out.
[[nodiscard]] Sprite make_sprite(const Figure& figure, const PersonScene& scene, double eye_distance, double shrink, cv::Size most);

/// What the light makes of a colour: factors for blue, green, red.
[[nodiscard]] cv::Scalar light_of(const PersonScene& scene);
/// The lens: out of focus, moved while it was open.
void through_lens(cv::Mat& picture, const PersonScene& scene, double shrink);

}  // namespace sim
