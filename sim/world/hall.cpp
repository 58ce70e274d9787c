// The run of a hall: turn every loop until nothing is ready, let people and mechanics see it, move time to the next event; at the end everything is
// mended, the hall comes to rest, and the books are compared.
#include "sim/world/hall.hpp"

#include <fmt/format.h>

namespace sim {

using namespace std::chrono_literals;

namespace {
constexpr drivers::Duration visiting_limit = std::chrono::hours{4}, rest = std::chrono::minutes{25};
constexpr std::chrono::seconds restart_after{20};
constexpr int turns_limit = 400'000;  ///< a loop that never comes to rest is a hang
}  // namespace

bool Hall::quiet() const {
    return queue_.empty() && std::ranges::all_of(boxes_, [](const auto& box) { return !box->visitor && !box->staff_there; });
}

WorldResult Hall::run() {
    for (auto& box : boxes_) {
        boot(*box);
        if (box->die_at > 0) box->alive->mortality().die_after(box->die_at);
        // A knock at every kiosk each 5 s: people look around, staff pass by.
    }
    std::optional<drivers::Steady> resting_since;
    for (int turns = 0;; ++turns) {
        if (turns > turns_limit) {
            violate("I6: the hall never comes to rest");
            break;
        }
        for (auto& box : boxes_) {
            for (int inner = 0; box->alive && box->alive->turn(); ++inner)
                if (inner > 20'000) {
                    violate(fmt::format("I6: {} spins without time passing", box->id));
                    result_.virtual_seconds = static_cast<double>(clock_.steady().since_start.count()) / 1e6;
                    return std::move(result_);
                }
            watch_mechanics(*box);
            if (box->alive && box->alive->mortality().dead()) {
                ++result_.deaths;
                const bool cut = options_.die_at > 0 ? options_.power_cut : dice_.one_in(2);
                say(fmt::format("{} dies{}", box->id, cut ? " by a power cut" : ""));
                bury(*box);
                if (cut) {
                    box->disk->power_cut(dice_);
                    box->wires.printer->power_cycle(clock_.steady().since_start);
                }
                // In the dark somebody may take what stands in the slot.
                if (box->visitor && box->wires.printer->place() == Place::bezel && dice_.one_in(2)) hands_take(*box, false);
                clock_.at(clock_.steady() + restart_after, [this, b = box.get()] { boot(*b); });
                if (box->visitor) {
                    auto v = std::exchange(box->visitor, nullptr);
                    box->wires.person_before_camera = false;
                    if (box->wires.on_reader) box->wires.on_reader = nullptr;
                    v->leaves_at.clear();
                    v->takes_card = true;
                    if (v->cards_in_hand == 0 && v->visits_left > 0) queue_.push_back(v);
                }
                box->staff_there = false;
                continue;
            }
            look(*box);
        }
        const auto now = clock_.steady();
        if (!healing_ && (quiet() || now.since_start > visiting_limit)) {
            if (!resting_since) resting_since = now;
            if (now - *resting_since > 2min || now.since_start > visiting_limit) {
                say("everything is mended; the hall comes to rest");
                healing_ = true;
                resting_since = now;
                queue_.clear();
                for (auto& box : boxes_) {
                    auto& w = box->wires;
                    w.printer->provoke(PrinterFault::none);
                    w.printer->disturb(Disturbance::none);
                    if (w.printer->cover_open()) w.printer->open_cover(false, now.since_start);
                    w.printer_plugged = w.readers_up = true;
                    w.camera = w.link = w.reader = Disturbance::none;
                    w.printer_changed.notify();
                    w.readers_changed.notify();
                    move_door(*box, drivers::Contact::closed);
                }
            }
        } else if (!healing_) {
            resting_since.reset();
        } else if (now - *resting_since > rest) {
            break;
        }
        if (!clock_.advance()) {
            violate("I6: nothing is awaited any more");
            break;
        }
    }
    check_end();
    for (auto& box : boxes_) bury(*box);
    result_.virtual_seconds = static_cast<double>(clock_.steady().since_start.count()) / 1e6;
    return std::move(result_);
}

WorldResult run_world(const WorldOptions& options) {
    Hall hall(options);
    return hall.run();
}

}  // namespace sim
