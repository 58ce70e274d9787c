// A test that needs devices which only umockdev has starts itself again under umockdev-wrapper: there the preload stands between the driver and the kernel.
#pragma once
#include "tests/programs.hpp"

namespace tests {

inline constexpr int longest_seconds = 120;  ///< of one such test; killed then

/// The case `name` of this program, which is skipped otherwise, passes under umockdev-wrapper. Skipped with a message where the wrapper is not installed.
inline void passes_under_umockdev(const std::string& name) {
    if (std::system("command -v umockdev-wrapper >/dev/null 2>&1") != 0) {
        MESSAGE("skipped: umockdev-wrapper is not installed (package umockdev)");
        return;
    }
    const auto said = said_by("timeout -s KILL " + std::to_string(longest_seconds) + " umockdev-wrapper " + this_program() + " -tc='" + name + "' --no-skip");
    CAPTURE(said.out);
    CHECK(said.status == 0);
    CHECK(said.out.find("1 passed") != std::string::npos);
}

}  // namespace tests
