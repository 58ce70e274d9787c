// The person before the camera, rendered: head and shoulders before a wall. Every knob gives ground truth: it is what the camera's verdict is tested against, so it is
// drawn with code that the camera does not share. OpenCV's Haar cascade must find the face.
#pragma once
#include "sim/models/model.hpp"

#include <opencv2/core.hpp>

namespace sim {

enum class Glasses { none, clear, tinted };

/// Angles in degrees, lengths in eye distances (e) unless said otherwise. Left and right are those of the frame.
struct PersonScene {
    bool present = true;
    bool second_person = false;
    // ---- where and how the head is held ----
    double eye_distance = 108;      ///< pixels in a 1280 x 720 frame: distance of the person
    double x = 0, y = 0;            ///< offset of the face from where a person stands well (eyes 42 % from the top)
    double roll = 0;                ///< -30 .. 30: in the plane of the picture, clockwise
    double yaw = 0;                 ///< -40 .. 40: turned to the frame's right
    double pitch = 0;               ///< -25 .. 25: chin down
    double speed = 0;               ///< e per frame to and fro: moving
    // ---- face ----
    int skin = 1;                   ///< 0 light, 1 medium, 2 dark
    int hair = 0, clothes = 0;      ///< variants; hair 3 is long, over the shoulders
    double clothes_lightness = -1;  ///< 0 .. 1 overrides the variant with a grey of this lightness; -1: the variant's colour
    double eyes_open = 1;           ///< 0 shut .. 1
    bool blinks = false;            ///< shuts the eyes for 4 frames of every 45
    double mouth_open = 0;          ///< 0 .. 1
    Glasses glasses = Glasses::none;
    double glare = 0;               ///< 0 .. 1: reflection on the glasses (clear ones are put on for it)
    double tint = 0.6;              ///< 0 .. 1: how much light tinted glasses take away
    bool hat = false;
    // ---- the wall ----
    double wall_lightness = 0.95;   ///< 0 black .. 1 white
    double wall_red = 0, wall_blue = 0;  ///< tint, -0.3 .. 0.3
    double wall_shade_left = 0, wall_shade_right = 0;  ///< 0 .. 0.6 darker towards that side
    double shadow_left = 0, shadow_right = 0;          ///< 0 .. 0.6: a cast shadow with a soft edge beside the head on that side
    double wall_pattern = 0;        ///< 0 .. 1: stripes and texture
    bool wall_object_left = false, wall_object_right = false;  ///< something dark hangs there
    // ---- light and lens ----
    double light = 1.0;             ///< 0.1 dark .. 2 glaring
    double light_side = 0;          ///< -1 .. 1: the face's left .. right half gets more
    double light_warmth = 0;        ///< -0.3 bluish .. 0.3 yellowish: all of the picture
    double defocus = 0;             ///< Gaussian sigma in pixels of a 1280 x 720 frame
    double motion_blur = 0;         ///< pixels along x in a 1280 x 720 frame
    double noise = 2.0;             ///< sensor noise, standard deviation in levels
    std::uint64_t seed = 1;
    friend bool operator==(const PersonScene&, const PersonScene&) = default;
};

/// 8-bit BGR. Same scene, same `frame` number: same pixels.
[[nodiscard]] cv::Mat render_person(const PersonScene& scene, int width, int height, std::uint64_t frame);

/// Where things really are in that picture (pixels): what a finder or a crop is measured against.
struct PersonTruth {
    cv::Point2d left_eye, right_eye;  ///< centres, left and right in the frame
    double crown_y = 0, chin_y = 0, face_width = 0;
    double eyes_open = 1;             ///< of this frame (blinks)
    double roll = 0, yaw = 0, pitch = 0;
};
[[nodiscard]] PersonTruth truth_of(const PersonScene& scene, int width, int height, std::uint64_t frame);

}  // namespace sim
