// A captured printer stream on disk, decoded into card pictures and a log of commands.
#pragma once
#include <cstddef>
#include <expected>
#include <filesystem>
#include <string>

namespace sim {

struct ReplaySummary {
    int cards = 0;
    std::size_t commands = 0, unknown = 0, broken = 0;
};
/// Reads `stream` in pieces and writes into `out` (made when it is missing): card-NNN-front.png, card-NNN-back.png where something is on the back, card-NNN-y.png ...
/// for each panel, commands.log. The log holds names, settings and lengths; a command that could carry a person's text is given by name and length only.
[[nodiscard]] std::expected<ReplaySummary, std::string> replay_printer_file(const std::filesystem::path& stream, const std::filesystem::path& out, int width = 1016, int height = 648);

}  // namespace sim
