// The centre's SQLite file: one connection, EXCLUSIVE, WAL, FULL, STRICT tables. A failing statement throws StoreError: the request is left, its
// transaction rolls back, and Central::handle answers "busy".
#pragma once
#include "sim/models/model.hpp"

#include <expected>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace sim {

struct StoreError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Store {
  public:
    /// Creates the tables when the file is new; refuses a damaged file or one of another version.
    [[nodiscard]] static std::expected<std::unique_ptr<Store>, std::string> open(const std::string& path);
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    void execute(const char* sql);
    [[nodiscard]] sqlite3* handle() const { return db_; }
    [[nodiscard]] std::int64_t last_id() const;
    /// Rows changed by the last statement.
    [[nodiscard]] int changes() const;

  private:
    friend class Query;
    Store() = default;
    sqlite3_stmt* prepared(const char* sql);
    void give_back(const char* sql, sqlite3_stmt* statement);
    sqlite3* db_ = nullptr;
    std::map<const char*, std::vector<sqlite3_stmt*>> idle_;  ///< by the literal's address: prepared once, used often
};

/// One statement with its values. `sql` must be a literal: statements are kept by its address.
class Query {
  public:
    template <class... Values>
    Query(Store& store, const char* sql, const Values&... values) : store_(store), sql_(sql), statement_(store.prepared(sql)) {
        (bind(values), ...);
    }
    ~Query() { store_.give_back(sql_, statement_); }
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    /// The next row, false at the end.
    bool step();
    void run() {
        while (step()) {}
    }
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] Bytes blob(int column) const;

  private:
    void bind(std::int64_t value);
    void bind(int value) { bind(static_cast<std::int64_t>(value)); }
    void bind(std::string_view value);
    void bind(View value);
    void bind(const Bytes& value) { bind(View(value)); }
    void check(int code) const;
    Store& store_;
    const char* sql_;
    sqlite3_stmt* statement_;
    int bound_ = 0;
};

/// BEGIN IMMEDIATE; rolls back unless committed.
class Transaction {
  public:
    explicit Transaction(Store& store) : store_(store) { store_.execute("BEGIN IMMEDIATE"); }
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit() {
        store_.execute("COMMIT");
        open_ = false;
    }

  private:
    Store& store_;
    bool open_ = true;
};

}  // namespace sim
