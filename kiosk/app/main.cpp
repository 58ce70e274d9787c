// liqu: wires the concrete devices, the ledger, the centre and the window together. No logic lives here.
#include "drivers/usb_pipe.hpp"
#include "kiosk/app/control.hpp"
#include "ui/window.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sodium.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sstream>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace {
using namespace kiosk;

struct Arguments {
    std::string config = "/etc/liqu/liqu.toml";
    std::string texts = LIQU_TEXT_DIR;
    bool windowed = false;
    int automation_fd = -1;
};

/// A core dump would hold a name, a number, a PIN.
void forbid_core_dumps() {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::string scheme_rest(const std::string& uri) { return uri.substr(uri.find(':') + 1); }

int refuse(const Fault& fault) {
    std::cerr << "liqu: " << name_of(fault.code) << ": " << fault.detail << '\n';
    return 2;
}

/// Spawned coroutines that must never end by an exception: one that does stops the kiosk with a line in the log, and the
/// service manager starts it again; the ledger then recovers.
void spawn(asio::io_context& io, std::string name, asio::awaitable<void> task, std::function<void()> done = {}) {
    asio::co_spawn(io, std::move(task), [name = std::move(name), done = std::move(done)](std::exception_ptr error) {
        if (error && !drivers::is_cancellation(error)) {
            try {
                std::rethrow_exception(error);
            } catch (const std::exception& e) {
                spdlog::critical("{} ended: {}", name, e.what());
            } catch (...) {
                spdlog::critical("{} ended", name);
            }
            spdlog::shutdown();
            std::_Exit(70);
        }
        if (done) done();
    });
}

int run(const Arguments& arguments) {
    auto config = load_config(arguments.config);
    if (!config) return refuse(config.error());
    if (arguments.windowed) config->fullscreen = false;
    spdlog::set_level(spdlog::level::from_str(config->log_level));
    std::error_code ignored;
    std::filesystem::create_directories(config->data_dir, ignored);
    std::filesystem::permissions(config->data_dir, std::filesystem::perms::owner_all, ignored);

    asio::io_context io;
    const auto clock = drivers::make_real_clock();
    const auto random = drivers::make_system_random();
    auto keys = load_keys(config->data_dir, config->centre_sign_key, config->centre_seal_key, *random);
    if (!keys) return refuse(keys.error());
    const auto layout = printer::load_layout(read_file(config->layouts / config->layout), config->layouts);
    if (!layout) return refuse(layout.error());
    auto books = Books::open({.file = config->data_dir / "ledger.sqlite", .hash_key = keys->hash_key.clone(), .vfs = nullptr, .random = nullptr, .now = clock->utc()});

    Presence presence(*clock);
    Stage stage(*clock, presence);
    auto window = ui::make_window(*clock, stage,
                                  {.width = config->width, .height = config->height, .fullscreen = config->fullscreen, .mm_per_pixel = config->mm_per_pixel,
                                   .hall_zh = config->hall_zh, .hall_en = config->hall_en, .hotline = config->hotline, .text_dir = arguments.texts,
                                   .automation_fd = arguments.automation_fd});
    if (!window) return refuse(window.error());
    // A closed window is a wish to stop: a card under way comes to its end first.
    spawn(io, "window", (*window)->run(), [] { std::raise(SIGTERM); });

    asio::signal_set signals(io, SIGTERM, SIGINT);
    if (!books) {
        // Never recreated silently: the file stays as evidence, the screen says that the machine is out of service.
        spdlog::critical("ledger: {}: {}", name_of(books.error().code), books.error().detail);
        stage.show(Welcome{.banks = {}, .cannot = books.error().code, .hotline = config->hotline});
        signals.async_wait([&io](auto, auto) { io.stop(); });
        io.run();
        return 3;
    }

    const auto ledger_lane = drivers::make_thread_lane(io.get_executor(), "ledger");
    const auto compute = drivers::make_thread_lane(io.get_executor(), "compute");
    Ledger ledger(*ledger_lane, std::move(*books));
    const auto link = make_http_link(io.get_executor(), config->centre_url);
    if (!link) return refuse(link.error());
    const auto usb = drivers::UsbAddress::parse(config->printer);
    if (!usb) return refuse(usb.error());
    const auto pipe = drivers::make_libusb_pipe(io.get_executor(), *clock, *usb);
    const auto printer = printer::make_evolis_printer(*clock, *pipe, {.raster = config->raster});
    const auto id_reader = drivers::make_id_reader(io.get_executor(), *clock, config->id_reader);
    if (!id_reader) return refuse(id_reader.error());
    const auto trust = config->csca.empty() ? Result<drivers::emrtd::TrustStore>{} : drivers::emrtd::TrustStore::load(config->csca);
    if (!trust) return refuse(trust.error());
    for (const auto& file : trust->left_out()) spdlog::warn("states' certificates: {}", file);
    const auto chip_reader = drivers::make_pcsc_reader(io.get_executor(), scheme_rest(config->chip_reader));
    const auto camera = camera::make_opencv_camera(io.get_executor(), *clock, config->camera, config->photo);
    Issuing issuing({*clock, *random, ledger, **link, *keys, config->id, std::chrono::duration_cast<Duration>(config->exchange_limit)});
    CardPath card_path({*clock, ledger, issuing, *printer, *chip_reader, presence, *config, layout->hash});
    const auto contact = config->door == "none" ? drivers::make_no_contact() : drivers::make_evdev_contact(io.get_executor(), scheme_rest(config->door));
    Door door(*contact);
    Kiosk kiosk{*clock, *random, *compute, stage, presence, ledger, issuing, card_path, *printer, **id_reader, *trust, *camera, door, *config, *layout};

    drivers::Signal stop;
    spawn(io, "outbox", issuing.run_outbox());
    spawn(io, "hello", run_hello(kiosk));
    spawn(io, "door", watch_door(kiosk));
    spawn(io, "control", serve_control(kiosk, config->data_dir / "control.sock"));
    // SIGTERM: the session is left, the card path comes to rest, then the loop ends.
    int running = 2;
    const auto one_less = [&] {
        if (--running == 0) io.stop();
    };
    spawn(io, "card path", card_path.run(), one_less);
    spawn(io, "sessions", run_sessions(kiosk, stop), one_less);
    signals.async_wait([&](std::error_code error, int) {
        if (error) return;
        spdlog::info("stopping when the card path rests");
        stop.notify();
        stage.leave(LeaveReason::shutdown);
        card_path.stop();
    });
    io.run();
    // The card path rests and the sessions have ended. Nothing is torn down: coroutines of the outbox and the hello are still parked on objects of this
    // frame, and the ledger is safe at any instant. The kernel closes the rest.
    spdlog::shutdown();
    std::_Exit(0);
}
}  // namespace

int main(int argc, char** argv) {
    Arguments arguments;
    CLI::App app{"Liqu: issues social security cards while the person waits"};
    app.add_option("--config", arguments.config, "configuration file")->capture_default_str();
    app.add_option("--texts", arguments.texts, "folder with the texts of the screens")->capture_default_str();
    app.add_flag("--windowed", arguments.windowed, "a window instead of the full screen");
#if LIQU_AUTOMATION
    app.add_option("--automation-fd", arguments.automation_fd, "descriptor of a parent that plays the citizen");
#endif
    CLI11_PARSE(app, argc, argv);
    spdlog::set_default_logger(spdlog::stderr_color_mt("liqu"));
    if (sodium_init() < 0) return refuse(Fault{FaultCode::internal, "libsodium does not start"});
    forbid_core_dumps();
    return run(arguments);
}
