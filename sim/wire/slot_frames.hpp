// The few bytes that go between the IFD handler inside pcscd and liqu-sim: one frame asks, one frame answers, on a Unix stream socket.
// Frame: kind, reader, length (2, big endian), payload. Included by both sides; needs nothing but the C library.
#pragma once
#include <stdint.h>

namespace sim::slots {

/// What the handler asks. `wait` carries the insertion number last reported (4) and a limit in milliseconds (4), big endian.
enum Ask : uint8_t { presence = 1, power_up = 2, power_down = 3, transmit = 4, wait = 5 };
/// How liqu-sim answers. `state` carries the insertion number (4): 0 empty, 0xFFFFFFFF reader unplugged, else a card.
enum Tell : uint8_t { done = 1, state = 2, mute = 3, no_card = 4, unplugged = 5 };

inline constexpr uint32_t empty = 0, away = 0xFFFFFFFFu;
inline constexpr unsigned header_bytes = 4, max_payload_bytes = 1024;

inline void put32(unsigned char* to, uint32_t value) {
    to[0] = static_cast<unsigned char>(value >> 24);
    to[1] = static_cast<unsigned char>(value >> 16);
    to[2] = static_cast<unsigned char>(value >> 8);
    to[3] = static_cast<unsigned char>(value);
}
inline uint32_t get32(const unsigned char* from) {
    return static_cast<uint32_t>(from[0]) << 24 | static_cast<uint32_t>(from[1]) << 16 | static_cast<uint32_t>(from[2]) << 8 | from[3];
}

}  // namespace sim::slots
