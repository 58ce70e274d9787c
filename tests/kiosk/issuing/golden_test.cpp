// Golden bytes: the kiosk produces exactly these requests and understands exactly these replies (golden/README.md).
#include "kiosk/issuing/personalise.hpp"
#include "tests/kiosk/issuing/fixtures.hpp"

using namespace issuing_test;
using wire::MessageType;

namespace {
struct Case {
    MessageType type;
    int attempt, step;
    bool month;
    int nonce;
    Bytes application, body;
    std::string file = std::string(name_of(type));
};

/// The second question: the first batch was relayed, and the card gave its challenges.
BatchReport golden_report() {
    return {.application = golden_application_id(), .attempt = 1, .seq = 1, .batch = repeat(0xBA, 32),
            .results = {{1, 0x9000, std::nullopt}, {2, 0x9000, repeat(0x0A, 8)}, {3, 0x9000, repeat(0x0B, 8)}}, .timed_out = true, .reader = "Liqu Chip Station 00 00"};
}
PersonaliseQuestion golden_question() {
    return {.atr = *drivers::from_hex("3b6d000000814f8654010203040506"), .chip = repeat(0xC1, 16), .version = "3.00", .algorithm = 3, .report = wire::encode_report(golden_report(), kiosk_id)};
}

std::vector<Case> cases() {
    const auto app = golden_application_id();
    const Hello hello{.build = "liqu 0.1.0", .path = "open", .hoppers = {{{"bank_a"}, 100}, {{"bank_b"}, 3}}, .ribbon = 300, .bin_room = 25};
    return {
        {MessageType::hello, 0, 0, false, 0x20, {}, wire::encode_hello(hello, {repeat(0x12, 16), repeat(0x11, 32), 12})},
        {MessageType::inquire, 0, 0, false, 0x21, {}, wire::encode_inquire(golden_passport())},
        {MessageType::inquire, 0, 0, false, 0x29, {}, wire::encode_inquire_ecard(drivers::to_bytes("LIQU-ECARD-GOLDEN-1")), "inquire-ecard"},
        {MessageType::verify, 0, 0, false, 0x22, {}, wire::encode_verify(golden_document(), golden_portrait())},
        {MessageType::apply, 0, 0, true, 0x23, app.value, wire::encode_apply(golden_application())},
        {MessageType::apply, 0, 0, true, 0x28, app.value, wire::encode_apply(golden_child_application()), "apply-child"},
        {MessageType::resume, 1, 0, false, 0x24, app.value, wire::encode_resume(golden_child(), golden_guardian())},
        {MessageType::personalise, 1, 2, false, 0x25, app.value, wire::encode_question(golden_question())},
        {MessageType::outcome, 1, 3, true, 0x26, app.value, wire::encode_outcome(golden_outcome(), golden_sent + 90)},
        {MessageType::status, 0, 0, false, 0x27, app.value, wire::encode_status(app)},
    };
}

wire::Reply reply(MessageType type, std::string name = {}) {
    const auto keys = FixedKeys().ring();
    if (name.empty()) name = name_of(type);
    auto out = wire::open_reply(golden(name + ".reply"), golden(name + ".request"), type, keys);
    REQUIRE_MESSAGE(out, out.error().detail);
    CHECK(out->refusal.empty());
    CHECK(out->sent == at(golden_sent + 2));
    CHECK(out->body == golden(name + ".reply.body"));
    return *std::move(out);
}
}  // namespace

TEST_CASE("requests: header, body and the whole sealed and signed message are the golden bytes") {
    const auto keys = FixedKeys().ring();
    FixedRandom random{4};
    const FakeCentre centre;
    for (const auto& c : cases()) {
        const auto& name = c.file;
        CAPTURE(name);
        const wire::RequestHeader header{.type = c.type, .application = c.application, .attempt = c.attempt, .step = c.step, .kiosk = kiosk_id, .nonce = repeat(c.nonce, 16),
                                         .sent = golden_sent, .expires = golden_sent + (c.month ? 30 * 86400 : 600)};
        CHECK(drivers::hex(wire::encode_header(header)) == drivers::hex(golden(name + ".request.header")));
        CHECK(drivers::hex(c.body) == drivers::hex(golden(name + ".request.body")));
        const auto message = wire::seal_request(header, c.body, keys, random);
        REQUIRE(message);
        CHECK(drivers::hex(*message) == drivers::hex(golden(name + ".request")));
        // And libsodium's own opener agrees that it is a sealed box.
        CHECK(FakeCentre::dump(centre.open(*message).body) == c.body);
    }
}

TEST_CASE("what a chip says at length is cut at a character; a nationality that no document says has its code") {
    auto permit = golden_passport();
    permit.nationality.clear();
    permit.address = "1";
    for (int i = 0; i < 170; ++i) permit.address += "路";
    permit.authority = std::string(256, 'A');
    const auto document = FakeCentre::parse(wire::encode_inquire(permit)).at("document");
    CHECK(document.at("nationality") == std::string(3, 'X'));
    CHECK(document.at("authority") == permit.authority);
    CHECK(document.at("address").get<std::string>() == permit.address.substr(0, 256));  // 1 + 85 * 3
    permit.address.erase(0, 1);
    CHECK(FakeCentre::parse(wire::encode_inquire(permit)).at("document").at("address").get<std::string>().size() == 255);
}

TEST_CASE("the largest application fits a request: greatest portrait, greatest page, the longest signature, thinned but whole in its ends") {
    auto largest = golden_child_application();
    largest.portrait = repeat(0xD8, wire::max_portrait_bytes);
    largest.page = repeat(0xD8, max_page_bytes);
    largest.signature.clear();
    for (int stroke = 0; stroke < 200; ++stroke) {
        largest.signature.emplace_back();
        for (int i = 0; i < 100; ++i) largest.signature.back().push_back({4000, 4000 - i, 100'000 + stroke * 100 + i});
    }
    const auto body = wire::encode_apply(largest);
    const auto strokes = FakeCentre::parse(body).at("signature");
    REQUIRE(strokes.size() == 200);
    CHECK(strokes.at(7).size() < 40);
    CHECK(strokes.at(7).front() == json::array({4000u, 4000u, 100'700u}));
    CHECK(strokes.at(7).back() == json::array({4000u, 3901u, 100'799u}));
    FixedRandom random{4};
    const auto message = wire::seal_request({.type = MessageType::apply, .application = golden_application_id().value, .kiosk = kiosk_id, .nonce = repeat(1, 16)}, body, FixedKeys().ring(), random);
    REQUIRE(message);
    CHECK(message->size() < 262'144);
}

TEST_CASE("replies: the golden bytes are understood") {
    const auto hello = wire::decode_hello(reply(MessageType::hello).body);
    REQUIRE(hello);
    REQUIRE(hello->banks.size() == 1);
    CHECK(hello->banks[0].id.value == "bank_a");
    CHECK(hello->banks[0].name_zh == "邕江合作银行");
    CHECK(hello->banks[0].bins == std::vector<std::string>{"620101", "620102"});
    CHECK_FALSE(hello->ledger_restored);

    const auto standing = wire::decode_standing(reply(MessageType::inquire).body);
    REQUIRE(standing);
    CHECK(standing->kind == StandingKind::pending_kiosk);
    CHECK(standing->application == golden_application_id());
    CHECK(standing->where_zh == "五号大厅");
    CHECK(standing->masked_name.empty());

    const auto told = wire::decode_ecard_standing(reply(MessageType::inquire, "inquire-ecard").body);
    REQUIRE(told);
    CHECK(told->kind == StandingKind::made_not_collected);
    CHECK(told->masked_name == "黎**");
    CHECK(told->when == "2026-02-01");
    CHECK(told->application.value.empty());

    const auto match = wire::decode_match(reply(MessageType::verify).body);
    REQUIRE(match);
    CHECK(match->result == MatchResult::unsure);
    CHECK(match->reference == repeat(0xB2, 16));

    const auto next = wire::decode_personalise(reply(MessageType::personalise).body);
    REQUIRE(next);
    CHECK(next->batch == golden("batch"));
    CHECK(wire::open_batch(next->batch, next->signature, FixedKeys().ring().centre_sign));

    const auto outcome = wire::decode_outcome(reply(MessageType::outcome).body);
    REQUIRE(outcome);
    CHECK_FALSE(outcome->accepted);
    CHECK_FALSE(outcome->active);
    CHECK(outcome->reason == "lease");

    const auto status = wire::decode_status(reply(MessageType::status).body);
    REQUIRE(status);
    CHECK(status->state == "issued");
    CHECK(status->active);
    CHECK(status->attempt == 1);

    const auto resumed = wire::decode_resume(reply(MessageType::resume).body);
    REQUIRE(resumed);
    CHECK(resumed->mobile == "13900000000");
    CHECK(resumed->portrait == golden_portrait());
    CHECK(resumed->order.order == golden("order"));
}

TEST_CASE("orders: the golden order is read field by field, and its signature holds") {
    const auto keys = FixedKeys().ring();
    auto bytes = wire::decode_apply(reply(MessageType::apply).body);
    REQUIRE(bytes);
    const auto order = wire::open_order(*std::move(bytes), keys, kiosk_id);
    REQUIRE(order);
    CHECK(order->application == golden_application_id());
    CHECK(order->attempt == 1);
    CHECK(order->bank.value == "bank_a");
    CHECK(order->card_number == "A00000014");
    CHECK(order->expires == at(golden_sent + 302));
    CHECK(order->issued == at(golden_sent + 2));
    CHECK(order->face.name == "黎𬭼样");
    CHECK(order->face.issue_date == "2026年2月");
    CHECK(order->photo_sha256 == wire::sha256(golden_portrait()));
    CHECK(drivers::to_string(order->transport_pin.view()) == "123456");
    REQUIRE(order->records.size() == 8);
    CHECK(order->records[2] == drivers::ChipRecord{0xEF05, 0x07, drivers::to_bytes("A00000014")});
    CHECK(check_records(order->records));
    CHECK(order->signed_bytes == golden("order"));
}

TEST_CASE("a golden refusal is a fault that names its word and nothing else") {
    const auto keys = FixedKeys().ring();
    const auto refused = wire::open_reply(golden("hello.refused"), golden("hello.request"), MessageType::hello, keys);
    REQUIRE(refused);
    CHECK(refused->refusal == "not_enrolled");
    CHECK(wire::fault_of_refusal(refused->refusal) == Fault{FaultCode::kiosk_not_enrolled, "not_enrolled"});
    CHECK(wire::fault_of_refusal("expired").code == FaultCode::order_expired);
    CHECK(wire::fault_of_refusal("foreign_kiosk").code == FaultCode::order_foreign);
    CHECK(wire::fault_of_refusal("attempts_used_up").code == FaultCode::attempts_used_up);
    CHECK(wire::fault_of_refusal("not_matched") == Fault{FaultCode::centre_refused, "not_matched"});
}

TEST_CASE("batches: the golden batch is read field by field, and only under the centre's signature") {
    auto next = wire::decode_personalise(reply(MessageType::personalise).body);
    REQUIRE(next);
    const auto centre = FixedKeys().ring().centre_sign;
    const auto batch = wire::open_batch(next->batch, next->signature, centre);
    REQUIRE(batch);
    CHECK(batch->application == golden_application_id());
    CHECK(batch->attempt == 1);
    CHECK(batch->seq == 2);
    CHECK(batch->kiosk == kiosk_id);
    CHECK(batch->previous == wire::sha256(wire::encode_report(golden_report(), kiosk_id)));
    CHECK(batch->expires == at(golden_sent + 62));
    CHECK(batch->atr == golden_question().atr);
    CHECK(batch->chip == repeat(0xC1, 16));
    CHECK(batch->phase == "records");
    CHECK(batch->resume == "records");
    CHECK(batch->hash == wire::sha256(golden("batch")));
    REQUIRE(batch->steps.size() == 3);
    CHECK(batch->steps[0].capture == "challenge");
    CHECK_FALSE(batch->steps[0].commit);
    CHECK(batch->steps[1].redact);
    CHECK(batch->steps[2].commit);
    CHECK(batch->steps[2].apdu == *drivers::from_hex("00DC0830140812" + drivers::hex(repeat(0x31, 18))));
    CHECK(batch->steps[2].limit == 3000ms);
    REQUIRE(batch->on_fail.size() == 2);
    CHECK(batch->on_fail[0].second == OnFail::reject_card);
    CHECK(batch->on_fail[0].first.fits(0x63C4));
    CHECK_FALSE(batch->on_fail[0].first.fits(0x6300));
    CHECK(batch->on_fail[1].first.fits(0x1234));
    auto other = next->batch;
    other.back() ^= std::byte{1};
    CHECK(wire::open_batch(other, next->signature, centre).error().code == FaultCode::centre_signature);
    CHECK(wire::open_batch(next->batch, next->signature, FixedKeys().ring().sign_public).error().code == FaultCode::centre_signature);
}
