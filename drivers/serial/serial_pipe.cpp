// termios and the loop's descriptor.
#include "drivers/serial/serial_pipe.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace drivers {

namespace {
constexpr std::size_t max_read_bytes = 65'536, max_path_bytes = 256;
struct Speed {
    int baud;
    speed_t word;
};
constexpr Speed speeds[] = {{9'600, B9600}, {19'200, B19200}, {38'400, B38400}, {57'600, B57600}, {115'200, B115200}};
constexpr auto bauds = [] {
    std::array<int, std::size(speeds)> out{};
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = speeds[i].baud;
    return out;
}();

/// Shared with the coroutines that wait on it: they may outlive the pipe by one turn.
struct Port {
    asio::posix::stream_descriptor descriptor;
    SerialAddress address;
    Signal plugged;

    Port(asio::any_io_executor loop, SerialAddress a) : descriptor(std::move(loop)), address(std::move(a)) {}
    Result<void> open() {
        if (descriptor.is_open()) return {};
        const auto refuse = [this](const char* what) { return fail(FaultCode::reader_missing, fmt::format("{}: {}: {}", address.path, what, std::strerror(errno))); };
        // Non-blocking, or opening would wait for a carrier.
        const int fd = ::open(address.path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0) return refuse("open");
        if (auto made = make_raw(fd); !made) {
            auto fault = refuse(made.error());
            ::close(fd);
            return fault;
        }
        descriptor.assign(fd);
        plugged.notify();
        return {};
    }
    std::expected<void, const char*> make_raw(int fd) const {
        const auto* speed = std::ranges::find(speeds, address.baud, &Speed::baud);
        termios mode{};
        if (tcgetattr(fd, &mode) != 0) return std::unexpected("no serial port");
        cfmakeraw(&mode);  // 8 bits, no parity, nothing translated
        mode.c_cflag &= ~static_cast<tcflag_t>(CSTOPB | CRTSCTS);
        mode.c_cflag |= CLOCAL | CREAD;
        mode.c_cc[VMIN] = 1;  // so that 0 bytes mean a hang-up
        mode.c_cc[VTIME] = 0;
        if (cfsetspeed(&mode, speed->word) != 0 || tcsetattr(fd, TCSANOW, &mode) != 0) return std::unexpected("speed or mode refused");
        if (ioctl(fd, TIOCEXCL) != 0) return std::unexpected("not for us alone");
        tcflush(fd, TCIOFLUSH);
        return {};
    }
    void close() {
        if (!descriptor.is_open()) return;
        std::error_code ignored;
        descriptor.close(ignored);
        plugged.notify();
    }
    std::unexpected<Fault> hung_up() {
        close();
        return fail(FaultCode::reader_missing, fmt::format("{}: hung up", address.path));
    }
};
using PortPtr = std::shared_ptr<Port>;
using Wait = asio::posix::descriptor_base::wait_type;

/// Only waits: bytes are taken afterwards and at once, so none is lost to a cancelled wait. False when the port was closed meanwhile.
awaitable<bool> ready(PortPtr port, Wait what) {
    std::error_code error;
    co_await port->descriptor.async_wait(what, asio::redirect_error(asio::use_awaitable, error));
    if (!port->descriptor.is_open()) co_return false;
    if (error) throw asio::system_error(error);
    co_return true;
}

/// Time left may be none: what is ready counts all the same.
awaitable<Result<void>> wait_for(PortPtr port, Clock& clock, Wait what, Steady deadline) {
    if (clock.steady() >= deadline) co_return fail(FaultCode::time_out, "the serial port is silent");
    const auto is_ready = co_await within(clock, deadline - clock.steady(), ready(port, what));
    if (!is_ready) co_return fail(FaultCode::time_out, "the serial port is silent");
    if (!*is_ready) co_return fail(FaultCode::reader_missing, "the serial port was closed");
    co_return Result<void>{};
}

awaitable<Result<void>> write_all(PortPtr port, Clock& clock, Bytes data, Duration limit) {
    if (const auto open = port->open(); !open) co_return std::unexpected(open.error());
    const auto deadline = clock.steady() + limit;
    for (View rest{data}; !rest.empty();) {
        const auto sent = ::write(port->descriptor.native_handle(), rest.data(), rest.size());
        if (sent > 0) {
            rest = rest.subspan(static_cast<std::size_t>(sent));
            continue;
        }
        if (sent < 0 && errno != EAGAIN && errno != EINTR) co_return port->hung_up();
        if (const auto waited = co_await wait_for(port, clock, Wait::wait_write, deadline); !waited) co_return waited;
    }
    co_return Result<void>{};
}

awaitable<Result<Bytes>> read_some(PortPtr port, Clock& clock, std::size_t max, Duration limit) {
    if (const auto open = port->open(); !open) co_return std::unexpected(open.error());
    const auto deadline = clock.steady() + limit;
    Bytes some(std::min(max, max_read_bytes));
    for (;;) {
        const auto came = ::read(port->descriptor.native_handle(), some.data(), some.size());
        if (came > 0) {
            some.resize(static_cast<std::size_t>(came));
            co_return some;
        }
        if (came == 0 || (errno != EAGAIN && errno != EINTR)) co_return port->hung_up();
        if (const auto waited = co_await wait_for(port, clock, Wait::wait_read, deadline); !waited) co_return std::unexpected(waited.error());
    }
}

class SerialPipe final : public Pipe {
  public:
    SerialPipe(asio::any_io_executor loop, Clock& clock, SerialAddress address)
        : clock_(clock), port_(std::make_shared<Port>(std::move(loop), std::move(address))) {}
    ~SerialPipe() override {
        std::error_code ignored;
        port_->descriptor.close(ignored);
    }
    SerialPipe(const SerialPipe&) = delete;
    SerialPipe& operator=(const SerialPipe&) = delete;
    bool connected() const override { return port_->descriptor.is_open(); }
    Signal& plugged() override { return port_->plugged; }
    void reopen() override { port_->close(); }
    awaitable<Result<void>> write(Bytes data, Duration limit) override { return write_all(port_, clock_, std::move(data), limit); }
    awaitable<Result<Bytes>> read(std::size_t max, Duration limit) override { return read_some(port_, clock_, max, limit); }

  private:
    Clock& clock_;
    PortPtr port_;
};
}  // namespace

Result<SerialAddress> SerialAddress::parse(std::string_view text) {
    const auto bad = [](const char* what) { return fail(FaultCode::bad_configuration, fmt::format("serial port: {}; expected /dev/ttyUSB0 or /dev/ttyUSB0?baud=115200", what)); };
    constexpr std::string_view baud_key = "?baud=";
    SerialAddress address;
    const auto question = text.find('?');
    address.path = std::string(text.substr(0, question));
    if (!address.path.starts_with('/') || address.path.size() > max_path_bytes || !std::ranges::all_of(address.path, [](char c) { return c > ' ' && c < 0x7F; }))
        return bad("the path is not absolute, too long or not printable");
    if (question == text.npos) return address;
    text.remove_prefix(question);
    if (!text.starts_with(baud_key)) return bad("only ?baud= is known");
    text.remove_prefix(baud_key.size());
    for (const int baud : bauds) {
        if (text != std::to_string(baud)) continue;
        address.baud = baud;
        return address;
    }
    return bad("the speed is one of 9600, 19200, 38400, 57600, 115200");
}

std::span<const int> serial_speeds() { return bauds; }

std::unique_ptr<Pipe> make_serial_pipe(asio::any_io_executor loop, Clock& clock, SerialAddress address) { return std::make_unique<SerialPipe>(std::move(loop), clock, std::move(address)); }

}  // namespace drivers
