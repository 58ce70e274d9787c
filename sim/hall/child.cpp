// fork, exec, wait. The child dies with its parent (PR_SET_PDEATHSIG): nothing is left running behind a killed simulator.
#include "sim/hall/child.hpp"

#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sstream>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace sim {

namespace {
/// No signal reaches a child between fork and exec: it would run the parent's handlers, with none of the parent's threads.
class SignalsHeld {
  public:
    SignalsHeld() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsHeld() { release(); }
    SignalsHeld(const SignalsHeld&) = delete;
    SignalsHeld& operator=(const SignalsHeld&) = delete;
    void release() const { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  private:
    sigset_t before_{};
};

void forget_handlers() {
    for (int number = 1; number < NSIG; ++number) {
        struct sigaction action{};
        if (sigaction(number, nullptr, &action) != 0 || action.sa_handler == SIG_IGN || action.sa_handler == SIG_DFL) continue;
        action = {};
        action.sa_handler = SIG_DFL;
        sigaction(number, &action, nullptr);
    }
}

/// Everything that the child needs, made before the fork: the parent has threads, and a lock that one of them holds (an allocator's, umockdev's around each open
/// and close) would be held in the child for ever.
struct Image {
    std::string program;
    std::vector<std::string> variables;
    std::vector<char*> argv, environment;

    explicit Image(const Child::Setup& setup) : program(found(setup.argv.at(0))) {
        for (char** entry = environ; *entry; ++entry) {
            const std::string_view text(*entry);
            if (!setup.environment.contains(std::string(text.substr(0, text.find('='))))) variables.emplace_back(text);
        }
        for (const auto& [key, value] : setup.environment) variables.push_back(key + "=" + value);
        for (const auto& word : setup.argv) argv.push_back(const_cast<char*>(word.c_str()));
        for (auto& variable : variables) environment.push_back(variable.data());
        argv.push_back(nullptr);
        environment.push_back(nullptr);
    }
    static std::string found(const std::string& name) {
        if (name.find('/') != std::string::npos) return name;
        const char* path = std::getenv("PATH");
        std::istringstream folders(path ? path : "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
        for (std::string folder; std::getline(folders, folder, ':');)
            if (const auto file = folder + "/" + name; access(file.c_str(), X_OK) == 0) return file;
        return name;
    }
};

/// System calls and nothing else.
[[noreturn]] void become(const Image& image, const std::optional<int>& inherit, int out, int log) {
    syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (out >= 0 || log >= 0) syscall(SYS_dup3, out >= 0 ? out : log, STDOUT_FILENO, 0);
    if (log >= 0) syscall(SYS_dup3, log, STDERR_FILENO, 0);
    const unsigned kept = inherit ? static_cast<unsigned>(*inherit) : ~0U;
    if (kept > 3) syscall(SYS_close_range, 3U, kept - 1, 0);
    if (kept != ~0U) syscall(SYS_close_range, kept + 1, ~0U, 0);
    syscall(SYS_execve, image.program.c_str(), image.argv.data(), image.environment.data());
    for (;;) syscall(SYS_exit_group, 127);
}
int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }
}  // namespace

Child::Child(Setup setup) {
    int pipes[2] = {-1, -1};
    if (setup.pipe_stdout && pipe2(pipes, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    const int log = setup.log.empty() ? -1 : open(setup.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (setup.inherit) fcntl(*setup.inherit, F_SETFD, 0);
    const Image image(setup);
    const SignalsHeld held;
    pid_ = fork();
    if (pid_ < 0) throw std::runtime_error("fork");
    if (pid_ == 0) {
        forget_handlers();
        held.release();
        become(image, setup.inherit, pipes[1], log);
    }
    if (pipes[1] >= 0) close(pipes[1]);
    if (log >= 0) close(log);
    out_ = pipes[0];
}

Child::~Child() {
    if (running()) {
        signal(SIGKILL);
        wait(std::chrono::seconds{5});
    }
    if (out_ >= 0) close(out_);
}

bool Child::running() { return !wait(std::chrono::milliseconds{0}).has_value(); }

void Child::signal(int number) {
    if (!ended_ && pid_ > 0) kill(pid_, number);
}

std::optional<int> Child::wait(std::chrono::milliseconds limit) {
    for (auto left = limit;; left -= std::chrono::milliseconds{5}) {
        if (ended_) return ended_;
        int status = 0;
        if (waitpid(pid_, &status, WNOHANG) == pid_) {
            ended_ = code_of(status);
            return ended_;
        }
        if (left.count() <= 0) return std::nullopt;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
}

std::optional<std::string> Child::read_line(std::chrono::milliseconds limit) {
    constexpr std::size_t most = 8u << 20;
    for (;;) {
        if (const auto end = buffer_.find('\n'); end != std::string::npos) {
            auto line = buffer_.substr(0, end);
            buffer_.erase(0, end + 1);
            return line;
        }
        pollfd p{out_, POLLIN, 0};
        if (out_ < 0 || poll(&p, 1, static_cast<int>(limit.count())) <= 0) return std::nullopt;
        char chunk[65536];
        const auto n = read(out_, chunk, sizeof chunk);
        if (n <= 0 || buffer_.size() > most) return std::nullopt;
        buffer_.append(chunk, static_cast<std::size_t>(n));
    }
}

std::optional<std::string> run_and_read(std::vector<std::string> argv, std::chrono::milliseconds limit, const std::filesystem::path& log,
                                        std::map<std::string, std::string> environment) {
    Child child({.argv = std::move(argv), .environment = std::move(environment), .inherit = {}, .log = log, .pipe_stdout = true});
    std::string all;
    while (auto line = child.read_line(limit)) all += *line + "\n";
    const auto code = child.wait(limit);
    if (!code || *code != 0) return std::nullopt;
    return all;
}

}  // namespace sim
