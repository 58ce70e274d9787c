// The kiosk's ID reader over a real serial port (a pseudo terminal) with the SDT reader model at its other end, in real time: cards, wrong speed, pulled and plugged.
#include "sim/wire/sdt_serial.hpp"
#include "tests/sim/sdt_bench.hpp"

#include <thread>
#include <unistd.h>

using namespace sdt_test;

namespace {
struct Port {
    std::filesystem::path folder;
    std::mutex world;
    sim::SdtReader model{7, {.status = 2ms, .find = 5ms, .select = 5ms, .read = 20ms}};
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
    std::unique_ptr<sim::SdtSerial> line;
    asio::io_context io;
    std::unique_ptr<drivers::Clock> clock = drivers::make_real_clock();
    std::unique_ptr<drivers::IdReader> reader;

    explicit Port(int baud = 115'200) {
        std::string name = std::filesystem::temp_directory_path() / "liqu-sdt-XXXXXX";
        REQUIRE(mkdtemp(name.data()));
        folder = name;
        line = std::make_unique<sim::SdtSerial>(model, folder / "ttyUSB0", world, [this] { return std::chrono::duration_cast<sim::Time>(std::chrono::steady_clock::now() - began); }, baud);
    }
    ~Port() {
        reader.reset();
        io.restart();
        io.poll();
        line.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;

    void open(const std::string& query = "") {
        auto made = drivers::make_id_reader(io.get_executor(), *clock, "sdt-serial:" + line->name().string() + query);
        REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().detail));
        reader = std::move(*made);
    }
    void put(char variant) {
        const std::lock_guard lock(world);
        model.put(card(variant));
    }
    /// False after `limit`.
    bool shows(ReaderPresence wanted, std::chrono::milliseconds limit = 4s) {
        const auto until = std::chrono::steady_clock::now() + limit;
        while (reader->presence() != wanted && std::chrono::steady_clock::now() < until) {
            io.restart();
            io.run_for(5ms);
        }
        return reader->presence() == wanted;
    }
    std::string read() {
        std::optional<std::string> out;
        auto body = [](drivers::IdReader& from, std::optional<std::string>& into) -> drivers::awaitable<void> { into = said(co_await from.read(8s)); };
        asio::co_spawn(io, body(*reader, out), asio::detached);
        const auto until = std::chrono::steady_clock::now() + 10s;
        while (!out && std::chrono::steady_clock::now() < until) {
            io.restart();
            io.run_for(5ms);
        }
        return out.value_or("no end");
    }
};
}  // namespace

TEST_CASE("SDT over a serial port: a card is read; pulled while idle and while reading, and plugged again") {
    Port port;
    port.open();
    port.io.run_for(20ms);
    CHECK(port.reader->presence() == ReaderPresence::reader_missing);
    CHECK(port.reader->trouble()->detail.contains("ttyUSB0: open: No such file"));
    CHECK(port.line->plug().has_value());
    REQUIRE(port.shows(ReaderPresence::empty));
    port.put('I');
    REQUIRE(port.shows(ReaderPresence::card));
    CHECK(port.read() == expected('I'));
    CHECK(port.shows(ReaderPresence::empty));
    port.line->unplug();
    CHECK(port.shows(ReaderPresence::reader_missing));
    CHECK(port.line->plug().has_value());
    // The card still lies there, and a reader that lost its power does not know that it has read it.
    REQUIRE(port.shows(ReaderPresence::card));
    {
        const std::lock_guard lock(port.world);
        port.model.faults.disturbance = sim::Disturbance::delayed;
    }
    std::jthread hand([&port] {
        std::this_thread::sleep_for(100ms);
        port.line->unplug();
    });
    CHECK(port.read().starts_with("reader_missing: "));
    hand.join();
    CHECK(port.reader->presence() == ReaderPresence::reader_missing);
}

TEST_CASE("SDT over a serial port: the speed must be the reader's") {
    Port port(57'600);
    CHECK(port.line->plug().has_value());
    port.put('J');
    port.open("?baud=57600");
    REQUIRE(port.shows(ReaderPresence::card));
    CHECK(port.read() == expected('J'));
    port.open("?baud=9600");
    CHECK_FALSE(port.shows(ReaderPresence::card, 400ms));
    CHECK(port.reader->presence() == ReaderPresence::reader_missing);
}
