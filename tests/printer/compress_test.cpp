// Run lengths of panels: known answers by the rules of the guide, and an independent reader that finds every dot again.
#include "bench.hpp"
#include "printer/evolis/compress.hpp"
#include "printer/evolis/raster.hpp"
#include "sim/models/printer_buffers.hpp"

#include <doctest/doctest.h>
#include <random>

using namespace bench;
using namespace printer::evolis;
using drivers::operator""_hex;
using printer::RasterSize;

namespace {
using Plane = std::vector<std::uint8_t>;

/// A plane whose lines (columns of the lying card) are given.
Plane of_lines(const std::vector<Plane>& lines) {
    Plane plane(lines.size() * lines.front().size());
    for (std::size_t l = 0; l < lines.size(); ++l)
        for (std::size_t d = 0; d < lines[l].size(); ++d) plane[d * lines.size() + l] = lines[l][d];
    return plane;
}

/// The rules once more, written from the table of facts: a byte below 80 is a dot; 80+v n is n dots; n 0 is the rest of the line.
std::optional<Plane> read_colour(const Bytes& data, RasterSize size) {
    std::vector<Plane> lines;
    Plane line;
    const auto height = static_cast<std::size_t>(size.height);
    for (std::size_t at = 0; at < data.size();) {
        const int b = drivers::u8(data[at++]);
        if (b < 0x80) {
            line.push_back(static_cast<std::uint8_t>(b));
        } else {
            if (at == data.size()) return std::nullopt;
            const std::size_t n = drivers::u8(data[at++]);
            if (n == 0) line.resize(height);
            else line.insert(line.end(), n, static_cast<std::uint8_t>(b & 0x7F));
        }
        if (line.size() > height) return std::nullopt;
        if (line.size() == height) lines.push_back(std::exchange(line, {}));
    }
    if (!line.empty() || lines.size() != static_cast<std::size_t>(size.width)) return std::nullopt;
    return of_lines(lines);
}

/// The simulator's reader of Dbc;k, which shares no code with the driver.
std::optional<Plane> read_resin(const Bytes& data, RasterSize size) {
    sim::WireCommand command;
    command.text = "Dbc;k;2;" + std::to_string(data.size()) + ";";
    command.args = {"Dbc", "k", "2", std::to_string(data.size())};
    command.data = data;
    return sim::plane_of(command, size.width, size.height);
}

Plane random_plane(std::mt19937& dice, RasterSize size, int most) {
    Plane plane(static_cast<std::size_t>(size.width * size.height));
    // Runs, noise and blank parts, in turn along the line and across it.
    int left = 0, kind = 0, level = 0;
    for (int x = 0; x < size.width; ++x)
        for (int y = 0; y < size.height; ++y) {
            if (left-- <= 0) {
                left = static_cast<int>(dice() % static_cast<unsigned>(size.height * 2));
                kind = static_cast<int>(dice() % 3);
                level = static_cast<int>(dice() % static_cast<unsigned>(most + 1));
            }
            plane[static_cast<std::size_t>(y * size.width + x)] = static_cast<std::uint8_t>(kind == 0 ? 0 : kind == 1 ? level : static_cast<int>(dice() % static_cast<unsigned>(most + 1)));
        }
    return plane;
}
}  // namespace

TEST_CASE("resin run lengths: blank, full, leading bytes") {
    const Plane lines[] = {Plane(24, 0), Plane(24, 1), {1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, [] { Plane p(24, 0); p[23] = 1; return p; }()};
    const RasterSize size{4, 24};
    const auto squeezed = squeeze_resin(of_lines({lines[0], lines[1], lines[2], lines[3]}), size);
    CHECK(drivers::hex(squeezed) == "00" "FF" "02A010" "03000001");
    CHECK(expand_resin("00FF02A01003000001"_hex, size) == of_lines({lines[0], lines[1], lines[2], lines[3]}));
    // A whole card's black: one byte a line.
    CHECK(squeeze_resin(Plane(1016 * 648, 1), {1016, 648}).size() == 1016);
    CHECK(squeeze_resin(Plane(1016 * 648, 0), {1016, 648}).size() == 1016);
    // The longest line is 81 bytes and its count: what real captures show at most.
    Plane last(1016 * 648, 0);
    for (std::size_t x = 0; x < 1016; ++x) last[647 * 1016 + x] = 1;
    CHECK(squeeze_resin(last, {1016, 648}).size() == 1016 * 82);
}

TEST_CASE("colour run lengths: single dots, runs, the rest of a line") {
    const RasterSize size{2, 300};
    Plane first(300, 0), second(300, 5);
    first[0] = 127;
    first[1] = first[2] = first[3] = 7;
    const auto squeezed = squeeze_colour(of_lines({first, second}), size);
    CHECK(drivers::hex(squeezed) == "7F" "8703" "8000" "85FF" "852D");
    CHECK(expand_colour("7F8703800085FF852D"_hex, size) == of_lines({first, second}));
    // "The rest is blank" whatever level stands there.
    CHECK(expand_colour("7F870385008000"_hex, size) == of_lines({first, Plane(300, 0)}));
}

TEST_CASE("what is no whole panel is none") {
    const RasterSize size{2, 24};
    for (const auto& bad : {""_hex, "00"_hex, "0000FF"_hex, "0004FFFFFFFF"_hex, "0002FF"_hex, "00AA"_hex}) CHECK_FALSE(expand_resin(bad, size));
    for (const auto& bad : {""_hex, "8000"_hex, "800080"_hex, "80008019"_hex, "8000800000"_hex, "80008000FF"_hex}) CHECK_FALSE(expand_colour(bad, size));
    CHECK(expand_colour("80008000"_hex, size));
    CHECK_THROWS_AS(static_cast<void>(squeeze_resin(Plane(3, 0), size)), std::logic_error);
    CHECK_THROWS_AS(static_cast<void>(squeeze_resin(Plane(48, 2), size)), std::logic_error);
    CHECK_THROWS_AS(static_cast<void>(squeeze_colour(Plane(48, 128), size)), std::logic_error);
}

TEST_CASE("property: decode(encode(x)) == x, by our own reader and by one that shares no code with it") {
    std::mt19937 dice(20261122);
    int planes = 0;
    for (const RasterSize size : {RasterSize{64, 40}, RasterSize{5, 3}, RasterSize{17, 648}, RasterSize{1, 1}, RasterSize{30, 7}}) {
        for (int i = 0; i < 200; ++i, ++planes) {
            const auto resin = random_plane(dice, size, 1), colour = random_plane(dice, size, 127);
            const auto k = squeeze_resin(resin, size), y = squeeze_colour(colour, size);
            REQUIRE(expand_resin(k, size) == resin);
            REQUIRE(read_resin(k, size) == resin);
            REQUIRE(expand_colour(y, size) == colour);
            REQUIRE(read_colour(y, size) == colour);
        }
    }
    MESSAGE("round trips of " << planes << " resin and as many colour planes");
}

TEST_CASE("bytes of each panel on the wire, plain, half and squeezed") {
    const RasterSize card{1016, 648};
    const Plane some = [] {
        Plane p(1016 * 648, 0);
        for (std::size_t i = 0; i < p.size(); i += 3) p[i] = 1;
        return p;
    }();
    for (const auto panel : {Panel::y, Panel::m, Panel::c, Panel::k, Panel::o}) {
        const auto plain = download_of(panel, some, card, Packing::plain);
        CHECK(plain.data_bytes() == (bits_of(panel) == 7 ? 576'072u : 82'296u));
        CHECK(plain.framed == frame_panel(panel, pack(some, card, bits_of(panel))));
    }
    CHECK(download_of(Panel::y, some, card, Packing::plain).head == "Db;y;128;");
    // Half a card's length of colour: 420 lines.
    const auto half = half_download_of(Panel::c, some, card, {300, 420});
    CHECK(half.head == "Dbp;c;128;300;420;");
    CHECK(half.data_bytes() == 420 * 648 * 7 / 8);
    CHECK_THROWS_AS(static_cast<void>(half_download_of(Panel::c, some, card, {600, 420})), std::logic_error);
    // Black letters on white: a fraction; noise: as it is, because it would grow.
    Plane letters(1016 * 648, 0);
    for (std::size_t y = 100; y < 160; ++y)
        for (std::size_t x = 200; x < 900; x += 2) letters[y * 1016 + x] = 1;
    const auto squeezed = download_of(Panel::k, letters, card, Packing::run_lengths);
    CHECK(squeezed.head == "Dbc;k;2;" + std::to_string(squeezed.data_bytes()) + ";");
    CHECK(squeezed.data_bytes() < 82'296 / 8);
    std::mt19937 dice(1);
    Plane noise(1016 * 648);
    for (auto& v : noise) v = static_cast<std::uint8_t>(dice() % 128);
    CHECK(download_of(Panel::m, noise, card, Packing::run_lengths).head == "Db;m;128;");
}
