// `liqu-ctl passport`: a passport or travel permit read from its chip, for technicians. Shows what protocol, what sizes, what verdict; persons only when asked to.
#pragma once
#include <CLI/CLI.hpp>
#include <string>

namespace ctl {

/// Adds the subcommand. `config`: the program's --config, read when a callback runs; `result`: 0 read, 1 the document or the reader said no, 2 usage, liqu runs.
void add_passport(CLI::App& app, const std::string& config, int& result);

}  // namespace ctl
