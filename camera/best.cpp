// The best of the last frames. A later frame with a better rank outlives every earlier one, so that few pictures are ever kept at once.
#include "camera/best.hpp"

#include <algorithm>
#include <cmath>

namespace camera {

namespace {
/// 1 at `good` and beyond, 0 at `limit` and beyond, straight in between; works in both directions.
double between(double value, double limit, double good) {
    if (good == limit || !std::isfinite(value)) return 0;
    return std::clamp((value - limit) / (good - limit), 0.0, 1.0);
}
/// How far below an upper limit: 1 at nothing.
double below(double value, double limit) { return between(std::abs(value), limit, 0); }

std::size_t bytes_of(const cv::Mat& m) { return m.total() * m.elemSize(); }
}  // namespace

double Components::least() const { return std::min({place, upright, light, wall, sharp, still, eyes}); }

Components components_of(const Measures& m, const PortraitRules& rules) {
    const Limits& limits = rules.limits;
    Components c;
    if (m.faces.empty()) return c;
    const Eyes& eyes = m.faces.front().eyes;
    const double e = eyes.distance(), farthest = rules.eye_distance / limits.enlargement, nearest = largest_eye_distance(m.frame, rules), best = (farthest + nearest) / 2;
    // Anywhere within the limits is a good place: only the outer tenth counts less.
    const double room = std::max(1e-9, nearest - farthest);
    c.place = e < farthest || e > nearest ? 0 : std::min(1.0, (room / 2 - std::abs(e - best)) / (0.1 * room));
    c.upright = std::min(below(m.pose.roll_degrees, limits.tilt_degrees), m.pose.turn_known ? below(m.pose.turn, limits.turn) : 0.5);
    // Unlike histograms of cheeks that are as bright as each other are no uneven light (verdict.cpp).
    const double alike = std::max(between(m.light.cheeks, limits.cheeks, 100), between(m.light.cheek_ratio, limits.cheek_ratio, 1));
    c.light = std::min({between(m.light.mean, limits.dark_face, 2 * limits.dark_face), between(m.light.mean, limits.bright_face, limits.bright_face - 40),
                        below(m.light.burnt, limits.burnt), alike});
    const double shadow = std::max(m.wall.left.shadow, m.wall.right.shadow), foreign = std::max(m.wall.left.foreign, m.wall.right.foreign);
    c.wall = m.wall.samples ? std::min({between(m.wall.lightness, limits.white_lightness, 95), below(std::max(m.wall.left.chroma, m.wall.right.chroma), limits.white_chroma),
                                        below(shadow, limits.shadow), below(foreign, limits.foreign), below(m.wall.rise, limits.wall_rise)})
                            : 0;
    c.sharp = between(m.sharpness, limits.sharpness, 4 * limits.sharpness);
    c.still = m.movement ? below(*m.movement, limits.movement) : 0.5;
    const double open = std::min(m.eyes.left.open, m.eyes.right.open), glare = std::max(m.eyes.left.glare, m.eyes.right.glare);
    c.eyes = std::min({between(open, limits.eye_open, 1.6 * limits.eye_open), below(glare, limits.glare), between(m.eyes.tint, limits.tint, 1)});
    return c;
}

void BestFrames::drop(std::size_t index) {
    if (!kept_[index].kept.frame.empty()) kept_[index].kept.frame.setTo(0);
    kept_.erase(kept_.begin() + static_cast<std::ptrdiff_t>(index));
}

void BestFrames::add(const cv::Mat& frame, Measures measures, std::vector<Finding> warnings, double rank) {
    ++added_;
    while (!kept_.empty() && kept_.front().number + best_of <= added_) drop(0);
    while (!kept_.empty() && kept_.back().kept.rank <= rank) drop(kept_.size() - 1);
    std::size_t sum = bytes_of(frame);
    if (sum > max_kept_bytes) return;
    for (const auto& s : kept_) sum += bytes_of(s.kept.frame);
    // The best one stays; of the others the oldest goes first.
    while (sum > max_kept_bytes && !kept_.empty()) {
        const std::size_t victim = kept_.size() > 1 ? 1 : 0;
        sum -= bytes_of(kept_[victim].kept.frame);
        drop(victim);
    }
    kept_.push_back({{frame.clone(), std::move(measures), std::move(warnings), rank}, added_});
}

void BestFrames::clear() {
    while (!kept_.empty()) drop(kept_.size() - 1);
}

}  // namespace camera
