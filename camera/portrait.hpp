// The official photograph out of a frame: one warp, one encoding into the band of bytes, one check of what was written.
#pragma once
#include "camera/camera.hpp"
#include "camera/quality/face.hpp"

#include <opencv2/core.hpp>

namespace camera {

/// Upright crop of rules.width x rules.height, 8-bit BGR. `crown`: eye distances from the eyes up to the hair.
/// Pixels outside the frame repeat its edge (the verdict allows a twentieth of an eye distance).
[[nodiscard]] cv::Mat crop_portrait(const cv::Mat& frame, const Eyes& eyes, double crown, const PortraitRules& rules);

/// The highest quality (40..100) whose size lies in the band; full chroma where half is too small. photo_not_encodable when none does.
[[nodiscard]] drivers::Result<Bytes> encode_portrait(const cv::Mat& crop, const PortraitRules& rules);

/// Reads the finished file again: baseline, three components, size, density, bytes in the band, decodable.
[[nodiscard]] drivers::Result<void> check_portrait(drivers::View jpeg, const PortraitRules& rules);

/// All of it: the eyes are measured anew in this frame (or taken from `face` when they are not seen), the crown from the wall.
[[nodiscard]] drivers::Result<Portrait> make_portrait(const cv::Mat& frame, const Face& face, FaceFinder& finder, const PortraitRules& rules);

}  // namespace camera
