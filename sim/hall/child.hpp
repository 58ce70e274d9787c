// A process that the simulator starts and stops, by its id: the kiosk, the centre.
#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace sim {

class Child {
  public:
    struct Setup {
        std::vector<std::string> argv;
        std::map<std::string, std::string> environment;  ///< added to the parent's
        std::optional<int> inherit;                      ///< a descriptor that stays open in the child, same number
        std::filesystem::path log;                       ///< stderr is appended here; stdout too unless `pipe_stdout`
        bool pipe_stdout = false;
    };
    explicit Child(Setup setup);
    /// Killed (SIGKILL) and reaped when it still runs.
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    [[nodiscard]] bool running();
    void signal(int number);
    /// Exit code, 128 + signal, or nothing when it did not end within `limit`.
    std::optional<int> wait(std::chrono::milliseconds limit);
    /// One line of its stdout (pipe_stdout), nothing when none came within `limit`.
    std::optional<std::string> read_line(std::chrono::milliseconds limit);
    [[nodiscard]] pid_t pid() const { return pid_; }

  private:
    pid_t pid_ = -1;
    int out_ = -1;
    std::optional<int> ended_;
    std::string buffer_;
};

/// Runs to its end and gives what it printed; nothing when it failed or took longer than `limit`.
std::optional<std::string> run_and_read(std::vector<std::string> argv, std::chrono::milliseconds limit, const std::filesystem::path& log,
                                        std::map<std::string, std::string> environment = {});

}  // namespace sim
