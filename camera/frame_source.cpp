// Devices through OpenCV, and folders of stills. OpenCV throws on some inputs and hangs on others: here both end, and become values.
#include "camera/frame_source.hpp"

#include "camera/still.hpp"
#include "camera/v4l2_controls.hpp"

#include <cstdlib>
#include <mutex>
#include <opencv2/videoio.hpp>
#include <spdlog/spdlog.h>
#include <thread>
#include <unistd.h>

namespace camera {

using drivers::fail;
using drivers::FaultCode;
using drivers::Result;

namespace {
constexpr int still_frames = 12;  // how often a still is shown before the next
constexpr std::chrono::milliseconds still_pause{80};

/// OpenCV has no other way to bound its V4L2 wait (ten seconds by default). Set once, before the first opening.
void set_opencv_limits() {
    static std::once_flag once;
    std::call_once(once, [] { ::setenv("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2", 0); });
}

class DeviceSource final : public FrameSource {
  public:
    explicit DeviceSource(std::string where) : where_(std::move(where)) {}
    Result<void> open() override {
        try {
            if (!open_device()) return fail(FaultCode::camera_missing, "does not open");
            return {};
        } catch (const cv::Exception& e) {
            return fail(FaultCode::camera_missing, "open: " + e.err);
        }
    }
    Result<cv::Mat> read() override {
        try {
            cv::Mat frame;
            if (!capture_.read(frame) || frame.empty()) return fail(FaultCode::camera_missing, "the stream ended");
            if (frame.type() != CV_8UC3) return fail(FaultCode::camera_wrong_size, "not a colour picture");
            if (static_cast<double>(frame.cols) * frame.rows > max_frame_pixels) return fail(FaultCode::camera_wrong_size, fmt::format("{} x {} is more than a camera gives", frame.cols, frame.rows));
            return frame.clone();  // the capture's own buffer is written again by the next read
        } catch (const cv::Exception& e) {
            return fail(FaultCode::camera_missing, "read: " + e.err);
        }
    }
    void close() override {
        exposure_.reset();  // before the device: it is given back as it was found
        capture_.release();
    }
    bool live() const override { return true; }
    void hold_exposure(bool hold) override {
        if (!hold) return exposure_.reset();
        exposure_.emplace(make_v4l2_controls(where_));
        const int held = exposure_->lock();
        if (held) spdlog::debug("camera: {} of exposure, gain and white balance are held", held);
    }

  private:
    bool open_device() {
        if (::access(where_.c_str(), R_OK | W_OK) != 0) return false;
        if (!capture_.open(where_, cv::CAP_V4L2)) return false;
        // MJPEG before the size: uncompressed 720p does not fit through USB 2 at more than 10 pictures a second.
        capture_.set(cv::CAP_PROP_FOURCC, cv::VideoWriter::fourcc('M', 'J', 'P', 'G'));
        capture_.set(cv::CAP_PROP_FRAME_WIDTH, wanted_width);
        capture_.set(cv::CAP_PROP_FRAME_HEIGHT, wanted_height);
        capture_.set(cv::CAP_PROP_FPS, 15);
        return true;
    }
    std::string where_;
    cv::VideoCapture capture_;
    std::optional<ExposureLock> exposure_;
};

class StillSource final : public FrameSource {
  public:
    explicit StillSource(std::filesystem::path folder) : folder_(std::move(folder)) {}
    Result<void> open() override {
        files_.clear();
        std::error_code error;
        for (std::filesystem::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
            std::string ext = it->path().extension().string();
            std::ranges::transform(ext, ext.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
            if (ext == ".jpg" || ext == ".jpeg" || ext == ".png" || ext == ".webp" || ext == ".bmp") files_.push_back(it->path());
        }
        if (files_.empty()) return fail(FaultCode::camera_missing, "no stills in the folder");
        std::ranges::sort(files_);
        shown_ = 0;
        return {};
    }
    Result<cv::Mat> read() override {
        if (files_.empty()) return fail(FaultCode::camera_missing, "closed");
        std::this_thread::sleep_for(still_pause);
        // A still that cannot be used is passed over; a folder without a usable one is a missing camera.
        for (std::size_t tried = 0; tried < files_.size(); ++tried) {
            if (shown_ % still_frames == 0 || still_.empty()) still_ = read_still(files_[shown_ / still_frames % files_.size()]).value_or(cv::Mat{});
            if (!still_.empty()) {
                ++shown_;
                return still_.clone();
            }
            shown_ = (shown_ / still_frames + 1) * still_frames;
        }
        return fail(FaultCode::camera_missing, "no usable still in the folder");
    }
    void close() override {
        if (!still_.empty()) still_.setTo(0);
        still_.release();
        files_.clear();
    }
    bool live() const override { return false; }
    void hold_exposure(bool) override {}

  private:
    std::filesystem::path folder_;
    std::vector<std::filesystem::path> files_;
    std::size_t shown_ = 0;
    cv::Mat still_;
};
}  // namespace

Result<std::unique_ptr<FrameSource>> make_frame_source(const std::string& uri) {
    set_opencv_limits();
    if (uri.starts_with("v4l2:/dev/")) return keep_latest(std::make_unique<DeviceSource>(uri.substr(5)));
    if (uri.starts_with("http://")) return keep_latest(make_http_stream(uri));
    if (uri.starts_with("file:") && uri.size() > 5) return std::make_unique<StillSource>(uri.substr(5));
    return fail(FaultCode::bad_configuration, "camera: expected v4l2:/dev/videoN, http://... or file:DIR");
}

}  // namespace camera
