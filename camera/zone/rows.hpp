// Where lines of a machine readable zone may be: long, thin, dark and busy, of one length, one above the other.
#pragma once
#include <array>
#include <opencv2/core.hpp>
#include <vector>

namespace camera {

inline constexpr double least_pitch = 9.5;  ///< pixels a character, below which letters cannot be told apart
inline constexpr int max_zone_candidates = 4, max_row_candidates = 24;

/// One line: its middle line from the first letter's left edge to the last one's right edge, pixels of the frame, left to right.
struct Row {
    cv::Point2d left, right;
    [[nodiscard]] double length() const { return std::hypot(right.x - left.x, right.y - left.y); }
    [[nodiscard]] double degrees() const { return std::atan2(right.y - left.y, right.x - left.x) * 180 / CV_PI; }
};

/// One, two or three lines from top to bottom.
using RowGroup = std::vector<Row>;

/// `grey`: 8-bit. The most likely groups first: three lines, two, one; lower ones before higher ones.
[[nodiscard]] std::vector<RowGroup> find_rows(const cv::Mat& grey);

/// The corners of a group: upper left, upper right, lower right, lower left; the lines' own height included.
[[nodiscard]] std::array<cv::Point2d, 4> outline_of(const RowGroup& group);

}  // namespace camera
