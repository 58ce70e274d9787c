// libsodium's generator and its deterministic one.
#include "drivers/random.hpp"

#include <memory>
#include <sodium.h>
#include <stdexcept>

namespace drivers {

namespace {
class SystemRandom final : public Random {
  public:
    SystemRandom() {
        if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
    }
    void fill(std::span<std::byte> out) override {
        if (!out.empty()) randombytes_buf(out.data(), out.size());
    }
};

/// ChaCha20's key stream, block by block: the same on every machine.
class SeededRandom final : public Random {
  public:
    explicit SeededRandom(std::uint64_t seed) {
        for (int i = 0; i < 8; ++i) seed_[i] = static_cast<unsigned char>(seed >> (8 * i));
    }
    void fill(std::span<std::byte> out) override {
        auto block = seed_;
        for (int i = 0; i < 8; ++i) block[24 + i] = static_cast<unsigned char>(counter_ >> (8 * i));
        ++counter_;
        if (!out.empty()) randombytes_buf_deterministic(out.data(), out.size(), block.data());
    }

  private:
    std::array<unsigned char, randombytes_SEEDBYTES> seed_{};
    std::uint64_t counter_ = 0;
};
}  // namespace

std::unique_ptr<Random> make_system_random() { return std::make_unique<SystemRandom>(); }
std::unique_ptr<Random> make_seeded_random(std::uint64_t seed) { return std::make_unique<SeededRandom>(seed); }

}  // namespace drivers
