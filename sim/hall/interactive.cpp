// One loop: the hall's heartbeat, the panel's turn, the acts that were pressed.
#include "sim/hall/interactive.hpp"

#include "sim/hall/story.hpp"
#include "sim/panel/panel.hpp"

#include <fmt/format.h>
#include <iostream>
#include <thread>

namespace sim {

using namespace std::chrono_literals;

namespace {
constexpr auto tick_pause = 4ms, look_every = 50ms;

void play(Rig& rig, Story& story, Panel& panel) {
    PanelView view = rig.look();
    for (Time looked = rig.now(); !panel.closed() && !rig.kiosk_left();) {
        story.tick(rig.tick());
        if (rig.now() - looked >= look_every) {
            view = rig.look();
            looked = rig.now();
        }
        for (const auto& act : panel.turn(view, rig.now())) {
            (void)rig.act(act.word, act.value);  // a word that could not be done says so in the trace
            view = rig.look();
        }
        std::this_thread::sleep_for(tick_pause);
    }
}
}  // namespace

int run_interactive(const Programs& programs, const Scenario& scenario, RunOptions options) {
    options.headless = false;
    try {
        std::cout << "setting the hall up: centre, cabinet, keys, staff, blanks ...\n" << std::flush;
        Rig rig(programs, scenario, options);
        auto panel = Panel::open({});
        if (!panel) {
            std::cerr << "liqu-sim: " << panel.error() << " (without a display: --headless)\n";
            return 2;
        }
        const auto out = std::filesystem::absolute(options.out);
        std::cout << fmt::format("the kiosk's and the centre's files: {}\nlogs and trace: {}\nclose the panel or the kiosk's window to end\n", rig.directory().string(), out.string()) << std::flush;
        Story story(rig, scenario.happenings);
        rig.start_kiosk();
        story.heard("start");
        play(rig, story, **panel);
        panel->reset();
        std::cout << "the kiosk stops when its card path rests ...\n" << std::flush;
        rig.leave();
        rig.keep_evidence();
        std::cout << fmt::format("trace, ledger and the last card are in {}\n", out.string());
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "liqu-sim: " << error.what() << '\n';
        return 2;
    }
}

}  // namespace sim
