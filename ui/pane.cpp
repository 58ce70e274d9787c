// Drawing the question, testing touches, keeping the entry of one phase.
#include "ui/pane.hpp"

#include "ui/screens/screens.hpp"

namespace ui {

Pane::Pane(Glass& glass, Lettering& lettering, const Texts& texts, kiosk::Stage& stage, drivers::Clock& clock, Place place, input::Sources dictionaries)
    : glass_(glass), lettering_(lettering), pictures_(glass), texts_(texts), stage_(stage), clock_(clock), place_(std::move(place)), methods_(std::move(dictionaries)) {}

void Pane::renew_entry() {
    const auto& shown = stage_.shown();
    if (entry_.phase == shown.phase) return;
    entry_.wipe();
    entry_.phase = shown.phase;
    pressed_.clear();
    signing_ = false;
    signature_began_.reset();
    if (const auto* sign = std::get_if<kiosk::Sign>(&shown.question)) entry_.strokes = sign->drawn;
}

void Pane::draw() {
    const bool new_phase = entry_.phase != stage_.shown().phase || drawn_.phase != stage_.shown().phase;
    seen_ = stage_.changed().count();
    dirty_ = false;
    renew_entry();
    const auto& shown = stage_.shown();
    lettering_.begin_frame();
    pictures_.begin_frame();
    glass_.begin();
    {
        Frame frame({glass_, lettering_, pictures_, texts_, place_, shown, entry_, methods_, clock_.utc(), spin(), pressed_});
        std::visit([&](const auto& question) { screens::draw(frame, question); }, shown.question);
        frame.reach();
        if (shown.idle_seconds_left) frame.idle_warning(*shown.idle_seconds_left);
        for (auto& mark : drawn_.texts) drivers::wipe(mark.text);  // names and numbers of the last picture
        for (auto& candidate : drawn_.candidates) drivers::wipe(candidate);
        drawn_ = std::move(frame.drawn());
    }
    glass_.end();
    warned_ = shown.idle_seconds_left.has_value();
    if (new_phase) {
        lettering_.sweep();
        pictures_.sweep();
    }
}

float Pane::spin() const {
    constexpr std::int64_t turn_us = 1'600'000;
    return static_cast<float>(clock_.steady().since_start.count() % turn_us) / static_cast<float>(turn_us);
}

bool Pane::animated() const { return std::holds_alternative<kiosk::PleaseWait>(stage_.shown().question); }

const Target* Pane::find(Point p) const {
    // Later targets lie above earlier ones.
    const auto it = std::find_if(drawn_.targets.rbegin(), drawn_.targets.rend(), [&](const Target& t) { return t.rect.contains(p); });
    return it == drawn_.targets.rend() ? nullptr : &*it;
}

void Pane::add_point(Point p, std::uint32_t ms) {
    const Target* pad = nullptr;
    for (const auto& t : drawn_.targets)
        if (t.pad) pad = &t;
    if (!pad || entry_.strokes.empty() || entry_.points() >= max_stroke_points) return;
    if (!signature_began_) signature_began_ = ms;
    const auto within = [](float v, float most) { return static_cast<int>(std::clamp(v, 0.F, std::min(most - 1, 4095.F))); };
    entry_.strokes.back().push_back({within(p.x - pad->rect.x, pad->rect.w), within(p.y - pad->rect.y, pad->rect.h), static_cast<int>(ms - *signature_began_)});
    dirty_ = true;
}

void Pane::down(Point p, std::uint32_t ms) {
    last_ = p;
    pressed_.clear();
    signing_ = false;
    if (stage_.shown().phase != drawn_.phase) return;  // the screen has changed under the finger: nothing of it is meant
    const Target* target = find(p);
    if (!warned_) stage_.touched();
    if (!target || !target->enabled) return;
    if (target->pad) {
        if (entry_.strokes.size() >= max_strokes) return;
        signing_ = true;
        entry_.strokes.emplace_back();
        add_point(p, ms);
        return;
    }
    pressed_ = target->id;
    pressed_phase_ = drawn_.phase;
    dirty_ = true;
}

void Pane::move(Point p, std::uint32_t ms) {
    last_ = p;
    if (signing_ && stage_.shown().phase == drawn_.phase) add_point(p, ms);
}

std::string Pane::up() {
    if (std::exchange(signing_, false)) {
        dirty_ = true;
        if (!warned_) stage_.touched();
        return "pad";
    }
    const auto id = std::exchange(pressed_, {});
    dirty_ = true;
    if (stage_.shown().phase != drawn_.phase) return {};
    if (warned_) stage_.touched();  // any touch says that somebody is there
    if (id.empty() || pressed_phase_ != drawn_.phase) return {};
    const Target* target = find(last_);
    if (!target || target->id != id || !target->enabled || !target->act) return {};
    const Act act = target->act;
    Acts acts{stage_, entry_, drawn_.phase};
    act(acts);
    return id;
}

}  // namespace ui
