// Numbers of invented people with right check characters (facts: resident-id-text-layouts.md). Parts are digits of the stated sizes; std::invalid_argument otherwise.
#pragma once
#include <string>
#include <string_view>

namespace sim {

/// GB 11643: area (6; 810000, 820000, 830000 on permits of Hong Kong, Macao and Taiwan residents), birth YYYYMMDD, sequence (3; odd for a man).
[[nodiscard]] std::string resident_number(std::string_view area, std::string_view birth, std::string_view sequence);
/// Permanent residence of 2017, 15 characters: alpha-3, area (4), birth YYYYMMDD of which six are used, one digit.
[[nodiscard]] std::string permanent_number_2017(std::string_view alpha3, std::string_view area, std::string_view birth, char digit);
/// Permanent residence of 2023, 18 digits: 9, province (2), numeric country of ISO 3166 (3), birth YYYYMMDD, sequence (3; odd for a man).
[[nodiscard]] std::string permanent_number_2023(std::string_view province, std::string_view country, std::string_view birth, std::string_view sequence);

}  // namespace sim
