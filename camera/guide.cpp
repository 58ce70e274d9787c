// Findings flicker at their limits; people cannot follow flickering words. Each finding has a memory of its own, and what is told has a second one.
#include "camera/guide.hpp"

#include <algorithm>

namespace camera {

namespace {
/// A finding that is there in half of the frames is there: sight grows twice as fast as it fades.
constexpr double growth = 2;
constexpr std::chrono::milliseconds one_second{1000};

std::size_t slot_of(const Finding& f) { return static_cast<std::size_t>(f.reason) * 3 + static_cast<std::size_t>(f.side); }
bool same_words(const std::optional<Finding>& a, const std::optional<Finding>& b) {
    return a.has_value() == b.has_value() && (!a || (a->reason == b->reason && a->side == b->side));
}
}  // namespace

void Guide::see(std::span<const Finding> findings, std::chrono::milliseconds now) {
    const auto step = began_ ? std::clamp(now - last_, std::chrono::milliseconds{0}, longest_step) : std::chrono::milliseconds{0};
    const double passed = static_cast<double>(step.count()), full = static_cast<double>(guidance_hold.count());
    last_ = now;
    for (auto& s : sights_) {
        s.seen = std::max(0.0, s.seen - passed);
        if (s.seen == 0) s.on = false;
    }
    bool refused = false;
    for (const auto& f : findings) {
        if (advisory(f.reason)) continue;
        refused = true;
        Sight& s = sights_[slot_of(f)];
        s.frames = s.seen > 0 ? s.frames + 1 : 1;
        s.seen = std::min(full, s.seen + (growth + 1) * passed + 1e-3);
        s.on = s.on || (s.frames >= 2 && s.seen >= static_cast<double>(confirm_after.count()));
        s.last = f;
    }
    // A blink pauses; a person who moves away begins anew.
    bad_ = refused ? bad_ + 1 : 0;
    if (bad_ >= 2) held_ = 0;
    else if (!refused && began_) held_ = std::min(1.0, held_ + passed / static_cast<double>(steady_for.count()));
    began_ = true;
    tell(now);
}

void Guide::tell(std::chrono::milliseconds now) {
    const auto lasting = std::ranges::find_if(sights_, &Sight::on);
    const std::optional<Finding> wanted = lasting == sights_.end() ? std::nullopt : std::optional(lasting->last);
    if (same_words(wanted, told_)) {
        told_ = wanted;  // the same words with a fresh measure
        return;
    }
    if (now - changed_[0] < guidance_hold || now - changed_[1] <= one_second) return;
    told_ = wanted;
    changed_ = {now, changed_[0]};
}

}  // namespace camera
