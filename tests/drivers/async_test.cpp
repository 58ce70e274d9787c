// first_of, parking, the simulated clock and lanes: what the house stands on.
#include "drivers/clock.hpp"
#include "drivers/lane.hpp"

#include <doctest/doctest.h>

using namespace drivers;
using namespace std::chrono_literals;

namespace {
struct Loop {
    asio::io_context io;
    SimClock clock{Utc{}};
    void settle() {
        io.restart();
        io.poll();
    }
    void run() {
        do settle();
        while (clock.advance());
        settle();
    }
};

template <class T>
struct Outcome {
    std::optional<T> value;
    std::exception_ptr error;
    bool done = false;
};

template <class T>
std::shared_ptr<Outcome<T>> spawn(Loop& loop, awaitable<T> task, asio::cancellation_signal* cancel = nullptr) {
    auto out = std::make_shared<Outcome<T>>();
    auto body = [](std::shared_ptr<Outcome<T>> o, awaitable<T> t) -> awaitable<void> {
        try {
            o->value.emplace(co_await std::move(t));
        } catch (...) {
            o->error = std::current_exception();
        }
        o->done = true;
    };
    if (cancel) asio::co_spawn(loop.io, body(out, std::move(task)), asio::bind_cancellation_slot(cancel->slot(), asio::detached));
    else asio::co_spawn(loop.io, body(out, std::move(task)), asio::detached);
    return out;
}

awaitable<int> after(Clock& clock, Duration d, int value) {
    co_await clock.sleep(d);
    co_return value;
}
awaitable<int> throws_after(Clock& clock, Duration d, int value) {
    co_await clock.sleep(d);
    throw value;
}
awaitable<int> noting(Clock& clock, Duration d, bool& unwound) {
    struct Note {
        bool& flag;
        ~Note() { flag = true; }
    } note{unwound};
    co_await clock.sleep(d);
    co_return 0;
}
awaitable<int> deaf(Clock& clock) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await clock.sleep(1h);
    co_return 9;
}
awaitable<std::size_t> index_of(awaitable<std::variant<int, int>> race) { co_return (co_await std::move(race)).index(); }

std::vector<std::size_t> deaf_sides;
}  // namespace

TEST_CASE("first_of: the first to finish decides and the loser has unwound before the winner goes on") {
    Loop loop;
    bool unwound = false;
    auto out = spawn(loop, first_of(after(loop.clock, 1s, 7), noting(loop.clock, 5s, unwound)));
    loop.settle();
    loop.clock.advance();
    loop.settle();
    REQUIRE(out->done);
    CHECK(std::get<0>(*out->value) == 7);
    CHECK(unwound);
    CHECK(loop.clock.steady().since_start == 1s);
    CHECK_FALSE(loop.clock.next().has_value());
}

TEST_CASE("first_of: a side that throws decides, and its exception is the result") {
    Loop loop;
    auto out = spawn(loop, first_of(after(loop.clock, 2s, 1), throws_after(loop.clock, 1s, 42)));
    loop.run();
    REQUIRE(out->error);
    CHECK_THROWS_AS(std::rethrow_exception(out->error), int);
    CHECK(loop.clock.steady().since_start == 1s);
}

TEST_CASE("first_of: both throw in the same turn, the first is thrown and nothing hangs") {
    Loop loop;
    auto out = spawn(loop, first_of(throws_after(loop.clock, 1s, 1), throws_after(loop.clock, 1s, 2)));
    loop.run();
    REQUIRE(out->error);
    try {
        std::rethrow_exception(out->error);
    } catch (int value) {
        CHECK(value == 1);
    }
}

TEST_CASE("first_of: both ready in the same turn, the first by order wins") {
    Loop loop;
    auto out = spawn(loop, index_of(first_of(after(loop.clock, 1s, 1), after(loop.clock, 1s, 2))));
    loop.run();
    REQUIRE(out->done);
    CHECK(*out->value == 0);
}

TEST_CASE("first_of: a deaf loser is reported and does not hold the winner") {
    Loop loop;
    deaf_sides.clear();
    const auto old = set_deaf_hook([](std::size_t i) { deaf_sides.push_back(i); });
    auto out = spawn(loop, index_of(first_of(after(loop.clock, 1s, 1), deaf(loop.clock))));
    loop.settle();
    loop.clock.advance();
    loop.settle();
    set_deaf_hook(old);
    REQUIRE(out->done);
    CHECK(*out->value == 0);
    CHECK(deaf_sides == std::vector<std::size_t>{1});
}

TEST_CASE("first_of: a cancelled caller cancels every side and throws the cancellation") {
    Loop loop;
    bool first = false;
    bool second = false;
    asio::cancellation_signal cancel;
    auto out = spawn(loop, first_of(noting(loop.clock, 1h, first), noting(loop.clock, 2h, second)), &cancel);
    loop.settle();
    cancel.emit(asio::cancellation_type::terminal);
    loop.settle();
    REQUIRE(out->done);
    CHECK(is_cancellation(out->error));
    CHECK(first);
    CHECK(second);
}

TEST_CASE("within: gives the value, or nothing when the limit passes") {
    Loop loop;
    auto soon = spawn(loop, within(loop.clock, 5s, after(loop.clock, 1s, 3)));
    auto late = spawn(loop, within(loop.clock, 1s, after(loop.clock, 5s, 3)));
    loop.run();
    CHECK(soon->value.value() == 3);
    CHECK_FALSE(late->value.value().has_value());
}

TEST_CASE("a signal does not lose a change between the look and the wait") {
    Loop loop;
    Signal signal;
    auto wait = [](Signal& s) -> awaitable<int> {
        const auto seen = s.count();
        s.notify();
        co_await s.after(seen);
        co_return 1;
    };
    auto out = spawn(loop, wait(signal));
    loop.settle();
    CHECK(out->done);
}

TEST_CASE("an incarnation ends: parked coroutines die without running on, in the order handlers, loop, objects") {
    for (int round = 0; round < 200; ++round) {
        bool unwound = false;
        SimClock clock{Utc{}};
        {
            auto io = std::make_unique<asio::io_context>();
            asio::co_spawn(*io, first_of(noting(clock, 1h, unwound), after(clock, 2h, 1)), asio::detached);
            io->poll();
            clock.drop_sleepers();
        }
        CHECK(unwound);
        CHECK_FALSE(clock.next().has_value());
    }
}

TEST_CASE("a thread lane does its work elsewhere and completes on the loop") {
    asio::io_context io;
    auto lane = make_thread_lane(io.get_executor(), "test");
    auto guard = asio::make_work_guard(io);
    const auto loop_thread = std::this_thread::get_id();
    bool elsewhere = false;
    bool back = false;
    auto body = [](Lane& l, std::thread::id loop, bool& e, bool& b, auto& g) -> awaitable<void> {
        const auto there = co_await l.run([] { return std::this_thread::get_id(); });
        e = there != loop;
        b = std::this_thread::get_id() == loop;
        try {
            co_await l.run([] { throw std::runtime_error("from the lane"); });
        } catch (const std::runtime_error&) {
            g.reset();
        }
    };
    asio::co_spawn(io, body(*lane, loop_thread, elsewhere, back, guard), asio::detached);
    io.run();
    CHECK(elsewhere);
    CHECK(back);
}

TEST_CASE("a lane that drops its work takes the waiting coroutine with it, and nothing leaks") {
    struct DroppingLane final : Lane {
        void submit(std::move_only_function<void()> work, std::move_only_function<void()> done) override {
            kept.push_back(std::move(work));
            kept.push_back(std::move(done));
        }
        std::vector<std::move_only_function<void()>> kept;
    };
    bool unwound = false;
    auto io = std::make_unique<asio::io_context>();
    DroppingLane lane;
    auto body = [](Lane& l, bool& flag) -> awaitable<int> {
        struct Note {
            bool& f;
            ~Note() { f = true; }
        } note{flag};
        co_return co_await l.run([] { return 1; });
    };
    asio::co_spawn(*io, body(lane, unwound), asio::detached);
    io->poll();
    CHECK_FALSE(unwound);
    lane.kept.clear();
    io->poll();  // Asio unwinds a dropped coroutine through its executor
    CHECK(unwound);
}
