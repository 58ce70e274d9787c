// Every kind of document at the centre: whose it is, who may speak for a child, who has to have looked; and each field of version 3 by itself.
#include "tests/central/kiosk_side.hpp"

using namespace kiosk_side;

namespace {
/// Applies for somebody, by staff where the child is small, with whatever a test changes.
Reply apply_with(Hall& hall, const std::string& key, const std::function<void(Map&)>& change) {
    const auto v = hall.verify(hall.a, key);
    REQUIRE(v.ok);
    auto body = Hall::apply_map(key, bytes_of(v.body["reference"]));
    change(body);
    return hall.ask(hall.a, {.type = "apply", .body = map(body), .application = Hall::id_of(key), .attempt = 1});
}
Bytes changed(const std::string& key, const std::string& field, const Bytes& value) {
    auto document = Hall::document_map(person(key));
    document[field] = value;
    return map(document);
}
Bytes as_guardian(const std::string& key) { return map({{"document", Hall::document(person(key))}, {"relation", text("father")}}); }
}  // namespace

TEST_CASE("each kind of document leads to a card, and the report says what stood behind it") {
    Hall hall;
    for (const std::string key : {"child", "hk-permit", "taiwan-permit", "residence-permit", "passport", "permanent-residence", "temporary-id"}) {
        CAPTURE(key);
        CHECK(hall.standing(key) == "none");
        const auto order = hall.order(hall.apply(hall.a, key));
        CHECK(order["face"]["name"] == person(key).name);
        CHECK(order["face"]["social_security_number"] == sim::social_security_number(person(key)));
        CHECK(hall.standing(key) == "pending_kiosk");
    }
    const auto report = Json::parse(hall.central->report());
    const auto row = [&](const std::string& key) { return *std::ranges::find_if(report["applications"], [&](const auto& a) { return a["person"] == key; }); };
    CHECK(row("child")["document"] == "household_register");
    CHECK(row("child")["evidence"] == "typed");
    CHECK(row("child")["guardian"] == "first-issue");
    CHECK(row("passport")["document"] == "passport");
    CHECK(row("passport")["evidence"] == "chip");
    CHECK(row("passport")["guardian"] == "");
}

TEST_CASE("document and register differ: name, birth, kind, state, number") {
    Hall hall;
    const auto refused = [&](const std::string& key, const std::string& field, const Bytes& value) {
        const auto reply = apply_with(hall, key, [&](Map& body) { body["document"] = changed(key, field, value); });
        CHECK(reply.detail == "document and register differ");
        return reply.code == "not_entitled";
    };
    CHECK(refused("passport", "name", text("CARTER EMILY")));
    CHECK(refused("passport", "birth", text("19920312")));
    CHECK(refused("passport", "kind", text("travel_permit")));
    CHECK(refused("passport", "nationality", text("IRL")));
    CHECK(refused("hk-permit", "kind", text("passport")));
    CHECK(hall.apply(hall.a, "passport").ok);
}

TEST_CASE("a child is spoken for by its own guardian, at every attempt") {
    Hall hall;
    const auto with = [&](const std::string& key, const Bytes& guardian) { return apply_with(hall, key, [&](Map& body) { body["guardian"] = guardian; }); };
    CHECK(with("child", null()).detail == "a guardian is missing");
    CHECK(with("child", as_guardian("p22")).detail == "the guardian is not this child's");
    CHECK(with("p01", as_guardian("first-issue")).detail == "a guardian of somebody who is 16 or older");
    auto other_name = person("first-issue");
    other_name.name = "黄晓";
    CHECK(with("child", map({{"document", Hall::document(other_name)}, {"relation", text("mother")}})).detail == "document and register differ");
    CHECK(with("child", map({{"document", Hall::document(person("child"))}, {"relation", text("mother")}})).code == "not_entitled");
    REQUIRE(hall.apply(hall.a, "child").ok);
    const auto id = Hall::id_of("child");
    REQUIRE(hall.outcome(hall.a, id, 1, "not_started", "", {}).ok);
    const auto alone = map({{"document", Hall::document(person("child"))}, {"guardian", null()}});
    CHECK(hall.ask(hall.b, {.type = "resume", .body = alone, .application = id}).detail == "a guardian is missing");
    CHECK(hall.resume(hall.b, "child", id, 0, 1).ok);
}

TEST_CASE("sixteen on the day itself: no household register, no guardian") {
    Hall hall;
    hall.now = 1'965'657'600;  // 2032-04-15 16:00 UTC: it is the 16th in Nanning
    const auto as_child = [&] { return apply_with(hall, "child", [](Map&) {}); };
    CHECK(as_child().ok);
    Hall later;
    later.now = 1'965'657'600 + 2 * 86'400;
    CHECK(apply_with(later, "child", [](Map&) {}).detail == "a household register is for persons under 16");
    const auto own_card = [&](const Bytes& guardian) {
        return apply_with(later, "child", [&](Map& body) {
            auto document = Hall::document_map(person("child"));
            document["kind"] = text("resident_id");
            document["evidence"] = text("chip");
            body["document"] = map(document);
            body["guardian"] = guardian;
        });
    };
    CHECK(own_card(Hall::guardian(person("child"))).code == "not_entitled");
    CHECK(own_card(null()).ok);
}

TEST_CASE("what no chip vouches for was looked at by somebody, and what was typed was photographed") {
    Hall hall;
    const auto nobody = [](Map& body) { body["checked_by"] = blob({}); };
    CHECK(apply_with(hall, "temporary-id", nobody).detail == "nobody has looked at the original");
    CHECK(apply_with(hall, "temporary-id", [](Map& body) { body["page"] = blob({}); }).detail == "the page of a typed document is missing");
    CHECK(apply_with(hall, "passport", [](Map& body) { body["document"] = changed("passport", "evidence", text("chip_unverified")); }).detail == "nobody has looked at the original");
    CHECK(apply_with(hall, "passport", [](Map& body) {
              body["document"] = changed("passport", "evidence", text("chip_unverified"));
              body["checked_by"] = blob(filled(32, 6));
          }).ok);
    CHECK(hall.apply(hall.a, "temporary-id").ok);
}

TEST_CASE("an older kiosk's application for a small child is taken as it was: a member of staff has looked") {
    Hall hall;
    auto body = Hall::apply_map("small-child", filled(16, 0));
    for (const auto* key : {"checked_by", "guardian", "page"}) body.erase(key);
    auto document = Hall::document_map(person("small-child"));
    for (const auto* key : {"evidence", "name_latin", "nationality", "pass_number"}) document.erase(key);
    body["document"] = map(document);
    body["portrait"] = blob({});
    body["match"] = map({{"by", text("staff")}, {"reference", blob(filled(16, 0))}, {"staff", blob(filled(32, 5))}});
    const Say say{.type = "apply", .body = map(body), .application = Hall::id_of("small-child"), .attempt = 1, .header = Map{{"v", number(2)}}};
    CHECK(hall.ask(hall.a, say).ok);
}

TEST_CASE("each new field: missing, of another type, of another size, beside its words") {
    Hall hall;
    const auto all = Hall::document_map(person("child"));
    const auto answer = [&](const Map& document) { return hall.ask(hall.a, {.type = "inquire", .body = map({{"document", map(document)}})}).code; };
    REQUIRE(answer(all).empty());
    for (const auto& [key, value] : all) {
        CAPTURE(key);
        auto other = all;
        other.erase(key);
        CHECK(answer(other) == "malformed");
        other[key] = list({});
        CHECK(answer(other) == "malformed");
        other[key] = text(std::string(300, 'A'));
        CHECK(answer(other) == "malformed");
    }
    const std::vector<std::pair<std::string, Bytes>> wrong = {
        {"evidence", text("seen")}, {"evidence", text("chip")}, {"kind", text("passport")}, {"kind", text("badge")}, {"nation", number(99)}, {"nationality", text("")}, {"nationality", text("chn")},
        {"number", text("")}, {"number", text("45010720160418-02")}, {"number", text(std::string(23, '1'))}, {"pass_number", text("h1")}, {"sex", number(3)}, {"valid_from", text("2020")},
    };
    for (const auto& [key, value] : wrong) {
        CAPTURE(key);
        auto other = all;
        other[key] = value;
        CHECK(answer(other) == "malformed");
    }
    const auto applied = [&](const std::string& key, std::optional<Bytes> value) {
        return apply_with(hall, "child", [&](Map& body) {
                   body.erase(key);
                   if (value) body[key] = *value;
               }).code;
    };
    const auto jpeg = Hall::portrait("x");
    const auto guardian_as = [](const Bytes& relation, bool more) {
        Map guardian = {{"document", Hall::document(person("first-issue"))}, {"relation", relation}};
        if (more) guardian["since"] = number(1);
        return map(guardian);
    };
    const std::vector<std::pair<std::string, std::optional<Bytes>>> bodies = {
        {"checked_by", {}}, {"checked_by", text("s01")}, {"checked_by", blob(filled(65, 1))}, {"page", {}}, {"page", null()}, {"page", blob(raw("GIF89a"))},
        {"page", blob(jpeg + filled(60'000, 0))}, {"guardian", {}}, {"guardian", text("mother")}, {"guardian", guardian_as(text("aunt"), false)}, {"guardian", guardian_as(number(1), false)},
        {"guardian", guardian_as(text("mother"), true)}, {"guardian", map({{"relation", text("mother")}})},
    };
    for (const auto& [key, value] : bodies) {
        CAPTURE(key);
        CHECK(applied(key, value) == "malformed");
    }
    const auto compared = [&](const Bytes& face, const std::string& format) {
        return hall.ask(hall.a, {.type = "verify", .body = map({{"number", text("1")}, {"portrait", blob(jpeg)}, {"face", face}, {"face_format", text(format)}})}).code;
    };
    CHECK(compared(blob(filled(65'536, 1)), "jpeg2000").empty());
    CHECK(compared(blob(filled(65'537, 1)), "jpeg2000") == "malformed");
    CHECK(compared(blob(filled(9, 1)), "png") == "malformed");
    CHECK(compared(blob(filled(9, 1)), "none") == "malformed");
    CHECK(compared(blob({}), "wlt") == "malformed");
    CHECK(compared(text("face"), "jpeg") == "malformed");
}
