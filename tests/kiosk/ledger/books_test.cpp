// The books: opening, damage, the state machine, the arithmetic under random operations, intents, outbox, audit chain.
#include "tests/kiosk/ledger/folder.hpp"

using namespace ledger_test;

namespace {
ApplicationId application(int n) { return {Bytes(16, static_cast<std::byte>(n))}; }

constexpr CardState all_states[] = {CardState::authorised, CardState::fed,        CardState::identified, CardState::encoding, CardState::encoded,  CardState::verified,
                                    CardState::printing,   CardState::printed,    CardState::presented,  CardState::retracting, CardState::inside, CardState::issued,
                                    CardState::retained,   CardState::spoiled,    CardState::gone_unwitnessed, CardState::unknown, CardState::tested, CardState::unloaded};

/// Any way from `authorised` to `to`, by breadth.
std::vector<CardState> way_to(CardState to) {
    std::map<CardState, CardState> from;
    std::deque<CardState> open{CardState::authorised};
    while (!open.empty()) {
        const auto at = open.front();
        open.pop_front();
        for (const auto next : all_states)
            if (may_follow(at, next) && next != CardState::authorised && from.emplace(next, at).second) open.push_back(next);
    }
    std::vector<CardState> way;
    for (auto at = to; at != CardState::authorised; at = from.at(at)) way.insert(way.begin(), at);
    return way;
}
}  // namespace

TEST_CASE("the good card goes its way, and every pair of states is as the table says") {
    Folder folder;
    auto books = open_books(folder.file());
    in_transaction(*books, [&] { books->add_load(1, {"bank_a"}, 1000, "s01", noon); });
    int attempt = 0;
    for (const auto from : all_states)
        for (const auto to : all_states) {
            books->begin();
            const auto card = books->authorise(1, application(1), ++attempt, "A00000014", noon);
            REQUIRE(card);
            for (const auto step : way_to(from)) books->set_state(*card, step, "", noon);
            if (may_follow(from, to)) {
                books->set_state(*card, to, "because", noon);
                CHECK(books->card(*card)->state == to);
                CHECK(books->card(*card)->reason == "because");
            } else {
                CHECK_THROWS_AS(books->set_state(*card, to, "", noon), std::logic_error);
                CHECK(books->card(*card)->state == from);
            }
            CHECK(books->arithmetic().holds());
            books->rollback();
        }
    constexpr CardState good[] = {CardState::authorised, CardState::fed,      CardState::identified, CardState::encoding,  CardState::encoded, CardState::verified,
                                  CardState::printing,   CardState::printed,  CardState::presented,  CardState::issued};
    for (std::size_t i = 1; i < std::size(good); ++i) CHECK(may_follow(good[i - 1], good[i]));
    for (const auto end : {CardState::issued, CardState::retained, CardState::spoiled, CardState::gone_unwitnessed, CardState::tested, CardState::unloaded})
        for (const auto any : all_states) CHECK_FALSE(may_follow(end, any));
    for (const auto state : all_states) {
        CHECK(card_state_of(name_of(state)) == state);
        // Presented is reached from printed only: nothing unprinted is handed out.
        if (state != CardState::printed) CHECK_FALSE(may_follow(state, CardState::presented));
        if (state != CardState::presented && state != CardState::retracting) CHECK_FALSE(may_follow(state, CardState::issued));
    }
    CHECK_FALSE(card_state_of("eaten"));
}

TEST_CASE("the arithmetic holds whatever happens, whole, per load and per hopper, and in another process's eyes") {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        Folder folder;
        auto random = drivers::make_seeded_random(seed);
        const auto below = [&](int n) { return static_cast<int>(drivers::u8(random->bytes(1)[0])) % n; };
        auto books = open_books(folder.file());
        int attempt = 0, loaded = 0, found = 0;
        for (int i = 0; i < 300; ++i) {
            books->begin();
            const auto loaded_before = loaded, found_before = found;
            const auto under_way = books->cards_under_way();
            switch (below(6)) {
                case 0:
                    if (below(4) == 0) {
                        const int n = 1 + below(5);
                        books->add_load(1 + below(2), {"bank_a"}, n, "s01,s02", noon);
                        loaded += n;
                    }
                    break;
                case 1: (void)books->authorise(1 + below(2), application(3), ++attempt, "A00000014", noon); break;
                case 2:
                    if (books->found(below(2) == 0 ? std::optional{1 + below(2)} : std::nullopt, CardState::inside, "card_found", noon).load == "FOUND") ++found;
                    break;
                default:
                    if (!under_way.empty()) {
                        const auto& row = under_way[static_cast<std::size_t>(below(static_cast<int>(under_way.size())))];
                        const auto next = all_states[below(static_cast<int>(std::size(all_states)))];
                        if (may_follow(row.state, next)) books->set_state(row.key, next, "x", noon);
                        else if (row.state == CardState::authorised && books->cards_under_way().back().key == row.key) {
                            try {
                                books->unauthorise(row.key);
                            } catch (const std::logic_error&) {  // a blank of this load left after it: refused, and rolled back below
                                books->rollback();
                                books->begin();
                            }
                        }
                    }
            }
            if (below(10) == 0) {
                books->rollback();
                loaded = loaded_before;
                found = found_before;
            } else {
                books->commit();
            }
            const auto whole = books->arithmetic();
            CHECK(whole.holds());
            CHECK(whole.loaded == loaded);
            CHECK(whole.found == found);
            Arithmetic sum;
            for (const auto& load : books->loads()) {
                const auto part = books->arithmetic(load.id);
                CHECK(part.holds());
                sum.loaded += part.loaded;
                sum.remaining += part.remaining;
            }
            CHECK(sum.loaded == whole.loaded);
            CHECK(sum.remaining == whole.remaining);
            CHECK(books->remaining(1) + books->remaining(2) == whole.remaining);
            for (int hopper : {1, 2}) CHECK(books->arithmetic(hopper).holds());
        }
        const auto before = books->arithmetic();
        const auto epoch = books->epoch();
        books.reset();
        books = open_books(folder.file());
        CHECK(books->arithmetic() == before);
        CHECK(books->epoch() == epoch);
    }
}

TEST_CASE("authorised counts as remaining until it is fed; a blank that never left is given back; one attempt has one card") {
    Folder folder;
    auto books = open_books(folder.file());
    in_transaction(*books, [&] {
        books->add_load(1, {"bank_a"}, 1, "s01", noon);
        books->add_load(1, {"bank_b"}, 2, "s01", noon);
    });
    books->begin();
    const auto first = books->authorise(1, application(1), 1, "A00000014", noon);
    CHECK(first == CardKey{"L000001", 1});
    CHECK(books->remaining(1) == 3);
    CHECK(books->attempt_used(application(1), 1));
    CHECK_FALSE(books->attempt_used(application(1), 2));
    books->unauthorise(*first);
    CHECK_FALSE(books->card(*first));
    CHECK(books->authorise(1, application(1), 1, "A00000014", noon) == CardKey{"L000001", 1});
    books->set_state({"L000001", 1}, CardState::fed, "", noon);
    CHECK(books->remaining(1) == 2);
    CHECK(books->arithmetic().in_machine == 1);
    CHECK_THROWS_AS(books->unauthorise({"L000001", 1}), std::logic_error);
    const auto second = books->authorise(1, application(1), 2, "A00000022", noon);
    CHECK(second == CardKey{"L000002", 1});
    CHECK(books->card(*second)->bank.value == "bank_b");
    CHECK_THROWS_AS((void)books->authorise(1, application(1), 2, "A00000022", noon), std::logic_error);
    books->rollback();
}

TEST_CASE("what the report needs is readable while the card is under way, gone afterwards, and never in the file") {
    Folder folder;
    auto books = open_books(folder.file());
    const Bytes chip = drivers::to_bytes("IDENTIFICATION01");
    CardKey card;
    in_transaction(*books, [&] {
        books->add_load(1, {"bank_a"}, 1, "s01", noon);
        card = *books->authorise(1, application(1), 1, "A98765432", noon);
        books->set_state(card, CardState::fed, "", noon);
        books->set_chip(card, chip);
    });
    REQUIRE(books->memo(card));
    CHECK(books->memo(card)->card_number == "A98765432");
    CHECK(books->memo(card)->chip == chip);
    CHECK(books->card_by_chip(books->keyed_hash(chip))->key == card);
    for (const auto& entry : fs::directory_iterator(folder.path)) {
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string all((std::istreambuf_iterator<char>(in)), {});
        CHECK(all.find("A98765432") == std::string::npos);
        CHECK(all.find("IDENTIFICATION01") == std::string::npos);
    }
    in_transaction(*books, [&] { books->set_state(card, CardState::unknown, "jam", noon); });
    CHECK(books->memo(card));
    CHECK(books->to_reconcile().size() == 1);
    in_transaction(*books, [&] { books->set_state(card, CardState::spoiled, "reconciled:destroyed", noon); });
    CHECK_FALSE(books->memo(card));
    CHECK(books->to_reconcile().empty());
}

TEST_CASE("one open intent a card, concluded once") {
    Folder folder;
    auto books = open_books(folder.file());
    books->begin();
    books->add_load(1, {"bank_a"}, 1, "s01", noon);
    const auto card = *books->authorise(1, application(1), 1, "A00000014", noon);
    CHECK_FALSE(books->open_intent(card));
    const auto intent = books->intend(card, ActKind::print, noon);
    REQUIRE(books->open_intent(card));
    CHECK(books->open_intent(card)->act == ActKind::print);
    CHECK_THROWS_AS((void)books->intend(card, ActKind::reject, noon), std::logic_error);
    books->conclude(intent, "done", noon);
    CHECK_FALSE(books->open_intent(card));
    CHECK_THROWS_AS(books->conclude(intent, "done", noon), std::logic_error);
    books->rollback();
}

TEST_CASE("outbox: oldest first, once, parked apart, payload of what was accepted forgotten") {
    Folder folder;
    auto books = open_books(folder.file());
    const auto row = [&](int n) { return OutboxRow{0, Bytes(16, static_cast<std::byte>(n)), "outcome", application(n), 1, Bytes(100, static_cast<std::byte>(n)), 0, noon}; };
    in_transaction(*books, [&] {
        for (int n : {3, 1, 2}) books->enqueue(row(n));
    });
    books->begin();
    CHECK_THROWS_AS(books->enqueue(row(1)), std::logic_error);
    books->rollback();
    REQUIRE(books->outbox().size() == 3);
    CHECK(books->outbox()[0].application == application(3));
    CHECK(books->outbox()[0].sealed == row(3).sealed);
    in_transaction(*books, [&] {
        books->outbox_tried(row(3).message_id);
        books->outbox_end(row(1).message_id, OutboxEnd::disputed, noon);
        books->outbox_end(row(2).message_id, OutboxEnd::accepted, noon);
    });
    REQUIRE(books->outbox().size() == 1);
    CHECK(books->outbox()[0].tries == 1);
    REQUIRE(books->parked().size() == 1);
    CHECK(books->parked()[0].sealed == row(1).sealed);
    CHECK(books->attempt_used(application(2), 1));
}

TEST_CASE("audit: chained, catalogued, and a change, a gap or a cut is seen at the next opening") {
    Folder folder;
    {
        auto books = open_books(folder.file());
        in_transaction(*books, [&] {
            books->audit(AuditEvent::kiosk_started, {{"build", "b"}, {"epoch", "e"}}, noon);
            books->audit(AuditEvent::path_opened, {{"by", "recovery"}}, noon);
            books->audit(AuditEvent::path_closed, {{"fault", "printer_jam"}}, noon);
            CHECK_THROWS_AS(books->audit(AuditEvent::path_closed, {{"name", "somebody"}}, noon), std::logic_error);
        });
        CHECK(books->audit_count() == 3);
        CHECK_FALSE(books->audit_break());
        CHECK(books->audit_rows(2, 1).at(0).event == "path_opened");
        CHECK(books->audit_head() == books->audit_rows(3, 1).at(0).hash);
    }
    for (const char* damage : {"UPDATE audit SET data='{\"by\":\"me\"}' WHERE seq=2", "DELETE FROM audit WHERE seq=2", "DELETE FROM audit WHERE seq=3",
                               "UPDATE audit SET at=at+1 WHERE seq=1"}) {
        CAPTURE(damage);
        const auto copy = folder.path / "copy.sqlite";
        fs::copy_file(folder.file(), copy, fs::copy_options::overwrite_existing);
        foreign_sql(copy, damage);
        const auto refused = Books::open(options_for(copy));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == FaultCode::ledger_damaged);
        CHECK(fs::exists(copy));
    }
}

TEST_CASE("a seed gives the same file, byte for byte") {
    Folder folder;
    std::string files[2];
    for (int run = 0; run < 2; ++run) {
        const auto file = folder.path / fmt::format("l{}.sqlite", run);
        auto random = drivers::make_seeded_random(5);
        {
            auto books = open_books(file, random.get());
            in_transaction(*books, [&] {
                books->add_load(1, {"bank_a"}, 3, "s01", noon);
                (void)books->authorise(1, application(1), 1, "A00000014", noon);
            });
        }
        std::ifstream in(file, std::ios::binary);
        files[run].assign((std::istreambuf_iterator<char>(in)), {});
    }
    CHECK(files[0].size() > 4096);
    CHECK(files[0] == files[1]);
}

TEST_CASE("Ledger: a transaction is whole or not at all, and the hook stands on both sides of the commit") {
    Folder folder;
    asio::io_context io;
    auto lane = drivers::make_inline_lane(io.get_executor());
    std::vector<Ledger::Moment> moments;
    bool die = false;
    Ledger ledger(*lane, open_books(folder.file()), [&](Ledger::Moment m) {
        moments.push_back(m);
        if (die) throw std::runtime_error("dead");
    });
    int value = -1;
    bool thrown = false;
    const auto story = [](Ledger& l, int& v, bool& t, bool& d) -> awaitable<void> {
        co_await l.transact([](Books& b) { b.set_counter("n", 1); });
        d = true;
        try {
            co_await l.transact([](Books& b) { b.set_counter("n", 2); });
        } catch (const std::runtime_error&) {
            t = true;
        }
        d = false;
        v = co_await l.look([](Books& b) { return static_cast<int>(b.counter("n")); });
    };
    asio::co_spawn(io, story(ledger, value, thrown, die), asio::detached);
    io.run();
    CHECK(thrown);
    CHECK(value == 1);
    CHECK(moments == std::vector{Ledger::Moment::before_commit, Ledger::Moment::after_commit, Ledger::Moment::before_commit});
}

TEST_CASE("ids: a reference to be said at a window, dates of the service's zone") {
    CHECK(ApplicationId{}.reference().empty());
    CHECK(ApplicationId{Bytes(16, std::byte{0})}.reference() == "000000");
    CHECK(application(9).reference().size() == 6);
    CHECK(date8(Utc{std::chrono::sys_days{std::chrono::year{2026} / 10 / 31}} + std::chrono::hours{17}) == "20261101");
    CHECK(unix_seconds(Utc{std::chrono::microseconds{-1}}) == -1);
    CHECK(unix_seconds(Utc{std::chrono::microseconds{1'999'999}}) == 1);
}
