// After a restart, a fault or a reopening: the cards under way are asked where they are, retained and booked. Nobody's card is continued and no
// finished card is presented. Private to kiosk/card_path.
#pragma once
#include "kiosk/card_path/acts.hpp"

namespace kiosk {

class Recovery {
  public:
    /// `hands_in`: staff have asked for it, so hands may have been in the machine: an empty path then proves nothing about where its card went.
    Recovery(CardPath::Parts& parts, bool hands_in) : parts_(parts), acts_(parts), hands_in_(hands_in) {}
    /// What still closes the path, if anything. Throws LedgerError.
    awaitable<std::optional<Fault>> run();
    [[nodiscard]] bool try_again_soon() const { return try_again_soon_; }

  private:
    struct Row {
        CardRow card;
        std::optional<ActKind> act;  ///< of the open intent, concluded before anything moves
    };
    awaitable<std::optional<Fault>> machine_ready();
    awaitable<Result<Place>> where();
    /// A fault: this card has no end yet, the path stays closed.
    awaitable<std::optional<Fault>> settle(Row row);
    awaitable<Ended> decide(CardCase& card, Row row, Place place);
    awaitable<Ended> settle_authorised(CardCase& card, std::optional<ActKind> act, Place place);
    awaitable<Ended> settle_unpresented(CardCase& card, CardState state, std::optional<ActKind> act, Place place);
    awaitable<Ended> settle_presented(CardCase& card, Place place);
    awaitable<Ended> settle_inside(CardCase& card, std::optional<ActKind> act, Place place);
    awaitable<Ended> give_back(CardCase& card);
    awaitable<Ended> gone_into_bin(CardCase& card, CardState end, CardOutcome outcome);
    awaitable<std::optional<Fault>> ended_rows();
    awaitable<std::optional<Fault>> strangers();
    CardPath::Parts& parts_;
    Acts acts_;
    std::optional<int> fed_from_;  ///< an interrupted feed: what lies behind its card is the second of a double feed
    bool try_again_soon_ = false;
    const bool hands_in_;
};

}  // namespace kiosk
