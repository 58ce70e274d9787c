// The last frames that would do, and the best of them: that with the greatest minimum component.
#pragma once
#include "camera/quality/verdict.hpp"

namespace camera {

/// 0..1 each: how far a measure is on the good side of its limit. The least of them ranks a frame (photo-ofiq-measures.md: no network, so the worst decides).
struct Components {
    double place = 0, upright = 0, light = 0, wall = 0, sharp = 0, still = 0, eyes = 0;
    [[nodiscard]] double least() const;
};
[[nodiscard]] Components components_of(const Measures& measures, const PortraitRules& rules);

/// Holds at most best_of frames; wipes what it drops.
class BestFrames {
  public:
    BestFrames() = default;
    ~BestFrames() { clear(); }
    BestFrames(const BestFrames&) = delete;
    BestFrames& operator=(const BestFrames&) = delete;
    void add(cv::Mat frame, Measures measures, std::vector<Finding> warnings, double rank);
    void clear();
    struct Kept {
        cv::Mat frame;
        Measures measures;
        std::vector<Finding> warnings;
        double rank = 0;
    };
    [[nodiscard]] const Kept* best() const;

  private:
    std::vector<Kept> kept_;
};

}  // namespace camera
