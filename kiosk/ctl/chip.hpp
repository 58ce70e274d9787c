// `liqu-ctl card read | verify | apdu`: the social security card's chip for technicians, by the real driver. Persons are masked unless asked for; secrets always.
#pragma once
#include <CLI/CLI.hpp>
#include <string>

namespace ctl {

/// Adds the words to the sub-command `card`, which add_card() has made. `config`: the program's --config, read when a callback runs; `result`: 0 done, 1 the card or the
/// reader said no, 2 usage, liqu runs.
void add_chip(CLI::App& app, const std::string& config, int& result);

}  // namespace ctl
