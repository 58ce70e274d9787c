// Searching the whole frame costs ten times as much as following a face: it is done until one is held and then now and then, for a second person.
#include "camera/watcher.hpp"

#include <opencv2/imgproc.hpp>

namespace camera {

namespace {
constexpr int frames_between_searches = 8, frames_between_eyes = 3;
constexpr int reduced_width = 160;

/// Mirrored, because people move towards where a mirror shows them.
void put_preview(const cv::Mat& frame, Observation& out) {
    const double k = std::min({1.0, static_cast<double>(preview_width) / frame.cols, static_cast<double>(preview_height) / frame.rows});
    cv::Mat small, rgb;
    cv::resize(frame, small, {std::max(1, cvFloor(frame.cols * k)), std::max(1, cvFloor(frame.rows * k))}, 0, 0, cv::INTER_AREA);
    cv::cvtColor(small, rgb, cv::COLOR_BGR2RGB);
    cv::flip(rgb, rgb, 1);
    out.preview_width = rgb.cols;
    out.preview_height = rgb.rows;
    out.preview_rgb.assign(rgb.datastart, rgb.dataend);
}
}  // namespace

Result<std::unique_ptr<Watcher>> Watcher::create() {
    auto finder = FaceFinder::create();
    if (!finder) return std::unexpected(finder.error());
    return std::make_unique<Watcher>(std::move(*finder));
}

void Watcher::reset() {
    face_.reset();
    others_.clear();
    since_search_ = since_eyes_ = 0;
    if (!previous_.empty()) previous_.setTo(0);
    previous_.release();
    black_since_.reset();
    frozen_since_.reset();
}

Result<void> Watcher::useful(const cv::Mat& frame, std::chrono::milliseconds now, bool live) {
    using drivers::fail;
    if (frame.cols < least_width || frame.rows < least_height) return fail(drivers::FaultCode::camera_wrong_size, fmt::format("{} x {}", frame.cols, frame.rows));
    cv::Mat reduced;
    // Without averaging: a living sensor's noise must stay visible.
    cv::resize(frame, reduced, {reduced_width, std::max(1, reduced_width * frame.rows / frame.cols)}, 0, 0, cv::INTER_NEAREST);
    cv::Scalar mean, deviation;
    cv::meanStdDev(reduced, mean, deviation);
    const bool black = std::max({mean[0], mean[1], mean[2]}) < black_mean && std::max({deviation[0], deviation[1], deviation[2]}) < black_deviation;
    const bool frozen = live && previous_.size() == reduced.size() && cv::norm(previous_, reduced, cv::NORM_INF) == 0;
    previous_ = reduced;
    black_since_ = black ? black_since_.value_or(now) : std::optional<std::chrono::milliseconds>{};
    frozen_since_ = frozen ? frozen_since_.value_or(now) : std::optional<std::chrono::milliseconds>{};
    if (black_since_ && now - *black_since_ >= black_limit) return fail(drivers::FaultCode::camera_black, "covered or dark");
    if (frozen_since_ && now - *frozen_since_ >= frozen_limit) return fail(drivers::FaultCode::camera_frozen, "the same picture again and again");
    return {};
}

std::vector<Face> Watcher::look(const cv::Mat& grey) {
    if (face_ && since_search_ < frames_between_searches) {
        ++since_search_;
        if (auto followed = finder_->follow(grey, *face_)) {
            if (++since_eyes_ >= frames_between_eyes || !followed->eyes_seen) {
                since_eyes_ = 0;
                if (const auto eyes = finder_->eyes(grey, followed->box)) {
                    followed->eyes = *eyes;
                    followed->eyes_seen = true;
                }
            }
            std::vector<Face> all{*followed};
            all.insert(all.end(), others_.begin(), others_.end());
            return all;
        }
    }
    since_search_ = since_eyes_ = 0;
    auto all = finder_->find(grey);
    others_.assign(all.empty() ? all.end() : all.begin() + 1, all.end());
    return all;
}

Observation Watcher::observe(const cv::Mat& frame, const PortraitRules& rules) {
    Observation out;
    out.width = frame.cols;
    out.height = frame.rows;
    cv::Mat grey;
    cv::cvtColor(frame, grey, cv::COLOR_BGR2GRAY);
    Measures measures;
    measures.frame = frame.size();
    measures.faces = look(grey);
    face_.reset();
    if (!measures.faces.empty()) {
        face_ = measures.faces.front();
        out.face = Box{face_->box.x, face_->box.y, face_->box.width, face_->box.height};
        measures.wall = measure_wall(frame, face_->eyes);
        measures.light = measure_light(grey, face_->eyes);
    }
    out.findings = judge(measures, rules);
    put_preview(frame, out);
    return out;
}

}  // namespace camera
