// How a drawn figure is turned, tilted and placed: the head as half an ellipsoid with a nose, the ears as flaps at its sides, the body under its neck.
#pragma once
#include <array>
#include <opencv2/core.hpp>

namespace sim {

inline constexpr double figure_face_width = 2.236;  ///< eye distances; photo-official-numbers.md: median of 102 faces

/// The turned head in eye distances, the eyes' middle at the origin. Depth of the eyes before the head's axis 1.2 e, so that the eyes' middle wanders 0.02 e per
/// degree of yaw against the head's outline.
class HeadPose {
  public:
    /// Degrees as in PersonScene.
    HeadPose(double roll, double yaw, double pitch);
    /// Where a point of the face that is drawn at `drawn` is seen.
    [[nodiscard]] cv::Point2d seen(cv::Point2d drawn) const;
    /// The opposite: what of the drawing is seen at that place.
    [[nodiscard]] cv::Point2d drawn(cv::Point2d seen) const;
    /// The same for an ear (side -1 left, 1 right); nothing is there when x is huge.
    [[nodiscard]] cv::Point2d drawn_ear(cv::Point2d seen, double side) const;
    [[nodiscard]] cv::Point2d drawn_hair_behind(cv::Point2d seen) const;
    /// How far the body goes aside, so that the neck stays below the head.
    [[nodiscard]] cv::Point2d body_offset() const;
    /// Half of the face's width as it is seen.
    [[nodiscard]] double half_face() const;
    /// Turned in the picture's plane.
    [[nodiscard]] cv::Point2d rolled(cv::Point2d p) const;
    /// The side whose ear is in sight, -1 or 1; 0: both lie behind.
    [[nodiscard]] int near_ear() const;

  private:
    [[nodiscard]] cv::Point2d upright(cv::Point2d seen) const;
    double sin_roll_, cos_roll_, sin_yaw_, cos_yaw_, sin_pitch_, cos_pitch_;
    struct Slice {
        double half_width = 0, radius = 0, lead = 0;  ///< drawn; of the turned outline; the angle by which the front leads
    };
    [[nodiscard]] Slice slice(double y) const;
    static constexpr int slice_count = 96;
    std::array<Slice, slice_count> slices_;           ///< from the crown to the chin
    cv::Point2d eyes_{};        ///< the eyes' middle, seen from the head's axis
};

}  // namespace sim
