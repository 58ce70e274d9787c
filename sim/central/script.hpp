// What is said to a chip to personalise it, phase by phase: pure, from the order's contents, the chip's generation and algorithm, and the challenges it gave.
// A phase that needs a key begins with a challenge, which the card gives in the batch before: each batch does one phase and opens the next.
#pragma once
#include "sim/central/batch.hpp"
#include "sim/central/card_keys.hpp"
#include "sim/central/certificates.hpp"
#include "sim/central/chip.hpp"

namespace sim {

/// records: UK_SSSE writes EF05 and EF06. read_back: everything that was written is read and compared; generation 3.00 wants RK_SSSE first. certificates:
/// UK_SSSE inside DF ACSE, written and read back.
enum class Phase { records, read_back, certificates, finished };
[[nodiscard]] std::string_view name_of(Phase phase);

struct Subject {
    Cipher cipher = Cipher::triple_des;
    MasterKey master{};
    Bytes chip;
    std::string version;  ///< "1.00" "2.00" "3.00"
    std::vector<CardRecord> records;
    bool with_certificates = false;
    CertificateOrder certificates{};
    std::array<unsigned char, 64> secret{};  ///< of the authority, and of the challenges to the card
    Bytes nonce;                             ///< 16 bytes that nobody can know before: process and original of INTERNAL AUTHENTICATE
};

/// Where the dialogue stands. Challenge given: the next batch does the phase; otherwise it only opens it.
struct Stand {
    Phase phase = Phase::records;
    Bytes original, process;  ///< of the card, 8 bytes each, or empty
    Bytes signature_key;      ///< the card's, once read
};

struct Script {
    std::vector<BatchStep> steps;
    std::string phase, resume;
    Phase next = Phase::records;  ///< when every step went well
};
/// The error is a word for the verdict: this card cannot be made.
[[nodiscard]] std::expected<Script, std::string> script_of(const Subject& subject, const Stand& stand);

/// What the results of a whole batch say: where the dialogue stands now, or why the card is rejected ("read-back", "not-genuine" ..).
[[nodiscard]] std::expected<Stand, std::string> stand_after(const Script& script, const Stand& before, const std::vector<BatchReport::Result>& results);

}  // namespace sim
