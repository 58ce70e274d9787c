// Steps 3 to 5: whose document, of which kind; a child's guardian; and what the centre says of the holder.
#include "kiosk/journeys/document.hpp"

#include "drivers/resident_id/resident_id.hpp"

namespace kiosk {

namespace {
using drivers::DocumentKind;

std::string_view name_of(Whose whose) {
    switch (whose) {
        case Whose::own: return "own";
        case Whose::guardian: return "guardian";
        case Whose::child: return "child";
    }
    return {};
}

bool is_accepted(const Kiosk& kiosk, DocumentKind kind) { return std::ranges::find(kiosk.config.accepted, kind) != kiosk.config.accepted.end(); }

/// What somebody may have beside the cards of the resident ID reader. A guardian comes with a chip: one page is photographed in a visit, the child's.
std::vector<DocumentKind> others(const Kiosk& kiosk, Whose whose) {
    std::vector<DocumentKind> kinds{DocumentKind::passport, DocumentKind::travel_permit};
    if (whose == Whose::own) kinds.push_back(DocumentKind::temporary_id);
    if (whose == Whose::child) kinds.insert(kinds.begin(), DocumentKind::household_register);
    std::erase_if(kinds, [&](DocumentKind kind) { return !is_accepted(kiosk, kind) || (drivers::has_chip(kind) ? !kiosk.id_reader.contactless() : !kiosk.camera.documents()); });
    return kinds;
}

/// Nothing: the person changed his mind and wants another document.
awaitable<std::optional<Identified>> identify_by(Kiosk& kiosk, Whose whose, DocumentKind kind) {
    const PresentDocument screen{.whose = whose, .kind = kind, .may_choose = true};
    switch (kind) {
        case DocumentKind::passport:
        case DocumentKind::travel_permit: {
            auto read = co_await read_passport(kiosk, screen);
            if (!read) co_return std::nullopt;
            co_return Identified{std::move(*read)};
        }
        case DocumentKind::temporary_id:
        case DocumentKind::household_register: co_return co_await type_document(kiosk, whose, kind);
        case DocumentKind::resident_id:
        case DocumentKind::residence_permit:
        case DocumentKind::permanent_residence: co_return std::nullopt;  // these are read without being chosen
    }
    co_return std::nullopt;
}
}  // namespace

std::chrono::year_month_day hall_day(Utc now) { return std::chrono::floor<std::chrono::days>(now + std::chrono::hours{8}); }

std::optional<int> age_of(const drivers::IdDocument& document, Utc now) {
    if (!document.birth.ok()) return std::nullopt;
    return drivers::age_on(document.birth, hall_day(now));
}

bool expired(const drivers::IdDocument& document, Utc now) { return document.valid_to && *document.valid_to < hall_day(now); }

awaitable<void> admit(Kiosk& kiosk, const drivers::IdDocument& document, Whose whose) {
    if (!is_accepted(kiosk, document.kind)) co_await trouble(kiosk, Fault{FaultCode::document_not_supported, "kind not accepted here"});
    if (expired(document, kiosk.clock.utc())) co_await trouble(kiosk, Fault{FaultCode::document_expired, {}});
    co_await audit(kiosk, AuditEvent::document_read,
                   {{"application", ""}, {"kind", drivers::name_of(document.kind)}, {"evidence", drivers::name_of(document.evidence)}, {"whose", name_of(whose)}});
}

awaitable<std::optional<drivers::IdDocument>> read_card(Kiosk& kiosk, PresentDocument screen) {
    for (int tries = 0;;) {
        if (!co_await wait_for_document(kiosk, screen)) co_return std::nullopt;
        screen.state = DocumentState::reading;
        kiosk.stage.show(screen);
        auto read = co_await kiosk.id_reader.read(kiosk.config.document_limit);
        if (read) co_return std::move(*read);
        if (!co_await lift_and_try_again(kiosk, screen, std::move(read.error()), tries)) co_return std::nullopt;
    }
}

awaitable<Identified> identify(Kiosk& kiosk, Whose whose) {
    const auto offered = others(kiosk, whose);
    for (;;) {
        std::optional<Identified> found;
        auto card = co_await read_card(kiosk, {.whose = whose, .may_choose = !offered.empty()});
        if (card) {
            found = Identified{std::move(*card)};
        } else {
            const auto kind = co_await kiosk.stage.ask(ChooseDocument{.whose = whose, .offered = offered});
            if (std::ranges::find(offered, kind) != offered.end()) found = co_await identify_by(kiosk, whose, kind);
        }
        if (!found) continue;
        co_await admit(kiosk, found->document, whose);
        if (drivers::has_chip(found->document.kind)) co_await take_document_back(kiosk);
        co_return std::move(*found);
    }
}

awaitable<void> identify_oneself(Kiosk& kiosk, Visit& visit) {
    auto own = co_await identify(kiosk, Whose::own);
    visit.document = std::move(own.document);
    visit.page = std::move(own.page);
    const auto age = age_of(visit.document, kiosk.clock.utc());
    if (age && *age < of_age_for_oneself) co_await to_window(kiosk, GoToWindow::Why::no_guardian);
}

awaitable<void> identify_child(Kiosk& kiosk, Visit& visit) {
    visit.guardian = Guardian{std::move((co_await identify(kiosk, Whose::guardian)).document), Relation::other};
    const auto grown = age_of(visit.guardian->document, kiosk.clock.utc());
    if (!grown || *grown < of_age) co_await to_window(kiosk, GoToWindow::Why::no_guardian);
    visit.guardian->relation = co_await kiosk.stage.ask(ChooseRelation{});
    auto child = co_await identify(kiosk, Whose::child);
    visit.document = std::move(child.document);
    visit.page = std::move(child.page);
    const auto age = age_of(visit.document, kiosk.clock.utc());
    if (!age || *age >= of_age_for_oneself) co_await to_window(kiosk, GoToWindow::Why::not_a_child);
}

awaitable<void> explain_standing(Kiosk& kiosk, const Standing& standing) {
    co_await kiosk.stage.ask(ExplainStanding{.kind = standing.kind,
                                             .where_zh = standing.where_zh,
                                             .where_en = standing.where_en,
                                             .when = standing.when,
                                             .window = kiosk.config.window,
                                             .masked_name = standing.masked_name});
}

awaitable<Standing> ask_standing(Kiosk& kiosk, const drivers::IdDocument& document) {
    kiosk.stage.show(PleaseWait{PleaseWait::What::asking_centre});
    auto standing = co_await kiosk.issuing.inquire(document);
    if (!standing) co_await trouble(kiosk, standing.error());
    if (standing->kind == StandingKind::none || standing->kind == StandingKind::pending_kiosk) co_return std::move(*standing);
    co_await explain_standing(kiosk, *standing);
    throw Left{LeaveReason::finished, {}};
}

}  // namespace kiosk
