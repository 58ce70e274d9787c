// A lane: a place where blocking work is done in order, away from the loop (a ledger's commits, rasters, JPEG). In the
// simulated world a lane runs its work at once, on the loop.
#pragma once
#include "drivers/async.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <string>

namespace drivers {

class Lane {
  public:
    virtual ~Lane() = default;

    /// Runs `work` on the lane and returns its value or throws its exception on the loop. When the caller is cancelled the
    /// work still runs to its end; its result is dropped. `work` must own what it touches.
    template <class F, class R = std::invoke_result_t<F&>>
    awaitable<R> run(F work) {
        struct Box {
            std::optional<detail::Boxed<R>> value;
            std::exception_ptr error;
            bool done = false;
            Parking parking;
        };
        // Work that is dropped (a lane that ends, an incarnation that dies) takes the parked caller with it.
        struct Completion {
            std::shared_ptr<Box> box;
            explicit Completion(std::shared_ptr<Box> b) : box(std::move(b)) {}
            Completion(Completion&&) = default;
            Completion& operator=(Completion&&) = default;
            ~Completion() {
                if (box && !box->done) box->parking.drop();
            }
            void operator()() {
                box->done = true;
                box->parking.wake_all();
            }
        };
        auto box = std::make_shared<Box>();
        submit(
            [box, work = std::move(work)]() mutable {
                try {
                    if constexpr (std::is_void_v<R>) {
                        work();
                        box->value.emplace();
                    } else {
                        box->value.emplace(work());
                    }
                } catch (...) {
                    box->error = std::current_exception();
                }
            },
            Completion{box});
        while (!box->done) co_await box->parking.park();
        if (box->error) std::rethrow_exception(box->error);
        if constexpr (!std::is_void_v<R>) co_return std::move(*box->value);
    }

    /// `work` runs on the lane; afterwards `done` runs on the loop. Called from the loop's thread only. A lane that will never run
    /// `done` destroys it, on the loop and after submit() returned.
    virtual void submit(std::move_only_function<void()> work, std::move_only_function<void()> done) = 0;
};

/// A thread of its own. The destructor finishes the work that is running, drops what is queued and joins.
[[nodiscard]] std::unique_ptr<Lane> make_thread_lane(asio::any_io_executor loop, std::string name);
/// Work runs at once, `done` in a later turn of the loop.
[[nodiscard]] std::unique_ptr<Lane> make_inline_lane(asio::any_io_executor loop);

}  // namespace drivers
