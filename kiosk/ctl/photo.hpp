// `liqu-ctl photo`: photographs for technicians. check and make judge files and need no kiosk; live shows what the camera's verdict is.
#pragma once
#include <CLI/CLI.hpp>
#include <string>

namespace ctl {

/// Adds the subcommand. `config`: the program's --config, read when a callback runs; `result`: the exit code, set by it: 0 all good, 1 refused, 2 usage.
void add_photo(CLI::App& app, const CLI::Option& config_given, const std::string& config, int& result);

}  // namespace ctl
