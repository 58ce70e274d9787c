// What opens a passport's chip: the key lines of its machine readable zone, or the card access number printed on it.
// ICAO 9303-11, 4.3.2 and 4.4.1.
#pragma once
#include "drivers/mrz/mrz.hpp"

namespace drivers::emrtd {

inline constexpr std::size_t can_digits = 6;

/// Personal data: wiped, never copied, never in a fault.
class AccessKey {
  public:
    /// Of a zone that was read; document_invalid when it lacks a part.
    [[nodiscard]] static Result<AccessKey> from_mrz(const Mrz& mrz);
    /// As printed, without check digits, see mrz_access_key: number, YYMMDD twice. document_invalid for other characters or sizes.
    [[nodiscard]] static Result<AccessKey> from_mrz(std::string_view number, std::string_view birth, std::string_view expiry);
    /// Of the text that mrz_access_key made.
    [[nodiscard]] static AccessKey from_text(const Secret& text);
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
