// The printer's inside: rollers, feeders, ribbon, cover, sensors, and the cards that are somewhere. One movement at a time; it
// begins, takes its time, and ends well or with the reply string of an error. Knows no command and no wire.
#pragma once
#include "sim/models/printer_faults.hpp"
#include "sim/models/printer_ribbon.hpp"

namespace sim {

enum class Move { feed, to_chip, to_contactless, to_print, panel_y, panel_m, panel_c, panel_k, panel_o, flip, panel_back, eject, retract, reject, clean };
[[nodiscard]] constexpr bool is_panel(Move m) { return (m >= Move::panel_y && m <= Move::panel_o) || m == Move::panel_back; }
/// The buffer and the ribbon panel of a print movement: y m c k o.
[[nodiscard]] constexpr std::size_t panel_index(Move m) { return m == Move::panel_back ? 3 : static_cast<std::size_t>(m) - static_cast<std::size_t>(Move::panel_y); }
inline constexpr std::string_view panel_letters = "ymcko";

/// Reply strings of mechanical errors; empty: all is well.
using Trouble = std::string_view;
namespace trouble {
inline constexpr Trouble jam = "CARD JAM", feeder_empty = "FEEDER EMPTY", double_feed = "ERROR HOPPER", cover = "COVER OPEN", ribbon = "ERROR RIBBON", bin_full = "HOPPER FULL",
                         mechanical = "ERROR TIME OUT";
}

/// What a movement needs to know beside its kind.
struct MoveOrder {
    int hopper = 0;                 ///< 0..
    std::vector<std::uint8_t> ink;  ///< the plane of a panel
    std::string_view ribbon;        ///< the kind that was set (Pr)
    bool new_card = false;          ///< the first panel of a card: a new set
    int slower = 1;                 ///< factor
};

class Mechanics {
  public:
    explicit Mechanics(const PrinterSetup& setup);

    // ---- movements ----
    /// Starts a movement; a refusal (cover open, nothing to move ...) moves nothing.
    [[nodiscard]] Trouble begin(Move move, Time now, MoveOrder order);
    [[nodiscard]] bool moving() const { return moving_.has_value(); }
    [[nodiscard]] Time ends() const { return moving_->ends; }
    /// The movement is over: where the card is now, and what went wrong.
    [[nodiscard]] Trouble end();
    /// Stopped on its way (cover, power): the card stays in the path.
    void halt();
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
    void sensors_restart() { set(PrinterFault::present_sensor_stuck, false), set(PrinterFault::power_low, false); }
    void forget(PrinterFault condition) { set(condition, false); }
    /// The bezel waits for a card from outside (Pcim;I).
    void wait_at_bezel(bool on) { bezel_waits_ = on; }
    void ignore_cover(bool on) { cover_ignored_ = on; }

    // ---- sensors ----
    [[nodiscard]] Place place() const { return moving_ ? Place::path : place_; }
    [[nodiscard]] bool card_in_machine() const { return !cards_.empty() && place_ != Place::bezel; }
    [[nodiscard]] bool card_at_bezel_sensor() const { return holds(PrinterFault::present_sensor_stuck) || (place_ == Place::bezel && !cards_.empty()); }
    [[nodiscard]] bool bin_full() const { return holds(PrinterFault::bin_full) || static_cast<int>(bin_.size()) >= setup_.bin_capacity; }
    [[nodiscard]] bool hopper_has_card(int i) const { return !holds(PrinterFault::hopper_empty) && !hoppers_.at(static_cast<std::size_t>(i)).empty(); }
    [[nodiscard]] bool cover_open() const { return cover_open_; }
    [[nodiscard]] bool at_contactless() const { return at_antenna_ && !moving_ && !cards_.empty(); }
    [[nodiscard]] bool holds(PrinterFault condition) const { return conditions_[static_cast<std::size_t>(condition)]; }
    [[nodiscard]] bool cleaning_wanted() const;
    [[nodiscard]] bool cleaning_mandatory() const;
    [[nodiscard]] int panels_printed() const { return panels_printed_; }
    [[nodiscard]] int cards_printed() const { return cards_printed_; }
    [[nodiscard]] int cards_since_cleaning() const { return cards_since_cleaning_; }
    [[nodiscard]] int longest_without_cleaning() const { return std::max(longest_without_cleaning_, cards_since_cleaning_); }
    [[nodiscard]] int cleanings() const { return cleanings_; }
    /// Would this error happen again at once?
    [[nodiscard]] bool still_there(Trouble t, int hopper) const;

    const std::deque<CardPtr>& cards() const { return cards_; }
    const std::deque<CardPtr>& hopper(int i) const { return hoppers_.at(static_cast<std::size_t>(i)); }
    const std::vector<CardPtr>& bin() const { return bin_; }
    Ribbon& ribbon() { return ribbon_; }
    const Ribbon& ribbon() const { return ribbon_; }
    [[nodiscard]] std::chrono::milliseconds shortest_schedule() const;

  private:
    struct Moving {
        Move move;
        Time began, ends;
        PrinterFault fault;  ///< none: it ends well
        std::vector<std::uint8_t> ink;
    };
    [[nodiscard]] Trouble refusal(Move move, int hopper) const;
    [[nodiscard]] Trouble condition_against(Move move) const;
    [[nodiscard]] const FaultRow* what_happens(Move move);
    [[nodiscard]] Trouble ended_badly(PrinterFault fault, Move move);
    [[nodiscard]] std::chrono::milliseconds duration(Move move) const;
    void arrive(Move move);
    void pick(int hopper);
    void print(Move move, std::vector<std::uint8_t> ink);
    void set(PrinterFault condition, bool on) { conditions_[static_cast<std::size_t>(condition)] = on; }

    const PrinterSetup& setup_;
    std::deque<CardPtr> cards_;  ///< held by the machine (also at the bezel); front first
    Place place_ = Place::none;
    bool at_antenna_ = false;
    std::vector<std::deque<CardPtr>> hoppers_;
    std::vector<CardPtr> bin_;
    Ribbon ribbon_;
    std::array<bool, printer_faults> conditions_{};
    bool cover_open_ = false, cover_ignored_ = false, bezel_open_ = false, bezel_waits_ = false;
    Time ribbon_ready_{};
    std::vector<PrinterFault> due_;        ///< events that wait for a movement they can happen to
    std::optional<PrinterFault> struck_;   ///< hits the movement that begins next, whichever
    std::optional<Moving> moving_;
    std::vector<Move> this_card_, last_card_;
    int panels_printed_ = 0, cards_printed_ = 0, cleanings_ = 0, cards_since_cleaning_ = 0, longest_without_cleaning_ = 0;
};

}  // namespace sim
