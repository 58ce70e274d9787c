// A world around a deliberately broken kiosk: it must be caught. Prints the first violation and ends with 1, as `liqu-sim world` does.
#include "sim/world/world.hpp"

#include <cstdlib>
#include <iostream>

int main(int argc, char** argv) {
    const std::uint64_t to = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 200;
    for (std::uint64_t seed = 1; seed <= to; ++seed) {
        const auto result = sim::run_world({.seed = seed});
        if (result.violations.empty()) continue;
        std::cout << "caught by seed " << seed << ": " << result.violations.front().substr(0, result.violations.front().find('\n')) << '\n';
        return 1;
    }
    std::cout << "not caught by seeds 1.." << to << '\n';
    return 0;
}
