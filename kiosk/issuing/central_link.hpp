// One exchange with the centre: request bytes out, reply bytes in. Contract; http_link.cpp is the default transport.
#pragma once
#include "kiosk/ids.hpp"

#include <memory>

namespace kiosk {

inline constexpr std::size_t max_message_bytes = 262'144;

class CentralLink {
  public:
    virtual ~CentralLink() = default;
    /// The whole exchange ends within `limit`, whatever the other side does (a drip-fed reply must not hold a kiosk).
    /// centre_unreachable (nothing was answered: it may nevertheless have been received), centre_too_slow, centre_too_large, centre_garbage (HTTP status).
    virtual awaitable<Result<Bytes>> exchange(Bytes request, Duration limit) = 0;
};

/// HTTP(S) POST; own thread per exchange lane, never blocks the loop. Plain http only to loopback: other plain URLs are bad_configuration.
[[nodiscard]] Result<std::unique_ptr<CentralLink>> make_http_link(asio::any_io_executor loop, const std::string& url);

}  // namespace kiosk
