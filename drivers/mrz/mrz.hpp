// The machine readable zone of passports and travel permits as a pure room: parse, correct, and the key of the chip.
// ICAO 9303 parts 3 to 6 and 11; the Chinese permits' own layouts after field facts (emrtd-and-mrz.md), confidence in layout.cpp.
// No device, no clock, no log: everything in here is personal data.
#pragma once
#include "drivers/fault.hpp"
#include "drivers/id_document.hpp"

namespace drivers {

enum class MrzFormat : std::uint8_t {
    td1,               ///< 3 x 30, cards
    td2,               ///< 2 x 36
    td3,               ///< 2 x 44, passports
    permit_hk_macao,   ///< 3 x 30 "CR": 港澳居民来往内地通行证 since 2013
    permit_taiwan,     ///< 3 x 30 "CT": 台湾居民来往大陆通行证
    permit_1999,       ///< 3 x 30 "C<CHN": 港澳居民来往内地通行证 of 1999
    exit_entry,        ///< 1 x 30 "CS", "CD": 往来港澳, 往来台湾通行证, as printed
    exit_entry_chip,   ///< 3 x 30, the same as its chip's DG1 has it: with a Chinese name
};

/// ICAO cuts a name only when it fills its field to the last place; a name that fits exactly looks the same.
enum class NameFit : std::uint8_t { whole, may_be_cut };

struct Mrz {
    MrzFormat format = MrzFormat::td3;
    std::string code;         ///< two characters, "P<", "CR"
    std::string issuer;       ///< ICAO code, 1 to 3 letters; CHN on the Chinese permits
    std::string number;       ///< without fillers at the end; longer than 9 when it ran over into the optional data
    std::string nationality;  ///< ICAO code; empty where the layout has none (permits)
    std::string birth_text;   ///< YYMMDD as written; '<' where the document leaves a part open
    std::optional<std::chrono::year_month_day> birth;  ///< nothing when a part is open
    Sex sex = Sex::not_stated;
    std::string expiry_text;  ///< YYMMDD as written
    std::chrono::year_month_day expiry{};
    std::string surname;  ///< words separated by one blank
    std::string given;    ///< may be empty
    NameFit name_fit = NameFit::whole;
    std::string chinese_name;  ///< UTF-8; empty where the layout codes none
    NameFit chinese_name_fit = NameFit::whole;
    std::string optional_data;      ///< fillers at the end removed; without what belongs to a long number
    std::string optional_data_2;    ///< second field of TD1; second line of CR and CT
    std::optional<int> issue_count;  ///< 换证次数 (CR, CT), 0 to 99; nothing where it cannot be told
    std::optional<std::string> local_id;  ///< Hong Kong, Macao or Taiwan number (CR, CT), only when its own check digit proves it

    void wipe() {
        for (auto* text : {&code, &issuer, &number, &nationality, &birth_text, &expiry_text, &surname, &given, &chinese_name, &optional_data, &optional_data_2})
            drivers::wipe(*text);
        if (local_id) drivers::wipe(*local_id);
        birth.reset();
        local_id.reset();
    }
};

/// Longest accepted input: three lines of 30 with CR LF each; anything longer is refused unread.
inline constexpr std::size_t max_mrz_bytes = 96;
/// Longest document number: nine characters and fourteen of TD1's optional data (the fifteenth is its check digit).
inline constexpr std::size_t max_mrz_number = 23;
/// More characters than this outside their alphabet are not a misreading but another text.
inline constexpr std::size_t max_mrz_corrections = 6;

/// 7-3-1 modulo 10 (9303-3, 4.9) as a character; nothing for a character outside A-Z 0-9 '<'.
[[nodiscard]] std::optional<char> mrz_check_digit(std::string_view text);
/// ISO 3166-1 alpha-3 and ICAO's own codes (9303-3, 5), as in the zone without fillers: "CHN", "D".
[[nodiscard]] bool mrz_state_known(std::string_view code);
/// GBK written in letters, four a character, '0'..'F' as 'A'..'P', fillers at the end; UTF-8. document_invalid for anything else.
[[nodiscard]] Result<std::string> mrz_chinese_name(std::string_view letters);

/// Which layout a text has, from its shape and first characters. The text is lines ended by LF or CR LF, or all lines run together as in DG1.
/// document_not_supported: a visa or an unknown document code; document_invalid: another shape.
[[nodiscard]] Result<MrzFormat> mrz_format(View text);
/// The characters that may stand at a place (both from 0); empty outside the layout. For the camera's classifier.
[[nodiscard]] std::string_view mrz_alphabet(MrzFormat format, std::size_t line, std::size_t column);

/// Everything checked: alphabets, check digits, fillers, dates, states. `today` gives the centuries: expiry lies within fifty years of it,
/// birth is the last such day before both. Whether the document has expired is the caller's to say. The detail names the field, never its content.
[[nodiscard]] Result<Mrz> parse_mrz(View text, std::chrono::year_month_day today);

struct CorrectedMrz {
    Mrz mrz;
    std::string text;         ///< all lines run together, as accepted
    std::size_t changed = 0;  ///< characters replaced
};
/// As parse_mrz, and a character that cannot stand at its place is read as its likeness (O/0, I/1, T/1, B/8, S/5, S/8, Z/2) where check digits cover
/// it and exactly one reading satisfies all of them. Where letters and digits may both stand nothing is ever changed: no check digit could
/// tell one misreading from another.
[[nodiscard]] Result<CorrectedMrz> correct_mrz(View text, std::chrono::year_month_day today);

/// What BAC and PACE hash (9303-11, D.2): number, birth, expiry, each with its check digit; the number filled to nine.
[[nodiscard]] Result<Secret> mrz_access_key(const Mrz& mrz);
/// The same as printed, dates YYMMDD of digits and '<' for a part that the document leaves open; number as below.
[[nodiscard]] Result<Secret> mrz_access_key(std::string_view number, std::string_view birth, std::string_view expiry);
/// The same typed by hand: number of A-Z a-z 0-9 and '<' for any other character it has (1 to max_mrz_number); real dates, birth before expiry.
[[nodiscard]] Result<Secret> mrz_access_key(std::string_view number, std::chrono::year_month_day birth, std::chrono::year_month_day expiry);

}  // namespace drivers
