// Parking and the end of a race. The only place of the house that touches Asio's handlers and cancellation slots.
#include "drivers/async.hpp"

#include <cstdio>
#include <list>

namespace drivers {

namespace {
using Resume = std::move_only_function<void(std::error_code)>;

void report_deaf(std::size_t index) { std::fprintf(stderr, "first_of: side %zu is deaf to cancellation\n", index); }
DeafHook deaf_hook = &report_deaf;
}  // namespace

DeafHook set_deaf_hook(DeafHook hook) { return std::exchange(deaf_hook, hook ? hook : &report_deaf); }

bool is_cancellation(const std::exception_ptr& error) {
    if (!error) return false;
    try {
        std::rethrow_exception(error);
    } catch (const asio::system_error& e) {
        return e.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

struct Parking::State {
    std::uint64_t next = 0;
    std::map<std::uint64_t, Resume> parked;

    bool resume(std::uint64_t id, std::error_code error) {
        const auto it = parked.find(id);
        if (it == parked.end()) return false;
        Resume handler = std::move(it->second);
        parked.erase(it);
        handler(error);
        return true;
    }
};

Parking::Parking() : state_(std::make_shared<State>()) {}
Parking::~Parking() { drop(); }

awaitable<void> Parking::park() {
    // A copy: the list may die while coroutines are parked, and their cancellation must then find nothing.
    auto state = state_;
    co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(std::error_code)>(
        [state](auto handler) {
            const auto id = state->next++;
            auto slot = asio::get_associated_cancellation_slot(handler);
            auto executor = asio::get_associated_executor(handler);
            if (slot.is_connected()) {
                slot.assign([weak = std::weak_ptr<State>(state), id](asio::cancellation_type) {
                    if (const auto alive = weak.lock()) alive->resume(id, asio::error::operation_aborted);
                });
            }
            // Never resumed from inside the waker: the handler is posted.
            state->parked.emplace(id, [handler = std::move(handler), executor](std::error_code error) mutable {
                asio::post(executor, [handler = std::move(handler), error]() mutable { handler(error); });
            });
        },
        asio::use_awaitable);
}

void Parking::wake_all() {
    const auto state = state_;
    const auto until = state->next;
    while (!state->parked.empty() && state->parked.begin()->first < until) state->resume(state->parked.begin()->first, {});
}

bool Parking::wake_one() {
    const auto state = state_;
    return !state->parked.empty() && state->resume(state->parked.begin()->first, {});
}

void Parking::drop() {
    // Destroying a handler destroys its coroutine, whose locals may drop other lists or this one again.
    while (!state_->parked.empty()) {
        auto handlers = std::exchange(state_->parked, {});
    }
}

std::size_t Parking::size() const { return state_->parked.size(); }

namespace detail {

namespace {
void cancel_running(Race& race) {
    for (std::size_t i = 0; i < race.cancels.size(); ++i)
        if (!race.ended[i]) race.cancels[i].emit(asio::cancellation_type::terminal);
}
}  // namespace

awaitable<void> settle(std::shared_ptr<Race> race) {
    std::exception_ptr cancelled;
    try {
        while (!race->winner) co_await race->parking.park();
    } catch (...) {
        cancelled = std::current_exception();
    }
    cancel_running(*race);
    if (race->running > 0) {
        if (cancelled) co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        // The losers end by posting; the loop is turned for them a bounded number of times.
        const auto executor = co_await asio::this_coro::executor;
        for (int turn = 0; race->running > 0 && turn < deaf_turns; ++turn) {
            co_await asio::post(executor, asio::use_awaitable);
            // A side that cleans up may have parked again after its first cancellation.
            if (turn % 8 == 7) cancel_running(*race);
        }
        for (std::size_t i = 0; i < race->ended.size(); ++i)
            if (!race->ended[i]) deaf_hook(i);
        if (cancelled) co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    }
    if (cancelled) std::rethrow_exception(cancelled);
    if (race->error) std::rethrow_exception(race->error);
}

}  // namespace detail
}  // namespace drivers
