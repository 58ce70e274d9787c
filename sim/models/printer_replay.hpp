// A captured byte stream in the printer's language (a spool file, the driver's job) decoded into cards. Host to printer only, no time: what the stream says is taken to
// have happened. Setup commands that nobody knows are noted and passed over. Works in pieces of any size, holds one card.
#pragma once
#include "sim/models/printer_wire.hpp"
#include "sim/models/smart_card.hpp"

#include <functional>

namespace sim {

/// Limits against a hostile stream; beyond them it is read to its end and noted, and nothing more is kept.
inline constexpr int most_replayed_cards = 200;
inline constexpr std::size_t most_noted_commands = 20'000;

class PrinterReplay {
  public:
    struct Listener {
        std::function<void(const PhysicalCard& card, int number)> card;  ///< number from 1; the card is gone afterwards
        std::function<void(const std::string& line)> note;               ///< one line a command; arguments only where they cannot hold a person's data
    };
    /// The raster that the stream was made for; Db states no size.
    PrinterReplay(int width, int height, Listener listener);
    void feed(View piece);
    /// The stream is over: an unfinished command is noted, an unfinished card given.
    void end();
    [[nodiscard]] int cards() const { return cards_; }
    [[nodiscard]] std::size_t commands() const { return commands_; }
    [[nodiscard]] std::size_t unknown() const { return unknown_; }  ///< commands that were passed over
    [[nodiscard]] std::size_t broken() const { return broken_; }    ///< downloads that could not be decoded

  private:
    void command(const WireCommand& c);
    [[nodiscard]] std::string panel(const WireCommand& c);
    void card_is_over();
    void note(const std::string& line);

    int width_, height_;
    Listener listener_;
    WireParser parser_;
    std::unique_ptr<PhysicalCard> card_;  ///< nothing: no panel came yet
    bool back_ = false;
    int cards_ = 0;
    std::size_t commands_ = 0, unknown_ = 0, broken_ = 0;
};

/// A panel as a grey picture: 0 where the most ink is transferred, 255 where none. PNG; empty for an empty plane.
[[nodiscard]] Bytes panel_png(const std::vector<std::uint8_t>& plane, int width, int height, bool resin);

}  // namespace sim
