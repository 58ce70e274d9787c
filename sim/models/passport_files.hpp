// The files in a passport's chip, written after ICAO 9303-10: data groups, EF.COM, EF.CardAccess. For the passport model only.
#pragma once
#include "sim/models/passport_crypto.hpp"

#include <map>

namespace sim::passport {

using Files = std::map<int, Bytes>;  ///< by file identifier
inline constexpr int card_access = 0x011C, sod = 0x011D, com = 0x011E;
[[nodiscard]] constexpr int file_of_group(int group) { return 0x0100 | group; }

/// std::invalid_argument names what no office prints.
void must_be_printable(const PassportDescription& document);

[[nodiscard]] Bytes write_dg1(const PassportDescription& document);
/// std::invalid_argument for a portrait that is neither JPEG nor JPEG 2000.
[[nodiscard]] Bytes write_dg2(const PassportDescription& document);
[[nodiscard]] Bytes write_dg11(const PassportDescription& document);
[[nodiscard]] Bytes write_dg12(const PassportDescription& document);
/// The chip's protocols: PACE, chip authentication with its public key, the signature of active authentication.
[[nodiscard]] Bytes write_dg14(const PassportDescription& document, View chip_public_key_info);
[[nodiscard]] Bytes write_dg15(View public_key_info);
[[nodiscard]] Bytes write_com(const std::set<int>& groups);
[[nodiscard]] Bytes write_card_access(const std::vector<PaceVariant>& variants);

/// Object identifiers as DER values (without tag and length) that commands name: 0.4.0.127.0.7.2.2.4.2.x and ...2.2.3.2.x.
[[nodiscard]] Bytes pace_protocol(PassportCipher cipher);
[[nodiscard]] Bytes chip_authentication_protocol(PassportCipher cipher);

/// Which of the two picture kinds; nothing for another.
enum class Picture { jpeg, jpeg2000 };
[[nodiscard]] std::optional<Picture> picture_kind(View picture);
/// A drawn face, different for each seed; JPEG.
[[nodiscard]] Bytes drawn_portrait(std::uint64_t seed);

}  // namespace sim::passport
