// The connection, its prepared statements, and what SQLite's return codes mean for a kiosk.
#include "kiosk/ledger/sqlite.hpp"

#include <sqlite3.h>

namespace kiosk::ledger {

namespace {
std::optional<FaultCode> fault_of(int code) {
    switch (code & 0xFF) {
        case SQLITE_CONSTRAINT:
        case SQLITE_MISUSE:
        case SQLITE_RANGE:
        case SQLITE_ERROR:
        case SQLITE_MISMATCH:
        case SQLITE_TOOBIG: return std::nullopt;  // our bug, never the disk's
        case SQLITE_FULL: return FaultCode::disk_full;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return FaultCode::ledger_damaged;
        default: return FaultCode::disk_error;
    }
}
}  // namespace

Database::Database(const std::filesystem::path& file, const char* vfs) {
    const int code = sqlite3_open_v2(file.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, vfs);
    if (code == SQLITE_OK) {
        sqlite3_extended_result_codes(db_, 1);
        return;
    }
    const LedgerError error(fault_of(code).value_or(FaultCode::disk_error), fmt::format("open: {}", sqlite3_errstr(code)));
    sqlite3_close(db_);
    throw error;
}

Database::~Database() {
    for (const auto& [sql, statement] : prepared_) sqlite3_finalize(statement);
    sqlite3_close(db_);
}

void Database::run(const char* sql) {
    if (const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr); code != SQLITE_OK) raise(code, sql);
}

std::string Database::word(const char* sql) {
    Statement s(*this, sql);
    return s.step() ? s.text(0) : std::string{};
}

int Database::changes() const { return sqlite3_changes(db_); }
bool Database::in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }

void Database::raise(int code, const char* during) {
    const auto fault = fault_of(code);
    const auto what = fmt::format("{}: {} ({})", std::string_view{during}.substr(0, 60), sqlite3_errstr(code), code);
    if (!fault) throw std::logic_error(what);
    const bool busy = (code & 0xFF) == SQLITE_BUSY || (code & 0xFF) == SQLITE_LOCKED;
    const LedgerError error(*fault, busy ? "another program has the ledger open" : what);
    if (!failed_ && !busy && *fault != FaultCode::disk_full) failed_ = error;
    throw error;
}

void Database::refuse_if_failed() const {
    if (failed_) throw *failed_;
}

Statement::Statement(Database& db, std::string_view sql) : db_(db) {
    auto it = db.prepared_.find(sql);
    if (it == db.prepared_.end()) {
        sqlite3_stmt* made = nullptr;
        const int code = sqlite3_prepare_v3(db.db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &made, nullptr);
        if (code != SQLITE_OK) db.raise(code, "prepare");
        it = db.prepared_.emplace(std::string(sql), made).first;
    }
    if (sqlite3_stmt_busy(it->second)) throw std::logic_error("a statement is used inside itself");
    statement_ = it->second;
}

Statement::~Statement() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

bool Statement::step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) db_.raise(code, sqlite3_sql(statement_));
    return false;
}

void Statement::check(int code, const char* during) {
    if (code != SQLITE_OK) db_.raise(code, during);
}
void Statement::put(int i, std::int64_t value) { check(sqlite3_bind_int64(statement_, i, value), "bind"); }
void Statement::put(int i, std::string_view value) {
    check(sqlite3_bind_text64(statement_, i, value.data() ? value.data() : "", value.size(), SQLITE_TRANSIENT, SQLITE_UTF8), "bind");
}
void Statement::put(int i, View value) {
    // An empty blob needs an address, or SQLite takes it for NULL.
    check(sqlite3_bind_blob64(statement_, i, value.empty() ? static_cast<const void*>("") : value.data(), value.size(), SQLITE_TRANSIENT), "bind");
}
std::int64_t Statement::number(int column) const { return sqlite3_column_int64(statement_, column); }
std::string Statement::text(int column) const {
    const auto* begin = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return begin ? std::string(begin, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))) : std::string{};
}
Bytes Statement::bytes(int column) const {
    const auto* begin = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
    return begin ? Bytes(begin, begin + sqlite3_column_bytes(statement_, column)) : Bytes{};
}

}  // namespace kiosk::ledger
