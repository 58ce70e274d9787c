// From measures to findings: what, if anything, keeps this frame from being the portrait. Pure; the texts for people stand in ui/text.
#pragma once
#include "camera/camera.hpp"
#include "camera/quality/advice.hpp"
#include "camera/quality/background.hpp"
#include "camera/quality/eye_look.hpp"
#include "camera/quality/light.hpp"
#include "camera/quality/pose.hpp"
#include "camera/quality/sharpness.hpp"

namespace camera {

struct Measures {
    cv::Size frame;
    std::vector<Face> faces;  ///< the first one is the person
    Wall wall;
    Light light;
    Pose pose;
    EyesLook eyes;
    Advice advice;
    double sharpness = 0;
    std::optional<double> movement;  ///< e per frame of 1/15 s; nothing for the first frame and for stills
};

/// Everything but movement, about the first of `faces`. `reduced`: the frame itself or a smaller copy of it, for the wall (widths are relative).
[[nodiscard]] Measures measure(const cv::Mat& frame, const cv::Mat& grey, std::vector<Face> faces, const PortraitRules& rules, const cv::Mat& reduced);

/// Eye distances above the eyes up to the hair, where it does not stand out from the wall.
inline constexpr double default_crown = 1.80;

/// The part of the frame that becomes the portrait, when the head is upright.
struct CropWindow {
    double left = 0, top = 0, width = 0, height = 0;  ///< pixels of the frame
    double scale = 1;                                 ///< portrait pixels per frame pixel
};
/// `crown`: eye distances from the eyes up to the hair. The eye line's rule goes before the crown's (GA 461).
[[nodiscard]] CropWindow crop_window(const Eyes& eyes, double crown, const PortraitRules& rules);

/// The largest eye distance (pixels) whose crop fits into a frame of this height.
[[nodiscard]] double largest_eye_distance(cv::Size frame, const PortraitRules& rules);

/// Most important first. Empty: acceptable. Sides are as the person sees them in the mirrored preview.
[[nodiscard]] std::vector<Finding> judge(const Measures& measures, const PortraitRules& rules);

}  // namespace camera
