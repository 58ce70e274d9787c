// The person before the camera, rendered: head and shoulders before a wall. Every knob gives ground truth. OpenCV's Haar cascade must find the face.
#pragma once
#include "sim/models/model.hpp"

#include <opencv2/core.hpp>

namespace sim {

struct PersonScene {
    bool present = true;
    bool second_person = false;
    double eye_distance = 108;      ///< pixels in a 1280 x 720 frame: distance of the person
    double x = 0, y = 0;            ///< offset of the face from where a person stands well (eyes 42 % from the top), in eye distances
    double wall_lightness = 0.95;   ///< 0 black .. 1 white
    double wall_red = 0, wall_blue = 0;  ///< tint, -0.3 .. 0.3
    double wall_shade_left = 0, wall_shade_right = 0;  ///< 0 .. 0.6 darker towards that side (of the frame)
    double light = 1.0;             ///< 0.1 dark .. 2 glaring
    int skin = 1;                   ///< 0 light, 1 medium, 2 dark
    int hair = 0, clothes = 0;      ///< variants
    double noise = 2.0;             ///< sensor noise, standard deviation in levels
    std::uint64_t seed = 1;
};

/// 8-bit BGR. Same scene, same `frame` number: same pixels.
[[nodiscard]] cv::Mat render_person(const PersonScene& scene, int width, int height, std::uint64_t frame);

/// Where things really are in that picture (pixels): what a finder or a crop is measured against.
struct PersonTruth {
    cv::Point2d left_eye, right_eye;  ///< left and right in the frame
    double crown_y = 0, chin_y = 0, face_width = 0;
};
[[nodiscard]] PersonTruth truth_of(const PersonScene& scene, int width, int height, std::uint64_t frame);

}  // namespace sim
