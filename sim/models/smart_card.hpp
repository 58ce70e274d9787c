// Cards at the level of ATR and APDU. A card lives in one place (hopper, printer, reader, hand); models point at it.
#pragma once
#include "sim/models/chip.hpp"
#include "sim/models/social_security_card.hpp"

#include <map>
#include <memory>
#include <string>

namespace sim {

/// The register entry that an ID card shows; texts are UTF-8. Invented people only. What a variant does not have is not looked at.
struct PersonRecord {
    std::string name{}, number{}, address{}, authority{}, birth{} /*YYYYMMDD*/, valid_from{}, valid_to{} /* or 长期 */;
    int sex = 1, nation = 1;
    // residence permits and permanent residence cards
    std::string name_latin{};         ///< I, Y: capitals and blanks; `name` is then the Chinese one and may be empty
    std::string nationality{};        ///< I, Y: alpha-3
    std::string pass_number{};        ///< J: of the travel permit, nine characters at most
    int issue_count = 0;              ///< J 签发次数, I version, Y renewals: two digits
    std::string authority_code{};     ///< I: four digits, in place of `authority`
    std::string earlier_number{};     ///< Y: three characters that point to an older number
};

/// A card through a PC/SC page reader: FF B0 pp 00 00, pages 0..5 (256, last 4), FF CA. Numbers with right check characters: resident_id_numbers.hpp.
/// `disturbance`: garbage (bits flipped), wrong (text of another shape), intermittent (every third page fails),
/// stuck (no answer), slow.
struct ResidentIdCard final : SmartCard {
    explicit ResidentIdCard(PersonRecord person, std::uint64_t seed = 1);
    Bytes reset() override;
    Bytes answer(View apdu, Time& took) override;
    Disturbance disturbance = Disturbance::none;
    std::optional<int> half_page;  ///< this page answers only half its bytes
    char variant = ' ';            ///< ' ' resident, 'J' residence permit of Hong Kong, Macao and Taiwan residents, 'I' and 'Y' permanent residence of 2017 and 2023
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
