// The concrete camera: one thread that opens, reads, judges and crops; the loop only receives. The thread waits until it is wanted, so a closed
// camera films nothing; it never outlives the object, because every read and opening of a source is bounded (frame_source.hpp).
#include "camera/camera.hpp"
#include "camera/frame_source.hpp"
#include "camera/portrait.hpp"
#include "camera/v4l2_controls.hpp"
#include "camera/watcher.hpp"

#include <condition_variable>
#include <mutex>
#include <opencv2/imgproc.hpp>
#include <pthread.h>
#include <thread>

namespace camera {

using drivers::fail;
using drivers::Fault;
using drivers::FaultCode;

namespace {
constexpr std::chrono::milliseconds reopen_pause{500};
constexpr std::chrono::milliseconds trouble_pause{500};  // a lasting trouble is told again after this, not at every frame

struct Taken {
    std::uint64_t request = 0;
    Result<Portrait> portrait;
};

/// What thread and loop share; everything under the mutex.
struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    bool quit = false;
    std::uint64_t session = 0;  // 0: closed
    std::optional<std::pair<std::uint64_t, PortraitRules>> request;
    // towards the loop
    std::uint64_t from_session = 0;
    std::optional<Observation> fresh;
    std::optional<Fault> trouble;
    std::optional<Taken> taken;
    bool told = false;
};

/// The loop's side; only the loop touches it. Handlers hold it weakly: they may run after the camera is gone.
struct LoopSide {
    explicit LoopSide(drivers::Clock& c) : clock(c) {}
    drivers::Clock& clock;
    std::uint64_t session = 0;  // 0: closed
    std::uint64_t requests = 0;
    std::optional<Observation> latest;
    std::optional<Fault> trouble;  // not yet returned by next
    std::optional<Taken> taken;
    drivers::Signal signal;

    void collect(Shared& shared) {
        std::optional<Observation> fresh;
        std::optional<Fault> new_trouble;
        std::optional<Taken> new_taken;
        {
            const std::lock_guard lock(shared.mutex);
            shared.told = false;
            if (shared.from_session == session) {
                fresh = std::exchange(shared.fresh, {});
                new_trouble = std::exchange(shared.trouble, {});
                new_taken = std::exchange(shared.taken, {});
            }
        }
        if (session == 0) return;
        if (fresh) {
            fresh->at = clock.steady();
            forget();
            latest = std::move(fresh);
            trouble.reset();
        }
        if (new_trouble) trouble = std::move(new_trouble);
        if (new_taken) taken = std::move(new_taken);
        signal.notify();
    }
    void forget() {
        if (latest) drivers::wipe(std::as_writable_bytes(std::span{latest->preview_rgb}));
        latest.reset();
    }
};

class Worker {
  public:
    Worker(asio::any_io_executor loop, std::shared_ptr<Shared> shared, std::weak_ptr<LoopSide> side, std::string uri, PortraitRules rules)
        : loop_(std::move(loop)), shared_(std::move(shared)), side_(std::move(side)), uri_(std::move(uri)), rules_(rules) {}

    void run() {
        pthread_setname_np(pthread_self(), "camera");
        cv::setNumThreads(1);  // one busy core is enough; the rest belongs to window and ledger
        while (const auto session = wait_until_wanted()) {
            frame_ = 0;
            serve(*session);
            forget();
        }
    }

  private:
    std::optional<std::uint64_t> wait_until_wanted() {
        std::unique_lock lock(shared_->mutex);
        shared_->changed.wait(lock, [this] { return shared_->quit || shared_->session != 0; });
        if (shared_->quit) return std::nullopt;
        return shared_->session;
    }
    bool wanted(std::uint64_t session) const {
        const std::lock_guard lock(shared_->mutex);
        return !shared_->quit && shared_->session == session;
    }
    void pause(std::uint64_t session, std::chrono::milliseconds limit) {
        std::unique_lock lock(shared_->mutex);
        shared_->changed.wait_for(lock, limit, [&] { return shared_->quit || shared_->session != session; });
    }

    /// One session: opens again and again until it is not wanted any more.
    void serve(std::uint64_t session) {
        auto source = make_frame_source(uri_);
        auto watcher = watcher_ ? Result<std::unique_ptr<Watcher>>(std::move(watcher_)) : Watcher::create(rules_.detector);
        if (watcher) watcher_ = std::move(*watcher);
        while (wanted(session)) {
            Fault trouble;
            if (!source) trouble = source.error();
            else if (!watcher_) trouble = watcher.error();
            else if (auto opened = (*source)->open(); !opened) trouble = opened.error();
            else trouble = stream(session, **source);
            if (source) (*source)->close();
            forget();
            if (!wanted(session)) return;
            tell(session, [&](Shared& s) {
                s.trouble = trouble;
                s.fresh.reset();
                refuse_request(s, trouble);
            });
            pause(session, reopen_pause);
        }
    }

    /// Reads until the stream ends (why) or the session does.
    Fault stream(std::uint64_t session, FrameSource& source) {
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
                tell(session, [&](Shared& s) {
                    s.trouble = useful.error();
                    s.fresh.reset();
                    refuse_request(s, useful.error());
                });
            }
            frame->setTo(0);
        }
        return {FaultCode::cancelled, "closed"};
    }

    void show(std::uint64_t session, const cv::Mat& frame, std::chrono::milliseconds now) {
        Observation seen = watcher_->observe(frame, rules_, now);
        seen.frame = ++frame_;
        tell(session, [&](Shared& s) {
            if (s.fresh) drivers::wipe(std::as_writable_bytes(std::span{s.fresh->preview_rgb}));
            s.fresh = std::move(seen);
            s.trouble.reset();
        });
    }

    void settle(Settling& settling, FrameSource& source, const cv::Mat& frame, std::chrono::milliseconds now) const {
        cv::Mat reduced;
        cv::resize(frame, reduced, {64, 48}, 0, 0, cv::INTER_NEAREST);
        const cv::Scalar mean = cv::mean(reduced);
        const auto act = settling.see((mean[0] + mean[1] + mean[2]) / 3, watcher_->face().has_value(), now);
        if (act != Settling::Act::none) source.hold_exposure(act == Settling::Act::hold);
    }

    void answer_request(std::uint64_t session) {
        std::optional<std::pair<std::uint64_t, PortraitRules>> request;
        {
            const std::lock_guard lock(shared_->mutex);
            request = std::exchange(shared_->request, {});
        }
        if (!request) return;
        auto portrait = portrait_of_best(request->second);
        tell(session, [&](Shared& s) { s.taken = Taken{request->first, std::move(portrait)}; });
    }

    Result<Portrait> portrait_of_best(const PortraitRules& rules) {
        const BestFrames::Kept* best = watcher_->held() >= 1 ? watcher_->best() : nullptr;
        if (!best || best->measures.faces.empty()) return fail(FaultCode::photo_not_encodable, fmt::format("the checks have held for {:.0f} % of {} ms", 100 * watcher_->held(), steady_for.count()));
        auto portrait = make_portrait(best->frame, best->measures.faces.front(), watcher_->finder(), rules);
        if (portrait) portrait->warnings = best->warnings;
        return portrait;
    }

    static void refuse_request(Shared& s, const Fault& why) {
        if (s.request) s.taken = Taken{std::exchange(s.request, {})->first, std::unexpected(why)};
    }

    template <class F>
    void tell(std::uint64_t session, F change) {
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

    void forget() {
        if (watcher_) watcher_->reset();
    }

    asio::any_io_executor loop_;
    std::shared_ptr<Shared> shared_;
    std::weak_ptr<LoopSide> side_;
    std::string uri_;
    PortraitRules rules_;
    std::unique_ptr<Watcher> watcher_;
    std::uint64_t frame_ = 0;
};

class OpencvCamera final : public Camera {
  public:
    OpencvCamera(asio::any_io_executor loop, drivers::Clock& clock, std::string uri, PortraitRules rules)
        : clock_(clock), worker_(std::move(loop), shared_, side_, std::move(uri), rules), thread_([this] { worker_.run(); }) {}
    ~OpencvCamera() override {
        stop();
        {
            const std::lock_guard lock(shared_->mutex);
            shared_->quit = true;
        }
        shared_->changed.notify_all();
        thread_.join();  // within source_read_limit
        side_->signal.drop();
    }

    awaitable<Result<void>> start(drivers::Duration limit) override {
        stop();
        side_->session = ++sessions_;
        {
            const std::lock_guard lock(shared_->mutex);
            shared_->session = side_->session;
        }
        shared_->changed.notify_all();
        auto opened = co_await drivers::within(clock_, limit, first_sign());
        if (opened && *opened) co_return Result<void>{};
        stop();
        if (opened) co_return std::unexpected(opened->error());
        co_return fail(FaultCode::camera_missing, "no picture within the limit");
    }

    void stop() override {
        {
            const std::lock_guard lock(shared_->mutex);
            shared_->session = 0;
            shared_->request.reset();
            if (shared_->fresh) drivers::wipe(std::as_writable_bytes(std::span{shared_->fresh->preview_rgb}));
            if (shared_->taken && shared_->taken->portrait) shared_->taken->portrait->wipe();
            shared_->fresh.reset();
            shared_->trouble.reset();
            shared_->taken.reset();
        }
        shared_->changed.notify_all();
        if (side_->taken && side_->taken->portrait) side_->taken->portrait->wipe();
        side_->taken.reset();
        side_->trouble.reset();
        side_->forget();
        side_->session = 0;
        side_->signal.notify();
    }

    // Waits own what they touch: a coroutine may be started, or woken, after the camera is gone.
    awaitable<Result<Observation>> next(std::uint64_t after) override { return next_of(side_, after); }
    awaitable<Result<Portrait>> take(PortraitRules rules) override { return take_of(side_, shared_, rules); }

  private:
    static awaitable<Result<Observation>> next_of(std::shared_ptr<LoopSide> side, std::uint64_t after) {
        const auto session = side->session;
        for (;;) {
            const auto seen = side->signal.count();
            if (session == 0 || side->session != session) co_return fail(FaultCode::cancelled, "the camera is closed; next needs it open");
            if (side->latest && side->latest->frame > after) co_return *side->latest;
            if (side->trouble) co_return std::unexpected(*std::exchange(side->trouble, {}));
            co_await side->signal.after(seen);
        }
    }

    static awaitable<Result<Portrait>> take_of(std::shared_ptr<LoopSide> side, std::shared_ptr<Shared> shared, PortraitRules rules) {
        const auto session = side->session;
        const auto request = ++side->requests;
        if (session == 0) co_return fail(FaultCode::photo_not_encodable, "the camera is closed; take needs it open");
        {
            const std::lock_guard lock(shared->mutex);
            shared->request = {request, rules};
        }
        for (;;) {
            const auto seen = side->signal.count();
            if (side->session != session) co_return fail(FaultCode::cancelled, "closed while taking");
            if (side->taken && side->taken->request == request) co_return std::move(std::exchange(side->taken, {})->portrait);
            if (side->requests != request) co_return fail(FaultCode::cancelled, "another picture was asked for");
            co_await side->signal.after(seen);
        }
    }

    /// The first observation. A camera that is only missing may still come within the limit; other troubles do not go away by waiting.
    awaitable<Result<void>> first_sign() {
        for (;;) {
            const auto sign = co_await next(0);
            if (sign) co_return Result<void>{};
            if (sign.error().code != FaultCode::camera_missing) co_return std::unexpected(sign.error());
        }
    }

    drivers::Clock& clock_;
    std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
    std::shared_ptr<LoopSide> side_ = std::make_shared<LoopSide>(clock_);
    std::uint64_t sessions_ = 0;
    Worker worker_;
    std::thread thread_;
};
}  // namespace

std::unique_ptr<Camera> make_opencv_camera(asio::any_io_executor loop, drivers::Clock& clock, std::string uri, PortraitRules rules) {
    return std::make_unique<OpencvCamera>(std::move(loop), clock, std::move(uri), rules);
}

}  // namespace camera
