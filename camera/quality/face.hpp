// Finding faces and eyes with OpenCV's Haar cascades (package opencv-data): a full search until a face is held, then a cheap search around it.
#pragma once
#include "drivers/fault.hpp"

#include <memory>
#include <opencv2/core.hpp>
#include <optional>
#include <vector>

namespace camera {

/// All lengths are pixels of the frame.
struct Eyes {
    cv::Point2d left, right;  ///< centres, left and right in the frame
    [[nodiscard]] cv::Point2d middle() const { return (left + right) * 0.5; }
    [[nodiscard]] double distance() const;
    [[nodiscard]] double roll_degrees() const;
};

struct Face {
    cv::Rect box;
    Eyes eyes;               ///< measured, or where they are in a face with this box
    bool eyes_seen = false;  ///< false: `eyes` is an estimate from the box, refined by gradient centres
};

/// alt2's box is this many eye distances wide (median of 102 faces, photo-benchmarks.md).
inline constexpr double box_per_eye_distance = 2.67;

/// Not for two threads (OpenCV 4287): one per thread.
class FaceFinder {
  public:
    /// bad_configuration when the cascade files are not installed.
    [[nodiscard]] static drivers::Result<std::unique_ptr<FaceFinder>> create();
    virtual ~FaceFinder() = default;
    /// Every face of the frame, largest first. `grey`: 8-bit, any size.
    virtual std::vector<Face> find(const cv::Mat& grey) = 0;
    /// The face that was at `last`, moved a little; eyes are carried along with the box. A tenth of the cost of find.
    virtual std::optional<Face> follow(const cv::Mat& grey, const Face& last) = 0;
    /// The eyes in this face's box: by the eye cascade, and one that it does not see (it misses half of all glasses) by its gradient centre where an eye can be
    /// discerned. Nothing otherwise. `roll_degrees`: as far as it is known already; without it 20 degrees are found.
    virtual std::optional<Eyes> eyes(const cv::Mat& grey, const cv::Rect& box, double roll_degrees = 0) = 0;
};

}  // namespace camera
