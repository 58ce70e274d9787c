// People of the hall: visitors answer the very structs that journeys ask, staff come when a kiosk says that it needs them.
#include "sim/world/hall.hpp"

#include <fmt/format.h>

namespace sim {

using namespace std::chrono_literals;
namespace k = kiosk;

namespace {
constexpr std::chrono::seconds staff_walk{45};
const std::string badges[] = {"04A1B2C3D4", "04A1B2C3D5"};
}  // namespace

void Hall::later(KioskBox& box, drivers::Duration delay, std::function<void()> action) {
    const int life = box.life;
    clock_.at(clock_.steady() + delay, [&box, life, action = std::move(action)] {
        // What was meant for a kiosk that died meanwhile is not done to its successor.
        if (box.alive && box.life == life && !box.alive->mortality().dead()) action();
    });
}

void Hall::next_visitor(KioskBox& box) {
    if (box.visitor || queue_.empty() || box.staff_there) return;
    box.visitor = queue_.front();
    queue_.pop_front();
    box.visitor->arrived = clock_.steady();
    box.started = box.start_pending = false;
    --box.visitor->visits_left;
    ++result_.visits;
    say(fmt::format("{} visitor {} comes", box.id, box.visitor->number));
}

void Hall::visitor_done(KioskBox& box) {
    if (!box.visitor) return;
    auto visitor = std::exchange(box.visitor, nullptr);
    box.wires.person_before_camera = false;
    box.started = box.start_pending = false;
    say(fmt::format("{} visitor {} goes", box.id, visitor->number));
    if (clock_.steady() - visitor->arrived > 40min) violate(fmt::format("I6: visitor {} stood there for over 40 minutes", visitor->number));
    // Who got no card comes again, here or at the kiosk beside it.
    visitor->leaves_at.clear();
    visitor->takes_card = true;
    visitor->snatches = visitor->pushes_foreign = false;
    if (visitor->cards_in_hand == 0 && visitor->visits_left > 0) queue_.push_back(visitor);
}

void Hall::hands_take(KioskBox& box, bool snatch) {
    if (!box.visitor) return;
    const auto now = clock_.steady().since_start;
    auto card = snatch ? box.wires.printer->snatch(now) : box.wires.printer->take(now);
    if (!card) return;
    say(fmt::format("{} visitor {} has card {}", box.id, box.visitor->number, card->id));
    ++box.visitor->cards_in_hand;
    if (box.visitor->cards_in_hand > 1) violate(fmt::format("I1: visitor {} was handed two cards", box.visitor->number));
    if (const auto* chip = dynamic_cast<const SocialSecurityCard*>(card->chip.get())) {
        // What was handed out is that person's card: the number in the chip is his.
        const auto ssn = chip->records.find({0xEF06, 0x08});
        const std::string number = box.visitor->person.number;
        if (ssn == chip->records.end() || drivers::to_string(ssn->second) != number) violate(fmt::format("I1: visitor {} was handed a card of somebody else", box.visitor->number));
        if (!chip->pin_is(box.visitor->pin)) violate(fmt::format("I1: visitor {} was handed a card whose PIN is not his", box.visitor->number));
        if (card->k.empty()) violate("I1: a card without print was handed out");
    } else {
        violate("I1: a foreign card was handed out as a social security card");
    }
}

void Hall::look(KioskBox& box) {
    if (!box.alive || box.alive->mortality().dead()) return;
    auto& stage = box.alive->stage();
    const auto& shown = stage.shown();
    if (box.accepted && !std::holds_alternative<k::Welcome>(shown.question)) box.accepted.reset();
    if (box.accepted && stage.answer_pending()) box.accepted = clock_.steady();
    // Whoever touches in the moment in which the door is opened finds the machine closed: that is said, not forgotten.
    if (box.accepted && box.wires.door != drivers::Contact::closed) box.accepted.reset();
    if (box.accepted && clock_.steady() - *box.accepted > 5s) {
        violate(fmt::format("I6: {} took a touch and forgot it", box.id));
        box.accepted.reset();
    }
    if (const auto* making = std::get_if<k::MakingCard>(&shown.question); making && making->are_you_there && !box.here_pending && box.visitor && box.visitor->leaves_at != "making_card") {
        box.here_pending = true;
        later(box, 2s, [&box] {
            box.here_pending = false;
            box.alive->stage().answer<k::MakingCard>(box.alive->stage().shown().phase, k::MakingCard::Answer::here);
        });
    }
    if (shown.phase == box.phase && !std::holds_alternative<k::Welcome>(shown.question)) return;
    const bool fresh = shown.phase != box.phase;
    if (fresh) say(fmt::format("{} screen {}", box.id, k::name_of(shown.question)));
    box.phase = shown.phase;
    if (const auto* welcome = std::get_if<k::Welcome>(&shown.question)) {
        if (box.started) visitor_done(box);
        const bool needs_staff = box.alive->path().closed_by() || (welcome->cannot && (*welcome->cannot == k::FaultCode::no_blanks || *welcome->cannot == k::FaultCode::bin_no_room ||
                                                                                       *welcome->cannot == k::FaultCode::printer_ribbon_out));
        if (needs_staff) call_staff(box);
        if (!welcome->cannot && box.wires.door != drivers::Contact::closed && clock_.steady() - box.door_moved_at > 3s) violate(fmt::format("I5: {} invites people with its door open", box.id));
        if (!welcome->cannot) next_visitor(box);
    } else if (!box.staff_there && box.visitor) {
        box.started = true;
    }
    if (fresh || std::holds_alternative<k::Welcome>(shown.question)) answer_screen(box, shown.question, shown.phase);
}

void Hall::answer_screen(KioskBox& box, const k::AnyQuestion& question, std::uint64_t phase) {
    if (box.staff_there) return staff_acts(box, question, phase);
    if (!box.visitor) return;
    auto& v = *box.visitor;
    if (!v.leaves_at.empty() && v.leaves_at == k::name_of(question)) {
        // He walks away; the kiosk notices by his silence.
        say(fmt::format("{} visitor {} walks away at {}", box.id, v.number, v.leaves_at));
        box.wires.person_before_camera = false;
        if (box.wires.on_reader && !v.forgets_document) {
            box.wires.on_reader = nullptr;
            box.wires.readers_changed.notify();
        }
        return;
    }
    const auto think = std::chrono::milliseconds{600 + dice_.below(2500)};
    auto* b = &box;
    const auto give = [&, b]<class Q>(std::type_identity<Q>, auto make) {
        later(box, think, [b, phase, make] { b->alive->stage().answer<Q>(phase, make()); });
    };
    std::visit(
        [&]<class Q>(const Q& q) {
            if constexpr (std::is_same_v<Q, k::Welcome>) {
                if (!q.cannot && !box.start_pending) {
                    box.start_pending = true;
                    // Sometimes something else happens in the very same turn of the loop: the touch must not be lost by it.
                    const bool coincidence = options_.faults && dice_.one_in(3);
                    later(box, think, [this, b, phase, coincidence] {
                        if (coincidence) b->wires.printer_changed.notify();
                        if (b->alive->stage().answer<k::Welcome>(phase, k::Welcome::Answer::start)) b->accepted = clock_.steady();
                    });
                    // A touch that met a changed screen is repeated.
                    later(box, 8s, [b] { b->start_pending = false; });
                }
            } else if constexpr (std::is_same_v<Q, k::ForWhom>) {
                give(std::type_identity<Q>{}, [] { return Q::Answer::myself; });
            } else if constexpr (std::is_same_v<Q, k::Notice>) {
                give(std::type_identity<Q>{}, [] { return typename Q::Answer{true, true, true}; });
            } else if constexpr (std::is_same_v<Q, k::PresentDocument>) {
                const auto lay_down = [this, b] {
                    const auto& p = b->visitor->person;
                    PersonRecord record{p.name, p.number, p.address, p.authority, p.birth, p.valid_from, p.valid_to, p.sex, p.nation};
                    b->wires.on_reader = std::make_shared<ResidentIdCard>(record, options_.seed);
                    b->wires.readers_changed.notify();
                };
                if (!box.wires.on_reader) later(box, think, [b, lay_down] { if (b->visitor && !b->wires.on_reader) lay_down(); });
                // Not read: he lifts it and lays it down again.
                for (int i = 1; i <= 6; ++i)
                    later(box, think + 9s * i, [this, b, lay_down] {
                        const auto* still = std::get_if<k::PresentDocument>(&b->alive->stage().shown().question);
                        if (!still || !b->visitor || still->state == k::DocumentState::reading) return;
                        b->wires.on_reader = nullptr;
                        b->wires.readers_changed.notify();
                        later(*b, 1s, [b, lay_down] { if (b->visitor && std::holds_alternative<k::PresentDocument>(b->alive->stage().shown().question)) lay_down(); });
                    });
            } else if constexpr (std::is_same_v<Q, k::TakeDocumentBack>) {
                later(box, v.forgets_document ? drivers::Duration{15min} : drivers::Duration{think}, [b] {
                    b->wires.on_reader = nullptr;
                    b->wires.readers_changed.notify();
                });
                v.forgets_document = false;
            } else if constexpr (std::is_same_v<Q, k::ExplainStanding> || std::is_same_v<Q, k::Trouble> || std::is_same_v<Q, k::GoToWindow> || std::is_same_v<Q, k::StaffNote>) {
                if constexpr (std::is_same_v<Q, k::ExplainStanding>) v.visits_left = 0;
                give(std::type_identity<Q>{}, [] { return Q::Answer::understood; });
            } else if constexpr (std::is_same_v<Q, k::OfferResume>) {
                give(std::type_identity<Q>{}, [] { return Q::Answer::go_on; });
            } else if constexpr (std::is_same_v<Q, k::TakePhoto>) {
                box.wires.person_before_camera = true;
                if (dice_.one_in(10)) later(box, 50ms, [b] { b->alive->stage().call_help(); });
            } else if constexpr (std::is_same_v<Q, k::PhotoTaken>) {
                give(std::type_identity<Q>{}, [] { return Q::Answer::keep; });
            } else if constexpr (std::is_same_v<Q, k::CallStaff>) {
                later(box, 3s, [b] { b->alive->stage().leave_button(b->alive->stage().shown().phase); });
            } else if constexpr (std::is_same_v<Q, k::ChooseBank>) {
                const auto& offered = q.offered;
                const bool wanted = std::ranges::any_of(offered, [&](const auto& bank) { return bank.id.value == v.bank; });
                give(std::type_identity<Q>{}, [id = wanted ? v.bank : offered.front().id.value] { return k::BankId{id}; });
            } else if constexpr (std::is_same_v<Q, k::EnterMobile>) {
                give(std::type_identity<Q>{}, [mobile = v.mobile] { return mobile; });
            } else if constexpr (std::is_same_v<Q, k::ConfirmCard>) {
                give(std::type_identity<Q>{}, [] { return Q::Answer::right; });
            } else if constexpr (std::is_same_v<Q, k::Sign>) {
                give(std::type_identity<Q>{}, [] { return std::vector<k::Stroke>{{{100, 200, 0}, {140, 260, 40}, {180, 210, 90}}}; });
            } else if constexpr (std::is_same_v<Q, k::ChoosePin>) {
                give(std::type_identity<Q>{}, [pin = v.pin] { return typename Q::Answer{drivers::Secret{std::string_view{pin}}, drivers::Secret{std::string_view{pin}}}; });
            } else if constexpr (std::is_same_v<Q, k::TakeCard>) {
                if (v.takes_card) later(box, think, [this, b] { hands_take(*b, false); });
            } else if constexpr (std::is_same_v<Q, k::Finished>) {
                give(std::type_identity<Q>{}, [] { return Q::Answer::done; });
            }
        },
        question);
}

void Hall::move_door(KioskBox& box, drivers::Contact to) {
    if (box.wires.door == to) return;
    say(fmt::format("{} door {}", box.id, drivers::name_of(to)));
    box.wires.door = to;
    box.door_moved_at = clock_.steady();
    box.wires.door_changed.notify();
}

void Hall::call_staff(KioskBox& box) {
    if (box.staff_wanted || box.staff_there) return;
    box.staff_wanted = true;
    clock_.at(clock_.steady() + staff_walk, [this, b = &box] {
        b->staff_wanted = false;
        if (!b->alive || b->alive->mortality().dead() || b->visitor || b->staff_there) return;
        if (!std::holds_alternative<k::Welcome>(b->alive->stage().shown().question)) return;
        // Nobody reaches into rollers that turn: what is taken out in the middle of a reject would be booked as lying in the bin. They come again.
        b->wires.printer->advance(clock_.steady().since_start);
        if (b->wires.printer->moving()) return;
        // Hands first: the path is cleared, the cover closed, what is short is filled up; then badge and PIN.
        say(b->id + " staff come");
        auto& printer = *b->wires.printer;
        const auto now = clock_.steady().since_start;
        for (auto& card : printer.clear_path(now)) b->by_hand.push_back(card);
        if (printer.cover_open()) printer.open_cover(false, now);
        move_door(*b, drivers::Contact::closed);
        printer.provoke(PrinterFault::none);
        printer.new_ribbon("YMCKOK", 200);
        b->staff_there = true;
        b->staff_step = 0;
        b->reconciled_all = false;
        b->staff_forgets = options_.faults && dice_.one_in(6);
        b->wires.on_reader = std::make_shared<BadgeCard>(*drivers::from_hex(badges[0]));
        b->wires.readers_changed.notify();
        // Nobody stays for ever: after a while the member of staff takes the badge and goes, whatever the screen says.
        const int life = b->life;
        clock_.at(clock_.steady() + 6min, [b, life] {
            if (b->life == life) b->staff_there = false;
            if (b->wires.on_reader && dynamic_cast<BadgeCard*>(b->wires.on_reader.get())) {
                b->wires.on_reader = nullptr;
                b->wires.readers_changed.notify();
            }
        });
    });
}

void Hall::staff_acts(KioskBox& box, const k::AnyQuestion& question, std::uint64_t phase) {
    auto* b = &box;
    const auto badge = [b](int which) {
        b->wires.on_reader = which < 0 ? nullptr : std::make_shared<BadgeCard>(*drivers::from_hex(badges[which]));
        b->wires.readers_changed.notify();
    };
    const auto answer = [&, b]<class Q>(std::type_identity<Q>, auto make) {
        later(box, 1500ms, [b, phase, make] { b->alive->stage().answer<Q>(phase, make()); });
    };
    if (std::holds_alternative<k::StaffPin>(question)) {
        // Now and then somebody does not remember.
        const bool wrong = box.staff_forgets;
        answer(std::type_identity<k::StaffPin>{}, [wrong] { return drivers::Secret{std::string_view{wrong ? "111111" : "246810"}}; });
    } else if (const auto* menu = std::get_if<k::StaffMenu>(&question)) {
        const int step = box.staff_step++;
        // With the badge read the door may be opened; it is closed before a path is opened again, or the visit ended.
        if (step == 0 && options_.faults && dice_.one_in(3)) move_door(box, drivers::Contact::open);
        if (step == 1) later(box, 1s, [this, b] { move_door(*b, drivers::Contact::closed); });
        const bool reconcile = menu->to_reconcile > 0 && !box.reconciled_all && step < 3;
        const bool empty = menu->bin_count >= menu->bin_capacity - 3 || (menu->bin_count > 0 && step == 0 && dice_.one_in(3));
        const bool reopen = menu->path_closed.has_value() && step < 6;
        if (reconcile) box.reconciled_all = true;
        if (empty) {
            (void)box.wires.printer->empty_bin();
            answer(std::type_identity<k::StaffMenu>{}, [] { return k::StaffMenu::Answer{k::StaffMenu::EmptyBin{}}; });
        } else if (reconcile) {
            badge(-1);
            answer(std::type_identity<k::StaffMenu>{}, [] { return k::StaffMenu::Answer{k::StaffMenu::Reconcile{}}; });
        } else if (reopen) {
            answer(std::type_identity<k::StaffMenu>{}, [] { return k::StaffMenu::Answer{k::StaffMenu::ReopenPath{}}; });
        } else if (step < 8 && box.refilled == 0 && dice_.one_in(3) && menu->hoppers.front().remaining + 4 < menu->hoppers.front().capacity) {
            answer(std::type_identity<k::StaffMenu>{}, [] { return k::StaffMenu::Answer{k::StaffMenu::Load{1}}; });
        } else {
            badge(-1);
            answer(std::type_identity<k::StaffMenu>{}, [] { return k::StaffMenu::Answer{k::StaffMenu::Leave{}}; });
            later(box, 4s, [b] { b->staff_there = false; });
        }
    } else if (std::holds_alternative<k::LoadBlanks>(question)) {
        later(box, 1500ms, [this, b, phase] {
            if (!b->alive->stage().answer<k::LoadBlanks>(phase, k::LoadBlanks::Answer{3})) return;
            b->refilled = 3;
            b->wires.printer->load(0, {blank("bank_a"), blank("bank_a"), blank("bank_a")});
        });
    } else if (std::holds_alternative<k::SecondBadge>(question)) {
        later(box, 2s, [badge] { badge(1); });
    } else if (std::holds_alternative<k::ReconcileCard>(question)) {
        // What was in the path lies in the member's hand and is cut through; what is not there was not found.
        answer(std::type_identity<k::ReconcileCard>{}, [found = !box.by_hand.empty()] { return found ? k::ReconcileCard::Answer::destroyed : k::ReconcileCard::Answer::not_found; });
    } else if (std::holds_alternative<k::EmptyBinList>(question)) {
        answer(std::type_identity<k::EmptyBinList>{}, [] { return k::EmptyBinList::Answer::emptied; });
    } else if (const auto* note = std::get_if<k::StaffNote>(&question)) {
        if (note->what == k::StaffNote::What::loaded) box.refilled = 0;
        answer(std::type_identity<k::StaffNote>{}, [] { return k::StaffNote::Answer::understood; });
    } else if (std::holds_alternative<k::Welcome>(question) && box.staff_step > 0) {
        box.staff_there = false;
    }
}

}  // namespace sim
