// The interactive mode of `liqu-sim run`: the kiosk in its window, the technician's panel beside it, a human as the citizen.
#pragma once
#include "sim/hall/rig.hpp"

namespace sim {

/// Until the kiosk's window or the panel is closed (or Ctrl-C). The scenario's events happen here, too; where they need a finger at the screen, it is the human's
/// turn (the trace says so), unless the panel lets the citizen play. 0, or 2 with a sentence on stderr when the hall cannot be set up or there is no display.
int run_interactive(const Programs& programs, const Scenario& scenario, RunOptions options);

}  // namespace sim
