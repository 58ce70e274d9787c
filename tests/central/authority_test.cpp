// Who may speak, and how often the same thing.
#include "tests/central/kiosk_side.hpp"

#include <filesystem>

using namespace kiosk_side;

TEST_CASE("forged, unknown, late and replayed messages are refused") {
    Hall hall;
    const auto body = map({{"document", Hall::document(person("p01"))}});
    Kiosk stranger("stranger");
    CHECK(hall.ask(stranger, {.type = "inquire", .body = body}).code == "not_enrolled");
    Kiosk thief("thief");
    thief.id = "a";
    CHECK(hall.ask(thief, {.type = "inquire", .body = body}).code == "forged");
    CHECK(hall.ask(hall.a, {.type = "inquire", .body = body, .domain = "liqu reply 1"}).code == "forged");
    CHECK(hall.ask(hall.a, {.type = "inquire", .body = body, .lives = -1}).code == "expired");
    CHECK(hall.ask(hall.a, {.type = "inquire", .body = body, .lives = 86'401}).code == "malformed");

    const auto message = hall.message(hall.a, {.type = "inquire", .body = body});
    CHECK(hall.send(message).ok);
    CHECK(hall.send(message).code == "replayed");
    hall.now += 61;
    CHECK(hall.send(message).code == "expired");
    CHECK(hall.ask(hall.a, {.type = "inquire", .body = body, .nonce = filled(16, 9)}).ok);
    CHECK(hall.ask(hall.b, {.type = "inquire", .body = body, .nonce = filled(16, 9)}).ok);  // nonces are each kiosk's own
    CHECK(hall.central->refusals() == std::map<std::string, int>{{"expired", 2}, {"forged", 2}, {"malformed", 1}, {"not_enrolled", 1}, {"replayed", 1}});
}

TEST_CASE("a body sealed to somebody else is not opened") {
    Hall hall;
    auto other = hall.keys;
    std::array<unsigned char, 32> seed{};
    other = sim::CentralKeys::from_seed(seed);
    const auto real = hall.keys;
    hall.keys.seal_public = other.seal_public;
    const auto message = hall.message(hall.a, {.type = "inquire", .body = map({{"document", Hall::document(person("p01"))}})});
    hall.keys = real;
    CHECK(hall.send(message).code == "malformed");
}

TEST_CASE("the same message gives the same bytes; the same key with another body is refused") {
    Hall hall;
    const auto say = hall.apply_say(hall.a, "p01");
    const auto message = hall.message(hall.a, say);
    const auto first = hall.send(message);
    REQUIRE(first.ok);
    hall.now += 30;
    CHECK(hall.send(message).message == first.message);

    const auto anew = hall.ask(hall.a, say);  // sealed and signed again: another message, the same answer
    CHECK(anew.ok);
    CHECK(anew.body == first.body);
    CHECK(anew.message != first.message);
    auto by_another_step = say;
    by_another_step.step = 1;
    CHECK(hall.ask(hall.a, by_another_step).body["order"] == first.body["order"]);

    auto changed = say;
    auto form = Hall::apply_map("p01", filled(16, 0));
    form["mobile"] = text("13900000000");
    changed.body = map(form);
    CHECK(hall.ask(hall.a, changed).code == "payload_changed");
    changed.step = 7;
    CHECK(hall.ask(hall.a, changed).code == "payload_changed");
    CHECK(hall.ask(hall.b, say).code == "foreign_kiosk");
    CHECK(hall.central->attempts().size() == 3);
}

TEST_CASE("a refusal is not remembered: the same question may be asked again") {
    Hall hall;
    const auto made = hall.order(hall.apply(hall.a, "p01"));
    CHECK(hall.resume(hall.b, "p01", Hall::id_of("p01"), 1).code == "leased_elsewhere");
    CHECK(hall.outcome(hall.a, Hall::id_of("p01"), 1, "not_started", made["card_number"], {}).body["result"] == "accepted");
    CHECK(hall.resume(hall.b, "p01", Hall::id_of("p01"), 1).ok);
}

TEST_CASE("everything is in the file: a restarted centre knows what it said") {
    const auto file = (std::filesystem::temp_directory_path() / "liqu_central_test.sqlite").string();
    for (const char* end : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(file + end);
    {
        Hall hall(file);
        const auto say = hall.apply_say(hall.a, "p01");
        const auto message = hall.message(hall.a, say);
        const auto first = hall.send(message);
        const auto read_only = hall.message(hall.a, {.type = "status", .body = map({{"application", blob(Hall::id_of("p01"))}})});
        CHECK(hall.send(read_only).body["state"] == "leased");
        const auto before = hall.central->report();
        // One connection: nobody else opens the file while the centre lives.
        sim::CentralSetup second;
        second.keys = hall.keys;
        second.people = people();
        second.database = file;
        second.now = [] { return std::int64_t{0}; };
        second.random = [](std::span<std::byte>) {};
        CHECK_FALSE(sim::Central::create(second).has_value());
        hall.open();
        CHECK(hall.send(message).message == first.message);
        CHECK(hall.send(read_only).code == "replayed");
        CHECK(Json::parse(hall.central->report())["attempts"] == Json::parse(before)["attempts"]);

        // Dies after the commit of an apply, before its answer: the resent message is answered as if nothing had happened.
        struct Death {};
        bool dying = true;
        hall.committed = [&](std::string_view type) {
            if (type == "apply" && dying) throw Death{};
        };
        hall.open();
        const auto lost = hall.message(hall.a, hall.apply_say(hall.a, "p02"));
        CHECK(hall.central->handle(lost).empty());
        dying = false;
        hall.open();
        CHECK(hall.order(hall.send(lost))["attempt"] == 1);
        CHECK(hall.central->attempts().size() == 4);
    }
    std::filesystem::remove(file);
}

TEST_CASE("hello: a ledger that went back is noticed and stays closed until two people accept it") {
    Hall hall;
    const auto hello = [&](unsigned count, unsigned head, unsigned epoch = 1, std::int64_t sent_offset = 0) {
        const auto body = map({{"audit_count", number(count)}, {"audit_head", blob(filled(32, head))}, {"build", text("test")}, {"ledger_epoch", blob(filled(16, epoch))},
                               {"path", text("open")}, {"supplies", map({{"bin_room", number(25)}, {"hoppers", list({map({{"bank", text("bank_a")}, {"count", number(9)}})})},
                                                                         {"ribbon", number(200)}})}});
        const auto reply = hall.ask(hall.a, {.type = "hello", .body = body, .header = Map{{"sent", number(static_cast<std::uint64_t>(hall.now + sent_offset))}}});
        REQUIRE_MESSAGE(reply.ok, reply.detail);
        return reply.body;
    };
    const auto first = hello(10, 1);
    CHECK(first["ledger"] == "new");
    CHECK(first["presence"] == 30);
    CHECK(first["banks"][0]["id"] == "bank_a");
    CHECK(first["banks"][0]["bins"][0] == "620101");
    hall.now += 60;
    CHECK(hello(10, 1)["ledger"] == "known");
    CHECK(hello(20, 2)["ledger"] == "known");
    CHECK(hello(10, 1, 1, -60)["ledger"] == "known");     // overtaken on its way
    SUBCASE("an older head") { CHECK(hello(10, 1, 1, 1)["ledger"] == "restored"); }
    SUBCASE("an older head that was never reported") { CHECK(hello(15, 9, 1, -60)["ledger"] == "restored"); }
    SUBCASE("another head at the same length") { CHECK(hello(20, 3)["ledger"] == "restored"); }
    SUBCASE("another ledger") { CHECK(hello(1, 1, 2)["ledger"] == "restored"); }
    CHECK(hello(30, 4)["ledger"] == "restored");  // growing past the known length does not heal it
    CHECK(hall.central->kiosks()[0].ledger == "restored");
    CHECK_FALSE(hall.central->accept_ledger("a", "Wei", "Wei").has_value());
    CHECK(hall.central->accept_ledger("a", "Wei", "Qin").has_value());
    CHECK(hello(30, 4)["ledger"] == "new");
    CHECK(hello(31, 5)["ledger"] == "known");
}
