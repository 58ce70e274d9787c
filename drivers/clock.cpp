// The real clock and the heap of sleepers of the simulated one.
#include "drivers/clock.hpp"

namespace drivers {

namespace {
class RealClock final : public Clock {
  public:
    Steady steady() const override { return {std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start_)}; }
    Utc utc() const override { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }
    awaitable<void> sleep_until(Steady when) override {
        asio::steady_timer timer(co_await asio::this_coro::executor, start_ + when.since_start);
        co_await timer.async_wait(asio::use_awaitable);
    }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};
}  // namespace

std::unique_ptr<Clock> make_real_clock() { return std::make_unique<RealClock>(); }

SimClock::~SimClock() { drop_sleepers(); }

awaitable<void> SimClock::sleep_until(Steady when) {
    // Also a sleep that is over gives the loop one turn: a loop of such sleeps must not starve the others.
    struct Entry {
        SimClock& clock;
        std::pair<Steady, std::uint64_t> key;
        std::shared_ptr<Parking> parking;
        ~Entry() {
            if (const auto it = clock.sleepers_.find(key); it != clock.sleepers_.end() && it->second.parking == parking) clock.sleepers_.erase(it);
        }
    };
    auto parking = std::make_shared<Parking>();
    Entry entry{*this, {std::max(when, now_), order_++}, parking};
    sleepers_.emplace(entry.key, Sleeper{parking, {}});
    co_await parking->park();
}

SimClock::Appointment SimClock::at(Steady when, std::move_only_function<void()> action) {
    const Appointment appointment{std::max(when, now_), order_++};
    sleepers_.emplace(appointment, Sleeper{nullptr, std::move(action)});
    return appointment;
}

std::optional<Steady> SimClock::next() const {
    if (sleepers_.empty()) return std::nullopt;
    return sleepers_.begin()->first.first;
}

bool SimClock::advance() {
    const auto when = next();
    if (!when) return false;
    advance_to(*when);
    return true;
}

void SimClock::advance_to(Steady when) {
    now_ = std::max(now_, when);
    const auto last = order_;
    while (!sleepers_.empty()) {
        const auto it = sleepers_.begin();
        if (it->first.first > now_ || it->first.second >= last) break;
        Sleeper sleeper = std::move(it->second);
        sleepers_.erase(it);
        if (sleeper.parking) sleeper.parking->wake_all();
        else sleeper.action();
    }
}

void SimClock::drop_sleepers() {
    for (;;) {
        const auto it = std::ranges::find_if(sleepers_, [](const auto& s) { return s.second.parking != nullptr; });
        if (it == sleepers_.end()) return;
        const auto parking = it->second.parking;
        sleepers_.erase(it);
        parking->drop();
    }
}

}  // namespace drivers
