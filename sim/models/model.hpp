// What every model of the simulator is: bytes and time in, bytes out. Pure: no clock, no thread, no chance of its own, no code of the house it tests.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sim {

using Bytes = std::vector<std::byte>;
using View = std::span<const std::byte>;
/// Time of the simulated hall since it was set up.
using Time = std::chrono::microseconds;

/// The fault words of every device (architecture.md). A device's own words (jam, ribbon_out ...) stand beside it.
enum class Disturbance { none, off, stuck, garbage, wrong, slow, delayed, intermittent, unplugged };
[[nodiscard]] std::optional<Disturbance> disturbance_of(std::string_view word);
[[nodiscard]] std::string_view name_of(Disturbance d);

/// xorshift, for models that need variety: seeded, never the machine's.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ull + 0xD1B54A32D192ED03ull) {}
    std::uint64_t next() {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return state_;
    }
    /// 0 <= n < limit
    std::uint64_t below(std::uint64_t limit) { return limit ? next() % limit : 0; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }

  private:
    std::uint64_t state_;
};

}  // namespace sim
