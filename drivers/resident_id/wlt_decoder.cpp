// The decoder's parent: starts it, reads what it says until it has said too much or enough, and sees it out.
#include "drivers/resident_id/wlt_decoder.hpp"

#include "drivers/resident_id/wlt_sandbox.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace drivers {

namespace {
constexpr std::size_t read_bytes = 8192;
constexpr int not_started = 127;

class Descriptor {
  public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] int release() { return std::exchange(fd_, -1); }

  private:
    int fd_;
};

struct Ends {
    Descriptor read, write;
};
std::optional<Ends> make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
    return Ends{Descriptor{ends[0]}, Descriptor{ends[1]}};
}

std::unexpected<Fault> failed(std::string what) { return fail(FaultCode::photo_not_encodable, "WLT decoder: " + std::move(what)); }

/// A process that does not outlive its owner.
class Child {
  public:
    Child(pid_t pid, asio::any_io_executor loop) : pid_(pid), end_(std::move(loop)) {
        const auto fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
        if (fd >= 0) end_.assign(fd);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (status_) return;
        kill(pid_, SIGKILL);  // it may not have its group yet
        // A killed process ends within the kernel's next step: waiting does not hold the loop.
        (void)reap();
    }
    /// How it ended, as waitpid says it.
    awaitable<int> ended() {
        if (end_.is_open()) co_await end_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
        co_return reap();
    }

  private:
    int reap() {
        // What it started stands in its own group, whose number is its own until it is reaped.
        kill(-pid_, SIGKILL);
        int status = -1;
        if (waitpid(pid_, &status, 0) != pid_) status = -1;
        status_ = status;
        return status;
    }
    pid_t pid_;
    asio::posix::stream_descriptor end_;
    std::optional<int> status_;
};

std::string words_of(int status) {
    if (WIFSIGNALED(status)) return fmt::format("killed by signal {}", WTERMSIG(status));
    if (WIFEXITED(status)) return WEXITSTATUS(status) == not_started ? "could not be started" : fmt::format("exit code {}", WEXITSTATUS(status));
    return "lost";
}

/// Everything that it says, at most one byte more than it may.
awaitable<Result<Bytes>> said(asio::posix::stream_descriptor& out) {
    Bytes all;
    all.reserve(wlt_bmp_bytes + read_bytes);
    for (;;) {
        const auto size = all.size();
        all.resize(size + std::min(read_bytes, wlt_bmp_bytes + 1 - size));
        const auto came = ::read(out.native_handle(), all.data() + size, all.size() - size);
        all.resize(size + static_cast<std::size_t>(std::max<ssize_t>(0, came)));
        if (all.size() > wlt_bmp_bytes) co_return failed(fmt::format("more than {} bytes", wlt_bmp_bytes));
        if (came == 0) co_return all;
        if (came > 0 || errno == EINTR) continue;
        if (errno != EAGAIN) co_return failed("its output cannot be read");
        co_await out.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
    }
}

awaitable<Result<Bytes>> conversation(Child& child, asio::posix::stream_descriptor& out) {
    auto bmp = co_await said(out);
    if (!bmp) co_return bmp;
    const int status = co_await child.ended();
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        wipe(*bmp);
        co_return failed(words_of(status));
    }
    if (is_wlt_bmp(*bmp)) co_return bmp;
    const auto size = bmp->size();
    wipe(*bmp);
    co_return failed(fmt::format("{} bytes that are no picture of 102 x 126", size));
}

std::uint32_t little_endian(View bytes, std::size_t at, std::size_t size) {
    std::uint32_t n = 0;
    for (std::size_t i = size; i-- > 0;) n = n << 8 | u8(bytes[at + i]);
    return n;
}
}  // namespace

bool is_wlt_bmp(View bmp) {
    constexpr std::uint32_t header = 54, info = 40, width = 102, height = 126;
    if (bmp.size() != wlt_bmp_bytes || u8(bmp[0]) != 'B' || u8(bmp[1]) != 'M') return false;
    const auto at = [bmp](std::size_t offset, std::size_t size = 4) { return little_endian(bmp, offset, size); };
    const bool upright = at(22) == height || at(22) == 0u - height;  // rows from below or from above
    return at(2) == wlt_bmp_bytes && at(10) == header && at(14) == info && at(18) == width && upright && at(26, 2) == 1 && at(28, 2) == 24 && at(30) == 0;
}

awaitable<Result<Bytes>> decode_wlt(Clock& clock, WltDecoder decoder, Bytes wlt) {
    if (!decoder.program.starts_with('/') || access(decoder.program.c_str(), X_OK) != 0) co_return fail(FaultCode::bad_configuration, "WLT decoder: no program at an absolute path");
    if (wlt.size() != wlt_bytes) co_return failed(fmt::format("a photograph of {} bytes", wlt.size()));
    const auto loop = co_await asio::this_coro::executor;
    auto in = make_pipe(), out = make_pipe();
    if (!in || !out) co_return failed("no pipe");
    // A pipe holds this much, and while we keep its other end nobody is hurt by a decoder that does not read.
    if (::write(in->write.get(), wlt.data(), wlt.size()) != static_cast<ssize_t>(wlt.size())) co_return failed("its input cannot be written");
    wipe(wlt);
    const pid_t pid = fork();
    if (pid < 0) co_return failed("no process");
    if (pid == 0) wlt::become(decoder, in->read.get(), out->write.get());
    Child child{pid, loop};
    in.reset();
    out->write = Descriptor{};
    asio::posix::stream_descriptor hears{loop, out->read.release()};
    hears.native_non_blocking(true);
    auto ended = co_await within(clock, decoder.deadline, conversation(child, hears));
    if (!ended) co_return fail(FaultCode::time_out, fmt::format("WLT decoder: not ready within {} ms", decoder.deadline.count() / 1000));
    co_return *std::move(ended);
}

}  // namespace drivers
