// The official photograph out of a frame: one warp, one encoding into the band of bytes, one check of what was written.
#pragma once
#include "camera/camera.hpp"
#include "camera/quality/verdict.hpp"

#include <opencv2/core.hpp>

namespace camera {

/// Official band of the crown's margin: 7..21 pixels for the 14 that are wanted; and of the eyes' middle: 162..196 for 179 (photo-official-numbers.md).
inline constexpr double least_crown_share = 0.5, most_crown_share = 1.5, eyes_band_share = 17.0 / 358;
/// Face width over eye distance of 102 measured faces, narrowest and widest (photo-official-numbers.md).
inline constexpr double narrowest_face = 1.99, widest_face = 2.51;

/// The crop window that leaves a picture of this size least, moved only within the official bands of crown margin, eyes' middle and face width; the wanted one
/// where that fits. A picture that has the official size and lies within the bands already is its own window.
[[nodiscard]] CropWindow fitted_window(cv::Size picture, const Eyes& eyes, std::optional<double> crown, const PortraitRules& rules);

/// `seen`, or where that is nothing or reaches the picture's edge, the crown at the finest scale: a wall that ends seven official pixels above the hair is lost at a
/// coarse one, and hair that is cut by the edge is not.
[[nodiscard]] std::optional<double> crown_near_edge(const cv::Mat& picture, const Eyes& eyes, std::optional<double> seen);

/// How far a window leaves the picture at each edge, in eye distances; 0: not at all.
struct Overhang {
    double left = 0, right = 0, top = 0, bottom = 0;
    [[nodiscard]] double worst() const { return std::max({left, right, top, bottom}); }
};
[[nodiscard]] Overhang overhang(cv::Size picture, const CropWindow& window, const Eyes& eyes);

/// Frame to portrait: the rotation that puts the eyes level, the scale, the shift. Pixel centres are at whole numbers.
[[nodiscard]] cv::Matx23d portrait_map(const CropWindow& window, const Eyes& eyes);

/// Upright crop of rules.width x rules.height, 8-bit BGR, by one warp. Pixels outside the frame repeat its edge (the verdict allows a twentieth of an eye distance).
[[nodiscard]] cv::Mat crop_portrait(const cv::Mat& frame, const Eyes& eyes, const CropWindow& window, const PortraitRules& rules);
/// `crown`: eye distances from the eyes up to the hair; the window is the fitted one.
[[nodiscard]] cv::Mat crop_portrait(const cv::Mat& frame, const Eyes& eyes, double crown, const PortraitRules& rules);

/// The highest quality (40..100) whose size lies in the band; full chroma where half is too small. photo_not_encodable when none does.
[[nodiscard]] drivers::Result<Bytes> encode_portrait(const cv::Mat& crop, const PortraitRules& rules);

/// Reads the finished file again: baseline, three components, size, density, bytes in the band, decodable.
[[nodiscard]] drivers::Result<void> check_portrait(drivers::View jpeg, const PortraitRules& rules);

/// All of it: the eyes are measured anew in this frame (or taken from `face` when they are not seen), the crown from the wall. The flat-field correction when the
/// rules ask for it. `warnings` are left to the caller, who has the verdict.
[[nodiscard]] drivers::Result<Portrait> make_portrait(const cv::Mat& frame, const Face& face, FaceFinder& finder, const PortraitRules& rules);

}  // namespace camera
