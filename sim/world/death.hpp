// How a kiosk dies in the world: at enumerated points, before and after every commit and every device act. After its death the ports swallow
// everything and complete nothing; what is parked in limbo is destroyed with the incarnation.
#pragma once
#include "drivers/async.hpp"

#include <functional>
#include <string>

namespace sim {

struct Died {};  ///< thrown on the ledger's lane before a commit: it rolls back

class Mortality {
  public:
    /// Dies at the n-th point from now; 0: never.
    void die_after(int points) { left_ = points; }
    [[nodiscard]] bool dead() const { return dead_; }
    [[nodiscard]] int points() const { return points_; }
    /// Something irreversible is about to happen, or has just happened. True when the kiosk is dead now.
    bool point() {
        if (dead_) return true;
        ++points_;
        if (left_ > 0 && --left_ == 0) dead_ = true;
        return dead_;
    }
    /// A port of a dead kiosk ends here.
    drivers::awaitable<void> swallow() {
        for (;;) co_await limbo_.park();
    }
    void drop() { limbo_.drop(); }

  private:
    int left_ = 0, points_ = 0;
    bool dead_ = false;
    drivers::Parking limbo_;
};

}  // namespace sim
