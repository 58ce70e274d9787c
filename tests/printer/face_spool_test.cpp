// Wire bytes of a card: known sizes of every panel, and what `card render` writes is what the driver sends.
#include "bench.hpp"
#include "reading.hpp"
#include "sample_face.hpp"

#include "printer/evolis/spool.hpp"

#include <doctest/doctest.h>

using namespace printer;

namespace {
/// One command of a spool: its text, and the data of a panel.
struct Sent {
    std::string text;
    drivers::Bytes data;
};
/// Written from the facts: ESC name CR; Db;panel;levels; then 648 * 1016 * bits / 8 bytes.
std::vector<Sent> sent_in(const drivers::Bytes& spool, RasterSize size) {
    std::vector<Sent> out;
    const auto text = drivers::to_string(spool);
    const auto dots = static_cast<std::size_t>(size.width * size.height);
    for (std::size_t at = 0; at < text.size();) {
        REQUIRE(text[at] == 0x1B);
        if (text.compare(at + 1, 3, "Db;") != 0) {
            const auto end = text.find('\r', at);
            out.push_back({text.substr(at + 1, end - at - 1), {}});
            at = end + 1;
            continue;
        }
        const auto head = text.find(';', text.find(';', at + 4) + 1);
        const auto levels = text.substr(at + 6, head - at - 6);
        const auto bytes = levels == "128" ? (dots * 7 + 7) / 8 : (dots + 7) / 8;
        out.push_back({text.substr(at + 1, 4), drivers::to_bytes(text.substr(head + 1, bytes))});
        at = head + 1 + bytes;
        REQUIRE(text[at++] == '\r');
    }
    return out;
}
}  // namespace

TEST_CASE("the panels of a real card have the sizes of the guide") {
    const auto job = make_job(reading::nanning(), bench::sample_person(), {}).value();
    const auto sent = sent_in(evolis::job_bytes(job), {});
    std::string order;
    for (const auto& s : sent) order += s.text + ":" + std::to_string(s.data.size()) + " ";
    CHECK(order == "Ss:0 Sr:0 Db;y:576072 Db;m:576072 Db;c:576072 Db;k:82296 Db;o:82296 Sv:0 Db;k:82296 Se:0 ");
    // Dot by dot: bit 7 of the first byte is the first, columns from the left.
    const auto& k = sent[5].data;
    bool same = true;
    for (std::size_t x = 0; x < 1016; ++x)
        for (std::size_t y = 0; y < 648; ++y) same = same && ((drivers::u8(k[(x * 648 + y) / 8]) >> (7 - (x * 648 + y) % 8) & 1) == job.k[y * 1016 + x]);
    CHECK(same);
}

TEST_CASE("what is rendered is what the driver sends") {
    bench::Rig rig;
    REQUIRE(rig.run(rig.printer->prepare()));
    REQUIRE(rig.run(rig.printer->feed(0)).ok());
    const auto job = make_job(reading::nanning(), bench::sample_person(), bench::small).value();
    const auto sent = sent_in(evolis::job_bytes(job), bench::small);
    rig.pipe.log.clear();
    REQUIRE(rig.run(rig.printer->print(job, {})).ok());
    std::vector<std::string> wire, spool;
    for (const auto& command : rig.pipe.log)
        if ((command.starts_with("S") || command.starts_with("D"))) wire.push_back(command);
    for (const auto& s : sent) spool.push_back(s.text);
    CHECK(wire == spool);
    for (const auto& [panel, data] : rig.pipe.panels) {
        const auto last = std::find_if(sent.rbegin(), sent.rend(), [&](const auto& s) { return s.text == std::string("Db;") + panel; });
        REQUIRE(last != sent.rend());
        CHECK(last->data == data);
    }
    CHECK(rig.pipe.panels.size() == 5);
}
