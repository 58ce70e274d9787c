// What comes over the printer's bulk OUT pipe, cut into commands: ESC name ;args CR, padding, and downloads whose data may hold CR and ESC.
#pragma once
#include "sim/models/model.hpp"

#include <deque>
#include <string>
#include <vector>

namespace sim {

struct WireCommand {
    std::string text;               ///< as sent, without ESC, CR and data: "Db;y;128;"
    std::vector<std::string> args;  ///< args[0] is the name
    Bytes data;                     ///< of Db and Dbc
    /// The header is no command at all, or announces a download that cannot be: answered, never executed.
    enum class Flaw { none, overlong, bad_parameters } flaw = Flaw::none;
};

/// Bits a dot for 2, 32, 64, 128 levels; 0 for anything else.
[[nodiscard]] int bits_of_levels(std::string_view levels);

/// Keeps a half command until the rest arrives. The size of a download follows from the raster, because Db says none.
class WireParser {
  public:
    WireParser(int width, int height) : dots_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {}
    /// Appends what is complete to `out`.
    void feed(View data, std::deque<WireCommand>& out);
    /// What was received of an unfinished command is forgotten (power, reboot).
    void clear();

  private:
    void header_byte(char c, std::deque<WireCommand>& out);
    void finish(std::deque<WireCommand>& out);
    void begin_download();

    std::size_t dots_;
    WireCommand command_;
    enum class State { between, header, data, tail } state_ = State::between;
    std::size_t missing_ = 0;  ///< bytes of data still to come
    int semicolons_ = 0;
};

}  // namespace sim
