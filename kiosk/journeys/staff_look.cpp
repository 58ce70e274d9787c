// What a machine cannot decide: a member of staff, with badge and PIN, looks at the person and at the original of a document. Recorded.
#include "kiosk/journeys/steps.hpp"

namespace kiosk {

namespace {
std::string masked(const std::string& number) {
    constexpr std::size_t head = 6, tail = 4;
    if (number.size() < head + tail) return std::string(number.size(), '*');
    return number.substr(0, head) + std::string(number.size() - head - tail, '*') + number.substr(number.size() - tail);
}

bool to_check(const drivers::IdDocument& document) { return document.evidence != drivers::Evidence::chip; }

/// Of two that are to be looked at the person's own is shown; the guardian stands beside it by name.
const drivers::IdDocument& shown_of(const Visit& visit) { return visit.guardian && !to_check(visit.document) && to_check(visit.guardian->document) ? visit.guardian->document : visit.document; }

CallStaff::Why why_called(const Visit& visit) {
    if (originals_to_check(visit)) return CallStaff::Why::document_to_check;
    return visit.portrait.jpeg.empty() ? CallStaff::Why::no_photograph : CallStaff::Why::unsure;
}

/// `face`: on the document; a page that was photographed shows it already.
ConfirmPerson question_of(const Visit& visit, const StaffMember& member, Bytes face) {
    const auto& shown = shown_of(visit);
    return {.who = member.name_tag,
            .full_name = visit.document.name,
            .masked_number = masked(visit.document.number),
            .portrait = visit.portrait.jpeg,
            .warnings = warnings_of(visit.portrait),
            .document = shown.kind,
            .evidence = shown.evidence,
            .page = visit.page.empty() ? std::move(face) : visit.page,
            .guardian = visit.guardian ? visit.guardian->document.name : std::string{}};
}

awaitable<void> book_originals(Kiosk& kiosk, const Visit& visit, const StaffMember& member, bool accepted) {
    const drivers::IdDocument* both[] = {&visit.document, visit.guardian ? &visit.guardian->document : nullptr};
    for (const auto* document : both)
        if (document && to_check(*document))
            co_await audit(kiosk, AuditEvent::document_checked,
                           {{"application", ""}, {"kind", name_of(document->kind)}, {"evidence", name_of(document->evidence)}, {"accepted", accepted}, {"staff", member.id}});
}
}  // namespace

bool originals_to_check(const Visit& visit) {
    return visit.checked_by.empty() && (to_check(visit.document) || (visit.guardian && to_check(visit.guardian->document)));
}

awaitable<void> staff_looks(Kiosk& kiosk, Visit& visit, AtPerson person) {
    for (;;) {
        kiosk.stage.show(CallStaff{.why = why_called(visit), .window = kiosk.config.window});
        kiosk.stage.call_help();
        auto shown = co_await drivers::first_of(kiosk.stage.answered<CallStaff>(), badge_shown(kiosk));
        auto* uid = std::get_if<1>(&shown);
        if (!uid) continue;
        const auto member = co_await authenticate_staff(kiosk, std::move(*uid));
        if (!member) continue;
        auto face = visit.page.empty() ? co_await face_on(kiosk, shown_of(visit)) : Bytes{};
        const bool same = co_await kiosk.stage.ask(question_of(visit, *member, std::move(face))) == ConfirmPerson::Answer::same;
        if (originals_to_check(visit)) {
            co_await book_originals(kiosk, visit, *member, same);
            visit.checked_by = member->badge_hash;
        }
        if (person == AtPerson::needed) {
            co_await audit(kiosk, AuditEvent::person_matched, {{"application", ""}, {"by", "staff"}, {"match", same ? "same" : "different"}, {"staff", member->id}});
            visit.match.result = MatchResult::same;
            visit.match.by_staff = true;
            visit.match.staff_hash = member->badge_hash;
        }
        if (!same) co_await to_window(kiosk, GoToWindow::Why::not_the_person);
        co_return;
    }
}

}  // namespace kiosk
