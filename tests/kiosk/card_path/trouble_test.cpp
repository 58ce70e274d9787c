// Every act that goes wrong, every chip that is none, a centre and a ledger that fail: never a second card, and the books hold.
#include "tests/kiosk/card_path/rig.hpp"

using namespace card_path_test;

namespace {
struct Wrong {
    const char* name;
    const char* act;
    Trick trick;
    CardOutcome outcome;
    PathState path = PathState::open;
    int taken = 0;
    bool replug = false;
};
}  // namespace

TEST_CASE("each act that is not done, or done without a word, or unknown: asked, never guessed, never repeated blindly") {
    using enum CardOutcome;
    const Trick silent_done{.happens = true, .did = Did::unknown}, silent_not{.happens = false, .did = Did::unknown},
        refused{.happens = false, .did = Did::not_done, .fault = FaultCode::printer_mechanical}, unplugged_done{.happens = true, .fault = FaultCode::printer_unplugged, .unplugs = true},
        unplugged_not{.happens = false, .fault = FaultCode::printer_unplugged, .unplugs = true};
    const Wrong wrongs[] = {
        {"feed silent, happened", "feed", silent_done, spoiled},
        {"feed silent, did not", "feed", silent_not, not_started},
        {"feed refused", "feed", refused, not_started},
        {"feed unplugged", "feed", unplugged_done, spoiled, PathState::open, 0, true},
        {"feed unplugged before", "feed", unplugged_not, not_started, PathState::open, 0, true},
        {"print silent", "print", silent_done, spoiled},
        {"print refused", "print", refused, spoiled},
        {"print unplugged", "print", unplugged_not, spoiled, PathState::open, 0, true},
        {"read again refused", "to_chip", refused, spoiled},
        {"present silent, happened", "present", silent_done, issued, PathState::open, 1},
        {"present silent, did not", "present", silent_not, spoiled},
        {"present refused", "present", refused, spoiled},
        {"present unplugged, back before it is taken", "present", {.happens = true, .fault = FaultCode::printer_unplugged, .also = [](Machine& m) { m.at_bezel = {}; }, .unplugs = true}, not_taken,
         PathState::open, 0, true},
    };
    for (const auto& wrong : wrongs) {
        CAPTURE(wrong.name);
        Hall hall;
        if (std::string_view(wrong.name).contains("back before")) hall.citizen = Hall::Citizen::leaves_it;
        hall.open();
        hall.life->printer.tricks.insert({wrong.act, wrong.trick});
        if (wrong.replug) {
            for (int i = 1; i < 40; ++i) hall.clock.at(hall.clock.steady() + Duration{10s} * i, [&hall] { if (!hall.machine.plugged) hall.life->printer.plug(true); });
        }
        const auto ticket = hall.make();
        REQUIRE(ticket->end.ready());
        CHECK(ticket->end.peek().outcome == wrong.outcome);
        CHECK(hall.life->path->state() == wrong.path);
        hall.life->run_for(10s);
        CHECK(hall.machine.taken.size() == static_cast<std::size_t>(wrong.taken));
        CHECK(std::ranges::count(hall.life->printer.acts, wrong.act) == 1);
        CHECK(hall.outcomes() == std::vector<std::string>{std::string(name_of(wrong.outcome))});
        hall.agree();
    }
}

TEST_CASE("a printer that stays away closes the path with the card inside; when it is back, recovery ends the card by itself") {
    Hall hall;
    hall.open();
    hall.life->printer.tricks.insert({"print", Trick{.happens = false, .fault = FaultCode::printer_unplugged, .unplugs = true}});
    const auto ticket = hall.make();
    REQUIRE(ticket->end.ready());
    CHECK(ticket->end.peek().outcome == CardOutcome::spoiled);
    CHECK(hall.life->path->state() == PathState::closed);
    hall.life->run_for(300s);
    CHECK(hall.outcomes().empty());
    CHECK(hall.life->books->arithmetic().in_machine == 1);
    hall.agree(false);
    hall.life->printer.plug(true);
    hall.life->run_for(20s);
    CHECK(hall.life->path->state() == PathState::open);
    CHECK(hall.outcomes() == std::vector<std::string>{"spoiled"});
    hall.agree();
}

TEST_CASE("a jam that hands must clear: closed, then unknown, then two different persons reconcile it") {
    Hall hall;
    hall.open();
    hall.life->printer.tricks.insert({"print", Trick{.happens = false, .did = Did::not_done, .fault = FaultCode::printer_jam, .also = [](Machine& m) { m.stuck = true; }, .where = Position::jammed}});
    const auto ticket = hall.make();
    REQUIRE(ticket->end.ready());
    CHECK(ticket->end.peek().outcome == CardOutcome::spoiled);
    CHECK_FALSE(ticket->end.peek().may_try_again);
    auto& life = *hall.life;
    CHECK(life.path->closed_by()->code == FaultCode::printer_jam);
    const auto ask = [&](awaitable<std::optional<Fault>> task) {
        std::optional<std::optional<Fault>> out;
        const auto body = [](std::optional<std::optional<Fault>>& o, awaitable<std::optional<Fault>> t) -> awaitable<void> { o = co_await std::move(t); };
        asio::co_spawn(*life.io, body(out, std::move(task)), asio::detached);
        life.run_for(30s);
        REQUIRE(out);
        return *out;
    };
    CHECK(ask(life.path->reopen("s01"))->code == FaultCode::printer_jam);
    hall.machine.stuck = false;  // a technician pulls the card out and keeps it
    hall.machine.inside.clear();
    hall.machine.where = Position::not_present;
    CHECK(ask(life.path->reopen("s01"))->code == FaultCode::card_unknown);
    CHECK(hall.outcomes() == std::vector<std::string>{"unknown"});
    const CardKey key{"L000001", 1};
    const auto reconcile = [&](Verdict verdict, const char* second) {
        std::optional<Result<void>> out;
        const auto body = [](std::optional<Result<void>>& o, awaitable<Result<void>> t) -> awaitable<void> { o = co_await std::move(t); };
        asio::co_spawn(*life.io, body(out, life.path->reconcile(key, verdict, "s01", second)), asio::detached);
        life.run_for(30s);
        REQUIRE(out);
        return *out;
    };
    CHECK(reconcile(Verdict::destroyed, "s01").error().code == FaultCode::staff_same_person);
    CHECK(life.path->state() == PathState::closed);
    CHECK(reconcile(Verdict::destroyed, "s02"));
    CHECK(life.path->state() == PathState::open);
    CHECK(hall.outcomes() == std::vector<std::string>{"unknown", "spoiled"});
    CHECK(hall.heard.outcomes[1].at("card_number") == "A00000014");
    CHECK(reconcile(Verdict::destroyed, "s02").error().code == FaultCode::not_permitted);
    CHECK(life.books->arithmetic().spoiled == 1);
    CHECK(life.events("card_reconciled") == 1);
    hall.agree();
}

TEST_CASE("a lost card stays unknown in the arithmetic, and the path opens for others") {
    Hall hall;
    hall.open();
    hall.life->printer.tricks.insert({"print", Trick{.happens = false, .did = Did::unknown, .also = [](Machine& m) { m.inside.clear(); m.where = Position::not_present; }}});
    CHECK(hall.make()->end.peek().outcome == CardOutcome::unknown);
    CHECK(hall.life->path->closed_by()->code == FaultCode::card_unknown);
    asio::co_spawn(*hall.life->io, [](CardPath& path) -> awaitable<void> { (void)co_await path.reconcile({"L000001", 1}, Verdict::not_found, "s01", "s02"); }(*hall.life->path), asio::detached);
    hall.life->run_for(10s);
    CHECK(hall.life->path->state() == PathState::open);
    CHECK(hall.life->books->arithmetic().unknown == 1);
    CHECK(hall.outcomes() == std::vector<std::string>{"unknown"});
    hall.agree();
}

TEST_CASE("a reject that was refused, and hands that took the card out before anybody looked: unknown, not booked into the bin") {
    for (const bool said : {true, false}) {
        Hall hall;
        hall.open();
        hall.machine.hopper[0].front()->chip->silent = true;
        hall.life->printer.tricks.insert({"reject", Trick{.happens = false, .did = said ? Did::not_done : Did::unknown, .fault = FaultCode::printer_mechanical, .also = [said](Machine& m) {
                                                              if (!said) m.bin.push_back(m.inside.front());
                                                              m.inside.clear();
                                                              m.where = Position::not_present;
                                                          }}});
        CHECK(hall.make()->end.peek().outcome == (said ? CardOutcome::unknown : CardOutcome::spoiled));
        hall.life->run_for(5s);
        hall.agree();
    }
}

TEST_CASE("chips: dead, another bank's, not blank, of another kind, refusing, seen before: spoiled, another blank may do") {
    struct Bad {
        const char* name;
        FaultCode fault;
        std::function<void(Chip&)> make;
    };
    const Bad bads[] = {
        {"dead", FaultCode::chip_silent, [](Chip& c) { c.silent = true; }},
        {"another bank's", FaultCode::wrong_bank_blank, [](Chip& c) { c.pan = "6202011234567890"; }},
        {"not blank", FaultCode::chip_not_blank, [](Chip& c) { c.records[{0xEF05, 0x07}] = drivers::to_bytes("A00000022"); }},
        {"another kind", FaultCode::chip_mismatch, [](Chip& c) { c.other_kind = true; }},
        {"refuses the cryptogram", FaultCode::chip_auth_failed, [](Chip& c) { c.refuses_cryptogram = true; }},
        {"another transport PIN", FaultCode::chip_auth_failed, [](Chip& c) { c.pin = "999999"; }},
    };
    for (const auto& bad : bads) {
        CAPTURE(bad.name);
        Hall hall;
        bad.make(*hall.machine.hopper[0].front()->chip);
        hall.open();
        const auto first = hall.make(1);
        REQUIRE(first->end.ready());
        CHECK(first->end.peek().outcome == CardOutcome::spoiled);
        REQUIRE(first->end.peek().fault);
        CHECK(first->end.peek().fault->code == bad.fault);
        CHECK(first->end.peek().may_try_again);
        hall.agree();
        hall.life->presence.witnessed();
        CHECK(hall.make(2)->end.peek().outcome == CardOutcome::issued);
        CHECK(hall.outcomes() == std::vector<std::string>{"spoiled", "issued"});
        CHECK(hall.machine.taken.size() == 1);
        hall.agree();
    }
}

TEST_CASE("a blank whose chip stands in the books already is not used twice") {
    Hall hall;
    hall.machine.hopper[0][1]->chip = std::make_shared<Chip>(1);  // the same identification code
    hall.open();
    CHECK(hall.make(1)->end.peek().outcome == CardOutcome::issued);
    hall.life->presence.witnessed();
    CHECK(hall.make(2)->end.peek().fault->code == FaultCode::chip_not_blank);
    hall.agree();
}

TEST_CASE("the chip is lost at its n-th command: powered up again, a new step, the same card; or spoiled, never a wrong one") {
    int went_on = 0;
    for (int n = 0; n < 60; ++n) {
        CAPTURE(n);
        Hall hall;
        hall.machine.hopper[0].front()->chip->lost_after = n;
        hall.open();
        const auto ticket = hall.make();
        REQUIRE(ticket->end.ready());
        const auto outcome = ticket->end.peek().outcome;
        CHECK((outcome == CardOutcome::issued || outcome == CardOutcome::spoiled));
        if (outcome == CardOutcome::issued) {
            if (hall.heard.steps.size() > 3) ++went_on;
            const auto& chip = *hall.machine.taken.at(0)->chip;
            CHECK(chip.pin == "481592");
            CHECK(drivers::to_string(chip.records.at({0xEF05, 0x07})) == "A00000014");
        }
        std::set<int> steps(hall.heard.steps.begin(), hall.heard.steps.end());
        CHECK(steps.size() == hall.heard.steps.size());
        hall.agree();
    }
    CHECK(went_on >= 3);
}

TEST_CASE("a double feed: both blanks go to the bin under their own names") {
    for (const bool together : {false, true}) {
        CAPTURE(together);
        Hall hall;
        hall.open();
        hall.life->printer.tricks.insert({"feed", Trick{.happens = true, .did = Did::not_done, .fault = FaultCode::printer_double_feed, .also = [](Machine& m) {
                                                            m.inside.push_back(m.hopper[0].front());
                                                            m.hopper[0].pop_front();
                                                            m.where = Position::inside;
                                                        }, .where = Position::inside}});
        if (together)
            hall.life->printer.tricks.insert({"reject", Trick{.happens = true, .did = Did::unknown, .also = [](Machine& m) {
                                                                  m.bin.push_back(m.inside.front());
                                                                  m.inside.pop_front();
                                                                  m.where = Position::not_present;
                                                              }}});
        const auto ticket = hall.make();
        CHECK(ticket->end.peek().outcome == CardOutcome::spoiled);
        CHECK(ticket->end.peek().may_try_again);
        hall.life->run_for(5s);
        CHECK(hall.machine.bin.size() == 2);
        CHECK(hall.life->books->arithmetic().spoiled == 2);
        CHECK(hall.life->books->arithmetic().found == 0);
        CHECK(hall.outcomes() == std::vector<std::string>{"spoiled"});
        hall.agree();
    }
}

TEST_CASE("a centre that gives no batch, and one that comes back") {
    Hall hall;
    hall.open();
    auto answer = hall.life->link.answer;
    hall.life->link.answer = [](const Bytes&) -> Result<Bytes> { return drivers::fail(FaultCode::centre_unreachable); };
    const auto ticket = hall.make();
    CHECK(ticket->end.peek().outcome == CardOutcome::spoiled);
    CHECK(ticket->end.peek().fault->code == FaultCode::centre_unreachable);
    CHECK(hall.heard.outcomes.empty());
    hall.life->link.answer = answer;
    hall.life->run_for(120s);
    CHECK(hall.outcomes() == std::vector<std::string>{"spoiled"});
    hall.agree();
}

TEST_CASE("a ledger that cannot be written: no further act, closed; when it can, recovery ends the card") {
    int stopped = 0;
    for (const int after : {0, 5, 10, 15, 20, 25, 30, 40, 50, 60}) {
        CAPTURE(after);
        Hall hall;
        hall.open();
        const auto ticket = hall.life->path->make(hall.life->job());
        hall.life->run_for(after * 100ms);
        if (ticket->end.ready()) continue;
        const auto acts = hall.life->printer.acts.size();
        hall.life->ledger_fails = FaultCode::disk_full;
        hall.life->run_for(20s);
        REQUIRE(ticket->end.ready());
        ++stopped;
        CHECK(hall.life->path->closed_by()->code == FaultCode::disk_full);
        CHECK(hall.life->printer.acts.size() <= acts);
        hall.life->ledger_fails.reset();
        asio::co_spawn(*hall.life->io, [](CardPath& path) -> awaitable<void> { (void)co_await path.reopen("s01"); }(*hall.life->path), asio::detached);
        hall.life->run_for(20s);
        CHECK(hall.life->path->state() == PathState::open);
        hall.agree();
    }
    CHECK(stopped >= 5);
}
