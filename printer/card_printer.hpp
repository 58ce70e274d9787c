// A card printer with hoppers, a chip station, a bezel and a reject bin. Contract in the words of XFS (facts: device-vocabulary.md); the Evolis
// ESC driver behind it is printer/evolis.
#pragma once
#include "drivers/async.hpp"
#include "drivers/clock.hpp"
#include "drivers/fault.hpp"
#include "drivers/usb_pipe.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace printer {

using drivers::awaitable;
using drivers::Bytes;
using drivers::Fault;
using drivers::Result;

/// Where a card is (XFS media). `inside` is inside at a place that the sensors do not name.
enum class Position { unknown, not_present, at_chip_station, at_contactless, at_print, inside, presented, jammed };
[[nodiscard]] constexpr std::string_view name_of(Position p) {
    constexpr std::string_view names[] = {"unknown", "not_present", "at_chip_station", "at_contactless", "at_print", "inside", "presented", "jammed"};
    return names[static_cast<int>(p)];
}

enum class Did {
    done,      ///< the act happened: the device said so, or the sensors prove it; and the sensors, asked at once, do not contradict
    not_done,  ///< the act did not happen, the device said so; `where` is still true
    unknown,   ///< nobody knows: ask sensors() before anything else
};

/// The outcome of one physical act. Never resend an act that ended `unknown`.
struct [[nodiscard]] Act {
    Did did = Did::unknown;
    Position where = Position::unknown;
    std::optional<Fault> fault;
    [[nodiscard]] bool ok() const { return did == Did::done; }
};

struct Identity {
    std::string model, serial, firmware;
};

/// A snapshot of all sensors, taken by questions only (moves nothing).
struct Sensors {
    Position card = Position::unknown;
    bool cover_open = false;
    bool reject_bin_full = false;
    std::array<bool, 4> hopper_has_card{};  ///< feeders 1..4; false: empty
    std::array<bool, 4> hopper_low{};
    int hoppers = 1;                        ///< how many the printer has
    friend bool operator==(const Sensors&, const Sensors&) = default;
};

/// Which panels lie on it, one after the other. ymckos has colour panels of half a card's length.
enum class RibbonKind { unknown, ymcko, ymckok, ymckos, ko, k };
[[nodiscard]] std::string_view name_of(RibbonKind kind);
/// Of a tag's text, in either case; unknown for what is in no list.
[[nodiscard]] RibbonKind ribbon_kind_of(std::string_view tag);

/// `unknown`: the printer shows 0 left, and nothing proves that it is true (facts: 0 is shown until the cover was opened once). `out`: no ribbon, used up,
/// or shown as low while the machine says that nothing is left.
enum class RibbonLevel { unknown, ok, low, out };
[[nodiscard]] constexpr std::string_view name_of(RibbonLevel l) {
    constexpr std::string_view names[] = {"unknown", "ok", "low", "out"};
    return names[static_cast<int>(l)];
}
struct Ribbon {
    std::string type;  ///< as the tag says: "YMCKOK"
    RibbonLevel level = RibbonLevel::unknown;
    int remaining = 0;  ///< cards
    int capacity = 0;
    bool foreign_zone = false;  ///< sold for another region: the printer refuses it
    [[nodiscard]] RibbonKind kind() const { return ribbon_kind_of(type); }
};

/// Size of one side in dots: lines (long side) x dots a line (short side). 1016 x 648 at 300 dpi on real machines; the world uses fewer.
struct RasterSize {
    int width = 1016;  ///< long side of the card, lying
    int height = 648;
    friend bool operator==(const RasterSize&, const RasterSize&) = default;
};

/// One card's print job: row-major planes of `size.width * size.height`, the card lying, first pixel top left as a person sees it. Colour planes
/// 0..127 (none..full), resin planes 0 or 1. y, m and c all empty: a job in black only, for a mono ribbon too. `o` empty: no overlay.
struct PrintJob {
    RasterSize size;
    std::vector<std::uint8_t> y, m, c, k, o;  ///< front
    std::vector<std::uint8_t> back_k;         ///< back, empty: not printed
    void wipe();
};

/// Why this ribbon cannot print the job: printer_ribbon_wrong, with the panel that it lacks. On a half-panel ribbon the colour lies within half_panel_lines.
[[nodiscard]] std::optional<Fault> misfit(const Ribbon& ribbon, const PrintJob& job);

enum class PrintStage { front_colour, front_resin, front_overlay, flip, back_resin, finished };

/// Acts are never cancelled half-way: cancelling the caller abandons the wait, and the next call sees `unknown` first.
/// Each act's time limit is in Options. Called from one coroutine at a time.
class CardPrinter {
  public:
    virtual ~CardPrinter() = default;
    [[nodiscard]] virtual bool online() const = 0;
    /// Counts connections, disconnections.
    [[nodiscard]] virtual drivers::Signal& changed() = 0;
    /// Takes the printer over: host-managed errors (Pem;2), no firmware retraction (Pbc, see evolis/PROTOCOL.md), hold after print (Pneab;E),
    /// insert from the hopper; checked by asking back. Call after start and after each reconnection; repeated by every act when the link was lost.
    virtual awaitable<Result<Identity>> prepare() = 0;
    virtual awaitable<Result<Sensors>> sensors() = 0;
    virtual awaitable<Result<Ribbon>> ribbon() = 0;
    /// A new card from `hopper` (0..3) to the chip station.
    virtual awaitable<Act> feed(int hopper) = 0;
    /// The card inside goes to the chip contacts.
    virtual awaitable<Act> to_chip_station() = 0;
    /// Both sides; the card stays inside. Refused before anything moves when the ribbon is out or does not fit, and for a card that was printed on before (a
    /// panel is never sent twice). `stage` is called as the printer gets on (on the loop).
    virtual awaitable<Act> print(PrintJob job, std::function<void(PrintStage)> stage) = 0;
    /// To the bezel, held there where the person can take it.
    virtual awaitable<Act> present() = 0;
    /// Back from the bezel to the inside.
    virtual awaitable<Act> retract() = 0;
    /// Into the reject bin.
    virtual awaitable<Act> reject() = 0;
    /// Printer's own error cleared after hands were in it (Scs, cover closed); moves nothing that is not needed.
    virtual awaitable<Result<void>> recover() = 0;
};

struct Options {
    RasterSize raster;
    std::chrono::milliseconds short_command{2'000}, feed{30'000}, move{15'000}, panel{30'000}, print{120'000}, sensor_poll{200};
    std::chrono::milliseconds bezel_insert{30'000}, cleaning{180'000}, test_card{120'000}, reboot_wait{5'000};
    /// Run lengths (evolis/PROTOCOL.md): smaller on the wire, not yet seen on this class of machine.
    bool compress_mono = false, compress_colour = false;
};

[[nodiscard]] std::unique_ptr<CardPrinter> make_evolis_printer(drivers::Clock& clock, drivers::UsbPipe& pipe, Options options);

}  // namespace printer
