// Cards at the level of ATR and APDU. A card lives in one place (hopper, printer, reader, hand); models point at it.
#pragma once
#include "sim/models/model.hpp"

#include <map>
#include <memory>
#include <string>

namespace sim {

/// A chip as a reader sees it. Contact resets, answers APDUs; never throws on any input.
class SmartCard {
  public:
    virtual ~SmartCard() = default;
    /// Power-up or warm reset: the ATR, empty for a mute chip.
    virtual Bytes reset() = 0;
    /// The answer with its status word; empty: no answer (mute). `took` is set to how long the chip worked.
    virtual Bytes answer(View apdu, Time& took) = 0;
};

/// The register entry that an ID card shows; texts are UTF-8. Invented people only.
struct PersonRecord {
    std::string name, number, address, authority, birth /*YYYYMMDD*/, valid_from, valid_to /* or 长期 */;
    int sex = 1, nation = 1;
};

/// The resident ID card through a PC/SC page reader: FF B0 pp 00 00, pages 0..5 (256, last 4), FF CA.
/// `disturbance`: garbage (bits flipped), wrong (text of another shape), intermittent (every third page fails),
/// stuck (no answer), slow.
struct ResidentIdCard final : SmartCard {
    explicit ResidentIdCard(PersonRecord person, std::uint64_t seed = 1);
    Bytes reset() override;
    Bytes answer(View apdu, Time& took) override;
    Disturbance disturbance = Disturbance::none;
    std::optional<int> half_page;  ///< this page answers only half its bytes
    char variant = ' ';            ///< ' ' resident; 'J' 'I' 'Y' are not supported by the kiosk yet
    PersonRecord person;
    Bytes uid;
    int reads = 0;
};

/// A member of staff's badge: an ISO 14443 card that only says its UID.
struct BadgeCard final : SmartCard {
    explicit BadgeCard(Bytes uid_) : uid(std::move(uid_)) {}
    Bytes reset() override;
    Bytes answer(View apdu, Time& took) override;
    Bytes uid;
};

/// A social security card, generation 2.00: SSSE (EF05 EF06), keys, PIN, PBOC number. Files are records by tag. Access: reading free,
/// writing EF05/EF06 after EXTERNAL AUTHENTICATE with UK_SSSE (kid 12). Our stated convention where the standard is not public:
///   factor = last 8 bytes of the identification code; card key = E(master, factor) || E(master, ~factor);
///   session key = E(card key, process) || E(card key, ~process), process = the last challenge given;
///   cryptogram = E(session key, original); the command carries cryptogram || original. E is two-key 3DES, ECB.
struct SocialSecurityCard final : SmartCard {
    struct Setup {
        Bytes identification_code;  ///< 16
        std::string bank_number;    ///< digits
        Bytes master_key;           ///< 16: the centre's UK_SSSE; only the card key derived from it stays in the card
        std::string transport_pin = "123456";
        std::uint64_t seed = 1;     ///< of its challenges
    };
    explicit SocialSecurityCard(Setup setup);
    Bytes reset() override;
    Bytes answer(View apdu, Time& took) override;

    // what a technician or a fault plan does
    bool dead = false;                       ///< mute from now on
    std::optional<int> mute_after;           ///< answers this many more APDUs, then is silent until reset
    std::optional<int> torn_after_writes;    ///< the n-th UPDATE RECORD from now writes half its value and answers 6581
    bool t0_manners = false;                 ///< long answers are announced by 61xx, a wrong Le (also 00) is answered by 6Cxx
    Disturbance disturbance = Disturbance::none;
    // what an auditor reads afterwards
    std::map<std::pair<int, int>, Bytes> records;  ///< (0xEF05, tag) -> value
    int pin_tries = 3, key_tries = 5;  ///< left; 0 blocks
    int authentications = 0, writes = 0;
    [[nodiscard]] bool pin_is(std::string_view digits) const { return pin_ == digits; }
    [[nodiscard]] const Setup& setup() const { return setup_; }
    /// {"identification_code","bank_number","files":{"EF05":{"01":"hex"...}},"pin_changed"}; what `chip.json` holds.
    [[nodiscard]] std::string to_json() const;

  private:
    struct Command {
        int cla, ins, p1, p2;
        View data;
        std::optional<int> le;  ///< 1..256
        bool malformed;         ///< Lc does not fit
        static Command of(View apdu);
    };
    Bytes transmit(View apdu, Time& took);
    Bytes select(const Command& c);
    Bytes read_record(const Command& c);
    Bytes update_record(const Command& c, Time& took);
    Bytes get_challenge(const Command& c);
    Bytes external_authenticate(const Command& c, Time& took);
    Bytes verify_pin(const Command& c, Time& took);
    Bytes change_pin(const Command& c, Time& took);
    Setup setup_;
    Bytes card_key_, last_challenge_, pending_, earlier_;
    std::string pin_;
    int selected_ = 0;  ///< 0 nothing, 1 SSSE, 2 PBOC; file_ is the EF
    int file_ = 0;
    bool authenticated_ = false, pin_verified_ = false;
    std::uint64_t challenges_ = 0, answers_ = 0;
};

/// 3DES two-key ECB of one block: the convention's E. Exposed for tests.
[[nodiscard]] Bytes triple_des(View key16, View block8);

/// A card as a thing: chip and print. Shared by whoever holds it.
struct PhysicalCard {
    int id = 0;                 ///< number in the simulated hall, for the auditor's eye only
    std::string bank;           ///< as bought: "bank_a"
    std::shared_ptr<SmartCard> chip;  ///< nothing: plain plastic (a foreign card may be)
    int width = 0, height = 0;
    std::vector<std::uint8_t> y, m, c, k, o, back_k;  ///< printed planes, empty when blank
    bool bent = false;          ///< jams when moved
};
using CardPtr = std::shared_ptr<PhysicalCard>;

/// PNG bytes of a card's side as a person sees it, composed from the planes by ribbon densities (no code of the driver). `front` uses YMCK and O, else back K.
[[nodiscard]] Bytes card_png(const PhysicalCard& card, bool front);

}  // namespace sim
