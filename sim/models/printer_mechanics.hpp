// The printer's inside: rollers, feeders, ribbon, cover, sensors, and the cards that are somewhere. One movement at a time; it
// begins, takes its time, and ends well or with the reply string of an error. Knows no command and no wire.
#pragma once
#include "sim/models/printer_model.hpp"

#include <optional>

namespace sim {

enum class Move { feed, to_chip, to_print, panel_y, panel_m, panel_c, panel_k, panel_o, flip, panel_back, eject, retract, reject };
[[nodiscard]] constexpr bool is_panel(Move m) { return (m >= Move::panel_y && m <= Move::panel_o) || m == Move::panel_back; }

/// Reply strings of mechanical errors; empty: all is well.
using Trouble = std::string_view;
namespace trouble {
inline constexpr Trouble jam = "CARD JAM", feeder_empty = "FEEDER EMPTY", double_feed = "ERROR HOPPER", cover = "COVER OPEN", ribbon = "ERROR RIBBON", bin_full = "HOPPER FULL",
                         head = "ERROR HEAD", mechanical = "ERROR TIME OUT";
}

/// The reply of a fault that is an event; empty for a condition.
[[nodiscard]] Trouble trouble_of(PrinterFault fault);

class Mechanics {
  public:
    explicit Mechanics(const PrinterSetup& setup);

    // ---- movements ----
    /// Starts a movement; a refusal (cover open, nothing to move ...) moves nothing. `hopper` 0..; `ink` the plane of a panel; `slower` a factor.
    [[nodiscard]] Trouble begin(Move move, Time now, int hopper, std::vector<std::uint8_t> ink, int slower);
    [[nodiscard]] bool moving() const { return moving_.has_value(); }
    [[nodiscard]] Time ends() const { return moving_->ends; }
    /// The movement is over: where the card is now, and what went wrong.
    [[nodiscard]] Trouble end();
    /// Stopped on its way (cover, power): the card stays in the path.
    void halt();
    /// A panel set is wound forward for the next card; false: no set left, no ribbon, or not the type that was set.
    [[nodiscard]] bool take_ribbon_set(std::string_view wanted_type);

    // ---- hands and faults ----
    void provoke(PrinterFault fault);
    /// The fault happens to the command that begins now. An event hits its first movement, whichever; where nothing moves it happens at once and this is its reply.
    [[nodiscard]] Trouble strike(PrinterFault fault, bool moves);
    void forget_faults();
    void open_cover(bool open, Time now);
    CardPtr take();
    CardPtr snatch(Time now);
    bool push_in(CardPtr card);
    std::vector<CardPtr> clear_path();
    void put_inside(CardPtr card);
    void load(int hopper, std::vector<CardPtr> cards);
    std::vector<CardPtr> unload(int hopper);
    std::vector<CardPtr> empty_bin();
    void new_ribbon(std::string type, int remaining);
    void sensors_restart() { bezel_sensor_stuck_ = false; }
    void close_bezel() { bezel_open_ = false; }

    // ---- sensors ----
    [[nodiscard]] Place place() const { return moving_ ? Place::path : place_; }
    [[nodiscard]] bool card_in_machine() const { return !cards_.empty() && place_ != Place::bezel; }
    [[nodiscard]] bool card_at_bezel_sensor() const { return bezel_sensor_stuck_ || (place_ == Place::bezel && !cards_.empty()); }
    [[nodiscard]] bool bin_full() const { return bin_full_ || static_cast<int>(bin_.size()) >= setup_.bin_capacity; }
    [[nodiscard]] bool hopper_has_card(int i) const { return !hopper_sensor_empty_ && !hoppers_.at(static_cast<std::size_t>(i)).empty(); }
    [[nodiscard]] bool cover_open() const { return cover_open_; }
    /// Would this error happen again at once?
    [[nodiscard]] bool still_there(Trouble t, int hopper) const;

    const std::deque<CardPtr>& cards() const { return cards_; }
    const std::deque<CardPtr>& hopper(int i) const { return hoppers_.at(static_cast<std::size_t>(i)); }
    const std::vector<CardPtr>& bin() const { return bin_; }
    const std::string& ribbon_type() const { return ribbon_type_; }
    int ribbon_remaining() const { return ribbon_remaining_; }
    [[nodiscard]] std::chrono::milliseconds shortest_schedule() const;

  private:
    struct Moving {
        Move move;
        Time began, ends;
        Trouble trouble;
        std::vector<std::uint8_t> ink;
    };
    [[nodiscard]] Trouble refusal(Move move, int hopper) const;
    [[nodiscard]] Trouble trouble_ahead(Move move, int hopper);
    [[nodiscard]] Trouble ended_badly(Trouble t, Move move);
    [[nodiscard]] std::chrono::milliseconds duration(Move move) const;
    void pick(int hopper);
    void print(Move move, std::vector<std::uint8_t> ink);
    bool due(PrinterFault fault);

    const PrinterSetup& setup_;
    std::deque<CardPtr> cards_;  ///< held by the machine (also at the bezel); front first
    Place place_ = Place::none;
    std::vector<std::deque<CardPtr>> hoppers_;
    std::vector<CardPtr> bin_;
    std::string ribbon_type_;
    int ribbon_remaining_;
    bool ribbon_ended_ = false, cover_open_ = false, bin_full_ = false, hopper_sensor_empty_ = false, bezel_sensor_stuck_ = false, bezel_open_ = false;
    Time ribbon_ready_{};
    std::vector<PrinterFault> due_;
    std::optional<PrinterFault> struck_;  ///< hits the movement that begins next
    std::optional<Moving> moving_;
    std::vector<Move> this_card_, last_card_;
};

}  // namespace sim
