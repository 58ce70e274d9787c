// Reading in pieces, writing card by card.
#include "sim/tools/printer_files.hpp"
#include "sim/models/printer_replay.hpp"

#include <fmt/format.h>
#include <fstream>

namespace sim {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t piece_bytes = 256 * 1024;

/// A card is somebody's face and number: for the owner of the file only.
bool write(const fs::path& path, const Bytes& bytes) {
    std::ofstream out(path, std::ios::binary);
    std::error_code error;
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, error);
    if (error) return false;
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return out.good();
}

bool write_card(const fs::path& out, const PhysicalCard& card, int number) {
    const auto name = [&](std::string_view what) { return out / fmt::format("card-{:03}-{}.png", number, what); };
    bool good = write(name("front"), card_png(card, true));
    if (!card.back_k.empty()) good = write(name("back"), card_png(card, false)) && good;
    const std::pair<std::string_view, const std::vector<std::uint8_t>*> panels[] = {{"y", &card.y}, {"m", &card.m}, {"c", &card.c}, {"k", &card.k}, {"o", &card.o}, {"back-k", &card.back_k}};
    for (const auto& [letter, plane] : panels) {
        if (!plane->empty()) good = write(name(letter), panel_png(*plane, card.width, card.height, letter.ends_with('k') || letter == "o")) && good;
    }
    return good;
}

}  // namespace

std::expected<ReplaySummary, std::string> replay_printer_file(const fs::path& stream, const fs::path& out, int width, int height) {
    std::ifstream in(stream, std::ios::binary);
    if (!in) return std::unexpected(stream.string() + " cannot be read");
    std::error_code error;
    fs::create_directories(out, error);
    std::ofstream log(out / "commands.log");
    if (!log) return std::unexpected(out.string() + " cannot be written into");
    bool written = true;
    PrinterReplay replay(width, height,
                         {.card =
                              [&](const PhysicalCard& card, int number) {
                                  written = write_card(out, card, number) && written;
                                  log << fmt::format("  == card {} ==\n", number);
                              },
                          .note = [&](const std::string& line) { log << line << '\n'; }});
    Bytes piece(piece_bytes);
    while (in) {
        in.read(reinterpret_cast<char*>(piece.data()), static_cast<std::streamsize>(piece.size()));
        replay.feed(View{piece}.first(static_cast<std::size_t>(in.gcount())));
    }
    replay.end();
    log.flush();
    if (!written || !log) return std::unexpected("not everything could be written into " + out.string());
    return ReplaySummary{.cards = replay.cards(), .commands = replay.commands(), .unknown = replay.unknown(), .broken = replay.broken()};
}

}  // namespace sim
