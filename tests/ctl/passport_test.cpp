// `liqu-ctl passport read` as a technician runs it. The passport is vsmartcard's, which nobody here wrote (passport_epass.py says how it is started); words that are no
// order need none.
#include "tests/programs.hpp"

#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

namespace {
using nlohmann::json;

tests::Said run(const std::string& command) { return tests::said_by(command + " </dev/null"); }
const std::string ctl = std::string(LIQU_CTL) + " --config /nonexistent/liqu.toml passport read ";
const std::string zone = "P'<'UTOERIKSSON'<<'ANNA'<'MARIA'<<<<<<<<<<<<<<<<<<<'L898902C36UTO7408122F1204159ZE184226B'<<<<<'10";

/// The readings of passport_epass.py by name; nothing when it cannot run here, and then the reason was said.
std::map<std::string, json> readings(const tests::Folder& folder) {
    const auto ran = run("timeout 100 /usr/bin/python3 " LIQU_SOURCE_DIR "/tests/ctl/passport_epass.py " LIQU_CTL " " + folder.path.string());
    std::map<std::string, json> found;
    std::istringstream lines(ran.out);
    std::string line, last;
    while (std::getline(lines, line)) {
        last = line;
        auto object = json::parse(line, nullptr, false);
        if (object.is_object()) found[object["name"]] = object;
    }
    constexpr int cannot_run = 77;
    if (ran.code() == cannot_run) {
        MESSAGE(last);
        return {};
    }
    CHECK_MESSAGE(ran.code() == 0, ran.out);
    return found;
}
}  // namespace

TEST_CASE("a passport that nobody here wrote is opened by BAC, read, and judged") {
    const tests::Folder folder("epass");
    const auto all = readings(folder);
    if (all.empty()) return;
    REQUIRE(all.size() == 4);

    const auto& unknown = all.at("unknown state");
    CAPTURE(unknown.dump());
    REQUIRE(unknown["code"] == 0);
    CHECK(unknown["answer"]["access"] == "bac");
    CHECK(unknown["answer"]["authenticity"] == "not_verifiable");
    CHECK(unknown["answer"]["evidence"] == "chip_unverified");
    CHECK(unknown["answer"]["portrait"] == json{{"format", "jpeg"}, {"bytes", 713}});
    CHECK(unknown["answer"]["person"]["name"] == "***");
    CHECK(unknown["answer"]["groups"][0] == json{{"group", 1}, {"bytes", 93}});
    for (const auto* personal : {"ERIKSSON", "L898902C", "1974", "740812", "UTO"}) CHECK(unknown.dump().find(personal) == std::string::npos);

    const auto& genuine = all.at("genuine");
    CAPTURE(genuine.dump());
    REQUIRE(genuine["code"] == 0);
    CHECK(genuine["answer"]["authenticity"] == "genuine");
    CHECK(genuine["answer"]["evidence"] == "chip");
    CHECK(genuine["answer"]["chip"] == "not_offered");
    CHECK(genuine["answer"]["trusted_certificates"] == 1);
    CHECK(genuine["answer"]["person"]["name"] == "ERIKSSON ANNA MARIA");
    CHECK(genuine["answer"]["person"]["number"] == "L898902C3");
    CHECK(genuine["answer"]["person"]["birth"] == "1974-08-12");
    CHECK(genuine["answer"]["expired"] == true);

    CHECK(all.at("another key")["code"] == 1);
    CHECK(all.at("another key")["error"].get<std::string>().find("document_not_opened") != std::string::npos);
    CHECK(all.at("another picture")["code"] == 1);
    CHECK(all.at("another picture")["error"].get<std::string>().find("document_forged") != std::string::npos);
    CHECK(all.at("another picture")["error"].get<std::string>().find("DG2 does not match its signed hash") != std::string::npos);
}

TEST_CASE("passport read: what is missing, wrong or too much is usage; no reader is a fault; nothing personal is repeated") {
    const std::string reader = "--reader 'No Such Reader*' --wait 0 ";
    CHECK(run(ctl + reader).code() == 2);
    CHECK(run(ctl + reader + "--can 123456 --doc A1").code() == 2);
    CHECK(run(ctl + reader + "--can 12345").code() == 2);
    CHECK(run(ctl + reader + "--doc L898902C3 --birth 740812").code() == 2);
    CHECK(run(ctl + reader + "--doc L898902C3 --birth 19740812 --expiry 120415").code() == 2);
    const auto misread = run(ctl + reader + "--mrz " + zone + "0");
    CHECK(misread.code() == 2);
    CHECK(misread.out.find("ERIKSSON") == std::string::npos);
    CHECK(run(ctl + "--can 123456").code() == 2);  // neither configuration nor --reader
    CHECK(run(ctl + reader + "--can 123456 --csca /nonexistent").code() == 2);
    CHECK(run(ctl + reader + "--can 123456 --show --color").code() == 2);
    const auto none = run("PCSCLITE_CSOCK_NAME=/nonexistent/pcscd.comm " + ctl + reader + "--mrz " + zone);
    CHECK(none.code() == 1);
    CHECK_MESSAGE(none.out.find("reader_daemon_down") != std::string::npos, none.out);
    CHECK(none.out.find("ERIKSSON") == std::string::npos);
    CHECK(run(ctl + "--help").code() == 0);
}
