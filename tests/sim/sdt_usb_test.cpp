// The kiosk's ID reader over unmodified libusb against the SDT reader model as a USB device, in both endpoint schemes. Three processes: the test starts itself under
// umockdev-wrapper (the server, which has the device and the hands), which starts itself once more (the client, which has the driver).
#include "drivers/usb_pipe.hpp"
#include "sim/wire/sdt_usb.hpp"
#include "sim/wire/usb_umockdev.hpp"
#include "tests/sim/sdt_bench.hpp"
#include "tests/under_umockdev.hpp"

using namespace sdt_test;

namespace {
/// The client tells the server what its hands shall do.
void say(const std::string& word) {
    std::printf("@%s\n", word.c_str());
    std::fflush(stdout);
}

drivers::awaitable<bool> shows(drivers::IdReader& reader, drivers::Clock& clock, ReaderPresence wanted) {
    const auto deadline = clock.steady() + 6s;
    while (reader.presence() != wanted && clock.steady() < deadline) {
        const auto seen = reader.changed().count();
        co_await drivers::within(clock, 100ms, reader.changed().after(seen));
    }
    co_return reader.presence() == wanted;
}

drivers::awaitable<void> conversation(drivers::IdReader& reader, drivers::Clock& clock, std::string_view cards) {
    CHECK(co_await shows(reader, clock, ReaderPresence::empty));
    CHECK((co_await reader.security_module()).value_or("none") == "05.01-20260101-0000000007-0000000007");
    for (const char variant : cards) {
        say(std::string("put ") + variant);
        CHECK(co_await shows(reader, clock, ReaderPresence::card));
        CHECK(said(co_await reader.read(8s)) == expected(variant));
        CHECK(co_await shows(reader, clock, ReaderPresence::empty));
    }
    if (cards.size() < 2) co_return;
    say("unplug");
    CHECK(co_await shows(reader, clock, ReaderPresence::reader_missing));
    CHECK(said(co_await reader.read(8s)).starts_with("reader_missing: "));
    say("plug");
    CHECK(co_await shows(reader, clock, ReaderPresence::card));  // it lies there still, and a reader without power forgets
    CHECK(said(co_await reader.read(8s)) == expected(cards.back()));
}

/// The bare pipes: as many pairs as the descriptors say; opened anew when that is wanted.
drivers::awaitable<void> bare(drivers::UsbPairs& usb, drivers::Clock& clock, std::size_t pairs) {
    CHECK((co_await drivers::within(clock, 5s, usb.plugged().after(0))).has_value());
    CHECK(usb.pairs() == pairs);
    usb.reopen();
    CHECK((co_await drivers::within(clock, 5s, usb.plugged().after(2))).has_value());  // gone, and there again
    CHECK(usb.connected());
    CHECK(usb.pairs() == pairs);
}

template <class Work>
bool ends(asio::io_context& io, Work work) {
    bool ended = false;
    asio::co_spawn(io, std::move(work), [&](std::exception_ptr error) {
        ended = !error;
        io.stop();
    });
    io.restart();
    io.run_for(50s);
    return ended;
}

void serve(sim::SdtScheme scheme, std::string_view cards) {
    std::mutex world;
    sim::SdtReader model(7, {.status = 2ms, .find = 5ms, .select = 5ms, .read = 20ms});
    if (scheme == sim::SdtScheme::b) model.faults.disturbance = sim::Disturbance::garbage;  // not where a head is seven bytes by itself
    const auto start = std::chrono::steady_clock::now();
    auto usb = sim::UsbDevice::create(sim::make_sdt_usb(model, scheme, "R1", world, [start] { return std::chrono::duration_cast<sim::Time>(std::chrono::steady_clock::now() - start); }), 2);
    REQUIRE_MESSAGE(usb.has_value(), (usb ? "" : usb.error()));
    REQUIRE((*usb)->plug().has_value());
    FILE* client = popen((fmt::format("LIQU_SDT_CARDS='{}' ", cards) + tests::this_program() + " -tc='sdt usb client' --no-skip 2>&1").c_str(), "r");
    REQUIRE(client);
    std::string output;
    char line[512];
    while (fgets(line, sizeof line, client)) {
        output += line;
        const std::string_view word(line);
        if (word == "@unplug\n") (*usb)->unplug();
        else if (word == "@plug\n") CHECK((*usb)->plug().has_value());
        const std::lock_guard lock(world);
        if (word.starts_with("@put ")) model.put(card(word[5]));
    }
    CAPTURE(output);
    CHECK(pclose(client) == 0);
    CHECK(model.reads() == static_cast<int>(cards.size()) + (cards.size() < 2 ? 0 : 1));
    CHECK((*usb)->bytes_from_host() > 50);
}
}  // namespace

TEST_CASE("sdt usb client" * doctest::skip()) {  // started by the servers
    const char* cards = std::getenv("LIQU_SDT_CARDS");
    REQUIRE(cards);
    asio::io_context io;
    const auto clock = drivers::make_real_clock();
    {
        const auto usb = drivers::make_libusb_pipe(io.get_executor(), *clock, {0x0400, 0xC35A, "R1"});
        CHECK(ends(io, bare(*usb, *clock, std::string_view(cards).size() == 2 ? 2 : 1)));
    }
    auto reader = drivers::make_id_reader(io.get_executor(), *clock, "sdt-usb:0400:c35a:R1");
    REQUIRE(reader.has_value());
    CHECK((*reader)->transport() == drivers::IdTransport::sdt_usb);
    CHECK(ends(io, conversation(**reader, *clock, cards)));
    reader->reset();
    io.restart();
    io.poll();
}
TEST_CASE("sdt usb server a" * doctest::skip()) { serve(sim::SdtScheme::a, " I"); }  // started by the tests below, under umockdev-wrapper
TEST_CASE("sdt usb server b" * doctest::skip()) { serve(sim::SdtScheme::b, "Y"); }

TEST_CASE("the ID reader over libusb, two pairs of endpoints: cards are read; unplugged and plugged again") { tests::passes_under_umockdev("sdt usb server a"); }
TEST_CASE("the ID reader over libusb, one pair of endpoints: garbage around every answer, and a card") { tests::passes_under_umockdev("sdt usb server b"); }
