// UVC cameras know exposure as a menu (1 manual, 3 aperture priority) with a separate absolute time; gain and white balance are plain switches.
#include "camera/v4l2_controls.hpp"

#include <cerrno>
#include <cmath>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <ranges>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace camera {

namespace {
constexpr int ioctl_tries = 3;

class V4l2Controls final : public Controls {
  public:
    explicit V4l2Controls(int fd) : fd_(fd) {}
    ~V4l2Controls() override { ::close(fd_); }
    V4l2Controls(const V4l2Controls&) = delete;
    V4l2Controls& operator=(const V4l2Controls&) = delete;
    std::optional<std::int32_t> get(std::uint32_t id) override {
        v4l2_control control{};
        control.id = id;
        if (!call(VIDIOC_G_CTRL, control)) return std::nullopt;
        return control.value;
    }
    bool set(std::uint32_t id, std::int32_t value) override {
        v4l2_control control{};
        control.id = id;
        control.value = value;
        return call(VIDIOC_S_CTRL, control);
    }

  private:
    bool call(unsigned long request, v4l2_control& control) const {
        for (int i = 0; i < ioctl_tries; ++i) {
            if (::ioctl(fd_, request, &control) == 0) return true;
            if (errno != EINTR) return false;
        }
        return false;
    }
    int fd_;
};
}  // namespace

std::unique_ptr<Controls> make_v4l2_controls(const std::string& node) {
    const int fd = ::open(node.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return nullptr;
    return std::make_unique<V4l2Controls>(fd);
}

bool ExposureLock::hold(std::uint32_t automatic, std::int32_t manual, std::uint32_t value) {
    const auto before = controls_->get(automatic);
    if (!before || *before == manual) return false;  // an operator's manual setting stays as it is
    const auto present = value ? controls_->get(value) : std::nullopt;
    if (!controls_->set(automatic, manual)) return false;
    changed_.push_back({automatic, *before});
    // Some cameras forget the present value when they become manual.
    if (present && controls_->get(value) != present) controls_->set(value, *present);
    return true;
}

int ExposureLock::lock() {
    if (locked()) return static_cast<int>(changed_.size());
    if (controls_) {
        hold(V4L2_CID_EXPOSURE_AUTO, V4L2_EXPOSURE_MANUAL, V4L2_CID_EXPOSURE_ABSOLUTE);
        hold(V4L2_CID_AUTOGAIN, 0, V4L2_CID_GAIN);
        hold(V4L2_CID_AUTO_WHITE_BALANCE, 0, V4L2_CID_WHITE_BALANCE_TEMPERATURE);
    }
    if (changed_.empty()) spdlog::debug("camera: exposure and white balance cannot be held, the camera goes on adapting itself");
    return static_cast<int>(changed_.size());
}

void ExposureLock::unlock() {
    for (const auto& c : changed_ | std::views::reverse) controls_->set(c.id, c.before);
    changed_.clear();
}

Settling::Act Settling::see(double level, bool face, std::chrono::milliseconds now) {
    switch (state_) {
        case State::free: return see_free(level, face, now);
        case State::held: return see_held(level, face, now);
        case State::given_up: return Act::none;
    }
    return Act::none;
}

Settling::Act Settling::see_free(double level, bool face, std::chrono::milliseconds now) {
    if (!face) {
        face_since_.reset();
        level_since_.reset();
        return Act::none;
    }
    face_since_ = face_since_.value_or(now);
    if (!level_since_ || std::abs(level - level_) > settled_step) {
        level_since_ = now;
        level_ = level;
    }
    if (now - *level_since_ < settle_least && now - *face_since_ < settle_limit) return Act::none;
    state_ = State::held;
    held_at_ = now;
    level_ = level;
    gone_since_.reset();
    other_since_.reset();
    return Act::hold;
}

Settling::Act Settling::see_held(double level, bool face, std::chrono::milliseconds now) {
    gone_since_ = face ? std::optional<std::chrono::milliseconds>{} : gone_since_.value_or(now);
    if (gone_since_ && now - *gone_since_ >= gone_limit) return let_go(State::free);
    const double step = std::abs(level - level_);
    if (now - held_at_ <= lock_check) return step > jump_step && face ? let_go(State::given_up) : Act::none;
    other_since_ = step > other_light_step ? other_since_.value_or(now) : std::optional<std::chrono::milliseconds>{};
    if (other_since_ && now - *other_since_ >= settle_limit) return let_go(State::free);  // the light itself has changed
    return Act::none;
}

Settling::Act Settling::let_go(State next) {
    state_ = next;
    face_since_.reset();
    level_since_.reset();
    return Act::let_go;
}

}  // namespace camera
