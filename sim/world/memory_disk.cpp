// The VFS's functions. Only what SQLite asks of a single exclusive connection; no shared memory, no locks between processes.
#include "sim/world/memory_disk.hpp"

#include <cstring>
#include <sqlite3.h>

namespace sim {

namespace {
constexpr std::size_t sector = 512;

struct OpenFile {
    sqlite3_file base;
    MemoryDisk* disk;
    std::string* name;
};

MemoryDisk::File& file_of(sqlite3_file* f) {
    auto* open = reinterpret_cast<OpenFile*>(f);
    return open->disk->files()[*open->name];
}

int do_close(sqlite3_file* f) {
    delete reinterpret_cast<OpenFile*>(f)->name;
    return SQLITE_OK;
}
int do_read(sqlite3_file* f, void* out, int n, sqlite3_int64 at) {
    const auto& data = file_of(f).data;
    const auto begin = static_cast<std::size_t>(at), want = static_cast<std::size_t>(n);
    const auto have = begin >= data.size() ? 0 : std::min(want, data.size() - begin);
    std::memcpy(out, data.data() + begin, have);
    if (have == want) return SQLITE_OK;
    std::memset(static_cast<char*>(out) + have, 0, want - have);
    return SQLITE_IOERR_SHORT_READ;
}
int do_write(sqlite3_file* f, const void* in, int n, sqlite3_int64 at) {
    auto* open = reinterpret_cast<OpenFile*>(f);
    if (open->disk->is_full()) return SQLITE_FULL;
    auto& file = file_of(f);
    const auto begin = static_cast<std::size_t>(at), size = static_cast<std::size_t>(n);
    if (file.data.size() < begin + size) file.data.resize(begin + size);
    std::memcpy(file.data.data() + begin, in, size);
    for (auto s = begin / sector; s <= (begin + size - 1) / sector; ++s) file.dirty.insert(s);
    return SQLITE_OK;
}
int do_truncate(sqlite3_file* f, sqlite3_int64 size) {
    auto& file = file_of(f);
    file.data.resize(static_cast<std::size_t>(size));
    for (auto s = file.data.size() / sector; s <= file.synced.size() / sector; ++s) file.dirty.insert(s);
    return SQLITE_OK;
}
int do_sync(sqlite3_file* f, int) {
    auto& file = file_of(f);
    file.synced.resize(file.data.size());
    for (const auto s : file.dirty) {
        const auto begin = s * sector;
        if (begin >= file.data.size()) continue;
        std::memcpy(file.synced.data() + begin, file.data.data() + begin, std::min(sector, file.data.size() - begin));
    }
    file.dirty.clear();
    file.durable = true;
    return SQLITE_OK;
}
int do_size(sqlite3_file* f, sqlite3_int64* out) {
    *out = static_cast<sqlite3_int64>(file_of(f).data.size());
    return SQLITE_OK;
}
int do_lock(sqlite3_file*, int) { return SQLITE_OK; }
int do_reserved(sqlite3_file*, int* out) {
    *out = 0;
    return SQLITE_OK;
}
int do_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int do_sector(sqlite3_file*) { return sector; }
int do_characteristics(sqlite3_file*) { return 0; }

sqlite3_io_methods methods() {
    sqlite3_io_methods m{};
    m.iVersion = 1;
    m.xClose = do_close;
    m.xRead = do_read;
    m.xWrite = do_write;
    m.xTruncate = do_truncate;
    m.xSync = do_sync;
    m.xFileSize = do_size;
    m.xLock = do_lock;
    m.xUnlock = do_lock;
    m.xCheckReservedLock = do_reserved;
    m.xFileControl = do_control;
    m.xSectorSize = do_sector;
    m.xDeviceCharacteristics = do_characteristics;
    return m;
}
const sqlite3_io_methods io_methods = methods();

MemoryDisk& disk_of(sqlite3_vfs* v) { return *static_cast<MemoryDisk*>(v->pAppData); }

int do_open(sqlite3_vfs* v, const char* name, sqlite3_file* f, int flags, int* out_flags) {
    static int temporary = 0;
    auto* open = reinterpret_cast<OpenFile*>(f);
    const std::string path = name ? name : "temporary-" + std::to_string(++temporary);
    auto& files = disk_of(v).files();
    if (!(flags & SQLITE_OPEN_CREATE) && !files.contains(path)) {
        open->base.pMethods = nullptr;
        return SQLITE_CANTOPEN;
    }
    files[path];
    open->disk = &disk_of(v);
    open->name = new std::string(path);
    open->base.pMethods = &io_methods;
    if (out_flags) *out_flags = flags;
    return SQLITE_OK;
}
int do_delete(sqlite3_vfs* v, const char* name, int) {
    disk_of(v).files().erase(name);
    return SQLITE_OK;
}
int do_access(sqlite3_vfs* v, const char* name, int, int* out) {
    *out = disk_of(v).files().contains(name);
    return SQLITE_OK;
}
int do_full_path(sqlite3_vfs*, const char* name, int n, char* out) {
    sqlite3_snprintf(n, out, "%s", name);
    return SQLITE_OK;
}
int do_randomness(sqlite3_vfs*, int n, char* out) {
    // SQLite's own generator is seeded from here: always the same, so that one seed of the world gives one file.
    for (int i = 0; i < n; ++i) out[i] = static_cast<char>(i * 37 + 11);
    return n;
}
int do_sleep(sqlite3_vfs*, int microseconds) { return microseconds; }
int do_time(sqlite3_vfs*, double* out) {
    *out = 2461000.5;
    return SQLITE_OK;
}
}  // namespace

struct MemoryDisk::Vfs {
    sqlite3_vfs base{};
};

MemoryDisk::MemoryDisk(std::string name) : name_(std::move(name)), vfs_(std::make_unique<Vfs>()) {
    auto& v = vfs_->base;
    v.iVersion = 1;
    v.szOsFile = sizeof(OpenFile);
    v.mxPathname = 256;
    v.zName = name_.c_str();
    v.pAppData = this;
    v.xOpen = do_open;
    v.xDelete = do_delete;
    v.xAccess = do_access;
    v.xFullPathname = do_full_path;
    v.xRandomness = do_randomness;
    v.xSleep = do_sleep;
    v.xCurrentTime = do_time;
    sqlite3_vfs_register(&v, 0);
}

MemoryDisk::~MemoryDisk() { sqlite3_vfs_unregister(&vfs_->base); }

void MemoryDisk::power_cut(Dice& dice) {
    for (auto& [name, file] : files_) {
        std::string image = file.synced;
        for (const auto s : file.dirty) {
            const auto begin = s * sector;
            if (begin >= file.data.size() || dice.one_in(2)) continue;
            const auto size = std::min(sector, file.data.size() - begin);
            if (image.size() < begin + size) image.resize(begin + size);
            std::memcpy(image.data() + begin, file.data.data() + begin, size);
        }
        file.data = file.synced = std::move(image);
        file.dirty.clear();
    }
    std::erase_if(files_, [&](const auto& entry) { return !entry.second.durable && dice.one_in(2); });
}

std::map<std::string, std::string> MemoryDisk::contents() const {
    std::map<std::string, std::string> out;
    for (const auto& [name, file] : files_) out[name] = file.data;
    return out;
}

}  // namespace sim
