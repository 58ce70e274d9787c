// The simulated passport on the simulated reader, through the distribution's pcscd, read by `liqu-ctl passport read` as a technician types it.
#include "sim/models/passport.hpp"
#include "tests/sim/card_hall.hpp"

#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

namespace {
using namespace card_hall;
using nlohmann::json;

/// A small picture, so that the air time of these tests is short.
Bytes small_portrait() {
    std::vector<unsigned char> file;
    cv::imencode(".jpg", cv::Mat(96, 72, CV_8UC3, cv::Scalar(180, 170, 160)), file);
    const auto* first = reinterpret_cast<const std::byte*>(file.data());
    return {first, first + file.size()};
}
PassportDescription traveller() {
    return {.issuer = "GBR", .nationality = "GBR", .number = "533401372", .surname = "CARTER", .given = "EMILY ROSE", .sex = 'F', .birth = "19920311", .expiry = "20430908", .can = "314159", .groups = {1, 2}, .portrait = small_portrait()};
}

tests::Said said(const std::string& arguments, const std::string& typed = "") {
    return tests::said_by(fmt::format("printf '%s' '{}' | {}/kiosk/ctl/liqu-ctl --config /nonexistent/liqu.toml passport read --reader 'Liqu ID Reader*' {}", typed, LIQU_BINARY_DIR, arguments));
}
std::string zone_of(const PassportDescription& d) {
    std::string all;
    for (const auto& line : mrz_lines(d)) all += line + "\n";
    return all;
}
}  // namespace

TEST_CASE("liqu-ctl passport read: a genuine passport, a copy, a forgery and a wrong key, over the real pcscd") {
    const tests::Folder folder("pcsc");
    PassportOffice office({.seed = 31, .country = "GB"});
    REQUIRE(office.write_csca(folder.path));
    const std::string options = "--json --show --csca " + folder.path.string();
    std::vector<std::shared_ptr<PassportChip>> chips;  // before the hall, which points at them until its end
    Hall hall;
    const auto on_reader = [&](std::shared_ptr<PassportChip> chip) {
        hall.put(hall.id, nullptr);
        REQUIRE(hall.becomes(id_reader, SCARD_STATE_EMPTY));
        hall.put(hall.id, chips.emplace_back(std::move(chip)).get());
        REQUIRE(hall.becomes(id_reader, SCARD_STATE_PRESENT));
    };

    auto d = traveller();
    d.chip_authentication = PaceVariant{PassportCipher::aes256, PassportCurve::brainpool256};
    const auto genuine = office.issue(d);
    on_reader(genuine);
    const auto read = said(options + " --mrz -", zone_of(d));
    REQUIRE_MESSAGE(read.code() == 0, read.out);
    const auto answer = json::parse(read.out, nullptr, false);
    REQUIRE(answer.is_object());
    CHECK(answer["kind"] == "passport");
    CHECK(answer["access"] == "pace");
    CHECK(answer["authenticity"] == "genuine");
    CHECK(answer["chip"] == "original");
    CHECK(answer["person"]["name"] == "CARTER EMILY ROSE");
    CHECK(answer["person"]["number"] == "533401372");
    CHECK(answer["portrait"]["bytes"] == d.portrait.size());
    CHECK(genuine->proofs() == 1);

    const auto wrong = said(options + " --can 314158");
    CHECK(wrong.code() != 0);
    CHECK(wrong.out.find("CARTER") == std::string::npos);
    CHECK(genuine->failed_attempts() == 1);

    // Behind BAC, and with the key typed in fields: a copy and a forgery are refused, without a word of what they say.
    d.pace.clear();
    for (const auto flaw : {PassportFlaw::cloned, PassportFlaw::dg1_altered}) {
        CAPTURE(name_of(flaw));
        const auto chip = office.issue(d, flaw);
        on_reader(chip);
        const auto refused = said(options + " --doc " + chip->description().number + " --birth 920311 --expiry 430908");
        CHECK(refused.code() != 0);
        CHECK(refused.out.find("CARTER") == std::string::npos);
        CHECK_MESSAGE(refused.out.find("document_forged") != std::string::npos, refused.out);
        CHECK(chip->failed_attempts() == 0);
    }
}
