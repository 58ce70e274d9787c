// The world: a whole hall in one process under virtual time. The real journeys, card path, drivers, ledger and centre; the models answer the ports
// directly. One seed decides everything: who comes, what breaks, when a kiosk dies; one seed gives one trace, byte for byte.
#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace sim {

struct WorldOptions {
    std::uint64_t seed = 1;
    bool faults = true;        ///< every fault word on every device, deaths and power cuts
    int kiosks = 2;
    int citizens = 5;
    /// Dies at this point of the first kiosk (1..): enumerating crash points. 0: as the seed says.
    int die_at = 0;
    bool power_cut = false;    ///< with die_at: also what was not synced is lost, and the devices lose power
};

struct WorldResult {
    std::uint64_t seed = 0;
    std::vector<std::string> violations;  ///< "I1: ..." with the last steps
    std::string trace;                    ///< every step of the run
    int issued = 0, visits = 0, deaths = 0, disturbances = 0, points = 0;  ///< points: death points that the first kiosk passed
    double virtual_seconds = 0;
    std::set<std::string> audited;  ///< names of the audit events that were written
};

[[nodiscard]] WorldResult run_world(const WorldOptions& options);

/// `liqu-sim world --seeds A..B [--faults all|none] [--trace] [--enumerate]`.
void add_world_command(CLI::App& app, int& result);

}  // namespace sim
