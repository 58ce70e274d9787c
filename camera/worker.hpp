// The camera's thread: opens, reads, judges and crops while a session wants it; waits otherwise, so that a closed camera films nothing.
#pragma once
#include "camera/desk.hpp"
#include "camera/document_watcher.hpp"
#include "camera/frame_source.hpp"
#include "camera/v4l2_controls.hpp"
#include "camera/watcher.hpp"

#include <thread>

namespace camera {

class Worker {
  public:
    /// The thread runs from here on.
    Worker(asio::any_io_executor loop, std::shared_ptr<Shared> shared, std::weak_ptr<LoopSide> side, std::string uri, PortraitRules rules)
        : loop_(std::move(loop)), shared_(std::move(shared)), side_(std::move(side)), uri_(std::move(uri)), rules_(std::move(rules)), thread_([this] { run(); }) {}
    /// Waits for the thread's end. Shared::quit must have been told; it ends within source_read_limit of it.
    ~Worker() { thread_.join(); }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

  private:
    void run();
    [[nodiscard]] std::optional<std::uint64_t> wait_until_wanted();
    [[nodiscard]] bool wanted(std::uint64_t session) const;
    void pause(std::uint64_t session, std::chrono::milliseconds limit);
    void serve(std::uint64_t session);
    [[nodiscard]] Result<void> prepare();
    [[nodiscard]] drivers::Fault stream(std::uint64_t session, FrameSource& source);
    void show(std::uint64_t session, const cv::Mat& frame, std::chrono::milliseconds now);
    void settle(Settling& settling, FrameSource& source, const cv::Mat& frame, std::chrono::milliseconds now) const;
    void answer_request(std::uint64_t session);
    [[nodiscard]] Result<Picture> picture_of(const Wish& wish);
    [[nodiscard]] Result<Picture> portrait_of_best(const PortraitRules& rules);
    template <class F>
    void tell(std::uint64_t session, F change);
    void forget();

    asio::any_io_executor loop_;
    std::shared_ptr<Shared> shared_;
    std::weak_ptr<LoopSide> side_;
    std::string uri_;
    PortraitRules rules_;
    Task task_;
    std::unique_ptr<Watcher> watcher_;
    std::unique_ptr<DocumentWatcher> documents_;
    std::uint64_t frame_ = 0;
    std::thread thread_;  // the last: it uses all the others
};

}  // namespace camera
