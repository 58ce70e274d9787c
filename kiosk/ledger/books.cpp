// Opening and checking the books, transactions, the ledger's identity, staff and counters.
#include "kiosk/ledger/impl.hpp"

#include <sodium.h>
#include <sqlite3.h>

namespace kiosk {

using ledger::Statement;

/// EXCLUSIVE before WAL: there is no second connection and no shared memory file, which 3.40's WAL-reset bug needs (facts: sqlite.md).
void Books::Impl::configure() {
    db.run("PRAGMA locking_mode=EXCLUSIVE");
    const auto mode = db.word("PRAGMA journal_mode=WAL");
    if (mode != "wal") throw LedgerError(FaultCode::disk_error, "no write-ahead log: journal_mode " + mode);
    db.run("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON");
    if (db.word("PRAGMA synchronous") != "2") throw LedgerError(FaultCode::disk_error, "synchronous=FULL was not accepted");
}

void Books::Impl::create(Utc now) {
    db.run("BEGIN IMMEDIATE");
    db.run(ledger::schema);
    db.run(fmt::format("PRAGMA user_version={}; PRAGMA application_id={}", ledger::schema_version, ledger::file_mark).c_str());
    set_meta("epoch", random->bytes(16));
    set_meta("audit_head", Bytes(32));
    Statement(db, "INSERT INTO load(id, hopper, bank, count, at, by) VALUES(?, 0, '', 0, ?, '')").bind(ledger::found_load, now).run();
    db.run("COMMIT");
}

void Books::Impl::check() {
    if (db.word("PRAGMA application_id") != std::to_string(ledger::file_mark)) throw LedgerError(FaultCode::ledger_damaged, "this file is no ledger");
    if (const auto version = db.word("PRAGMA user_version"); version != std::to_string(ledger::schema_version))
        throw LedgerError(FaultCode::ledger_damaged, "schema version " + version);
    if (const auto result = db.word("PRAGMA quick_check(1)"); result != "ok") throw LedgerError(FaultCode::ledger_damaged, "quick_check: " + result);
    if (!db.word("PRAGMA foreign_key_check").empty()) throw LedgerError(FaultCode::ledger_damaged, "a row refers to nothing");
    if (meta("epoch").size() != 16 || meta("audit_head").size() != 32) throw LedgerError(FaultCode::ledger_damaged, "the ledger has no identity");
}

Result<std::unique_ptr<Books>> Books::open(Options options) {
    if (sodium_init() < 0) return drivers::fail(FaultCode::internal, "libsodium does not start");
    if (options.hash_key.view().size() != crypto_generichash_KEYBYTES) return drivers::fail(FaultCode::bad_configuration, "the ledger's hash key has 32 bytes");
    // SQLite's own generator outlives its databases: without this a seed would not give the same file (facts: sqlite.md).
    if (options.random) sqlite3_randomness(0, nullptr);
    try {
        std::unique_ptr<Books> books(new Books);
        books->impl_ = std::make_unique<Impl>(options.file, options.vfs);
        auto& impl = *books->impl_;
        impl.hash_key = std::move(options.hash_key);
        if (!options.random) impl.own_random = drivers::make_system_random();
        impl.random = options.random ? options.random : impl.own_random.get();
        impl.configure();
        const bool empty = impl.db.word("SELECT count(*) FROM sqlite_schema") == "0" && impl.db.word("PRAGMA user_version") == "0";
        if (empty) impl.create(options.now);
        impl.check();
        if (const auto row = books->audit_break()) return drivers::fail(FaultCode::ledger_damaged, fmt::format("the audit chain breaks at row {}", *row));
        return books;
    } catch (const LedgerError& error) {
        return drivers::fail(error.code, error.what());
    } catch (const std::logic_error& error) {
        // A file whose tables are not ours answers our SQL with SQLITE_ERROR.
        return drivers::fail(FaultCode::ledger_damaged, error.what());
    }
}

Books::~Books() = default;

void Books::begin() {
    impl_->db.refuse_if_failed();
    impl_->db.run("BEGIN IMMEDIATE");
}
void Books::commit() { impl_->db.run("COMMIT"); }
void Books::rollback() noexcept {
    try {
        if (impl_->db.in_transaction()) impl_->db.run("ROLLBACK");
    } catch (...) {
        // SQLite has rolled back by itself, or the disk has failed: begin() refuses from now on.
    }
}

Bytes Books::Impl::meta(std::string_view key) {
    Statement s(db, "SELECT v FROM meta WHERE k=?");
    s.bind(key);
    return s.step() ? s.bytes(0) : Bytes{};
}
void Books::Impl::set_meta(std::string_view key, View value) {
    Statement(db, "INSERT INTO meta(k, v) VALUES(?, ?) ON CONFLICT(k) DO UPDATE SET v=excluded.v").bind(key, value).run();
}

Bytes Books::epoch() const { return impl_->meta("epoch"); }

std::string Books::keyed_hash(View value) const {
    std::array<unsigned char, crypto_generichash_BYTES> out{};
    const auto key = impl_->hash_key.view();
    crypto_generichash(out.data(), out.size(), reinterpret_cast<const unsigned char*>(value.data()), value.size(),
                       reinterpret_cast<const unsigned char*>(key.data()), key.size());
    return drivers::hex(std::as_bytes(std::span{out}));
}

// ---- applications ----
void Books::add_application(const ApplicationId& id, Utc now) {
    Statement(impl_->db, "INSERT INTO application(id, state, attempt, created, changed) VALUES(?, 'made', 0, ?, ?)").bind(id.value, now, now).run();
}
void Books::set_application(const ApplicationId& id, std::string_view state, int attempt, Utc now) {
    // Also one that was begun at another kiosk: it has no row here before its first order.
    Statement(impl_->db, "INSERT INTO application(id, state, attempt, created, changed) VALUES(?1, ?2, ?3, ?4, ?4) "
                         "ON CONFLICT(id) DO UPDATE SET state=?2, attempt=?3, changed=?4")
        .bind(id.value, state, attempt, now)
        .run();
}
std::string Books::application_state(const ApplicationId& id) const {
    Statement s(impl_->db, "SELECT state FROM application WHERE id=?");
    s.bind(id.value);
    return s.step() ? s.text(0) : std::string{};
}

// ---- staff ----
void Books::put_staff(const StaffRow& row) {
    Statement(impl_->db, "INSERT INTO staff(id, name_tag, role, badge_hash, pin_hash, failures, locked_until) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) "
                         "ON CONFLICT(id) DO UPDATE SET name_tag=?2, role=?3, badge_hash=?4, pin_hash=?5, failures=?6, locked_until=?7")
        .bind(row.id, row.name_tag, row.role, row.badge_hash, row.pin_hash, row.failures, row.locked_until)
        .run();
}

namespace {
StaffRow staff_row(const Statement& s) {
    return {s.text(0), s.text(1), s.text(2), s.text(3), s.text(4), static_cast<int>(s.number(5)), ledger::time_of(s.number(6))};
}
}  // namespace

std::optional<StaffRow> Books::staff_by_badge(std::string_view badge_hash) const {
    Statement s(impl_->db, "SELECT id, name_tag, role, badge_hash, pin_hash, failures, locked_until FROM staff WHERE badge_hash=?");
    s.bind(badge_hash);
    if (!s.step()) return std::nullopt;
    return staff_row(s);
}
std::vector<StaffRow> Books::staff() const {
    std::vector<StaffRow> all;
    Statement s(impl_->db, "SELECT id, name_tag, role, badge_hash, pin_hash, failures, locked_until FROM staff ORDER BY id");
    while (s.step()) all.push_back(staff_row(s));
    return all;
}

// ---- counters ----
std::int64_t Books::counter(std::string_view name) const {
    Statement s(impl_->db, "SELECT value FROM counter WHERE name=?");
    s.bind(name);
    return s.step() ? s.number(0) : 0;
}
void Books::set_counter(std::string_view name, std::int64_t value) {
    Statement(impl_->db, "INSERT INTO counter(name, value) VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value=excluded.value").bind(name, value).run();
}

}  // namespace kiosk
