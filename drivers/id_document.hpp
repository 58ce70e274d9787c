// What an identity document says, whichever reader read it or whoever typed it. Personal data: never logged, wiped by who holds it.
#pragma once
#include "drivers/bytes.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace drivers {

/// What the service accepts (services.md, "Documents accepted").
enum class DocumentKind : std::uint8_t {
    resident_id,          ///< 居民身份证
    residence_permit,     ///< 港澳台居民居住证
    permanent_residence,  ///< 外国人永久居留身份证, of 2017 and of 2023
    passport,             ///< 护照
    travel_permit,        ///< 来往内地通行证 and the other permits with a zone of their own
    temporary_id,         ///< 临时居民身份证: no chip
    household_register    ///< 户口簿: no chip, for children
};
inline constexpr std::array document_words{
    std::pair{DocumentKind::resident_id, std::string_view{"resident_id"}},
    std::pair{DocumentKind::residence_permit, std::string_view{"residence_permit"}},
    std::pair{DocumentKind::permanent_residence, std::string_view{"permanent_residence"}},
    std::pair{DocumentKind::passport, std::string_view{"passport"}},
    std::pair{DocumentKind::travel_permit, std::string_view{"travel_permit"}},
    std::pair{DocumentKind::temporary_id, std::string_view{"temporary_id"}},
    std::pair{DocumentKind::household_register, std::string_view{"household_register"}},
};
/// The word of messages, audit and scenarios.
[[nodiscard]] constexpr std::string_view name_of(DocumentKind kind) { return document_words[static_cast<std::size_t>(kind)].second; }
[[nodiscard]] constexpr bool has_chip(DocumentKind kind) { return kind != DocumentKind::temporary_id && kind != DocumentKind::household_register; }

/// What stands behind the data. Everything but `chip` is looked at by staff before a card is made.
enum class Evidence : std::uint8_t {
    chip,             ///< read by the security module, or from a chip whose data the issuing state signed
    chip_unverified,  ///< read from a chip, but whether the state signed it cannot be told here
    typed             ///< entered by hand and photographed
};
[[nodiscard]] constexpr std::string_view name_of(Evidence evidence) {
    constexpr std::array<std::string_view, 3> words{"chip", "chip_unverified", "typed"};
    return words[static_cast<std::size_t>(evidence)];
}

enum class Sex : std::uint8_t { unknown = 0, male = 1, female = 2, not_stated = 9 };  // GB/T 2261.1

/// `wlt`: 1024 bytes of the resident cards' closed encoding. The others are whole files as the chip has them.
enum class PortraitFormat : std::uint8_t { none, wlt, jpeg, jpeg2000 };

/// Texts are UTF-8, trimmed. Validated by who made it: check digits, dates, codes. What a document does not say stays as it is here.
struct IdDocument {
    DocumentKind kind = DocumentKind::resident_id;
    Evidence evidence = Evidence::chip;
    std::string name{};        ///< as it goes onto the card: Chinese where the document has one, else Latin
    std::string name_latin{};  ///< as the document writes it; empty where it has none
    Sex sex = Sex::unknown;
    int nation = 0;                   ///< GB/T 3304: 1 to 56, 97, 98; 0 where the document has none (permits, passports)
    std::string nationality = "CHN";  ///< ICAO code, 1 to 3 letters
    std::chrono::year_month_day birth{};
    std::string address{};  ///< empty: none
    std::string number{};   ///< 18 characters (GB 11643) or the document's own (1 to 22 of 0-9A-Z)
    std::string authority{};
    std::chrono::year_month_day valid_from{};             ///< year 0: the document does not say
    std::optional<std::chrono::year_month_day> valid_to;  ///< nothing: 长期, for life, or a register, which has no end
    std::string pass_number{};  ///< of a residence permit: the travel permit's number
    int issue_count = 0;      ///< of a residence permit or permanent residence card, 0 to 99
    Bytes portrait{};           ///< at most 65,536 bytes
    PortraitFormat portrait_format = PortraitFormat::none;

    void wipe() {
        for (auto* text : {&name, &name_latin, &nationality, &address, &number, &authority, &pass_number}) drivers::wipe(*text);
        drivers::wipe(portrait);
        portrait.clear();
    }
};

}  // namespace drivers
