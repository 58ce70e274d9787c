// What a batch may say, whose it must be, and what becomes of a card whose batches are not right.
#include "kiosk/card_path/relay.hpp"
#include "tests/kiosk/card_path/rig.hpp"

using namespace card_path_test;

namespace {
const std::string ssse = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF", acse = "00A4040006D15600000506", date = "00DC052806050420260101";

BatchStep step_of(const std::string& apdu, bool commit = false, std::vector<std::string> allowed = {"9000"}) {
    BatchStep step;
    step.number = 1;
    step.apdu = *drivers::from_hex(apdu);
    step.limit = 1000ms;
    step.commit = commit;
    for (const auto& text : allowed) step.allowed.push_back(*StatusPattern::parse(text));
    return step;
}
/// Empty: allowed. `before`: what was selected earlier in the batch.
std::string broken(const std::string& apdu, bool commit, std::vector<std::string> before, std::vector<std::string> allowed = {"9000"}) {
    Selected selected;
    for (const auto& earlier : before) REQUIRE(may_send(step_of(earlier), selected));
    const auto may = may_send(step_of(apdu, commit, std::move(allowed)), selected);
    return may ? "" : may.error().detail;
}
const std::vector<std::string> in_ssse{ssse}, in_ef05{ssse, "00A4020002EF05"}, in_acse{acse}, in_ef15{acse, "00A4020002EF15"};
}  // namespace

TEST_CASE("the allow-list: what a personalisation says") {
    CHECK(broken(ssse, false, {}) == "");
    CHECK(broken(acse, false, in_ef05) == "");
    CHECK(broken("00A4020002EF06", false, in_ssse) == "");
    CHECK(broken("00A4020002EF18", false, in_acse) == "");
    CHECK(broken("0084000008", false, {}) == "");
    CHECK(broken("0088000010" + std::string(32, '1') + "08", false, {}) == "");
    CHECK(broken("0082000A10" + std::string(32, '1'), false, in_ssse) == "");
    CHECK(broken("0082001210" + std::string(32, '1'), false, in_acse) == "");
    CHECK(broken("00B2010012", false, in_ef05) == "");
    CHECK(broken("00B2052806", false, in_ssse) == "");
    CHECK(broken(date, true, in_ssse) == "");
    CHECK(broken("00DC050006050420260101", true, in_ef05) == "");
    CHECK(broken("00B00000E0", false, in_ef15) == "");
    CHECK(broken("00D600E002AABB", true, in_ef15) == "");
}

TEST_CASE("the allow-list: class, instruction, parameters, file, length, each broken alone") {
    struct Bad {
        const char* what;
        std::string apdu;
        bool commit;
        std::vector<std::string> before;
        std::vector<std::string> allowed = {"9000"};
    };
    const std::string sixteen(32, '1');
    const Bad bad[] = {
        {"no command", "00A404", false, {}},
        {"no command", "0084000002FFFFFFFF", false, {}},
        {"class", "8084000008", false, {}},
        {"class", "84240001" "0C" + std::string(24, '1'), true, in_ssse},
        {"instruction", "00200000" "03123456", false, in_ssse},  // the PIN is the person's
        {"instruction", "00E00000" "02EF05", true, in_ssse},
        {"instruction", "00C0000010", false, in_ssse},
        {"SELECT: neither SSSE nor ACSE", "00A4040008A000000333010101", false, {}},
        {"SELECT: P1 P2 or length", "00A4000002EF05", false, in_ssse},
        {"SELECT: not a file of the directory", "00A4020002EF07", false, in_ssse},
        {"SELECT: not a file of the directory", "00A4020002EF05", false, in_acse},
        {"SELECT: not a file of the directory", "00A4020002EF05", false, {}},
        {"SELECT: only 9000 may be allowed", "00A4020002EF05", false, in_ssse, {"9000", "6A82"}},
        {"SELECT: only 9000 may be allowed", "00A4020002EF05", false, in_ssse, {"****"}},
        {"GET CHALLENGE: P1 P2 or length", "0084000010", false, {}},
        {"INTERNAL AUTHENTICATE: P1 P2 or length", "0088000008" + sixteen.substr(16), false, {}},
        {"EXTERNAL AUTHENTICATE: key or length", "0082001010" + sixteen, false, in_ssse},
        {"EXTERNAL AUTHENTICATE: key or length", "0082001208" + sixteen.substr(16), false, in_ssse},
        {"READ RECORD: file, tag or length", "00B2010012", false, in_ssse},
        {"READ RECORD: file, tag or length", "00B2013812", false, in_ssse},
        {"READ RECORD: file, tag or length", "00B2012812", false, in_acse},
        {"UPDATE RECORD: not a record that an order may write", "00DC0128120110" + sixteen, true, in_ssse},
        {"UPDATE RECORD: not a record that an order may write", "00DC0528070505" "2026010100", true, in_ssse},
        {"UPDATE RECORD: tag or length inside", "00DC0528060604" "20260101", true, in_ssse},
        {"UPDATE RECORD: tag or length inside", "00DC0528060505" "20260101", true, in_ssse},
        {"UPDATE RECORD: file or length", date, true, {}},
        {"UPDATE RECORD: file or length", date, true, in_acse},
        {"UPDATE RECORD: file or length", "00DC053806050420260101", true, in_ssse},
        {"UPDATE RECORD: a commit step with 9000 alone is wanted", date, false, in_ssse},
        {"UPDATE RECORD: a commit step with 9000 alone is wanted", date, true, in_ssse, {"9000", "6581"}},
        {"READ BINARY: no certificate file selected", "00B0000010", false, in_ef05},
        {"READ BINARY: offset or length", "00B007F011", false, in_ef15},
        {"READ BINARY: offset or length", "00B0850010", false, in_ef15},
        {"UPDATE BINARY: no certificate file selected", "00D6000001AA", true, in_acse},
        {"UPDATE BINARY: no certificate file selected", "00D6000001AA", true, {acse, "00A4020002EF18"}},
        {"UPDATE BINARY: no certificate file selected", "00D6000001AA", true, in_ef05},
        {"UPDATE BINARY: offset or length", "00D607FF02AABB", true, in_ef15},
        {"UPDATE BINARY: a commit step with 9000 alone is wanted", "00D6000001AA", false, in_ef15},
    };
    for (const auto& b : bad) {
        CAPTURE(b.apdu);
        const auto said = broken(b.apdu, b.commit, b.before, b.allowed);
        CHECK(said == std::string("batch step 1: not allowed: ") + b.what);
    }
}

TEST_CASE("status patterns") {
    CHECK(StatusPattern::parse("63C*")->fits(0x63C2));
    CHECK_FALSE(StatusPattern::parse("63C*")->fits(0x63D2));
    CHECK(StatusPattern::parse("****")->fits(0xFFFF));
    for (const auto* text : {"", "900", "90000", "9g00", "63c*"}) CHECK_FALSE(StatusPattern::parse(text));
}

TEST_CASE("batches that are not right are not run: the card is spoiled, nothing was written into it, the next one is made") {
    struct Wrong {
        const char* name;
        FaultCode fault;
        int seq;  ///< the batch that is wrong
        std::function<void(json&)> alters{}, forges{};
    };
    const auto flip = [](json& bytes) { bytes.get_binary().back() ^= 1; };
    const Wrong wrongs[] = {
        {"tampered", FaultCode::centre_signature, 2, {}, [flip](json& reply) { flip(reply["batch"]); }},
        {"another's signature", FaultCode::centre_signature, 1, {}, [flip](json& reply) { flip(reply["batch_signature"]); }},
        {"another application's", FaultCode::order_foreign, 2, [flip](json& b) { flip(b["job"]["application"]); }},
        {"another attempt's", FaultCode::order_foreign, 2, [](json& b) { b["job"]["attempt"] = 2u; }},
        {"another kiosk's", FaultCode::order_foreign, 1, [](json& b) { b["job"]["kiosk"] = "k-other"; }},
        {"a gap in the sequence", FaultCode::order_foreign, 2, [](json& b) { b["seq"] = 3u; }},
        {"answers another report", FaultCode::order_foreign, 2, [flip](json& b) { flip(b["prev"]); }},
        {"another ATR", FaultCode::chip_mismatch, 1, [flip](json& b) { flip(b["card"]["atr"]); }},
        {"another chip", FaultCode::chip_mismatch, 2, [flip](json& b) { flip(b["card"]["chip"]); }},
        {"not allowed", FaultCode::centre_refused, 2, [](json& b) { b["steps"][1]["c"] = FakeCentre::bin(*drivers::from_hex("0020000003123456")); }},
        {"writes without a commit", FaultCode::centre_refused, 2, [](json& b) { b["steps"][1].erase("commit"); }},
        {"no step", FaultCode::centre_garbage, 1, [](json& b) { b["steps"] = json::array(); }},
        {"too many steps", FaultCode::centre_garbage, 1, [](json& b) {
             for (unsigned n = 4; n <= 65; ++n) b["steps"].push_back(FakeCentre::step(n, "0084000008"));
         }},
        {"steps out of order", FaultCode::centre_garbage, 1, [](json& b) { b["steps"][1]["n"] = 3u; }},
        {"too long a limit", FaultCode::centre_garbage, 1, [](json& b) { b["steps"][1]["t"] = 10'001u; }},
        {"too long altogether", FaultCode::centre_garbage, 1, [](json& b) {
             for (unsigned n = 4; n <= 30; ++n) b["steps"].push_back(FakeCentre::step(n, "0084000008")), b["steps"].back()["t"] = 10'000u;
         }},
    };
    for (const auto& wrong : wrongs) {
        CAPTURE(wrong.name);
        Hall hall;
        const auto when = [&](const std::function<void(json&)>& change) -> std::function<void(json&)> {
            if (!change) return {};
            return [&hall, &wrong, &change](json& value) {
                if (hall.heard.steps.back() == wrong.seq) change(value);
            };
        };
        hall.heard.alters = when(wrong.alters);
        hall.heard.forges = when(wrong.forges);
        hall.open();
        const auto ticket = hall.make(1);
        REQUIRE(ticket->end.ready());
        REQUIRE(ticket->end.peek().fault);
        CHECK(ticket->end.peek().outcome == CardOutcome::spoiled);
        CHECK(ticket->end.peek().fault->code == wrong.fault);
        CHECK_FALSE(hall.machine.bin.at(0)->chip->records.contains({0xEF05, 0x07}));
        hall.agree();
        hall.heard.alters = hall.heard.forges = nullptr;
        hall.life->presence.witnessed();
        CHECK(hall.make(2)->end.peek().outcome == CardOutcome::issued);
        hall.agree();
    }
}

TEST_CASE("a batch of before, sent again, is not run") {
    Hall hall;
    std::optional<json> first;
    hall.heard.forges = [&](json& reply) {
        if (!first) first = reply;
        else reply = *first;
    };
    hall.open();
    const auto ticket = hall.make(1);
    CHECK(ticket->end.peek().outcome == CardOutcome::spoiled);
    CHECK(ticket->end.peek().fault->code == FaultCode::order_foreign);
    hall.agree();
}

TEST_CASE("an expired batch is not run but reported, a few times; then the card is spoiled") {
    for (const int times : {2, 9}) {
        Hall hall;
        int left = times;
        hall.heard.alters = [&](json& batch) {
            if (left-- > 0) batch["exp"] = static_cast<std::uint64_t>(hall.life->now());
        };
        hall.open();
        const auto ticket = hall.make(1);
        REQUIRE(ticket->end.ready());
        CHECK(ticket->end.peek().outcome == (times == 2 ? CardOutcome::issued : CardOutcome::spoiled));
        CHECK(hall.heard.reports.at(0).at("flags") == json::array({"expired"}));
        CHECK(hall.heard.reports.at(0).at("steps").empty());
        hall.agree();
    }
}

TEST_CASE("only what was asked for is reported; a refused step ends the batch and its answer decides what follows") {
    Hall hall;
    hall.open();
    CHECK(hall.make(1)->end.peek().outcome == CardOutcome::issued);
    REQUIRE(hall.heard.reports.size() == 2);
    const auto& opened = hall.heard.reports[0].at("steps");
    CHECK_FALSE(opened.at(0).contains("captured"));
    CHECK(opened.at(1).at("captured").get_binary().size() == 8);
    for (const auto& step : hall.heard.reports[1].at("steps")) CHECK_FALSE(step.contains("captured"));

    // Refused once with a word that begins again: the chip forgot that it was opened.
    Hall again;
    int dips = 1;
    again.life->reader.fate = [&](View apdu) {
        if (drivers::u8(apdu[1]) == 0xDC && dips-- > 0) again.life->reader.chip()->authenticated = false;
        return FakeReader::Fate::answers;
    };
    again.open();
    CHECK(again.make(1)->end.peek().outcome == CardOutcome::issued);
    CHECK(again.heard.steps == std::vector<int>{1, 2, 3, 4, 5});
    CHECK(again.heard.reports.at(1).at("steps").back().at("sw") == 0x6982);
    again.agree();

    // A centre that never ends.
    Hall endless;
    endless.life->reader.fate = [&](View apdu) {
        if (drivers::u8(apdu[1]) == 0xDC) endless.life->reader.chip()->authenticated = false;
        return FakeReader::Fate::answers;
    };
    endless.open();
    const auto ticket = endless.make(1);
    CHECK(ticket->end.peek().outcome == CardOutcome::spoiled);
    CHECK(*ticket->end.peek().fault == Fault{FaultCode::chip_refused, "batch step 2"});  // redacted: its number, and nothing else
    CHECK(endless.heard.steps.size() <= 2 * (1 + 4) + 1);
    endless.agree();
}

TEST_CASE("a verdict that rejects the card, and one that comes before anything was written") {
    for (const bool reject : {true, false}) {
        Hall hall;
        hall.heard.forges = [&](json& reply) { reply = json{{"reason", "read-back"}, {"verdict", reject ? "reject_card" : "personalised"}}; };
        hall.open();
        const auto ticket = hall.make(1);
        REQUIRE(ticket->end.ready());
        CHECK(ticket->end.peek().outcome == CardOutcome::spoiled);
        CHECK(ticket->end.peek().fault->code == (reject ? FaultCode::chip_mismatch : FaultCode::centre_refused));
        hall.agree();
    }
}
