// A document on a reader: seen to be laid down, lifted again, taken back. What every kind that has a chip shares.
#include "kiosk/journeys/document.hpp"

namespace kiosk {

namespace {
using drivers::ReaderPresence;

awaitable<void> reader_back(drivers::IdReader& reader) {
    for (;;) {
        const auto seen = reader.changed().count();
        const auto now = reader.presence();
        if (now == ReaderPresence::card || now == ReaderPresence::empty) co_return;
        co_await reader.changed().after(seen);
    }
}
/// False when the reader went away while it was empty: what lies on it when it is back was not seen to be laid down.
awaitable<bool> document_laid_down(drivers::IdReader& reader) {
    for (;;) {
        const auto seen = reader.changed().count();
        const auto now = reader.presence();
        if (now == ReaderPresence::card) co_return true;
        if (now != ReaderPresence::empty) co_return false;
        co_await reader.changed().after(seen);
    }
}
/// Until the reader says so itself: a reader that is away proves nothing.
awaitable<void> reader_empty(drivers::IdReader& reader) {
    for (;;) {
        const auto seen = reader.changed().count();
        if (reader.presence() == ReaderPresence::empty) co_return;
        co_await reader.changed().after(seen);
    }
}

DocumentState shown_for(FaultCode code) {
    switch (code) {
        case FaultCode::document_removed:
        case FaultCode::chip_removed:
        case FaultCode::no_document: return DocumentState::moved;
        case FaultCode::document_not_supported: return DocumentState::not_supported;
        case FaultCode::document_expired: return DocumentState::expired;
        case FaultCode::document_forged:
        case FaultCode::document_invalid: return DocumentState::invalid;
        default: return DocumentState::unreadable;
    }
}
bool trying_again_helps(DocumentState state) { return state == DocumentState::moved || state == DocumentState::unreadable; }

/// A reader that does not come back within this is a fault that is shown; while the daemon restarts nobody is troubled.
constexpr std::chrono::seconds reader_return_limit{20};
constexpr int unreadable_tries = 5;
/// Where the reader cannot see the document being lifted the wish is shown for so long; the next document is not read without being laid down.
constexpr std::chrono::seconds take_back_shown{4};
}  // namespace

awaitable<void> take_document_back(Kiosk& kiosk) {
    kiosk.stage.show(TakeDocumentBack{});
    if (kiosk.id_reader.sees_removal()) co_await drivers::first_of(kiosk.stage.answered<TakeDocumentBack>(), reader_empty(kiosk.id_reader));
    else co_await drivers::first_of(kiosk.stage.answered<TakeDocumentBack>(), kiosk.clock.sleep(take_back_shown));
}

// Only a document that this person is seen to lay down counts. One that lies there already may be somebody else's (found by the world: a
// forgotten document, a daemon that restarts, and the next person was served on it).
awaitable<bool> wait_for_document(Kiosk& kiosk, PresentDocument screen) {
    auto& reader = kiosk.id_reader;
    for (;;) {
        if (!co_await drivers::within(kiosk.clock, reader_return_limit, reader_back(reader)))
            co_await trouble(kiosk, reader.trouble().value_or(Fault{FaultCode::reader_missing, "ID reader"}));
        if (reader.presence() == ReaderPresence::card) co_await take_document_back(kiosk);
        kiosk.stage.show(screen);
        auto laid = co_await drivers::first_of(kiosk.stage.answer_waits<PresentDocument>(), document_laid_down(reader));
        if (laid.index() == 0) {
            (void)kiosk.stage.take<PresentDocument>();
            if (screen.may_choose) co_return false;
        } else if (std::get<1>(laid)) {
            kiosk.stage.touched();  // laying a document down says that somebody is there
            co_return true;
        }
    }
}

awaitable<bool> lift_and_try_again(Kiosk& kiosk, PresentDocument& screen, Fault fault, int& tries) {
    screen.state = shown_for(fault.code);
    screen.percent = -1;
    if (!trying_again_helps(screen.state) || ++tries >= unreadable_tries) co_await trouble(kiosk, std::move(fault));
    // It is said why before the person lifts the document to try again.
    kiosk.stage.show(screen);
    auto lifted = co_await drivers::first_of(kiosk.stage.answer_waits<PresentDocument>(), reader_empty(kiosk.id_reader));
    if (lifted.index() != 0) co_return true;
    (void)kiosk.stage.take<PresentDocument>();
    co_return !screen.may_choose;
}

}  // namespace kiosk
