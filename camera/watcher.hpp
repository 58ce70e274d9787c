// One frame after another: is the stream of use (black, frozen, wrong size), where is the face, what is the verdict. No thread, no device.
#pragma once
#include "camera/camera.hpp"
#include "camera/quality/verdict.hpp"

namespace camera {

inline constexpr int least_width = 640, least_height = 480;      ///< smaller frames cannot hold the official crop
inline constexpr int preview_width = 640, preview_height = 480;  ///< at most
inline constexpr std::chrono::milliseconds black_limit{1500}, frozen_limit{3000};  ///< so long before it is a fault
inline constexpr double black_mean = 6, black_deviation = 4;     ///< levels, of a reduced frame

class Watcher {
  public:
    /// bad_configuration without the cascades.
    [[nodiscard]] static Result<std::unique_ptr<Watcher>> create();
    explicit Watcher(std::unique_ptr<FaceFinder> finder) : finder_(std::move(finder)) {}
    /// Forgets the face and wipes what it kept of earlier frames.
    void reset();
    /// `now`: any steady time. `live`: a frame that repeats exactly is suspicious. camera_wrong_size / camera_black / camera_frozen.
    Result<void> useful(const cv::Mat& frame, std::chrono::milliseconds now, bool live);
    /// Number and time of the observation are the caller's to fill in.
    Observation observe(const cv::Mat& frame, const PortraitRules& rules);
    /// The person in the frame that was observed last.
    [[nodiscard]] const std::optional<Face>& face() const { return face_; }
    FaceFinder& finder() { return *finder_; }

  private:
    std::vector<Face> look(const cv::Mat& grey);
    std::unique_ptr<FaceFinder> finder_;
    std::optional<Face> face_;
    std::vector<Face> others_;
    int since_search_ = 0, since_eyes_ = 0;
    cv::Mat previous_;
    std::optional<std::chrono::milliseconds> black_since_, frozen_since_;
};

}  // namespace camera
