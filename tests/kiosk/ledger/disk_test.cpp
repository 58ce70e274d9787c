// A damaged file, a second program, a disk that is full or does not sync.
#include "tests/kiosk/ledger/folder.hpp"

using namespace ledger_test;

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
