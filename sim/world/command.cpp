// `liqu-sim world`: seeds, one after another, and what they say together.
#include "sim/world/world.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <fmt/format.h>
#include <iostream>
#include <memory>
#include <spdlog/spdlog.h>

namespace sim {

namespace {
struct Arguments {
    std::string seeds = "1..100", faults = "all";
    bool trace = false, enumerate = false;
};

bool parse_range(const std::string& text, std::uint64_t& from, std::uint64_t& to) {
    const auto dots = text.find("..");
    try {
        from = std::stoull(text.substr(0, dots));
        to = dots == std::string::npos ? from : std::stoull(text.substr(dots + 2));
    } catch (const std::exception&) {
        return false;
    }
    return from <= to && to - from < 10'000'000;
}

int print_violations(const WorldResult& result, int die_at, bool cut) {
    for (const auto& violation : result.violations)
        std::cout << fmt::format("seed {}{}: {}", result.seed, die_at ? fmt::format(" death at {}{}", die_at, cut ? " (power cut)" : "") : "", violation);
    return static_cast<int>(result.violations.size());
}

/// One visitor, no other faults: the kiosk dies at every point of the issue in turn, by kill and by power cut.
int enumerate_deaths(std::uint64_t seed) {
    WorldOptions quiet{.seed = seed, .faults = false, .kiosks = 1, .citizens = 1};
    const int points = run_world(quiet).points;
    int violations = 0;
    for (const bool cut : {false, true})
        for (int at = 1; at <= points; ++at) {
            auto options = quiet;
            options.die_at = at;
            options.power_cut = cut;
            violations += print_violations(run_world(options), at, cut);
        }
    std::cout << fmt::format("every one of {} points died at, twice: {} violations\n", points, violations);
    return violations;
}

int run_seeds(const Arguments& a) {
    std::uint64_t from = 0, to = 0;
    if (!parse_range(a.seeds, from, to)) {
        std::cerr << "--seeds must be A..B\n";
        return 2;
    }
    // Disputes and silences are wanted here; the invariants speak.
    spdlog::set_level(spdlog::level::off);
    if (a.enumerate) return enumerate_deaths(from) == 0 ? 0 : 1;
    const auto began = std::chrono::steady_clock::now();
    long issued = 0, visits = 0, deaths = 0, disturbances = 0;
    int violations = 0;
    double seconds = 0;
    std::uint64_t last_said = from;
    for (auto seed = from; seed <= to; ++seed) {
        const auto result = run_world({.seed = seed, .faults = a.faults == "all"});
        issued += result.issued;
        visits += result.visits;
        deaths += result.deaths;
        disturbances += result.disturbances;
        seconds += result.virtual_seconds;
        violations += print_violations(result, 0, false);
        if (a.trace) std::cout << result.trace;
        if (seed - last_said >= 250) {
            last_said = seed;
            std::cout << fmt::format("  seed {} of {}\n", seed, to) << std::flush;
        }
    }
    const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    std::cout << fmt::format("seeds {}..{}, faults {}: {} visits, {} cards issued, {} deaths, {} disturbances, {:.0f} virtual hours, {} violations; {:.0f} visits per second on one core\n", from, to,
                             a.faults, visits, issued, deaths, disturbances, seconds / 3600, violations, static_cast<double>(visits) / wall);
    return violations == 0 ? 0 : 1;
}
}  // namespace

void add_world_command(CLI::App& app, int& result) {
    auto arguments = std::make_shared<Arguments>();
    auto* world = app.add_subcommand("world", "a hall in virtual time: one seed, one trace");
    world->add_option("--seeds", arguments->seeds, "A..B")->capture_default_str();
    world->add_option("--faults", arguments->faults)->check(CLI::IsMember({"all", "none"}))->capture_default_str();
    world->add_flag("--trace", arguments->trace, "print every step");
    world->add_flag("--enumerate", arguments->enumerate, "die at every point of one issue");
    world->callback([arguments, &result] { result = run_seeds(*arguments); });
}

}  // namespace sim
