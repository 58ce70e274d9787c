// Steps 3 and 4: the document, and what the centre says of its holder.
#include "drivers/resident_id/resident_id.hpp"
#include "kiosk/journeys/steps.hpp"

namespace kiosk {

namespace {
using drivers::ReaderPresence;

/// Until the reader says so itself: a reader that is away proves nothing.
awaitable<void> reader_is(drivers::CardReader& reader, ReaderPresence wanted) {
    for (;;) {
        const auto seen = reader.changed().count();
        if (reader.state().presence == wanted) co_return;
        co_await reader.changed().after(seen);
    }
}
awaitable<void> reader_back(drivers::CardReader& reader) {
    for (;;) {
        const auto seen = reader.changed().count();
        const auto now = reader.state().presence;
        if (now == ReaderPresence::card || now == ReaderPresence::empty) co_return;
        co_await reader.changed().after(seen);
    }
}
/// False when the reader went away while it was empty: what lies on it when it is back was not seen to be laid down.
awaitable<bool> document_laid_down(drivers::CardReader& reader) {
    for (;;) {
        const auto seen = reader.changed().count();
        const auto now = reader.state().presence;
        if (now == ReaderPresence::card) co_return true;
        if (now != ReaderPresence::empty) co_return false;
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
        case FaultCode::document_invalid: return DocumentState::invalid;
        default: return DocumentState::unreadable;
    }
}

bool expired(const drivers::IdDocument& document, Utc now) {
    // The day of the hall, UTC+8; a document is good through its last day.
    const auto today = std::chrono::floor<std::chrono::days>(now + std::chrono::hours{8});
    return document.valid_to && std::chrono::sys_days{*document.valid_to} < today;
}

/// A reader that does not come back within this is a fault that is shown; while the daemon restarts nobody is troubled.
constexpr std::chrono::seconds reader_return_limit{20};
constexpr int unreadable_tries = 5;
}  // namespace

namespace {
/// Only a document that this person is seen to lay down counts. One that lies there already may be somebody else's (found by the world: a
/// forgotten document, a daemon that restarts, and the next person was served on it).
awaitable<void> wait_for_document(Kiosk& kiosk, DocumentState show) {
    auto& reader = kiosk.id_reader;
    for (;;) {
        if (!co_await drivers::within(kiosk.clock, reader_return_limit, reader_back(reader)))
            co_await trouble(kiosk, Fault{reader.state().presence == ReaderPresence::daemon_down ? FaultCode::reader_daemon_down : FaultCode::reader_missing, "id reader"});
        if (reader.state().presence == ReaderPresence::card) {
            kiosk.stage.show(TakeDocumentBack{});
            co_await drivers::first_of(kiosk.stage.answered<TakeDocumentBack>(), reader_is(reader, ReaderPresence::empty));
        }
        kiosk.stage.show(PresentDocument{show});
        auto laid = co_await drivers::first_of(kiosk.stage.answered<PresentDocument>(), document_laid_down(reader));
        if (laid.index() == 1 && std::get<1>(laid)) co_return;
    }
}
}  // namespace

awaitable<drivers::IdDocument> identify(Kiosk& kiosk) {
    auto& reader = kiosk.id_reader;
    DocumentState show = DocumentState::waiting;
    for (int tries = 0;;) {
        co_await wait_for_document(kiosk, show);
        kiosk.stage.touched();  // laying a card down says that somebody is there
        kiosk.stage.show(PresentDocument{DocumentState::reading});
        auto read = co_await drivers::read_resident_id(reader, kiosk.config.document_limit);
        if (read && expired(*read, kiosk.clock.utc())) {
            read->wipe();
            read = drivers::fail(FaultCode::document_expired);
        }
        if (read) {
            co_await audit(kiosk, AuditEvent::document_read, {{"application", ""}, {"kind", "resident_id"}});
            kiosk.stage.show(TakeDocumentBack{});
            co_await drivers::first_of(kiosk.stage.answered<TakeDocumentBack>(), reader_is(reader, ReaderPresence::empty));
            co_return std::move(*read);
        }
        show = shown_for(read.error().code);
        if (show == DocumentState::expired || show == DocumentState::invalid || show == DocumentState::not_supported || ++tries >= unreadable_tries) {
            co_await audit(kiosk, AuditEvent::fault_met, {{"fault", name_of(read.error().code)}, {"detail", read.error().detail}});
            co_await kiosk.stage.ask(Trouble{.code = read.error().code, .reference = {}, .window = kiosk.config.window});
            throw Left{LeaveReason::fault, read.error()};
        }
        // It is said why before the person lifts the document to try again.
        kiosk.stage.show(PresentDocument{show});
        co_await drivers::first_of(kiosk.stage.answered<PresentDocument>(), reader_is(reader, ReaderPresence::empty));
    }
}

awaitable<Standing> ask_standing(Kiosk& kiosk, const drivers::IdDocument& document) {
    kiosk.stage.show(PleaseWait{PleaseWait::What::asking_centre});
    auto standing = co_await kiosk.issuing.inquire(document);
    if (!standing) co_await trouble(kiosk, standing.error());
    if (standing->kind == StandingKind::none || standing->kind == StandingKind::pending_kiosk) co_return std::move(*standing);
    co_await kiosk.stage.ask(ExplainStanding{
        .kind = standing->kind, .where_zh = standing->where_zh, .where_en = standing->where_en, .when = standing->when, .window = kiosk.config.window});
    throw Left{LeaveReason::finished, {}};
}

}  // namespace kiosk
