// Exposure and white balance of a V4L2 camera: left to the camera until they have settled on the person, then held, and given back at the end. A photograph whose
// light changes between two frames cannot be judged. The decisions are pure; only V4l2Controls talks to a device (VIDIOC_G_CTRL, VIDIOC_S_CTRL).
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace camera {

/// One device's controls, by V4L2 id.
class Controls {
  public:
    virtual ~Controls() = default;
    /// Nothing when the camera does not have this control.
    virtual std::optional<std::int32_t> get(std::uint32_t id) = 0;
    virtual bool set(std::uint32_t id, std::int32_t value) = 0;
};

/// The controls of a device node. Nothing when it does not open. Opening it beside the capture is allowed by V4L2 and starts nothing.
[[nodiscard]] std::unique_ptr<Controls> make_v4l2_controls(const std::string& node);

/// Puts the automatic controls to manual at their present values, and back. The camera is given back as it was found, at the latest on destruction.
class ExposureLock {
  public:
    explicit ExposureLock(std::unique_ptr<Controls> controls) : controls_(std::move(controls)) {}
    ~ExposureLock() { unlock(); }
    ExposureLock(const ExposureLock&) = delete;
    ExposureLock& operator=(const ExposureLock&) = delete;
    /// How many of exposure, gain and white balance are held now; 0: the camera has no such controls (not a fault).
    int lock();
    void unlock();
    [[nodiscard]] bool locked() const { return !changed_.empty(); }

  private:
    struct Changed {
        std::uint32_t id = 0;
        std::int32_t before = 0;
    };
    bool hold(std::uint32_t automatic, std::int32_t manual, std::uint32_t value);
    std::unique_ptr<Controls> controls_;
    std::vector<Changed> changed_;
};

inline constexpr std::chrono::milliseconds settle_least{400};   ///< the picture's level must have stood so long with a face in it
inline constexpr std::chrono::milliseconds settle_limit{1000};  ///< and is held after this in any case
inline constexpr std::chrono::milliseconds lock_check{700};     ///< a jump within this after holding shows that the camera told a stale value
inline constexpr std::chrono::milliseconds gone_limit{2000};    ///< so long without a face, and the camera may adapt itself again
inline constexpr double settled_step = 2, jump_step = 14, other_light_step = 30;  ///< levels of the picture's mean

/// When to hold and when to let go. Pure: level and time come with each frame. Held only while a face is there: on an empty white wall a camera settles too dark.
class Settling {
  public:
    enum class Act : std::uint8_t { none, hold, let_go };
    /// `level`: mean of the frame, 0..255. `now`: any steady time, growing.
    Act see(double level, bool face, std::chrono::milliseconds now);
    [[nodiscard]] bool held() const { return state_ == State::held; }

  private:
    enum class State : std::uint8_t { free, held, given_up };
    Act see_free(double level, bool face, std::chrono::milliseconds now);
    Act see_held(double level, bool face, std::chrono::milliseconds now);
    Act let_go(State next);
    State state_ = State::free;
    std::optional<std::chrono::milliseconds> face_since_, level_since_, gone_since_, other_since_;
    std::chrono::milliseconds held_at_{0};
    double level_ = 0;
};

}  // namespace camera
