// Waiting for the audience: the answer, the leave button, silence.
#include "kiosk/stage.hpp"

namespace kiosk {

std::string_view name_of(LeaveReason reason) {
    switch (reason) {
        case LeaveReason::button: return "button";
        case LeaveReason::idle: return "idle";
        case LeaveReason::fault: return "fault";
        case LeaveReason::refused: return "refused";
        case LeaveReason::shutdown: return "shutdown";
        case LeaveReason::staff: return "staff";
        case LeaveReason::finished: return "finished";
        case LeaveReason::door: return "door";
    }
    return "";
}

void Stage::next_phase() {
    ++shown_.phase;
    fresh_ = false;
    answer_ = std::monostate{};
    shown_.idle_seconds_left.reset();
    last_touch_ = clock_.steady();
}

awaitable<void> Stage::wait_for_word(std::uint64_t phase) {
    for (;;) {
        const auto seen = answer_signal_.count();
        // Not consumed here: this side may lose its race to a frame that comes in the same turn. clear() forgets it, between two people.
        if (leaving_) throw *leaving_;
        if (answer_.index() != 0 && shown_.phase == phase) co_return;
        co_await answer_signal_.after(seen);
    }
}

awaitable<void> Stage::watch_idle(Duration patience) {
    const Duration warning = std::min(std::chrono::duration_cast<Duration>(idle_warning), patience / 2);
    for (;;) {
        const auto deadline = last_touch_ + patience;
        const auto now = clock_.steady();
        if (now >= deadline) throw Left{LeaveReason::idle, {}};
        const auto left = deadline - now;
        std::optional<int> show;
        if (left <= warning) show = static_cast<int>((left + std::chrono::seconds{1} - Duration{1}) / std::chrono::seconds{1});
        if (shown_.idle_seconds_left != show) {
            shown_.idle_seconds_left = show;
            changed_.notify();
        }
        const auto next = left > warning ? left - warning : std::min<Duration>(left, std::chrono::seconds{1});
        const auto seen = touch_signal_.count();
        co_await drivers::first_of(clock_.sleep(next), touch_signal_.after(seen));
    }
}

awaitable<void> Stage::wait_for_answer(Duration patience, std::uint64_t phase) {
    if (patience == Duration{0}) co_await wait_for_word(phase);
    else co_await drivers::first_of(wait_for_word(phase), watch_idle(patience));
    shown_.idle_seconds_left.reset();
}

void Stage::leave(LeaveReason reason, std::optional<Fault> fault) {
    if (!leaving_) leaving_ = Left{reason, std::move(fault)};
    answer_signal_.notify();
}

void Stage::clear() {
    wipe(shown_.question);
    answer_ = std::monostate{};
    leaving_.reset();
    fresh_ = true;
    shown_.language = Language::zh;
    shown_.large_text = false;
    shown_.help_called = false;
    shown_.idle_seconds_left.reset();
    changed_.notify();
}

void Stage::touched() {
    last_touch_ = clock_.steady();
    presence_.witnessed();
    if (shown_.idle_seconds_left) {
        shown_.idle_seconds_left.reset();
        changed_.notify();
    }
    touch_signal_.notify();
}

void Stage::leave_button(std::uint64_t phase) {
    if (phase != shown_.phase || !shown_.may_leave) return;
    touched();
    leave(LeaveReason::button);
}

void Stage::set_language(Language language) {
    touched();
    shown_.language = language;
    changed_.notify();
}

void Stage::set_large_text(bool on) {
    touched();
    shown_.large_text = on;
    changed_.notify();
}

void Stage::call_help() {
    touched();
    ++help_calls_;
    shown_.help_called = true;
    changed_.notify();
}

void Stage::drop() {
    changed_.drop();
    answer_signal_.drop();
    touch_signal_.drop();
}

}  // namespace kiosk
