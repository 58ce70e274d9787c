// The cards that a resident ID reader reads: resident card, residence permit, permanent residence cards. Their texts and numbers, and how
// a PC/SC reader gives them in pages (facts: resident-id-reader.md, resident-id-text-layouts.md).
#pragma once
#include "drivers/card_reader.hpp"
#include "drivers/id_document.hpp"

#include <string_view>

namespace drivers {

/// GB 11643 check character of the first 17 digits, '0'..'9' or 'X'; nothing unless they are 17 digits.
[[nodiscard]] std::optional<char> id_number_check(std::string_view first17);
/// 18 characters, check character right, birth date exists, area's province known.
[[nodiscard]] bool id_number_valid(std::string_view number);
/// Does the number begin with Hong Kong's, Macau's or Taiwan's area (810000, 820000, 830000), as residence permits' numbers do?
[[nodiscard]] bool permit_area(std::string_view number);
/// YYYYMMDD; nothing when such a day does not exist or lies outside 1900..2199.
[[nodiscard]] std::optional<std::chrono::year_month_day> parse_date8(std::string_view text);
/// GB/T 3304 name in Chinese ("壮"), nothing for an unknown code.
[[nodiscard]] std::optional<std::string_view> nation_name(int code);
/// All codes in ascending order.
[[nodiscard]] std::span<const int> nation_codes();

/// 15 characters: alpha-3, area (4 digits of a known province), YYMMDD, a digit, ICAO 7-3-1 check digit over the 14 before.
[[nodiscard]] bool permanent_number_2017_valid(std::string_view number);
/// 18 digits: 9, province (2), ISO 3166 numeric country (3, not 000), YYYYMMDD, sequence (3), GB 11643 check character. MEDIUM-HIGH:
/// that the 17th tells the sex is not made a condition.
[[nodiscard]] bool permanent_number_2023_valid(std::string_view number);
/// Completed years of age on a day (a document's first day, today); nothing before the birth or for a day that does not exist.
/// Who was born on a 29 February completes a year on 1 March when there is no 29 February.
[[nodiscard]] std::optional<int> age_on(std::chrono::year_month_day birth, std::chrono::year_month_day day);

/// The 256-byte text block (UTF-16LE) of any of the four variants; `kind` says which. Of a permanent residence card `issue_count` is the version (2017)
/// or the number of renewals (2023), `authority` the four digits of 2017. reader_garbage for another size; document_invalid names the field.
[[nodiscard]] Result<IdDocument> parse_id_text(View block256);
/// 1284 bytes, as pages or as the answer to the SDT reader's read: txtLen2 photoLen2 text256 WLT1024. reader_garbage for another shape.
[[nodiscard]] Result<IdDocument> parse_id_stream(View stream);

/// Does this ATR belong to a card whose pages can be read (the PC/SC reader says the card type in the ATR)?
/// Everything else on the ID reader (a staff badge) is told apart by this.
[[nodiscard]] bool is_resident_id_atr(View atr);
/// ATR by which the reader announces a resident ID card.
inline constexpr std::string_view resident_id_atr_hex = "3B8F80014944434152444E415449440000000041";

/// Connects, reads six pages FF B0 pp 00 00 (a failing page three times), checks, disconnects; `limit` is of connecting and of each page,
/// who wants a total wraps the call in within(). no_document, document_removed, document_unreadable, reader_garbage, document_invalid ...
awaitable<Result<IdDocument>> read_id_card(CardReader& reader, Duration limit);
/// The same for who serves residents only: document_not_supported for the other kinds.
awaitable<Result<IdDocument>> read_resident_id(CardReader& reader, Duration limit);
/// ISO 14443 UID by FF CA 00 00 00 (4 to 10 bytes): how a staff badge is known.
awaitable<Result<Bytes>> read_uid(CardReader& reader, Duration limit);

}  // namespace drivers
