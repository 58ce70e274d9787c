// Soft shapes on a float canvas in units of the eye distance: what the rendered person is drawn with.
#pragma once
#include "sim/models/model.hpp"

#include <opencv2/core.hpp>
#include <vector>

namespace sim {

using Outline = std::vector<cv::Point2d>;
using Colour = cv::Vec3f;  ///< blue, green, red, 0..1

/// A smooth closed outline through these points (Catmull-Rom).
[[nodiscard]] Outline smooth(const Outline& through);
/// A smooth line through these points, open at its ends.
[[nodiscard]] Outline curve(const Outline& through);
/// The outline whose right half, from top to bottom, is given; the left half is its mirror image.
[[nodiscard]] Outline both_sides(const Outline& right_half);
[[nodiscard]] Outline oval(double x, double y, double radius_x, double radius_y);
[[nodiscard]] Outline mirrored(Outline outline);
/// A stroke along `path` with these half widths at its start, middle and end.
[[nodiscard]] Outline brush(const Outline& path, double start, double middle, double end);

class Canvas {
  public:
    /// `unit` pixels per eye distance; the origin lies at (left, above) units.
    Canvas(double unit, double left, double above, double width, double height);
    /// Paints over colour and coverage. `feather`: softness of the edge in units.
    void fill(const Outline& outline, Colour colour, double feather = 0.012, float opacity = 1);
    /// Changes colour only where something is: multiplies by 1 + (factor - 1) * mask.
    void shade(const Outline& outline, Colour factor, double feather);
    /// As fill, but only inside `clip`.
    void fill_within(const Outline& clip, const Outline& outline, Colour colour, double feather, float opacity = 1);
    /// Multiplies by 1 + amount * noise; grain in units, stretched by these factors.
    void grain(const Outline& outline, float amount, double grain_x, double grain_y, Dice& dice);
    /// Multiplies inside the outline by f(x, y).
    template <class F>
    void relight(const Outline& outline, double feather, F f) {
        const Patch patch = mask(outline, feather);
        for (int y = 0; y < patch.alpha.rows; ++y)
            for (int x = 0; x < patch.alpha.cols; ++x) {
                const float m = patch.alpha.at<float>(y, x);
                if (m <= 0) continue;
                const float k = 1 + m * (f((x + patch.area.x) / unit_ - left_, (y + patch.area.y) / unit_ - above_) - 1);
                colour_.at<Colour>(y + patch.area.y, x + patch.area.x) *= k;
            }
    }
    /// 8-bit BGRA, premultiplied.
    [[nodiscard]] cv::Mat picture() const;

  private:
    struct Patch {
        cv::Rect area;
        cv::Mat alpha;  // 32F
    };
    [[nodiscard]] Patch mask(const Outline& outline, double feather) const;
    double unit_, left_, above_;
    cv::Mat colour_, cover_;
    Outline clip_;      ///< of the last fill_within: many strokes share one
    Patch clip_mask_;
};

}  // namespace sim
