// The books: opening, damage, the state machine, the arithmetic under random operations, intents, outbox, audit chain.
#include "kiosk/ledger/ledger.hpp"

#include <doctest/doctest.h>
#include <fstream>
#include <sqlite3.h>
#include <unistd.h>

using namespace kiosk;
namespace fs = std::filesystem;

namespace {
const Utc noon{std::chrono::hours{24 * 20000}};

struct Folder {
    Folder() {
        auto pattern = (fs::temp_directory_path() / "liqu-books-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path = pattern;
    }
    ~Folder() { fs::remove_all(path); }
    fs::path path;
    fs::path file() const { return path / "ledger.sqlite"; }
};

Books::Options options_for(const fs::path& file, drivers::Random* random = nullptr) {
    Books::Options options;
    options.file = file;
    options.hash_key = Secret{Bytes(32, std::byte{7})};
    options.random = random;
    options.now = noon;
    return options;
}
std::unique_ptr<Books> open_books(const fs::path& file, drivers::Random* random = nullptr) {
    auto books = Books::open(options_for(file, random));
    REQUIRE_MESSAGE(books.has_value(), (books ? "" : books.error().detail));
    return std::move(*books);
}
template <class F>
void in_transaction(Books& books, F f) {
    books.begin();
    f();
    books.commit();
}
void foreign_sql(const fs::path& file, const char* sql) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
    char* error = nullptr;
    const int code = sqlite3_exec(db, sql, nullptr, nullptr, &error);
    CHECK_MESSAGE(code == SQLITE_OK, (error ? error : ""));
    sqlite3_close(db);
}
ApplicationId application(int n) { return {Bytes(16, static_cast<std::byte>(n))}; }

constexpr CardState all_states[] = {CardState::authorised, CardState::fed,        CardState::identified, CardState::encoding, CardState::encoded,  CardState::verified,
                                    CardState::printing,   CardState::printed,    CardState::presented,  CardState::retracting, CardState::inside, CardState::issued,
                                    CardState::retained,   CardState::spoiled,    CardState::gone_unwitnessed, CardState::unknown, CardState::tested, CardState::unloaded};

/// Any way from `authorised` to `to`, by breadth.
std::vector<CardState> way_to(CardState to) {
    std::map<CardState, CardState> from;
    std::deque<CardState> open{CardState::authorised};
    while (!open.empty()) {
        const auto at = open.front();
        open.pop_front();
        for (const auto next : all_states)
            if (may_follow(at, next) && next != CardState::authorised && from.emplace(next, at).second) open.push_back(next);
    }
    std::vector<CardState> way;
    for (auto at = to; at != CardState::authorised; at = from.at(at)) way.insert(way.begin(), at);
    return way;
}
}  // namespace

TEST_CASE("the good card goes its way, and every pair of states is as the table says") {
    Folder folder;
    auto books = open_books(folder.file());
    in_transaction(*books, [&] { books->add_load(1, {"bank_a"}, 1000, "s01", noon); });
    int attempt = 0;
    for (const auto from : all_states)
        for (const auto to : all_states) {
            books->begin();
            const auto card = books->authorise(1, application(1), ++attempt, "A00000014", noon);
            REQUIRE(card);
            for (const auto step : way_to(from)) books->set_state(*card, step, "", noon);
            if (may_follow(from, to)) {
                books->set_state(*card, to, "because", noon);
                CHECK(books->card(*card)->state == to);
                CHECK(books->card(*card)->reason == "because");
            } else {
                CHECK_THROWS_AS(books->set_state(*card, to, "", noon), std::logic_error);
                CHECK(books->card(*card)->state == from);
            }
            CHECK(books->arithmetic().holds());
            books->rollback();
        }
    constexpr CardState good[] = {CardState::authorised, CardState::fed,      CardState::identified, CardState::encoding,  CardState::encoded, CardState::verified,
                                  CardState::printing,   CardState::printed,  CardState::presented,  CardState::issued};
    for (std::size_t i = 1; i < std::size(good); ++i) CHECK(may_follow(good[i - 1], good[i]));
    for (const auto end : {CardState::issued, CardState::retained, CardState::spoiled, CardState::gone_unwitnessed, CardState::tested, CardState::unloaded})
        for (const auto any : all_states) CHECK_FALSE(may_follow(end, any));
    for (const auto state : all_states) {
        CHECK(card_state_of(name_of(state)) == state);
        // Presented is reached from printed only: nothing unprinted is handed out.
        if (state != CardState::printed) CHECK_FALSE(may_follow(state, CardState::presented));
        if (state != CardState::presented && state != CardState::retracting) CHECK_FALSE(may_follow(state, CardState::issued));
    }
    CHECK_FALSE(card_state_of("eaten"));
}

TEST_CASE("the arithmetic holds whatever happens, whole, per load and per hopper, and in another process's eyes") {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        Folder folder;
        auto random = drivers::make_seeded_random(seed);
        const auto below = [&](int n) { return static_cast<int>(drivers::u8(random->bytes(1)[0])) % n; };
        auto books = open_books(folder.file());
        int attempt = 0, loaded = 0, found = 0;
        for (int i = 0; i < 300; ++i) {
            books->begin();
            const auto loaded_before = loaded, found_before = found;
            const auto under_way = books->cards_under_way();
            switch (below(6)) {
                case 0:
                    if (below(4) == 0) {
                        const int n = 1 + below(5);
                        books->add_load(1 + below(2), {"bank_a"}, n, "s01,s02", noon);
                        loaded += n;
                    }
                    break;
                case 1: (void)books->authorise(1 + below(2), application(3), ++attempt, "A00000014", noon); break;
                case 2:
                    if (books->found(below(2) == 0 ? std::optional{1 + below(2)} : std::nullopt, CardState::inside, "card_found", noon).load == "FOUND") ++found;
                    break;
                default:
                    if (!under_way.empty()) {
                        const auto& row = under_way[static_cast<std::size_t>(below(static_cast<int>(under_way.size())))];
                        const auto next = all_states[below(static_cast<int>(std::size(all_states)))];
                        if (may_follow(row.state, next)) books->set_state(row.key, next, "x", noon);
                        else if (row.state == CardState::authorised && books->cards_under_way().back().key == row.key) {
                            try {
                                books->unauthorise(row.key);
                            } catch (const std::logic_error&) {  // a blank of this load left after it: refused, and rolled back below
                                books->rollback();
                                books->begin();
                            }
                        }
                    }
            }
            if (below(10) == 0) {
                books->rollback();
                loaded = loaded_before;
                found = found_before;
            } else {
                books->commit();
            }
            const auto whole = books->arithmetic();
            CHECK(whole.holds());
            CHECK(whole.loaded == loaded);
            CHECK(whole.found == found);
            Arithmetic sum;
            for (const auto& load : books->loads()) {
                const auto part = books->arithmetic(load.id);
                CHECK(part.holds());
                sum.loaded += part.loaded;
                sum.remaining += part.remaining;
            }
            CHECK(sum.loaded == whole.loaded);
            CHECK(sum.remaining == whole.remaining);
            CHECK(books->remaining(1) + books->remaining(2) == whole.remaining);
            for (int hopper : {1, 2}) CHECK(books->arithmetic(hopper).holds());
        }
        const auto before = books->arithmetic();
        const auto epoch = books->epoch();
        books.reset();
        books = open_books(folder.file());
        CHECK(books->arithmetic() == before);
        CHECK(books->epoch() == epoch);
    }
}

TEST_CASE("authorised counts as remaining until it is fed; a blank that never left is given back; one attempt has one card") {
    Folder folder;
    auto books = open_books(folder.file());
    in_transaction(*books, [&] {
        books->add_load(1, {"bank_a"}, 1, "s01", noon);
        books->add_load(1, {"bank_b"}, 2, "s01", noon);
    });
    books->begin();
    const auto first = books->authorise(1, application(1), 1, "A00000014", noon);
    CHECK(first == CardKey{"L000001", 1});
    CHECK(books->remaining(1) == 3);
    CHECK(books->attempt_used(application(1), 1));
    CHECK_FALSE(books->attempt_used(application(1), 2));
    books->unauthorise(*first);
    CHECK_FALSE(books->card(*first));
    CHECK(books->authorise(1, application(1), 1, "A00000014", noon) == CardKey{"L000001", 1});
    books->set_state({"L000001", 1}, CardState::fed, "", noon);
    CHECK(books->remaining(1) == 2);
    CHECK(books->arithmetic().in_machine == 1);
    CHECK_THROWS_AS(books->unauthorise({"L000001", 1}), std::logic_error);
    const auto second = books->authorise(1, application(1), 2, "A00000022", noon);
    CHECK(second == CardKey{"L000002", 1});
    CHECK(books->card(*second)->bank.value == "bank_b");
    CHECK_THROWS_AS((void)books->authorise(1, application(1), 2, "A00000022", noon), std::logic_error);
    books->rollback();
}

TEST_CASE("what the report needs is readable while the card is under way, gone afterwards, and never in the file") {
    Folder folder;
    auto books = open_books(folder.file());
    const Bytes chip = drivers::to_bytes("IDENTIFICATION01");
    CardKey card;
    in_transaction(*books, [&] {
        books->add_load(1, {"bank_a"}, 1, "s01", noon);
        card = *books->authorise(1, application(1), 1, "A98765432", noon);
        books->set_state(card, CardState::fed, "", noon);
        books->set_chip(card, chip);
    });
    REQUIRE(books->memo(card));
    CHECK(books->memo(card)->card_number == "A98765432");
    CHECK(books->memo(card)->chip == chip);
    CHECK(books->card_by_chip(books->keyed_hash(chip))->key == card);
    for (const auto& entry : fs::directory_iterator(folder.path)) {
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string all((std::istreambuf_iterator<char>(in)), {});
        CHECK(all.find("A98765432") == std::string::npos);
        CHECK(all.find("IDENTIFICATION01") == std::string::npos);
    }
    in_transaction(*books, [&] { books->set_state(card, CardState::unknown, "jam", noon); });
    CHECK(books->memo(card));
    CHECK(books->to_reconcile().size() == 1);
    in_transaction(*books, [&] { books->set_state(card, CardState::spoiled, "reconciled:destroyed", noon); });
    CHECK_FALSE(books->memo(card));
    CHECK(books->to_reconcile().empty());
}

TEST_CASE("one open intent a card, concluded once") {
    Folder folder;
    auto books = open_books(folder.file());
    books->begin();
    books->add_load(1, {"bank_a"}, 1, "s01", noon);
    const auto card = *books->authorise(1, application(1), 1, "A00000014", noon);
    CHECK_FALSE(books->open_intent(card));
    const auto intent = books->intend(card, ActKind::print, noon);
    REQUIRE(books->open_intent(card));
    CHECK(books->open_intent(card)->act == ActKind::print);
    CHECK_THROWS_AS((void)books->intend(card, ActKind::reject, noon), std::logic_error);
    books->conclude(intent, "done", noon);
    CHECK_FALSE(books->open_intent(card));
    CHECK_THROWS_AS(books->conclude(intent, "done", noon), std::logic_error);
    books->rollback();
}

TEST_CASE("outbox: oldest first, once, parked apart, payload of what was accepted forgotten") {
    Folder folder;
    auto books = open_books(folder.file());
    const auto row = [&](int n) { return OutboxRow{0, Bytes(16, static_cast<std::byte>(n)), "outcome", application(n), 1, Bytes(100, static_cast<std::byte>(n)), 0, noon}; };
    in_transaction(*books, [&] {
        for (int n : {3, 1, 2}) books->enqueue(row(n));
    });
    books->begin();
    CHECK_THROWS_AS(books->enqueue(row(1)), std::logic_error);
    books->rollback();
    REQUIRE(books->outbox().size() == 3);
    CHECK(books->outbox()[0].application == application(3));
    CHECK(books->outbox()[0].sealed == row(3).sealed);
    in_transaction(*books, [&] {
        books->outbox_tried(row(3).message_id);
        books->outbox_end(row(1).message_id, OutboxEnd::disputed, noon);
        books->outbox_end(row(2).message_id, OutboxEnd::accepted, noon);
    });
    REQUIRE(books->outbox().size() == 1);
    CHECK(books->outbox()[0].tries == 1);
    REQUIRE(books->parked().size() == 1);
    CHECK(books->parked()[0].sealed == row(1).sealed);
    CHECK(books->attempt_used(application(2), 1));
}

TEST_CASE("audit: chained, catalogued, and a change, a gap or a cut is seen at the next opening") {
    Folder folder;
    {
        auto books = open_books(folder.file());
        in_transaction(*books, [&] {
            books->audit(AuditEvent::kiosk_started, {{"build", "b"}, {"epoch", "e"}}, noon);
            books->audit(AuditEvent::path_opened, {{"by", "recovery"}}, noon);
            books->audit(AuditEvent::path_closed, {{"fault", "printer_jam"}}, noon);
            CHECK_THROWS_AS(books->audit(AuditEvent::path_closed, {{"name", "somebody"}}, noon), std::logic_error);
        });
        CHECK(books->audit_count() == 3);
        CHECK_FALSE(books->audit_break());
        CHECK(books->audit_rows(2, 1).at(0).event == "path_opened");
        CHECK(books->audit_head() == books->audit_rows(3, 1).at(0).hash);
    }
    for (const char* damage : {"UPDATE audit SET data='{\"by\":\"me\"}' WHERE seq=2", "DELETE FROM audit WHERE seq=2", "DELETE FROM audit WHERE seq=3",
                               "UPDATE audit SET at=at+1 WHERE seq=1"}) {
        CAPTURE(damage);
        const auto copy = folder.path / "copy.sqlite";
        fs::copy_file(folder.file(), copy, fs::copy_options::overwrite_existing);
        foreign_sql(copy, damage);
        const auto refused = Books::open(options_for(copy));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == FaultCode::ledger_damaged);
        CHECK(fs::exists(copy));
    }
}

TEST_CASE("a damaged or foreign file is refused and left as it is") {
    Folder folder;
    {
        auto books = open_books(folder.file());
        in_transaction(*books, [&] { books->add_load(1, {"bank_a"}, 5, "s01", noon); });
    }
    const auto refused_as = [&](const fs::path& file) {
        const auto size = fs::file_size(file);
        const auto opened = Books::open(options_for(file));
        CHECK(fs::file_size(file) == size);
        return opened ? std::optional<FaultCode>{} : std::optional{opened.error().code};
    };
    const auto garbage = folder.path / "garbage";
    std::ofstream(garbage) << std::string(8192, 'x');
    CHECK(refused_as(garbage) == FaultCode::ledger_damaged);
    const auto page = folder.path / "page";
    fs::copy_file(folder.file(), page);
    {
        std::fstream f(page, std::ios::in | std::ios::out | std::ios::binary);
        f.seekp(4096);
        f << std::string(4096, '\xEE');
    }
    CHECK(refused_as(page) == FaultCode::ledger_damaged);
    const auto other = folder.path / "other";
    foreign_sql(other, "CREATE TABLE t(x); INSERT INTO t VALUES(1)");
    CHECK(Books::open(options_for(other)).error().code == FaultCode::ledger_damaged);
    const auto newer = folder.path / "newer";
    fs::copy_file(folder.file(), newer);
    foreign_sql(newer, "PRAGMA user_version=2");
    CHECK(Books::open(options_for(newer)).error().code == FaultCode::ledger_damaged);
    CHECK(Books::open(options_for(folder.path / "no" / "folder")).error().code == FaultCode::disk_error);
    auto bad_key = options_for(folder.path / "key");
    bad_key.hash_key = Secret{"short"};
    CHECK(Books::open(std::move(bad_key)).error().code == FaultCode::bad_configuration);
}

TEST_CASE("a second program is refused; after the first has gone it is let in") {
    Folder folder;
    auto books = open_books(folder.file());
    const auto second = Books::open(options_for(folder.file()));
    REQUIRE_FALSE(second);
    CHECK(second.error().code == FaultCode::disk_error);
    CHECK(second.error().detail.find("another program") != std::string::npos);
    books.reset();
    CHECK(Books::open(options_for(folder.file())).has_value());
}

// ---- a disk that fails: the platform's VFS with one wrong answer ----
namespace {
struct FailingFile {
    sqlite3_file base;
    sqlite3_file* real;
};
struct FailingDisk {
    int write = SQLITE_OK, sync = SQLITE_OK;
} failing;
sqlite3_file* real_of(sqlite3_file* f) { return reinterpret_cast<FailingFile*>(f)->real; }

const sqlite3_io_methods* failing_methods() {
    static const sqlite3_io_methods methods = [] {
        sqlite3_io_methods m{};
        m.iVersion = 1;
        m.xClose = [](sqlite3_file* f) { return real_of(f)->pMethods->xClose(real_of(f)); };
        m.xRead = [](sqlite3_file* f, void* p, int n, sqlite3_int64 o) { return real_of(f)->pMethods->xRead(real_of(f), p, n, o); };
        m.xWrite = [](sqlite3_file* f, const void* p, int n, sqlite3_int64 o) { return failing.write != SQLITE_OK ? failing.write : real_of(f)->pMethods->xWrite(real_of(f), p, n, o); };
        m.xTruncate = [](sqlite3_file* f, sqlite3_int64 n) { return real_of(f)->pMethods->xTruncate(real_of(f), n); };
        m.xSync = [](sqlite3_file* f, int flags) { return failing.sync != SQLITE_OK ? failing.sync : real_of(f)->pMethods->xSync(real_of(f), flags); };
        m.xFileSize = [](sqlite3_file* f, sqlite3_int64* n) { return real_of(f)->pMethods->xFileSize(real_of(f), n); };
        m.xLock = [](sqlite3_file* f, int l) { return real_of(f)->pMethods->xLock(real_of(f), l); };
        m.xUnlock = [](sqlite3_file* f, int l) { return real_of(f)->pMethods->xUnlock(real_of(f), l); };
        m.xCheckReservedLock = [](sqlite3_file* f, int* out) { return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out); };
        m.xFileControl = [](sqlite3_file* f, int op, void* p) { return real_of(f)->pMethods->xFileControl(real_of(f), op, p); };
        m.xSectorSize = [](sqlite3_file* f) { return real_of(f)->pMethods->xSectorSize(real_of(f)); };
        m.xDeviceCharacteristics = [](sqlite3_file* f) { return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f)); };
        return m;
    }();
    return &methods;
}

const char* failing_vfs() {
    static sqlite3_vfs vfs = [] {
        sqlite3_vfs v = *sqlite3_vfs_find(nullptr);
        v.zName = "failing";
        v.szOsFile += static_cast<int>(sizeof(FailingFile));
        v.xOpen = [](sqlite3_vfs*, const char* name, sqlite3_file* f, int flags, int* out) {
            auto* file = reinterpret_cast<FailingFile*>(f);
            file->real = reinterpret_cast<sqlite3_file*>(file + 1);
            auto* platform = sqlite3_vfs_find(nullptr);
            const int code = platform->xOpen(platform, name, file->real, flags, out);
            file->base.pMethods = file->real->pMethods ? failing_methods() : nullptr;
            return code;
        };
        return v;
    }();
    static const int registered = sqlite3_vfs_register(&vfs, 0);
    REQUIRE(registered == SQLITE_OK);
    return "failing";
}
}  // namespace

TEST_CASE("a full disk is said by its name, nothing of the transaction stays, and with room it goes on; a failed sync is final") {
    struct Case {
        FailingDisk disk;
        FaultCode code;
        bool final;
    };
    for (const auto& c : {Case{{SQLITE_FULL, SQLITE_OK}, FaultCode::disk_full, false}, Case{{SQLITE_OK, SQLITE_IOERR_FSYNC}, FaultCode::disk_error, true},
                          Case{{SQLITE_IOERR_WRITE, SQLITE_OK}, FaultCode::disk_error, true}}) {
        CAPTURE(drivers::name_of(c.code));
        Folder folder;
        auto options = options_for(folder.file());
        options.vfs = failing_vfs();
        auto books = std::move(Books::open(std::move(options)).value());
        in_transaction(*books, [&] { books->set_counter("x", 1); });
        failing = c.disk;
        std::optional<FaultCode> said;
        try {
            in_transaction(*books, [&] { books->set_counter("x", 2); });
        } catch (const LedgerError& error) {
            said = error.code;
            books->rollback();
        }
        failing = {};
        REQUIRE(said);
        CHECK(*said == c.code);
        if (c.final) {
            CHECK_THROWS_AS(books->begin(), LedgerError);
        } else {
            CHECK(books->counter("x") == 1);
            in_transaction(*books, [&] { books->set_counter("x", 3); });
        }
        books.reset();
        // What was not acknowledged may or may not be there; what was, is.
        books = open_books(folder.file());
        if (c.final) CHECK(books->counter("x") >= 1);
        else CHECK(books->counter("x") == 3);
    }
}

TEST_CASE("a seed gives the same file, byte for byte") {
    Folder folder;
    std::string files[2];
    for (int run = 0; run < 2; ++run) {
        const auto file = folder.path / fmt::format("l{}.sqlite", run);
        auto random = drivers::make_seeded_random(5);
        {
            auto books = open_books(file, random.get());
            in_transaction(*books, [&] {
                books->add_load(1, {"bank_a"}, 3, "s01", noon);
                (void)books->authorise(1, application(1), 1, "A00000014", noon);
            });
        }
        std::ifstream in(file, std::ios::binary);
        files[run].assign((std::istreambuf_iterator<char>(in)), {});
    }
    CHECK(files[0].size() > 4096);
    CHECK(files[0] == files[1]);
}

TEST_CASE("Ledger: a transaction is whole or not at all, and the hook stands on both sides of the commit") {
    Folder folder;
    asio::io_context io;
    auto lane = drivers::make_inline_lane(io.get_executor());
    std::vector<Ledger::Moment> moments;
    bool die = false;
    Ledger ledger(*lane, open_books(folder.file()), [&](Ledger::Moment m) {
        moments.push_back(m);
        if (die) throw std::runtime_error("dead");
    });
    int value = -1;
    bool thrown = false;
    const auto story = [](Ledger& l, int& v, bool& t, bool& d) -> awaitable<void> {
        co_await l.transact([](Books& b) { b.set_counter("n", 1); });
        d = true;
        try {
            co_await l.transact([](Books& b) { b.set_counter("n", 2); });
        } catch (const std::runtime_error&) {
            t = true;
        }
        d = false;
        v = co_await l.look([](Books& b) { return static_cast<int>(b.counter("n")); });
    };
    asio::co_spawn(io, story(ledger, value, thrown, die), asio::detached);
    io.run();
    CHECK(thrown);
    CHECK(value == 1);
    CHECK(moments == std::vector{Ledger::Moment::before_commit, Ledger::Moment::after_commit, Ledger::Moment::before_commit});
}

TEST_CASE("ids: a reference to be said at a window, dates of the service's zone") {
    CHECK(ApplicationId{}.reference().empty());
    CHECK(ApplicationId{Bytes(16, std::byte{0})}.reference() == "000000");
    CHECK(application(9).reference().size() == 6);
    CHECK(date8(Utc{std::chrono::sys_days{std::chrono::year{2026} / 10 / 31}} + std::chrono::hours{17}) == "20261101");
    CHECK(unix_seconds(Utc{std::chrono::microseconds{-1}}) == -1);
    CHECK(unix_seconds(Utc{std::chrono::microseconds{1'999'999}}) == 1);
}
