// Reading a social security card of any generation: the holder, every directory, certificates. Generation 3.00 shows its holder only after the centre has judged
// the card and the card has judged the centre (facts: social-security-card-commands.md, "Read base, generation 3.00"). Personal data: wipe what was read.
#pragma once
#include "drivers/ss_card/ss_card.hpp"

namespace drivers {

/// What the centre is asked before a card of generation 3.00 is read. `card_proof` stays here: it is compared with the centre's answer.
struct ReadQuestion {
    std::string key = "RK_SSSE";
    Bytes internal_original, internal_process;  ///< 8 each
    Bytes external_original, external_process;  ///< 8 each
    Bytes card_proof;                           ///< 8: the card's answer to INTERNAL AUTHENTICATE
};

/// EF05 and EF06 as texts (UTF-8, digits); a record that was never written is empty.
struct CardHolder {
    std::string card_class, organisation, issued_on, valid_to, card_number;
    std::string social_security_number, name, sex, nation, birth_place, birth_date;
    void wipe() noexcept;
};

/// One value. `text` is what type and padding make of the bytes; hexadecimal when they do not follow their type (`follows_type` false).
struct CardField {
    std::uint16_t file = 0;
    std::string name;  ///< "social_security_number", or "tag 8B", "education.tag 57", "debit_log 1.field 3"
    std::string text;
    chip::About about = chip::About::holder;
    bool follows_type = true;
};
enum class FileAccess : std::uint8_t { read, absent, refused };
struct FileReading {
    std::uint16_t file = 0;
    std::string name;
    FileAccess access = FileAccess::absent;
    std::vector<CardField> fields;
};
struct DirectoryReading {
    std::string name;
    bool present = false;
    std::vector<FileReading> files;
    void wipe() noexcept;
};

/// Over a reader whose card ChipSession::identify() has found; the session stays the owner of the connection.
class CardReading {
  public:
    explicit CardReading(CardReader& reader) : reader_(reader) {}

    /// Step 1 of generation 3.00: internal authentication with two challenges of the card's own, then two challenges for the external one. Selects the SSSE.
    awaitable<Result<ReadQuestion>> question();
    /// Step 2, at once afterwards: the centre's 16 + 16 bytes. The first 8 of `internal16` must be the card's proof, otherwise chip_auth_failed "not genuine" (national
    /// code -25) and nothing is sent; then EXTERNAL AUTHENTICATE with `external16`.
    awaitable<Result<void>> admit(ReadQuestion question, Bytes internal16, Bytes external16);
    /// EF05 and EF06 of the SSSE, which is selected (identify(), question()): selecting it again might end what admit() gained. chip_auth_failed on a card that has not admitted us; chip_mismatch when a record has another length or is not of its type.
    awaitable<Result<CardHolder>> holder(chip::Generation generation);
    /// Everything in that directory that the card shows now; what it refuses (PIN, key) is said file by file. A card that fails in another way ends the reading.
    awaitable<Result<DirectoryReading>> directory(std::string name, chip::Generation generation);
    /// The first `size` bytes of a transparent file (certificates: "ACSE" EF15..EF18). chip_mismatch when the card has no such file or it is shorter.
    awaitable<Result<Bytes>> binary(std::string directory, std::uint16_t file, std::size_t size);
    /// The DER object at the start of a transparent file, whole; empty when nothing was written there.
    awaitable<Result<Bytes>> certificate(std::uint16_t file);

  private:
    awaitable<Result<FileReading>> file(const chip::FileRow& row, chip::Generation generation);
    awaitable<Result<void>> tagged(const chip::FileRow& row, chip::Generation generation, FileReading& into);
    awaitable<Result<void>> cyclic(const chip::FileRow& row, FileReading& into);
    awaitable<Result<void>> transparent(const chip::FileRow& row, FileReading& into);
    awaitable<Result<Bytes>> selected_binary(std::uint16_t file, std::size_t from, std::size_t size);
    CardReader& reader_;
};

/// Largest transparent file that is read; 15 bits of offset allow no more than 32 K, real ones have 2.
inline constexpr std::size_t max_binary_bytes = 4096;
/// One value by its type; nothing when the bytes do not follow it.
[[nodiscard]] std::optional<std::string> text_of(chip::ValueType type, View value);
/// The fields of a nested B-TLV value (tag 1, length 1), padding 00 or FF behind the last skipped. chip_mismatch names tag and flaw, never a value.
[[nodiscard]] Result<std::vector<CardField>> group_fields(std::uint16_t file, const chip::RecordRow& row, View value);
/// The fields of one cyclic record; chip_mismatch for another length.
[[nodiscard]] Result<std::vector<CardField>> cyclic_fields(const chip::FileRow& row, int number, View record);

}  // namespace drivers
