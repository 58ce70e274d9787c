// Triggers, the queue of what is due, and the finger that touches what the story names.
#include "sim/hall/story.hpp"

#include <fmt/format.h>

namespace sim {

using namespace std::chrono_literals;

namespace {
constexpr Time target_limit = 2s;          ///< each touch waits so long for the screen that it is meant for
constexpr Time between_digits = 60ms;
}  // namespace

Story::Story(Rig& rig, std::vector<Happening> happenings) : rig_(rig) {
    for (auto& happening : happenings) waiting_.push_back({std::move(happening), 0, {}, false});
}

void Story::heard(std::string_view what) {
    for (auto& w : waiting_) {
        if (w.done || w.due) continue;
        const auto& when = w.happening.when;
        // "printer:Sis" also meets "printer:Sis;1": a command by its name.
        if (what != when && !(when.starts_with("printer:") && what.starts_with(when))) continue;
        if (++w.seen == w.happening.count) w.due = rig_.now() + std::chrono::milliseconds{w.happening.after_ms};
    }
}

void Story::tick(const std::vector<News>& news) {
    for (const auto& n : news) heard(n.when());
    if (finger_) move_finger();
    for (auto& w : waiting_) {
        if (finger_) return;
        if (!w.done && w.due && *w.due <= rig_.now()) fire(w);
    }
}

bool Story::over() const { return !finger_ && std::ranges::all_of(waiting_, &Waiting::done); }

bool Story::ready_for_second() const {
    return !finger_ && std::ranges::all_of(waiting_, [](const Waiting& w) { return w.done || w.happening.when == "second"; });
}

std::vector<std::string> Story::missing() const {
    std::vector<std::string> out;
    for (const auto& w : waiting_)
        if (!w.done) out.push_back(fmt::format("'{}' at {} #{} never came", w.happening.act, w.happening.when, w.happening.count));
    return out;
}

void Story::fire(Waiting& w) {
    w.done = true;
    ++events_;
    const auto& h = w.happening;
    rig_.trace(fmt::format("happening {} ({} #{}): {}{}{}", events_, h.when, h.count, h.act, h.value.empty() ? "" : " ", h.value));
    const bool touches = h.act == "touch", types = h.act == "type";
    if (!rig_.citizen() && (touches || types || h.act == name_of(Word::citizen_again))) {
        // A human stands at the screen: fingers are his. What comes after still comes.
        rig_.trace("your turn: " + h.act + " " + h.value);
        return finish(h, true);
    }
    if (!touches && !types) return finish(h, act(h));
    std::deque<std::string> targets;
    if (touches) targets.push_back(h.value);
    else
        for (const char digit : h.value) targets.push_back(std::string("digit_") + digit);
    if (types) targets.push_back("confirm");
    put_finger_out(h, std::move(targets));
}

bool Story::act(const Happening& h) {
    if (h.act == "nothing") return true;
    if (h.act == "second_kiosk") return rig_.go_next_door(), true;
    return rig_.act(h.act, h.value);
}

void Story::put_finger_out(const Happening& happening, std::deque<std::string> targets) {
    if (!rig_.window() || !rig_.window()->screen()) return finish(happening, false);
    finger_ = Finger{happening, std::move(targets), rig_.now(), rig_.now() + target_limit};
    move_finger();
}

void Story::move_finger() {
    if (rig_.now() < finger_->next) return;
    auto* window = rig_.window();
    const auto* target = window && window->screen() ? window->screen()->target(finger_->targets.front()) : nullptr;
    if (target && target->enabled) {
        window->touch(target->x + target->width / 2, target->y + target->height / 2);
        finger_->targets.pop_front();
        finger_->next = rig_.now() + between_digits;
        finger_->give_up = finger_->next + target_limit;
    }
    const bool given_up = rig_.now() >= finger_->give_up;
    if (!given_up && !finger_->targets.empty()) return;
    const auto happening = std::move(finger_->happening);
    finger_.reset();
    finish(happening, !given_up);
}

void Story::finish(const Happening& happening, bool done) {
    if (!done) failures_.push_back(fmt::format("'{} {}' could not be done", happening.act, happening.value));
    heard(fmt::format("event:{}", events_));
}

}  // namespace sim
