// Schema and statements of the centre's SQLite file (facts: sqlite.md).
#include "sim/central/store.hpp"

#include <fmt/format.h>
#include <map>
#include <sqlite3.h>
#include <sys/stat.h>
#include <vector>

namespace sim {
namespace {

constexpr const char* schema_version = "3";
constexpr const char* schema = R"(
CREATE TABLE meta(k TEXT PRIMARY KEY, v TEXT NOT NULL) STRICT;
CREATE TABLE kiosks(id TEXT PRIMARY KEY, key BLOB NOT NULL, epoch BLOB NOT NULL DEFAULT x'', audit_count INTEGER NOT NULL DEFAULT 0,
  last_sent INTEGER NOT NULL DEFAULT 0, restored INTEGER NOT NULL DEFAULT 0, path TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE chain(kiosk TEXT NOT NULL, epoch BLOB NOT NULL, count INTEGER NOT NULL, head BLOB NOT NULL, PRIMARY KEY(kiosk, epoch, count)) STRICT;
CREATE TABLE nonces(kiosk TEXT NOT NULL, nonce BLOB NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY(kiosk, nonce)) STRICT;
CREATE TABLE replies(kiosk TEXT NOT NULL, application BLOB NOT NULL, attempt INTEGER NOT NULL, type TEXT NOT NULL, step INTEGER NOT NULL,
  body_hash BLOB NOT NULL, message_hash BLOB NOT NULL, body BLOB NOT NULL, reply BLOB NOT NULL,
  PRIMARY KEY(kiosk, application, attempt, type, step)) STRICT;
CREATE TABLE matches(reference BLOB PRIMARY KEY, kiosk TEXT NOT NULL, number TEXT NOT NULL, result TEXT NOT NULL, portrait BLOB NOT NULL,
  made INTEGER NOT NULL) STRICT;
CREATE TABLE applications(id BLOB PRIMARY KEY, person TEXT NOT NULL UNIQUE, kiosk TEXT NOT NULL, bank TEXT NOT NULL, mobile TEXT NOT NULL,
  portrait BLOB NOT NULL, form BLOB NOT NULL, made INTEGER NOT NULL, photo_warnings TEXT NOT NULL DEFAULT '', flat_field INTEGER NOT NULL DEFAULT 1000,
  document TEXT NOT NULL DEFAULT 'resident_id', evidence TEXT NOT NULL DEFAULT 'chip', guardian TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE attempts(application BLOB NOT NULL, attempt INTEGER NOT NULL, kiosk TEXT NOT NULL, issued INTEGER NOT NULL, expires INTEGER NOT NULL,
  state TEXT NOT NULL, chip BLOB NOT NULL DEFAULT x'', atr BLOB NOT NULL DEFAULT x'', cryptograms INTEGER NOT NULL DEFAULT 0,
  card_number TEXT NOT NULL UNIQUE, PRIMARY KEY(application, attempt)) STRICT;
CREATE UNIQUE INDEX one_attempt_a_chip ON attempts(chip) WHERE chip <> x'';
CREATE TABLE cards(number TEXT PRIMARY KEY, application BLOB NOT NULL, attempt INTEGER NOT NULL, state TEXT NOT NULL, chip BLOB NOT NULL DEFAULT x'') STRICT;
CREATE UNIQUE INDEX one_active_card ON cards(application) WHERE state = 'ACTIVE';
CREATE TABLE cryptograms(application BLOB NOT NULL, attempt INTEGER NOT NULL, step INTEGER NOT NULL, chip BLOB NOT NULL, process BLOB NOT NULL,
  original BLOB NOT NULL, made INTEGER NOT NULL, PRIMARY KEY(application, attempt, step)) STRICT;
CREATE TABLE outcomes(seq INTEGER PRIMARY KEY, application BLOB NOT NULL, attempt INTEGER NOT NULL, kiosk TEXT NOT NULL, outcome TEXT NOT NULL,
  result TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL, received INTEGER NOT NULL, card_number TEXT NOT NULL, chip BLOB NOT NULL,
  load TEXT NOT NULL, ordinal INTEGER NOT NULL, layout BLOB NOT NULL, faults TEXT NOT NULL) STRICT;
CREATE INDEX outcomes_of ON outcomes(application, attempt);
CREATE TABLE disputes(id INTEGER PRIMARY KEY, application BLOB NOT NULL, attempt INTEGER NOT NULL, kiosk TEXT NOT NULL, reason TEXT NOT NULL,
  state TEXT NOT NULL, verdict TEXT NOT NULL DEFAULT '', first TEXT NOT NULL DEFAULT '', second TEXT NOT NULL DEFAULT '', opened INTEGER NOT NULL) STRICT;
CREATE INDEX disputes_of ON disputes(application, attempt);
CREATE TABLE witnesses(seq INTEGER PRIMARY KEY, application BLOB NOT NULL, staff TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
)";
/// The table of the personalisation's dialogues: made where it is missing, whatever the file's version.
constexpr const char* dialogues = R"(
CREATE TABLE IF NOT EXISTS dialogues(application BLOB NOT NULL, attempt INTEGER NOT NULL, seq INTEGER NOT NULL, phase INTEGER NOT NULL,
  restarts INTEGER NOT NULL, verdict TEXT NOT NULL, batch BLOB NOT NULL, original BLOB NOT NULL, process BLOB NOT NULL, signature_key BLOB NOT NULL,
  PRIMARY KEY(application, attempt)) STRICT;
)";
/// What a file of version 1 lacks.
constexpr const char* to_version_2 = R"(
ALTER TABLE applications ADD COLUMN photo_warnings TEXT NOT NULL DEFAULT '';
ALTER TABLE applications ADD COLUMN flat_field INTEGER NOT NULL DEFAULT 1000;
UPDATE meta SET v='2' WHERE k='schema';
)";
/// What a file of version 2 lacks.
constexpr const char* to_version_3 = R"(
ALTER TABLE applications ADD COLUMN document TEXT NOT NULL DEFAULT 'resident_id';
ALTER TABLE applications ADD COLUMN evidence TEXT NOT NULL DEFAULT 'chip';
ALTER TABLE applications ADD COLUMN guardian TEXT NOT NULL DEFAULT '';
UPDATE meta SET v='3' WHERE k='schema';
)";

}  // namespace

std::expected<std::unique_ptr<Store>, std::string> Store::open(const std::string& path) {
    std::unique_ptr<Store> store(new Store);
    if (sqlite3_open_v2(path.c_str(), &store->db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK)
        return std::unexpected(fmt::format("cannot open the database: {}", store->db_ ? sqlite3_errmsg(store->db_) : "no memory"));
    try {
        if (path != ":memory:") {
            ::chmod(path.c_str(), S_IRUSR | S_IWUSR);
            store->execute("PRAGMA locking_mode=EXCLUSIVE");
            store->execute("PRAGMA journal_mode=WAL");
            store->execute("PRAGMA synchronous=FULL");
            Query check(*store, "PRAGMA quick_check(1)");
            if (!check.step() || check.text(0) != "ok") return std::unexpected("the database is damaged: keep it as evidence and restore a backup");
        }
        Transaction creating(*store);
        bool is_new = false;
        {
            Query tables(*store, "SELECT count(*) FROM sqlite_schema WHERE type='table' AND name='meta'");
            is_new = tables.step() && tables.integer(0) == 0;
        }
        if (is_new) {
            store->execute(schema);
            Query(*store, "INSERT INTO meta VALUES('schema',?),('cards','0')", std::string_view(schema_version)).run();
        } else {
            std::string found;
            {
                Query version(*store, "SELECT v FROM meta WHERE k='schema'");
                if (version.step()) found = version.text(0);
            }
            if (found == "1") store->execute(to_version_2);
            if (found == "1" || found == "2") store->execute(to_version_3);
            else if (found != schema_version) return std::unexpected("the database is of another version");
        }
        store->execute(dialogues);
        creating.commit();
    } catch (const StoreError& error) {
        return std::unexpected(fmt::format("the database is unusable: {}", error.what()));
    }
    return store;
}

Store::~Store() {
    for (auto& [sql, statements] : idle_)
        for (auto* statement : statements) sqlite3_finalize(statement);
    sqlite3_close(db_);
}

void Store::execute(const char* sql) {
    if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) throw StoreError(sqlite3_errmsg(db_));
}

std::int64_t Store::last_id() const { return sqlite3_last_insert_rowid(db_); }
int Store::changes() const { return sqlite3_changes(db_); }

sqlite3_stmt* Store::prepared(const char* sql) {
    auto& idle = idle_[sql];
    if (!idle.empty()) {
        auto* statement = idle.back();
        idle.pop_back();
        return statement;
    }
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) throw StoreError(sqlite3_errmsg(db_));
    return statement;
}

void Store::give_back(const char* sql, sqlite3_stmt* statement) {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    idle_[sql].push_back(statement);
}

bool Query::step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) throw StoreError(sqlite3_errmsg(store_.db_));
    return false;
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Query::text(int column) const {
    const auto* found = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return found ? std::string(found, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))) : std::string();
}

Bytes Query::blob(int column) const {
    const auto* found = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
    return found ? Bytes(found, found + sqlite3_column_bytes(statement_, column)) : Bytes();
}

void Query::bind(std::int64_t value) { check(sqlite3_bind_int64(statement_, ++bound_, value)); }
void Query::bind(std::string_view value) {
    check(sqlite3_bind_text64(statement_, ++bound_, value.data() ? value.data() : "", value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}
void Query::bind(View value) {
    // A null pointer would bind NULL instead of an empty blob.
    check(value.empty() ? sqlite3_bind_zeroblob(statement_, ++bound_, 0) : sqlite3_bind_blob64(statement_, ++bound_, value.data(), value.size(), SQLITE_TRANSIENT));
}
void Query::check(int code) const {
    if (code != SQLITE_OK) throw StoreError(sqlite3_errmsg(store_.db_));
}

Transaction::~Transaction() {
    if (open_) sqlite3_exec(store_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace sim
