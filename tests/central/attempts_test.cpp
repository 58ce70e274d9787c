// Leases, card numbers, fencing.
#include "sim/central/chip.hpp"
#include "tests/central/kiosk_side.hpp"

using namespace kiosk_side;

namespace {
const Bytes chip_1 = hex("450100d156000005000000000000a001");

Bytes record(const Json& order, unsigned file, unsigned tag) {
    for (const auto& r : order["records"]) {
        REQUIRE(r.size() == 3);  // protocol.cddl: [file, tag, value]
        if (r.at(0) == file && r.at(1) == tag) return bytes_of(r.at(2));
    }
    return {};
}
}  // namespace

TEST_CASE("an order says what is written, printed and until when") {
    Hall hall;
    const auto& p = person("first-issue");
    CHECK(hall.standing("first-issue") == "none");
    const auto order = hall.order(hall.apply(hall.a, "first-issue"));
    CHECK(order["kiosk"] == "a");
    CHECK(order["attempt"] == 1);
    CHECK(order["issued"] == hall.now);
    CHECK(order["expires"] == hall.now + 300);
    CHECK(bytes_of(order["photo"]) == hash(Hall::portrait("first-issue")));
    CHECK(order["transport_pin"] == "123456");
    CHECK(order["bins"] == Json({"620101", "620102"}));
    CHECK(order["face"]["issue_date"] == "2026年09月");
    CHECK(order["face"]["name"] == p.name);
    const auto number_ = order["card_number"].get<std::string>();
    REQUIRE(number_.size() == 9);
    CHECK(number_[8] == sim::card_check(number_.substr(0, 8)));
    CHECK(sim::card_check("X0000001") == '9');  // facts: X00000019
    CHECK(record(order, 0xEF05, 0x05) == hex("20260921"));
    CHECK(record(order, 0xEF05, 0x06) == hex("20360921"));
    CHECK(record(order, 0xEF05, 0x07) == raw(number_));
    CHECK(record(order, 0xEF05, 0x01).empty());  // the blank's identification code is never rewritten
    CHECK(record(order, 0xEF06, 0x08) == raw(p.number));
    CHECK(record(order, 0xEF06, 0x09) == hex("bbc6cffee1b0") + filled(24, 0));  // 黄晓岚
    CHECK(record(order, 0xEF06, 0x4E).empty());
    CHECK(record(order, 0xEF06, 0x0A) == raw("2"));
    CHECK(record(order, 0xEF06, 0x0B) == hex("08"));
    CHECK(record(order, 0xEF06, 0x0C) == hex(p.number.substr(0, 6)));
    CHECK(record(order, 0xEF06, 0x0D) == hex("19900512"));
    CHECK(hall.status(hall.b, Hall::id_of("first-issue")).body == Json{{"active", false}, {"attempt", 1}, {"state", "leased"}});
    CHECK(hall.standing("first-issue") == "pending_kiosk");
    CHECK(sim::years_later("20280229", 10) == "20380228");
}

TEST_CASE("names: rare characters enter as four bytes, long ones overflow into the extension without splitting") {
    Hall hall;
    const auto rare = hall.order(hall.apply(hall.a, "rare-name"));
    CHECK(record(rare, 0xEF06, 0x09) == hex("9534b235fe9f") + filled(24, 0));
    const auto full = hall.order(hall.apply(hall.a, "long-name"));
    CHECK(record(full, 0xEF06, 0x09).back() != std::byte{0});
    CHECK(record(full, 0xEF06, 0x4E).empty());
    const auto longest = hall.order(hall.apply(hall.a, "longest-name"));
    const auto first = record(longest, 0xEF06, 0x09), rest = record(longest, 0xEF06, 0x4E);
    CHECK(first.size() == 30);
    CHECK(rest == hex("bdad") + filled(18, 0));
    Bytes joined(first);
    joined = joined + Bytes(rest.begin(), rest.begin() + 2);
    CHECK(joined == *sim::gb18030(person("longest-name").name));
    CHECK_FALSE(sim::card_records({.card_number = "A00000014", .issued_on = "20260101", .valid_to = "20360101", .number = person("p01").number,
                                   .name = "𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷", .birth = "19900101"}).has_value());
}

TEST_CASE("only who may apply, applies; every other standing is told and refused") {
    Hall hall;
    const std::map<std::string, std::string> standings = {
        {"interrupted", "pending_kiosk"}, {"pending-batch", "pending_batch"}, {"pending-elsewhere", "pending_bank"}, {"made-not-collected", "made_not_collected"},
        {"active-card", "active_card"}, {"card-not-activated", "card_not_activated"}, {"not-insured", "not_insured"}};
    for (const auto& [key, word] : standings) {
        CAPTURE(key);
        const auto told = hall.inquire(hall.a, key).body;
        CHECK(told["standing"] == word);
        CHECK(told.contains("application") == (word == "pending_kiosk"));
        CHECK(hall.apply(hall.a, key).code == "not_entitled");
    }
    CHECK(hall.inquire(hall.a, "pending-elsewhere").body["when"] == "2026-12-08");
    CHECK(hall.apply(hall.a, "expired-document").code == "not_entitled");
    auto stranger = person("p01");
    stranger.number = "450102199001010011";
    CHECK(hall.ask(hall.a, {.type = "inquire", .body = map({{"document", Hall::document(stranger)}})}).body["standing"] == "not_insured");
    auto married = person("p01");
    married.name = "另一人";
    CHECK(hall.ask(hall.a, {.type = "inquire", .body = map({{"document", Hall::document(married)}})}).code == "not_entitled");
    REQUIRE(hall.apply(hall.a, "p01").ok);
    auto second = hall.apply_say(hall.a, "p01");
    second.application = filled(16, 0x77);
    CHECK(hall.ask(hall.a, second).code == "not_entitled");  // one application a person
    auto no_notice = hall.apply_say(hall.a, "p02");
    auto form = Hall::apply_map("p02", bytes_of(hall.verify(hall.a, "p02").body["reference"]));
    form["consents"] = list({Hall::consent("face_match")});
    no_notice.body = map(form);
    CHECK(hall.ask(hall.a, no_notice).code == "not_entitled");
}

TEST_CASE("a code of an electronic card tells the status of its holder, with a masked name and nothing else") {
    Hall hall;
    const auto told = hall.inquire_code(hall.a, person("active-card").ecard);
    REQUIRE(told.ok);
    CHECK(told.body["standing"] == "active_card");
    CHECK(told.body["name"] == "何**");
    CHECK(told.body.size() == 2);
    const auto interrupted = hall.inquire_code(hall.a, person("interrupted").ecard);
    CHECK(interrupted.body["standing"] == "pending_kiosk");
    CHECK_FALSE(interrupted.body.contains("application"));  // only a document opens it
    CHECK(interrupted.body["name"] == "周**");
    CHECK(hall.inquire_code(hall.a, "LIQU-ECARD-SAMPLE-UNKNOWN").code == "not_entitled");
    CHECK(hall.inquire_code(hall.a, "").code == "malformed");
    CHECK(hall.inquire_code(hall.a, std::string(512, 'A')).code == "not_entitled");
    CHECK(hall.inquire_code(hall.a, std::string(513, 'A')).code == "malformed");
    const auto both = map({{"document", Hall::document(person("p01"))}, {"ecard", blob(raw(person("active-card").ecard))}});
    CHECK(hall.ask(hall.a, {.type = "inquire", .body = both}).code == "malformed");
    CHECK(people()->by_ecard("") == nullptr);
}

TEST_CASE("the person must have been matched, with this portrait, here") {
    Hall hall;
    const auto apply_with = [&](Kiosk& k, const std::string& key, const std::string& by, const Bytes& reference, const Bytes& staff) {
        auto form = Hall::apply_map(key, reference);
        form["match"] = map({{"by", text(by)}, {"reference", blob(reference)}, {"staff", blob(staff)}});
        return hall.ask(k, {.type = "apply", .body = map(form), .application = Hall::id_of(key), .attempt = 1});
    };
    const auto reference = [&](Kiosk& k, const std::string& key) { return bytes_of(hall.verify(k, key).body["reference"]); };
    CHECK(hall.verify(hall.a, "unsure").body["match"] == "unsure");
    CHECK(hall.verify(hall.a, "different").body["match"] == "different");
    CHECK(apply_with(hall.a, "p01", "centre", filled(16, 0x55), {}).code == "not_matched");
    CHECK(apply_with(hall.a, "p01", "centre", filled(16, 0), {}).code == "not_matched");
    CHECK(apply_with(hall.a, "p01", "centre", reference(hall.b, "p01"), {}).code == "not_matched");
    CHECK(apply_with(hall.a, "p01", "centre", reference(hall.a, "p02"), {}).code == "not_matched");
    CHECK(apply_with(hall.a, "p01", "staff", reference(hall.a, "p01"), {}).code == "not_matched");
    CHECK(apply_with(hall.a, "unsure", "centre", reference(hall.a, "unsure"), {}).code == "not_matched");
    CHECK(apply_with(hall.a, "different", "staff", reference(hall.a, "different"), filled(32, 1)).code == "not_matched");
    const auto stale = reference(hall.a, "p01");
    hall.now += 3'601;
    CHECK(apply_with(hall.a, "p01", "centre", stale, {}).code == "not_matched");
    auto other_portrait = Hall::apply_map("p01", reference(hall.a, "p01"));
    other_portrait["portrait"] = blob(Hall::portrait("p02"));
    CHECK(hall.ask(hall.a, {.type = "apply", .body = map(other_portrait), .application = Hall::id_of("p01"), .attempt = 1}).code == "not_matched");
    CHECK(apply_with(hall.a, "unsure", "staff", reference(hall.a, "unsure"), filled(32, 1)).ok);
    CHECK(apply_with(hall.a, "p03", "staff", filled(16, 0), filled(32, 1)).ok);  // the comparison was refused by the citizen
    CHECK(apply_with(hall.a, "p01", "centre", reference(hall.a, "p01"), {}).ok);
}

TEST_CASE("an attempt is one kiosk's until evidence closes it or its lease and grace are over") {
    Hall hall;
    const auto id = Hall::id_of("p01");
    const auto first = hall.order(hall.apply(hall.a, "p01"))["card_number"].get<std::string>();
    CHECK(hall.resume(hall.b, "p01", id, 0).code == "leased_elsewhere");
    CHECK(hall.resume(hall.a, "p01", id, 1).code == "busy");
    CHECK(hall.resume(hall.b, "p02", id, 0).code == "not_entitled");
    CHECK(hall.resume(hall.b, "p01", filled(16, 1), 0).code == "no_such_application");
    SUBCASE("evidence") {
        CHECK(hall.outcome(hall.a, id, 1, "spoiled", first, {}).body == Json{{"active", false}, {"result", "accepted"}});
        CHECK(hall.status(hall.a, id).body["state"] == "spoiled");
        const auto reply = hall.resume(hall.b, "p01", id, 0);
        const auto order = hall.order(reply);
        CHECK(order["attempt"] == 2);
        CHECK(order["kiosk"] == "b");
        CHECK(order["card_number"] != first);
        CHECK(reply.body["mobile"] == "13800000000");
        CHECK(bytes_of(reply.body["portrait"]) == Hall::portrait("p01"));
        CHECK(hall.personalise(hall.a, id, 1, chip_1).code == "attempt_closed");
    }
    SUBCASE("time") {
        hall.now += 360;
        CHECK(hall.status(hall.a, id).body["state"] == "pending");
        CHECK(hall.personalise(hall.a, id, 1, chip_1).code == "expired");
        CHECK(hall.resume(hall.b, "p01", id, 0).code == "leased_elsewhere");
        hall.now += 1;
        CHECK(hall.order(hall.resume(hall.b, "p01", id, 0))["attempt"] == 2);
        CHECK(hall.central->attempts()[0].application.size() == 16);
        CHECK(hall.personalise(hall.a, id, 1, chip_1).code == "attempt_closed");
    }
    SUBCASE("the order never arrived") {
        CHECK(hall.order(hall.resume(hall.a, "p01", id, 0))["attempt"] == 2);
        CHECK(hall.outcome(hall.a, id, 1, "not_started", "", {}).body["result"] == "accepted");
    }
    SUBCASE("the order never arrived, but a cryptogram was given") {
        REQUIRE(hall.personalise_wholly(hall.a, id, 1, chip_1).ok);
        CHECK(hall.resume(hall.a, "p01", id, 0).code == "busy");
        return;
    }
    CHECK(hall.card_state(first) == "VOID");
}

TEST_CASE("five attempts, then people must help") {
    Hall hall;
    const auto id = Hall::id_of("p01");
    auto order = hall.order(hall.apply(hall.a, "p01"));
    for (unsigned attempt = 1; attempt <= 5; ++attempt) {
        CHECK(order["attempt"] == attempt);
        CHECK(hall.outcome(hall.a, id, attempt, "spoiled", order["card_number"], {}).body["result"] == "accepted");
        const auto next = hall.resume(hall.a, "p01", id, attempt);
        if (attempt == 5) CHECK(next.code == "attempts_used_up");
        else order = hall.order(next);
    }
    std::set<std::string> numbers;
    for (const auto& card : hall.central->cards()) CHECK(numbers.insert(card.number).second);
    CHECK(numbers.size() == 7);  // five, and two begun elsewhere
}

TEST_CASE("a resume that is asked anew after its lease ended gets the next attempt, the resent message its old bytes") {
    Hall hall;
    const auto id = bytes_of(hall.inquire(hall.a, "interrupted").body["application"]);
    const auto body = map({{"document", Hall::document(person("interrupted"))}, {"guardian", null()}});
    const Say say{.type = "resume", .body = body, .application = id, .lives = 10'000};
    const auto message = hall.message(hall.a, say);
    const auto first = hall.send(message);
    CHECK(hall.order(first)["attempt"] == 2);
    CHECK(bytes_of(first.body["portrait"]) == people()->portrait());
    CHECK(first.body["mobile"] == "13800000001");
    CHECK(hall.ask(hall.a, say).body == first.body);
    hall.now += 361;
    CHECK(hall.send(message).message == first.message);
    CHECK(hall.order(hall.ask(hall.a, say))["attempt"] == 3);
}

TEST_CASE("what the portrait was warned for, and the wall's gain, are kept with the application") {
    Hall hall;
    auto body = Hall::apply_map("p01", bytes_of(hall.verify(hall.a, "p01").body["reference"]));
    body["photo_warnings"] = list({text("mouth_open"), text("clothes_like_background")});
    body["flat_field"] = number(1085);
    REQUIRE(hall.ask(hall.a, {.type = "apply", .body = map(body), .application = Hall::id_of("p01"), .attempt = 1}).ok);
    const auto report = Json::parse(hall.central->report());
    const auto found = std::ranges::find_if(report["applications"], [](const auto& a) { return a["person"] == "p01"; });
    REQUIRE(found != report["applications"].end());
    CHECK((*found)["photo_warnings"] == "mouth_open clothes_like_background");
    CHECK((*found)["flat_field"] == 1085);
}

TEST_CASE("a small child's card needs no photograph, when a member of staff has looked; everybody else's does") {
    Hall hall;
    const auto without = [&](const std::string& who, bool staff, std::optional<Bytes> reference = {}) {
        auto body = Hall::apply_map(who, filled(16, 0));
        body["portrait"] = blob({});
        body["match"] = map({{"by", text(staff ? "staff" : "centre")}, {"reference", blob(reference.value_or(filled(16, 0)))}, {"staff", blob(staff ? filled(32, 5) : Bytes{})}});
        return hall.ask(hall.a, {.type = "apply", .body = map(body), .application = Hall::id_of(who), .attempt = 1});
    };
    CHECK(without("p01", true).code == "not_matched");
    CHECK(without("young", true).code == "not_matched");
    CHECK(without("small-child", false).code == "not_matched");
    CHECK(without("small-child", true, filled(16, 9)).code == "not_matched");
    const auto order = hall.order(without("small-child", true));
    CHECK(bytes_of(order["photo"]) == hash({}));
    const auto id = Hall::id_of("small-child");
    CHECK(hall.outcome(hall.a, id, 1, "not_started", "", {}).ok);
    const auto again = hall.resume(hall.b, "small-child", id, 0);
    REQUIRE(again.ok);
    CHECK(bytes_of(again.body["portrait"]).empty());
    // Seven on the day itself (16 August 2027, in Nanning).
    Hall later;
    later.now = 1'818'345'600;  // 2027-08-15 16:00 UTC
    auto body = Hall::apply_map("small-child", filled(16, 0));
    body["portrait"] = blob({});
    body["match"] = map({{"by", text("staff")}, {"reference", blob(filled(16, 0))}, {"staff", blob(filled(32, 5))}});
    const Say say{.type = "apply", .body = map(body), .application = id, .attempt = 1};
    CHECK(later.ask(later.a, say).code == "not_matched");
    later.now -= 1;
    CHECK(later.ask(later.a, say).ok);
}
