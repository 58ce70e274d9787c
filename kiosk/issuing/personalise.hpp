// The dialogue that personalises a chip (protocol.cddl, "personalise"): who the chip is and the report of the last batch go to the centre; a signed batch of
// commands or a verdict comes back. The kiosk is a relay: what the commands mean is the centre's affair, what may be sent at all is the card path's allow-list.
#pragma once
#include "drivers/ss_card/ss_card.hpp"
#include "kiosk/ids.hpp"

#include <chrono>
#include <optional>

namespace kiosk {

/// Of one attempt. A batch's number is its question's `step`.
inline constexpr int max_batches = 16;
inline constexpr std::size_t max_batch_bytes = 16'384, max_batch_steps = 64, max_patterns = 16, max_capture_bytes = 256, max_word_bytes = 24, max_reader_bytes = 64;
inline constexpr std::chrono::milliseconds least_step_limit{10}, most_step_limit{10'000};
/// Sum of all steps' limits: longer than that no batch may hold a card.
inline constexpr std::chrono::seconds most_batch_time{180};

/// Status words: four hexadecimal digits of which any may be a star ("9000", "63C*").
struct StatusPattern {
    std::uint16_t value = 0, mask = 0;
    [[nodiscard]] bool fits(std::uint16_t sw) const { return (sw & mask) == value; }
    [[nodiscard]] static std::optional<StatusPattern> parse(std::string_view text);
    friend bool operator==(const StatusPattern&, const StatusPattern&) = default;
};

struct BatchStep {
    int number = 0;                      ///< 1.., without gaps
    Bytes apdu;                          ///< at most drivers::max_apdu_bytes
    std::vector<StatusPattern> allowed;  ///< any other status word ends the batch
    std::chrono::milliseconds limit{};
    std::string capture;                 ///< the answer is reported, without anybody's looking into it; empty: only its status word is
    bool redact = false;                 ///< nothing of this command or its answer is ever said in a fault
    bool commit = false;                 ///< under an intent of the ledger
};

/// What follows a status word that its step does not allow. stop: report, the centre decides; reauth: report, the centre begins again at its resume point;
/// reject_card: nothing more is asked, the card is spoiled.
enum class OnFail { stop, reauth, reject_card };

/// One signed batch, its signature proven. `job` is the attempt's: whether all of it fits this card is the relay's question.
struct Batch {
    ApplicationId application;
    int attempt = 0, seq = 0;
    std::string kiosk;
    Bytes previous;         ///< SHA-256 of the report before it as sent, of nothing for the first
    Utc expires{};          ///< by the centre's clock
    Bytes atr, chip;
    std::string phase, resume;  ///< a-z 0-9 and '-': what it does, and where the centre begins again
    std::vector<BatchStep> steps;
    std::vector<std::pair<StatusPattern, OnFail>> on_fail;  ///< the first that fits decides; none: stop
    Bytes hash;             ///< SHA-256 of the bytes that were signed

    Batch() = default;
    Batch(Batch&&) = default;
    Batch& operator=(Batch&&) = default;
    ~Batch() { wipe(); }
    void wipe();
};

struct BatchReport {
    struct Result {
        int number = 0;
        std::uint16_t sw = 0;
        std::optional<Bytes> captured;  ///< exactly where the step asked for it
    };
    ApplicationId application;
    int attempt = 0, seq = 0;
    Bytes batch;  ///< its hash
    std::vector<Result> results;  ///< of the steps that were answered, in order
    /// Why there are fewer results than steps, beside a status word. expired: nothing was sent.
    bool card_removed = false, card_reset = false, timed_out = false, reader_lost = false, expired = false;
    std::string reader;
    void wipe();
};

/// What is asked: the next batch, or how it ended.
struct PersonaliseQuestion {
    Bytes atr, chip;
    std::string version;
    std::uint8_t algorithm = 1;
    Bytes report;  ///< encode_report's bytes; empty at the first question
};
PersonaliseQuestion question_about(const drivers::ChipIdentity& chip, Bytes report);

enum class ChipVerdict { personalised, reject_card };
struct PersonaliseAnswer {
    std::optional<Batch> batch;  ///< or
    ChipVerdict verdict = ChipVerdict::reject_card;
    std::string reason;  ///< of a verdict: a word
};

namespace wire {
[[nodiscard]] Bytes encode_question(const PersonaliseQuestion& question);
[[nodiscard]] Bytes encode_report(const BatchReport& report, const std::string& kiosk_id);
struct BatchBytes {
    Bytes batch, signature;  ///< both empty: a verdict
    ChipVerdict verdict = ChipVerdict::reject_card;
    std::string reason;
};
/// centre_garbage names the field.
[[nodiscard]] drivers::Result<BatchBytes> decode_personalise(View body);
/// centre_signature, centre_garbage.
[[nodiscard]] drivers::Result<Batch> open_batch(View batch, View signature, View centre_sign);
}  // namespace wire

}  // namespace kiosk
