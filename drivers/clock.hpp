// Time, injected. Steady time never jumps and serves every wait; UTC is for records and expiries only.
#pragma once
#include "drivers/async.hpp"

#include <chrono>

namespace drivers {

using Duration = std::chrono::microseconds;
struct SteadyScale {};
/// Since the clock was made. Never compare between two clocks.
struct Steady {
    Duration since_start{};
    friend auto operator<=>(const Steady&, const Steady&) = default;
    friend Steady operator+(Steady t, Duration d) { return {t.since_start + d}; }
    friend Duration operator-(Steady a, Steady b) { return a.since_start - b.since_start; }
};
using Utc = std::chrono::sys_time<std::chrono::microseconds>;

class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Steady steady() const = 0;
    [[nodiscard]] virtual Utc utc() const = 0;
    /// Returns at or after `when`; cancellable within one turn.
    virtual awaitable<void> sleep_until(Steady when) = 0;
    awaitable<void> sleep(Duration d) { return sleep_until(steady() + d); }
};

/// std::chrono's clocks and Asio's timers on this loop.
[[nodiscard]] std::unique_ptr<Clock> make_real_clock();

/// A clock that stands still until it is advanced. The world's loop is: run everything that is ready, then advance to the
/// next sleeper. Own heap, because Asio's timers are driven by the machine's time. Equal times wake in order of request.
class SimClock final : public Clock {
  public:
    explicit SimClock(Utc epoch) : epoch_(epoch) {}
    ~SimClock() override;
    Steady steady() const override { return now_; }
    Utc utc() const override { return epoch_ + now_.since_start + utc_shift_; }
    awaitable<void> sleep_until(Steady when) override;

    using Appointment = std::pair<Steady, std::uint64_t>;
    /// Runs `action` at `when` (used by models, which have no coroutines). Owned until then.
    Appointment at(Steady when, std::move_only_function<void()> action);
    /// Drops an action that is not wanted any more; nothing happens when it ran already.
    void cancel(Appointment appointment) { sleepers_.erase(appointment); }
    /// The earliest sleeper or action, if any.
    [[nodiscard]] std::optional<Steady> next() const;
    /// Moves to the next sleeper and wakes all that are due; false when nobody sleeps.
    bool advance();
    void advance_to(Steady when);
    /// A jump of the wall clock (NTP, an operator), which steady time does not follow.
    void shift_utc(Duration by) { utc_shift_ += by; }
    /// Destroys sleepers (an incarnation's end); actions stay.
    void drop_sleepers();

  private:
    struct Sleeper {
        std::shared_ptr<Parking> parking;
        std::move_only_function<void()> action;
    };
    Utc epoch_;
    Steady now_{};
    Duration utc_shift_{};
    std::uint64_t order_ = 0;
    std::map<std::pair<Steady, std::uint64_t>, Sleeper> sleepers_;
};

/// The value of `side`, or nothing when `limit` passes first (the side is then cancelled and awaited).
template <class T>
awaitable<std::optional<detail::Boxed<T>>> within(Clock& clock, Duration limit, awaitable<T> side) {
    auto result = co_await first_of(std::move(side), clock.sleep(limit));
    if (result.index() == 0) co_return std::get<0>(std::move(result));
    co_return std::nullopt;
}

}  // namespace drivers
