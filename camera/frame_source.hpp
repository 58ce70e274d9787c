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
inline constexpr double max_frame_pixels = 3840.0 * 2160;  ///< larger frames are not a camera's: camera_wrong_size

class FrameSource {
  public:
    virtual ~FrameSource() = default;
    /// camera_missing when nothing answers.
    virtual drivers::Result<void> open() = 0;
    /// The newest frame that was not read yet, 8-bit BGR, newly allocated; waits for one. camera_missing when the stream has ended or stalled.
    virtual drivers::Result<cv::Mat> read() = 0;
    virtual void close() = 0;
    /// False for stills, which repeat by nature.
    [[nodiscard]] virtual bool live() const = 0;
    /// Holds exposure and white balance at their present values, or lets them go; where there is nothing to hold nothing happens. close lets go.
    virtual void hold_exposure(bool hold) = 0;
};

/// v4l2:/dev/videoN, http://..., file:DIR; bad_configuration for anything else.
[[nodiscard]] drivers::Result<std::unique_ptr<FrameSource>> make_frame_source(const std::string& uri);

/// `url`: http://[login@]host[:port]/path of a multipart MJPEG stream.
[[nodiscard]] std::unique_ptr<FrameSource> make_http_stream(const std::string& url);

/// Reads `inner` in a thread of its own as fast as it comes and keeps the newest frame only, so that a slow judge sees the present and not a queue. Frames that
/// nobody read are wiped. open and hold_exposure run on the caller's thread.
[[nodiscard]] std::unique_ptr<FrameSource> keep_latest(std::unique_ptr<FrameSource> inner);

}  // namespace camera
