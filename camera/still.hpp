// A photograph in a file, judged like a frame: for `liqu-ctl photo check` and `photo make`. Every file is hostile: size before memory, one clear error each.
#pragma once
#include "camera/camera.hpp"
#include "camera/quality/verdict.hpp"

#include <filesystem>

namespace camera {

inline constexpr std::size_t max_still_bytes = 32u << 20;
inline constexpr double max_still_pixels = 40e6;
inline constexpr int least_still_side = 64;    ///< pixels; smaller stills are no photographs
inline constexpr int longest_still_shape = 6;  ///< long over short side
inline constexpr int most_still_scans = 64;    ///< of a progressive JPEG: each costs a pass over all its pixels

/// Upright (EXIF orientation applied), 8-bit BGR; JPEG, PNG, WebP, BMP. 16 bits a channel are reduced, CMYK is converted. photo_not_encodable with a sentence for
/// everything else: no such file, a folder, empty, larger than max_still_bytes or max_still_pixels, smaller than least_still_side, not a picture, truncated,
/// animated. Size and kind are read from the headers before memory is given to the picture.
[[nodiscard]] Result<cv::Mat> read_still(const std::filesystem::path& file);

struct StillVerdict {
    enum class Verdict { accept, warn, refuse } verdict = Verdict::refuse;
    std::vector<Finding> findings;  ///< all that hold
    Measures measures;
};
[[nodiscard]] std::string_view name_of(StillVerdict::Verdict verdict);
/// `still`: 8-bit BGR of at least least_still_side. Movement is not judged: there is one frame. The place is judged by whether the official crop can be had from
/// this picture (fitted_window), not by where a camera wants the person. Sides are those of the picture as one looks at it, not of a mirror.
[[nodiscard]] StillVerdict judge_still(const cv::Mat& still, FaceFinder& finder, const PortraitRules& rules);
/// Name and value of every measure, for --json and technicians.
[[nodiscard]] std::vector<std::pair<std::string, double>> listed(const Measures& measures);

}  // namespace camera
