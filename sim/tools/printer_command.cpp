// The simulated printer for technicians: it has blanks and a ribbon, makes cards in real time, and is reached over USB/IP or, under umockdev, by a program that is
// started with it. Hands are words on standard input.
#include "sim/tools/printer_command.hpp"
#include "sim/tools/printer_files.hpp"
#include "sim/wire/usb_umockdev.hpp"
#include "sim/wire/usbip_server.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace sim {
namespace {

using namespace std::chrono_literals;
constexpr int blanks_per_hopper = 50;
constexpr std::size_t longest_line = 200;

struct Arguments {
    std::string replay, out = "printer-out", address = "127.0.0.1";
    int usbip = -1;
    double speed = 1;
    std::vector<std::string> program;
};

volatile std::sig_atomic_t stop_wanted = 0;
void want_stop(int) { stop_wanted = 1; }

/// The printer with its owner's mutex and clock.
struct Alone {
    explicit Alone(double speed) : printer(setup(speed)) {
        for (int hopper = 0; hopper < 2; ++hopper) {
            std::vector<CardPtr> blanks;
            for (int i = 0; i < blanks_per_hopper; ++i) {
                blanks.push_back(std::make_shared<PhysicalCard>());
                blanks.back()->id = hopper * blanks_per_hopper + i + 1;
            }
            printer.load(hopper, std::move(blanks));
        }
    }
    static PrinterSetup setup(double speed) {
        PrinterSetup s;
        s.speed = speed;
        return s;
    }
    [[nodiscard]] Time now() const { return std::chrono::duration_cast<Time>(std::chrono::steady_clock::now() - start); }

    std::mutex world;
    PrinterModel printer;
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
    std::string out;
    int taken = 0;
};

void save(const CardPtr& card, const std::string& out, int number) {
    std::filesystem::create_directories(out);
    for (const bool front : {true, false}) {
        if (!front && card->back_k.empty()) continue;
        const Bytes png = card_png(*card, front);
        std::ofstream(std::filesystem::path(out) / fmt::format("taken-{:03}-{}.png", number, front ? "front" : "back"), std::ios::binary)
            .write(reinterpret_cast<const char*>(png.data()), static_cast<std::streamsize>(png.size()));
    }
}

/// take, push, open, close, clear, bin, ribbon, a fault's word; false: nobody knows the word.
bool hand(Alone& alone, const std::string& word) {
    const std::lock_guard lock(alone.world);
    PrinterModel& p = alone.printer;
    const Time now = alone.now();
    if (word == "take") {
        const CardPtr card = p.take(now);
        if (card) save(card, alone.out, ++alone.taken);
        std::cout << (card ? "a card was taken\n" : "no card at the bezel\n");
    } else if (word == "push") {
        std::cout << (p.push_in(std::make_shared<PhysicalCard>(), now) ? "pushed in\n" : "the bezel is closed\n");
    } else if (word == "open" || word == "close") {
        p.open_cover(word == "open", now);
    } else if (word == "clear") {
        std::cout << fmt::format("{} cards were inside\n", p.clear_path(now).size());
    } else if (word == "bin") {
        std::cout << fmt::format("{} cards were in the reject box\n", p.empty_bin().size());
    } else if (word == "ribbon") {
        p.new_ribbon(PrinterSetup{}.ribbon_type, PrinterSetup{}.ribbon_capacity);
    } else if (const auto fault = printer_fault_of(word)) {
        p.provoke(*fault);
    } else {
        return false;
    }
    return true;
}

void obey(Alone& alone, const std::string& word) {
    if (!word.empty() && !hand(alone, word)) std::cout << "nobody knows that word\n";
    std::cout << std::flush;
}

/// Lets time pass, obeys hands, ends with SIGINT or with `child`.
int live(Alone& alone, pid_t child) {
    std::string line;
    bool input = child < 0;
    while (!stop_wanted) {
        pollfd in{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
        if (input && ::poll(&in, 1, 10) > 0) {
            char c = 0;
            if (::read(STDIN_FILENO, &c, 1) != 1) input = false;
            else if (c != '\n' && line.size() < longest_line) line.push_back(c);
            else if (c == '\n') obey(alone, std::exchange(line, {}));
        } else if (!input) {
            std::this_thread::sleep_for(10ms);
        }
        const std::lock_guard lock(alone.world);
        alone.printer.advance(alone.now());
        int status = 0;
        if (child > 0 && ::waitpid(child, &status, WNOHANG) == child) return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    }
    if (child > 0) ::kill(child, SIGTERM), ::waitpid(child, nullptr, 0);
    return 0;
}

pid_t start(const std::vector<std::string>& program) {
    std::vector<char*> argv;
    for (const auto& word : program) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    pid_t child = -1;
    return ::posix_spawnp(&child, argv[0], nullptr, nullptr, argv.data(), environ) == 0 ? child : -1;
}

int replay(const Arguments& a) {
    const auto done = replay_printer_file(a.replay, a.out);
    if (!done) {
        std::cerr << done.error() << '\n';
        return 2;
    }
    std::cout << fmt::format("{} cards, {} commands ({} not known, {} broken), see {}\n", done->cards, done->commands, done->unknown, done->broken, (std::filesystem::path(a.out) / "commands.log").string());
    return done->broken == 0 ? 0 : 1;
}

int over_usbip(const Arguments& a) {
    Alone alone(a.speed);
    alone.out = a.out;
    const auto server = UsbIpServer::create(alone.printer, PrinterSetup{}.serial, alone.world, [&alone] { return alone.now(); }, {.address = a.address, .port = static_cast<std::uint16_t>(a.usbip)});
    if (!server) {
        std::cerr << server.error() << '\n';
        return 2;
    }
    std::cout << fmt::format("USB/IP on {} port {}: usbip --tcp-port {} attach -r {} -b 1-1\nwords: take push open close clear bin ribbon, or a fault's\n", a.address, (*server)->port(), (*server)->port(), a.address)
              << std::flush;
    return live(alone, -1);
}

int under_umockdev(const Arguments& a) {
    Alone alone(a.speed);
    auto usb = UsbPrinter::create(alone.printer, PrinterSetup{}.serial, alone.world, [&alone] { return alone.now(); });
    const auto plugged = usb ? (*usb)->plug() : std::expected<void, std::string>{std::unexpected(usb.error())};
    if (!plugged) {
        std::cerr << plugged.error() << '\n';
        return 2;
    }
    const pid_t child = start(a.program);
    if (child < 0) {
        std::cerr << a.program.front() << " cannot be started\n";
        return 2;
    }
    return live(alone, child);
}

}  // namespace

void add_printer_command(CLI::App& app, int& result) {
    auto a = std::make_shared<Arguments>();
    auto* command = app.add_subcommand("printer", "the card printer alone, or what was sent to one");
    auto* file = command->add_option("--replay", a->replay, "a captured byte stream to decode into card pictures")->check(CLI::ExistingFile);
    command->add_option("--out", a->out, "where pictures and the log are written")->capture_default_str();
    command->add_option("--usbip", a->usbip, "serve the printer over USB/IP on this port; 0: any")->check(CLI::Range(0, 65535))->excludes(file);
    command->add_option("--address", a->address, "listen elsewhere than on loopback; there is no password")->capture_default_str();
    command->add_option("--speed", a->speed, "mechanics this many times quicker")->check(CLI::Range(0.1, 1000.0));
    command->add_option("program", a->program, "under umockdev-wrapper: a program that sees the printer through libusb");
    command->callback([a, &result] {
        if (!a->replay.empty()) {
            result = replay(*a);
            return;
        }
        std::signal(SIGINT, want_stop);
        std::signal(SIGTERM, want_stop);
        if (a->usbip >= 0) {
            result = over_usbip(*a);
        } else if (!a->program.empty()) {
            result = under_umockdev(*a);
        } else {
            std::cerr << "liqu-sim printer: --replay FILE, --usbip PORT, or (under umockdev-wrapper) a program behind --\n";
            result = 2;
        }
    });
}

}  // namespace sim
