// The wall behind the person: lightness, colour and evenness, measured beside the head by a fit that hair and shoulders cannot spoil.
#pragma once
#include "camera/quality/face.hpp"

namespace camera {

/// One side of the wall, as the frame shows it. L* 0..100; chroma is C* of Lab.
struct WallSide {
    double lightness = 0, chroma = 0;  ///< medians
    double foreign = 0;                ///< 0..1: share of the side that does not belong to the fitted wall
    double shadow = 0;                 ///< 0..1: share of the side that is the wall's own colour but darker by a cast shadow's step
    int samples = 0;                   ///< 0: this side of the person is outside the frame
};

struct Wall {
    WallSide left, right;
    double rise = 0;        ///< L* from the frame's left to its right edge; negative: darker towards the right
    double lightness = 0;   ///< median L* of both sides
    double residual = 0;    ///< L* rms of what the fit kept: texture, stripes
    int samples = 0;        ///< 0: nothing of the wall is seen
    /// Of the fitted planes L*, a*, b* = p0 + p1 x + p2 y, with x and y in widths of the frame.
    cv::Matx33d planes = cv::Matx33d::zeros();
    /// How far the hair reaches above the eyes' middle, in eye distances: 1.3 .. 2.5, where 2.5 may be more, and a little beyond the frame's upper edge when the
    /// hair goes on there; nothing when it does not stand out from the wall.
    std::optional<double> crown;
};

inline constexpr int wall_edge_live = 240, wall_edge_portrait = 720;  ///< long edge in pixels at which the wall is measured

/// `frame`: 8-bit BGR of at least 16 x 16. `long_edge`: working resolution.
[[nodiscard]] Wall measure_wall(const cv::Mat& frame, const Eyes& eyes, int long_edge = wall_edge_live);

}  // namespace camera
