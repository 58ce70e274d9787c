// systemd's socket activation by hand (LISTEN_FDS, LISTEN_PID: the path of pcscd's own socket is compiled in and cannot be chosen), in a mount
// namespace with an empty /run/pcscd where unshare is allowed, so that its pid file meets nobody else's.
#include "sim/wire/pcscd.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sim {
namespace {

constexpr int first_listen_fd = 3;     // SD_LISTEN_FDS_START
constexpr int stop_limit_ms = 3'000, settle_ms = 150;
constexpr const char* run_directory = "/run/pcscd";

void write_text(const char* path, const char* text) {
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return;
    (void)!::write(fd, text, std::strlen(text));
    close(fd);
}

/// In the child. Its own view of /run/pcscd; where that is not allowed the daemon still works, it only writes its pid file to the common place.
void hide_run_directory(const char* ids_uid, const char* ids_gid, bool common_run_is_free) {
    if (unshare(CLONE_NEWNS) != 0) {
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return;
        write_text("/proc/self/setgroups", "deny");
        write_text("/proc/self/uid_map", ids_uid);
        write_text("/proc/self/gid_map", ids_gid);
    }
    if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return;
    struct stat there {};
    if (stat(run_directory, &there) == 0) {
        (void)mount("tmpfs", run_directory, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1m");
    } else if (common_run_is_free && mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1m") == 0) {
        (void)mkdir(run_directory, 0755);
    }
}

}  // namespace

std::expected<void, std::string> PrivatePcscd::write_configuration() const {
    std::error_code error;
    const auto folder = setup_.directory / "reader.conf.d";
    std::filesystem::create_directories(folder, error);
    std::ofstream file(folder / "liqu");
    for (std::size_t i = 0; i < setup_.readers.size(); ++i) {
        const Reader& r = setup_.readers[i];
        file << fmt::format("FRIENDLYNAME \"{}\"\nDEVICENAME {}\nLIBPATH {}\nCHANNELID {}\n\n", r.name, r.device, setup_.handler.native(), i);
    }
    file.close();
    if (!file) return std::unexpected(fmt::format("cannot write pcscd's configuration in {}", folder.native()));
    if (!std::filesystem::exists(setup_.handler, error)) return std::unexpected(fmt::format("the reader driver {} is missing: build the target ifd_liqu", setup_.handler.native()));
    if (!std::filesystem::exists(setup_.program, error)) return std::unexpected(fmt::format("{} is missing: install the package pcscd", setup_.program.native()));
    return {};
}

std::expected<int, std::string> PrivatePcscd::bind_socket() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = client_socket().native();
    if (path.size() >= sizeof address.sun_path) return std::unexpected(fmt::format("the socket's path is longer than {} bytes: {}", sizeof address.sun_path - 1, path));
    std::memcpy(address.sun_path, path.c_str(), path.size());
    ::unlink(path.c_str());  // a killed daemon leaves it behind
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(fd, 16) != 0) {
        const std::string why = std::strerror(errno);
        if (fd >= 0) close(fd);
        return std::unexpected(fmt::format("cannot listen on {}: {}", path, why));
    }
    return fd;
}

std::expected<void, std::string> PrivatePcscd::start() {
    if (running()) return {};
    if (auto written = write_configuration(); !written) return written;
    const auto listening = bind_socket();
    if (!listening) return std::unexpected(listening.error());
    // Everything that allocates is made before fork: other threads may hold the heap's lock.
    const std::string conf = (setup_.directory / "reader.conf.d").native(), log_path = log().native(), program = setup_.program.native();
    const std::string uid_map = fmt::format("{0} {0} 1\n", getuid()), gid_map = fmt::format("{0} {0} 1\n", getgid());
    const bool common_run_is_free = !conf.starts_with("/run/") && !setup_.handler.native().starts_with("/run/");
    const int log_fd = open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    // pcscd shall see the real machine, not umockdev's: its preload and test bed are not handed on.
    std::vector<std::string> environment = {"LISTEN_FDS=1", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"};
    std::array<char, 32> listen_pid{};
    std::vector<char*> env;
    for (std::string& e : environment) env.push_back(e.data());
    env.push_back(listen_pid.data());
    env.push_back(nullptr);
    std::vector<const char*> args = {program.c_str(), "-f", "-c", conf.c_str(), nullptr};
    const pid_t parent = getpid();

    const pid_t child = fork();
    if (child < 0) {
        close(*listening);
        if (log_fd >= 0) close(log_fd);
        return std::unexpected(fmt::format("cannot fork: {}", std::strerror(errno)));
    }
    if (child == 0) {
        hide_run_directory(uid_map.c_str(), gid_map.c_str(), common_run_is_free);
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent) _exit(1);
        if (log_fd >= 0) {
            dup2(log_fd, STDOUT_FILENO);
            dup2(log_fd, STDERR_FILENO);
        }
        if (*listening == first_listen_fd) fcntl(first_listen_fd, F_SETFD, 0);
        else dup2(*listening, first_listen_fd);
        std::snprintf(listen_pid.data(), listen_pid.size(), "LISTEN_PID=%d", getpid());
        execve(program.c_str(), const_cast<char* const*>(args.data()), env.data());
        _exit(127);
    }
    close(*listening);
    if (log_fd >= 0) close(log_fd);
    pid_ = child;
    await_end(settle_ms);
    if (pid_ < 0) return std::unexpected(fmt::format("pcscd ended at once; see {}", log_path));
    return {};
}

/// Reaps the daemon if it ends within the time.
void PrivatePcscd::await_end(int milliseconds) {
    for (int waited = 0; pid_ > 0; waited += 10) {
        const pid_t ended = waitpid(pid_, nullptr, WNOHANG);
        if (ended == pid_ || (ended < 0 && errno == ECHILD)) {
            pid_ = -1;
            return;
        }
        if (waited >= milliseconds) return;
        usleep(10'000);
    }
}

bool PrivatePcscd::running() {
    await_end(0);
    return pid_ > 0;
}

void PrivatePcscd::stop() {
    if (!running()) return;
    ::kill(pid_, SIGTERM);
    await_end(stop_limit_ms);
    kill();
    ::unlink(client_socket().c_str());
}

void PrivatePcscd::kill() {
    if (!running()) return;
    ::kill(pid_, SIGKILL);
    await_end(stop_limit_ms);
}

}  // namespace sim
