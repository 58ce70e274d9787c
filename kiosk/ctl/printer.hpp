// `liqu-ctl printer`: the card printer for technicians, by the real driver. Refused while liqu runs, which owns the printer and the ledger.
#pragma once
#include <CLI/CLI.hpp>
#include <string>

namespace ctl {

/// Adds the subcommand. `config`: the program's --config, read when a callback runs; `result`: 0 done, 1 the printer said no, 2 usage, configuration, liqu runs.
void add_printer(CLI::App& app, const std::string& config, int& result);

}  // namespace ctl
