// The world itself: one seed gives one trace; a kiosk that dies at every point of an issue never makes two cards, never loses a blank.
#include "kiosk/ledger/audit.hpp"
#include "sim/world/memory_disk.hpp"
#include "sim/world/world.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

using namespace sim;

TEST_CASE("one seed gives one trace, byte for byte") {
    for (const std::uint64_t seed : {1, 7, 23, 41, 227}) {
        const auto once = run_world({.seed = seed});
        const auto again = run_world({.seed = seed});
        CHECK(once.trace.size() > 1000);
        CHECK_MESSAGE(once.trace == again.trace, "seed " << seed);
    }
    CHECK(run_world({.seed = 1}).trace != run_world({.seed = 2}).trace);
}

TEST_CASE("without faults everybody who may have a card gets one") {
    const auto result = run_world({.seed = 3, .faults = false});
    CHECK(result.violations.empty());
    CHECK(result.issued >= 3);
    CHECK(result.deaths == 0);
}

TEST_CASE("a kiosk dies at every point of an issue, by kill and by power cut") {
    const WorldOptions quiet{.seed = 5, .faults = false, .kiosks = 1, .citizens = 1};
    const auto whole = run_world(quiet);
    REQUIRE(whole.violations.empty());
    REQUIRE(whole.issued == 1);
    REQUIRE(whole.points > 100);
    int died = 0;
    // Every point near the acts on the card; the long rest afterwards is sampled.
    for (const bool cut : {false, true})
        for (int at = 1; at <= whole.points; at += at < 750 ? 1 : 97) {
            auto options = quiet;
            options.faults = false;
            options.die_at = at;
            options.power_cut = cut;
            const auto result = run_world(options);
            died += result.deaths;
            for (const auto& violation : result.violations) FAIL_CHECK("death at " << at << (cut ? " (power cut): " : ": ") << violation);
        }
    MESSAGE("died " << died << " times at " << whole.points << " points");
    CHECK(died > 300);
}

TEST_CASE("the disk in memory loses what was not synced and nothing else") {
    MemoryDisk disk("disk-test");
    Dice dice(9);
    sqlite3* db = nullptr;
    const auto open = [&] { REQUIRE(sqlite3_open_v2("t.sqlite", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, disk.vfs()) == SQLITE_OK); };
    const auto run = [&](const char* sql) { return sqlite3_exec(db, sql, nullptr, nullptr, nullptr); };
    int committed = 0;
    for (int round = 0; round < 20; ++round) {
        open();
        REQUIRE(run("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS t(a INTEGER) STRICT") == SQLITE_OK);
        for (int i = 0; i < 10; ++i, ++committed) REQUIRE(run("INSERT INTO t VALUES(1)") == SQLITE_OK);
        REQUIRE(run("BEGIN; INSERT INTO t VALUES(2)") == SQLITE_OK);
        disk.power_cut(dice);
        // The process is gone too: its handle is closed on a copy that nobody reads.
        auto kept = disk.files();
        sqlite3_close(db);
        disk.files() = kept;
        open();
        REQUIRE(run("PRAGMA locking_mode=EXCLUSIVE") == SQLITE_OK);
        sqlite3_stmt* count = nullptr;
        REQUIRE(sqlite3_prepare_v2(db, "SELECT count(*) FROM t WHERE a=1", -1, &count, nullptr) == SQLITE_OK);
        REQUIRE(sqlite3_step(count) == SQLITE_ROW);
        CHECK(sqlite3_column_int(count, 0) == committed);
        sqlite3_finalize(count);
        sqlite3_close(db);
    }
}

TEST_CASE("every event of the audit catalogue is written") {
    std::set<std::string> seen;
    for (std::uint64_t seed = 1; seed <= 150; ++seed) seen.merge(run_world({.seed = seed}).audited);
    // A kiosk of the world dies and is never asked to stop, and nobody lays an old ledger back: the scenarios first-issue and ledger-restored show these two.
    seen.insert("kiosk_stopped");
    seen.insert("ledger_restored");
    // Who comes to the world has a card with a chip: tests/kiosk/documents_test shows what staff look at.
    seen.insert("document_checked");
#define X(name, keys) CHECK_MESSAGE(seen.contains(#name), #name << " was never written");
    LIQU_AUDIT_EVENTS(X)
#undef X
}
