// The hall of one seed: kiosks with their cabinets, the centre, people who come, staff who help, and what goes wrong. Checks the invariants I1 to I7.
#pragma once
#include "sim/world/incarnation.hpp"
#include "sim/world/world.hpp"

#include <deque>

namespace sim {

/// Somebody who comes for a card, as the seed made him.
struct Visitor {
    int number = 0;
    RegisterEntry person;
    std::string bank, pin = "274905", mobile;
    std::string leaves_at;         ///< walks away at this screen
    bool forgets_document = false;
    bool takes_card = true, snatches = false, pushes_foreign = false;
    int visits_left = 3;
    int cards_in_hand = 0;
    std::set<std::string> chips_in_hand;
    drivers::Steady arrived{};
};

struct KioskBox {
    std::string id;
    Wires wires;
    std::unique_ptr<MemoryDisk> disk;
    kiosk::Config config;
    Bytes sign_secret, sign_public, hash_key;
    std::unique_ptr<Incarnation> alive;
    int life = 0;                      ///< which incarnation
    std::shared_ptr<Visitor> visitor;  ///< who stands there
    std::uint64_t phase = 0;
    std::optional<drivers::Steady> accepted;  ///< when the stage took a touch on the welcome screen that has led to nothing yet
    bool started = false /* a screen after the welcome was seen */, start_pending = false, here_pending = false, staff_wanted = false, staff_there = false, reconciled_all = false, staff_forgets = false;
    int refilled = 0;  ///< blanks that lie in hopper 1 and are not booked yet
    int staff_step = 0, die_at = 0;
    std::vector<CardPtr> by_hand;      ///< cards that staff took out of the path
    Place place = Place::none, rested_at = Place::none;  ///< rested_at: the last place where a card stood still
    drivers::Steady presented_at{}, door_moved_at{};
    int loaded = 0;
};

class Hall {
  public:
    explicit Hall(WorldOptions options);
    ~Hall();
    WorldResult run();

  private:
    // set-up (hall_setup.cpp)
    void make_centre();
    void make_kiosk(int number);
    void boot(KioskBox& box);
    void bury(KioskBox& box);
    CardPtr blank(const std::string& bank);
    void plan_people();
    void plan_disturbances();
    // people (hall_people.cpp)
    void look(KioskBox& box);
    void next_visitor(KioskBox& box);
    void visitor_acts(KioskBox& box);
    void answer_screen(KioskBox& box, const kiosk::AnyQuestion& question, std::uint64_t phase);
    void staff_acts(KioskBox& box, const kiosk::AnyQuestion& question, std::uint64_t phase);
    void visitor_done(KioskBox& box);
    void hands_take(KioskBox& box, bool snatch);
    void later(KioskBox& box, drivers::Duration delay, std::function<void()> action);
    void call_staff(KioskBox& box);
    void move_door(KioskBox& box, drivers::Contact to);
    // what is checked (hall_checks.cpp)
    void watch_mechanics(KioskBox& box);
    void check_commit(KioskBox& box);
    void check_end();
    void check_privacy(KioskBox& box);
    void check_books(KioskBox& box);
    void violate(const std::string& text);
    void say(const std::string& line);
    [[nodiscard]] bool quiet() const;

    WorldOptions options_;
    Dice dice_;
    drivers::SimClock clock_;
    std::shared_ptr<const Register> register_;
    std::unique_ptr<Central> central_;
    std::unique_ptr<drivers::Random> centre_random_;
    printer::Layout layout_;
    Bytes jpeg_, master_;
    std::vector<std::unique_ptr<KioskBox>> boxes_;
    std::deque<std::shared_ptr<Visitor>> queue_;
    std::vector<std::shared_ptr<Visitor>> people_;
    int next_card_ = 1;
    bool healing_ = false;
    WorldResult result_;
    std::deque<std::string> last_;
};

}  // namespace sim
