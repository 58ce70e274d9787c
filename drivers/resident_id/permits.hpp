// The other cards that a resident ID reader reads: residence permit of Hong Kong, Macau and Taiwan residents, permanent
// residence card of 2017 and of 2023 (facts: resident-id-text-layouts.md). Personal data: never logged, wiped by who holds it.
#pragma once
#include "drivers/resident_id/resident_id.hpp"

#include <variant>

namespace drivers {

/// Texts are UTF-8, trimmed, and checked as IdDocument's are. Types of their own, so that no permit can be taken for a resident card:
/// what serves residents takes IdDocument, and the centre's contract knows no other kind yet.
struct ResidencePermit {
    std::string name;
    Sex sex = Sex::unknown;
    std::chrono::year_month_day birth{};
    std::string address;
    std::string number;  ///< 18 characters (GB 11643), area 810000, 820000 or 830000
    std::string authority;
    std::chrono::year_month_day valid_from{}, valid_to{};
    std::string pass_number;  ///< of the travel permit, 1 to 9 capital letters and digits
    int issue_count = 0;      ///< 0 to 99
    Bytes portrait;          ///< 1024 bytes as read

    void wipe() {
        for (auto* text : {&name, &address, &number, &authority, &pass_number}) drivers::wipe(*text);
        drivers::wipe(portrait);
        portrait.clear();
    }
};

struct PermanentResidence {
    enum class Edition { of_2017, of_2023 };
    Edition edition = Edition::of_2017;
    std::string name_latin;
    std::string name_zh;  ///< may be empty
    Sex sex = Sex::unknown;
    std::chrono::year_month_day birth{};
    std::string nationality;  ///< ISO 3166 alpha-3
    std::string number;       ///< 15 characters in 2017, 18 in 2023
    std::chrono::year_month_day valid_from{}, valid_to{};
    std::string authority_code;  ///< four digits; 2017 only
    int version = 0;             ///< 0 to 99; 2017 only
    int renewals = 0;            ///< 0 to 99; 2023 only
    Bytes portrait;             ///< 1024 bytes as read

    void wipe() {
        for (auto* text : {&name_latin, &name_zh, &nationality, &number, &authority_code}) drivers::wipe(*text);
        drivers::wipe(portrait);
        portrait.clear();
    }
};

using IdCard = std::variant<IdDocument, ResidencePermit, PermanentResidence>;

inline void wipe(IdCard& card) {
    std::visit([](auto& document) { document.wipe(); }, card);
}

/// Any of the four variants of the 256-byte block. reader_garbage for another size; document_invalid names the field.
[[nodiscard]] Result<IdCard> parse_id_card_text(View block256);
/// Text and 1024 bytes of photograph.
[[nodiscard]] Result<IdCard> parse_id_card(View block256, View photo_wlt);

/// 15 characters: alpha-3, area (4 digits of a known province), YYMMDD, a digit, ICAO 7-3-1 check digit over the 14 before.
[[nodiscard]] bool permanent_number_2017_valid(std::string_view number);
/// 18 digits: 9, province (2), ISO 3166 numeric country (3, not 000), YYYYMMDD, sequence (3), GB 11643 check character. MEDIUM-HIGH:
/// that the 17th tells the sex is not made a condition.
[[nodiscard]] bool permanent_number_2023_valid(std::string_view number);

/// Completed years of age on a day (a document's first day, today); nothing before the birth or for a day that does not exist.
/// Who was born on a 29 February completes a year on 1 March when there is no 29 February.
[[nodiscard]] std::optional<int> age_on(std::chrono::year_month_day birth, std::chrono::year_month_day day);

}  // namespace drivers
