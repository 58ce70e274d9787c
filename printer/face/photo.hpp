// The photograph out of its JPEG file, which may be anything: limits first, then pixels.
#pragma once
#include "drivers/bytes.hpp"
#include "printer/face/face.hpp"

namespace printer {

inline constexpr std::size_t max_photo_bytes = 1'048'576;
inline constexpr int max_photo_side = 4096;  ///< pixels

struct Photo {
    int width = 0, height = 0;
    std::vector<std::uint32_t> xrgb;  ///< row-major 0xXXRRGGBB, as Cairo's RGB24
};

/// Baseline JPEG, grey or colour. Decoded at a half, quarter or eighth where that still has `wanted_height` rows. photo_not_encodable
/// for anything else, also for a file that ends early (its missing part would be grey on the card).
[[nodiscard]] Result<Photo> decode_photo(drivers::View jpeg, int wanted_height);

}  // namespace printer
