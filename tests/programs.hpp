// Other programs as a test meets them: this one itself, what a command says and how it ends; and a folder that goes with the test.
#pragma once
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace tests {

[[nodiscard]] inline std::string this_program() { return std::filesystem::read_symlink("/proc/self/exe").native(); }

/// All that a command says on both outputs, and how it ended (as pclose says it).
struct Said {
    std::string out;
    int status = -1;
    /// -1: not by itself.
    [[nodiscard]] int code() const { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }
};
inline Said said_by(const std::string& command) {
    Said said;
    FILE* pipe = popen((command + " 2>&1").c_str(), "r");
    REQUIRE(pipe);
    char buffer[4096];
    while (const std::size_t n = fread(buffer, 1, sizeof buffer, pipe)) said.out.append(buffer, n);
    said.status = pclose(pipe);
    return said;
}

/// With a short path, for sockets will lie in it; under `parent` where that is a folder.
struct Folder {
    std::filesystem::path path;
    explicit Folder(const std::string& purpose, const std::filesystem::path& parent = "/tmp") {
        std::error_code ignored;
        std::string name = (std::filesystem::is_directory(parent, ignored) ? parent : std::filesystem::temp_directory_path()) / ("liqu-" + purpose + "-XXXXXX");
        REQUIRE(mkdtemp(name.data()));
        path = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
};

}  // namespace tests
