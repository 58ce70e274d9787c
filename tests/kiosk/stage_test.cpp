// The stage: a wish to leave is not lost to something that happens in the same turn of the loop (found under load: SIGTERM while the camera films).
#include "kiosk/stage.hpp"

#include "drivers/async.hpp"

#include <doctest/doctest.h>

using namespace kiosk;
using drivers::awaitable;

namespace {
/// A journey like the photograph's: each frame of the camera wins a race against the person's answer, until the visit is left.
awaitable<void> film(Stage& stage, drivers::Signal& frames, std::optional<LeaveReason>& left) {
    stage.show(TakePhoto{});
    try {
        for (;;) {
            const auto seen = frames.count();
            auto next = co_await drivers::first_of(stage.answer_waits<TakePhoto>(), frames.after(seen));
            if (next.index() == 0) (void)stage.take<TakePhoto>();
        }
    } catch (const Left& why) {
        left = why.reason;
    }
}
}  // namespace

TEST_CASE("a wish to leave survives a race that another side wins") {
    for (const bool frame_first : {true, false}) {
        asio::io_context io;
        drivers::SimClock clock(drivers::Utc{});
        Presence presence(clock);
        Stage stage(clock, presence);
        drivers::Signal frames;
        std::optional<LeaveReason> left;
        asio::co_spawn(io, film(stage, frames, left), asio::detached);
        io.poll();
        if (frame_first) frames.notify();
        stage.leave(LeaveReason::shutdown);
        if (!frame_first) frames.notify();
        for (int i = 0; i < 10 && !left; ++i) {
            io.restart();
            io.poll();
            frames.notify();
        }
        CAPTURE(frame_first);
        CHECK(left == LeaveReason::shutdown);
        stage.clear();
        stage.drop();
        frames.drop();
    }
}
