// How the head is held: tilted in the picture's plane, turned to a side. No three-dimensional model: what two eyes and the face's symmetry say.
#pragma once
#include "camera/quality/face.hpp"

namespace camera {

struct Pose {
    double roll_degrees = 0;   ///< of the line of the eyes; positive: the frame's right eye is lower
    double turn = 0;           ///< asymmetry of the face about the eyes' middle in eye distances; positive: turned to the frame's right; about 0.008 per degree of yaw
    bool turn_known = false;   ///< false: the cheeks are not seen (hair, frame's edge, dark)
};

/// `frame`: 8-bit BGR, `grey`: its luma. 0.8 ms at 1280 x 720 or less (photo-benchmarks.md).
[[nodiscard]] Pose measure_pose(const cv::Mat& frame, const cv::Mat& grey, const Eyes& eyes);

}  // namespace camera
