// Durable before sent, the same bytes until heard, blocked by nobody: issuing over a real ledger file under the simulated clock.
#include "kiosk/issuing/personalise.hpp"
#include "tests/kiosk/issuing/fixtures.hpp"

using namespace issuing_test;

namespace {
struct Hall {
    TempDir dir;
    drivers::SimClock clock{at(golden_sent)};
    std::uint64_t seed = 1;
    std::unique_ptr<Bench> bench = std::make_unique<Bench>(dir.path, clock, seed);
    /// The process dies and starts again from the files, with other chance.
    void restart() {
        bench.reset();
        bench = std::make_unique<Bench>(dir.path, clock, ++seed);
    }
    Bench* operator->() { return bench.get(); }
};

OutcomeReport report_of(int application, CardOutcome outcome = CardOutcome::issued) {
    auto report = golden_outcome();
    report.application.value = repeat(application, 16);
    report.outcome = outcome;
    report.faults.clear();
    return report;
}

json accepted(bool active = true) { return {{"active", active}, {"result", "accepted"}}; }

std::function<Result<Bytes>(const Bytes&)> saying(Bench& bench, json body) {
    return [&bench, body](const Bytes& request) -> Result<Bytes> { return bench.centre.reply(request, body, bench.now()); };
}
std::function<Result<Bytes>(const Bytes&)> refusing(Bench& bench, std::string code) {
    return [&bench, code](const Bytes& request) -> Result<Bytes> { return bench.centre.refuse(request, code, bench.now()); };
}
Result<Bytes> unreachable(const Bytes&) { return drivers::fail(FaultCode::centre_unreachable); }
}  // namespace

TEST_CASE("outbox: the same bytes again and again, each pause twice as long up to a minute, one alarm, and everything at once when the centre is back") {
    Hall hall;
    const auto row = hall->enqueue(report_of(0xA1));
    hall->start_outbox();
    hall->run_for(200s);
    std::vector<Duration> pauses;
    for (std::size_t i = 1; i < hall->link.sent.size(); ++i) pauses.push_back(hall->link.sent[i].first - hall->link.sent[i - 1].first - hall->link.latency);
    REQUIRE(pauses.size() >= 8);
    CHECK(std::vector<Duration>(pauses.begin(), pauses.begin() + 8) == std::vector<Duration>{1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s});
    for (const auto& [when, bytes] : hall->link.sent) CHECK(bytes == row.sealed);
    CHECK(hall->events("fault_met") == 1);
    CHECK(hall->books->outbox().at(0).tries == static_cast<int>(hall->link.sent.size()));
    CHECK_FALSE(hall->issuing->reachable());

    hall->link.answer = saying(*hall.bench, accepted());
    hall->run_for(61s);
    CHECK(hall->books->outbox().empty());
    CHECK(hall->books->parked().empty());
    CHECK(hall->events("outcome_settled") == 1);
    CHECK(hall->issuing->reachable());
    const auto answer = hall->ask(hall->issuing->outcome_answer(row.message_id, 1s), 2s);
    REQUIRE(answer);
    CHECK(answer->accepted);
    CHECK(answer->active);
    CHECK_FALSE(hall->ask(hall->issuing->outcome_answer(repeat(1, 16), 1s), 2s));
}

TEST_CASE("outbox: a waiting answer ends as soon as the centre has spoken") {
    Hall hall;
    hall->start_outbox();
    hall->link.latency = 2s;
    hall->link.answer = saying(*hall.bench, accepted(false));
    const auto row = hall->enqueue(report_of(0xA1));
    const auto waiting = hall->spawn(hall->issuing->outcome_answer(row.message_id, 30s));
    hall->run_for(1900ms);
    CHECK_FALSE(waiting->value);
    hall->run_for(200ms);
    REQUIRE(waiting->value);
    REQUIRE(*waiting->value);
    CHECK((*waiting->value)->accepted);
    CHECK_FALSE((*waiting->value)->active);
}

TEST_CASE("outbox: a dispute is parked and blocks nobody; order is kept within an application only") {
    Hall hall;
    hall->start_outbox();
    std::vector<int> heard;
    hall->link.answer = [&](const Bytes& request) -> Result<Bytes> {
        const auto message = hall->centre.open(request);
        const auto application = drivers::u8(FakeCentre::bytes_of(message.header.at("application")).front());
        heard.push_back(application * 256 + message.header.at("step").get<int>());
        if (application == 0xB1) return drivers::fail(FaultCode::centre_too_slow);
        if (application == 0xB2) return hall->centre.reply(request, {{"active", false}, {"reason", "another chip"}, {"result", "disputed"}}, hall->now());
        return hall->centre.reply(request, accepted(), hall->now());
    };
    const auto stuck = hall->enqueue(report_of(0xB1, CardOutcome::unknown));
    hall->enqueue(report_of(0xB1, CardOutcome::spoiled));
    const auto disputed = hall->enqueue(report_of(0xB2));
    hall->enqueue(report_of(0xB3, CardOutcome::unknown));
    hall->enqueue(report_of(0xB3, CardOutcome::spoiled));
    hall->run_for(300ms);
    // The second report of B1 waits behind the first, which was tried in vain; everybody else has been heard, in order. That the centre
    // answers somebody gives B1 one more try at once, and no more.
    const std::vector<int> expected{0xB106, 0xB201, 0xB306, 0xB303, 0xB106};
    CHECK(heard == expected);
    REQUIRE(hall->books->outbox().size() == 2);
    CHECK(hall->books->outbox()[0].message_id == stuck.message_id);
    REQUIRE(hall->books->parked().size() == 1);
    CHECK(hall->books->parked()[0].message_id == disputed.message_id);
    const auto answer = hall->ask(hall->issuing->outcome_answer(disputed.message_id, 1s), 10ms);
    REQUIRE(answer);
    CHECK_FALSE(answer->accepted);
    CHECK(answer->reason == "another chip");
}

TEST_CASE("outbox: what is refused for good is parked, what is refused for now is tried again") {
    for (const auto& [code, parked] : std::map<std::string, bool>{
             {"payload_changed", true}, {"malformed", true}, {"expired", true}, {"busy", false}, {"not_enrolled", false}, {"forged", false}}) {
        CAPTURE(code);
        Hall hall;
        hall->link.answer = refusing(*hall.bench, code);
        hall->start_outbox();
        const auto row = hall->enqueue(report_of(0xA1));
        hall->run_for(10s);
        CHECK(hall->books->parked().size() == (parked ? 1 : 0));
        CHECK(hall->books->outbox().size() == (parked ? 0 : 1));
        CHECK((hall->link.sent.size() == 1) == parked);
        const auto answer = hall->ask(hall->issuing->outcome_answer(row.message_id, 1s), 2s);
        CHECK(answer.has_value() == parked);
    }
}

TEST_CASE("outbox: a centre that speaks garbage settles nothing; a signed answer that says nothing is for two people") {
    Hall hall;
    hall->start_outbox();
    hall->enqueue(report_of(0xA1));
    hall->link.answer = [](const Bytes&) -> Result<Bytes> { return repeat(0x55, 300); };
    hall->run_for(500ms);
    CHECK(hall->books->outbox().size() == 1);
    hall->link.answer = [&](const Bytes&) -> Result<Bytes> { return golden("outcome.reply"); };  // of another question
    hall->run_for(5s);
    CHECK(hall->books->outbox().size() == 1);
    CHECK_FALSE(hall->issuing->reachable());
    hall->link.answer = saying(*hall.bench, {{"result", "splendid"}});
    hall->run_for(60s);
    CHECK(hall->books->outbox().empty());
    CHECK(hall->books->parked().size() == 1);
}

TEST_CASE("outbox: a restart resends the bytes of the file, whatever chance says then") {
    Hall hall;
    const auto row = hall->enqueue(report_of(0xA1));
    hall->start_outbox();
    hall->run_for(10s);
    const auto tries = hall->books->outbox().at(0).tries;
    CHECK(tries >= 3);
    hall.restart();
    hall->link.answer = saying(*hall.bench, accepted());
    hall->start_outbox();
    hall->run_for(100ms);
    REQUIRE(hall->link.sent.size() == 1);
    CHECK(hall->link.sent[0].second == row.sealed);
    CHECK(hall->books->outbox().empty());
}

TEST_CASE("apply: the row and its audit event are in the file before the first byte is sent") {
    Hall hall;
    int seen = 0;
    hall->link.answer = [&](const Bytes& request) -> Result<Bytes> {
        const auto rows = hall->books->outbox();
        REQUIRE(rows.size() == 1);
        CHECK(rows[0].type == "apply");
        CHECK(rows[0].sealed == request);
        CHECK(rows[0].application == golden_application_id());
        CHECK(hall->events("application_made") == 1);
        hall->issuing->outbox_filled();  // the outbox looks, and must leave it alone
        ++seen;
        return seen < 3 ? unreachable(request) : hall->grant(request);
    };
    hall->start_outbox();
    const auto order = hall->ask(hall->issuing->apply(golden_application(), 20s), 20s);
    REQUIRE(order);
    CHECK(seen == 3);
    REQUIRE(hall->link.sent.size() == 3);
    CHECK(hall->link.sent[1].first - hall->link.sent[0].first >= 1s);  // and the outbox did not send beside it
    CHECK(hall->link.sent[0].second == hall->link.sent[2].second);
    CHECK(hall->books->outbox().empty());
    CHECK(hall->books->application_state(golden_application_id()) == "ordered");
    CHECK(hall->events("application_sent") == 1);
    CHECK(hall->events("order_received") == 1);
    CHECK(order->card_number == "A00000014");
    // The centre could open it: the body is the golden one.
    CHECK(FakeCentre::dump(hall->centre.open(hall->link.sent[0].second).body) == golden("apply.request.body"));
}

TEST_CASE("apply: without an answer the application stays, is delivered later by the outbox, and the late order is nobody's") {
    Hall hall;
    hall->start_outbox();
    const auto order = hall->ask(hall->issuing->apply(golden_application(), 3s), 3s);
    REQUIRE_FALSE(order);
    CHECK(order.error().code == FaultCode::centre_unreachable);
    CHECK(hall->books->outbox().size() == 1);
    const auto first = hall->link.sent.at(0).second;
    hall.restart();
    hall->link.answer = [&](const Bytes& request) { return Result<Bytes>(hall->grant(request)); };
    hall->start_outbox();
    hall->run_for(1s);
    REQUIRE(hall->link.sent.size() == 1);
    CHECK(hall->link.sent[0].second == first);
    CHECK(hall->books->outbox().empty());
    CHECK(hall->books->parked().empty());
    CHECK(hall->events("application_sent") == 1);
    CHECK(hall->events("order_received") == 0);
}

TEST_CASE("apply: a citizen who leaves while it is sent leaves the row to the outbox") {
    Hall hall;
    hall->start_outbox();
    hall->link.latency = 2s;
    hall->link.answer = [&](const Bytes& request) { return Result<Bytes>(hall->grant(request)); };
    asio::cancellation_signal cancel;
    auto body = [](Issuing& issuing) -> awaitable<void> {
        try {
            co_await issuing.apply(golden_application(), 30s);
        } catch (const asio::system_error&) {
        }
    };
    asio::co_spawn(*hall->io, body(*hall->issuing), asio::bind_cancellation_slot(cancel.slot(), asio::detached));
    hall->run_for(1s);
    CHECK(hall->link.sent.size() == 1);
    cancel.emit(asio::cancellation_type::terminal);
    hall->run_for(3s);
    CHECK(hall->link.sent.size() == 2);
    CHECK(hall->link.sent[0].second == hall->link.sent[1].second);
    CHECK(hall->books->outbox().empty());
    CHECK(hall->events("order_received") == 0);
}

TEST_CASE("apply: a refusal ends the row; a month later an unsent application ends, an outcome does not") {
    {
        Hall hall;
        hall->link.answer = refusing(*hall.bench, "not_entitled");
        const auto order = hall->ask(hall->issuing->apply(golden_application(), 10s), 10s);
        REQUIRE_FALSE(order);
        CHECK(order.error() == Fault{FaultCode::centre_refused, "not_entitled"});
        CHECK(hall->books->outbox().empty());
        CHECK(hall->link.sent.size() == 1);
    }
    Hall hall;
    hall->enqueue(report_of(0xC1));
    REQUIRE_FALSE(hall->ask(hall->issuing->apply(golden_application(), 1s), 2s));
    CHECK(hall->books->outbox().size() == 2);
    const auto sent = hall->link.sent.size();
    hall->clock.shift_utc(24h * 31);
    hall->start_outbox();
    hall->run_for(500ms);
    REQUIRE(hall->books->outbox().size() == 1);
    CHECK(hall->books->outbox()[0].type == "outcome");
    CHECK(hall->link.sent.size() == sent + 1);
    CHECK(hall->books->parked().empty());
}

TEST_CASE("resume: the ledger's attempt counts, a lost reply's expired order leads to the next attempt, the photograph is the order's") {
    Hall hall;
    std::vector<int> asked;
    const auto centre = [&](const Bytes& request) -> Result<Bytes> {
        const auto last = hall->centre.open(request).header.at("attempt").get<unsigned>();
        asked.push_back(static_cast<int>(last));
        const bool lost = last == 1;  // the stored reply of attempt 2, long over
        auto order = FakeCentre::order(golden_application_id().value, last + 1, hall->now() - (lost ? 900 : 0), hall->now() + (lost ? -600 : 300));
        auto body = hall->centre.signed_order(order);
        body["mobile"] = "13900000000";
        body["portrait"] = wire::binary(golden_portrait());
        return hall->centre.reply(request, body, hall->now());
    };
    hall->link.answer = centre;
    const auto first = hall->ask(hall->issuing->resume(golden_application_id(), 0, golden_document()), 5s);
    REQUIRE(first);
    CHECK(first->order.attempt == 1);
    CHECK(first->portrait == golden_portrait());
    CHECK(first->mobile == "13900000000");
    hall.restart();  // after which the journey still says 0
    hall->link.answer = centre;
    const auto third = hall->ask(hall->issuing->resume(golden_application_id(), 0, golden_document()), 5s);
    REQUIRE(third);
    CHECK(third->order.attempt == 3);
    CHECK(asked == std::vector<int>{0, 1, 2});

    hall->link.answer = [&](const Bytes& request) -> Result<Bytes> {
        auto body = hall->centre.signed_order(FakeCentre::order(golden_application_id().value, 4, hall->now(), hall->now() + 300));
        body["mobile"] = "";
        body["portrait"] = wire::binary(repeat(0xFF, 40));
        return hall->centre.reply(request, body, hall->now());
    };
    const auto swapped = hall->ask(hall->issuing->resume(golden_application_id(), 0, golden_document()), 5s);
    REQUIRE_FALSE(swapped);
    CHECK(swapped.error().code == FaultCode::order_foreign);
}

TEST_CASE("questions: what goes out is what the contract says, what comes back is typed, a refusal is its fault") {
    Hall hall;
    json body;
    hall->link.answer = [&](const Bytes& request) -> Result<Bytes> { return hall->centre.reply(request, body, hall->now()); };
    const auto last = [&] { return hall->centre.open(hall->link.sent.back().second); };

    body = FakeCentre::parse(golden("hello.reply.body"));
    body["ledger"] = "restored";
    const auto hello = hall->ask(hall->issuing->hello({.build = "b", .path = "open", .hoppers = {}, .ribbon = 1, .bin_room = 2}), 1s);
    REQUIRE(hello);
    CHECK(hello->ledger_restored);
    CHECK(FakeCentre::bytes_of(last().body.at("audit_head")) == hall->books->audit_head());
    CHECK(FakeCentre::bytes_of(last().body.at("ledger_epoch")) == hall->books->epoch());

    body = FakeCentre::parse(golden("inquire.reply.body"));
    REQUIRE(hall->ask(hall->issuing->inquire(golden_passport()), 1s));
    CHECK(FakeCentre::dump(last().body) == golden("inquire.request.body"));
    CHECK(last().header.at("expires").get<std::int64_t>() - hall->now() <= 600);

    body = FakeCentre::parse(golden("verify.reply.body"));
    REQUIRE(hall->ask(hall->issuing->verify(golden_document(), golden_portrait()), 1s));
    CHECK(FakeCentre::dump(last().body) == golden("verify.request.body"));

    body = {{"reason", "read-back"}, {"verdict", "personalised"}};
    const auto ask = [&](int seq, Duration within) {
        PersonaliseQuestion question{.atr = repeat(0x3B, 4), .chip = repeat(0xC1, 16), .version = "2.00", .report = {}};
        return hall->ask(hall->issuing->personalise(golden_application_id(), 1, seq, std::move(question)), within);
    };
    const auto verdict = ask(2, 1s);
    REQUIRE(verdict);
    CHECK_FALSE(verdict->batch);
    CHECK(verdict->verdict == ChipVerdict::personalised);
    CHECK(last().header.at("step") == 2);

    hall->link.answer = [&](const Bytes& request) -> Result<Bytes> {
        auto batch = hall->centre.batch_for(hall->centre.open(request), hall->now());
        batch["steps"].push_back(FakeCentre::step(1, "0084000008", false, "challenge"));
        return hall->centre.reply(request, hall->centre.signed_batch(batch), hall->now());
    };
    const auto next = ask(3, 1s);
    REQUIRE(next);
    REQUIRE(next->batch);
    CHECK(next->batch->seq == 3);

    hall->link.answer = refusing(*hall.bench, "wrong_chip");
    const auto wrong = ask(3, 1s);
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error() == Fault{FaultCode::chip_mismatch, "wrong_chip"});

    // A lost connection is asked again with the same bytes, so that a blank is not spoiled by one packet.
    hall->link.sent.clear();
    hall->link.answer = unreachable;
    REQUIRE_FALSE(ask(3, 10s));
    REQUIRE(hall->link.sent.size() == exchange_tries);
    CHECK(hall->link.sent[0].second == hall->link.sent[2].second);
}

TEST_CASE("one seed, one trace: two kiosks with the same chance send the same bytes") {
    Hall one;
    Hall two;
    for (auto* hall : {&one, &two}) {
        (*hall)->start_outbox();
        (*hall)->enqueue(report_of(0xA1));
        REQUIRE_FALSE((*hall)->ask((*hall)->issuing->apply(golden_application(), 2s), 3s));
    }
    CHECK(one->link.sent == two->link.sent);
    CHECK(one->books->audit_head() == two->books->audit_head());
}

TEST_CASE("at rest nothing of the application can be read: no name, no number, no photograph in any file") {
    Hall hall;
    REQUIRE_FALSE(hall->ask(hall->issuing->apply(golden_application(), 1s), 2s));
    const auto jpeg = golden_portrait();
    for (const auto& entry : std::filesystem::recursive_directory_iterator(hall.dir.path)) {
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string content{std::istreambuf_iterator<char>(file), {}};
        CHECK_FALSE(content.contains("450103199003070014"));
        CHECK_FALSE(content.contains("黎𬭼样"));
        CHECK_FALSE(content.contains("13900000000"));
        CHECK_FALSE(content.contains(drivers::to_string(View{jpeg}.first(12))));
    }
    CHECK(std::filesystem::file_size(hall.dir.path / "ledger.sqlite") > 0);
}

TEST_CASE("an incarnation ends with everything under way: nothing runs on, nothing is lost") {
    Hall hall;
    for (int round = 0; round < 20; ++round) {
        hall->start_outbox();
        hall->enqueue(report_of(0xD0 + round % 8, static_cast<CardOutcome>(round % 6)));
        hall->spawn(hall->issuing->outcome_answer(repeat(1, 16), 60s));
        auto application = golden_application();
        application.id.value = repeat(round, 16);
        hall->spawn(hall->issuing->apply(std::move(application), 30s));
        hall->run_for(Duration{1ms} * (round * 37));
        hall.restart();
    }
    CHECK(hall->books->outbox().size() == 40);
    CHECK_FALSE(hall->books->audit_break());
}
