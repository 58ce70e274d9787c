// Evolis ESC commands: their texts, what kind of answer each expects, and how they are framed. Pure; the table of words is
// PROTOCOL.md. Source: facts evolis-commands.md ([G] the vendor's guide, [K] kiosk programs).
#pragma once
#include "drivers/bytes.hpp"
#include "printer/card_printer.hpp"

#include <array>
#include <string>
#include <string_view>

namespace printer::evolis {

/// What a command's answer may be. An answer of another kind belongs to another command or to nobody.
enum class Expect {
    ok,         ///< "OK"
    word,       ///< a name or number of the machine: 1..64 printable characters, not "OK", no error
    pair,       ///< "2;0"
    number,     ///< 0..99999; "OK" in its place is asked again (field problem 7)
    count,      ///< of a life: 0..999999999, a minus before what is overdue; "OK" in its place is asked again
    volts,      ///< "5,00 Volts"
    position,   ///< "OK", "NO CARD", "CARD", "SMART CARD", "CONTACTLESS CARD", "ERR CARD"
    bin,        ///< "OK", "CARD"
};

struct Command {
    std::string text;  ///< without ESC and CR
    Expect expect = Expect::ok;
};

/// Nothing happens by itself to a card that nobody takes. The design writes `Pbc;A;N`; by the table of facts N is "pull back into the printer" and D is
/// "none", so D is what truly switches firmware retraction off (PROTOCOL.md, "Pbc").
inline constexpr std::string_view no_firmware_retraction = "Pbc;A;D";

/// After bezel_seconds() the firmware pulls the card back by itself: only where a technician asked for it.
inline constexpr std::string_view firmware_retraction = "Pbc;A;N";

/// Sent in this order when the printer is taken over; each is answered OK.
inline constexpr std::array<std::string_view, 8> setup_commands{"Pem;2", "Psmgr;2", "Pcim;F;S", "Pcem;I", "Pcrm;D", no_firmware_retraction, "Pneab;E", "Pr;ymckok"};
/// What Rem's answer begins with while the setup is in force; a printer that was reset answers "0;...". Behind it stands a hardware code, 0: none.
inline constexpr std::string_view host_manages_errors = "2;", no_hardware_code = "0";

/// Colour panels take 7 bits a dot, resin and overlay 1.
enum class Panel { y, m, c, k, o };
[[nodiscard]] constexpr char letter_of(Panel p) { return "ymcko"[static_cast<int>(p)]; }
[[nodiscard]] constexpr int bits_of(Panel p) { return p == Panel::k || p == Panel::o ? 1 : 7; }

/// feeder 1..4
[[nodiscard]] Command choose_feeder(int feeder);
[[nodiscard]] Command ask_feeder(int feeder);
[[nodiscard]] Command ask_feeder_low(int feeder);
/// 1..255
[[nodiscard]] Command bezel_seconds(int seconds);
[[nodiscard]] Command set_ribbon(RibbonKind kind);

/// ESC text CR. A text with ESC, CR or NUL in it is a bug: std::logic_error.
[[nodiscard]] drivers::Bytes frame(std::string_view text);
/// ESC Db;panel;levels;data CR: the data carries no length, so it must have exactly raster.hpp's panel_bytes.
[[nodiscard]] drivers::Bytes frame_panel(Panel panel, drivers::View packed);

/// A panel on its way: the head without ESC ("Db;y;128;"), and everything framed.
struct Download {
    std::string head;
    drivers::Bytes framed;
    [[nodiscard]] std::size_t data_bytes() const { return framed.size() - head.size() - 2; }
};
/// Lines `first .. first + lines - 1` of a half panel.
struct Window {
    int first = 0, lines = 0;
    friend bool operator==(const Window&, const Window&) = default;
};
enum class Packing { plain, run_lengths };
/// A plane packed as it is sent (raster.hpp, compress.hpp), in one pass. Run lengths that are no smaller go as plain bits. The plane must fit the size
/// (std::logic_error otherwise).
[[nodiscard]] Download download_of(Panel panel, std::span<const std::uint8_t> plane, RasterSize size, Packing packing);
/// Dbp: the window of a colour panel.
[[nodiscard]] Download half_download_of(Panel panel, std::span<const std::uint8_t> plane, RasterSize size, Window window);

}  // namespace printer::evolis
