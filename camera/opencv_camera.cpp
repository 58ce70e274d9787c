// The concrete camera: one thread (worker.cpp) opens, reads, judges and crops; the loop only receives. A session is for a portrait or for a document; it never
// outlives the object, because every read and opening of a source is bounded (frame_source.hpp).
#include "camera/worker.hpp"

namespace camera {

using drivers::fail;
using drivers::FaultCode;

namespace {

class OpencvCamera final : public Camera, public DocumentCamera {
  public:
    OpencvCamera(asio::any_io_executor loop, drivers::Clock& clock, std::string uri, PortraitRules rules)
        : clock_(clock), rules_(rules), worker_(std::make_unique<Worker>(std::move(loop), shared_, side_, std::move(uri), rules)) {}
    ~OpencvCamera() override {
        stop();
        {
            const std::lock_guard lock(shared_->mutex);
            shared_->quit = true;
        }
        shared_->changed.notify_all();
        worker_.reset();  // within source_read_limit
        side_->signal.drop();
    }

    awaitable<Result<void>> start(drivers::Duration limit) override { return open(rules_, limit); }
    awaitable<Result<void>> start_document(Subject subject, std::chrono::year_month_day today, drivers::Duration limit) override { return open(DocumentTask{subject, today}, limit); }
    void stop_document() override { stop(); }
    DocumentCamera* documents() override { return this; }

    void stop() override {
        {
            const std::lock_guard lock(shared_->mutex);
            shared_->session = 0;
            shared_->request.reset();
            forget(shared_->fresh);
            forget(shared_->taken);
            shared_->trouble.reset();
        }
        shared_->changed.notify_all();
        forget(side_->taken);
        forget(side_->latest);
        side_->trouble.reset();
        side_->session = 0;
        side_->signal.notify();
    }

    // Waits own what they touch: a coroutine may be started, or woken, after the camera is gone.
    awaitable<Result<Observation>> next(std::uint64_t after) override { return next_of<Observation>(side_, after); }
    awaitable<Result<DocumentSight>> next_document(std::uint64_t after) override { return next_of<DocumentSight>(side_, after); }
    awaitable<Result<Portrait>> take(PortraitRules rules) override { return take_of<Portrait>(side_, shared_, rules); }
    awaitable<Result<DocumentPage>> take_page() override { return take_of<DocumentPage>(side_, shared_, PageWish{}); }

  private:
    template <class Seen>
    static awaitable<Result<Seen>> next_of(std::shared_ptr<LoopSide> side, std::uint64_t after) {
        const auto session = side->session;
        for (;;) {
            const auto seen = side->signal.count();
            if (session == 0 || side->session != session) co_return fail(FaultCode::cancelled, "the camera is closed; next needs it open");
            if (side->for_document != std::is_same_v<Seen, DocumentSight>) co_return fail(FaultCode::cancelled, "the camera is open for another purpose");
            const auto* latest = side->latest ? std::get_if<Seen>(&*side->latest) : nullptr;
            if (latest && latest->frame > after) co_return *latest;
            if (side->trouble) co_return std::unexpected(*std::exchange(side->trouble, {}));
            co_await side->signal.after(seen);
        }
    }

    template <class Given>
    static awaitable<Result<Given>> take_of(std::shared_ptr<LoopSide> side, std::shared_ptr<Shared> shared, Wish wish) {
        const auto session = side->session;
        const auto request = ++side->requests;
        if (session == 0) co_return fail(FaultCode::photo_not_encodable, "the camera is closed; take needs it open");
        if (side->for_document != std::is_same_v<Given, DocumentPage>) co_return fail(FaultCode::photo_not_encodable, "the camera is open for another purpose");
        {
            const std::lock_guard lock(shared->mutex);
            shared->request = {request, std::move(wish)};
        }
        for (;;) {
            const auto seen = side->signal.count();
            if (side->session != session) co_return fail(FaultCode::cancelled, "closed while taking");
            if (side->taken && side->taken->request == request) {
                auto picture = std::move(std::exchange(side->taken, {})->picture);
                if (!picture) co_return std::unexpected(picture.error());
                co_return std::get<Given>(std::move(*picture));
            }
            if (side->requests != request) co_return fail(FaultCode::cancelled, "another picture was asked for");
            co_await side->signal.after(seen);
        }
    }

    awaitable<Result<void>> open(Task task, drivers::Duration limit) {
        stop();
        side_->session = ++sessions_;
        side_->for_document = std::holds_alternative<DocumentTask>(task);
        {
            const std::lock_guard lock(shared_->mutex);
            shared_->session = side_->session;
            shared_->task = std::move(task);
        }
        shared_->changed.notify_all();
        auto opened = side_->for_document ? co_await drivers::within(clock_, limit, first_sign<DocumentSight>()) : co_await drivers::within(clock_, limit, first_sign<Observation>());
        if (opened && *opened) co_return Result<void>{};
        stop();
        if (opened) co_return std::unexpected(opened->error());
        co_return fail(FaultCode::camera_missing, "no picture within the limit");
    }

    /// The first sight. A camera that is only missing may still come within the limit; other troubles do not go away by waiting.
    template <class Seen>
    awaitable<Result<void>> first_sign() {
        for (;;) {
            const auto sign = co_await next_of<Seen>(side_, 0);
            if (sign) co_return Result<void>{};
            if (sign.error().code != FaultCode::camera_missing) co_return std::unexpected(sign.error());
        }
    }

    drivers::Clock& clock_;
    PortraitRules rules_;
    std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
    std::shared_ptr<LoopSide> side_ = std::make_shared<LoopSide>(clock_);
    std::uint64_t sessions_ = 0;
    std::unique_ptr<Worker> worker_;
};
}  // namespace

std::unique_ptr<Camera> make_opencv_camera(asio::any_io_executor loop, drivers::Clock& clock, std::string uri, PortraitRules rules) {
    return std::make_unique<OpencvCamera>(std::move(loop), clock, std::move(uri), rules);
}

}  // namespace camera
