// Latest frame only: a reader thread drains the stream into a single slot. It never outlives close, because every read of the inner source is bounded.
#include "camera/frame_source.hpp"

#include <condition_variable>
#include <mutex>
#include <pthread.h>
#include <thread>

namespace camera {

using drivers::fail;
using drivers::Fault;
using drivers::FaultCode;
using drivers::Result;

namespace {
constexpr std::chrono::milliseconds grace{500};  // the inner source answers first, with its own reason

class LatestFrame final : public FrameSource {
  public:
    explicit LatestFrame(std::unique_ptr<FrameSource> inner) : inner_(std::move(inner)) {}
    ~LatestFrame() override { close(); }
    LatestFrame(const LatestFrame&) = delete;
    LatestFrame& operator=(const LatestFrame&) = delete;

    Result<void> open() override {
        close();
        if (auto opened = inner_->open(); !opened) return opened;
        stop_ = false;
        ended_.reset();
        thread_ = std::thread([this] { drain(); });
        return {};
    }

    Result<cv::Mat> read() override {
        std::unique_lock lock(mutex_);
        if (!thread_.joinable()) return fail(FaultCode::camera_missing, "closed");
        if (!changed_.wait_for(lock, source_read_limit + grace, [this] { return !frame_.empty() || ended_; })) return fail(FaultCode::camera_missing, "no picture within the limit");
        if (!frame_.empty()) return std::exchange(frame_, {});
        return std::unexpected(*ended_);
    }

    void close() override {
        if (!thread_.joinable()) return;
        {
            const std::lock_guard lock(mutex_);
            stop_ = true;
        }
        thread_.join();  // within source_read_limit
        forget();
        inner_->close();
    }

    bool live() const override { return inner_->live(); }
    void hold_exposure(bool hold) override { inner_->hold_exposure(hold); }

  private:
    void drain() {
        pthread_setname_np(pthread_self(), "camera-read");
        for (;;) {
            auto frame = inner_->read();
            const std::lock_guard lock(mutex_);
            if (stop_) {
                if (frame) frame->setTo(0);
                return;
            }
            if (frame) {
                forget();
                frame_ = std::move(*frame);
            } else {
                ended_ = frame.error();
            }
            changed_.notify_one();
            if (ended_) return;
        }
    }
    void forget() {
        if (!frame_.empty()) frame_.setTo(0);
        frame_.release();
    }

    std::unique_ptr<FrameSource> inner_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::thread thread_;
    bool stop_ = false;
    cv::Mat frame_;
    std::optional<Fault> ended_;
};
}  // namespace

std::unique_ptr<FrameSource> keep_latest(std::unique_ptr<FrameSource> inner) { return std::make_unique<LatestFrame>(std::move(inner)); }

}  // namespace camera
