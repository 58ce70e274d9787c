// Commands as a passport's chip takes them apart, and secure messaging from the chip's side (9303-11, 9.8). For the passport model only.
#pragma once
#include "sim/models/passport_crypto.hpp"

#include <expected>

namespace sim::passport {

enum Status {
    fine = 0x9000, warning_end_of_file = 0x6282, wrong_key = 0x6300, wrong_length = 0x6700, no_channels = 0x6881, no_such_messaging = 0x6882, no_chaining = 0x6884,
    not_allowed = 0x6982, conditions = 0x6985, no_file_selected = 0x6986, objects_missing = 0x6987, objects_wrong = 0x6988, wrong_data = 0x6A80,
    no_file = 0x6A82, wrong_p1p2 = 0x6A86, no_reference = 0x6A88, wrong_offset = 0x6B00, no_instruction = 0x6D00, no_class = 0x6E00
};

struct Command {
    int cla = 0, ins = 0, p1 = 0, p2 = 0;
    Bytes data;
    std::optional<int> le;  ///< 1 to 256
    [[nodiscard]] int p1p2() const { return p1 << 8 | p2; }
    /// Short lengths only; nothing for anything else.
    [[nodiscard]] static std::optional<Command> of(View apdu);
};
struct Reply {
    int sw = fine;
    Bytes data{};
};

inline constexpr int secured_bits = 0x0C, chained_bit = 0x10;

class SecureSession {
  public:
    /// `counter` has the size of a block.
    SecureSession(Suite suite, Bytes encryption, Bytes mac, Bytes counter) : suite_(suite), encryption_(std::move(encryption)), mac_(std::move(mac)), counter_(std::move(counter)) {}
    /// Session keys of a shared secret, the counter at nought.
    [[nodiscard]] static SecureSession from(Suite suite, View secret) { return {suite, suite.derive(secret, Suite::for_encryption), suite.derive(secret, Suite::for_mac), Bytes(suite.block())}; }

    /// The command inside, or why the session ends: 6987 without a checksum, 6988 for anything that is wrong.
    [[nodiscard]] std::expected<Command, Status> open(const Command& secured);
    /// The whole answer with its status word.
    [[nodiscard]] Bytes seal(const Reply& reply);
    /// What fits into an answer of 256 bytes.
    [[nodiscard]] std::size_t most_bytes() const { return (256 - 4 - 4 - 10) / suite_.block() * suite_.block() - 1; }

  private:
    void count();
    [[nodiscard]] Bytes iv() const;
    Suite suite_;
    Bytes encryption_, mac_, counter_;
};

}  // namespace sim::passport
