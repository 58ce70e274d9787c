// Dots out of the wire's bit stream (MSB first, no padding between lines) or out of the resin panels' run lengths.
// evolis-commands.md: a line is 0x00 (blank), 0xFF (full), or n and n leading bytes with the rest blank.
#include "sim/models/printer_buffers.hpp"

namespace sim {
namespace {

constexpr int full_level = 127;
constexpr int blank_line = 0x00, full_line = 0xFF;

int byte_at(View data, std::size_t i) { return std::to_integer<int>(data[i]); }

std::vector<std::uint8_t> unpack(View data, int bits, std::size_t width, std::size_t height) {
    std::vector<std::uint8_t> plane(width * height);
    const int top = (1 << bits) - 1;
    std::uint32_t window = 0;
    int held = 0;
    std::size_t at = 0;
    for (std::size_t line = 0; line < width; ++line) {
        for (std::size_t dot = 0; dot < height; ++dot) {
            if (held < bits) {
                window = window << 8 | static_cast<std::uint32_t>(byte_at(data, at++));
                held += 8;
            }
            held -= bits;
            const int value = static_cast<int>(window >> held) & top;
            // Fewer levels are spread over the same range of heat; a resin dot (1 bit) stays 0 or 1 and a 1-bit colour becomes full.
            plane[dot * width + line] = static_cast<std::uint8_t>(value * full_level / top);
        }
    }
    return plane;
}

std::optional<std::vector<std::uint8_t>> unroll(View data, std::size_t width, std::size_t height) {
    std::vector<std::uint8_t> plane(width * height);
    const std::size_t line_bytes = (height + 7) / 8;
    std::size_t at = 0;
    for (std::size_t line = 0; line < width; ++line) {
        if (at >= data.size()) return std::nullopt;
        const int count = byte_at(data, at++);
        if (count == blank_line) continue;
        if (count == full_line) {
            for (std::size_t dot = 0; dot < height; ++dot) plane[dot * width + line] = full_level;
            continue;
        }
        const auto leading = static_cast<std::size_t>(count);
        if (leading > line_bytes || at + leading > data.size()) return std::nullopt;
        for (std::size_t dot = 0; dot < height && dot < leading * 8; ++dot) {
            if (byte_at(data, at + dot / 8) >> (7 - dot % 8) & 1) plane[dot * width + line] = full_level;
        }
        at += leading;
    }
    if (at != data.size()) return std::nullopt;
    return plane;
}

}  // namespace

std::optional<std::vector<std::uint8_t>> plane_of(const WireCommand& download, int width, int height) {
    const auto w = static_cast<std::size_t>(width), h = static_cast<std::size_t>(height);
    const bool resin = download.args[1] == "k" || download.args[1] == "o";
    auto plane = download.args[0] == "Dbc" ? unroll(download.data, w, h) : std::optional{unpack(download.data, bits_of_levels(download.args[2]), w, h)};
    if (plane && resin) {
        for (std::uint8_t& dot : *plane) dot = dot ? 1 : 0;
    }
    return plane;
}

}  // namespace sim
