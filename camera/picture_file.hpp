// What a picture file says about itself, read from its headers before memory is given to it: kind, size, whether it moves. No decoder runs here.
#pragma once
#include "camera/jpeg.hpp"

namespace camera {

enum class PictureKind { jpeg, png, webp, bmp, gif };

struct PictureFacts {
    PictureKind kind{};
    std::int64_t width = 0, height = 0;  ///< pixels as stored; both at least 1
    bool animated = false;               ///< APNG, WebP; every GIF counts as one
    bool complete = false;               ///< the end that the format promises is there
    std::optional<JpegFacts> jpeg;
};

/// Nothing for what is none of these kinds, or has no size.
[[nodiscard]] std::optional<PictureFacts> read_picture_facts(drivers::View file);

}  // namespace camera
