// A duplicate descriptor, shutdown(2), and the kernel's own count of what came in (TCP_INFO).
#include "kiosk/issuing/socket_guard.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <utility>

namespace kiosk {

namespace {
/// linux/tcp.h's tcp_info, which only ever grows at its end; glibc's knows the beginning, and the two headers exclude each other.
struct LongTcpInfo {
    tcp_info begin;
    std::uint64_t pacing_rate, max_pacing_rate, bytes_acked, bytes_received;
};
static_assert(sizeof(tcp_info) == 104 && offsetof(LongTcpInfo, bytes_received) == 128);
}  // namespace

void SocketGuard::adopt(int descriptor) {
    const std::lock_guard lock(mutex_);
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    last_count_ = 0;
    if (cut_ && descriptor_ >= 0) ::shutdown(descriptor_, SHUT_RDWR);
}

void SocketGuard::cut() {
    const std::lock_guard lock(mutex_);
    cut_ = true;
    if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_RDWR);
}

bool SocketGuard::is_cut() const {
    const std::lock_guard lock(mutex_);
    return cut_;
}

std::uint64_t SocketGuard::received() const {
    const std::lock_guard lock(mutex_);
    return descriptor_ >= 0 ? count() : last_count_;
}

std::uint64_t SocketGuard::count() const {
    LongTcpInfo info{};
    socklen_t size = sizeof info;
    if (::getsockopt(descriptor_, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 || size < sizeof info) return 0;
    return info.bytes_received;
}

void SocketGuard::release() {
    const std::lock_guard lock(mutex_);
    if (descriptor_ < 0) return;
    last_count_ = count();
    ::close(std::exchange(descriptor_, -1));
}

}  // namespace kiosk
