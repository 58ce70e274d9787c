// The cabinet's door. Opened while no member of staff with badge and PIN is there, the machine goes out of service until such a visit: the visit under way
// is left, the card path takes no further order. A card that is being made comes to its end first: nothing mechanical is ever interrupted.
#pragma once
#include "drivers/door_contact.hpp"

namespace kiosk {

using drivers::awaitable;
struct Kiosk;

class Door {
  public:
    explicit Door(drivers::DoorContact& contact) : contact_(contact) {}
    [[nodiscard]] drivers::Contact state() const { return contact_.state(); }
    [[nodiscard]] bool closed() const { return contact_.state() == drivers::Contact::closed; }
    [[nodiscard]] drivers::Signal& moved() { return contact_.changed(); }
    /// A staff visit is under way: the door may be open.
    [[nodiscard]] bool attended() const { return attended_; }
    void attend(bool there) {
        attended_ = there;
        attendance_.notify();
    }
    [[nodiscard]] drivers::Signal& attendance() { return attendance_; }
    /// Destroys what is parked (an incarnation's end).
    void drop() { attendance_.drop(); }

  private:
    drivers::DoorContact& contact_;
    bool attended_ = false;
    drivers::Signal attendance_;
};

/// For ever: books every movement of the door, and shuts the machine when it stands open unattended.
awaitable<void> watch_door(Kiosk& kiosk);

}  // namespace kiosk
