// What goes into and onto a card: records in the chip's types, and card numbers.
#pragma once
#include "sim/central/register.hpp"
#include "sim/models/model.hpp"

#include <array>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

struct CardRecord {
    int file = 0xEF05, tag = 0;
    Bytes value;
};

/// What one card is made from. Dates YYYYMMDD.
struct CardContents {
    std::string card_number, issued_on, valid_to;
    std::string number, name, birth;
    int sex = 1, nation = 1;
};

/// EF05 05 06 07, EF06 08 09 (4E) 0A 0B 0C 0D in this order; the identification code (01) is the blank's and never rewritten.
/// The error: the name needs more than 30 + 20 bytes, or has a character that GB 18030 lacks.
[[nodiscard]] std::expected<std::vector<CardRecord>, std::string> card_records(const CardContents& contents);

/// GB 18030 bytes, of which GBK is the one- and two-byte part. The one place that decides how rare characters enter the chip: as their four bytes.
[[nodiscard]] std::optional<Bytes> gb18030(std::string_view utf8);

/// Prefix, seven digits of `ordinal`, check character (weights 3 7 9 10 5 8 4 2, as GB 11714). ordinal < 10,000,000.
[[nodiscard]] std::string card_number(char prefix, std::int64_t ordinal);
/// Check character of the first eight of 0-9A-Z.
[[nodiscard]] char card_check(std::string_view first8);

/// YYYYMMDD of that second in UTC+8, the only zone of the service.
[[nodiscard]] std::string day_of(std::int64_t utc_seconds);
/// Same day so many years later; 29 February becomes 28.
[[nodiscard]] std::string years_later(std::string_view day, int years);

}  // namespace sim
