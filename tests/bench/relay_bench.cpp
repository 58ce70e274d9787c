// What the relay of signed batches costs beside the bare SCardTransmit of the same commands: the distribution's pcscd, the simulated chip behind it, one
// personalisation after the other by both ways. The relay's time has all that the kiosk does for a batch: signature, decoding, allow-list, sending, report.
#include "drivers/card_reader.hpp"
#include "kiosk/card_path/relay.hpp"
#include "sim/central/central.hpp"
#include "sim/central/script.hpp"
#include "sim/wire/card_slots.hpp"
#include "sim/wire/pcscd.hpp"

#include <benchmark/benchmark.h>
#include <cstdlib>
#include <winscard.h>

namespace {
using Moment = std::chrono::steady_clock;
constexpr const char* reader_name = "Liqu Chip Station 00 00";
constexpr std::int64_t now = 1'790'000'000;

struct NoLedger final : kiosk::CommitLog {
    drivers::awaitable<void> begin(std::string) override { co_return; }
    drivers::awaitable<void> end(std::string, std::string_view) override { co_return; }
};

/// One for the whole process: libpcsclite keeps the first socket's name that it saw.
const std::filesystem::path& folder() {
    static const struct Folder {
        std::filesystem::path path;
        Folder() {
            std::string name = std::filesystem::temp_directory_path() / "liqu-bench-XXXXXX";
            if (mkdtemp(name.data())) path = name;
        }
        ~Folder() {
            std::error_code ignored;
            if (!path.empty()) std::filesystem::remove_all(path, ignored);
        }
    } made;
    return made.path;
}

struct Stage {
    std::mutex world;
    std::unique_ptr<sim::SocialSecurityCard> card;
    std::unique_ptr<sim::CardSlots> slots;
    std::unique_ptr<sim::PrivatePcscd> daemon;
    sim::CentralKeys keys;
    sim::Subject subject;
    asio::io_context io;
    std::unique_ptr<drivers::CardReader> reader;
    SCARDCONTEXT context = 0;
    std::string trouble;
    kiosk::Bytes atr;

    explicit Stage(double speed) { trouble = set_up(speed); }
    /// What is missing; empty: nothing.
    std::string set_up(double speed) {
        if (folder().empty()) return "no folder";
        std::array<unsigned char, 32> seed{};
        keys = sim::CentralKeys::from_seed(seed);
        const auto master = std::as_bytes(std::span(keys.master));
        const auto chip = *sim::from_hex("450100d156000005000000000000a001");
        card = std::make_unique<sim::SocialSecurityCard>(sim::SocialSecurityCard::Setup{.identification_code = chip, .bank_number = "6201011234567890", .master_key = {master.begin(), master.end()}});
        subject = {.cipher = sim::Cipher::triple_des, .master = keys.master, .chip = chip, .version = "2.00",
                   .records = *sim::card_records({.card_number = "A00000014", .issued_on = "20260921", .valid_to = "20360921", .number = "450107199005128666", .name = "样本", .birth = "19900512"}),
                   .nonce = sim::Bytes(16)};
        auto made = sim::CardSlots::create(folder() / "slots", {{"Liqu Chip Station", [this] { return card.get(); }}}, world, speed);
        if (!made) return made.error();
        slots = std::move(*made);
        daemon = std::make_unique<sim::PrivatePcscd>(sim::PrivatePcscd::Setup{.directory = folder(), .handler = LIQU_IFD_HANDLER, .readers = {{slots->reader_name(0), slots->device(0)}}});
        if (const auto started = daemon->start(); !started) return started.error();
        setenv("PCSCLITE_CSOCK_NAME", daemon->client_socket().c_str(), 1);
        if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context) != SCARD_S_SUCCESS) return "pcscd does not answer";
        reader = drivers::make_pcsc_reader(io.get_executor(), "Liqu Chip Station*");
        return {};
    }
    ~Stage() {
        reader.reset();
        if (context) SCardReleaseContext(context);
        daemon.reset();
        slots.reset();
    }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    template <class T>
    T run(drivers::awaitable<T> task) {
        std::optional<T> out;
        const auto body = [](drivers::awaitable<T> t, std::optional<T>& into) -> drivers::awaitable<void> { into.emplace(co_await std::move(t)); };
        asio::co_spawn(io, body(std::move(task), out), asio::detached);
        io.restart();
        while (!out) io.run_one();
        return std::move(*out);
    }
    /// The reader's first look at its card comes from its own thread.
    bool connect() {
        for (int i = 0; i < 500; ++i) {
            auto powered = run(reader->connect(std::chrono::seconds{5}));
            if (powered) atr = std::move(*powered);
            if (powered) return true;
            io.restart();
            io.run_for(std::chrono::milliseconds{10});
        }
        return false;
    }
    [[nodiscard]] sim::Bytes batch(int seq, const sim::Script& script, sim::View report) const {
        return sim::write_batch({.application = sim::Bytes(16), .atr = atr, .chip = subject.chip, .previous = sim::sha256(report), .attempt = 1, .seq = seq, .kiosk = "bench", .phase = script.phase,
                                 .resume = script.resume, .expires = now + 60}, script.steps);
    }
};

/// Both batches of a personalisation through the relay; seconds, or nothing when a step was refused.
std::optional<double> relayed(Stage& stage) {
    if (!stage.connect()) return std::nullopt;
    const kiosk::Bytes centre{std::as_bytes(std::span(stage.keys.sign_public)).begin(), std::as_bytes(std::span(stage.keys.sign_public)).end()};
    kiosk::Relay relay(*stage.reader, reader_name);
    NoLedger log;
    sim::Stand stand;
    kiosk::Bytes report;
    double seconds = 0;
    for (int seq = 1; stand.phase != sim::Phase::finished; ++seq) {
        const auto script = *sim::script_of(stage.subject, stand);
        const auto bytes = stage.batch(seq, script, report);
        const auto signature = sim::sign("liqu batch 1", bytes, stage.keys);
        const auto from = Moment::now();
        const auto batch = kiosk::wire::open_batch(bytes, signature, centre);
        if (!batch || !relay.may_run(*batch, {.application = {sim::Bytes(16)}, .attempt = 1, .seq = seq, .kiosk = "bench", .previous = sim::sha256(report), .atr = stage.atr, .chip = stage.subject.chip,
                                              .centre_now = kiosk::Utc{std::chrono::seconds{now}}}))
            return std::nullopt;
        auto done = stage.run(relay.run(*batch, log));
        report = kiosk::wire::encode_report(done.report, "bench");
        seconds += std::chrono::duration<double>(Moment::now() - from).count();
        if (done.fault) return std::nullopt;
        std::vector<sim::BatchReport::Result> results;
        for (auto& r : done.report.results) results.push_back({r.sw, std::move(r.captured)});
        const auto next = sim::stand_after(script, stand, results);
        if (!next) return std::nullopt;
        stand = *next;
    }
    stage.reader->disconnect();
    return seconds;
}

/// The same commands by SCardTransmit alone.
std::optional<double> bare(Stage& stage, double& commands) {
    SCARDHANDLE handle = 0;
    DWORD protocol = 0;
    LONG connected = SCARD_E_SHARING_VIOLATION;
    for (int i = 0; i < 200 && connected != SCARD_S_SUCCESS; ++i) {
        connected = SCardConnect(stage.context, reader_name, SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &handle, &protocol);
        if (connected != SCARD_S_SUCCESS) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    if (connected != SCARD_S_SUCCESS) return std::nullopt;
    sim::Stand stand;
    double seconds = 0;
    bool good = true;
    commands = 0;
    while (good && stand.phase != sim::Phase::finished) {
        const auto script = *sim::script_of(stage.subject, stand);
        std::vector<sim::BatchReport::Result> results;
        const auto from = Moment::now();
        for (const auto& step : script.steps) {
            std::array<unsigned char, 512> answer{};
            DWORD size = answer.size();
            good = good && SCardTransmit(handle, protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1, reinterpret_cast<const unsigned char*>(step.command.data()), step.command.size(), nullptr,
                                         answer.data(), &size) == SCARD_S_SUCCESS && size >= 2;
            if (!good) break;
            const auto view = std::as_bytes(std::span(answer)).first(size - 2);
            results.push_back({answer[size - 2] << 8 | answer[size - 1], sim::Bytes(view.begin(), view.end())});
            ++commands;
        }
        seconds += std::chrono::duration<double>(Moment::now() - from).count();
        const auto next = good ? sim::stand_after(script, stand, results) : std::unexpected(std::string("refused"));
        good = next.has_value();
        if (good) stand = *next;
    }
    SCardDisconnect(handle, SCARD_LEAVE_CARD);
    return good ? std::optional{seconds} : std::nullopt;
}

/// Argument: how many times faster than a real chip (12 to 30 ms a command) the simulated one works.
void relay_beside_bare_transmit(benchmark::State& state) {
    Stage stage(static_cast<double>(state.range(0)));
    if (!stage.trouble.empty()) return state.SkipWithError(stage.trouble.c_str());
    std::vector<double> ours, theirs;
    double commands = 0;
    for (auto _ : state) {
        const auto without = bare(stage, commands);
        const auto with = relayed(stage);
        if (!with || !without) return state.SkipWithError("a command was refused");
        theirs.push_back(*without);
        ours.push_back(*with);
        state.SetIterationTime(*with);
    }
    std::ranges::sort(ours);
    std::ranges::sort(theirs);
    const double with = ours[ours.size() / 2], without = theirs[theirs.size() / 2];
    state.counters["commands"] = commands;
    state.counters["bare_ms"] = 1000 * without;
    state.counters["relay_ms"] = 1000 * with;
    state.counters["overhead_percent"] = 100 * (with / without - 1);
}
BENCHMARK(relay_beside_bare_transmit)->Arg(1)->Iterations(7)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(relay_beside_bare_transmit)->Arg(1000)->Iterations(51)->UseManualTime()->Unit(benchmark::kMillisecond);
}  // namespace
