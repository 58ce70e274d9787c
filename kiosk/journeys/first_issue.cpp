// The journey of a first issue, from the notice to the card in the hand. Branches live here; the steps are in their own rooms.
#include "kiosk/journeys/steps.hpp"

namespace kiosk {

namespace {
awaitable<CardEnd> resume_interrupted(Kiosk& kiosk, Visit& visit, Standing standing) {
    visit.application = standing.application;
    if (originals_to_check(visit)) co_await staff_looks(kiosk, visit, AtPerson::not_needed);
    co_await kiosk.stage.ask(OfferResume{.reference = standing.application.reference()});
    Secret pin = co_await choose_pin(kiosk, visit.document);
    kiosk.stage.show(PleaseWait{PleaseWait::What::applying});
    auto resumed = co_await kiosk.issuing.resume(visit.application, 0, visit.document, visit.guardian);
    if (!resumed) co_await trouble(kiosk, resumed.error(), visit.application.reference());
    visit.portrait.jpeg = std::move(resumed->portrait);
    visit.mobile = std::move(resumed->mobile);
    visit.bank = resumed->order.bank;
    co_return co_await make_card(kiosk, visit, std::move(resumed->order), std::move(pin));
}

awaitable<CardEnd> apply_and_make(Kiosk& kiosk, Visit& visit) {
    visit.application.value = kiosk.random.bytes(16);
    Application form{.id = visit.application,
                     .document = visit.document,
                     .guardian = visit.guardian,
                     .page = visit.page,
                     .checked_by = visit.checked_by,
                     .portrait = visit.portrait.jpeg,
                     .bank = visit.bank,
                     .mobile = visit.mobile,
                     .consents = visit.consents,
                     .match = visit.match,
                     .rules_hash = rules_hash(),
                     .signature = std::move(visit.signature),
                     .photo_warnings = warnings_of(visit.portrait),
                     .flat_field = visit.portrait.flat_field};
    // The PIN comes first: once the centre has leased an attempt, nobody is asked anything any more.
    Secret pin = co_await choose_pin(kiosk, visit.document);
    kiosk.stage.show(PleaseWait{PleaseWait::What::applying});
    auto order = co_await kiosk.issuing.apply(std::move(form), std::chrono::seconds{30});
    if (!order) co_await trouble(kiosk, order.error(), visit.application.reference());
    co_return co_await make_card(kiosk, visit, std::move(*order), std::move(pin));
}
}  // namespace

Visit::~Visit() {
    document.wipe();
    if (guardian) guardian->document.wipe();
    drivers::wipe(page);
    portrait.wipe();
    drivers::wipe(mobile);
    for (auto& stroke : signature) drivers::wipe(std::as_writable_bytes(std::span{stroke}));
}

awaitable<void> first_issue(Kiosk& kiosk) {
    Visit visit;
    visit.retakes_left = kiosk.config.photo_retakes;
    const auto whom = co_await kiosk.stage.ask(ForWhom{.window = kiosk.config.window});
    visit.consents = co_await give_notice(kiosk);
    if (whom == ForWhom::Answer::child) co_await identify_child(kiosk, visit);
    else co_await identify_oneself(kiosk, visit);
    const Standing standing = co_await ask_standing(kiosk, visit.document);
    CardEnd end;
    if (standing.kind == StandingKind::pending_kiosk) {
        end = co_await resume_interrupted(kiosk, visit, standing);
    } else {
        co_await portrait_and_match(kiosk, visit);
        co_await confirm_and_sign(kiosk, visit);
        end = co_await apply_and_make(kiosk, visit);
    }
    co_await finish(kiosk, visit, std::move(end));
}

awaitable<void> audit(Kiosk& kiosk, AuditEvent event, nlohmann::json data) {
    co_await kiosk.ledger.transact([event, data = std::move(data), now = kiosk.clock.utc()](Books& books) { books.audit(event, data, now); });
}

awaitable<void> to_window(Kiosk& kiosk, GoToWindow::Why why) {
    co_await kiosk.stage.ask(GoToWindow{.why = why, .window = kiosk.config.window, .reference = {}});
    throw Left{LeaveReason::refused, {}};
}

awaitable<void> trouble(Kiosk& kiosk, Fault fault, std::string reference) {
    co_await audit(kiosk, AuditEvent::fault_met, {{"fault", name_of(fault.code)}, {"detail", fault.detail}});
    co_await kiosk.stage.ask(Trouble{.code = fault.code, .reference = std::move(reference), .window = kiosk.config.window});
    throw Left{LeaveReason::fault, fault};
}

std::string mark_of(const printer::Layout& layout, const BankId& bank) { return layout.images.contains(bank.value + ".png") ? bank.value : std::string{}; }

const Bank* find_bank(const Config& config, const BankId& id) {
    const auto it = std::ranges::find_if(config.banks, [&](const Bank& bank) { return bank.id == id; });
    return it == config.banks.end() ? nullptr : &*it;
}

}  // namespace kiosk
