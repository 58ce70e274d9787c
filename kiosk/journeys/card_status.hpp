// The journey of somebody who only wants to know where the card is.
#pragma once
#include "kiosk/kiosk.hpp"

namespace kiosk {

/// Asked by the electronic card's code, or by a document on the reader; the centre answers, the screen explains. Nothing is made. Throws Left.
awaitable<void> card_status(Kiosk& kiosk);

}  // namespace kiosk
