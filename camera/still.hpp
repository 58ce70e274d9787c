// A photograph in a file, judged like a frame: for `liqu-ctl photo check` and `photo make`. Every file is hostile: size before memory, one clear error each.
#pragma once
#include "camera/camera.hpp"
#include "camera/quality/verdict.hpp"

#include <filesystem>

namespace camera {

/// Upright (EXIF orientation applied), 8-bit BGR. bad_configuration never; photo_not_encodable with a sentence: not a picture, truncated, too large
/// (max_still_bytes, max_still_pixels), too small, animated, 16 bits a channel (reduced) and CMYK (converted) are read where OpenCV can.
[[nodiscard]] Result<cv::Mat> read_still(const std::filesystem::path& file);

struct StillVerdict {
    enum class Verdict { accept, warn, refuse } verdict = Verdict::refuse;
    std::vector<Finding> findings;  ///< all that hold
    Measures measures;
};
[[nodiscard]] std::string_view name_of(StillVerdict::Verdict verdict);
/// Movement is not judged: there is one frame.
[[nodiscard]] StillVerdict judge_still(const cv::Mat& still, FaceFinder& finder, const PortraitRules& rules);
/// Name and value of every measure, for --json and technicians.
[[nodiscard]] std::vector<std::pair<std::string, double>> listed(const Measures& measures);

}  // namespace camera
