// The HTTP door on loopback: a round trip, its limits, the operators' door, and misbehaviour on purpose.
#include "sim/central/http_server.hpp"
#include "sim/central/operator_desk.hpp"
#include "tests/central/kiosk_side.hpp"

#include <chrono>
#include <thread>

using namespace kiosk_side;

namespace {

struct Door {
    Hall hall;
    std::unique_ptr<sim::HttpServer> server;
    Door() {
        auto started = sim::HttpServer::start({.token = "secret"}, {.kiosks = [this](View q) { return hall.central->handle(q); },
                                                                     .busy = [this](View q) {
                                                                         return sim::write_reply(q, "", false, sim::write_refused_body({sim::Refusal::busy, ""}), hall.now, hall.keys);
                                                                     },
                                                                     .operators = [this](const Json& c) { return sim::operate(*hall.central, c); }});
        REQUIRE_MESSAGE(started.has_value(), (started ? "" : started.error()));
        server = std::move(*started);
    }
    auto post(const Bytes& message, int seconds = 5, const std::string& type = "application/cbor") {
        return sim::http_post(server->port(), "/liqu/v1", std::string(reinterpret_cast<const char*>(message.data()), message.size()), type, seconds);
    }
    auto desk(Json command, const std::string& token = "secret") {
        command["token"] = token;
        return sim::http_post(server->port(), "/operator", command.dump(), "application/json", 5);
    }
};

Bytes bytes_of_body(const std::string& s) { return raw(s); }

}  // namespace

TEST_CASE("a request comes back over HTTP as from the core, a refusal also with 200") {
    Door door;
    const auto message = door.hall.message(door.hall.a, door.hall.apply_say(door.hall.a, "p01"));
    const auto answer = door.post(message);
    REQUIRE(answer.has_value());
    CHECK(answer->first == 200);
    CHECK(door.hall.order(door.hall.read(message, bytes_of_body(answer->second)))["attempt"] == 1);
    const auto rubbish = filled(100, 0xFF);
    const auto refused = door.post(rubbish);
    CHECK(refused->first == 200);
    CHECK(door.hall.read(rubbish, bytes_of_body(refused->second)).code == "malformed");
    CHECK(door.post(filled(262'145, 0x80))->first == 413);
    CHECK(door.post(message, 5, "text/plain")->first == 415);
    CHECK(sim::http_post(door.server->port(), "/", "", "text/plain", 5)->first == 404);
}

TEST_CASE("operators need the token; a report says what scenarios assert on") {
    Door door;
    CHECK(door.desk({{"command", "report"}}, "guess")->first == 403);
    const auto& card = door.hall.begun("p01", hex("450100d156000005000000000000a001"));
    const auto report = Json::parse(door.desk({{"command", "report"}})->second);
    CHECK(report["cards"].size() == 3);
    CHECK(report["cryptograms"] == 1);
    const auto attempts = report["attempts"];
    const auto found = std::ranges::find_if(attempts, [&](const Json& a) { return a["card_number"] == card; });
    REQUIRE(found != attempts.end());
    CHECK((*found)["chip"] == "450100d156000005000000000000a001");
    CHECK(door.hall.central->park(Hall::id_of("p01"), "doubt").has_value());
    CHECK(Json::parse(door.desk({{"command", "resolve"}, {"dispute", 1}, {"verdict", "void_card"}, {"names", {"A", "A"}}})->second).contains("error"));
    CHECK(Json::parse(door.desk({{"command", "resolve"}, {"dispute", 1}, {"verdict", "void_card"}, {"names", {"A", "B"}}})->second)["done"] == true);
    CHECK(Json::parse(door.desk({{"command", "enrol"}, {"kiosk", "c"}, {"key", "zz"}})->second).contains("error"));
    CHECK(Json::parse(door.desk({{"command", "enrol"}, {"kiosk", "c"}, {"key", std::string(64, '1')}})->second)["done"] == true);
    CHECK(Json::parse(door.desk({{"command", "dance"}})->second).contains("error"));
    for (const Json& odd : {Json(), Json(1), Json::array({1}), Json{{"command", 1}}, Json{{"command", "resolve"}, {"names", 5}, {"dispute", "x"}, {"verdict", "activate"}}})
        CHECK(sim::operate(*door.hall.central, odd).contains("error"));
}

TEST_CASE("misbehaviour on purpose: noise, a flood, a drip, a refusal, silence") {
    Door door;
    const auto message = door.hall.message(door.hall.a, {.type = "status", .body = map({{"application", blob(filled(16, 1))}})});
    CHECK(Json::parse(door.desk({{"command", "behave"}, {"word", "rubbish"}})->second)["done"] == true);
    CHECK(door.post(message)->second.size() == 4'096);
    CHECK(Json::parse(door.desk({{"command", "behave"}, {"word", "sulk"}})->second).contains("error"));
    door.server->behave(sim::Behaviour::refuse);
    CHECK(door.hall.read(message, bytes_of_body(door.post(message)->second)).code == "busy");
    door.server->behave(sim::Behaviour::unavailable);
    CHECK(door.post(message)->first == 503);
    door.server->behave(sim::Behaviour::huge);
    CHECK(door.post(message, 20)->second.size() == sim::huge_bytes);
    door.server->behave(sim::Behaviour::slow);
    CHECK_FALSE(door.post(message, 1).has_value());
    door.server->behave(sim::Behaviour::drip);
    const int port = door.server->port();
    const auto began = std::chrono::steady_clock::now();
    std::thread impatient([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        door.server.reset();  // also proves that a dripping answer does not hold the server's end
    });
    CHECK_FALSE(sim::http_post(port, "/liqu/v1", std::string(reinterpret_cast<const char*>(message.data()), message.size()), "application/cbor", 5).has_value());
    impatient.join();
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(8));
}
