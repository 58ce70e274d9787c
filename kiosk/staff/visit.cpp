// The visit of hall staff: blanks, ribbon, reject bin, an unknown card reconciled by two persons, the card path opened again. Every act that
// cannot be taken back says how many cards it concerns before the button, and is audited with the name of who did it.
#include "kiosk/journeys/steps.hpp"

namespace kiosk {

namespace {
awaitable<void> note(Kiosk& kiosk, StaffNote::What what, int count = 0) { co_await kiosk.stage.ask(StaffNote{what, count}); }

std::vector<HopperRow> hopper_rows(const Kiosk& kiosk, const Supplies& supplies) {
    std::vector<HopperRow> rows;
    for (const auto& unit : supplies.hoppers) {
        HopperRow row{.hopper = unit.hopper, .bank = {}, .remaining = unit.count, .capacity = unit.capacity, .threshold = unit.threshold, .sensor_empty = unit.sensor_empty};
        if (const auto* bank = find_bank(kiosk.config, unit.bank)) row.bank = *bank;
        rows.push_back(std::move(row));
    }
    return rows;
}

awaitable<StaffMenu> menu(Kiosk& kiosk, const StaffMember& member) {
    const auto supplies = co_await look_at_supplies(kiosk);
    StaffMenu screen{.who = member.name_tag, .hoppers = hopper_rows(kiosk, supplies), .ribbon_left = {}, .ribbon_capacity = supplies.ribbon.capacity,
                     .bin_count = supplies.bin.count, .bin_capacity = supplies.bin.capacity, .arithmetic = {}, .path_closed = {}, .to_reconcile = 0};
    if (supplies.ribbon_known) screen.ribbon_left = supplies.ribbon.count;
    screen.arithmetic = co_await kiosk.ledger.look([](Books& books) { return books.arithmetic(); });
    screen.to_reconcile = co_await kiosk.ledger.look([](Books& books) {
        return static_cast<int>(std::ranges::count_if(books.all_cards(), [](const CardRow& card) { return card.state == CardState::unknown && card.reason.find("reconciled") == std::string::npos; }));
    });
    if (kiosk.card_path.state() != PathState::open) screen.path_closed = kiosk.card_path.closed_by().value_or(Fault{FaultCode::card_path_closed, {}}).code;
    co_return screen;
}

awaitable<void> load_blanks(Kiosk& kiosk, const StaffMember& member, HopperRow hopper) {
    const int most = hopper.capacity - hopper.remaining;
    const auto answer = co_await kiosk.stage.ask(LoadBlanks{.hopper = hopper, .most = most});
    if (answer.count < 1 || answer.count > most) co_return;
    co_await kiosk.ledger.transact([=, by = member.id, now = kiosk.clock.utc()](Books& books) {
        const auto load = books.add_load(hopper.hopper, hopper.bank.id, answer.count, by, now);
        books.audit(AuditEvent::blanks_loaded, {{"load", load.id}, {"hopper", hopper.hopper}, {"bank", hopper.bank.id.value}, {"count", answer.count}, {"by", by}}, now);
    });
    co_await note(kiosk, StaffNote::What::loaded, answer.count);
}

awaitable<void> empty_bin(Kiosk& kiosk, const StaffMember& member) {
    const auto cards = co_await kiosk.ledger.look([](Books& books) { return books.bin(); });
    EmptyBinList screen;
    for (const auto& card : cards) screen.cards.push_back({card.key, std::string(name_of(card.state))});
    const auto count = static_cast<int>(cards.size());
    if (co_await kiosk.stage.ask(std::move(screen)) != EmptyBinList::Answer::emptied) co_return;
    co_await kiosk.ledger.transact([cards, by = member.id, now = kiosk.clock.utc()](Books& books) {
        auto keys = nlohmann::json::array();
        for (const auto& card : cards) {
            books.set_in_bin(card.key, false);
            keys.push_back(fmt::format("{}/{}", card.key.load, card.key.ordinal));
        }
        books.audit(AuditEvent::bin_emptied, {{"cards", keys}, {"by", by}}, now);
    });
    co_await note(kiosk, StaffNote::What::bin_emptied, count);
}

/// The second person lays down another badge and gives a PIN.
awaitable<std::optional<StaffMember>> second_person(Kiosk& kiosk, const StaffMember& first) {
    for (bool same = false;;) {
        kiosk.stage.show(SecondBadge{same});
        auto shown = co_await drivers::first_of(kiosk.stage.answered<SecondBadge>(), badge_shown(kiosk, Laid::anew));
        auto* uid = std::get_if<1>(&shown);
        if (!uid) co_return std::nullopt;
        const auto known = co_await kiosk.ledger.look([id = *uid](Books& books) { return books.staff_by_badge(books.keyed_hash(id)); });
        same = known && known->id == first.id;
        if (!same) co_return co_await authenticate_staff(kiosk, std::move(*uid), first.id);
    }
}

awaitable<void> reconcile(Kiosk& kiosk, const StaffMember& member) {
    const auto cards = co_await kiosk.ledger.look([](Books& books) {
        std::vector<CardKey> keys;
        for (const auto& card : books.all_cards())
            if (card.state == CardState::unknown && card.reason.find("reconciled") == std::string::npos) keys.push_back(card.key);
        return keys;
    });
    if (cards.empty()) co_return;
    const auto second = co_await second_person(kiosk, member);
    if (!second) co_return;
    for (const auto& key : cards) {
        const auto answer = co_await kiosk.stage.ask(ReconcileCard{.card = key, .second = second->name_tag});
        if (answer == ReconcileCard::Answer::later) continue;
        const Verdict verdict = answer == ReconcileCard::Answer::destroyed ? Verdict::destroyed : answer == ReconcileCard::Answer::in_bin ? Verdict::in_bin : Verdict::not_found;
        const auto booked = co_await kiosk.card_path.reconcile(key, verdict, member.id, second->id);
        co_await note(kiosk, booked ? StaffNote::What::reconciled : StaffNote::What::not_permitted);
    }
}
}  // namespace

awaitable<void> staff_visit(Kiosk& kiosk, Bytes badge_uid) {
    const auto member = co_await authenticate_staff(kiosk, std::move(badge_uid));
    if (!member) co_return;
    kiosk.door.attend(true);
    for (;;) {
        const auto screen = co_await menu(kiosk, *member);
        const auto answer = co_await kiosk.stage.ask(screen);
        if (const auto* load = std::get_if<StaffMenu::Load>(&answer)) {
            const auto row = std::ranges::find_if(screen.hoppers, [&](const HopperRow& r) { return r.hopper == load->hopper; });
            if (row != screen.hoppers.end()) co_await load_blanks(kiosk, *member, *row);
        } else if (std::holds_alternative<StaffMenu::EmptyBin>(answer)) {
            co_await empty_bin(kiosk, *member);
        } else if (std::holds_alternative<StaffMenu::Reconcile>(answer)) {
            co_await reconcile(kiosk, *member);
        } else if (std::holds_alternative<StaffMenu::ReopenPath>(answer)) {
            if (!kiosk.door.closed()) {
                co_await note(kiosk, StaffNote::What::door_still_open);
                continue;
            }
            const auto still = co_await kiosk.card_path.reopen(member->id);
            co_await note(kiosk, still ? StaffNote::What::path_still_closed : StaffNote::What::path_reopened);
        } else if (!kiosk.door.closed()) {
            co_await note(kiosk, StaffNote::What::door_still_open);
        } else {
            break;
        }
    }
    co_await audit(kiosk, AuditEvent::staff_left, {{"staff", member->id}});
}

}  // namespace kiosk
