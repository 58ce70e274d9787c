// Where frames come from: a V4L2 device, an MJPEG stream over HTTP, or a folder of stills. Blocking and bounded; used by the camera's thread only.
#pragma once
#include "drivers/fault.hpp"

#include <chrono>
#include <memory>
#include <opencv2/core.hpp>
#include <string>

namespace camera {

inline constexpr std::chrono::milliseconds source_open_limit{2000}, source_read_limit{2000};  ///< a dead device or server is given up after this
inline constexpr int wanted_width = 1280, wanted_height = 720;
inline constexpr std::size_t max_still_bytes = 32u << 20;
inline constexpr double max_still_pixels = 40e6;
inline constexpr int least_still_side = 64;  ///< pixels; smaller stills are no photographs

class FrameSource {
  public:
    virtual ~FrameSource() = default;
    /// camera_missing when nothing answers.
    virtual drivers::Result<void> open() = 0;
    /// The next frame, 8-bit BGR, newly allocated. camera_missing when the stream has ended or stalled.
    virtual drivers::Result<cv::Mat> read() = 0;
    virtual void close() = 0;
    /// False for stills, which repeat by nature.
    [[nodiscard]] virtual bool live() const = 0;
};

/// v4l2:/dev/videoN, http://..., file:DIR; bad_configuration for anything else.
[[nodiscard]] drivers::Result<std::unique_ptr<FrameSource>> make_frame_source(const std::string& uri);

}  // namespace camera
