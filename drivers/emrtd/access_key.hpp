// What opens a passport's chip: the key lines of its machine readable zone, or the card access number printed on it.
// ICAO 9303-11, 4.3.2 and 4.4.1.
#pragma once
#include "drivers/bytes.hpp"
#include "drivers/fault.hpp"

namespace drivers::emrtd {

/// Longest document number of a TD1 whose number runs on into the optional data.
inline constexpr std::size_t max_number_chars = 22;
inline constexpr std::size_t can_digits = 6;

/// Weights 7 3 1 over 0-9, A-Z (10 to 35) and '<' (0); nothing for another character.
[[nodiscard]] std::optional<char> check_digit(std::string_view text);

/// Personal data: wiped, never copied, never in a fault.
class AccessKey {
  public:
    /// As printed, without check digits: number (filled with '<' to 9 characters), YYMMDD twice (unknown digits of the birth
    /// date are '<'). document_invalid for other characters or sizes.
    [[nodiscard]] static Result<AccessKey> from_mrz(std::string_view number, std::string_view birth, std::string_view expiry);
    /// Six digits; opens PACE only.
    [[nodiscard]] static Result<AccessKey> from_can(std::string_view digits);

    /// The password reference of MSE:Set AT: 1 MRZ, 2 CAN.
    [[nodiscard]] std::uint8_t reference() const { return is_can_ ? 2 : 1; }
    /// What PACE derives its password key from: SHA-1 of the MRZ information (20 bytes), or the CAN's digits.
    [[nodiscard]] View pace_secret() const { return secret_.view(); }
    /// K_seed of BAC: the first 16 bytes of that SHA-1; nothing for a CAN.
    [[nodiscard]] std::optional<View> bac_seed() const;

  private:
    AccessKey(Secret secret, bool is_can) : secret_(std::move(secret)), is_can_(is_can) {}
    Secret secret_;
    bool is_can_ = false;
};

}  // namespace drivers::emrtd
