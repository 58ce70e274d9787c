// The small picture that the window shows beside a sight.
#pragma once
#include <cstdint>
#include <opencv2/core.hpp>
#include <vector>

namespace camera {

inline constexpr int preview_width = 640, preview_height = 480;  ///< at most

enum class Mirror : std::uint8_t { no, yes };  ///< people move towards where a mirror shows them; what is printed must not be mirrored

/// At most preview_width x preview_height, the whole frame.
[[nodiscard]] cv::Mat reduce_for_preview(const cv::Mat& frame);
/// `reduced`: 8-bit BGR; written as RGB, row by row.
void put_preview(const cv::Mat& reduced, Mirror mirror, std::vector<std::uint8_t>& rgb);

}  // namespace camera
