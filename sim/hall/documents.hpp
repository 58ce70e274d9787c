// The documents of the register's people as things: the chip that is laid on a reader, the page that is held before a camera, and what is printed for who types.
#pragma once
#include "sim/models/document_page.hpp"
#include "sim/models/passport.hpp"

#include <nlohmann/json_fwd.hpp>

namespace sim {

/// What a person reads off the own document.
struct PrintedDocument {
    std::string kind = "resident_id";    ///< the contract's word
    std::string name, number;            ///< the name as it is typed
    std::string birth, expiry;           ///< YYYYMMDD; no expiry: for life, or a register
    std::vector<std::string> zone;       ///< lines; empty where there is none
    bool has_ecard = false;              ///< on his telephone
    [[nodiscard]] bool has_zone() const { return !zone.empty(); }
};

/// One state's offices, made on the fly: the same seed gives the same keys.
class DocumentDesk {
  public:
    explicit DocumentDesk(std::uint64_t seed) : seed_(seed) {}

    /// `person`: an entry of register.json. Null for a document without a chip. The flaw is that of passports and permits; others have none.
    [[nodiscard]] std::shared_ptr<SmartCard> chip_of(const nlohmann::json& person, PassportFlaw flaw);
    [[nodiscard]] PrintedDocument printed_of(const nlohmann::json& person, PassportFlaw flaw = PassportFlaw::none);
    /// As it is held before a camera: the page with the zone, the page of the register, or the telephone with the electronic card of who has one.
    [[nodiscard]] DocumentScene page_of(const nlohmann::json& person, PassportFlaw flaw = PassportFlaw::none);
    /// The signing authorities of all states whose documents are in the register, for a kiosk's folder. A sentence on failure.
    [[nodiscard]] std::expected<void, std::string> write_authorities(const nlohmann::json& people, const std::filesystem::path& folder);

  private:
    [[nodiscard]] std::shared_ptr<PassportChip> passport_of(const nlohmann::json& person, PassportFlaw flaw);
    [[nodiscard]] std::shared_ptr<SmartCard> resident_card_of(const nlohmann::json& person) const;
    PassportOffice& office_of(const std::string& issuer);
    std::uint64_t seed_;
    std::map<std::string, std::unique_ptr<PassportOffice>> offices_;  ///< by the two letters of their certificates
};

}  // namespace sim
