// What comes over the printer's bulk OUT pipe, cut into commands: ESC name ;args CR, padding, and downloads whose data may hold CR and ESC.
#pragma once
#include "sim/models/model.hpp"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace sim {

struct WireCommand {
    std::string text;               ///< as sent, without ESC, CR and data: "Db;y;128;"
    std::vector<std::string> args;  ///< args[0] is the name
    Bytes data;                     ///< of a download
    /// The header is no command at all, or announces a download that cannot be: answered, never executed.
    enum class Flaw { none, overlong, bad_parameters } flaw = Flaw::none;
};

/// Bits a dot for 2, 32, 64, 128 levels; 0 for anything else.
[[nodiscard]] int bits_of_levels(std::string_view levels);

/// What a download's header says: Db and Dbc are whole panels, Dbp and Dbpc some lines of one; Dbc and Dbpc are run lengths and state their bytes.
struct DownloadHead {
    char panel = 0;
    int bits = 0;
    bool run_lengths = false, half = false;
    std::size_t first_line = 0, lines = 0;  ///< lines of the lying card's columns
    std::size_t bytes = 0;                  ///< of data that follow
};
inline constexpr std::size_t most_half_panel_lines = 420;
/// Nothing when the header announces what cannot be: an unknown panel, levels, window, or more bytes than run lengths of such a panel can have.
[[nodiscard]] std::optional<DownloadHead> download_head(const std::vector<std::string>& args, std::size_t width, std::size_t height);

/// Keeps a half command until the rest arrives. The size of a download follows from the raster, because Db says none.
class WireParser {
  public:
    WireParser(int width, int height) : width_(static_cast<std::size_t>(width)), height_(static_cast<std::size_t>(height)) {}
    /// Appends what is complete to `out`.
    void feed(View data, std::deque<WireCommand>& out);
    /// What was received of an unfinished command is forgotten (power, reboot).
    void clear();
    /// The unfinished command's header so far and how much of its data is missing; empty between commands.
    [[nodiscard]] const std::string& unfinished() const { return command_.text; }
    [[nodiscard]] std::size_t missing() const { return missing_; }

  private:
    void header_byte(char c, std::deque<WireCommand>& out);
    void finish(std::deque<WireCommand>& out);
    void begin_download();

    std::size_t width_, height_;
    WireCommand command_;
    enum class State { between, header, data, tail } state_ = State::between;
    std::size_t missing_ = 0;  ///< bytes of data still to come
    std::size_t semicolons_ = 0;
};

}  // namespace sim
