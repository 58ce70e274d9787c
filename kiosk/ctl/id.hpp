// `liqu-ctl id`: the resident ID reader over any of its transports, for technicians. Says what lies there and what the reader says of itself; of persons the
// least that tells two of them apart, unless asked to show all.
#pragma once
#include <CLI/CLI.hpp>
#include <string>

namespace ctl {

/// Adds the subcommand. `config`: the program's --config, read when a callback runs; `result`: 0 read, 1 the card or the reader said no, 2 usage, liqu runs.
void add_id(CLI::App& app, const std::string& config, int& result);

}  // namespace ctl
