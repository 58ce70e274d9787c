// Is somebody there? A touch or a face in front of the camera says so; nothing is presented to an empty hall.
#pragma once
#include "drivers/clock.hpp"

namespace kiosk {

class Presence {
  public:
    explicit Presence(drivers::Clock& clock) : clock_(clock) {}
    void witnessed() {
        last_ = clock_.steady();
        changed_.notify();
    }
    /// Nobody is expected any more (the session ended).
    void forget() { last_.reset(); }
    [[nodiscard]] bool within(drivers::Duration limit) const { return last_ && clock_.steady() - *last_ <= limit; }
    [[nodiscard]] drivers::Signal& changed() { return changed_; }

  private:
    drivers::Clock& clock_;
    std::optional<drivers::Steady> last_;
    drivers::Signal changed_;
};

}  // namespace kiosk
