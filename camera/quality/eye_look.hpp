// The eyes themselves: found by the gradient centre between looks of the cascade, open or shut, behind a reflection, behind dark glasses.
#pragma once
#include "camera/quality/face.hpp"

namespace camera {

struct EyeLook {
    double open = 0;    ///< 0..1: half the white of the eyes (both), a quarter rows of an iris between lids, a quarter upright over level edges
    double glare = 0;   ///< 0..1: share of the patch that is burnt out and colourless, in a blob that touches the iris
    bool visible = false;  ///< an iris was found where it must be
};
struct EyesLook {
    EyeLook left, right;   ///< in the frame
    double tint = 1;       ///< luma around the eyes over luma of the cheeks; dark glasses fall below 0.6
};

/// Timm and Barth's gradient centre in a 40 pixel patch about `expected`; always answers, 0.2 ms. Between looks of the eye cascade.
[[nodiscard]] cv::Point2d gradient_centre(const cv::Mat& grey, cv::Point2d expected, double eye_distance);
/// An eye, open or shut, can be made out at both places: something dark of an eye's size in skin.
[[nodiscard]] bool discernible(const cv::Mat& grey, const Eyes& eyes);
[[nodiscard]] EyesLook measure_eyes(const cv::Mat& frame, const cv::Mat& grey, const Eyes& eyes);

}  // namespace camera
