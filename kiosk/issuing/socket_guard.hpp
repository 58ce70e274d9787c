// Holds on to a connection that a blocking library owns, so that another thread can count what came in and end it.
#pragma once
#include <cstdint>
#include <mutex>

namespace kiosk {

/// Thread-safe. Keeps a duplicate of the descriptor: the library may close its own at any time, and the number may then belong to somebody else.
class SocketGuard {
  public:
    SocketGuard() = default;
    ~SocketGuard() { release(); }
    SocketGuard(const SocketGuard&) = delete;
    SocketGuard& operator=(const SocketGuard&) = delete;

    void adopt(int descriptor);
    /// Shuts the connection down, also one that is adopted later; every blocked call on it returns.
    void cut();
    [[nodiscard]] bool is_cut() const;
    /// Bytes of the TCP stream so far, headers and TLS records included; 0 when nothing is connected. Once released, the last count.
    [[nodiscard]] std::uint64_t received() const;
    void release();

  private:
    [[nodiscard]] std::uint64_t count() const;
    mutable std::mutex mutex_;
    int descriptor_ = -1;
    std::uint64_t last_count_ = 0;
    bool cut_ = false;
};

}  // namespace kiosk
