// Orders: whose they are, until when, unchanged since they were signed, and what they may write into a chip.
#include "tests/kiosk/issuing/fixtures.hpp"

using namespace issuing_test;

namespace {
struct OrderBench {
    TempDir dir;
    drivers::SimClock clock{at(golden_sent + 2)};
    Bench bench{dir.path, clock};

    Result<Order> receive(const json& order) {
        bench.link.answer = [this, order](const Bytes& request) -> Result<Bytes> { return bench.centre.reply(request, bench.centre.signed_order(order), bench.now()); };
        return bench.ask(bench.issuing->apply(golden_application(), 5s), 1s);
    }
    json order() { return FakeCentre::order(golden_application_id().value, 1, bench.now(), bench.now() + 300); }
    FaultCode refused(const char* key, json value) {
        OrderBench fresh;
        auto o = fresh.order();
        o[key] = std::move(value);
        const auto out = fresh.receive(o);
        REQUIRE_FALSE(out);
        CHECK(fresh.bench.events("order_received") == (out.error().code == FaultCode::order_expired ? 1 : 0));
        return out.error().code;
    }
};
}  // namespace

TEST_CASE("an order is checked again before the first act: lease, margin, and every field against what was signed") {
    OrderBench t;
    auto received = t.receive(t.order());
    REQUIRE(received);
    auto order = *std::move(received);
    const auto code = [&](Duration margin = 30s) {
        const auto out = t.bench.issuing->check_order(order, margin);
        return out ? std::optional<FaultCode>{} : out.error().code;
    };
    CHECK_FALSE(code());
    CHECK(code(400s) == FaultCode::order_expired);

    const auto changed = [&](auto change) {
        auto original = order.clone();
        change(order);
        const auto out = code();
        order = std::move(original);
        return out;
    };
    CHECK(changed([](Order& o) { o.attempt = 2; }) == FaultCode::order_foreign);
    CHECK(changed([](Order& o) { o.application.value[0] ^= std::byte{1}; }) == FaultCode::order_foreign);
    CHECK(changed([](Order& o) { o.expires += 1h; }) == FaultCode::order_foreign);
    CHECK(changed([](Order& o) { o.bank.value = "bank_b"; }) == FaultCode::order_foreign);
    CHECK(changed([](Order& o) { o.card_number[1] = '1'; }) == FaultCode::order_foreign);
    CHECK(changed([](Order& o) { o.face.name = "别人"; }) == FaultCode::order_foreign);
    CHECK(changed([](Order& o) { o.records[0].value[0] ^= std::byte{1}; }) == FaultCode::order_foreign);
    CHECK(changed([](Order& o) { o.transport_pin = Secret{std::string_view{"000000"}}; }) == FaultCode::order_foreign);
    CHECK(changed([](Order& o) { o.photo_sha256[0] ^= std::byte{1}; }) == FaultCode::order_foreign);
    CHECK(changed([](Order& o) { o.signed_bytes.back() ^= std::byte{1}; }) == FaultCode::centre_signature);
    CHECK(changed([](Order& o) { o.signature[0] ^= std::byte{1}; }) == FaultCode::centre_signature);
    CHECK_FALSE(code());

    t.bench.run_for(265s);
    CHECK_FALSE(code());
    t.bench.run_for(5s);
    CHECK(code() == FaultCode::order_expired);
    CHECK_FALSE(code(0s));

    order.wipe();
    CHECK(order.face.name.empty());
    CHECK(order.transport_pin.empty());
    CHECK(order.records.empty());
}

TEST_CASE("an order for another kiosk, application, photograph or time is refused when it arrives") {
    OrderBench t;
    CHECK(t.refused("kiosk", "k-other") == FaultCode::order_foreign);
    CHECK(t.refused("application", wire::binary(repeat(0xA2, 16))) == FaultCode::order_foreign);
    CHECK(t.refused("photo", wire::binary(repeat(0, 32))) == FaultCode::order_foreign);
    CHECK(t.refused("issued", 4'000'000'000u) == FaultCode::centre_garbage);
    CHECK(t.refused("records", json::array({json::array({0xEF05u, 1u, wire::binary(repeat(0, 16))})})) == FaultCode::centre_refused);
    OrderBench late;
    auto over = FakeCentre::order(golden_application_id().value, 1, late.bench.now() - 400, late.bench.now() - 100);
    const auto out = late.receive(over);
    REQUIRE_FALSE(out);
    CHECK(out.error().code == FaultCode::order_expired);
}

TEST_CASE("the centre's clock rules a lease, and an old stored reply does not turn it back") {
    TempDir dir;
    drivers::SimClock clock{at(golden_sent)};
    Bench bench(dir.path, clock);
    const auto ahead = [&](std::int64_t seconds) { return std::abs(unix_seconds(bench.issuing->centre_now()) - bench.now() - seconds) <= 1; };
    // The kiosk's own clock is an hour slow; a question tells.
    bench.link.answer = [&](const Bytes& request) -> Result<Bytes> { return bench.centre.reply(request, {{"active", false}, {"attempt", 0u}, {"state", "unknown"}}, bench.now() + 3600); };
    REQUIRE(bench.ask(bench.issuing->status(golden_application_id()), 1s));
    CHECK(ahead(3600));
    bench.link.answer = [&](const Bytes& request) -> Result<Bytes> {
        return bench.centre.reply(request, bench.centre.signed_order(FakeCentre::order(golden_application_id().value, 1, bench.now(), bench.now() + 300)), bench.now());
    };
    const auto order = bench.ask(bench.issuing->apply(golden_application(), 5s), 1s);
    REQUIRE_FALSE(order);
    CHECK(order.error().code == FaultCode::order_expired);
    CHECK(ahead(3600));
    clock.shift_utc(-2h);  // nor does the wall clock
    CHECK(ahead(3 * 3600));
}

TEST_CASE("records: an allow-list of files, tags and exact lengths") {
    struct Row {
        int file, tag;
        std::size_t size;
    };
    constexpr Row rows[] = {{0xEF05, 0x02, 1},    {0xEF05, 0x03, 4}, {0xEF05, 0x04, 12}, {0xEF05, 0x05, 4}, {0xEF05, 0x06, 4}, {0xEF05, 0x07, 9}, {0xEF06, 0x08, 18},
                            {0xEF06, 0x09, 30}, {0xEF06, 0x4E, 20}, {0xEF06, 0x0A, 1},  {0xEF06, 0x0B, 1}, {0xEF06, 0x0C, 3}, {0xEF06, 0x0D, 4}};
    const auto record = [](int file, int tag, std::size_t size) { return drivers::ChipRecord{static_cast<std::uint16_t>(file), static_cast<std::uint8_t>(tag), Bytes(size)}; };
    std::vector<drivers::ChipRecord> all;
    for (const auto& row : rows) {
        CAPTURE(row.tag);
        all.push_back(record(row.file, row.tag, row.size));
        CHECK(check_records({record(row.file, row.tag, row.size)}));
        CHECK_FALSE(check_records({record(row.file, row.tag, row.size + 1)}));
        CHECK_FALSE(check_records({record(row.file, row.tag, row.size - 1)}));
        CHECK_FALSE(check_records({record(row.file == 0xEF05 ? 0xEF06 : 0xEF05, row.tag, row.size)}));
        CHECK_FALSE(check_records({record(0xEF07, row.tag, row.size)}));
        CHECK_FALSE(check_records({all.back(), all.back()}));
    }
    CHECK(check_records(all));
    CHECK_FALSE(check_records({}));
    const auto identity = check_records({record(0xEF05, 0x01, 16)});
    REQUIRE_FALSE(identity);
    CHECK(identity.error().code == FaultCode::centre_refused);
}
