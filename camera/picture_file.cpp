// Headers by hand: signatures and sizes as the formats' public descriptions give them. Every access is behind a check of the size.
#include "camera/picture_file.hpp"

namespace camera {

namespace {
using drivers::u8;
using drivers::View;

bool has(View v, std::size_t at, std::string_view text) { return at + text.size() <= v.size() && drivers::to_string(v.subspan(at, text.size())) == text; }
std::int64_t big32(View v, std::size_t at) { return std::int64_t{u8(v[at])} << 24 | u8(v[at + 1]) << 16 | u8(v[at + 2]) << 8 | u8(v[at + 3]); }
std::int64_t little16(View v, std::size_t at) { return u8(v[at]) | u8(v[at + 1]) << 8; }
std::int64_t little24(View v, std::size_t at) { return little16(v, at) | std::int64_t{u8(v[at + 2])} << 16; }
std::int64_t little32(View v, std::size_t at) { return little24(v, at) | std::int64_t{u8(v[at + 3])} << 24; }

PictureFacts png(View v) {
    PictureFacts facts{.kind = PictureKind::png, .width = big32(v, 16), .height = big32(v, 20), .animated = false, .complete = false, .jpeg = {}};
    for (std::size_t at = 8; at + 12 <= v.size();) {
        const auto length = static_cast<std::size_t>(big32(v, at));
        facts.animated |= has(v, at + 4, "acTL");
        facts.complete |= has(v, at + 4, "IEND");
        if (length > v.size() - at - 12 || facts.complete) break;
        at += 12 + length;
    }
    return facts;
}

PictureFacts webp(View v) {
    PictureFacts facts{.kind = PictureKind::webp, .width = 0, .height = 0, .animated = false, .complete = little32(v, 4) + 8 <= static_cast<std::int64_t>(v.size()), .jpeg = {}};
    if (has(v, 12, "VP8X")) {
        facts.animated = u8(v[20]) & 0x02;
        facts.width = little24(v, 24) + 1;
        facts.height = little24(v, 27) + 1;
    } else if (has(v, 12, "VP8L")) {
        facts.width = (little16(v, 21) & 0x3FFF) + 1;
        facts.height = (little32(v, 21) >> 14 & 0x3FFF) + 1;
    } else if (has(v, 12, "VP8 ")) {
        facts.width = little16(v, 26) & 0x3FFF;
        facts.height = little16(v, 28) & 0x3FFF;
    }
    return facts;
}

PictureFacts bmp(View v) {
    const auto height = static_cast<std::int32_t>(little32(v, 22));  // negative: the rows come from above
    return {.kind = PictureKind::bmp, .width = static_cast<std::int32_t>(little32(v, 18)), .height = std::abs(std::int64_t{height}), .animated = false,
            .complete = little32(v, 2) <= static_cast<std::int64_t>(v.size()), .jpeg = {}};
}
}  // namespace

std::optional<PictureFacts> read_picture_facts(View v) {
    std::optional<PictureFacts> facts;
    constexpr std::size_t longest_header = 30;
    if (const auto jpeg = read_jpeg_facts(v)) {
        facts = PictureFacts{.kind = PictureKind::jpeg, .width = jpeg->width, .height = jpeg->height, .animated = false, .complete = jpeg->ended, .jpeg = jpeg};
    } else if (has(v, 0, "GIF87a") || has(v, 0, "GIF89a")) {
        if (v.size() >= 10) facts = PictureFacts{.kind = PictureKind::gif, .width = little16(v, 6), .height = little16(v, 8), .animated = true, .complete = true, .jpeg = {}};
    } else if (v.size() < longest_header) {
        return std::nullopt;
    } else if (has(v, 0, "\x89PNG\r\n\x1a\n") && has(v, 12, "IHDR")) {
        facts = png(v);
    } else if (has(v, 0, "RIFF") && has(v, 8, "WEBP")) {
        facts = webp(v);
    } else if (has(v, 0, "BM") && little32(v, 14) >= 40) {
        facts = bmp(v);
    }
    if (!facts || facts->width < 1 || facts->height < 1) return std::nullopt;
    return facts;
}

}  // namespace camera
