// Dots out of the wire's bit stream (MSB first, no padding between lines) or out of run lengths.
// evolis-commands.md: a resin line is 0x00 (blank), 0xFF (full), or n and n leading bytes with the rest blank; verified on eight captures. A colour line is made of
// dots (top bit 0) and runs (top bit 1, then a count; the bits that the level leaves free add 256 each; count 0: the rest of the line is blank); from the guide only.
#include "sim/models/printer_buffers.hpp"

#include <algorithm>

namespace sim {
namespace {

constexpr int full_level = 127;
constexpr int blank_line = 0x00, full_line = 0xFF;
constexpr int run_follows = 0x80, free_bits = 0x60, added_by_free_bit = 256;

using Plane = std::vector<std::uint8_t>;

int byte_at(View data, std::size_t i) { return std::to_integer<int>(data[i]); }

/// Fewer levels are spread over the same range of heat.
std::uint8_t heat(int value, int bits) { return static_cast<std::uint8_t>(value * full_level / ((1 << bits) - 1)); }

/// One line after another into a plane whose rows run along the card.
struct Pen {
    Plane& plane;
    std::size_t width, height, line;
    void put(std::size_t dot, std::uint8_t level) { plane[dot * width + line] = level; }
};

void unpack(View data, const DownloadHead& head, Pen pen) {
    std::uint32_t window = 0;
    int held = 0;
    std::size_t at = 0;
    for (std::size_t line = 0; line < head.lines; ++line, ++pen.line) {
        for (std::size_t dot = 0; dot < pen.height; ++dot) {
            if (held < head.bits) {
                window = window << 8 | static_cast<std::uint32_t>(byte_at(data, at++));
                held += 8;
            }
            held -= head.bits;
            pen.put(dot, heat(static_cast<int>(window >> held) & ((1 << head.bits) - 1), head.bits));
        }
    }
}

bool unroll_resin_line(View data, std::size_t& at, Pen& pen) {
    if (at >= data.size()) return false;
    const int count = byte_at(data, at++);
    if (count == blank_line) return true;
    if (count == full_line) {
        for (std::size_t dot = 0; dot < pen.height; ++dot) pen.put(dot, full_level);
        return true;
    }
    const auto leading = static_cast<std::size_t>(count);
    if (leading > (pen.height + 7) / 8 || at + leading > data.size()) return false;
    for (std::size_t dot = 0; dot < pen.height && dot < leading * 8; ++dot) {
        if (byte_at(data, at + dot / 8) >> (7 - dot % 8) & 1) pen.put(dot, full_level);
    }
    at += leading;
    return true;
}

bool unroll_colour_line(View data, std::size_t& at, Pen& pen, int bits) {
    for (std::size_t dot = 0; dot < pen.height;) {
        if (at >= data.size()) return false;
        const int first = byte_at(data, at++), value = first & ((1 << bits) - 1);
        if ((first & run_follows) == 0) {
            pen.put(dot++, heat(value, bits));
            continue;
        }
        if (at >= data.size()) return false;
        int count = byte_at(data, at++);
        for (int bit = 0x20; bit <= 0x40; bit <<= 1) {
            if (bit >= 1 << bits && (first & free_bits & bit)) count += added_by_free_bit;
        }
        if (count == 0) return true;
        if (static_cast<std::size_t>(count) > pen.height - dot) return false;
        for (; count > 0; --count) pen.put(dot++, heat(value, bits));
    }
    return true;
}

}  // namespace

std::optional<Plane> plane_of(const WireCommand& download, int width, int height) {
    const auto w = static_cast<std::size_t>(width), h = static_cast<std::size_t>(height);
    const auto head = download_head(download.args, w, h);
    if (!head || download.data.size() != head->bytes) return std::nullopt;
    Plane plane(w * h);
    const bool resin = head->bits == 1 && (head->panel == 'k' || head->panel == 'o');
    Pen pen{plane, w, h, head->first_line};
    if (!head->run_lengths) {
        unpack(download.data, *head, pen);
    } else {
        std::size_t at = 0;
        for (std::size_t line = 0; line < head->lines; ++line, ++pen.line) {
            if (!(head->bits == 1 ? unroll_resin_line(download.data, at, pen) : unroll_colour_line(download.data, at, pen, head->bits))) return std::nullopt;
        }
        if (at != download.data.size()) return std::nullopt;
    }
    if (resin) {
        for (std::uint8_t& dot : plane) dot = dot ? 1 : 0;
    }
    return plane;
}

Plane test_pattern(char panel, int width, int height) {
    const auto w = static_cast<std::size_t>(width), h = static_cast<std::size_t>(height);
    Plane plane(w * h);
    for (std::size_t row = 0; row < h; ++row) {
        for (std::size_t column = 0; column < w; ++column) {
            const bool frame = row == 0 || column == 0 || row + 1 == h || column + 1 == w;
            plane[row * w + column] = panel == 'o' ? 1 : panel == 'k' ? frame : static_cast<std::uint8_t>(column * full_level / std::max<std::size_t>(1, w - 1));
        }
    }
    return plane;
}

}  // namespace sim
