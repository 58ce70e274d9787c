// liqu-ctl: the command line of technicians and auditors. While liqu runs it is asked over the control socket; otherwise the ledger is opened here.
#include "kiosk/ctl/card.hpp"
#include "kiosk/ctl/chip.hpp"
#include "kiosk/ctl/id.hpp"
#include "kiosk/ctl/passport.hpp"
#include "kiosk/ctl/photo.hpp"
#include "kiosk/ctl/printer.hpp"
#include "kiosk/issuing/issuing.hpp"
#include "kiosk/report.hpp"
#include "kiosk/staff/staff.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <sodium.h>

namespace {
using namespace kiosk;
using nlohmann::json;

int refuse(const std::string& why) {
    std::cerr << "liqu-ctl: " << why << '\n';
    return 2;
}
std::string said(const Fault& fault) { return fmt::format("{}: {}", name_of(fault.code), fault.detail); }

/// The running kiosk's answer, or nothing when none runs.
std::optional<json> ask_running(const std::filesystem::path& socket_path, const std::string& command) {
    asio::io_context io;
    asio::local::stream_protocol::socket socket(io);
    std::error_code error;
    socket.connect(socket_path.string(), error);
    if (error) return std::nullopt;
    asio::write(socket, asio::buffer(json{{"command", command}}.dump() + "\n"), error);
    std::string line;
    asio::read_until(socket, asio::dynamic_buffer(line, 16u << 20), '\n', error);
    auto reply = json::parse(line, nullptr, false);
    if (reply.is_discarded()) return std::nullopt;
    return reply;
}

struct Opened {
    Config config;
    std::unique_ptr<drivers::Random> random = drivers::make_system_random();
    std::unique_ptr<drivers::Clock> clock = drivers::make_real_clock();
    std::optional<KeyRing> keys;
    std::unique_ptr<Books> books;
};

Result<Opened> open_all(const std::string& config_file, bool with_books) {
    auto config = load_config(config_file);
    if (!config) return std::unexpected(config.error());
    Opened opened;
    opened.config = std::move(*config);
    std::error_code ignored;
    std::filesystem::create_directories(opened.config.data_dir, ignored);
    auto keys = load_keys(opened.config.data_dir, opened.config.centre_sign_key, opened.config.centre_seal_key, *opened.random);
    if (!keys) return std::unexpected(keys.error());
    opened.keys = std::move(*keys);
    if (with_books) {
        auto books = Books::open(
            {.file = opened.config.data_dir / "ledger.sqlite", .hash_key = opened.keys->hash_key.clone(), .vfs = nullptr, .random = nullptr, .now = opened.clock->utc()});
        if (!books) return std::unexpected(books.error());
        opened.books = std::move(*books);
    }
    return opened;
}

int show(const std::string& config_file, const std::string& command) {
    const auto config = load_config(config_file);
    if (!config) return refuse(said(config.error()));
    if (const auto reply = ask_running(config->data_dir / "control.sock", command)) {
        std::cout << reply->dump(2) << '\n';
        return 0;
    }
    if (command == "status") {
        std::cout << json{{"kiosk", config->id}, {"running", false}}.dump(2) << '\n';
        return 0;
    }
    auto opened = open_all(config_file, true);
    if (!opened) return refuse(said(opened.error()));
    std::cout << report(*opened->books, opened->config, command)->dump(2) << '\n';
    return 0;
}

template <class F>
int change(const std::string& config_file, F f) {
    auto opened = open_all(config_file, true);
    if (!opened) return refuse(said(opened.error()) + " (stop liqu first: the ledger has one owner)");
    try {
        opened->books->begin();
        f(*opened);
        opened->books->commit();
    } catch (const std::exception& error) {
        opened->books->rollback();
        return refuse(error.what());
    }
    return 0;
}

struct StaffArguments {
    std::string id, name, role = "operator", badge, pin;
};
struct LoadArguments {
    int hopper = 1, count = 0;
    std::string by;
};

int add_staff(const std::string& config_file, const StaffArguments& a) {
    const auto uid = drivers::from_hex(a.badge);
    if (!uid || uid->size() < 4 || uid->size() > 10) return refuse("--badge must be the UID, 4 to 10 bytes in hexadecimal");
    if (a.pin.size() != 6 || a.pin.find_first_not_of("0123456789") != std::string::npos) return refuse("--pin must be six digits");
    return change(config_file, [&](Opened& o) {
        StaffRow row{.id = a.id, .name_tag = a.name, .role = a.role, .badge_hash = o.books->keyed_hash(*uid), .pin_hash = hash_pin(Secret{std::string_view{a.pin}}), .failures = 0, .locked_until = {}};
        o.books->put_staff(row);
    });
}

int load_blanks(const std::string& config_file, const LoadArguments& a) {
    return change(config_file, [&](Opened& o) {
        if (a.hopper < 1 || static_cast<std::size_t>(a.hopper) > o.config.hoppers.size()) throw std::runtime_error("no such hopper");
        const auto& hopper = o.config.hoppers[static_cast<std::size_t>(a.hopper - 1)];
        if (a.count < 1 || a.count > hopper.capacity - o.books->remaining(a.hopper)) throw std::runtime_error("the hopper has no room for so many");
        const auto now = o.clock->utc();
        const auto load = o.books->add_load(a.hopper, hopper.bank, a.count, a.by, now);
        o.books->audit(AuditEvent::blanks_loaded, {{"load", load.id}, {"hopper", a.hopper}, {"bank", hopper.bank.value}, {"count", a.count}, {"by", a.by}}, now);
        std::cout << load.id << '\n';
    });
}
}  // namespace

int main(int argc, char** argv) {
    std::string config = "/etc/liqu/liqu.toml";
    CLI::App app{"Liqu for technicians and auditors"};
    app.require_subcommand(1);
    const auto* config_given = app.add_option("--config", config, "configuration file")->capture_default_str();
    app.fallthrough();
    int result = 0;
    const auto simple = [&](const char* name, const char* about) {
        app.add_subcommand(name, about)->callback([&, name] { result = show(config, name); });
    };
    simple("status", "what the kiosk is doing now");
    simple("supplies", "hoppers, loads, reject bin and the arithmetic");
    simple("cards", "every card with its state");
    simple("outbox", "reports that wait for the centre, and parked disputes");
    simple("audit", "checks the audit chain and shows its last events");
    app.add_subcommand("check-config", "reads the configuration file and says what is wrong with it")->callback([&] {
        const auto read = load_config(config);
        if (!read) result = refuse(said(read.error()));
        else std::cout << "the configuration is valid\n";
    });
    app.add_subcommand("enrol", "makes this kiosk's key on first use and prints its public half for the centre")->callback([&] {
        auto opened = open_all(config, false);
        if (!opened) result = refuse(said(opened.error()));
        else std::cout << json{{"kiosk", opened->config.id}, {"key", drivers::hex(opened->keys->sign_public)}}.dump() << '\n';
    });
    StaffArguments staff;
    auto* add = app.add_subcommand("staff-add", "a member of staff with badge and PIN");
    add->add_option("--id", staff.id)->required();
    add->add_option("--name", staff.name, "as on the badge")->required();
    add->add_option("--role", staff.role)->check(CLI::IsMember({"operator", "stock", "technician"}));
    add->add_option("--badge", staff.badge, "UID in hexadecimal")->required();
    add->add_option("--pin", staff.pin, "six digits")->required();
    add->callback([&] { result = add_staff(config, staff); });
    LoadArguments load;
    auto* blanks = app.add_subcommand("load", "books blanks that were put into a hopper");
    blanks->add_option("--hopper", load.hopper)->required();
    blanks->add_option("--count", load.count)->required();
    blanks->add_option("--by", load.by, "staff id")->required();
    blanks->callback([&] { result = load_blanks(config, load); });
    ctl::add_photo(app, *config_given, config, result);
    ctl::add_card(app, result);
    ctl::add_chip(app, config, result);
    ctl::add_printer(app, config, result);
    ctl::add_passport(app, config, result);
    ctl::add_id(app, config, result);
    if (sodium_init() < 0) return refuse("libsodium does not start");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    return result;
}
