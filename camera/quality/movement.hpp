// How fast the face moves between frames: its picture is looked for again near where it was, which is steadier than two independent finds of the eyes.
#pragma once
#include "camera/quality/face.hpp"

#include <chrono>

namespace camera {

inline constexpr std::chrono::microseconds frame_time{66'667};  ///< the unit of movement: 1/15 s

class Motion {
  public:
    ~Motion() { clear(); }
    Motion() = default;
    Motion(const Motion&) = delete;
    Motion& operator=(const Motion&) = delete;
    /// `grey`: 8-bit luma. Eye distances per frame_time since the frame before; nothing for the first frame, after a pause of more than a second,
    /// or when the face is not found again near its old place. 0.3 ms.
    std::optional<double> see(const cv::Mat& grey, const Eyes& eyes, std::chrono::milliseconds now);
    /// Wipes what was kept.
    void clear();

  private:
    cv::Mat patch_;            // the face of the last frame, reduced
    cv::Point2d where_;        // its middle in that frame
    double scale_ = 0;
    std::chrono::milliseconds at_{0};
};

}  // namespace camera
