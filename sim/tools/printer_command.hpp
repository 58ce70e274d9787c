// `liqu-sim printer`: one printer alone, or what was sent to one.
#pragma once

namespace CLI {
class App;
}

namespace sim {

/// Adds the subcommand; `result` becomes the exit code.
void add_printer_command(CLI::App& app, int& result);

}  // namespace sim
