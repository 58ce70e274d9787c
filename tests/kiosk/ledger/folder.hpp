// What the ledger's tests share: a folder of its own, books opened in it, and SQL by somebody else.
#pragma once
#include "kiosk/ledger/ledger.hpp"

#include <doctest/doctest.h>
#include <fstream>
#include <sqlite3.h>
#include <unistd.h>

namespace ledger_test {

using namespace kiosk;
namespace fs = std::filesystem;

inline const Utc noon{std::chrono::hours{24 * 20000}};

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

inline Books::Options options_for(const fs::path& file, drivers::Random* random = nullptr) {
    Books::Options options;
    options.file = file;
    options.hash_key = Secret{Bytes(32, std::byte{7})};
    options.random = random;
    options.now = noon;
    return options;
}
inline std::unique_ptr<Books> open_books(const fs::path& file, drivers::Random* random = nullptr) {
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
inline void foreign_sql(const fs::path& file, const char* sql) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
    char* error = nullptr;
    const int code = sqlite3_exec(db, sql, nullptr, nullptr, &error);
    CHECK_MESSAGE(code == SQLITE_OK, (error ? error : ""));
    sqlite3_close(db);
}

}  // namespace ledger_test
