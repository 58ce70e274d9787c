// `liqu-ctl card`: the card's face for technicians and for those who write layouts. Needs no kiosk and no printer.
#pragma once
#include <CLI/CLI.hpp>

namespace ctl {

/// Adds the subcommand. `result`: the exit code, set by its callbacks: 0 all good, 1 this card cannot be made, 2 usage, files or layout.
void add_card(CLI::App& app, int& result);

}  // namespace ctl
