// liqu-central: keys, the HTTP door and the operators' commands around Central. Wires the machine's clock and chance; decides nothing.
#include "sim/central/central.hpp"
#include "sim/central/codec.hpp"
#include "sim/central/http_server.hpp"
#include "sim/central/operator_desk.hpp"

#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sodium.h>
#include <sys/stat.h>

namespace {

using sim::Bytes;
using sim::View;
using Json = nlohmann::json;
using Done = std::expected<void, std::string>;

constexpr int usage_exit = 64, stopped_exit = 70;
constexpr const char* usage =
    "liqu-central init          --data DIR [--seed N] [--master-key HEX32]\n"
    "liqu-central enrol         --data DIR --kiosk ID --key HEX64\n"
    "liqu-central serve         --data DIR --register FILE [--host H] [--port N] [--seed N] [--lease S] [--grace S] [--certificates on] [--behave WORD]\n"
    "                           [--stop-after TYPE]\n"
    "liqu-central report        --data DIR --register FILE --json\n"
    "liqu-central resolve       --data DIR --register FILE --dispute N --verdict void_card|activate --names A,B\n"
    "liqu-central activate      --data DIR --register FILE --application HEX --staff NAME\n"
    "liqu-central accept-ledger --data DIR --register FILE --kiosk ID --names A,B\n"
    "liqu-central photo         --data DIR --register FILE --application HEX --out FILE.jpg      (not while it serves)\n"
    "liqu-central behave        --data DIR --word normal|rubbish|huge|drip|slow|refuse|unavailable\n";

struct Options {
    std::string command;
    std::map<std::string, std::string> values;
    [[nodiscard]] bool has(const char* key) const { return values.contains(key); }
    [[nodiscard]] std::string text(const char* key, std::string otherwise = {}) const { return has(key) ? values.at(key) : otherwise; }
    [[nodiscard]] std::optional<std::int64_t> number(const char* key, std::int64_t otherwise) const {
        if (!has(key)) return otherwise;
        const auto& value = values.at(key);
        std::int64_t found = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), found);
        if (error != std::errc() || end != value.data() + value.size() || found < 0) return {};
        return found;
    }
};

std::optional<Options> read_options(std::span<char*> words) {
    if (words.size() < 2) return {};
    Options options{.command = words[1], .values = {}};
    for (std::size_t i = 2; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (word == "--json") continue;
        if (!word.starts_with("--") && options.command == "behave") {
            options.values["word"] = word;
            continue;
        }
        if (!word.starts_with("--") || i + 1 == words.size()) return {};
        options.values[std::string(word.substr(2))] = words[++i];
    }
    if (!options.has("data")) return {};
    return options;
}

std::array<unsigned char, 32> seed_bytes(std::string_view text) {
    std::array<unsigned char, 32> seed{};
    crypto_generichash(seed.data(), seed.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr, 0);
    return seed;
}

std::string hex(std::span<const unsigned char> bytes) { return sim::to_hex(std::as_bytes(bytes)); }

/// Written whole or not at all, readable by its owner alone.
Done write_private(const std::filesystem::path& path, const std::string& text) {
    const auto fresh = path.string() + ".new";
    const auto mask = ::umask(077);
    std::ofstream out(fresh, std::ios::trunc);
    ::umask(mask);
    out << text << '\n';
    out.close();
    std::error_code error;
    if (out) std::filesystem::rename(fresh, path, error);
    if (!out || error) return std::unexpected("cannot write " + path.string());
    return {};
}

std::optional<Json> read_json(const std::filesystem::path& path) {
    std::ifstream in(path);
    auto found = Json::parse(in, nullptr, false);
    if (!in.good() && !in.eof()) return {};
    if (!found.is_object()) return {};
    return found;
}

std::expected<sim::CentralKeys, std::string> load_keys(const std::filesystem::path& dir) {
    const auto file = read_json(dir / "centre.key");
    const auto part = [&](const char* key) { return file && file->contains(key) && (*file)[key].is_string() ? sim::from_hex((*file)[key].get<std::string>()) : std::nullopt; };
    const auto seed = part("seed"), master = part("master");
    if (!seed || seed->size() != 32 || !master || master->size() != 16) return std::unexpected("no usable centre.key in " + dir.string() + ": run init first");
    std::array<unsigned char, 32> bytes{};
    std::ranges::transform(*seed, bytes.begin(), [](std::byte b) { return std::to_integer<unsigned char>(b); });
    auto keys = sim::CentralKeys::from_seed(bytes);
    std::ranges::transform(*master, keys.master.begin(), [](std::byte b) { return std::to_integer<unsigned char>(b); });
    return keys;
}

Done init(const Options& o) {
    const std::filesystem::path dir = o.text("data");
    std::error_code error;
    std::filesystem::create_directories(dir, error);
    if (error) return std::unexpected("cannot make " + dir.string());
    std::filesystem::permissions(dir, std::filesystem::perms::owner_all, error);
    if (!std::filesystem::exists(dir / "centre.key")) {
        std::array<unsigned char, 32> seed{};
        if (o.has("seed")) seed = seed_bytes("liqu-central seed " + o.text("seed"));
        else randombytes_buf(seed.data(), seed.size());
        const auto master = o.has("master-key") ? o.text("master-key") : hex(sim::CentralKeys::from_seed(seed).master);
        if (const auto bytes = sim::from_hex(master); !bytes || bytes->size() != 16) return std::unexpected("--master-key is 32 hex digits");
        if (auto written = write_private(dir / "centre.key", Json{{"master", master}, {"seed", hex(seed)}}.dump()); !written) return written;
    }
    const auto keys = load_keys(dir);
    if (!keys) return std::unexpected(keys.error());
    std::puts(Json{{"seal_key", hex(keys->seal_public)}, {"sign_key", hex(keys->sign_public)}}.dump().c_str());
    return {};
}

std::function<void(std::span<std::byte>)> chance(const Options& o) {
    if (!o.has("seed")) return [](std::span<std::byte> out) { randombytes_buf(out.data(), out.size()); };
    // The start is mixed in: a restarted server must not repeat the references that its file already knows.
    const auto start = std::chrono::system_clock::now().time_since_epoch().count();
    return [seed = seed_bytes(fmt::format("chance {} {}", o.text("seed"), start)), drawn = std::uint64_t{0}](std::span<std::byte> out) mutable {
        std::array<unsigned char, crypto_stream_NONCEBYTES> nonce{};
        std::memcpy(nonce.data(), &++drawn, sizeof drawn);
        crypto_stream(reinterpret_cast<unsigned char*>(out.data()), out.size(), nonce.data(), seed.data());
    };
}

std::expected<std::unique_ptr<sim::Central>, std::string> open_central(const Options& o) {
    const std::filesystem::path dir = o.text("data");
    auto keys = load_keys(dir);
    if (!keys) return std::unexpected(keys.error());
    auto people = std::make_shared<sim::Register>();
    if (o.has("register")) {
        auto loaded = sim::Register::load(o.text("register"));
        if (!loaded) return std::unexpected(loaded.error());
        *people = std::move(*loaded);
    }
    sim::CentralSetup setup;
    setup.keys = *keys;
    setup.people = people;
    setup.database = (dir / "centre.sqlite").string();
    const auto lease = o.number("lease", 300), grace = o.number("grace", 60);
    if (!lease || !grace) return std::unexpected("--lease and --grace are seconds");
    setup.lease_seconds = *lease;
    setup.grace_seconds = *grace;
    if (o.has("certificates") && o.text("certificates") != "on" && o.text("certificates") != "off") return std::unexpected("--certificates is on or off");
    setup.region.certificates = o.text("certificates") == "on";
    setup.now = [] { return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count(); };
    setup.random = chance(o);
    if (o.has("stop-after")) {
        if (!sim::message_type_of(o.text("stop-after"))) return std::unexpected("--stop-after names a message type");
        setup.committed = [type = o.text("stop-after")](std::string_view done) {
            if (done == type) std::_Exit(stopped_exit);
        };
    }
    return sim::Central::create(std::move(setup));
}

Done serve(const Options& o) {
    const auto behaviour = sim::behaviour_of(o.text("behave", "normal"));
    const auto port = o.number("port", 0);
    if (!behaviour || !port || *port > 65'535) return std::unexpected("--behave or --port is wrong");
    if (!o.has("register")) return std::unexpected("--register is missing");
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    auto central = open_central(o);
    if (!central) return std::unexpected(central.error());
    auto& core = **central;
    std::array<unsigned char, 32> token{};
    randombytes_buf(token.data(), token.size());
    const auto busy = [&core](View request) {
        const auto asked = sim::read_envelope(request);
        return sim::write_reply(request, asked ? sim::name_of(asked->header.type) : "", false, sim::write_refused_body({sim::Refusal::busy, "told to refuse"}),
                                std::time(nullptr), core.keys());
    };
    auto server = sim::HttpServer::start({.host = o.text("host", "127.0.0.1"), .port = static_cast<int>(*port), .token = hex(token), .behaviour = *behaviour},
                                         {.kiosks = [&core](View request) { return core.handle(request); },
                                          .busy = busy,
                                          .operators = [&core](const Json& command) { return sim::operate(core, command); }});
    if (!server) return std::unexpected(server.error());
    const std::filesystem::path desk = std::filesystem::path(o.text("data")) / "operator.json";
    if (auto written = write_private(desk, Json{{"port", (*server)->port()}, {"token", hex(token)}}.dump()); !written) return written;
    const Json first = {{"path", "/liqu/v1"},
                        {"port", (*server)->port()},
                        {"seal_key", hex(core.keys().seal_public)},
                        {"sign_key", hex(core.keys().sign_public)},
                        {"url", fmt::format("http://{}:{}/liqu/v1", o.text("host", "127.0.0.1"), (*server)->port())}};
    std::puts(first.dump().c_str());
    std::fflush(stdout);
    int signal = 0;
    sigwait(&signals, &signal);
    server->reset();
    std::error_code error;
    std::filesystem::remove(desk, error);
    return {};
}

/// Asks the running server, or the file when none runs.
std::expected<Json, std::string> ask(const Options& o, Json command) {
    if (const auto desk = read_json(std::filesystem::path(o.text("data")) / "operator.json"); desk && desk->contains("port") && desk->contains("token")) {
        command["token"] = (*desk)["token"];
        const auto answer = sim::http_post((*desk)["port"].get<int>(), "/operator", command.dump(), "application/json", 5);
        if (answer && answer->first == 200) return Json::parse(answer->second, nullptr, false);
    }
    auto central = open_central(o);
    if (!central) return std::unexpected(central.error());
    return sim::operate(**central, command);
}

Done operate(const Options& o) {
    Json command = {{"command", o.command}};
    for (const char* key : {"kiosk", "key", "verdict", "application", "staff", "word", "reason"})
        if (o.has(key)) command[key] = o.text(key);
    if (const auto dispute = o.number("dispute", 0); dispute && *dispute > 0) command["dispute"] = *dispute;
    if (const auto names = o.text("names"); names.contains(',')) command["names"] = {names.substr(0, names.find(',')), names.substr(names.find(',') + 1)};
    const auto answer = ask(o, command);
    if (!answer) return std::unexpected(answer.error());
    if (answer->contains("error")) return std::unexpected((*answer)["error"].get<std::string>());
    std::puts(answer->dump().c_str());
    return {};
}

/// An application's photograph as a file, for whoever has to look at it.
Done photo(const Options& o) {
    const auto id = sim::from_hex(o.text("application"));
    if (!id || !o.has("out")) return std::unexpected("--application and --out are needed");
    auto central = open_central(o);
    if (!central) return std::unexpected(central.error());
    const auto jpeg = (*central)->portrait_of(*id);
    if (!jpeg) return std::unexpected("no such application");
    std::ofstream out(o.text("out"), std::ios::binary);
    out.write(reinterpret_cast<const char*>(jpeg->data()), static_cast<std::streamsize>(jpeg->size()));
    if (!out) return std::unexpected("the file cannot be written");
    return {};
}

}  // namespace

int main(int count, char** words) {
    const auto options = read_options(std::span(words, static_cast<std::size_t>(count)));
    constexpr std::array<std::string_view, 9> commands = {"init", "serve", "enrol", "report", "resolve", "activate", "accept-ledger", "photo", "behave"};
    if (!options || std::ranges::find(commands, options->command) == commands.end()) {
        std::fputs(usage, stderr);
        return usage_exit;
    }
    if (sodium_init() < 0) return 1;
    const auto done = options->command == "init" ? init(*options) : options->command == "serve" ? serve(*options) : options->command == "photo" ? photo(*options) : operate(*options);
    if (!done) std::fprintf(stderr, "liqu-central: %s\n", done.error().c_str());
    return done ? 0 : 1;
}
