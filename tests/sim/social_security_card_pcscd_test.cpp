// The social security card through the distribution's pcscd: opensc-tool, which nobody here wrote, sends the documented commands to the model of each generation; then
// liqu-ctl card read, verify and apdu as a technician types them.
#include "tests/sim/card_hall.hpp"
#include "tests/sim/card_talk.hpp"

#include "drivers/ss_card/ss_card.hpp"

#include <nlohmann/json.hpp>
#include <poll.h>
#include <pty.h>
#include <sstream>

namespace {
using namespace card_hall;
using nlohmann::json;
using talk::Centre;

constexpr double quick = 50;  ///< times faster than chips are

struct Exchange {
    std::string command, answer;  ///< hexadecimal; the answer with its status word
};

std::string with_colons(const std::string& hex) {
    std::string out;
    for (std::size_t i = 0; i < hex.size(); i += 2) out += (i ? ":" : "") + hex.substr(i, 2);
    return out;
}

/// What opensc-tool received, in one connection: data and status word of each command, hexadecimal.
std::vector<std::string> received(const std::vector<Exchange>& exchanges) {
    std::string command = "opensc-tool -r '" + std::string(chip_reader) + "' -c default";
    for (const auto& e : exchanges) command += " -s " + with_colons(e.command);
    std::istringstream lines(run(command));
    std::vector<std::string> out;
    std::string line, data;
    const auto word = [](const std::string& text, const char* after) {
        const auto at = text.find(after);
        return at == std::string::npos ? std::string() : text.substr(at + 6, 2);
    };
    while (std::getline(lines, line)) {
        if (line.find("SW1=") != std::string::npos) {
            out.push_back("|" + word(line, "SW1=0x") + word(line, "SW2=0x"));
        } else if (!out.empty() && line.size() > 3 && line[2] == ' ') {
            // "05 04 20 26 11 01 .. &..": each byte as a pair, then each as a character; from an answer's second line on the characters stand in column 48
            constexpr std::size_t column = 48;
            const auto end = out.back().find('|');
            const std::size_t count = end == 0 ? line.size() / 4 : line.size() > column ? line.size() - column : 0;
            std::string hex;
            for (std::size_t i = 0; i < count; ++i) hex += line.substr(3 * i, 2);
            out.back().insert(end, hex);
        }
    }
    for (auto& text : out) text.erase(text.find('|'), 1);
    return out;
}

void put_person(SocialSecurityCard& card) {
    card.records[{0xEF05, 0x05}] = talk::bytes("20261101");
    card.records[{0xEF05, 0x07}] = talk::bytes("583030303030303139");
    card.records[{0xEF06, 0x08}] = talk::bytes("343530313033313939323032323931323231");
    card.records[{0xEF06, 0x09}] = drivers::an_value("韦小晴", 30).value();
    card.records[{0xEF06, 0x0D}] = talk::bytes("19920229");
}

/// The documented table for one card. Its challenges are foreseen by a twin, since opensc-tool cannot compute a cryptogram.
std::vector<Exchange> documented(CardGeneration generation, CardAlgorithm algorithm) {
    auto twin = talk::blank(generation, algorithm);
    const auto first = talk::hex(talk::challenge(twin)), second = talk::hex(talk::challenge(twin)), third = talk::hex(talk::challenge(twin)), fourth = talk::hex(talk::challenge(twin));
    const Centre centre{algorithm};
    const bool old = generation != CardGeneration::v3_00, silent = generation == CardGeneration::v1_00 && algorithm == CardAlgorithm::triple_des;
    const std::string version = fmt::format("3{}2E3030", static_cast<int>(generation) + 1);
    const auto proof = [&](int kid, const std::string& process, const std::string& original) { return centre.cryptogram(kid, talk::bytes(process), talk::bytes(original)); };
    const std::string name = "7378312E73682EC9E7BBE1B1A3D5CF";
    return {
        {"00A404000F" + name + "00", (silent ? "6F11840F" + name : "6F19840F" + name + "A5069F0C038601" + fmt::format("{:02X}", static_cast<int>(algorithm))) + "9000"},
        {"00A4020002EF05", "9000"},
        {"00B2010012", "0110450100D15600000500A1B2C35E6F70819000"},
        {"00B2030006", "0304" + version + "9000"},
        {"00B207000B", "07095830303030303031399000"},
        {"00B2050006", old ? "0504202611019000" : "6982"},
        {"00B20D3006", old ? "0D04199202299000" : "6982"},
        {"00880000101122334455667788AABBCCDDEEFF001108", talk::hex(centre.proof(irk_ssse, talk::bytes("1122334455667788"), talk::bytes("AABBCCDDEEFF0011"))) + "9000"},
        {"0084000008", first + "9000"},
        {"0084000008", second + "9000"},
        {"0082000A10" + proof(rk_ssse, second, first), "9000"},
        {"00B2052806", "0504202611019000"},
        {"00B20D3006", "0D04199202299000"},
        {"00DC0528060504" "20301231", "6982"},
        {"0084000008", third + "9000"},
        {"0084000008", fourth + "9000"},
        {"0082001210" + proof(uk_ssse, fourth, third), "9000"},
        {"00DC0528060504" "20301231", "9000"},
        {"00B2052806", "0504203012319000"},
        {"00DC0A30030A0132", "9000"},
        {"0020000003123456", "9000"},
        {"0020000003000000", "63C2"},
        {"805E010007123456FF246810", "9000"},
        {"0020000003246810", "9000"},
        {"00A4040006D1560000050300", "6F088406D156000005039000"},
        {"00A4020002EF06", "9000"},
        {"00B2900003", "6982"},
        {"00A4040006D1560000050600", "6F088406D156000005069000"},
        {"00A4020002EF15", "9000"},
        {"00B0000004", "000000009000"},
        {"00D6000001AA", "6982"},
        {"00A4020002EF09", "6A82"},
        {"841E00000400000000", "6984"},
    };
}

struct Said : tests::Said {
    [[nodiscard]] json object() const {
        const auto at = out.find('{');
        return at == std::string::npos ? json() : json::parse(out.substr(at), nullptr, false);
    }
};
const std::string ctl = LIQU_BINARY_DIR "/kiosk/ctl/liqu-ctl --config /nonexistent/liqu.toml card ";
Said said(const std::string& arguments, const std::string& before = "") {
    return {tests::said_by(before + ctl + arguments + " --reader 'Liqu Chip Station*'" + (before.empty() ? " </dev/null" : ""))};
}
json file_of(const json& reading, std::string_view directory, std::string_view file) {
    for (const auto& d : reading.at("directories"))
        if (d.at("directory") == directory)
            for (const auto& f : d.at("files"))
                if (f.at("file") == file) return f;
    return {};
}

/// What a terminal shows when `typed` is typed at the prompt.
Said on_a_terminal(const std::string& arguments, const std::string& typed) {
    int terminal = -1;
    const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
    REQUIRE(child >= 0);
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", (ctl + arguments + " --reader 'Liqu Chip Station*'").c_str(), nullptr);
        _exit(127);
    }
    Said out;
    bool asked = false;
    const auto until = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < until) {
        pollfd ready{terminal, POLLIN, 0};
        if (poll(&ready, 1, 200) <= 0) continue;
        char buffer[512];
        const auto got = read(terminal, buffer, sizeof buffer);
        if (got <= 0) break;
        out.out.append(buffer, static_cast<std::size_t>(got));
        if (!asked && out.out.find("PIN: ") != std::string::npos) {
            asked = true;
            REQUIRE(write(terminal, typed.data(), typed.size()) == static_cast<ssize_t>(typed.size()));
        }
    }
    (void)kill(child, SIGTERM);
    waitpid(child, &out.status, 0);
    close(terminal);
    return out;
}
}  // namespace

TEST_CASE("opensc-tool gets the documented answers from the card of each generation and cipher") {
    if (!have("opensc-tool")) {
        MESSAGE("skipped: opensc-tool is not installed (package opensc)");
        return;
    }
    Hall hall(quick);
    struct Row {
        CardGeneration generation;
        CardAlgorithm algorithm;
        CardTransport transport;
    };
    for (const auto& row : {Row{CardGeneration::v1_00, CardAlgorithm::triple_des, CardTransport::t1}, Row{CardGeneration::v2_00, CardAlgorithm::triple_des, CardTransport::t1},
                            Row{CardGeneration::v2_00, CardAlgorithm::sm4, CardTransport::t1}, Row{CardGeneration::v3_00, CardAlgorithm::triple_des, CardTransport::t1},
                            Row{CardGeneration::v3_00, CardAlgorithm::sm4, CardTransport::t0}}) {
        CAPTURE(static_cast<int>(row.generation));
        CAPTURE(static_cast<int>(row.algorithm));
        auto card = talk::blank(row.generation, row.algorithm, row.transport);
        put_person(card);
        card.t0_manners = row.transport == CardTransport::t0;
        hall.put(hall.chip, &card);
        REQUIRE(hall.becomes(chip_reader, SCARD_STATE_PRESENT));
        const auto table = documented(row.generation, row.algorithm);
        const auto answers = received(table);
        REQUIRE(answers.size() == table.size());
        for (std::size_t i = 0; i < table.size(); ++i) {
            CAPTURE(table[i].command);
            CHECK(answers[i] == table[i].answer);
        }
        CHECK(card.pin_is("246810"));
        hall.put(hall.chip, nullptr);
        REQUIRE(hall.becomes(chip_reader, SCARD_STATE_EMPTY));
    }
}

TEST_CASE("liqu-ctl card read: masked unless asked for, 3.00 says that it needs the centre") {
    auto card = talk::blank();
    put_person(card);
    card.t0_manners = true;
    Hall hall(quick);
    hall.put(hall.chip, &card);
    REQUIRE(hall.becomes(chip_reader, SCARD_STATE_PRESENT));
    const auto masked = said("read --json");
    CAPTURE(masked.out);
    REQUIRE(masked.code() == 0);
    const auto object = masked.object();
    CHECK(object["generation"] == "2.00");
    CHECK(object["algorithm"] == "3DES");
    CHECK(object["card_number_check"] == "right");
    CHECK(object["identification_code"] == "450100D15600000500A1B2C35E6F7081");
    CHECK(object["name"] == "***");
    CHECK(file_of(object, "SSSE", "EF06")["fields"]["social_security_number"] == "***");
    CHECK(file_of(object, "SSSE", "EF05")["fields"]["issued_on"] == "20261101");
    CHECK(file_of(object, "SSSE", "EF07")["access"] == "refused");
    CHECK(file_of(object, "DF03", "EF05")["access"] == "refused");
    CHECK(file_of(object, "DF01", "EF16")["access"] == "read");
    for (const char* personal : {"韦小晴", "450103199202291221", "19920229", "X00000019", "6217001234567890123"}) CHECK(masked.out.find(personal) == std::string::npos);
    const auto shown = said("read --json --show");
    CHECK(shown.object()["name"] == "韦小晴");
    CHECK(shown.object()["card_number"] == "X00000019");
    CHECK(file_of(shown.object(), "SSSE", "EF06")["fields"]["birth_date"] == "19920229");

    auto third = talk::blank(CardGeneration::v3_00, CardAlgorithm::sm4, CardTransport::t1);
    put_person(third);
    hall.put(hall.chip, &third);
    REQUIRE(hall.becomes(chip_reader, SCARD_STATE_PRESENT));
    const auto unread = said("read --json --show").object();
    CHECK(unread["algorithm"] == "SM4");
    CHECK(unread["holder"].get<std::string>().find("RK_SSSE") != std::string::npos);
    CHECK(file_of(unread, "SSSE", "EF06")["access"] == "refused");

    third.dead = true;
    hall.put(hall.chip, nullptr);
    REQUIRE(hall.becomes(chip_reader, SCARD_STATE_EMPTY));
    const auto nothing = said("read --wait 1");
    CHECK(nothing.code() == 1);
    CHECK(nothing.out.find("nothing lies on the reader") != std::string::npos);
}

TEST_CASE("liqu-ctl card verify: says the tries, keeps the last one, never shows the PIN") {
    auto card = talk::blank();
    Hall hall(quick);
    hall.put(hall.chip, &card);
    REQUIRE(hall.becomes(chip_reader, SCARD_STATE_PRESENT));
    const auto with_pin = [](const std::string& pin, const std::string& more = "") { return said("verify --json --pin-fd 0" + more, "printf '" + pin + "\\n' | "); };
    const auto right = with_pin("123456");
    CAPTURE(right.out);
    CHECK(right.code() == 0);
    CHECK(right.object()["pin"] == "right");
    CHECK(right.out.find("3 tries left") != std::string::npos);
    CHECK(with_pin("12345").code() == 2);
    CHECK(card.pin_tries == 3);
    const auto wrong = with_pin("907856");
    CHECK(wrong.code() == 1);
    CHECK(wrong.object()["tries_left"] == 2);
    CHECK(wrong.object()["national_code"] == -51);
    CHECK(wrong.out.find("907856") == std::string::npos);
    card.pin_tries = 1;
    const auto kept = with_pin("123456");
    CHECK(kept.code() == 1);
    CHECK(kept.out.find("--last-try") != std::string::npos);
    CHECK(card.pin_tries == 1);
    const auto blocked = with_pin("907856", " --last-try");
    CHECK(blocked.object()["tries_left"] == 0);
    CHECK(blocked.object()["national_code"] == -52);
    card.pin_tries = 3;
    const auto typed = on_a_terminal("verify --json", "12999\x7F\x7F\x7F" "3456\r");
    CAPTURE(typed.out);
    CHECK(typed.out.find("\"pin\":\"right\"") != std::string::npos);
    CHECK(typed.out.find("3456") == std::string::npos);
}

TEST_CASE("liqu-ctl card apdu: what reads is sent and masked, what changes is refused, and secrets are never shown") {
    auto card = talk::blank();
    put_person(card);
    Hall hall(quick);
    hall.put(hall.chip, &card);
    REQUIRE(hall.becomes(chip_reader, SCARD_STATE_PRESENT));
    const std::string select = std::string(talk::select_ssse) + " 00:A4:02:00:02:EF:06 ";
    const auto masked = said("apdu --json " + select + "00B2080014 00200000");
    CAPTURE(masked.out);
    REQUIRE(masked.object().is_object());
    CHECK(masked.code() == 1);  // the question for the tries is answered by 63C3
    CHECK(masked.object()["exchanges"][2]["answer"] == "***");
    CHECK(masked.object()["exchanges"][2]["bytes"] == 20);
    CHECK(masked.object()["exchanges"][3]["status"] == "63C3");
    CHECK(masked.object()["exchanges"][3]["national_code"] == -51);
    for (const char* risky : {"0020000003123456", "805E010007123456FF246810"}) {
        const auto refused = said(std::string("apdu ") + risky);
        CAPTURE(refused.out);
        CHECK(refused.code() == 2);
        CHECK(refused.out.find("--unsafe") != std::string::npos);
        CHECK(refused.out.find("nothing was sent") != std::string::npos);
        CHECK(refused.out.find("123456") == std::string::npos);
    }
    const auto forced = said("apdu --json --unsafe --show " + select + "0020000003123456 00B20D0006");
    CHECK(forced.code() == 0);
    CHECK(forced.object()["exchanges"][2]["command"] == "0020000003***");
    CHECK(forced.object()["exchanges"][3]["answer"] == "0D0419920229");
    CHECK(said("apdu 00A40400 00A4040").code() == 2);
}
