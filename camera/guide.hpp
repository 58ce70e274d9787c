// From findings to one guidance at a time, and to the moment at which a picture may be taken. Pure: time comes with each frame.
#pragma once
#include "camera/reasons.hpp"
#include "camera/rules.hpp"

#include <optional>
#include <span>

namespace camera {

class Guide {
  public:
    void reset() { *this = Guide{}; }
    /// `now`: any steady time, growing. Advisory findings are ignored.
    void see(std::span<const Finding> findings, std::chrono::milliseconds now);
    /// What the person is told: the most important finding, changed only after guidance_hold; a finding that comes and goes in single frames is not told.
    [[nodiscard]] const std::optional<Finding>& guidance() const { return told_; }
    /// 0..1 of steady_for without a refusing finding. A single bad frame (a blink) pauses, it does not start anew; two in a row do.
    [[nodiscard]] double held() const { return held_; }

  private:
    std::optional<Finding> told_, wanted_;
    std::chrono::milliseconds told_at_{-1'000'000}, wanted_at_{0}, last_{0};
    double held_ = 0;
    int bad_ = 0;
    bool began_ = false;
};

}  // namespace camera
