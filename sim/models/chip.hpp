// What every card with a chip is to a reader. Its own file, so that a card's header needs no other card's.
#pragma once
#include "sim/models/model.hpp"

namespace sim {

/// A chip as a reader sees it. Contact resets, answers APDUs; never throws on any input.
class SmartCard {
  public:
    virtual ~SmartCard() = default;
    /// Power-up or warm reset: the ATR, empty for a mute chip.
    virtual Bytes reset() = 0;
    /// The answer with its status word; empty: no answer (mute). `took` is set to how long the chip worked.
    virtual Bytes answer(View apdu, Time& took) = 0;
};

}  // namespace sim
