// liqu-sim: the simulated hall. `run` plays a scenario in front of the real programs, `suite` plays all of them and judges, `world` replays seeds
// in virtual time.
#include "sim/hall/interactive.hpp"
#include "sim/hall/runner.hpp"
#include "sim/tools/printer_command.hpp"
#include "sim/world/world.hpp"

#include <CLI/CLI.hpp>
#include <deque>
#include <fmt/format.h>
#include <iostream>

namespace {
using namespace sim;

struct RunArguments {
    std::string scenario = "first-issue", out = "sim/out", person;
    double speed = 0;
    std::uint64_t seed = 1;
    bool headless = false, quiet = false, no_pictures = false;
};

int play(const Programs& programs, const RunArguments& a) {
    auto scenario = load_scenario(programs.scenarios / (a.scenario + ".toml"));
    if (!scenario) {
        std::cerr << scenario.error() << '\n';
        return 2;
    }
    std::optional<PhotoOptions> photographs;
    if (!a.person.empty()) {
        auto wanted = photo_options_of(a.person);
        if (!wanted) {
            std::cerr << "liqu-sim: --person: " << wanted.error() << '\n';
            return 2;
        }
        photographs = *wanted;
    }
    const double speed = a.speed > 0 ? a.speed : 1;
    std::filesystem::create_directories(a.out);
    if (!a.headless) return run_interactive(programs, *scenario, {.out = a.out, .speed = speed, .seed = a.seed, .progress = !a.quiet, .headless = false, .photographs = photographs});
    std::cout << fmt::format("{}: {}\n", scenario->name, scenario->title) << std::flush;
    Runner runner(programs, *scenario, {.out = a.out, .speed = speed, .seed = a.seed, .pictures = !a.no_pictures, .progress = !a.quiet, .headless = a.headless, .photographs = photographs});
    const auto evidence = runner.run();
    const auto wrong = Runner::judge(*scenario, evidence);
    for (const auto& line : wrong) std::cout << "  NOT as expected: " << line << '\n';
    const auto out = std::filesystem::absolute(a.out);
    std::cout << fmt::format("{}: outcome {}, touches {}, see {}\n", wrong.empty() ? "as expected" : "FAILED", evidence.summary.value("outcome", ""), evidence.summary.value("touches", 0),
                             (out / "summary.json").string());
    if (std::filesystem::exists(out / "card-front.png")) std::cout << "the card: " << (out / "card-front.png").string() << '\n';
    return wrong.empty() ? 0 : 1;
}

/// Every scenario, or those named, a few at a time, each in a process of its own; one line each, and the counting line that closes the suite.
int play_suite(const Programs& programs, std::vector<std::string> names, const RunArguments& a, int at_once) {
    if (names.empty()) {
        for (const auto& entry : std::filesystem::directory_iterator(programs.scenarios))
            if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
        std::ranges::sort(names);
    }
    std::filesystem::create_directories(a.out);
    struct Running {
        std::string name;
        std::filesystem::path log;
        std::unique_ptr<Child> child;
        bool again = false;
    };
    std::deque<std::pair<std::string, bool>> waiting;  ///< name, and whether it is played for the second time
    for (const auto& name : names) waiting.emplace_back(name, false);
    std::vector<Running> running;
    int passed = 0, failed = 0, second = 0;
    const auto self = std::filesystem::read_symlink("/proc/self/exe").string();
    while (!waiting.empty() || !running.empty()) {
        while (!waiting.empty() && running.size() < static_cast<std::size_t>(at_once)) {
            const auto [name, again] = waiting.front();
            waiting.pop_front();
            const auto out = std::filesystem::path(a.out) / name;
            const auto log = std::filesystem::path(a.out) / (name + ".log");
            std::filesystem::remove(log);
            std::vector<std::string> argv{self, "run", "--scenario", name, "--out", out.string(), "--headless", "--speed", fmt::format("{}", a.speed > 0 ? a.speed : 1)};
            if (a.no_pictures && name != "first-issue") argv.push_back("--no-pictures");
            if (!a.person.empty()) argv.insert(argv.end(), {"--person", a.person});
            running.push_back({name, log, std::make_unique<Child>(Child::Setup{.argv = argv, .environment = {}, .inherit = {}, .log = log, .pipe_stdout = false}), again});
        }
        for (auto it = running.begin(); it != running.end();) {
            const auto code = it->child->wait(std::chrono::milliseconds{30});
            if (!code) {
                ++it;
                continue;
            }
            // Real programs in real time on a machine that others use: a story that fails is told in full and played once more; a defect fails twice.
            const bool retry = *code != 0 && !it->again;
            std::cout << fmt::format("{:8} {}{}\n", *code == 0 ? "ok" : retry ? "again" : "FAILED", it->name, *code == 0 && it->again ? " (at the second time)" : "") << std::flush;
            if (*code != 0) std::cout << std::ifstream(it->log).rdbuf() << std::flush;
            if (retry) {
                ++second;
                waiting.emplace_back(it->name, true);
            } else {
                (*code == 0 ? passed : failed) += 1;
            }
            it = running.erase(it);
        }
    }
    if (second > 0) std::cout << fmt::format("{} stories were played a second time\n", second);
    std::cout << fmt::format("{} passed, {} failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"The simulated hall of Liqu"};
    app.require_subcommand(1);
    RunArguments a;
    int result = 0;
    const auto programs = Programs::find(std::filesystem::read_symlink("/proc/self/exe"));
    auto* run = app.add_subcommand("run", "one scenario in front of the real kiosk");
    run->add_option("--scenario", a.scenario)->capture_default_str();
    run->add_option("--out", a.out, "where the evidence is written")->capture_default_str();
    run->add_option("--speed", a.speed, "mechanics this many times quicker")->check(CLI::Range(0.1, 100.0));
    run->add_option("--seed", a.seed);
    run->add_flag("--headless", a.headless, "the kiosk's window is not shown");
    run->add_flag("--quiet", a.quiet);
    run->add_flag("--no-pictures", a.no_pictures, "no pictures of the screens");
    constexpr auto person_help = "photographs before the camera: photos:DIR?scale=108&x=0&y=0&gain=1.15 (scale above 10: eye distance in pixels; gain=white; seconds; noise)";
    run->add_option("--person", a.person, person_help);
    run->callback([&] { result = play(programs, a); });
    std::vector<std::string> names;
    auto* suite = app.add_subcommand("suite", "scenarios one after another, judged");
    suite->add_option("names", names);
    suite->add_option("--out", a.out)->capture_default_str();
    suite->add_option("--speed", a.speed);
    suite->add_flag("--no-pictures", a.no_pictures);
    suite->add_option("--person", a.person, person_help);
    int at_once = 3;
    suite->add_option("--at-once", at_once, "scenarios at the same time")->check(CLI::Range(1, 16));
    suite->callback([&] { result = play_suite(programs, names, a, at_once); });
    sim::add_world_command(app, result);
    sim::add_printer_command(app, result);
    try {
        CLI11_PARSE(app, argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "liqu-sim: " << error.what() << '\n';
        return 2;
    }
    return result;
}
