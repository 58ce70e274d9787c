// One frame after another: is the stream of use (black, frozen, wrong size), where is the face, what is the verdict, what is the person told, which
// frame is the best so far. No thread, no device; time comes with each frame.
#pragma once
#include "camera/best.hpp"
#include "camera/camera.hpp"
#include "camera/guide.hpp"
#include "camera/preview.hpp"
#include "camera/quality/movement.hpp"
#include "camera/quality/verdict.hpp"

namespace camera {

inline constexpr int least_width = 640, least_height = 480;      ///< smaller frames cannot hold the official crop
inline constexpr std::chrono::milliseconds black_limit{1500}, frozen_limit{3000};  ///< so long before it is a fault
inline constexpr double black_mean = 6, black_deviation = 4;     ///< levels, of a reduced frame

class Watcher {
  public:
    /// `detector` as in PortraitRules. bad_configuration when it is not known or its files are missing.
    [[nodiscard]] static Result<std::unique_ptr<Watcher>> create(std::string_view detector = "haar");
    explicit Watcher(std::unique_ptr<FaceFinder> finder) : finder_(std::move(finder)) {}
    /// Forgets the person and wipes what it kept of earlier frames.
    void reset();
    /// `now`: any steady time, growing. `live`: a frame that repeats exactly is suspicious. camera_wrong_size / camera_black / camera_frozen.
    Result<void> useful(const cv::Mat& frame, std::chrono::milliseconds now, bool live);
    /// Number and time of the observation are the caller's to fill in. The frame is only read. A frame of another size than the last begins anew.
    /// `now` as in useful; without it every frame is taken to be frame_time after the last.
    Observation observe(const cv::Mat& frame, const PortraitRules& rules, std::optional<std::chrono::milliseconds> now = {});
    /// The person, and everything that was measured, in the frame that was observed last.
    [[nodiscard]] const std::optional<Face>& face() const { return face_; }
    [[nodiscard]] const Measures& measures() const { return measures_; }
    /// The best of the last best_of acceptable frames while nothing has broken the series; nullptr: none. Valid until the next observe or reset.
    [[nodiscard]] const BestFrames::Kept* best() const { return best_.best(); }
    /// 0..1; at 1 best() may become the portrait.
    [[nodiscard]] double held() const { return guide_.held(); }
    FaceFinder& finder() { return *finder_; }

  private:
    std::vector<Face> look(const cv::Mat& grey);
    std::optional<Face> keep_hold(const cv::Mat& grey);
    void forget_person();
    void settle(const cv::Mat& frame, Observation& out, const PortraitRules& rules, std::chrono::milliseconds now);
    std::unique_ptr<FaceFinder> finder_;
    std::optional<Face> face_;
    std::vector<Face> others_;
    Measures measures_;
    Motion motion_;
    Guide guide_;
    BestFrames best_;
    cv::Size size_;
    std::chrono::milliseconds now_{0};
    int since_search_ = 0, since_eyes_ = 0;
    cv::Mat previous_;
    std::optional<std::chrono::milliseconds> black_since_, frozen_since_;
};

}  // namespace camera
