// The real ports where there is nothing behind them: they say so, they are quick about it, and they end quickly. With devices they are
// tested at the simulator's wire.
#include "drivers/card_reader.hpp"
#include "drivers/pcsc/context.hpp"
#include "drivers/random.hpp"
#include "drivers/usb_pipe.hpp"
#include "tests/drivers/fakes.hpp"

#include <cstdlib>

using namespace test;
using namespace std::chrono_literals;

namespace {
class StopWatch {
  public:
    [[nodiscard]] std::chrono::milliseconds elapsed() const { return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start_); }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// The PC/SC library finds no daemon while this lives.
struct NoDaemon {
    NoDaemon() { setenv("PCSCLITE_CSOCK_NAME", "/nonexistent/pcscd.comm", 1); }
    ~NoDaemon() { unsetenv("PCSCLITE_CSOCK_NAME"); }
};

awaitable<bool> cancelled_at_once(asio::io_context& io, Clock& clock, awaitable<Result<Bytes>> side) {
    const auto before = clock.steady();
    auto race = co_await first_of(std::move(side), asio::post(io, asio::use_awaitable));
    co_return race.index() == 1 && clock.steady() - before < 1s;
}
}  // namespace

TEST_CASE("a USB address is read, or refused with a sentence") {
    const auto any = UsbAddress::parse("usb:0f49:*");
    REQUIRE(any.has_value());
    CHECK(any->vendor == 0x0F49);
    CHECK_FALSE(any->product.has_value());
    CHECK_FALSE(any->serial.has_value());
    const auto one = UsbAddress::parse("usb:0F49:0a00?serial=1000");
    REQUIRE(one.has_value());
    CHECK(one->product == 0x0A00);
    CHECK(one->serial == "1000");
    for (const auto* bad : {"", "usb:", "usb:0f49", "usb:0f49:", "usb:f49:*", "usb:0f49:*?", "usb:0f49:*?serial=", "usb:0f49:*?port=1", "usb:0f4g:*", "usb:0f49:12345", "usb:0f49: 123", "pcsc:ACME*",
                            "usb:0f49:*?serial=a b"})
        CHECK_MESSAGE(fault_in(UsbAddress::parse(bad)) == "bad_configuration", bad);
    const auto random = make_seeded_random(3);
    int refused = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string text = "usb:0f49:*?serial=7";
        const auto dice = random->bytes(2);
        text[u8(dice[0]) % text.size()] = static_cast<char>(u8(dice[1]));
        if (i % 2 == 0) text.resize(u8(dice[0]) % text.size());
        const auto address = UsbAddress::parse(text);
        if (!address) ++refused;
        else CHECK((!address->serial || !address->serial->empty()));
    }
    CHECK(refused > 5'000);
}

TEST_CASE("PC/SC's results have one meaning each, and the detail names the call") {
    const auto code = [](LONG rv) { return name_of(pcsc_fault(rv, "transmit").code); };
    CHECK(code(SCARD_W_RESET_CARD) == "chip_reset");
    CHECK(code(SCARD_W_REMOVED_CARD) == "chip_removed");
    CHECK(code(SCARD_E_NO_SMARTCARD) == "chip_removed");
    CHECK(code(SCARD_W_UNPOWERED_CARD) == "chip_silent");
    CHECK(code(SCARD_E_NOT_TRANSACTED) == "chip_silent");
    CHECK(code(SCARD_E_READER_UNAVAILABLE) == "reader_missing");
    CHECK(code(SCARD_E_SHARING_VIOLATION) == "reader_missing");
    for (const LONG lost : {SCARD_F_COMM_ERROR, SCARD_E_NO_SERVICE, SCARD_E_INVALID_HANDLE, SCARD_E_SERVICE_STOPPED}) {
        CHECK(code(lost) == "reader_daemon_down");
        CHECK(pcsc_daemon_lost(lost));
    }
    CHECK_FALSE(pcsc_daemon_lost(SCARD_W_REMOVED_CARD));
    CHECK(pcsc_fault(SCARD_W_RESET_CARD, "transmit").detail.starts_with("transmit: "));
    CHECK(reader_matches("Liqu ID*", "Liqu ID 00 00"));
    CHECK_FALSE(reader_matches("Liqu ID", "Liqu ID 00 00"));
    CHECK(reader_matches("Liqu ID 00 00", "Liqu ID 00 00"));
    CHECK_FALSE(reader_matches("Liqu ID*", "Liqu Chip 00 00"));
    CHECK(reader_matches("*", "anything"));
}

TEST_CASE("PC/SC without a daemon: every call says so, a wait is cancelled at once, the end is quick") {
    const NoDaemon none;
    asio::io_context io;
    const auto clock = make_real_clock();
    StopWatch watch;
    {
        const auto reader = make_pcsc_reader(io.get_executor(), "Liqu*");
        CHECK(reader->state().presence == ReaderPresence::daemon_down);
        CHECK(fault_in(run(io, reader->connect(2s))) == "reader_daemon_down");
        CHECK(fault_in(run(io, reader->control(1, {}, 2s))) == "reader_daemon_down");
        CHECK(fault_in(run(io, reader->transmit("0084000008"_hex, 2s))) == "chip_reset");
        CHECK(fault_in(run(io, reader->transmit("00"_hex, 2s))) == "internal");
        CHECK(run(io, cancelled_at_once(io, *clock, reader->connect(10s))));
        reader->disconnect();
        CHECK(reader->state().presence == ReaderPresence::daemon_down);
        CHECK(watch.elapsed() < 2s);
        watch = {};
    }
    CHECK(watch.elapsed() < 1s);
}

TEST_CASE("USB without the device: missing, at once, whatever is asked; the end is quick") {
    asio::io_context io;
    const auto clock = make_real_clock();
    StopWatch watch;
    {
        const auto pipe = make_libusb_pipe(io.get_executor(), *clock, UsbAddress{0xFFFE, 0xFFFE, std::nullopt});
        CHECK_FALSE(pipe->connected());
        CHECK(fault_in(run(io, pipe->write("1B52"_hex, 5s))) == "printer_missing");
        CHECK(fault_in(run(io, pipe->read(64, 5s))) == "printer_missing");
        CHECK(fault_in(run(io, pipe->port_status(5s))) == "printer_missing");
        CHECK(fault_in(run(io, pipe->read(0, 5s))) == "internal");
        CHECK(watch.elapsed() < 3s);
        watch = {};
    }
    CHECK(watch.elapsed() < 1s);
}

TEST_CASE("ports may be made and destroyed at any moment") {
    const NoDaemon none;
    asio::io_context io;
    const auto clock = make_real_clock();
    const StopWatch watch;
    for (int i = 0; i < 3; ++i) {
        const auto pipe = make_libusb_pipe(io.get_executor(), *clock, UsbAddress{0xFFFE, std::nullopt, std::nullopt});
        asio::co_spawn(io, pipe->read(64, 5s), asio::detached);
        io.poll();
        const auto reader = make_pcsc_reader(io.get_executor(), "Liqu*");
        asio::co_spawn(io, reader->connect(5s), asio::detached);
        io.poll();
    }
    io.poll();  // what was posted for the dead ports finds nobody
    CHECK(watch.elapsed() < 4s);
}
