// `liqu-ctl id` over PC/SC: the same commands and answers as over an SDT reader, through the distribution's pcscd; and what only this transport has.
#include "tests/sim/card_hall.hpp"
#include "tests/sim/sdt_bench.hpp"

#include <nlohmann/json.hpp>

using namespace card_hall;
using nlohmann::json;

namespace {
const std::string ctl = LIQU_BINARY_DIR "/kiosk/ctl/liqu-ctl";
std::string asked(const std::string& words, const std::string& under = "") { return run(under + ctl + " --config /nonexistent id " + words + " --reader 'pcsc:Liqu ID Reader*'"); }
}  // namespace

TEST_CASE("liqu-ctl id over pcscd: a card is read; a badge is told apart; nothing is known of a security module") {
    if (!std::filesystem::exists(ctl)) {
        MESSAGE("skipped: liqu-ctl is not built");
        return;
    }
    Hall hall(20);
    ResidentIdCard card(sdt_test::person('Y'), 4);
    card.variant = 'Y';
    hall.put(hall.id, &card);
    CHECK(hall.becomes(id_reader, SCARD_STATE_PRESENT));
    const auto said = asked("read --json --show --wait 5");
    CAPTURE(said);
    const auto seen = json::parse(said, nullptr, false);
    REQUIRE_FALSE(seen.is_discarded());
    CHECK(seen.at("transport") == "pcsc");
    CHECK(fmt::format("{} {} {}", seen.at("kind").get<std::string>(), seen.at("name").get<std::string>(), seen.at("number").get<std::string>()) == sdt_test::expected('Y'));
    CHECK(asked("sam").contains("the security module cannot be asked over PC/SC"));
    BadgeCard badge(Bytes{std::byte{0x04}, std::byte{0xA1}, std::byte{0xB2}, std::byte{0xC3}});
    hall.put(hall.id, &badge);
    CHECK(hall.becomes(id_reader, SCARD_STATE_PRESENT));
    const auto watched = asked("watch", "timeout --preserve-status -s INT 1 ");
    CHECK(watched.contains("presence: card\nbadge: **C3\n"));
}
