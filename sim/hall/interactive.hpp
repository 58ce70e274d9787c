// The interactive mode of `liqu-sim run`: the kiosk in its window, the technician's panel beside it, a human as the citizen.
#pragma once
#include "sim/hall/runner.hpp"

namespace sim {

/// Until the kiosk's window or the panel is closed (or Ctrl-C). Events of the scenario do not happen by themselves: the panel has their words. 0, or 2 with a
/// sentence on stderr when the hall cannot be set up or there is no display.
int run_interactive(const Programs& programs, const Scenario& scenario, RunOptions options);

}  // namespace sim
