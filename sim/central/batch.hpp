// Batches and reports of the personalisation's dialogue as the centre writes and reads them (protocol.cddl, "personalise").
#pragma once
#include "sim/central/codec.hpp"

namespace sim {

inline constexpr int max_batches = 16;             ///< of an attempt
inline constexpr std::size_t max_steps = 64, max_captured = 256;
inline constexpr std::int64_t batch_life_s = 60;   ///< until a batch is not run any more

/// What a step allows is 9000; what it captures may be compared.
struct BatchStep {
    Bytes command;
    int limit_ms = 3000;
    std::string capture{};            ///< name of what is reported; empty: only the status word is
    std::optional<Bytes> expected{};  ///< the whole captured answer
    bool redact = false, commit = false;
};

struct BatchHead {
    Bytes application, atr, chip, previous;  ///< previous: SHA-256 of the last report
    int attempt = 0, seq = 0;
    std::string kiosk, phase, resume;
    std::int64_t expires = 0;
};
/// The bytes that are signed.
[[nodiscard]] Bytes write_batch(const BatchHead& head, const std::vector<BatchStep>& steps);

struct BatchReport {
    struct Result {
        int sw = 0;
        std::optional<Bytes> captured;
    };
    Bytes batch;  ///< its hash
    Bytes application;
    int attempt = 0, seq = 0;
    std::string kiosk, reader;
    std::vector<std::string> flags;
    std::vector<Result> results;  ///< of steps 1, 2, 3 ..
    [[nodiscard]] bool says(std::string_view flag) const;
};
[[nodiscard]] Asked<BatchReport> read_report(View bytes);

/// What a kiosk does with a status word that no step allows: "stop", "reauth", "reject_card".
[[nodiscard]] std::string_view on_fail(int sw);

}  // namespace sim
