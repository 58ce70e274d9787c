// The card printer as its USB wire sees it: Evolis ESC commands in, reply strings out, with mechanics that take time, a ribbon
// that is used up, sensors, and cards that are somewhere. Written from the facts (evolis-commands.md), not from the driver.
#pragma once
#include "sim/models/smart_card.hpp"

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sim {

/// How long the mechanics take; multiplied by 1/speed.
struct PrinterDurations {
    std::chrono::milliseconds feed{2500}, to_chip{900}, to_print{900}, panel_colour{4200}, panel_resin{2600}, panel_overlay{3400}, flip{2100}, eject{1800},
        retract{2000}, reject{2200}, ribbon_init{1500}, boot{4000};
    std::chrono::milliseconds clean{15000} /* five passes */, cooling{8000} /* of a head that is too hot */, insert_wait{30000} /* for a card, when inserting blocks */;
};

/// What the field says of ribbon tags (card-printer-field-problems.md, 7).
struct RibbonQuirks {
    int ok_for_number = 0;            ///< so many of the next numbers asked by Rrt are answered "OK"
    bool zero_until_cover = false;    ///< a new ribbon reads 0 remaining until the cover was opened and closed
    bool exhausted_reads_low = false; ///< an ended ribbon still says 3
};

struct PrinterSetup {
    int width = 1016, height = 648;
    int hoppers = 2;
    int hopper_capacity = 100, bin_capacity = 25;
    std::string ribbon_type = "YMCKOK";
    int ribbon_capacity = 200, ribbon_remaining = 200;
    std::string serial = "10000000001", model = "KC Prime", firmware = "2147";
    PrinterDurations durations;
    double speed = 1.0;
    RibbonQuirks quirks;
    bool contactless = true;  ///< has the station
    int zone = 1;             ///< sold for
    int cleaning_every = 1000;  ///< cards; recommended then, mandatory at twice as many
};

/// Everything that can happen to this class of machine; what each one does stands in the table of printer_faults.cpp.
enum class PrinterFault {
    none, jam, jam_at_print, double_feed, misfeed, hopper_empty, feeder_open, ribbon_out, ribbon_low, ribbon_missing, ribbon_torn, ribbon_wrong, ribbon_unknown, ribbon_unsupported,
    ribbon_zone, cover_open, bin_full, bin_open, head, head_hot, cooling, cleaning_due, cleaning_mandatory, mechanical, power_low, locked, option_missing, internal, hardware,
    retract_fails, present_sensor_stuck
};
[[nodiscard]] std::optional<PrinterFault> printer_fault_of(std::string_view word);
[[nodiscard]] std::string_view name_of(PrinterFault f);

/// Where the card that the printer holds is, by its mechanics.
enum class Place { none, feeder, chip, print, path, bezel, jammed };

class PrinterModel {
  public:
    explicit PrinterModel(PrinterSetup setup);
    ~PrinterModel();

    // ---- the wire ----
    void host_writes(View data, Time now);
    /// At most `max` bytes of replies that are due; empty when none is.
    Bytes host_reads(std::size_t max, Time now);
    [[nodiscard]] std::uint8_t port_status(Time now);
    /// When something happens by itself next (a move ends, a reply becomes due, a card is taken by nobody): call advance then.
    [[nodiscard]] std::optional<Time> next_event() const;
    void advance(Time now);
    /// Power off and on: position of the card stays, settings and buffers are lost (Pem becomes 0), boot time passes.
    void power_cycle(Time now);

    // ---- hands ----
    void load(int hopper, std::vector<CardPtr> cards);
    std::vector<CardPtr> unload(int hopper);
    std::vector<CardPtr> empty_bin();
    /// An empty type: the ribbon is taken out (cleaning wants that).
    void new_ribbon(std::string type, int remaining);
    void open_cover(bool open, Time now);
    /// The card at the bezel, if one is there to take (witnessed by the sensor).
    CardPtr take(Time now);
    /// Grabbed while moving back: succeeds within the first half of a retract.
    CardPtr snatch(Time now);
    /// Somebody pushes a card into the bezel; false when it is closed (only a bezel that is presenting, retracting or waiting for a card lets one in).
    bool push_in(CardPtr card, Time now);
    /// Hands clear the path: gives every card that was inside.
    std::vector<CardPtr> clear_path(Time now);
    /// Puts a card inside as if left there (card-found-at-start).
    void put_inside(CardPtr card);
    /// At the next act, or when a command that begins with `at_command` ("Sis", "Db;c") begins; stays until cleared by recover/hands where that is its nature.
    void provoke(PrinterFault fault, std::string at_command = {});
    /// One-shot, at the next command that begins with `command_prefix`. A fault that is an event hits that very command: half-way through its first movement, or,
    /// where nothing moves, at once and instead of it. A fault that is a condition (full bin, no ribbon) holds from there until hands remedy it.
    void provoke_at(std::string command_prefix, PrinterFault fault);
    /// One-shot: the next such command is answered `reply` and nothing is done.
    void provoke_at(std::string command_prefix, std::string reply);
    /// What the firmware does to its answers: stuck acts and says nothing, off and unplugged do neither, garbage and wrong (the answer before) lie,
    /// slow moves at a third of the speed, delayed answers 3 s later, intermittent loses every third answer. Lasts until the next call; with
    /// `at_command` ("Se", "Db;c": the beginning of a command) for the next such command only.
    void disturb(Disturbance d, std::string at_command = {});

    // ---- what is where (for the panel, the auditor, the world's invariants) ----
    [[nodiscard]] Place place() const;
    [[nodiscard]] CardPtr card_inside() const;
    [[nodiscard]] std::vector<CardPtr> cards_inside() const;  ///< two after a double feed
    [[nodiscard]] const std::deque<CardPtr>& hopper(int i) const;
    [[nodiscard]] const std::vector<CardPtr>& bin() const;
    [[nodiscard]] int ribbon_remaining() const;
    [[nodiscard]] bool cover_open() const;
    [[nodiscard]] bool moving() const;
    /// The card whose contacts are at the station now (what the chip reader sees), or none.
    [[nodiscard]] SmartCard* chip_at_station() const;
    /// The shortest time in which this printer can make a card as the last one was made: feed, chip, panels, flip, eject.
    [[nodiscard]] std::chrono::milliseconds shortest_schedule() const;
    [[nodiscard]] bool at_contactless_station() const;  ///< place() says path then: it is none of the named ones
    [[nodiscard]] int cards_printed() const;
    [[nodiscard]] int cleanings() const;
    /// Every command and reply with its time, newest last, bounded to 5,000.
    struct Line {
        Time at;
        bool from_host;
        std::string text;
    };
    [[nodiscard]] const std::deque<Line>& log() const;
    /// Called after every change of place, hopper, bin, ribbon, cover.
    std::function<void()> changed;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sim
