// SQLite as the ledger uses it: one connection, statements that are prepared once and reset by scope, every return code checked.
// Private to kiosk/ledger.
#pragma once
#include "kiosk/ledger/books.hpp"

#include <map>

struct sqlite3_stmt;

namespace kiosk::ledger {

class Database {
  public:
    /// Throws LedgerError. `vfs` null: the platform's.
    Database(const std::filesystem::path& file, const char* vfs);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Several statements without results.
    void run(const char* sql);
    /// The first column of the first row.
    [[nodiscard]] std::string word(const char* sql);
    [[nodiscard]] int changes() const;
    /// Throws what `code` means: LedgerError for disk and file, std::logic_error for a broken constraint (our bug). A failed disk is remembered.
    [[noreturn]] void raise(int code, const char* during);
    /// Throws again what a failed disk or a damaged file threw before: a failed sync is not retryable.
    void refuse_if_failed() const;
    /// True between BEGIN and COMMIT.
    [[nodiscard]] bool in_transaction() const;

  private:
    friend class Statement;
    sqlite3* db_ = nullptr;
    std::map<std::string, sqlite3_stmt*, std::less<>> prepared_;
    std::optional<LedgerError> failed_;
};

/// Reads like a sentence: Statement(db, "SELECT ... WHERE a=? AND b=?").bind(1, "x").  Rows: while (s.step()) s.number(0).
/// One use at a time of one SQL text; the scope's end resets it and forgets what was bound.
class Statement {
  public:
    Statement(Database& db, std::string_view sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    template <class... T>
    Statement& bind(const T&... values) {
        int i = 0;
        (put(++i, values), ...);
        return *this;
    }
    /// True: there is a row. False: done.
    bool step();
    /// For statements that give no rows.
    void run() { step(); }
    [[nodiscard]] std::int64_t number(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] Bytes bytes(int column) const;

  private:
    void put(int i, std::int64_t value);
    void put(int i, int value) { put(i, static_cast<std::int64_t>(value)); }
    void put(int i, std::string_view value);
    void put(int i, const std::string& value) { put(i, std::string_view{value}); }
    void put(int i, const char* value) { put(i, std::string_view{value}); }
    void put(int i, View value);
    void put(int i, const Bytes& value) { put(i, View{value}); }
    void put(int i, Utc value) { put(i, value.time_since_epoch().count()); }
    void check(int code, const char* during);
    Database& db_;
    sqlite3_stmt* statement_ = nullptr;
};

[[nodiscard]] inline Utc time_of(std::int64_t microseconds) { return Utc{Duration{microseconds}}; }

}  // namespace kiosk::ledger
