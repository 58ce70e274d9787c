// The status of a card, from the notice to the answer: by the code of the electronic card, or by a document's chip. What is typed would let anybody ask after anybody,
// so it does not count here.
#include "kiosk/journeys/card_status.hpp"
#include "kiosk/journeys/document.hpp"

namespace kiosk {

namespace {
/// Codes that the centre does not know, in one visit.
constexpr int unknown_codes = 5;

/// Nothing: by a document, by wish or because the camera is of no use.
awaitable<std::optional<Standing>> by_code(Kiosk& kiosk) {
    Secret refused;
    for (int tries = 1;; ++tries) {
        auto code = co_await watch_code(kiosk, refused);
        if (!code) {
            // Booked for the technician; the person is not troubled with it.
            co_await audit(kiosk, AuditEvent::fault_met, {{"fault", name_of(code.error().code)}, {"detail", code.error().detail}});
            co_return std::nullopt;
        }
        if (!*code) co_return std::nullopt;
        kiosk.stage.show(PleaseWait{PleaseWait::What::asking_centre});
        auto standing = co_await kiosk.issuing.inquire_ecard((*code)->clone());
        if (standing) co_return std::move(*standing);
        // Codes of the electronic card live for minutes only: a fresh one is asked for.
        if (standing.error().code != FaultCode::centre_refused || tries == unknown_codes) co_await trouble(kiosk, std::move(standing.error()));
        refused = std::move(**code);
    }
}

awaitable<Standing> by_document(Kiosk& kiosk) {
    auto card = co_await read_card(kiosk, {.whose = Whose::own, .may_choose = false});
    const Identified holder{std::move(*card)};  // without a choice there is a card or the visit is left
    co_await admit(kiosk, holder.document, Whose::own);
    co_await take_document_back(kiosk);
    kiosk.stage.show(PleaseWait{PleaseWait::What::asking_centre});
    auto standing = co_await kiosk.issuing.inquire(holder.document);
    if (!standing) co_await trouble(kiosk, std::move(standing.error()));
    co_return std::move(*standing);
}
}  // namespace

awaitable<void> card_status(Kiosk& kiosk) {
    co_await give_enquiry_notice(kiosk);
    auto standing = co_await by_code(kiosk);
    if (!standing) standing = co_await by_document(kiosk);
    co_await explain_standing(kiosk, *standing);
}

}  // namespace kiosk
