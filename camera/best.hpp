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

/// What all kept frames together may take.
inline constexpr std::size_t max_kept_bytes = 96u << 20;

/// Looks at the last best_of frames that were added, keeps the pixels of those only that can still become the best, and wipes what it drops.
class BestFrames {
  public:
    BestFrames() = default;
    ~BestFrames() { clear(); }
    BestFrames(const BestFrames&) = delete;
    BestFrames& operator=(const BestFrames&) = delete;
    /// `frame` is copied.
    void add(const cv::Mat& frame, Measures measures, std::vector<Finding> warnings, double rank);
    void clear();
    struct Kept {
        cv::Mat frame;
        Measures measures;
        std::vector<Finding> warnings;
        double rank = 0;
    };
    /// Valid until the next add or clear.
    [[nodiscard]] const Kept* best() const { return kept_.empty() ? nullptr : &kept_.front().kept; }
    [[nodiscard]] std::size_t size() const { return kept_.size(); }

  private:
    struct Slot {
        Kept kept;
        std::uint64_t number = 0;
    };
    void drop(std::size_t index);
    std::vector<Slot> kept_;  // oldest first; ranks fall strictly: a frame with a better one after it can never be the best again
    std::uint64_t added_ = 0;
};

}  // namespace camera
