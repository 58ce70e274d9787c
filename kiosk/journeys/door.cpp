// Watching the cabinet's door (security: tamper switch; a door open at start counts like one that was opened).
#include "kiosk/journeys/steps.hpp"

namespace kiosk {

namespace {
awaitable<void> book_door(Kiosk& kiosk, drivers::Contact state) {
    const std::string screen{name_of(kiosk.stage.shown().question)};
    if (state == drivers::Contact::closed) co_await audit(kiosk, AuditEvent::door_closed, {{"attended", kiosk.door.attended()}});
    else co_await audit(kiosk, AuditEvent::door_opened, {{"attended", kiosk.door.attended()}, {"contact", name_of(state)}, {"screen", screen}});
}

awaitable<void> shut(Kiosk& kiosk) {
    Fault fault{FaultCode::door_open, std::string("contact ") + std::string(name_of(kiosk.door.state()))};
    co_await kiosk.card_path.close(fault);
    // With a card under way the person keeps the screen: the card is his, and the path ends it.
    if (kiosk.card_path.state() != PathState::busy) kiosk.stage.leave(LeaveReason::door, std::move(fault));
}
}  // namespace

awaitable<void> watch_door(Kiosk& kiosk) {
    auto was = drivers::Contact::closed;
    bool is_shut = false;
    for (;;) {
        const auto moved = kiosk.door.moved().count();
        const auto attendance = kiosk.door.attendance().count();
        const auto state = kiosk.door.state();
        const bool intruded = state != drivers::Contact::closed && !kiosk.door.attended();
        // Shut before it is booked: a ledger that cannot be written must not keep the machine open.
        if (intruded && !is_shut) co_await shut(kiosk);
        is_shut = intruded;
        try {
            if (state != was) co_await book_door(kiosk, state);
        } catch (const LedgerError&) {
            // The sessions meet the same ledger and say so.
        }
        was = state;
        co_await drivers::first_of(kiosk.door.moved().after(moved), kiosk.door.attendance().after(attendance));
    }
}

}  // namespace kiosk
