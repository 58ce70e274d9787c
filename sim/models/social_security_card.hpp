// A social security card's chip of generation 1.00, 2.00 or 3.00 at the level of ATR and APDU: files, access rules, keys, PIN, certificates, and how it breaks.
// Sources: the facts social-security-card-files.md and -commands.md. Where the standard is not public, THE CONVENTION below is ours (confidence LOW); centre and
// tests write it once more, and nobody else relies on it.
//
// THE CONVENTION
//   Keys. The centre has one master of 16 bytes, UK_SSSE's (kid 12). Any other key's master: ECB(master, kid x 8 || ~kid x 8).
//     kid 0A RK_SSSE, 10 PIN_SSSE (before reload and unblock), 12 UK_SSSE, RK and UK of DF01..DF07 by the facts' table;
//     00 IRK_SSSE (internal authentication) and 73 STK_SSSE (MAC and encipherment) are never named by a command: their numbers only serve the derivation.
//   Card key = ECB(the key's master, factor || ~factor), factor = the last 8 bytes of the identification code.
//   Session key = ECB(card key, process || ~process), process = the last challenge that the card gave.
//   Proof = E(session key, original), 8 bytes; EXTERNAL AUTHENTICATE carries proof || original, INTERNAL AUTHENTICATE process || original and answers the proof under IRK.
//   3DES: ECB is two-key 3DES block by block, E the same of one block. SM4: ECB is SM4 of the one block of 16 bytes, E(key, x) the left 8 of SM4(key, x || ~x).
//   MAC (PBOC): over CLA INS P1 P2 Lc and the ciphertext, padded 80 00..; the last challenge is the IV and good for one command; left 4 bytes, under the card key STK.
//     3DES: IV of 8, single DES CBC with the key's left half, the last block deciphered with the right half and enciphered with the left one (retail MAC).
//     SM4: CBC-MAC, IV = challenge || 00 x 8.
//   New PIN of RELOAD: length in bytes, BCD, 80 00.. to one block (123456: 03 12 34 56 80 00 00 00; SM4 16 bytes), enciphered under STK; Lc 0C (3DES) or 14 (SM4).
//   Repeated B-TLV groups ("x3") are occurrences of one tag: READ RECORD P2 00 gives the first, P2 02 the next (ISO 7816-4).
//   Certificates: DF ACSE, AID D15600000506, EF15 signature certificate, EF16 encryption certificate, EF17 enciphered private key: transparent, 2048 bytes of 00, read free,
//     UPDATE BINARY under UK_SSSE, authenticated inside ACSE (another DF ends the rights of this one). EF18: the card's signature public key (SM2, 04 X Y), read free, fixed.
//   DF07 is AID D15600000507. Generation 3.00 reads EF05 tags 01 03 07 free, everything else of EF05 EF06 EF0C EF0D after RK_SSSE.
//   Files whose writing key is not known are written by nobody; their content is put into `records`, `cyclic`, `binaries` by whoever sets the card up.
#pragma once
#include "sim/models/chip.hpp"

#include <map>
#include <set>
#include <string>

namespace sim {

enum class CardGeneration { v1_00, v2_00, v3_00 };
enum class CardAlgorithm { triple_des = 1, sm4 = 3 };  ///< 9F0C 03 8601xx
enum class CardTransport { t0, t1 };                   ///< what the ATR offers

/// The card's directories; the number of an EF in them: (directory << 16) + 0xEFxx, so that the SSSE's are plain 0xEF05.
enum class Directory { ssse = 0, df01 = 1, df02 = 2, df03 = 3, df04 = 4, df07 = 7, acse = 0xA };
[[nodiscard]] constexpr int file_in(Directory directory, int ef) { return static_cast<int>(directory) << 16 | ef; }

/// kid of EXTERNAL AUTHENTICATE, and of the two that no command names.
enum CardKey : int { irk_ssse = 0x00, rk_ssse = 0x0A, pin_ssse = 0x10, uk_ssse = 0x12, stk_ssse = 0x73 };

/// Never throws on any APDU. Not thread-safe: the world's mutex guards it.
struct SocialSecurityCard final : SmartCard {
    struct Setup {
        Bytes identification_code;  ///< 16
        std::string bank_number;    ///< digits
        Bytes master_key;           ///< 16: the centre's UK_SSSE; only card keys derived from it stay in the card
        std::string transport_pin = "123456";
        std::uint64_t seed = 1;     ///< of its challenges and its signature key
        CardGeneration generation = CardGeneration::v2_00;
        CardAlgorithm algorithm = CardAlgorithm::triple_des;
        CardTransport transport = CardTransport::t0;
    };
    explicit SocialSecurityCard(Setup setup);
    Bytes reset() override;
    Bytes answer(View apdu, Time& took) override;

    // what a technician or a fault plan does
    bool dead = false;                       ///< mute from now on
    std::optional<int> mute_after;           ///< answers this many more APDUs, then is silent until reset
    std::optional<int> torn_after_writes;    ///< the n-th UPDATE RECORD or BINARY from now writes half its value and answers 6581
    std::optional<int> reset_after;          ///< after this many more APDUs the chip loses selection, rights and challenge (a voltage dip), then answers on
    bool t0_manners = false;                 ///< long answers are announced by 61xx, a wrong Le (also 00) is answered by 6Cxx; not with T=1
    Disturbance disturbance = Disturbance::none;
    // what an auditor reads afterwards, and what a test puts onto the card before
    std::map<std::pair<int, int>, Bytes> records;  ///< (file_in(), tag) -> value; repeated groups one behind the other
    std::map<int, std::vector<Bytes>> cyclic;      ///< file_in() -> records, the newest (number 1) first
    std::map<int, Bytes> binaries;                 ///< file_in() -> content of a transparent file, at most its size; missing bytes read 00
    int pin_tries = 3, key_tries = 5;  ///< left, of the PIN and of UK_SSSE; 0 blocks
    int authentications = 0, writes = 0;
    [[nodiscard]] int tries_of(int kid) const;
    [[nodiscard]] bool pin_is(std::string_view digits) const { return pin_ == digits; }
    [[nodiscard]] const Setup& setup() const { return setup_; }
    enum class Blocked { no, application, application_for_ever, card };
    [[nodiscard]] Blocked blocked() const { return blocked_; }
    /// {"identification_code","bank_number","files":{"EF05":{"01":"hex"...}},"pin_changed",...}; what `chip.json` holds.
    [[nodiscard]] std::string to_json() const;

  private:
    enum Place { nothing, bank, first_directory };  ///< of selected_; a directory is first_directory + its number
    struct Command {
        int cla, ins, p1, p2;
        View data;
        std::optional<int> le;  ///< 1..256
        bool malformed;         ///< Lc does not fit
        static Command of(View apdu);
    };
    void forget();
    Bytes transmit(View apdu, Time& took);
    Bytes maintain(const Command& c, Time& took);
    Bytes select(const Command& c);
    Bytes select_directory(const Command& c);
    Bytes read_record(const Command& c);
    Bytes read_bank_record(const Command& c) const;
    Bytes read_by_tag(int file, const Command& c);
    Bytes update_record(const Command& c, Time& took);
    Bytes read_binary(const Command& c);
    Bytes update_binary(const Command& c, Time& took);
    Bytes get_challenge(const Command& c);
    Bytes external_authenticate(const Command& c, Time& took);
    Bytes internal_authenticate(const Command& c, Time& took);
    Bytes verify_pin(const Command& c, Time& took);
    Bytes change_pin(const Command& c, Time& took);
    Bytes reload_pin(View body);
    int mac_refusal(const Command& c);
    int transparent_file(const Command& c, int& refusal) const;
    void derive_keys();
    [[nodiscard]] int file_of(int sfi) const;
    [[nodiscard]] bool may_read(int file, int tag) const;
    [[nodiscard]] bool may_write(int file) const;
    [[nodiscard]] Bytes cut(Bytes whole, int le) const;
    bool torn();
    int& tries_left(int kid);
    [[nodiscard]] Bytes proof(int kid, View process, View original) const;
    [[nodiscard]] Bytes signature_public_key() const;
    [[nodiscard]] const Bytes& content(int file);

    Setup setup_;
    std::map<int, Bytes> card_keys_;
    std::map<int, int> key_tries_;
    Bytes last_challenge_, pending_, earlier_;
    std::string pin_;
    int selected_ = nothing;
    int file_ = 0;      ///< file_in() of the selected EF, 0 none
    int occurrence_ = 0;
    std::set<int> rights_;  ///< kids that the outside has proven in this directory
    bool pin_verified_ = false;
    Blocked blocked_ = Blocked::no;
    std::uint64_t challenges_ = 0, answers_ = 0;
};

/// 3DES two-key ECB of one block: the convention's E. Exposed for tests.
[[nodiscard]] Bytes triple_des(View key16, View block8);
/// SM4 of one block.
[[nodiscard]] Bytes sm4(View key16, View block16);
/// The convention's ECB over 16 bytes and its E; std::logic_error on other sizes.
[[nodiscard]] Bytes ecb16(CardAlgorithm algorithm, View key16, View data16);
[[nodiscard]] Bytes proof8(CardAlgorithm algorithm, View session_key16, View original8);
/// Left 4 bytes of the MAC over `data`, padded here.
[[nodiscard]] Bytes pboc_mac(CardAlgorithm algorithm, View key16, View challenge8, View data);

}  // namespace sim
