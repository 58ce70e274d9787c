// A capture made by hand: padding, unknown setup, a compressed resin panel, ESC left out, a colour panel, the back; decoded dot for dot. And hostile ones.
#include "sim/models/printer_replay.hpp"
#include "sim/tools/printer_files.hpp"
#include "tests/sim/printer_bench.hpp"

#include <fstream>
#include <opencv2/imgcodecs.hpp>

using namespace sim_tests;

namespace {

struct Decoded {
    std::vector<PhysicalCard> cards;
    std::vector<std::string> notes;
    std::size_t broken = 0, unknown = 0;
};
Decoded decode(std::string_view stream, std::size_t piece = 7) {
    Decoded out;
    PrinterReplay replay(width, height, {.card = [&](const PhysicalCard& c, int) { out.cards.push_back(c); }, .note = [&](const std::string& line) { out.notes.push_back(line); }});
    for (std::size_t at = 0; at < stream.size(); at += piece) replay.feed(raw(stream.substr(at, piece)));
    replay.end();
    out.broken = replay.broken();
    out.unknown = replay.unknown();
    return out;
}

/// What the spooler of a desktop sends: NUL before and behind, its own words, run lengths.
std::string capture() {
    std::string resin = {'\xFF', '\x01', '\xA0', '\x02', '\x0D', '\x1B'};  // full; #.#; two bytes that look like CR and ESC
    resin += std::string(13, '\0');
    std::string out(64, '\0');
    out += "\x1BPps;0\r\x1BPdt;DU\rPem;2\r\x1BPr;k\r" + std::string(32, '\0') + "\x1BPpws;1700000000\r\x1BWt;10;20;1;30;A. Person\r\x1BSs\r\x1BSr\r";
    out += "\x1B" + Bench::colour('y', 13) + "\r";
    out += "\x1B" "Dbc;k;2;" + std::to_string(resin.size()) + ";" + resin + "\r";
    out += "\x1BSv\r\x1B" + Bench::resin('k') + "\r\x1BSe;1\r" + std::string(48, '\0');
    return out;
}

}  // namespace

TEST_CASE("a hand-made capture is decoded dot for dot, in pieces of any size") {
    for (const std::size_t piece : {1u, 7u, 100'000u}) {
        const Decoded d = decode(capture(), piece);
        REQUIRE(d.cards.size() == 1);
        CHECK(d.broken == 0);
        CHECK(d.unknown == 4);  // Pps Pdt Ppws Wt
        std::vector<std::uint8_t> k(width * height);
        for (std::size_t row = 0; row < height; ++row) k[row * width] = 1;
        k[0 * width + 1] = k[2 * width + 1] = 1;
        for (const std::size_t row : {4u, 5u, 7u, 11u}) k[row * width + 2] = 1;
        CHECK(d.cards[0].k == k);
        CHECK(d.cards[0].y == std::vector<std::uint8_t>(width * height, 13));
        CHECK(d.cards[0].back_k == std::vector<std::uint8_t>(width * height, 1));
        CHECK(d.cards[0].m.empty());
    }
}

TEST_CASE("the log of a capture names commands and lengths and no text of a person") {
    const Decoded d = decode(capture());
    std::string all;
    for (const auto& line : d.notes) all += line + "\n";
    CHECK(all.find("Person") == std::string::npos);
    CHECK(all.find("Wt is not known, passed over") != std::string::npos);
    CHECK(all.find("Dbc;k;2;19; 19 bytes") != std::string::npos);
    CHECK(all.find("(back) 24 bytes") != std::string::npos);
    CHECK(all.find("Se;1") != std::string::npos);
}

TEST_CASE("several cards, a card without an end, a stream that breaks off, run lengths that are none") {
    const std::string one = "\x1BSs\r\x1BSr\r\x1B" + Bench::resin('k') + "\r";
    CHECK(decode(one + "\x1BSe\r" + one + "\x1BSe\r").cards.size() == 2);
    CHECK(decode(one + one).cards.size() == 2);
    const Decoded cut = decode(one.substr(0, one.size() - 5));
    CHECK(cut.cards.empty());
    CHECK(cut.broken == 1);
    CHECK(cut.notes.back().find("4 bytes are missing") != std::string::npos);
    CHECK(decode(one.substr(0, one.size() - 1)).cards.size() == 1);  // only the last CR is missing
    const Decoded none = decode("\x1BSs\rSr\r\x1B" "Dbc;k;2;4;" + std::string("\x03\x01\x02\x03", 4) + "\r\x1BSe\r");
    CHECK(none.cards.empty());
    CHECK(none.broken == 1);
}

TEST_CASE("hostile streams are read to their end and keep little") {
    Dice dice(4);
    std::string noise;
    for (int i = 0; i < 300'000; ++i) noise.push_back(static_cast<char>(dice.below(4) ? dice.below(256) : "\x1B\r;DbkymcSsre\0"[dice.below(14)]));
    const Decoded d = decode(noise, 4096);
    CHECK(d.cards.size() <= static_cast<std::size_t>(most_replayed_cards));
    std::string many;
    for (int i = 0; i < 300; ++i) many += "Ss\rSr\r" + Bench::resin('k') + "\rSe\r";
    CHECK(decode(many, 4096).cards.size() == static_cast<std::size_t>(most_replayed_cards));
    std::string commands;
    for (int i = 0; i < 30'000; ++i) commands += "Rok\r";
    CHECK(decode(commands, 4096).notes.size() <= most_noted_commands);
    CHECK(decode("Dbc;k;2;99999999999;xx\rDb;k;2").broken == 2);
    CHECK(decode("Db\rDbc;\rDbp;y\r\x1B").broken == 3);
}

TEST_CASE("files: a picture a side, a picture a panel with exactly its dots, a log") {
    const auto dir = std::filesystem::temp_directory_path() / fmt::format("liqu-replay-{}", ::getpid());
    std::filesystem::create_directories(dir);
    std::ofstream(dir / "job.bin", std::ios::binary) << capture();
    const auto done = replay_printer_file(dir / "job.bin", dir / "out", width, height);
    REQUIRE(done.has_value());
    CHECK(done->cards == 1);
    CHECK(done->unknown == 4);
    const cv::Mat y = cv::imread((dir / "out/card-001-y.png").string(), cv::IMREAD_GRAYSCALE);
    REQUIRE(y.size() == cv::Size(width, height));
    CHECK(cv::countNonZero(y == 255 - 13 * 255 / 127) == width * height);
    const cv::Mat k = cv::imread((dir / "out/card-001-k.png").string(), cv::IMREAD_GRAYSCALE);
    REQUIRE(!k.empty());
    CHECK(cv::countNonZero(k == 0) == 12 + 2 + 4);
    CHECK(k.at<std::uint8_t>(4, 2) == 0);
    CHECK(k.at<std::uint8_t>(6, 2) == 255);
    for (const char* name : {"card-001-front.png", "card-001-back.png", "card-001-back-k.png", "commands.log"}) CHECK(std::filesystem::file_size(dir / "out" / name) > 50);
    CHECK_FALSE(std::filesystem::exists(dir / "out/card-001-m.png"));
    CHECK(std::filesystem::status(dir / "out/card-001-front.png").permissions() == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    CHECK_FALSE(replay_printer_file(dir / "missing.bin", dir / "out").has_value());
    std::filesystem::remove_all(dir);
}
