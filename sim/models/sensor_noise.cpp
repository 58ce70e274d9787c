// One plate larger than the frame is kept; each frame looks at it through a window of its own.
#include "sim/models/sensor_noise.hpp"

#include "sim/models/model.hpp"

#include <algorithm>

namespace sim {

namespace {
constexpr int rim = 64;

struct Plates {
    cv::Size size;
    double level = -1;
    std::uint64_t seed = 0;
    cv::Mat more, less;

    void make(cv::Size wanted, double wanted_level, std::uint64_t wanted_seed) {
        if (size == wanted && level == wanted_level && seed == wanted_seed) return;
        cv::Mat drawn(wanted.height + rim, wanted.width + rim, CV_16SC3);
        cv::RNG(wanted_seed * 31 + 7).fill(drawn, cv::RNG::NORMAL, 0, std::clamp(wanted_level, 0.0, 60.0));
        size = wanted;
        level = wanted_level;
        seed = wanted_seed;
        drawn.convertTo(more, CV_8U);
        drawn.convertTo(less, CV_8U, -1);
    }
};
}  // namespace

cv::Mat with_sensor_noise(const cv::Mat& picture, double level, std::uint64_t seed, std::uint64_t frame) {
    static thread_local Plates plates;
    plates.make(picture.size(), level, seed);
    Dice dice(seed * 1'000'003 + frame);
    const cv::Rect window(static_cast<int>(dice.below(rim)), static_cast<int>(dice.below(rim)), picture.cols, picture.rows);
    cv::Mat out;
    cv::add(picture, plates.more(window), out);
    cv::subtract(out, plates.less(window), out);
    return out;
}

}  // namespace sim
