// Framing of Evolis ESC commands.
#include "printer/evolis/command.hpp"

#include "printer/evolis/compress.hpp"
#include "printer/evolis/raster.hpp"

#include <fmt/format.h>
#include <stdexcept>

namespace printer::evolis {

namespace {
constexpr std::byte esc{0x1B};
constexpr std::byte cr{0x0D};

std::string with_feeder(std::string_view form, int feeder, std::string_view tail = {}) {
    if (feeder < 1 || feeder > 4) throw std::logic_error("feeders are numbered 1 to 4");
    return fmt::format("{}{}{}", form, feeder, tail);
}

/// ESC and head, with room for the data and CR.
drivers::Bytes begun(std::string_view head, std::size_t data_bytes) {
    drivers::Bytes bytes;
    bytes.reserve(head.size() + data_bytes + 2);
    bytes.push_back(esc);
    const auto body = drivers::as_view(head);
    bytes.insert(bytes.end(), body.begin(), body.end());
    return bytes;
}
std::string plain_head(Panel panel) { return fmt::format("Db;{};{};", letter_of(panel), 1 << bits_of(panel)); }
}  // namespace

Command choose_feeder(int feeder) { return {with_feeder("Piem;", feeder, ";0"), Expect::ok}; }
Command ask_feeder(int feeder) { return {with_feeder("Rse;f;", feeder), Expect::volts}; }
Command ask_feeder_low(int feeder) { return {with_feeder("Rse;n;", feeder), Expect::volts}; }
Command bezel_seconds(int seconds) {
    if (seconds < 1 || seconds > 255) throw std::logic_error("the bezel waits 1 to 255 seconds");
    return {fmt::format("Pbc;D;{}", seconds), Expect::ok};
}
Command set_ribbon(RibbonKind kind) {
    if (kind == RibbonKind::unknown) throw std::logic_error("an unknown ribbon is not set");
    return {fmt::format("Pr;{}", name_of(kind)), Expect::ok};
}

drivers::Bytes frame(std::string_view text) {
    if (text.empty() || text.find_first_of(std::string_view{"\x1B\r\0", 3}) != text.npos) throw std::logic_error("not a command");
    auto bytes = begun(text, 0);
    bytes.push_back(cr);
    return bytes;
}

drivers::Bytes frame_panel(Panel panel, drivers::View packed) {
    auto bytes = begun(plain_head(panel), packed.size());
    bytes.insert(bytes.end(), packed.begin(), packed.end());
    bytes.push_back(cr);
    return bytes;
}

Download download_of(Panel panel, std::span<const std::uint8_t> plane, RasterSize size, Packing packing) {
    const int bits = bits_of(panel);
    const auto plain_bytes = panel_bytes(size, bits);
    Download download;
    if (packing == Packing::run_lengths) {
        auto squeezed = bits == 1 ? squeeze_resin(plane, size) : squeeze_colour(plane, size);
        if (squeezed.size() < plain_bytes) {
            download.head = fmt::format("Dbc;{};{};{};", letter_of(panel), 1 << bits, squeezed.size());
            download.framed = begun(download.head, squeezed.size());
            download.framed.insert(download.framed.end(), squeezed.begin(), squeezed.end());
        }
        drivers::wipe(squeezed);
    }
    if (download.head.empty()) {
        download.head = plain_head(panel);
        download.framed = begun(download.head, plain_bytes);
        pack_into(download.framed, plane, size, bits, {0, size.width});
    }
    download.framed.push_back(cr);
    return download;
}

Download half_download_of(Panel panel, std::span<const std::uint8_t> plane, RasterSize size, Window window) {
    const int bits = bits_of(panel);
    Download download;
    download.head = fmt::format("Dbp;{};{};{};{};", letter_of(panel), 1 << bits, window.first, window.lines);
    download.framed = begun(download.head, panel_bytes({window.lines, size.height}, bits));
    pack_into(download.framed, plane, size, bits, window);
    download.framed.push_back(cr);
    return download;
}

}  // namespace printer::evolis
