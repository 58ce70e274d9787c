// Waiting, for the one loop: parked handlers, signals, one-shot results and first_of. Everything here belongs to the
// loop's thread; a worker thread reaches it only through asio::post. Cancellation ends a wait within one turn of the loop
// by throwing asio::system_error(operation_aborted).
#pragma once
#include <asio.hpp>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace drivers {

using asio::awaitable;

/// True for the exception by which a cancelled wait unwinds.
[[nodiscard]] bool is_cancellation(const std::exception_ptr& error);

/// Coroutines parked until somebody wakes them. Dropping (or destroying) the list destroys the parked coroutines without
/// running them on: this is how an incarnation of the kiosk dies in the simulated world.
class Parking {
  public:
    Parking();
    ~Parking();
    Parking(const Parking&) = delete;
    Parking& operator=(const Parking&) = delete;

    /// Suspends the caller until woken or cancelled. FIFO.
    awaitable<void> park();
    /// Wakes all that are parked now; they run in later turns of the loop.
    void wake_all();
    /// Wakes the one that waited longest; false when none waits.
    bool wake_one();
    /// Destroys parked coroutines; nothing of them runs but destructors.
    void drop();
    [[nodiscard]] std::size_t size() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

/// "Something changed." Counts its changes, so that a change between two looks is never lost:
///     auto seen = signal.count();  look();  co_await signal.after(seen);
class Signal {
  public:
    [[nodiscard]] std::uint64_t count() const { return count_; }
    void notify() {
        ++count_;
        parking_.wake_all();
    }
    awaitable<void> after(std::uint64_t seen) {
        while (count_ <= seen) co_await parking_.park();
    }
    void drop() { parking_.drop(); }

  private:
    std::uint64_t count_ = 0;
    Parking parking_;
};

/// A value that will be there once; many may wait, each gets a copy (or the waiter takes it with take()).
template <class T>
class Once {
  public:
    void set(T value) {
        if (value_) return;
        value_ = std::move(value);
        parking_.wake_all();
    }
    [[nodiscard]] bool ready() const { return value_.has_value(); }
    [[nodiscard]] const T& peek() const { return *value_; }
    awaitable<void> wait() {
        while (!value_) co_await parking_.park();
    }
    awaitable<T> take() {
        co_await wait();
        co_return std::move(*value_);
    }
    void drop() { parking_.drop(); }

  private:
    std::optional<T> value_;
    Parking parking_;
};

/// How often first_of lets the loop turn for cancelled losers before it calls one deaf. A deaf port is a bug: in a test it
/// fails, in production it is logged, abandoned (its late result is dropped) and the winner goes on.
inline constexpr int deaf_turns = 256;
/// Called with the index of a deaf loser. The default writes one line to stderr.
using DeafHook = void (*)(std::size_t index);
DeafHook set_deaf_hook(DeafHook hook);

namespace detail {
template <class T>
using Boxed = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

struct Race {
    explicit Race(std::size_t n) : cancels(n), running(n) {}
    std::vector<asio::cancellation_signal> cancels;
    std::vector<bool> ended = std::vector<bool>(cancels.size(), false);
    std::size_t running;
    std::optional<std::size_t> winner;
    std::exception_ptr error;
    Parking parking;

    void end(std::size_t index, std::exception_ptr thrown) {
        --running;
        ended[index] = true;
        if (!winner) {
            winner = index;
            error = std::move(thrown);
        }
        parking.wake_all();
    }
};

/// Waits for the first end, cancels the others and sees them out. Throws what the winner threw, or the caller's cancellation.
awaitable<void> settle(std::shared_ptr<Race> race);

/// A side whose coroutine is destroyed without ending (an incarnation's end) takes the parked caller with it: otherwise caller
/// and race would keep each other alive for ever.
struct SideGuard {
    std::shared_ptr<Race> race;
    std::size_t index;
    ~SideGuard() {
        if (!race->ended[index]) race->parking.drop();
    }
};

template <std::size_t I, class T, class Results>
awaitable<void> run_side(std::shared_ptr<Race> race, std::shared_ptr<Results> results, awaitable<T> side) {
    const SideGuard guard{race, I};
    std::exception_ptr thrown;
    try {
        if constexpr (std::is_void_v<T>) {
            co_await std::move(side);
            if (!race->winner) std::get<I>(*results).emplace();
        } else {
            T value = co_await std::move(side);
            if (!race->winner) std::get<I>(*results).emplace(std::move(value));
        }
    } catch (...) {
        thrown = std::current_exception();
    }
    race->end(I, thrown);
}

template <class Variant, class Results, std::size_t... I>
Variant pick(Results& results, std::size_t winner, std::index_sequence<I...>) {
    std::optional<Variant> out;
    ((winner == I ? (void)out.emplace(std::in_place_index<I>, std::move(*std::get<I>(results))) : (void)0), ...);
    return std::move(*out);
}
}  // namespace detail

/// Runs all sides; the first to finish, by value or by exception, decides. The others are cancelled and awaited. When the
/// caller is cancelled, all sides are, and the cancellation is thrown. The index of the variant is the winner's; void
/// sides give std::monostate. Two sides that finish in one turn: the first by order of finishing wins, so events must be peeked and only the
/// winner's continuation may consume.
template <class... T>
awaitable<std::variant<detail::Boxed<T>...>> first_of(awaitable<T>... sides) {
    using Results = std::tuple<std::optional<detail::Boxed<T>>...>;
    auto race = std::make_shared<detail::Race>(sizeof...(T));
    auto results = std::make_shared<Results>();
    const auto executor = co_await asio::this_coro::executor;
    auto start = [&]<std::size_t... I>(std::index_sequence<I...>) {
        (asio::co_spawn(executor, detail::run_side<I, T, Results>(race, results, std::move(sides)),
                        asio::bind_cancellation_slot(race->cancels[I].slot(), asio::detached)),
         ...);
    };
    start(std::index_sequence_for<T...>{});
    co_await detail::settle(race);
    co_return detail::pick<std::variant<detail::Boxed<T>...>>(*results, *race->winner, std::index_sequence_for<T...>{});
}

}  // namespace drivers
