// The rooms of one document, for each other: laid down on a reader, read from it, by its zone, or typed. Journeys use identify (steps.hpp).
#pragma once
#include "drivers/emrtd/access_key.hpp"
#include "kiosk/journeys/steps.hpp"

namespace kiosk {

/// Until a document is laid down, seen by the reader; false: another document was chosen. A reader that stays away ends in trouble.
awaitable<bool> wait_for_document(Kiosk& kiosk, PresentDocument screen);
/// Says what is wrong until the document is lifted, counting in `tries`; ends in trouble where trying again is of no use. False: another one was chosen.
awaitable<bool> lift_and_try_again(Kiosk& kiosk, PresentDocument& screen, Fault fault, int& tries);
/// Until it is seen to be gone, or for a moment where the reader cannot see that.
awaitable<void> take_document_back(Kiosk& kiosk);

/// From the resident ID reader; nothing: another document was chosen.
awaitable<std::optional<drivers::IdDocument>> read_card(Kiosk& kiosk, PresentDocument screen);
/// From a passport's or permit's chip, by its zone; nothing: another document was chosen.
awaitable<std::optional<drivers::IdDocument>> read_passport(Kiosk& kiosk, PresentDocument screen);
/// The machine readable zone's key, seen by the camera, or typed where it was wished or the camera is of no use; `refused`: what was seen or typed before was wrong.
awaitable<drivers::emrtd::AccessKey> read_zone(Kiosk& kiosk, drivers::DocumentKind kind);
awaitable<drivers::emrtd::AccessKey> enter_zone(Kiosk& kiosk, drivers::DocumentKind kind, bool refused);
/// An electronic card's code, seen by the camera; one that equals `refused` was asked for already and is passed over. Nothing: a document is wished instead.
awaitable<Result<std::optional<Secret>>> watch_code(Kiosk& kiosk, const Secret& refused);
/// Typed and photographed.
awaitable<Identified> type_document(Kiosk& kiosk, Whose whose, drivers::DocumentKind kind);
/// The page as the person kept it, JPEG of at most max_page_bytes.
awaitable<Bytes> photograph_page(Kiosk& kiosk, drivers::DocumentKind kind);

}  // namespace kiosk
