// After a death: every state and every place a card can be in, and a death at each commit and each act. Nobody's card is continued, nothing is presented.
#include "tests/kiosk/card_path/rig.hpp"

using namespace card_path_test;

namespace {
constexpr CardState way[] = {CardState::authorised, CardState::fed, CardState::identified, CardState::encoding, CardState::encoded, CardState::verified,
                             CardState::printing, CardState::printed, CardState::presented, CardState::retracting, CardState::inside};

/// A ledger that stands at `state` with `intent` open, and a machine whose card is at `where`.
struct Wreck {
    Hall hall{3};
    CardKey key;
    Wreck(CardState state, std::optional<ActKind> intent, Position where, bool fed = true) {
        auto& books = *hall.life->books;
        const Card card = fed ? hall.machine.hopper[0].front() : nullptr;
        books.begin();
        key = *books.authorise(1, golden_application_id(), 1, "A00000014", hall.clock.utc());
        for (const auto s : way) {
            if (s == CardState::authorised) continue;
            if (s > state || state == CardState::authorised) break;
            books.set_state(key, s, "", hall.clock.utc());
            if (s == CardState::identified) books.set_chip(key, card->chip->id);
        }
        if (intent) (void)books.intend(key, *intent, hall.clock.utc());
        books.commit();
        if (fed) {
            hall.machine.hopper[0].pop_front();
            if (state >= CardState::printed) card->printed = 1;
            if (where != Position::not_present) hall.machine.inside.push_back(card);
        }
        hall.machine.where = where;
    }
};
}  // namespace

TEST_CASE("recovery: state, open intent and place decide") {
    using enum CardState;
    using P = Position;
    struct Row {
        CardState state;
        std::optional<ActKind> intent;
        Position where;
        CardState booked;
        std::string outcome;
        bool open = true;
    };
    std::vector<Row> rows;
    for (const auto place : {P::at_chip_station, P::at_print, P::inside}) {
        rows.push_back({authorised, ActKind::feed, place, spoiled, "spoiled"});
        for (const auto state : {fed, identified, encoding, encoded, verified, printing, printed}) rows.push_back({state, std::nullopt, place, spoiled, "spoiled"});
        rows.push_back({fed, ActKind::reject, place, spoiled, "spoiled"});
        rows.push_back({encoding, ActKind::encode, place, spoiled, "spoiled"});
        rows.push_back({encoded, ActKind::set_pin, place, spoiled, "spoiled"});
        rows.push_back({printing, ActKind::print, place, spoiled, "spoiled"});
        rows.push_back({printed, ActKind::present, place, spoiled, "spoiled"});
        rows.push_back({presented, std::nullopt, place, retained, "not_taken"});
        rows.push_back({retracting, ActKind::retract, place, retained, "not_taken"});
        rows.push_back({CardState::inside, std::nullopt, place, retained, "not_taken"});
        rows.push_back({CardState::inside, ActKind::reject, place, retained, "not_taken"});
    }
    for (const auto state : {fed, identified, encoding, encoded, verified, printing, printed, CardState::inside}) {
        rows.push_back({state, std::nullopt, P::not_present, unknown, "unknown", false});
        rows.push_back({state, ActKind::reject, P::not_present, state == CardState::inside ? retained : spoiled, state == CardState::inside ? "not_taken" : "spoiled"});
    }
    rows.push_back({printed, ActKind::present, P::presented, retained, "not_taken"});
    rows.push_back({printed, ActKind::present, P::not_present, gone_unwitnessed, "gone_unwitnessed"});
    rows.push_back({presented, std::nullopt, P::presented, retained, "not_taken"});
    rows.push_back({presented, std::nullopt, P::not_present, gone_unwitnessed, "gone_unwitnessed"});
    rows.push_back({retracting, ActKind::retract, P::presented, retained, "not_taken"});
    rows.push_back({retracting, ActKind::retract, P::not_present, gone_unwitnessed, "gone_unwitnessed"});
    for (const auto& row : rows) {
        const auto state = std::string(name_of(row.state)), act = row.intent ? std::string(name_of(*row.intent)) : "", place = std::string(printer::name_of(row.where));
        CAPTURE(state);
        CAPTURE(act);
        CAPTURE(place);
        Wreck wreck(row.state, row.intent, row.where);
        auto& hall = wreck.hall;
        if (row.where == P::not_present) {  // where it went: into the bin, into a hand, or nobody knows
            auto card = hall.machine.new_card();
            card->printed = 1;
            if (row.intent == ActKind::reject) hall.machine.bin.push_back(card);
            else if (row.booked == gone_unwitnessed) hall.machine.taken.push_back(card);
        }
        hall.restart();
        hall.life->run_for(30s);
        CHECK(hall.life->books->card(wreck.key)->state == row.booked);
        CHECK(hall.outcomes() == std::vector<std::string>{row.outcome});
        CHECK(hall.heard.outcomes.at(0).at("card_number") == "A00000014");
        CHECK((hall.life->path->state() == PathState::open) == row.open);
        CHECK(hall.machine.presented == 0);
        CHECK(std::ranges::count(hall.life->printer.acts, "feed") + std::ranges::count(hall.life->printer.acts, "print") + std::ranges::count(hall.life->printer.acts, "present") == 0);
        CHECK(hall.life->events("kiosk_recovered") == 1);
        hall.agree();
    }
}

TEST_CASE("recovery: authorised and nothing inside was never fed; its blank goes back and its attempt was not started") {
    for (const bool intent : {false, true}) {
        Wreck wreck(CardState::authorised, intent ? std::optional{ActKind::feed} : std::nullopt, Position::not_present, false);
        wreck.hall.restart();
        CHECK(wreck.hall.outcomes() == std::vector<std::string>{"not_started"});
        CHECK_FALSE(wreck.hall.life->books->card(wreck.key));
        CHECK(wreck.hall.life->path->state() == PathState::open);
        wreck.hall.agree();
    }
}

TEST_CASE("recovery: another card than the row's is inside") {
    for (const auto state : {CardState::printed, CardState::presented, CardState::inside}) {
        Wreck wreck(state, std::nullopt, Position::inside);
        auto ours = wreck.hall.machine.inside.front();
        wreck.hall.machine.taken.push_back(ours);
        ours->printed = 1;
        wreck.hall.machine.inside.front() = wreck.hall.machine.new_card();
        wreck.hall.restart();
        wreck.hall.life->run_for(30s);
        CHECK(wreck.hall.outcomes() == std::vector<std::string>{"unknown"});
        CHECK(wreck.hall.life->path->closed_by()->code == FaultCode::foreign_card);
        CHECK(wreck.hall.life->books->arithmetic().found == 1);
        wreck.hall.agree();
    }
}

TEST_CASE("recovery: cards without a row, inside or at the bezel, are found and kept") {
    for (const auto place : {Position::inside, Position::at_print, Position::presented}) {
        Hall hall;
        hall.machine.inside.push_back(hall.machine.new_card());
        hall.machine.where = place;
        hall.life->start();
        hall.life->run_for(20s);
        CHECK(hall.life->path->state() == PathState::open);
        CHECK(hall.life->books->arithmetic().found == 1);
        CHECK(hall.life->books->arithmetic().retained == 1);
        CHECK(hall.machine.bin.size() == 1);
        CHECK(hall.outcomes().empty());
        hall.agree();
    }
}

TEST_CASE("recovery: a feed that took two and died leaves both in the bin and the hopper's count right") {
    Wreck wreck(CardState::authorised, ActKind::feed, Position::inside);
    wreck.hall.machine.inside.push_back(wreck.hall.machine.hopper[0].front());
    wreck.hall.machine.hopper[0].pop_front();
    wreck.hall.restart();
    wreck.hall.life->run_for(20s);
    CHECK(wreck.hall.life->books->arithmetic().spoiled == 2);
    CHECK(wreck.hall.life->books->arithmetic().found == 0);
    CHECK(wreck.hall.life->path->state() == PathState::open);
    wreck.hall.agree();
}

TEST_CASE("recovery waits for its printer and for its reader, and goes on by itself") {
    Wreck wreck(CardState::presented, std::nullopt, Position::presented);
    auto& hall = wreck.hall;
    hall.machine.plugged = false;
    hall.restart();
    CHECK(hall.life->path->closed_by()->code == FaultCode::printer_missing);
    CHECK(hall.outcomes().empty());
    hall.life->reader.daemon = false;
    hall.life->printer.plug(true);
    hall.life->run_for(150s);
    CHECK(hall.life->path->closed_by()->code == FaultCode::reader_missing);
    CHECK(hall.outcomes().empty());
    hall.life->reader.daemon = true;
    hall.life->run_for(120s);
    CHECK(hall.life->path->state() == PathState::open);
    CHECK(hall.outcomes() == std::vector<std::string>{"not_taken"});
    hall.agree();
}

TEST_CASE("idle: an unplugged printer closes the path and opens it again") {
    Hall hall;
    hall.open();
    hall.life->printer.plug(false);
    hall.life->run_for(1s);
    CHECK(hall.life->path->closed_by()->code == FaultCode::printer_unplugged);
    hall.life->printer.plug(true);
    hall.life->run_for(2s);
    CHECK(hall.life->path->state() == PathState::open);
    CHECK(hall.life->events("path_closed") == 1);
    CHECK(hall.life->events("path_opened") == 2);
}

TEST_CASE("a death at each commit and each act, once more during recovery, whoever takes the card meanwhile: never a second card, never a presented one") {
    int deaths = 0, unknown = 0;
    for (const auto citizen : {Hall::Citizen::takes, Hall::Citizen::leaves_it})
        for (const bool taken_meanwhile : {false, true})
            for (const int second_death : {-1, 3, 6}) {
                for (int k = 0;; ++k) {
                    CAPTURE(k);
                    CAPTURE(second_death);
                    CAPTURE(taken_meanwhile);
                    Hall hall(3);
                    hall.citizen = citizen;
                    hall.open();
                    hall.life->moments = 0;
                    hall.life->dies_at = k;
                    const auto ticket = hall.life->path->make(hall.life->job());
                    for (int i = 0; i < 200 && !ticket->end.ready() && hall.life->died_at.empty(); ++i) hall.life->run_for(1s);
                    if (hall.life->died_at.empty()) break;
                    ++deaths;
                    const auto died_at = hall.life->died_at;
                    CAPTURE(died_at);
                    const int presented = hall.machine.presented;
                    if (taken_meanwhile) hall.machine.take();
                    hall.life.reset();
                    if (second_death >= 0) {
                        hall.begin();
                        hall.life->dies_at = second_death;
                        hall.life->start();
                        hall.life->run_for(30s);
                        CHECK(hall.machine.presented == presented);
                        hall.life.reset();
                    }
                    hall.restart();
                    hall.life->run_for(120s);
                    CHECK(hall.machine.presented == presented);
                    CHECK(hall.machine.taken.size() <= 1);
                    const auto sum = hall.life->books->arithmetic();
                    CHECK(sum.issued + sum.gone_unwitnessed >= static_cast<int>(hall.machine.taken.size()));
                    unknown += sum.unknown;
                    CHECK(hall.life->path->state() == PathState::open);
                    CHECK(hall.life->books->outbox().empty());
                    CHECK(hall.outcomes().size() <= 2);
                    if (!hall.outcomes().empty()) CHECK(std::ranges::count(hall.outcomes(), hall.outcomes()[0]) == static_cast<int>(hall.outcomes().size()));
                    hall.agree();
                    // And the next attempt succeeds, unless the first card is out.
                    if (hall.machine.taken.empty() && second_death < 0) {
                        hall.citizen = Hall::Citizen::takes;
                        hall.life->presence.witnessed();
                        CHECK(hall.make(2)->end.peek().outcome == CardOutcome::issued);
                        CHECK(hall.machine.taken.size() == 1);
                    }
                }
            }
    CHECK(deaths > 300);
    CHECK(unknown == 0);  // a death alone never makes a card unknown
}
