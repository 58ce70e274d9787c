// The serial port's pipe against a pseudo terminal: addresses, mode and speed, bounded reads and writes, cancellation, hang-up and return.
#include "drivers/serial/serial_pipe.hpp"
#include "tests/drivers/fakes.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

using namespace test;
using namespace std::chrono_literals;

namespace {
/// The terminal's other end, behind a name that stays.
struct Terminal {
    std::filesystem::path name;
    int master = -1;
    Terminal() : name(std::filesystem::temp_directory_path() / fmt::format("liqu-serial-{}", ::getpid())) { plug(); }
    ~Terminal() {
        unplug();
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    void plug() {
        master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
        REQUIRE(grantpt(master) == 0);
        REQUIRE(unlockpt(master) == 0);
        std::error_code ignored;
        std::filesystem::remove(name, ignored);
        std::filesystem::create_symlink(ptsname(master), name);
    }
    void unplug() {
        if (master >= 0) ::close(std::exchange(master, -1));
        std::error_code ignored;
        std::filesystem::remove(name, ignored);
    }
    [[nodiscard]] termios mode() const {
        termios out{};
        REQUIRE(tcgetattr(master, &out) == 0);
        return out;
    }
    void says(std::string_view text) const { REQUIRE(::write(master, text.data(), text.size()) == static_cast<ssize_t>(text.size())); }
    [[nodiscard]] std::string heard() const {
        char room[65'536];
        const auto came = ::read(master, room, sizeof room);
        return came > 0 ? std::string(room, static_cast<std::size_t>(came)) : std::string{};
    }
};

struct Bench {
    Terminal terminal;
    asio::io_context io;
    std::unique_ptr<Clock> clock = make_real_clock();
    std::unique_ptr<Pipe> pipe;
    explicit Bench(int baud = 115'200) : pipe(make_serial_pipe(io.get_executor(), *clock, {terminal.name.string(), baud})) {}
    std::string read(std::size_t max = 100, Duration limit = 200ms) {
        const auto got = run(io, pipe->read(max, limit));
        return got ? to_string(*got) : std::string(name_of(got.error().code));
    }
    std::string write(std::string_view text, Duration limit = 200ms) { return fault_in(run(io, pipe->write(to_bytes(text), limit))); }
};
}  // namespace

TEST_CASE("serial: addresses good and bad") {
    const auto plain = SerialAddress::parse("/dev/ttyUSB0");
    REQUIRE(plain.has_value());
    CHECK(plain->path == "/dev/ttyUSB0");
    CHECK(plain->baud == 115'200);
    for (const int baud : serial_speeds()) CHECK(SerialAddress::parse(fmt::format("/dev/ttyS1?baud={}", baud))->baud == baud);
    for (const auto* bad : {"", "ttyUSB0", "/dev/tty USB0", "/dev/ttyUSB0?", "/dev/ttyUSB0?baud=", "/dev/ttyUSB0?baud=300", "/dev/ttyUSB0?baud=115200x", "/dev/ttyUSB0?speed=9600"})
        CHECK(fault_in(SerialAddress::parse(bad)) == "bad_configuration");
    CHECK(fault_in(SerialAddress::parse("/" + std::string(256, 'a'))) == "bad_configuration");
}

TEST_CASE("serial: eight bits, no parity, one stop bit, nothing translated, at the wanted speed, for us alone") {
    const std::pair<int, speed_t> words[] = {{9'600, B9600}, {57'600, B57600}, {115'200, B115200}};
    for (const auto& [baud, word] : words) {
        Bench bench(baud);
        CHECK_FALSE(bench.pipe->connected());
        CHECK(bench.write("A") == "none");
        CHECK(bench.pipe->connected());
        CHECK(bench.pipe->plugged().count() == 1);
        const auto mode = bench.terminal.mode();
        CHECK(cfgetospeed(&mode) == word);
        CHECK(cfgetispeed(&mode) == word);
        CHECK((mode.c_cflag & (CSIZE | PARENB | CSTOPB | CRTSCTS)) == CS8);
        CHECK((mode.c_lflag & (ICANON | ECHO | ISIG)) == 0);
        CHECK((mode.c_iflag & (IXON | ICRNL | ISTRIP)) == 0);
        CHECK((mode.c_oflag & OPOST) == 0);
        CHECK(bench.terminal.heard() == "A");
        if (::geteuid() != 0) CHECK(::open(bench.terminal.name.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK) < 0);
    }
    std::string all;
    for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
    Bench bench;
    CHECK(bench.write(all) == "none");
    CHECK(bench.terminal.heard() == all);
    bench.terminal.says(all);
    std::string came;
    while (came.size() < all.size()) came += bench.read(100);
    CHECK(came == all);
}

TEST_CASE("serial: what lay in the port from before is dropped; a read is bounded, and loses nothing when it is given up") {
    Bench bench;
    bench.terminal.says("old");
    CHECK(bench.read(100, 20ms) == "time_out");
    bench.terminal.says("0123456789");
    CHECK(bench.read(4) == "0123");
    CHECK(bench.read(100) == "456789");
    const auto before = bench.clock->steady();
    CHECK(bench.read(100, 50ms) == "time_out");
    CHECK(bench.clock->steady() - before >= 50ms);
    // A reading whose caller goes away in the very turn in which bytes come.
    for (int i = 0; i < 20; ++i) {
        auto both = [](Pipe& pipe, Clock& clock, const Terminal& terminal) -> awaitable<std::optional<Result<Bytes>>> {
            auto speaks = [](Clock& c, const Terminal& t) -> awaitable<void> {
                co_await c.sleep(2ms);
                t.says("x");
            };
            auto ended = co_await first_of(pipe.read(1, 1s), speaks(clock, terminal));
            co_return ended.index() == 0 ? std::optional{std::get<0>(std::move(ended))} : std::nullopt;
        };
        const auto got = run(bench.io, both(*bench.pipe, *bench.clock, bench.terminal));
        CHECK((got ? to_string(**got) : bench.read(1)) == "x");
    }
}

TEST_CASE("serial: a line that takes nothing ends the write at its limit") {
    Bench bench;
    const auto before = bench.clock->steady();
    CHECK(bench.write(std::string(1 << 20, 'a'), 50ms) == "time_out");
    CHECK(bench.clock->steady() - before < 1s);
}

TEST_CASE("serial: no port, none that is one, a hang-up, and its return") {
    Bench bench;
    CHECK(bench.write("A") == "none");
    bench.terminal.unplug();
    CHECK(bench.read() == "reader_missing");
    CHECK_FALSE(bench.pipe->connected());
    CHECK(bench.pipe->plugged().count() == 2);
    CHECK(bench.write("A") == "reader_missing");
    CHECK(bench.read() == "reader_missing");
    bench.terminal.plug();
    CHECK(bench.write("B") == "none");
    CHECK(bench.terminal.heard() == "B");
    CHECK(bench.pipe->plugged().count() == 3);
    bench.pipe->reopen();
    CHECK(bench.pipe->plugged().count() == 4);
    CHECK(bench.write("C") == "none");
    // Hung up while a reading waits.
    auto pulled = [](Pipe& pipe, Clock& clock, Terminal& terminal) -> awaitable<Result<Bytes>> {
        auto hand = [](Clock& c, Terminal& t) -> awaitable<void> {
            co_await c.sleep(10ms);
            t.unplug();
            co_await c.sleep(2s);
        };
        auto ended = co_await first_of(pipe.read(1, 5s), hand(clock, terminal));
        co_return ended.index() == 0 ? std::get<0>(std::move(ended)) : Result<Bytes>{fail(FaultCode::internal, "not noticed")};
    };
    CHECK(fault_in(run(bench.io, pulled(*bench.pipe, *bench.clock, bench.terminal))) == "reader_missing");

    auto file = make_serial_pipe(bench.io.get_executor(), *bench.clock, {"/dev/null", 9'600});
    const auto none = run(bench.io, file->read(1, 10ms));
    REQUIRE_FALSE(none.has_value());
    CHECK(none.error().detail.contains("/dev/null: no serial port"));
}
