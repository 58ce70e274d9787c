// The chip of a social security card, generations 1.00, 2.00 and 3.00: identify, authenticate, personalise, PIN, verify
// (facts: social-security-card-files.md, -commands.md). The kiosk holds no key: cryptograms and MACs come from the centre.
#pragma once
#include "drivers/card_reader.hpp"
#include "drivers/ss_card/tables.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace drivers {

/// Name of the SSSE environment: "sx1.sh." and GBK 社会保障.
inline constexpr std::string_view ssse_name_hex = "7378312E73682EC9E7BBE1B1A3D5CF";
/// The bank application's account number is read with SELECT A000000333010101 (PBOC debit) and READ RECORD SFI 1 record 1, tag 5A (BCD, padded F).
inline constexpr std::string_view pboc_aid_hex = "A000000333010101";

/// What a chip says of itself before anybody authenticates.
struct ChipIdentity {
    Bytes atr;
    Bytes identification_code;    ///< EF05 tag 01, 16 bytes
    std::string version;          ///< EF05 tag 03, "2.00"
    std::string card_number;      ///< EF05 tag 07, 9 characters; empty on a blank
    std::string bank_number;      ///< digits of the bank account number (PAN); its first six choose the bank; empty without a bank application
    std::uint8_t algorithm = 1;   ///< 9F0C 03 8601xx of SELECT: 1 3DES, 3 SM4
    std::string social_security_number;  ///< EF06 tag 08; empty on a blank, and in generation 3.00, which shows it after RK_SSSE only (reading.hpp)
    /// Nothing for a version that no specification has.
    [[nodiscard]] std::optional<chip::Generation> generation() const;
};

/// One record to write, in the order given. `value` has the record's exact length and type (cn BCD padded F, an GBK padded 00).
struct ChipRecord {
    std::uint16_t file = 0xEF05;  ///< 0xEF05, 0xEF06; generation 3.00 also 0xEF0C, 0xEF0D
    std::uint8_t tag = 0;
    Bytes value;
    friend bool operator==(const ChipRecord&, const ChipRecord&) = default;
};

/// What the centre is asked for an external authentication: two challenges of 8 bytes, process (last) and original (first).
struct AuthChallenge {
    std::string key;  ///< symbolic: "UK_SSSE" (tables.hpp)
    Bytes process, original;
};

/// A session with the chip at the station. One at a time; the caller has connected nothing. Steps are separate because
/// each has its own intent in the ledger. Every fault leaves the session usable for close() only.
class ChipSession {
  public:
    explicit ChipSession(CardReader& reader) : reader_(reader) {}
    ~ChipSession() { close(); }
    ChipSession(const ChipSession&) = delete;
    ChipSession& operator=(const ChipSession&) = delete;

    /// Powers up and reads the identity; `limit` is of the power-up and of each command. chip_silent for a dead chip, chip_mismatch when it is no social security card.
    awaitable<Result<ChipIdentity>> identify(Duration limit);
    /// Two GET CHALLENGE (00 84 00 00 08); the card remembers the last one.
    awaitable<Result<AuthChallenge>> challenge(std::string key);
    /// EXTERNAL AUTHENTICATE 00 82 00 kid 10 in the selected directory; chip_auth_failed when the card refuses it.
    awaitable<Result<void>> authenticate(std::string key, Bytes cryptogram16);
    /// UPDATE RECORD by tag, 00 DC tag (SFI<<3), one after another.
    awaitable<Result<void>> write(std::vector<ChipRecord> records);
    /// CHANGE PIN 80 5E 01 00: `factory` FF `chosen`, digits as BCD. The digits stay in the Secret.
    awaitable<Result<void>> set_pin(const Secret& factory, const Secret& chosen);
    /// VERIFY 00 20 00 00: proves that the chosen PIN is the one in the chip.
    awaitable<Result<void>> check_pin(const Secret& chosen);
    /// Tries left, 0 when blocked; an empty VERIFY (ISO 7816-4), which costs none. chip_refused on a card that does not say.
    awaitable<Result<int>> pin_tries();
    /// RELOAD PIN 84 24 00 01: `body` is the enciphered new PIN and its MAC as the centre gave them, 12 bytes (3DES) or 20 (SM4). After "PIN_SSSE" and one
    /// challenge more (fresh()), which the MAC covers.
    awaitable<Result<void>> reload_pin(Bytes body);
    /// UNBLOCK PIN 84 24 00 00 04 mac: the PIN's tries are given back, the PIN stays.
    awaitable<Result<void>> unblock_pin(Bytes mac4);
    enum class Block : std::uint8_t { for_now = 0, for_ever = 1 };
    /// APPLICATION BLOCK 84 1E 00 00/01 04 mac (low confidence: PBOC's codes). Irreversible when for_ever.
    awaitable<Result<void>> block_application(Block how, Bytes mac4);
    /// One GET CHALLENGE: the next MAC's initial value. The card remembers the last one.
    awaitable<Result<Bytes>> fresh();
    /// INTERNAL AUTHENTICATE 00 88 00 00 10 process original: the card's 8 bytes, which only the centre can judge.
    awaitable<Result<Bytes>> prove(Bytes process8, Bytes original8);
    /// Reads every record back (EF by EF, 00 B2 tag 00) and compares; chip_mismatch names file and tag, never the value.
    awaitable<Result<void>> verify(std::vector<ChipRecord> expected);
    void close() { reader_.disconnect(); }

  private:
    CardReader& reader_;
};

/// GB 18030 has every character, the rare ones in four bytes; GBK is its one- and two-byte part, which every card understands.
enum class Charset : std::uint8_t { gbk, gb18030 };
/// Text to a record's value (an), left aligned, padded; nothing when a character has no code or it is too long.
[[nodiscard]] std::optional<Bytes> an_value(std::string_view utf8, std::size_t size, std::byte pad = std::byte{0}, Charset charset = Charset::gbk);
/// The two records of a name: EF06 09 (30 bytes) and 4E (20 bytes, empty when not needed), cut between characters; nothing when they do not hold it.
struct NameValues {
    Bytes name, extension;
};
[[nodiscard]] std::optional<NameValues> name_values(std::string_view utf8);
/// Back to UTF-8 without padding (00, FF, blanks at the end); nothing when it is no GB 18030 or has control characters.
[[nodiscard]] std::optional<std::string> an_text(View value);
/// `extension` may be empty. A character that the border cuts in two is put together.
[[nodiscard]] std::optional<std::string> name_text(View name, View extension);
/// Digits to BCD (cn), left aligned, padded F.
[[nodiscard]] std::optional<Bytes> cn_value(std::string_view digits, std::size_t size);
/// Nothing when a nibble is no digit or the filling is not at the end.
[[nodiscard]] std::optional<std::string> cn_text(View value);
/// A record's bytes as they are, without padding at the end.
[[nodiscard]] std::string unpadded(View value);
/// Weights 3 7 9 10 5 8 4 2 over 8 characters 0-9A-Z; '0'..'9' or 'X'.
[[nodiscard]] std::optional<char> card_number_check(std::string_view first8);
[[nodiscard]] bool card_number_valid(std::string_view nine);
/// Area code in BCD (3 bytes), D1 56 00 00 05, 8 bytes. The last ones are never computed here: their rule is not public.
[[nodiscard]] bool identification_code_plausible(View code);
/// Six digits to the BCD of VERIFY and CHANGE PIN (3 bytes).
[[nodiscard]] std::optional<Secret> pin_bcd(const Secret& digits);

}  // namespace drivers
