// One session after another. Whoever is before the camera is forgotten, and every frame wiped, as soon as the session is not wanted any more.
#include "camera/worker.hpp"

#include "camera/portrait.hpp"

#include <opencv2/imgproc.hpp>
#include <pthread.h>

namespace camera {

using drivers::fail;
using drivers::Fault;
using drivers::FaultCode;

namespace {
constexpr std::chrono::milliseconds reopen_pause{500};
constexpr std::chrono::milliseconds trouble_pause{500};  // a lasting trouble is told again after this, not at every frame

void refuse_request(Shared& s, const Fault& why) {
    if (!s.request) return;
    forget(s.taken);
    s.taken = Taken{std::exchange(s.request, {})->first, std::unexpected(why)};
}
void tell_trouble(Shared& s, const Fault& why) {
    s.trouble = why;
    forget(s.fresh);
    refuse_request(s, why);
}
}  // namespace

void Worker::run() {
    pthread_setname_np(pthread_self(), "camera");
    cv::setNumThreads(1);  // one busy core is enough; the rest belongs to window and ledger
    while (const auto session = wait_until_wanted()) {
        frame_ = 0;
        serve(*session);
        forget();
    }
}

std::optional<std::uint64_t> Worker::wait_until_wanted() {
    std::unique_lock lock(shared_->mutex);
    shared_->changed.wait(lock, [this] { return shared_->quit || shared_->session != 0; });
    if (shared_->quit) return std::nullopt;
    task_ = shared_->task;
    return shared_->session;
}

bool Worker::wanted(std::uint64_t session) const {
    const std::lock_guard lock(shared_->mutex);
    return !shared_->quit && shared_->session == session;
}

void Worker::pause(std::uint64_t session, std::chrono::milliseconds limit) {
    std::unique_lock lock(shared_->mutex);
    shared_->changed.wait_for(lock, limit, [&] { return shared_->quit || shared_->session != session; });
}

/// What the session's task needs, made once and kept: cascades and templates take a tenth of a second.
Result<void> Worker::prepare() {
    if (!watcher_) {
        auto made = Watcher::create(rules_.detector);
        if (!made) return std::unexpected(made.error());
        watcher_ = std::move(*made);
    }
    const auto* task = std::get_if<DocumentTask>(&task_);
    if (task && (!documents_ || documents_->subject() != task->subject)) {
        auto made = DocumentWatcher::create(task->subject);
        if (!made) return std::unexpected(made.error());
        documents_ = std::move(*made);
    }
    return {};
}

/// One session: opens again and again until it is not wanted any more.
void Worker::serve(std::uint64_t session) {
    auto source = make_frame_source(uri_);
    const auto prepared = prepare();
    while (wanted(session)) {
        Fault trouble;
        if (!source) trouble = source.error();
        else if (!prepared) trouble = prepared.error();
        else if (auto opened = (*source)->open(); !opened) trouble = opened.error();
        else trouble = stream(session, **source);
        if (source) (*source)->close();
        forget();
        if (!wanted(session)) return;
        tell(session, [&](Shared& s) { tell_trouble(s, trouble); });
        pause(session, reopen_pause);
    }
}

/// Reads until the stream ends (why) or the session does.
Fault Worker::stream(std::uint64_t session, FrameSource& source) {
    std::optional<std::chrono::milliseconds> told_trouble;
    Settling settling;
    cv::Size size;
    while (wanted(session)) {
        auto frame = source.read();
        if (!wanted(session)) {
            if (frame) frame->setTo(0);
            break;
        }
        if (!frame) return frame.error();
        // A camera that changes its size has been exchanged or reset: nothing of before counts.
        if (size != frame->size()) forget();
        size = frame->size();
        answer_request(session);
        const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
        const auto useful = watcher_->useful(*frame, now, source.live());
        if (useful) {
            told_trouble.reset();
            show(session, *frame, now);
            settle(settling, source, *frame, now);
        } else if (!told_trouble || now - *told_trouble >= trouble_pause) {
            told_trouble = now;
            tell(session, [&](Shared& s) { tell_trouble(s, useful.error()); });
        }
        frame->setTo(0);
    }
    return {FaultCode::cancelled, "closed"};
}

void Worker::show(std::uint64_t session, const cv::Mat& frame, std::chrono::milliseconds now) {
    Sight sight;
    if (const auto* task = std::get_if<DocumentTask>(&task_)) sight = documents_->observe(frame, task->today);
    else sight = watcher_->observe(frame, rules_, now);
    std::visit([this](auto& seen) { seen.frame = ++frame_; }, sight);
    tell(session, [&](Shared& s) {
        camera::forget(s.fresh);
        s.fresh = std::move(sight);
        s.trouble.reset();
    });
}

/// Light is held on a face only: a document is judged frame by frame.
void Worker::settle(Settling& settling, FrameSource& source, const cv::Mat& frame, std::chrono::milliseconds now) const {
    if (std::holds_alternative<DocumentTask>(task_)) return;
    cv::Mat reduced;
    cv::resize(frame, reduced, {64, 48}, 0, 0, cv::INTER_NEAREST);
    const cv::Scalar mean = cv::mean(reduced);
    const auto act = settling.see((mean[0] + mean[1] + mean[2]) / 3, watcher_->face().has_value(), now);
    if (act != Settling::Act::none) source.hold_exposure(act == Settling::Act::hold);
}

void Worker::answer_request(std::uint64_t session) {
    std::optional<std::pair<std::uint64_t, Wish>> request;
    {
        const std::lock_guard lock(shared_->mutex);
        request = std::exchange(shared_->request, {});
    }
    if (!request) return;
    auto picture = picture_of(request->second);
    tell(session, [&](Shared& s) {
        camera::forget(s.taken);
        s.taken = Taken{request->first, std::move(picture)};
    });
}

Result<Picture> Worker::picture_of(const Wish& wish) {
    if (const auto* rules = std::get_if<PortraitRules>(&wish)) return portrait_of_best(*rules);
    if (!documents_) return fail(FaultCode::photo_not_encodable, "no page was looked for");
    auto page = documents_->take();
    if (!page) return std::unexpected(page.error());
    return Picture(std::move(*page));
}

Result<Picture> Worker::portrait_of_best(const PortraitRules& rules) {
    const BestFrames::Kept* best = watcher_->held() >= 1 ? watcher_->best() : nullptr;
    if (!best || best->measures.faces.empty()) return fail(FaultCode::photo_not_encodable, fmt::format("the checks have held for {:.0f} % of {} ms", 100 * watcher_->held(), steady_for.count()));
    auto portrait = make_portrait(best->frame, best->measures.faces.front(), watcher_->finder(), rules);
    if (!portrait) return std::unexpected(portrait.error());
    portrait->warnings = best->warnings;
    return Picture(std::move(*portrait));
}

template <class F>
void Worker::tell(std::uint64_t session, F change) {
    {
        const std::lock_guard lock(shared_->mutex);
        if (shared_->session != session || shared_->quit) return;
        shared_->from_session = session;
        change(*shared_);
        if (std::exchange(shared_->told, true)) return;
    }
    asio::post(loop_, [weak = side_, shared = shared_] {
        if (const auto side = weak.lock()) side->collect(*shared);
    });
}

void Worker::forget() {
    if (watcher_) watcher_->reset();
    if (documents_) documents_->reset();
}

}  // namespace camera
