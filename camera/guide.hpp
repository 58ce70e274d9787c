// From findings to one guidance at a time, and to the moment at which a picture may be taken. Pure: time comes with each frame.
#pragma once
#include "camera/reasons.hpp"
#include "camera/rules.hpp"

#include <array>
#include <optional>
#include <span>

namespace camera {

inline constexpr std::chrono::milliseconds confirm_after{150};  ///< a finding must last this long before it is told
inline constexpr std::chrono::milliseconds longest_step{250};   ///< a gap between frames counts as this at most

class Guide {
  public:
    void reset() { *this = Guide{}; }
    /// `now`: any steady time, growing. Advisory findings are ignored.
    void see(std::span<const Finding> findings, std::chrono::milliseconds now);
    /// What the person is told: the most important finding that lasts. A finding counts after two frames and confirm_after of sight, and ends after
    /// guidance_hold without it; what is told stays for guidance_hold and changes at most twice in any second.
    [[nodiscard]] const std::optional<Finding>& guidance() const { return told_; }
    /// 0..1 of steady_for without a refusing finding. A single bad frame (a blink) pauses, it does not start anew; two in a row do.
    [[nodiscard]] double held() const { return held_; }

  private:
    /// One for each reason and side.
    struct Sight {
        double seen = 0;  ///< milliseconds, 0 .. guidance_hold: grows while the finding is there, falls while it is not
        int frames = 0;
        bool on = false;
        Finding last;
    };
    void tell(std::chrono::milliseconds now);
    std::array<Sight, static_cast<std::size_t>(reason_count) * 3> sights_{};
    std::optional<Finding> told_;
    std::array<std::chrono::milliseconds, 2> changed_{-long_ago, -long_ago};  // the last two changes, newest first
    std::chrono::milliseconds last_{0};
    double held_ = 0;
    int bad_ = 0;
    bool began_ = false;
    static constexpr std::chrono::milliseconds long_ago{1'000'000'000};
};

}  // namespace camera
