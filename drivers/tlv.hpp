// BER-TLV as chip cards use it (ISO 7816-4): finding one object in hostile bytes.
#pragma once
#include "drivers/bytes.hpp"

namespace drivers {

/// Constructed objects may be nested this deep; real ones are three deep.
inline constexpr int max_tlv_depth = 6;

/// The value of the first object with `tag` (one or two bytes, 0x5A or 0x9F0C), looked for inside constructed objects
/// too. A view into `data`; nothing when it is not there or the bytes before it are no TLV. Padding 00 and FF is skipped.
[[nodiscard]] std::optional<View> find_tlv(View data, std::uint16_t tag);

}  // namespace drivers
