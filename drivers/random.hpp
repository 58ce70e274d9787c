// Chance, injected: nothing above the ports draws numbers of its own.
#pragma once
#include "drivers/bytes.hpp"

#include <memory>

namespace drivers {

class Random {
  public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::byte> out) = 0;
    [[nodiscard]] Bytes bytes(std::size_t n) {
        Bytes out(n);
        fill(out);
        return out;
    }
};

/// The operating system's generator (libsodium).
[[nodiscard]] std::unique_ptr<Random> make_system_random();
/// Deterministic numbers of one seed; for the world and for tests only.
[[nodiscard]] std::unique_ptr<Random> make_seeded_random(std::uint64_t seed);

}  // namespace drivers
