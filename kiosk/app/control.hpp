// The control socket: liqu-ctl asks a running kiosk. A Unix socket in the data directory; the peer's uid must be the kiosk's own or root.
#pragma once
#include "kiosk/kiosk.hpp"

namespace kiosk {

inline constexpr std::size_t max_control_line = 256;

/// One JSON line in ({"command":"status"}), one JSON line out, then the connection is closed. Runs until cancelled; one client at a time, 2 s each.
awaitable<void> serve_control(Kiosk& kiosk, std::filesystem::path socket);

}  // namespace kiosk
