// The two lanes: a thread of its own, and at once.
#include "drivers/lane.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <pthread.h>
#include <thread>

namespace drivers {

namespace {
class ThreadLane final : public Lane {
  public:
    ThreadLane(asio::any_io_executor loop, std::string name) : loop_(std::move(loop)), thread_([this, name = std::move(name)] { work(name); }) {}
    ~ThreadLane() override {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_one();
        thread_.join();
    }
    void submit(std::move_only_function<void()> work, std::move_only_function<void()> done) override {
        {
            const std::lock_guard lock(mutex_);
            jobs_.push_back({std::move(work), std::move(done)});
        }
        wake_.notify_one();
    }

  private:
    struct Job {
        std::move_only_function<void()> work, done;
    };
    void work(const std::string& name) {
        pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
        for (;;) {
            Job job;
            {
                std::unique_lock lock(mutex_);
                wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
                if (stopping_) return;
                job = std::move(jobs_.front());
                jobs_.pop_front();
            }
            job.work();
            job.work = nullptr;
            asio::post(loop_, std::move(job.done));
        }
    }
    asio::any_io_executor loop_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> jobs_;
    bool stopping_ = false;
    std::thread thread_;
};

class InlineLane final : public Lane {
  public:
    explicit InlineLane(asio::any_io_executor loop) : loop_(std::move(loop)) {}
    void submit(std::move_only_function<void()> work, std::move_only_function<void()> done) override {
        work();
        asio::post(loop_, std::move(done));
    }

  private:
    asio::any_io_executor loop_;
};
}  // namespace

std::unique_ptr<Lane> make_thread_lane(asio::any_io_executor loop, std::string name) { return std::make_unique<ThreadLane>(std::move(loop), std::move(name)); }
std::unique_ptr<Lane> make_inline_lane(asio::any_io_executor loop) { return std::make_unique<InlineLane>(std::move(loop)); }

}  // namespace drivers
