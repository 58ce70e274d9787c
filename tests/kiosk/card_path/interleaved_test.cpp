// Property: whatever happens to the printer during a job - cable, reset, power, cover, ribbon, in any interleaving - the ledger ends with the card in exactly one
// place, within a bounded time, over the real driver and the simulator's printer.
#include "tests/kiosk/card_path/model_rig.hpp"

#include <map>

using namespace card_path_test;

namespace {
constexpr int runs = 2000;
constexpr Duration disturbed = 60s;     ///< something happens within this
constexpr Duration longest = 90s;       ///< until the last cable is back and the last cover closed
constexpr Duration bound = 15min;       ///< from the order to rest, staff's ways included
constexpr Duration staff_walk = 60s;

struct Story {
    explicit Story(std::uint64_t seed) : dice(seed) {}
    sim::Dice dice;
    Cabinet cabinet;
    std::string told;
    bool takes = true, watching = false;

    void later(Duration delay, std::string what, std::function<void()> action) {
        told += fmt::format("{} {:.1f}s; ", what, std::chrono::duration<double>(delay).count());
        cabinet.clock.at(cabinet.clock.steady() + delay, [action = std::move(action)] { action(); });
    }
    Duration within(Duration most) { return Duration{static_cast<std::int64_t>(dice.below(static_cast<std::uint64_t>(most.count())))}; }

    void plan() {
        auto& c = cabinet;
        takes = !dice.one_in(4);
        c.model.changed = [this] {
            if (!takes || watching || cabinet.model.place() != sim::Place::bezel) return;
            watching = true;
            cabinet.clock.at(cabinet.clock.steady() + Duration{3s}, [this] {
                watching = false;
                if (auto card = cabinet.model.take(cabinet.now())) cabinet.taken.push_back(std::move(card));
            });
        };
        const auto events = 1 + dice.below(4);
        for (std::uint64_t i = 0; i < events; ++i) {
            const auto when = within(disturbed), lasts = within(longest - disturbed);
            switch (dice.below(5)) {
                case 0:
                    later(when, "unplug", [&c] { c.pipe.plug(false); });
                    later(when + lasts, "plug", [&c] { c.pipe.plug(true); });
                    break;
                case 1: later(when, "Srs", [&c] { c.model.host_writes(drivers::as_view("\x1BSrs\r"), c.now()); }); break;
                case 2: later(when, "power", [&c] { c.model.power_cycle(c.now()); }); break;
                case 3:
                    later(when, "cover", [&c] { c.model.open_cover(true, c.now()); });
                    later(when + lasts, "closed", [&c] { c.model.open_cover(false, c.now()); });
                    break;
                case 4:
                    later(when, "ribbon out", [&c] { c.model.provoke(sim::PrinterFault::ribbon_out); });
                    later(when + lasts, "new ribbon", [&c] { c.model.new_ribbon("YMCKOK", 200); });
                    break;
            }
        }
    }
    [[nodiscard]] bool rests() const {
        const auto& life = *cabinet.life;
        return life.path->state() == PathState::open && life.books->cards_under_way().empty() && life.books->open_intents().empty() && cabinet.model.place() == sim::Place::none;
    }
    /// Hands in the path, then the menu: what cannot be proven is booked by two persons, the path opened again.
    void staff() {
        auto& c = cabinet;
        for (auto& card : c.model.clear_path(c.now())) c.by_hand.push_back(card);
        c.model.provoke(sim::PrinterFault::none);
        c.model.new_ribbon("YMCKOK", 200);
        (void)c.ask(c.life->path->reopen("s01"));
        for (const auto& row : c.life->books->to_reconcile()) (void)c.ask(c.life->path->reconcile(row.key, c.by_hand.empty() ? Verdict::not_found : Verdict::destroyed, "s01", "s02"));
    }
};

/// What the ledger says of every card, and where the cards are.
void check_places(const Story& story) {
    const auto& c = story.cabinet;
    const auto& books = *c.life->books;
    const auto sum = books.arithmetic();
    CHECK(sum.holds());
    CHECK(sum.in_machine == 0);
    CHECK(c.cards() == Cabinet::blanks);
    CHECK(static_cast<std::size_t>(sum.remaining) == c.model.hopper(0).size());
    CHECK(books.bin().size() == c.model.bin().size());
    CHECK(c.taken.size() <= 1);
    // In a hand: issued, gone unwitnessed, or unknown until two persons found out.
    CHECK(static_cast<std::size_t>(sum.issued) <= c.taken.size());
    int out = 0;
    for (const auto& row : books.all_cards()) {
        CHECK(is_end(row.state));
        if (!row.in_bin) ++out;
    }
    CHECK(static_cast<std::size_t>(out) == c.taken.size() + c.by_hand.size());
    CHECK_FALSE(books.audit_break());
}
}  // namespace

TEST_CASE("property: unplug, reset, power, cover and ribbon in any interleaving: the card ends in exactly one place, in bounded time") {
    std::map<std::string, int> ends;
    Duration slowest{};
    int with_staff = 0;
    for (std::uint64_t seed = 1; seed <= runs; ++seed) {
        CAPTURE(seed);
        Story story(seed);
        auto& life = *story.cabinet.life;
        life.start();
        life.run_for(5s);
        REQUIRE(life.path->state() == PathState::open);
        life.presence.witnessed();
        story.plan();
        CAPTURE(story.told);
        const auto began = story.cabinet.clock.steady();
        const auto ticket = life.path->make(life.job());
        REQUIRE(ticket);
        bool staff = false;
        Duration since_closed{};
        while (story.cabinet.clock.steady() - began < bound && !(ticket->end.ready() && story.cabinet.clock.steady() - began > longest && story.rests())) {
            life.presence.witnessed();  // somebody stands there
            life.run_for(1s);
            since_closed = life.path->state() == PathState::closed ? since_closed + Duration{1s} : Duration{};
            if (story.cabinet.clock.steady() - began > longest && since_closed > staff_walk) {
                story.staff();
                staff = true;
                since_closed = {};
            }
        }
        if (!story.rests()) {
            for (const auto& row : life.books->all_cards()) story.told += fmt::format("\n{}/{} {} {}", row.key.load, row.key.ordinal, name_of(row.state), row.reason);
            for (const auto& line : story.cabinet.model.log()) story.told += fmt::format("\n{:9.3f} {} {}", std::chrono::duration<double>(line.at).count(), line.from_host ? ">" : "<", line.text);
        }
        REQUIRE_MESSAGE(story.rests(), "does not come to rest: " << (life.path->closed_by() ? name_of(life.path->closed_by()->code) : "open"));
        REQUIRE(ticket->end.ready());
        slowest = std::max(slowest, story.cabinet.clock.steady() - began);
        with_staff += staff;
        ++ends[std::string(name_of(ticket->end.peek().outcome))];
        check_places(story);
    }
    std::string counted;
    for (const auto& [name, n] : ends) counted += fmt::format("{} {}, ", n, name);
    MESSAGE(runs << " interleavings: " << counted << with_staff << " needed staff; the slowest came to rest after " << std::chrono::duration_cast<std::chrono::seconds>(slowest).count() << " s");
    CHECK(ends.size() >= 3);
}
