// Activation happens on an accepted ISSUED and nowhere else; everything that does not fit is parked and blocks nobody else.
#include "sim/models/model.hpp"
#include "tests/central/kiosk_side.hpp"

using namespace kiosk_side;

namespace {
const Bytes chip_1 = hex("450100d156000005000000000000a001"), chip_2 = hex("450100d156000005000000000000a002");

int active_cards(const Hall& hall, const Bytes& application) {
    int n = 0;
    for (const auto& card : hall.central->cards()) n += card.application == application && card.state == sim::CardState::active;
    return n;
}
}  // namespace

TEST_CASE("an accepted ISSUED activates the card, once") {
    Hall hall;
    const auto id = Hall::id_of("p01");
    const auto card = hall.begun("p01", chip_1);
    CHECK(hall.card_state(card) == "INACTIVE");
    const auto message = hall.message(hall.a, {.type = "outcome", .body = hall.outcome_body("issued", card, chip_1), .application = id, .attempt = 1, .lives = 100'000});
    const auto reply = hall.send(message);
    CHECK(reply.body == Json{{"active", true}, {"result", "accepted"}});
    CHECK(hall.send(message).message == reply.message);
    CHECK(hall.card_state(card) == "ACTIVE");
    CHECK(hall.standing("p01") == "active_card");
    CHECK(hall.status(hall.a, id).body == Json{{"active", true}, {"attempt", 1}, {"state", "issued"}});
    CHECK(hall.resume(hall.a, "p01", id, 1).code == "attempt_closed");
    CHECK(hall.outcome(hall.a, id, 1, "issued", card, chip_1, 1).body["result"] == "accepted");
    const auto contradiction = hall.outcome(hall.a, id, 1, "spoiled", card, chip_1, 2).body;
    CHECK(contradiction["result"] == "disputed");
    CHECK(contradiction.value("reason", "") == "contradicts");
    CHECK(hall.card_state(card) == "ACTIVE");  // doubt takes nothing from a holder: two people decide
    const auto row = hall.central->outcomes().front();
    CHECK(row.load == "L1");
    CHECK(row.chip == chip_1);
}

TEST_CASE("an ISSUED that was reported late still counts, when it happened within the lease and nobody was given the next attempt") {
    Hall hall;
    const auto card = hall.begun("p01", chip_1);
    const auto body = hall.outcome_body("issued", card, chip_1, hall.now + 250);
    hall.now += 90'000;
    const auto reply = hall.ask(hall.a, {.type = "outcome", .body = body, .application = Hall::id_of("p01"), .attempt = 1});
    CHECK(reply.body == Json{{"active", true}, {"result", "accepted"}});
}

TEST_CASE("an ISSUED that does not fit is disputed, parked, and activates nothing") {
    Hall hall;
    const auto id = Hall::id_of("p01");
    std::string reason;
    const auto ask = [&](const std::string& word, const std::string& card, const std::optional<Bytes>& chip, std::optional<std::int64_t> at = {}, unsigned attempt = 1) {
        const auto reply = hall.ask(hall.a, {.type = "outcome", .body = hall.outcome_body(word, card, chip, at), .application = id, .attempt = attempt}).body;
        CHECK(reply["result"] == "disputed");
        CHECK(reply["active"] == false);
        return reply.value("reason", std::string());
    };
    SUBCASE("another chip") {
        const auto card = hall.begun("p01", chip_1);
        CHECK(ask("issued", card, chip_2) == "wrong_chip");
    }
    SUBCASE("no chip") {
        const auto card = hall.begun("p01", chip_1);
        CHECK(ask("issued", card, {}) == "no_chip");
    }
    SUBCASE("another number") {
        hall.begun("p01", chip_1);
        CHECK(ask("issued", "A00000001", chip_1) == "card_number");
    }
    SUBCASE("no cryptogram was ever given") {
        const auto card = hall.order(hall.apply(hall.a, "p01"))["card_number"].get<std::string>();
        CHECK(ask("issued", card, chip_1) == "never_personalised");
    }
    SUBCASE("after the lease") {
        const auto card = hall.begun("p01", chip_1);
        hall.now += 310;
        CHECK(ask("issued", card, chip_1) == "after_the_lease");
    }
    SUBCASE("before the lease") {
        const auto card = hall.begun("p01", chip_1);
        CHECK(ask("issued", card, chip_1, hall.now - 121) == "before_the_lease");
    }
    SUBCASE("in the future") {
        const auto card = hall.begun("p01", chip_1);
        CHECK(ask("issued", card, chip_1, hall.now + 200) == "in_the_future");
    }
    SUBCASE("not started, but personalised") {
        const auto card = hall.begun("p01", chip_1);
        CHECK(ask("not_started", card, {}) == "was_personalised");
    }
    SUBCASE("not taken, but never personalised") {
        const auto card = hall.order(hall.apply(hall.a, "p01"))["card_number"].get<std::string>();
        CHECK(ask("not_taken", card, {}) == "never_personalised");
    }
    SUBCASE("unknown") {
        const auto card = hall.begun("p01", chip_1);
        CHECK(ask("unknown", card, chip_1) == "unknown");
    }
    CHECK(hall.central->disputes().size() == 1);
    CHECK(hall.central->disputes()[0].state == "parked");
    CHECK(hall.status(hall.a, id).body["state"] == "disputed");
    CHECK(hall.resume(hall.a, "p01", id, 1).code == "not_entitled");
    CHECK(hall.standing("p01") == "made_not_collected");
    CHECK(active_cards(hall, id) == 0);
    CHECK(hall.apply(hall.b, "p02").ok);  // nobody else is blocked

    CHECK_FALSE(hall.central->resolve_dispute(1, sim::Verdict::void_card, "Wei", "").has_value());
    CHECK_FALSE(hall.central->resolve_dispute(1, sim::Verdict::void_card, "Wei", "Wei").has_value());
    CHECK_FALSE(hall.central->resolve_dispute(2, sim::Verdict::void_card, "Wei", "Qin").has_value());
    CHECK(hall.central->resolve_dispute(1, sim::Verdict::void_card, "Wei", "Qin").has_value());
    CHECK_FALSE(hall.central->resolve_dispute(1, sim::Verdict::void_card, "Wei", "Qin").has_value());
    CHECK(hall.order(hall.resume(hall.a, "p01", id, 1))["attempt"] == 2);
}

TEST_CASE("a fenced attempt's late ISSUED is a dispute and leaves the new attempt alone") {
    Hall hall;
    const auto id = Hall::id_of("p01");
    const auto first = hall.begun("p01", chip_1);
    hall.now += 361;
    const auto second = hall.order(hall.resume(hall.b, "p01", id, 0))["card_number"].get<std::string>();
    const auto late = hall.ask(hall.a, {.type = "outcome", .body = hall.outcome_body("issued", first, chip_1, hall.now - 361), .application = id, .attempt = 1}).body;
    CHECK(late["result"] == "disputed");
    CHECK(late.value("reason", "") == "fenced");
    CHECK(hall.card_state(first) == "VOID");
    CHECK_FALSE(hall.central->resolve_dispute(1, sim::Verdict::activate, "Wei", "Qin").has_value());  // the next is being made
    CHECK(hall.personalise_wholly(hall.b, id, 2, chip_2).ok);
    CHECK(hall.outcome(hall.b, id, 2, "issued", second, chip_2).body["active"] == true);
    CHECK(active_cards(hall, id) == 1);
    CHECK_FALSE(hall.central->resolve_dispute(1, sim::Verdict::activate, "Wei", "Qin").has_value());
    CHECK(hall.central->resolve_dispute(1, sim::Verdict::void_card, "Wei", "Qin").has_value());
    CHECK(hall.card_state(second) == "ACTIVE");
}

TEST_CASE("gone unwitnessed: only the holder, before a member of staff") {
    Hall hall;
    const auto id = Hall::id_of("p01");
    const auto card = hall.begun("p01", chip_1);
    CHECK_FALSE(hall.central->activate_by_staff(id, "Wei").has_value());
    CHECK(hall.outcome(hall.a, id, 1, "gone_unwitnessed", card, chip_1).body == Json{{"active", false}, {"result", "accepted"}});
    CHECK(hall.standing("p01") == "card_not_activated");
    CHECK(hall.resume(hall.a, "p01", id, 1).code == "attempt_closed");
    SUBCASE("the holder comes") {
        CHECK_FALSE(hall.central->activate_by_staff(id, "").has_value());
        CHECK(hall.central->activate_by_staff(id, "Wei").has_value());
        CHECK_FALSE(hall.central->activate_by_staff(id, "Wei").has_value());
        CHECK(hall.card_state(card) == "ACTIVE");
        CHECK(hall.standing("p01") == "active_card");
    }
    SUBCASE("it is found in the machine after all") {
        CHECK(hall.outcome(hall.a, id, 1, "not_taken", card, chip_1, 1).body["result"] == "accepted");
        CHECK(hall.standing("p01") == "pending_kiosk");
        CHECK(hall.order(hall.resume(hall.b, "p01", id, 1))["attempt"] == 2);
        CHECK(hall.card_state(card) == "VOID");
    }
}

TEST_CASE("an unknown card that two people found again at the kiosk settles its dispute") {
    Hall hall;
    const auto id = Hall::id_of("p01");
    const auto card = hall.begun("p01", chip_1);
    CHECK(hall.outcome(hall.a, id, 1, "unknown", card, chip_1).body["result"] == "disputed");
    CHECK(hall.outcome(hall.a, id, 1, "issued", card, chip_1, 1).body["result"] == "disputed");
    CHECK(hall.outcome(hall.a, id, 1, "spoiled", card, chip_1, 2).body["result"] == "accepted");
    for (const auto& dispute : hall.central->disputes()) CHECK(dispute.verdict == "reported spoiled");
    CHECK(hall.resume(hall.a, "p01", id, 1).ok);
}

TEST_CASE("outcomes of what the centre never saw") {
    Hall hall;
    const auto id = Hall::id_of("p01");
    CHECK(hall.outcome(hall.a, id, 0, "not_started", "", {}).body["result"] == "accepted");
    CHECK(hall.apply(hall.a, "p01").code == "attempt_closed");  // it was reported as not begun: a late apply begins nothing
    CHECK(hall.standing("p01") == "none");
    CHECK(hall.outcome(hall.a, Hall::id_of("p02"), 1, "issued", "A00000014", chip_1).body.value("reason", "") == "no_such_attempt");
    REQUIRE(hall.apply(hall.a, "p03").ok);
    CHECK(hall.outcome(hall.b, Hall::id_of("p03"), 1, "not_started", "", {}).code == "foreign_kiosk");
    CHECK(hall.outcome(hall.b, Hall::id_of("p03"), 2, "spoiled", "", {}).body["result"] == "disputed");
    CHECK(hall.status(hall.a, Hall::id_of("p03")).body["state"] == "leased");  // a stranger's mistake parks nothing of ours
    const auto parked = hall.central->park(Hall::id_of("p03"), "seen twice");
    REQUIRE(parked.has_value());
    CHECK(hall.personalise(hall.a, Hall::id_of("p03"), 1, chip_1).code == "attempt_closed");
    CHECK(hall.status(hall.a, filled(16, 0)).body == Json{{"active", false}, {"attempt", 0}, {"state", "unknown"}});
}

TEST_CASE("whatever kiosks say, one application has at most one active card, and only of an accepted ISSUED") {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        CAPTURE(seed);
        Hall hall;
        sim::Dice dice(seed);
        const std::array<std::string, 2> who = {"p01", "p02"};
        const std::array<std::string, 6> words = {"issued", "not_taken", "spoiled", "not_started", "gone_unwitnessed", "unknown"};
        const auto any_chip = [&] { return Bytes(chip_1.begin(), chip_1.end() - 1) + Bytes{std::byte(dice.below(8))}; };
        int activated = 0;
        for (int i = 0; i < 250; ++i) {
            auto& k = dice.one_in(2) ? hall.a : hall.b;
            const auto& key = who[dice.below(2)];
            const auto id = Hall::id_of(key);
            const auto attempt = static_cast<unsigned>(1 + dice.below(3));
            const auto step = static_cast<unsigned>(dice.below(4));
            std::string number_ = "A00000014";
            for (const auto& a : hall.central->attempts())
                if (a.application == id && a.attempt == static_cast<int>(attempt) && !dice.one_in(8)) number_ = a.card_number;
            switch (dice.below(6)) {
                case 0: (void)hall.apply(k, key); break;
                case 1: (void)hall.resume(k, key, id, attempt, step); break;
                case 2:
                case 3: (void)hall.personalise_wholly(k, id, attempt, any_chip()); break;
                case 4: {
                    auto chip = std::optional<Bytes>(any_chip());
                    for (const auto& a : hall.central->attempts())
                        if (a.application == id && a.attempt == static_cast<int>(attempt) && !a.chip.empty() && !dice.one_in(6)) chip = a.chip;
                    const auto reply = hall.outcome(k, id, attempt, words[dice.below(words.size())], number_, chip, step);
                    activated += reply.ok && reply.body["active"] == true;
                    break;
                }
                default: hall.now += static_cast<std::int64_t>(dice.below(120)); break;
            }
            for (const auto& name : who) REQUIRE(active_cards(hall, Hall::id_of(name)) <= 1);
        }
        std::set<std::string> numbers;
        for (const auto& card : hall.central->cards()) {
            REQUIRE(numbers.insert(card.number).second);
            if (card.state != sim::CardState::active) continue;
            const auto outcomes = hall.central->outcomes();
            const auto issued = std::ranges::count_if(outcomes, [&](const auto& o) {
                return o.application == card.application && o.attempt == card.attempt && o.outcome == "issued" && o.result == "accepted" && o.chip == card.chip;
            });
            REQUIRE(issued >= 1);
            REQUIRE(activated >= 1);
        }
    }
}
