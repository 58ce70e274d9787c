// A secret that a technician gives: typed without echo, or through a descriptor, where no list of processes and no shell history shows it.
#pragma once
#include "drivers/bytes.hpp"

#include <expected>
#include <string>

namespace ctl {

inline constexpr std::size_t max_secret_bytes = 64;

/// One line of `fd`, without its end. The error is a sentence.
[[nodiscard]] std::expected<drivers::Secret, std::string> secret_from(int fd);
/// Typed on the controlling terminal, not on standard input; Ctrl-C and Ctrl-D give up. The terminal is as before afterwards.
[[nodiscard]] std::expected<drivers::Secret, std::string> secret_from_terminal(const std::string& prompt);

}  // namespace ctl
