// The contract's golden bytes (tests/kiosk/issuing/golden), read from the centre's side: requests understood, replies written byte for byte, and the
// centre's own answers of the same shape.
#include "tests/central/kiosk_side.hpp"

#include <fstream>

using namespace kiosk_side;

namespace {

Bytes golden(const std::string& name) {
    std::ifstream in(std::string(LIQU_SOURCE_DIR "/tests/kiosk/issuing/golden/") + name + ".hex");
    std::string digits;
    in >> digits;
    REQUIRE_MESSAGE(!digits.empty(), name);
    return hex(digits);
}

/// The golden keys: Ed25519 seeds of kiosk and centre, and the centre's X25519 secret (golden/README.md).
sim::CentralKeys golden_keys(Bytes& kiosk_public) {
    REQUIRE(sodium_init() >= 0);
    sim::CentralKeys keys;
    const auto kiosk_seed = filled(32, 1), centre_seed = filled(32, 2);
    Bytes secret(64);
    kiosk_public.resize(32);
    crypto_sign_seed_keypair(uc(kiosk_public), uc(secret), uc(kiosk_seed));
    crypto_sign_seed_keypair(keys.sign_public.data(), keys.sign_secret.data(), uc(centre_seed));
    keys.seal_secret.fill(3);
    crypto_scalarmult_base(keys.seal_public.data(), keys.seal_secret.data());
    return keys;
}

/// Keys and kinds of a value; of a list, those of its first element. Optional keys are left out.
Json shape(const Json& value) {
    if (value.is_object()) {
        Json keys = Json::object();
        for (const auto& [key, inner] : value.items())
            if (key != "reason" && key != "when" && key != "where_en" && key != "where_zh" && key != "application") keys[key] = shape(inner);
        return keys;
    }
    if (value.is_array()) {
        const bool tuple = value.size() == 3 && value[0].is_number() && value[2].is_binary();
        Json list = Json::array();
        for (std::size_t i = 0; i < value.size() && (tuple || i == 0); ++i) list.push_back(shape(value[i]));
        return list;
    }
    return value.is_binary() ? "bytes" : value.is_string() ? "text" : value.is_boolean() ? "bool" : value.is_number_unsigned() ? "number" : "other";
}

Json body_shape(const std::string& name) {
    const auto value = sim::cbor::read(golden(name));
    REQUIRE_MESSAGE(value.has_value(), name);
    return shape(*value);
}

}  // namespace

TEST_CASE("golden requests are understood, golden replies written byte for byte") {
    Bytes kiosk_public;
    const auto keys = golden_keys(kiosk_public);
    for (const std::string file : {"hello", "inquire", "inquire-ecard", "verify", "apply", "resume", "personalise", "outcome", "status"}) {
        CAPTURE(file);
        const auto type = file.substr(0, file.find('-'));
        const auto request = golden(file + ".request");
        const auto envelope = sim::read_envelope(request);
        REQUIRE_MESSAGE(envelope.has_value(), (envelope ? "" : envelope.error().detail));
        CHECK(envelope->header_bytes == golden(file + ".request.header"));
        CHECK(sim::name_of(envelope->header.type) == type);
        CHECK(sim::signature_holds(*envelope, kiosk_public));
        CHECK_FALSE(sim::signature_holds(*envelope, filled(32, 9)));
        const auto opened = sim::open_body(envelope->sealed, keys);
        REQUIRE(opened.has_value());
        CHECK(*opened == golden(file + ".request.body"));
        const auto body = sim::read_body(envelope->header.type, envelope->header.version, *opened);
        CHECK_MESSAGE(body.has_value(), (body ? "" : body.error().detail));

        const auto header = sim::cbor::read(golden(file + ".reply.header"));
        REQUIRE(header.has_value());
        const auto sent = (*header)["sent"].get<std::int64_t>();
        CHECK(sim::write_reply(request, type, true, golden(file + ".reply.body"), sent, keys) == golden(file + ".reply"));
    }
    const auto header = sim::cbor::read(golden("hello.refused.header"));
    CHECK(sim::write_reply(golden("hello.request"), "hello", false, golden("hello.refused.body"), (*header)["sent"].get<std::int64_t>(), keys) == golden("hello.refused"));
    const auto reply = sim::cbor::read(golden("apply.reply.body"));
    CHECK(bytes_of((*reply)["order_signature"]) == sim::sign("liqu order 1", golden("order"), keys));
}

TEST_CASE("an apply of version 1 or 2 that lay in an outbox is still read; each version has its own keys") {
    Bytes kiosk_public;
    const auto keys = golden_keys(kiosk_public);
    const std::string names[] = {"apply-v1", "apply-v2", "apply"};
    for (int version = 1; version <= 3; ++version) {
        CAPTURE(version);
        const auto envelope = sim::read_envelope(golden(names[version - 1] + ".request"));
        REQUIRE(envelope.has_value());
        CHECK(envelope->header.version == version);
        const auto bytes = sim::open_body(envelope->sealed, keys);
        REQUIRE(bytes.has_value());
        for (int read_as = 1; read_as <= 3; ++read_as) CHECK(sim::read_body(sim::MessageType::apply, read_as, *bytes).has_value() == (read_as == version));
        const auto body = std::get<sim::ApplyBody>(*sim::read_body(sim::MessageType::apply, version, *bytes));
        CHECK(body.photo_warnings == (version == 1 ? std::vector<std::string>{} : std::vector<std::string>{"head_covered", "mouth_open"}));
        CHECK(body.flat_field == (version == 1 ? 1000 : 1085));
        CHECK(body.document.kind == "resident_id");
        CHECK(body.document.evidence == "chip");
        CHECK_FALSE(body.guardian);
        CHECK(body.page.empty());
    }
}

TEST_CASE("what a document says, and what stands behind it, arrives") {
    const auto inquire = sim::read_body(sim::MessageType::inquire, 3, golden("inquire.request.body"));
    REQUIRE(inquire.has_value());
    const auto& passport = std::get<sim::InquireBody>(*inquire).document;
    CHECK(passport.kind == "passport");
    CHECK(passport.evidence == "chip_unverified");
    CHECK(passport.nationality == "UTO");
    CHECK(passport.valid_from.empty());
    CHECK(passport.valid_to == "20310415");
    const auto code = golden("inquire-ecard.request.body");
    REQUIRE(sim::read_body(sim::MessageType::inquire, 3, code).has_value());
    CHECK(std::get<sim::InquireBody>(*sim::read_body(sim::MessageType::inquire, 3, code)).ecard == "LIQU-ECARD-GOLDEN-1");
    for (const int older : {1, 2}) CHECK_FALSE(sim::read_body(sim::MessageType::inquire, older, code).has_value());
    const auto applied = sim::read_body(sim::MessageType::apply, 3, golden("apply-child.request.body"));
    REQUIRE(applied.has_value());
    const auto& child = std::get<sim::ApplyBody>(*applied);
    CHECK(child.document.kind == "household_register");
    CHECK(child.document.evidence == "typed");
    REQUIRE(child.guardian.has_value());
    CHECK(child.guardian->relation == "mother");
    CHECK(child.guardian->document.number == "450103199003070014");
    CHECK(child.page.size() == 11);
    CHECK(child.checked_by == filled(32, 0x5E));
    const auto resumed = sim::read_body(sim::MessageType::resume, 3, golden("resume.request.body"));
    REQUIRE(resumed.has_value());
    CHECK(std::get<sim::ResumeBody>(*resumed).guardian.has_value());
    const auto verify = sim::read_body(sim::MessageType::verify, 3, golden("verify.request.body"));
    REQUIRE(verify.has_value());
    CHECK(std::get<sim::VerifyBody>(*verify).face_format == "wlt");
    CHECK(std::get<sim::VerifyBody>(*verify).face == filled(24, 0x57));
}

TEST_CASE("the centre's own answers have the golden shape") {
    Hall hall;
    const auto chip = hex("450100d156000005000000000000a001");
    const auto supplies = map({{"bin_room", number(1)}, {"hoppers", list({})}, {"ribbon", number(1)}});
    const auto hello = hall.ask(hall.a, {.type = "hello", .body = map({{"audit_count", number(1)}, {"audit_head", blob(filled(32, 1))}, {"build", text("t")},
                                                                       {"ledger_epoch", blob(filled(16, 1))}, {"path", text("open")}, {"supplies", supplies}})});
    CHECK(shape(hello.body) == body_shape("hello.reply.body"));
    CHECK(shape(hall.inquire(hall.a, "p01").body) == body_shape("inquire.reply.body"));
    CHECK(shape(hall.inquire_code(hall.a, person("made-not-collected").ecard).body) == body_shape("inquire-ecard.reply.body"));
    CHECK(shape(hall.verify(hall.a, "p01").body) == body_shape("verify.reply.body"));
    const auto applied = hall.apply(hall.a, "p01");
    CHECK(shape(applied.body) == body_shape("apply.reply.body"));
    const auto order = hall.order(applied);
    CHECK(shape(order) == body_shape("order"));
    CHECK(shape(hall.personalise(hall.a, Hall::id_of("p01"), 1, chip).body) == body_shape("personalise.reply.body"));
    CHECK(shape(hall.status(hall.a, Hall::id_of("p01")).body) == body_shape("status.reply.body"));
    CHECK(shape(hall.outcome(hall.a, Hall::id_of("p01"), 1, "issued", order["card_number"], chip).body) == body_shape("outcome.reply.body"));
    const auto id = bytes_of(hall.inquire(hall.a, "interrupted").body["application"]);
    CHECK(shape(hall.resume(hall.a, "interrupted", id, 0).body) == body_shape("resume.reply.body"));
    CHECK(shape(hall.send({}).body) == body_shape("hello.refused.body"));
}
