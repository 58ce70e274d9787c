// Strictness: what is not exactly the contract is refused, signed, and changes nothing.
#include "tests/central/kiosk_side.hpp"

using namespace kiosk_side;

TEST_CASE("CBOR outside the contract's subset is refused") {
    const std::map<std::string, std::string> broken = {
        {"", "cut off"},
        {"1817", "not the shortest form"},
        {"1900ff", "not the shortest form"},
        {"1a0000ffff", "not the shortest form"},
        {"1b00000000ffffffff", "not the shortest form"},
        {"5803414243", "not the shortest form"},
        {"19ff", "cut off"},
        {"20", "negative integer"},
        {"5f41414140ff", "indefinite length"},
        {"9f01ff", "indefinite length"},
        {"bf616101ff", "indefinite length"},
        {"c101", "tag"},
        {"f93c00", "float or simple value"},
        {"fb3ff0000000000000", "float or simple value"},
        {"f7", "float or simple value"},
        {"f0", "float or simple value"},
        {"1c", "reserved"},
        {"0102", "bytes after the end"},
        {"8301", "count larger than the message"},
        {"820101ff", "bytes after the end"},
        {"9bffffffffffffffff", "count larger than the message"},
        {"bbffffffffffffffff", "count larger than the message"},
        {"5bffffffffffffffff", "string longer than the message"},
        {"7a7fffffff", "string longer than the message"},
        {"a2616201616101", "keys not ascending"},
        {"a2616101616102", "keys not ascending"},
        {"a10101", "key is not text"},
        {"a1416101", "key is not text"},
        {"61ff", "text is not UTF-8"},
        {"62c080", "text is not UTF-8"},
        {"63eda080", "text is not UTF-8"},
        {"64f4908080", "text is not UTF-8"},
        {"818181818181818181" "01", "nested too deeply"},
    };
    for (const auto& [bytes, why] : broken) {
        CAPTURE(bytes);
        const auto checked = sim::cbor::check(hex(bytes));
        REQUIRE_FALSE(checked.has_value());
        CHECK(checked.error().starts_with(why));
        CHECK_FALSE(sim::cbor::read(hex(bytes)).has_value());
    }
    CHECK(sim::cbor::check(hex("8181818181818181" "01")).has_value());  // as deep as allowed
    const auto value = sim::cbor::read(map({{"a", number(70'000)}, {"aa", text("𠮷")}, {"b", list({blob(filled(300, 9)), null()})}}));
    REQUIRE(value.has_value());
    CHECK((*value)["a"] == 70'000u);
    CHECK(bytes_of((*value)["b"][0]).size() == 300);
    CHECK_FALSE(sim::cbor::check(Bytes(sim::cbor::max_bytes + 1)).has_value());
    CHECK_FALSE(sim::cbor::check(filled(sim::cbor::max_bytes, 0x81)).has_value());  // 262,144 arrays in each other
}

TEST_CASE("encoded values are what an encoder of its own writes") {
    const sim::cbor::Json value = {{"n", 4'294'967'296u}, {"k", "键"}, {"b", sim::cbor::bstr(filled(24, 5))}, {"l", {1u, true, nullptr}}};
    CHECK(sim::cbor::write(value) ==
          map({{"b", blob(filled(24, 5))}, {"k", text("键")}, {"l", list({number(1), hex("f5"), null()})}, {"n", number(4'294'967'296)}}));
}

TEST_CASE("headers that do not fit are malformed, whoever signed them") {
    Hall hall;
    const auto good = map({{"document", Hall::document(person("p01"))}});
    const std::vector<Map> wrong = {
        {{"v", number(4)}}, {{"v", number(0)}}, {{"type", text("steal")}},      {{"nonce", blob(filled(15, 1))}}, {{"attempt", number(100)}},
        {{"step", number(65'536)}},  {{"kiosk", text("")}},          {{"kiosk", text(std::string(33, 'k'))}},
        {{"extra", number(1)}},      {{"application", blob(filled(15, 1))}}, {{"expires", text("soon")}}, {{"sent", blob({})}},
        {{"type", text("hello")}, {"step", number(1)}}, {{"type", text("apply")}}, {{"type", text("personalise")}, {"application", blob(filled(16, 1))}},
    };
    for (const auto& header : wrong) {
        CAPTURE(header.begin()->first);
        CHECK(hall.ask(hall.a, {.type = "inquire", .body = good, .header = header}).code == "malformed");
    }
    CHECK(hall.ask(hall.a, {.type = "inquire", .body = good}).ok);
}

TEST_CASE("bodies that do not fit their type are malformed and change nothing") {
    Hall hall;
    const auto reference = bytes_of(hall.verify(hall.a, "p01").body["reference"]);
    const auto with = [&](const std::string& key, const Bytes& value) {
        auto body = Hall::apply_map("p01", reference);
        body[key] = value;
        return map(body);
    };
    auto document = Hall::document(person("p01"));
    auto unborn = person("p01");
    unborn.birth = "1990May1";
    auto nameless = person("p01");
    nameless.name.clear();
    auto missing = Hall::apply_map("p01", reference);
    missing.erase("rules");
    const std::vector<Bytes> wrong = {
        {}, hex("80"), map({}), map(missing), with("extra", number(1)), with("mobile", text("1380000000a")), with("mobile", text("138")),
        with("portrait", blob(raw("GIF89a"))), with("portrait", blob(Bytes{std::byte{0xFF}, std::byte{0xD8}, std::byte{0xFF}} + filled(65'536, 0))),
        with("rules", blob(filled(31, 1))), with("signature", list({})), with("signature", list({list({})})),
        with("signature", list({list({list({number(4096), number(0), number(0)})})})), with("signature", list({list({list({number(1), number(1)})})})),
        with("consents", list({Hall::consent("everything")})), with("document", Hall::document(unborn)), with("document", Hall::document(nameless)),
        with("document", document + number(1)), with("match", map({{"by", text("nobody")}, {"reference", blob(reference)}, {"staff", blob({})}})),
        with("bank", number(1)), hex("a1"), with("portrait", hex("5f") ),
        with("flat_field", number(999)), with("flat_field", number(10'000)), with("flat_field", text("1.1")), with("photo_warnings", number(1)),
        with("photo_warnings", list({text("too_far")})), with("photo_warnings", list({text("mouth_open"), text("mouth_open")})), with("photo_warnings", list({number(1)})),
    };
    for (std::size_t i = 0; i < wrong.size(); ++i) {
        CAPTURE(i);
        const auto reply = hall.ask(hall.a, {.type = "apply", .body = wrong[i], .application = Hall::id_of("p01"), .attempt = 1});
        CHECK(reply.code == "malformed");
        CHECK(reply.type == "apply");
        CHECK(reply.detail.find(person("p01").number) == std::string::npos);
    }
    CHECK(hall.central->attempts().size() == 2);  // the two begun elsewhere
    CHECK(hall.ask(hall.a, {.type = "apply", .body = map(Hall::apply_map("p01", reference)), .application = Hall::id_of("p01"), .attempt = 1}).ok);
}

TEST_CASE("any bytes get a signed refusal") {
    Hall hall;
    const auto say = hall.apply_say(hall.a, "p01");
    const auto message = hall.message(hall.a, say);
    CHECK(hall.send({}).code == "malformed");
    CHECK(hall.send(filled(sim::cbor::max_bytes + 1, 0x80)).code == "malformed");
    CHECK(hall.send(filled(100'000, 0x81)).code == "malformed");
    // Every byte of the envelope, one bit each: nothing is obeyed.
    for (std::size_t i = 0; i < message.size(); ++i) {
        auto bent = message;
        bent[i] ^= std::byte(1u << (i % 8));
        const auto reply = hall.send(bent);
        CAPTURE(i);
        REQUIRE_FALSE(reply.ok);
        const bool expected = reply.code == "malformed" || reply.code == "forged" || reply.code == "not_enrolled";
        REQUIRE(expected);
    }
    for (std::size_t i = 0; i < message.size(); i += 7) REQUIRE_FALSE(hall.send(Bytes(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(i))).ok);
    CHECK(hall.central->attempts().size() == 2);
    CHECK(hall.send(message).ok);
}
