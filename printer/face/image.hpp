// PNG files beside a layout (a bank's mark): hostile until measured, then a Cairo surface.
#pragma once
#include "printer/face/artwork.hpp"

namespace printer {

inline constexpr std::uint32_t max_image_side = 2048;  ///< pixels

/// bad_configuration for no PNG, a damaged one, or one larger than max_image_bytes or max_image_side.
[[nodiscard]] Result<Surface> decode_png(drivers::View png);
/// The same picture for resin: an A8 mask of its dark parts, by opacity and darkness.
[[nodiscard]] Surface darkness_of(const Surface& picture);

/// The images that a field's text names: the file itself, or for a text with a value in braces every file of the folder that could be meant ("{bank_id}.png").
/// bad_configuration when there is none, or too many.
[[nodiscard]] Result<void> read_images(std::string_view text, const std::filesystem::path& folder, std::map<std::string, Bytes>& into);
/// A whole file of at most `most` bytes. bad_configuration otherwise.
[[nodiscard]] Result<Bytes> read_asset(const std::filesystem::path& file, std::size_t most);

}  // namespace printer
