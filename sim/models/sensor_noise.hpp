// The noise of the simulated camera's sensor: every frame has its own, and costs two additions.
#pragma once
#include <cstdint>
#include <opencv2/core.hpp>

namespace sim {

/// 8-bit BGR plus Gaussian noise of this standard deviation (0 .. 60 levels). Same seed and frame: same pixels.
[[nodiscard]] cv::Mat with_sensor_noise(const cv::Mat& picture, double level, std::uint64_t seed, std::uint64_t frame);

}  // namespace sim
