// From measures to findings: what, if anything, keeps this frame from being the portrait. Pure; the texts for people stand in ui/text.
#pragma once
#include "camera/camera.hpp"
#include "camera/quality/background.hpp"
#include "camera/quality/light.hpp"

namespace camera {

struct Measures {
    cv::Size frame;
    std::vector<Face> faces;  ///< the first one is the person
    Wall wall;
    Light light;
};

/// Limits that are not the region's (those stand in PortraitRules).
struct VerdictLimits {
    double enlargement = 1.03;       ///< the crop may enlarge the frame by this factor: measurement noise, not resolution
    double outside = 0.05;           ///< eye distances by which the crop may leave the frame
    double dark_face = 55;           ///< mean luma of the face below which it is too dark
    double dim_face = 110, dim_wall = 72;  ///< a face and a wall (L*) that are both below these: the room is dark, not the wall grey
    double bright_face = 228;        ///< mean luma above which it is too bright
    double burnt = 0.06;             ///< share of burnt-out pixels of the face
    double drowned = 0.5;            ///< share of black pixels of the face
    double foreign = 0.35;           ///< share of one side of the wall that is not wall
    double default_crown = 1.80;     ///< eye distances above the eyes, where the hair does not stand out
};

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
[[nodiscard]] std::vector<Finding> judge(const Measures& measures, const PortraitRules& rules, const VerdictLimits& limits = {});

}  // namespace camera
