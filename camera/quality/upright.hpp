// A part of the face brought upright and to a fixed scale, so that every measure reads the same pixels whatever distance and tilt.
#pragma once
#include "camera/quality/face.hpp"

namespace camera {

/// Coordinates in a face: eye distances from the eyes' middle, x along the line of the eyes to the frame's right, y down the face.
[[nodiscard]] cv::Point2d in_frame(const Eyes& eyes, cv::Point2d in_face);

/// `part` in the face's coordinates, `pixels` per eye distance; 8-bit, channels of `image`. What lies outside the frame repeats its edge; all zero when
/// nothing of it lies inside.
[[nodiscard]] cv::Mat upright(const cv::Mat& image, const Eyes& eyes, cv::Rect2d part, double pixels);

/// The value below which `share` (0..1) of the pixels of an 8-bit single channel picture lie; 0 for an empty one.
[[nodiscard]] int percentile(const cv::Mat& grey, double share);

/// False for eyes that no measure can use: closer than 8 pixels, farther apart than the frame is wide, outside it.
[[nodiscard]] bool usable(const cv::Mat& image, const Eyes& eyes);

/// A part of an upright() picture that began at `part`, in its pixels, cut to the picture.
[[nodiscard]] cv::Rect cut(const cv::Mat& picture, cv::Rect2d part, cv::Rect2d wanted, double pixels);

}  // namespace camera
