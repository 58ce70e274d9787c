// One thread for each plugging: it carries bytes between the terminal's other end and the model.
#include "sim/wire/sdt_serial.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <thread>
#include <unistd.h>

namespace sim {

namespace {
constexpr int turn_ms = 2;
constexpr std::byte static_on_the_line{0x2B};

speed_t word_of(int baud) {
    switch (baud) {
        case 9'600: return B9600;
        case 19'200: return B19200;
        case 38'400: return B38400;
        case 57'600: return B57600;
        default: return B115200;
    }
}
}  // namespace

struct SdtSerial::Line {
    int master = -1;
    std::jthread thread;

    ~Line() {
        thread.request_stop();
        if (thread.joinable()) thread.join();
        if (master >= 0) close(master);
    }

    /// A client that has not set our speed hears static.
    void spoil(Bytes& bytes, int baud) const {
        termios mode{};
        if (tcgetattr(master, &mode) == 0 && cfgetospeed(&mode) == word_of(baud)) return;
        for (auto& b : bytes) b ^= static_on_the_line;
    }

    void carry(SdtSerial& owner, const std::stop_token& stop) {
        std::array<std::byte, 512> room{};
        while (!stop.stop_requested()) {
            pollfd wait{master, POLLIN, 0};
            poll(&wait, 1, turn_ms);
            // Nobody has the port open: there is nothing to wait for.
            if ((wait.revents & POLLHUP) != 0) std::this_thread::sleep_for(std::chrono::milliseconds{turn_ms});
            Bytes from_host;
            if ((wait.revents & POLLIN) != 0)
                if (const auto came = read(master, room.data(), room.size()); came > 0) from_host.assign(room.begin(), room.begin() + came);
            spoil(from_host, owner.baud_);
            Bytes to_host;
            {
                const std::lock_guard lock(owner.world_);
                if (!from_host.empty()) owner.model_.host_writes(from_host, owner.now_());
                to_host = owner.model_.host_reads(room.size(), owner.now_());
            }
            spoil(to_host, owner.baud_);
            // What the terminal's buffer does not hold because nobody reads is lost, as on a line.
            if (!to_host.empty()) (void)!write(master, to_host.data(), to_host.size());
        }
    }
};

SdtSerial::SdtSerial(SdtReader& model, std::filesystem::path name, std::mutex& world, std::function<Time()> now, int baud)
    : model_(model), name_(std::move(name)), world_(world), now_(std::move(now)), baud_(baud) {}

SdtSerial::~SdtSerial() { unplug(); }

std::expected<void, std::string> SdtSerial::plug() {
    if (line_) return {};
    auto line = std::make_unique<Line>();
    line->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    std::array<char, 128> slave{};
    if (line->master < 0 || grantpt(line->master) != 0 || unlockpt(line->master) != 0 || ptsname_r(line->master, slave.data(), slave.size()) != 0)
        return std::unexpected(fmt::format("no pseudo terminal: {}", std::strerror(errno)));
    termios mode{};
    if (tcgetattr(line->master, &mode) == 0) {
        cfmakeraw(&mode);
        cfsetspeed(&mode, B9600);
        tcsetattr(line->master, TCSANOW, &mode);
    }
    std::error_code error;
    std::filesystem::remove(name_, error);
    std::filesystem::create_symlink(slave.data(), name_, error);
    if (error) return std::unexpected(fmt::format("{}: {}", name_.string(), error.message()));
    line_ = std::move(line);
    line_->thread = std::jthread([this, kept = line_.get()](const std::stop_token& stop) { kept->carry(*this, stop); });
    return {};
}

void SdtSerial::unplug() {
    if (!line_) return;
    std::error_code ignored;
    std::filesystem::remove(name_, ignored);
    line_.reset();
    const std::lock_guard lock(world_);
    model_.power_cycle();
}

}  // namespace sim
