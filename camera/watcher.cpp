// Searching the whole frame costs ten times as much as following a face: it is done until one is held and then now and then, for a second person. The eyes
// are found by the cascade when a face is first held and now and then afterwards; in between their gradient centres are enough.
#include "camera/watcher.hpp"

#include "camera/quality/detectors.hpp"
#include "camera/quality/eye_look.hpp"

#include <opencv2/imgproc.hpp>

namespace camera {

namespace {
constexpr int frames_between_searches = 12, frames_between_eyes = 15;
constexpr double farthest_jump = 0.25;  // e: a gradient centre farther from where the eye was carried is a brow or a rim
constexpr int reduced_width = 160;
}  // namespace

Result<std::unique_ptr<Watcher>> Watcher::create(std::string_view detector) {
    auto finder = make_face_finder(detector);
    if (!finder) return std::unexpected(finder.error());
    return std::make_unique<Watcher>(std::move(*finder));
}

void Watcher::forget_person() {
    face_.reset();
    others_.clear();
    measures_ = {};
    motion_.clear();
    guide_.reset();
    best_.clear();
    since_search_ = since_eyes_ = 0;
    size_ = {};
}

void Watcher::reset() {
    forget_person();
    now_ = std::chrono::milliseconds{0};
    if (!previous_.empty()) previous_.setTo(0);
    previous_.release();
    black_since_.reset();
    frozen_since_.reset();
}

Result<void> Watcher::useful(const cv::Mat& frame, std::chrono::milliseconds now, bool live) {
    using drivers::fail;
    if (frame.cols < least_width || frame.rows < least_height) {
        forget_person();
        return fail(drivers::FaultCode::camera_wrong_size, fmt::format("{} x {}", frame.cols, frame.rows));
    }
    cv::Mat reduced;
    // Without averaging: a living sensor's noise must stay visible.
    cv::resize(frame, reduced, {reduced_width, std::max(1, reduced_width * frame.rows / frame.cols)}, 0, 0, cv::INTER_NEAREST);
    cv::Scalar mean, deviation;
    cv::meanStdDev(reduced, mean, deviation);
    const bool black = std::max({mean[0], mean[1], mean[2]}) < black_mean && std::max({deviation[0], deviation[1], deviation[2]}) < black_deviation;
    const bool frozen = live && previous_.size() == reduced.size() && previous_.type() == reduced.type() && cv::norm(previous_, reduced, cv::NORM_INF) == 0;
    previous_ = reduced;
    black_since_ = black ? black_since_.value_or(now) : std::optional<std::chrono::milliseconds>{};
    frozen_since_ = frozen ? frozen_since_.value_or(now) : std::optional<std::chrono::milliseconds>{};
    if (black_since_ && now - *black_since_ >= black_limit) {
        forget_person();
        return fail(drivers::FaultCode::camera_black, "covered or dark");
    }
    if (frozen_since_ && now - *frozen_since_ >= frozen_limit) {
        forget_person();
        return fail(drivers::FaultCode::camera_frozen, "the same picture again and again");
    }
    return {};
}

/// The face where it was, a little farther; nothing when it is lost or it is time for a search.
std::optional<Face> Watcher::keep_hold(const cv::Mat& grey) {
    if (!face_ || since_search_ >= frames_between_searches) return std::nullopt;
    auto followed = finder_->follow(grey, *face_);
    if (!followed) return std::nullopt;
    ++since_search_;
    if (++since_eyes_ >= frames_between_eyes || !followed->eyes_seen) {
        since_eyes_ = 0;
        if (const auto eyes = finder_->eyes(grey, followed->box, face_->eyes_seen ? face_->eyes.roll_degrees() : 0)) {
            followed->eyes = *eyes;
            followed->eyes_seen = true;
            return followed;
        }
    }
    const double e = followed->eyes.distance();
    for (cv::Point2d* eye : {&followed->eyes.left, &followed->eyes.right}) {
        const cv::Point2d centre = gradient_centre(grey, *eye, e);
        if (cv::norm(centre - *eye) <= farthest_jump * e) *eye = centre;
    }
    return followed;
}

std::vector<Face> Watcher::look(const cv::Mat& grey) {
    if (const auto held = keep_hold(grey)) {
        std::vector<Face> all{*held};
        all.insert(all.end(), others_.begin(), others_.end());
        return all;
    }
    since_search_ = since_eyes_ = 0;
    auto all = finder_->find(grey);
    others_.assign(all.empty() ? all.end() : all.begin() + 1, all.end());
    return all;
}

Observation Watcher::observe(const cv::Mat& frame, const PortraitRules& rules, std::optional<std::chrono::milliseconds> now) {
    Observation out;
    out.width = frame.cols;
    out.height = frame.rows;
    if (frame.size() != size_) forget_person();
    size_ = frame.size();
    now_ = now.value_or(now_ + std::chrono::duration_cast<std::chrono::milliseconds>(frame_time));
    cv::Mat grey, reduced = reduce_for_preview(frame);
    cv::cvtColor(frame, grey, cv::COLOR_BGR2GRAY);
    measures_ = measure(frame, grey, look(grey), rules, reduced);
    face_.reset();
    if (measures_.faces.empty()) motion_.clear();
    else {
        face_ = measures_.faces.front();
        out.face = Box{face_->box.x, face_->box.y, face_->box.width, face_->box.height};
        measures_.movement = motion_.see(grey, face_->eyes, now_);
    }
    out.findings = judge(measures_, rules);
    settle(frame, out, rules, now_);
    out.preview_width = reduced.cols;
    out.preview_height = reduced.rows;
    put_preview(reduced, Mirror::yes, out.preview_rgb);
    reduced.setTo(0);
    grey.setTo(0);
    return out;
}

/// What this frame means for the person and for the picture.
void Watcher::settle(const cv::Mat& frame, Observation& out, const PortraitRules& rules, std::chrono::milliseconds now) {
    guide_.see(out.findings, now);
    out.guidance = guide_.guidance();
    out.held = guide_.held();
    if (out.acceptable()) best_.add(frame, measures_, out.findings, components_of(measures_, rules).least());
    else if (guide_.held() == 0) best_.clear();
}

}  // namespace camera
