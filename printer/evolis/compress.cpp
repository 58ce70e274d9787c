// Line by line, because each line's run lengths stand for themselves.
#include "printer/evolis/compress.hpp"

#include "printer/evolis/raster.hpp"

#include <stdexcept>

namespace printer::evolis {

namespace {
using Line = std::vector<std::uint8_t>;  ///< one value a dot

constexpr std::uint8_t blank_line = 0x00, full_line = 0xFF, repeat = 0x80, top_level = 0x7F;
constexpr int most_repeats = 255;

std::size_t dots_of(RasterSize size) { return static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height); }
std::size_t line_bytes_of(RasterSize size) { return (static_cast<std::size_t>(size.height) + 7) / 8; }
std::size_t place(int line, int dot, RasterSize size) {
    const auto [x, y] = lying_of(line, dot, size);
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width) + static_cast<std::size_t>(x);
}
void push(drivers::Bytes& out, int value) { out.push_back(static_cast<std::byte>(value)); }

template <class F>
drivers::Bytes each_line(std::span<const std::uint8_t> plane, RasterSize size, std::uint8_t most, F squeeze) {
    if (plane.size() != dots_of(size)) throw std::logic_error("plane of another size");
    if (line_bytes_of(size) > most_line_bytes) throw std::logic_error("a line too long for run lengths");
    drivers::Bytes out;
    Line line(static_cast<std::size_t>(size.height));
    for (int l = 0; l < size.width; ++l) {
        for (int dot = 0; dot < size.height; ++dot) {
            const auto value = plane[place(l, dot, size)];
            if (value > most) throw std::logic_error("level out of range");
            line[static_cast<std::size_t>(dot)] = value;
        }
        squeeze(out, line);
    }
    drivers::wipe(std::as_writable_bytes(std::span{line}));
    return out;
}

void squeeze_resin_line(drivers::Bytes& out, const Line& line) {
    if (std::ranges::all_of(line, [](auto v) { return v == 1; })) return push(out, full_line);
    std::size_t leading = 0;  // bytes up to the last one with a dot
    for (std::size_t dot = 0; dot < line.size(); ++dot)
        if (line[dot]) leading = dot / 8 + 1;
    push(out, static_cast<int>(leading));
    for (std::size_t byte = 0; byte < leading; ++byte) {
        int value = 0;
        for (std::size_t bit = 0; bit < 8; ++bit) value = value << 1 | (byte * 8 + bit < line.size() ? line[byte * 8 + bit] : 0);
        push(out, value);
    }
}

void squeeze_colour_line(drivers::Bytes& out, const Line& line) {
    std::size_t end = line.size();
    while (end > 0 && line[end - 1] == 0) --end;
    if (line.size() - end < 2) end = line.size();  // one blank dot is shorter as itself
    for (std::size_t at = 0; at < end;) {
        std::size_t run = 1;
        while (at + run < end && line[at + run] == line[at] && run < most_repeats) ++run;
        if (run > 1) {
            push(out, repeat | line[at]);
            push(out, static_cast<int>(run));
        } else {
            push(out, line[at]);
        }
        at += run;
    }
    if (end < line.size()) {
        push(out, repeat);
        push(out, 0);
    }
}

/// Takes one line's bytes off the front of `data`; false when they are no line.
bool expand_resin_line(drivers::View& data, Line& line) {
    if (data.empty()) return false;
    const int count = drivers::u8(data.front());
    data = data.subspan(1);
    std::ranges::fill(line, count == full_line ? 1 : 0);
    if (count == blank_line || count == full_line) return true;
    const auto leading = static_cast<std::size_t>(count);
    if (leading > (line.size() + 7) / 8 || leading > data.size()) return false;
    for (std::size_t dot = 0; dot < std::min(line.size(), leading * 8); ++dot) line[dot] = drivers::u8(data[dot / 8]) >> (7 - dot % 8) & 1;
    data = data.subspan(leading);
    return true;
}

bool expand_colour_line(drivers::View& data, Line& line) {
    for (std::size_t at = 0; at < line.size();) {
        if (data.empty()) return false;
        const int head = drivers::u8(data.front());
        const auto level = static_cast<std::uint8_t>(head & top_level);
        data = data.subspan(1);
        std::size_t run = 1;
        if (head & repeat) {
            if (data.empty()) return false;
            run = drivers::u8(data.front());
            data = data.subspan(1);
        }
        const bool rest_is_blank = run == 0;
        if (rest_is_blank) run = line.size() - at;
        if (run > line.size() - at) return false;
        std::fill_n(line.begin() + static_cast<std::ptrdiff_t>(at), run, rest_is_blank ? std::uint8_t{0} : level);
        at += run;
    }
    return true;
}

template <class F>
std::optional<std::vector<std::uint8_t>> all_lines(drivers::View data, RasterSize size, F expand) {
    std::vector<std::uint8_t> plane(dots_of(size));
    Line line(static_cast<std::size_t>(size.height));
    for (int l = 0; l < size.width; ++l) {
        if (!expand(data, line)) return std::nullopt;
        for (int dot = 0; dot < size.height; ++dot) plane[place(l, dot, size)] = line[static_cast<std::size_t>(dot)];
    }
    if (!data.empty()) return std::nullopt;
    return plane;
}
}  // namespace

drivers::Bytes squeeze_resin(std::span<const std::uint8_t> plane, RasterSize size) { return each_line(plane, size, 1, squeeze_resin_line); }
drivers::Bytes squeeze_colour(std::span<const std::uint8_t> plane, RasterSize size) { return each_line(plane, size, top_level, squeeze_colour_line); }
std::optional<std::vector<std::uint8_t>> expand_resin(drivers::View data, RasterSize size) { return all_lines(data, size, expand_resin_line); }
std::optional<std::vector<std::uint8_t>> expand_colour(drivers::View data, RasterSize size) { return all_lines(data, size, expand_colour_line); }

}  // namespace printer::evolis
