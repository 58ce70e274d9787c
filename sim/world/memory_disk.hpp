// A disk in memory, under SQLite as a VFS: remembers what was synced, so that a power cut can lose the rest, sector by sector.
#pragma once
#include "sim/models/model.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>

namespace sim {

class MemoryDisk {
  public:
    /// Registers a VFS of this name for as long as the disk lives; names must be unique in the process.
    explicit MemoryDisk(std::string name);
    ~MemoryDisk();
    MemoryDisk(const MemoryDisk&) = delete;
    MemoryDisk& operator=(const MemoryDisk&) = delete;

    [[nodiscard]] const char* vfs() const { return name_.c_str(); }
    /// Loses a random half of the 512-byte sectors that were written and not synced.
    void power_cut(Dice& dice);
    /// From the n-th write on every write fails with "disk full" (0: never); syncs fail when `sync_fails`.
    void full(bool yes) { full_ = yes; }
    [[nodiscard]] std::map<std::string, std::string> contents() const;

    struct File {
        std::string data, synced;
        std::set<std::size_t> dirty;  ///< sectors
        bool durable = false;         ///< its directory entry was synced (with its first sync)
    };
    std::map<std::string, File>& files() { return files_; }
    [[nodiscard]] bool is_full() const { return full_; }

  private:
    struct Vfs;
    std::string name_;
    std::map<std::string, File> files_;
    bool full_ = false;
    std::unique_ptr<Vfs> vfs_;
};

}  // namespace sim
