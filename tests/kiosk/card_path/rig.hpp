// A kiosk's card path over a real ledger file: a machine of plain mechanics that can be tricked at every act, chips that answer APDUs, a centre that answers,
// a citizen who takes the card. The machine outlives the program, so that a program can die at any moment and another one starts.
#pragma once
#include "tests/kiosk/card_path/machine.hpp"
#include "tests/programs.hpp"

namespace card_path_test {

/// Ledgers in memory where the machine has such a folder: hundreds of deaths need no disk.
struct Folder : tests::Folder {
    Folder() : tests::Folder("card-path", "/dev/shm") {}
};

/// Thrown by what dies: the program ends here.
struct Dead {};

/// What the centre heard, kept over deaths of the kiosk.
struct Heard {
    std::vector<json> outcomes;
    std::vector<int> steps;
    std::vector<json> reports;                  ///< of batches, read
    std::function<void(json& batch)> alters{};  ///< before a batch is signed
    std::function<void(json& reply)> forges{};  ///< after it
};

/// Other devices than the plain mechanics: the real driver over the simulator's printer, and the reader that sees its chip station.
struct Devices {
    printer::CardPrinter& printer;
    drivers::CardReader& reader;
    std::function<void()> every_step;  ///< after each step of the clock
};

/// One incarnation of the program.
struct Life {
    drivers::SimClock& clock;
    FakeCentre centre;
    KeyRing keys = centre.keys.ring();
    std::unique_ptr<drivers::Random> random = drivers::make_seeded_random(7);
    FakeLink link{clock};
    Config config;
    std::unique_ptr<asio::io_context> io = std::make_unique<asio::io_context>();
    std::unique_ptr<drivers::Lane> lane = drivers::make_inline_lane(io->get_executor());
    FakePrinter printer;
    FakeReader reader;
    Presence presence{clock};
    Books* books = nullptr;
    std::unique_ptr<Ledger> ledger;
    std::unique_ptr<Issuing> issuing;
    std::unique_ptr<CardPath> path;
    int moments = 0, dies_at = -1;
    std::string died_at;
    bool ended = false;
    std::optional<FaultCode> ledger_fails;  ///< at the next commit
    const Devices* devices = nullptr;

    Life(const std::filesystem::path& file, drivers::SimClock& c, Machine& machine, Heard& heard, const Devices* others = nullptr)
        : clock(c), printer(machine, c), reader(machine, c), devices(others) {
        config.raster = {8, 4};
        config.hoppers = {{{"bank_a"}, 50, 1}, {{"bank_b"}, 50, 1}};
        auto opened = Books::open({.file = file, .hash_key = keys.hash_key.clone(), .random = random.get(), .now = clock.utc()});
        REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().detail));
        books = opened->get();
        ledger = std::make_unique<Ledger>(*lane, std::move(*opened), [this](Ledger::Moment m) { at_commit(m); });
        issuing = std::make_unique<Issuing>(Issuing::Parts{clock, *random, *ledger, link, keys, kiosk_id, 5s});
        path = std::make_unique<CardPath>(CardPath::Parts{clock, *ledger, *issuing, devices ? devices->printer : printer, devices ? devices->reader : reader, presence, config,
                                                               drivers::hex(repeat(0x1A, 32))});
        printer.dies = [this](std::string_view what) { return dies_now(what); };
        link.answer = [this, &heard](const Bytes& request) { return answer(request, heard); };
    }
    ~Life() {
        printer.drop();
        reader.grave.drop();
        path->drop();
        issuing->drop();
        presence.changed().drop();
        reader.changed_.drop();
        clock.drop_sleepers();
        io.reset();
    }
    Life(const Life&) = delete;
    Life& operator=(const Life&) = delete;

    bool dies_now(std::string_view what) {
        if (!died_at.empty()) return true;
        if (moments++ != dies_at) return false;
        died_at = what;
        return true;
    }
    void at_commit(Ledger::Moment m) {
        if (m == Ledger::Moment::before_commit && ledger_fails) throw LedgerError(*ledger_fails, "test");
        if (dies_now(m == Ledger::Moment::before_commit ? "before commit" : "after commit")) throw Dead{};
    }
    Result<Bytes> answer(const Bytes& request, Heard& heard) {
        const auto opened = centre.open(request);
        const auto type = opened.header.at("type").get<std::string>();
        if (type == "personalise") {
            heard.steps.push_back(opened.header.at("step").get<int>());
            return centre.reply(request, personalise(opened, heard), now());
        }
        auto outcome = opened.body;
        outcome["attempt"] = opened.header.at("attempt");
        heard.outcomes.push_back(outcome);
        return centre.reply(request, {{"active", outcome.at("outcome") == "issued"}, {"result", "accepted"}}, now());
    }
    /// A challenge, then the golden order's records, then the verdict; after anything unusual from the beginning.
    [[nodiscard]] json personalise(const FakeCentre::Request& question, Heard& heard) const {
        const auto report_bytes = FakeCentre::bytes_of(question.body.at("report"));
        const auto report = report_bytes.empty() ? json::object() : FakeCentre::parse(report_bytes);
        if (!report_bytes.empty()) heard.reports.push_back(report);
        const bool smooth = !report_bytes.empty() && report.at("flags").empty() && !report.at("steps").empty() && report.at("steps").back().at("sw") == 0x9000;
        const bool challenged = smooth && report.at("steps").back().contains("captured");
        if (smooth && !challenged) return {{"reason", "read-back"}, {"verdict", "personalised"}};
        auto batch = centre.batch_for(question, now());
        auto& steps = batch["steps"];
        const auto add = [&](const std::string& apdu, bool commit = false, const std::string& capture = {}) {
            steps.push_back(FakeCentre::step(static_cast<unsigned>(steps.size()) + 1, apdu, commit, capture));
        };
        if (!challenged) {
            add("00A404000F7378312E73682EC9E7BBE1B1A3D5CF");
            for (const auto* name : {"original", "process"}) add("0084000008", false, name);
        } else {
            add("0082001210" + drivers::hex(repeat(0x42, 16)));
            for (const auto& record : order(1).records)
                add(fmt::format("00DC{:02X}{:02X}{:02X}{:02X}{:02X}", record.tag, (record.file & 0x1F) << 3, record.value.size() + 2, record.tag, record.value.size()) + drivers::hex(record.value), true);
        }
        if (heard.alters) heard.alters(batch);
        auto reply = centre.signed_batch(batch);
        if (heard.forges) heard.forges(reply);
        return reply;
    }
    [[nodiscard]] std::int64_t now() const { return unix_seconds(clock.utc()); }
    void start() {
        const auto guarded = [](Life& life, awaitable<void> task) -> awaitable<void> {
            try {
                co_await std::move(task);
                life.ended = true;
            } catch (const Dead&) {
                // Nothing of this program acts any more.
            }
        };
        asio::co_spawn(*io, guarded(*this, path->run()), asio::detached);
        const auto outbox = [](Life& life) -> awaitable<void> {
            try {
                co_await life.issuing->run_outbox();
            } catch (const Dead&) {
            } catch (const LedgerError&) {
            }
        };
        asio::co_spawn(*io, outbox(*this), asio::detached);
    }
    void settle() {
        io->restart();
        io->poll();
    }
    void run_for(Duration d) {
        const auto until = clock.steady() + d;
        settle();
        while (clock.next() && *clock.next() <= until) {
            clock.advance();
            reader.changed_.notify();
            if (devices) devices->every_step();
            settle();
        }
        clock.advance_to(until);
        settle();
    }
    [[nodiscard]] Order order(unsigned attempt, std::int64_t lease = 300) const {
        const auto body = FakeCentre::order(golden_application_id().value, attempt, now(), now() + lease);
        const auto wrapped = centre.signed_order(body);
        auto parsed = wire::open_order({FakeCentre::bytes_of(wrapped.at("order")), FakeCentre::bytes_of(wrapped.at("order_signature"))}, keys, kiosk_id);
        REQUIRE(parsed);
        return std::move(*parsed);
    }
    [[nodiscard]] CardJob job(unsigned attempt = 1, std::int64_t lease = 300) const {
        CardJob j;
        j.order = order(attempt, lease);
        j.pin = Secret{"481592"};
        j.artwork.size = {8, 4};
        for (auto* plane : {&j.artwork.y, &j.artwork.m, &j.artwork.c, &j.artwork.k, &j.artwork.o}) plane->assign(32, 1);
        return j;
    }
    [[nodiscard]] int events(std::string_view name) const {
        return static_cast<int>(std::ranges::count_if(books->audit_rows(1, 5000), [&](const AuditRow& r) { return r.event == name; }));
    }
};

/// The hall: the machine, the file, the citizen. They stay when a program dies.
struct Hall {
    Folder dir;
    drivers::SimClock clock{at(golden_sent)};
    Machine machine;
    Heard heard;
    std::unique_ptr<Life> life;
    enum class Citizen { takes, leaves_it } citizen = Citizen::takes;

    explicit Hall(int blanks = 5) {
        for (int i = 0; i < blanks; ++i) machine.hopper[0].push_back(machine.new_card());
        machine.at_bezel = [this] {
            if (citizen == Citizen::takes) clock.at(clock.steady() + Duration{3s}, [this] { machine.take(); });
        };
        begin();
        life->books->begin();
        life->books->add_load(1, {"bank_a"}, blanks, "s01", clock.utc());
        life->books->commit();
    }
    void begin() { life = std::make_unique<Life>(dir.path / "ledger.sqlite", clock, machine, heard); }
    void restart() {
        life.reset();
        begin();
        life->start();
        life->run_for(5s);
    }
    /// Started, recovered, somebody there.
    void open() {
        life->start();
        life->run_for(2s);
        REQUIRE(life->path->state() == PathState::open);
        life->presence.witnessed();
    }
    std::shared_ptr<Ticket> make(unsigned attempt = 1, Duration limit = 400s, std::int64_t lease = 300) {
        auto ticket = life->path->make(life->job(attempt, lease));
        REQUIRE(ticket);
        for (Duration t{}; t < limit && !ticket->end.ready(); t += 1s) life->run_for(1s);
        return ticket;
    }
    [[nodiscard]] std::vector<std::string> outcomes() const {
        std::vector<std::string> words;
        for (const auto& o : heard.outcomes) words.push_back(o.at("outcome").get<std::string>());
        return words;
    }
    /// Ledger and machine tell the same story; nothing of it depends on what was tried.
    void agree(bool all_ended = true) const {
        const auto sum = life->books->arithmetic();
        CHECK(sum.holds());
        CHECK(life->books->arithmetic(1).holds());
        CHECK(sum.remaining == static_cast<int>(machine.hopper[0].size()));
        CHECK(life->books->bin().size() == machine.bin.size());
        CHECK(machine.taken.size() <= static_cast<std::size_t>(sum.issued + sum.gone_unwitnessed + sum.unknown));
        CHECK(machine.taken.size() >= static_cast<std::size_t>(sum.issued));
        CHECK_FALSE(life->books->audit_break());
        for (const auto& card : machine.taken) CHECK(card->printed == 1);
        if (!all_ended) return;
        CHECK(machine.inside.empty());
        CHECK(sum.in_machine == 0);
        CHECK(life->books->open_intents().empty());
    }
};

}  // namespace card_path_test
