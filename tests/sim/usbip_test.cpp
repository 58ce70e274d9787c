// The printer over USB/IP at the wire level: device list, import, control and bulk transfers, a withheld reply that is unlinked, one owner, hostile headers.
// The client here is written from the protocol's table and shares nothing with the server.
#include "sim/wire/usbip_server.hpp"
#include "sim/wire/usbip_wire.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace sim;
using namespace std::chrono_literals;

namespace {

constexpr int limit_ms = 5000;

void put(std::string& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}
std::uint32_t get(const std::string& in, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(in.at(at + i));
    return value;
}

struct Wire {
    explicit Wire(std::uint16_t port) : fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
    }
    ~Wire() { ::close(fd); }
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    void send(const std::string& bytes) { CHECK(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size())); }
    /// Fewer bytes when nothing more came in time or the other side closed.
    std::string receive(std::size_t bytes, int limit = limit_ms) {
        std::string out;
        while (out.size() < bytes) {
            pollfd p{.fd = fd, .events = POLLIN, .revents = 0};
            if (::poll(&p, 1, limit) <= 0) break;
            char buffer[4096];
            const ssize_t n = ::recv(fd, buffer, std::min(sizeof buffer, bytes - out.size()), 0);
            if (n <= 0) break;
            out.append(buffer, static_cast<std::size_t>(n));
        }
        return out;
    }
    bool closed() {
        pollfd p{.fd = fd, .events = POLLIN, .revents = 0};
        char c = 0;
        return ::poll(&p, 1, limit_ms) > 0 && ::recv(fd, &c, 1, 0) <= 0;
    }

    bool import(const std::string& bus = "1-1") {
        send(std::string("\x01\x11\x80\x03\0\0\0\0", 8) + bus + std::string(32 - bus.size(), '\0'));
        const std::string head = receive(8);
        REQUIRE(head.size() == 8);
        if (get(head, 4) != 0) return false;
        CHECK(receive(312).substr(256, 4) == std::string("1-1\0", 4));
        return true;
    }
    void submit(std::uint32_t sequence, std::uint32_t direction, std::uint32_t endpoint, std::uint32_t length, const std::string& setup = std::string(8, '\0'), const std::string& data = {}) {
        std::string out;
        for (const std::uint32_t v : {1u, sequence, 1u << 16 | 2u, direction, endpoint, 0u, length, 0u, 0xFFFFFFFFu, 0u}) put(out, v);
        send(out + setup + data);
    }
    void unlink(std::uint32_t sequence, std::uint32_t of) {
        std::string out;
        for (const std::uint32_t v : {2u, sequence, 1u << 16 | 2u, 0u, 0u, of}) put(out, v);
        send(out + std::string(24, '\0'));
    }
    struct Answer {
        std::uint32_t command, sequence, status, actual;
        std::string data;
    };
    /// `in`: the answer's data follow.
    Answer answer(bool in) {
        const std::string head = receive(48);
        REQUIRE(head.size() == 48);
        Answer a{.command = get(head, 0), .sequence = get(head, 4), .status = get(head, 20), .actual = get(head, 24), .data = {}};
        if (in && a.command == 3) a.data = receive(a.actual);
        return a;
    }

    int fd;
};

struct Served {
    Served() {
        auto made = UsbIpServer::create(printer, "10000000001", world, [this] { return std::chrono::duration_cast<Time>(std::chrono::steady_clock::now() - start); }, {});
        REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error()));
        server = std::move(*made);
    }
    static PrinterSetup quick() {
        PrinterSetup s;
        s.speed = 50;
        return s;
    }
    std::mutex world;
    PrinterModel printer{quick()};
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
    std::unique_ptr<UsbIpServer> server;
};

const std::string list_request("\x01\x11\x80\x05\0\0\0\0", 8);
const std::string get_device_descriptor("\x80\x06\x00\x01\x00\x00\x12\x00", 8), get_port_status("\xA1\x01\0\0\0\0\x01\0", 8), no_such_string("\x80\x06\x09\x03\0\0\x40\0", 8);
constexpr std::uint32_t broken_pipe = static_cast<std::uint32_t>(-32), connection_reset = static_cast<std::uint32_t>(-104);

}  // namespace

TEST_CASE("USB/IP: the list shows one printer, class 7, and its address") {
    Served s;
    Wire w(s.server->port());
    w.send(list_request);
    const std::string reply = w.receive(8 + 4 + 312 + 4);
    REQUIRE(reply.size() == 328);
    CHECK(reply.substr(0, 4) == std::string("\x01\x11\x00\x05", 4));
    CHECK(get(reply, 8) == 1);
    CHECK(reply.substr(12 + 256, 4) == std::string("1-1\0", 4));
    CHECK(get(reply, 12 + 288) == 1);  // bus
    CHECK(get(reply, 12 + 292) == 2);  // device
    CHECK(get(reply, 12 + 300) == 0x0F490A00);
    CHECK(reply.substr(12 + 312) == std::string("\x07\x01\x02\0", 4));
}

TEST_CASE("USB/IP: imported, asked on the control pipe, told and answered on the bulk pipes") {
    Served s;
    Wire w(s.server->port());
    CHECK_FALSE(w.import("9-9"));
    REQUIRE(w.import());
    w.submit(1, 1, 0, 18, get_device_descriptor);
    auto a = w.answer(true);
    CHECK(a.command == 3);
    CHECK(a.sequence == 1);
    CHECK(a.status == 0);
    CHECK(a.data.size() == 18);
    CHECK(a.data.substr(8, 4) == std::string("\x49\x0F\x00\x0A", 4));
    w.submit(2, 1, 0, 1, get_port_status);
    CHECK(w.answer(true).data == "\x18");
    w.submit(3, 1, 0, 64, no_such_string);
    CHECK(w.answer(true).status == broken_pipe);
    w.submit(4, 0, 1, 5, std::string(8, '\0'), "\x1BRtp\r");
    a = w.answer(false);
    CHECK(a.sequence == 4);
    CHECK(a.actual == 5);
    w.submit(5, 1, 2, 4, std::string(8, '\0'));
    CHECK(w.answer(true).data == "KC P");  // a short buffer takes what fits
    w.submit(6, 1, 2, 1024);
    CHECK(w.answer(true).data == std::string("rime\0", 5));
    w.submit(7, 1, 5, 16);
    CHECK(w.answer(true).status == broken_pipe);
}

TEST_CASE("USB/IP: a reply is withheld until there is one; unlinked it never comes, too late it is said") {
    Served s;
    Wire w(s.server->port());
    REQUIRE(w.import());
    w.submit(10, 1, 2, 512);
    CHECK(w.receive(1, 100).empty());
    w.unlink(11, 10);
    auto a = w.answer(false);
    CHECK(a.command == 4);
    CHECK(a.sequence == 11);
    CHECK(a.status == connection_reset);
    w.submit(12, 0, 1, 5, std::string(8, '\0'), "\x1BRsn\r");
    CHECK(w.answer(false).sequence == 12);
    CHECK(w.receive(1, 100).empty());  // the unlinked transfer took nothing
    w.submit(13, 1, 2, 512);
    a = w.answer(true);
    CHECK(a.sequence == 13);
    CHECK(a.data == std::string("10000000001\0", 12));
    w.unlink(14, 13);
    a = w.answer(false);
    CHECK(a.command == 4);
    CHECK(a.status == 0);
    // Two wait: the first that was asked gets the first reply, though the act takes its time.
    {
        const std::lock_guard lock(s.world);
        s.printer.load(0, {std::make_shared<PhysicalCard>()});
    }
    w.submit(15, 1, 2, 512);
    w.submit(16, 1, 2, 512);
    w.submit(17, 0, 1, 5, std::string(8, '\0'), "\x1BSis\r");
    CHECK(w.answer(false).sequence == 17);
    a = w.answer(true);
    CHECK(a.sequence == 15);
    CHECK(a.data == std::string("OK\0", 3));
    CHECK(w.receive(1, 50).empty());
}

TEST_CASE("USB/IP: one owner at a time, the next when it has gone; clients are bounded") {
    Served s;
    {
        Wire first(s.server->port());
        REQUIRE(first.import());
        Wire second(s.server->port());
        CHECK_FALSE(second.import());
        second.send(list_request);
        CHECK(second.receive(328).size() == 328);
        Wire third(s.server->port()), fourth(s.server->port());
        for (int i = 0; i < 100 && s.server->clients() < UsbIpServer::most_clients; ++i) std::this_thread::sleep_for(10ms);
        Wire fifth(s.server->port());
        CHECK(fifth.closed());
        CHECK(s.server->clients() == UsbIpServer::most_clients);
    }
    for (int i = 0; i < 500 && s.server->clients() > 0; ++i) std::this_thread::sleep_for(10ms);
    CHECK(s.server->clients() == 0);
    Wire again(s.server->port());
    CHECK(again.import());
}

TEST_CASE("USB/IP: hostile headers end the connection and nothing else") {
    Served s;
    for (const std::string& request : {std::string("\x01\x06\x80\x05\0\0\0\0", 8), std::string("\x01\x11\x80\x77\0\0\0\0", 8), std::string("\x01\x11\x80\x05\0\0\0\x01", 8), std::string(64, '\xFF')}) {
        Wire w(s.server->port());
        w.send(request);
        CHECK(w.closed());
    }
    const auto hostile = [&](std::uint32_t command, std::uint32_t device, std::uint32_t direction, std::uint32_t endpoint, std::uint32_t length, std::uint32_t packets) {
        for (int i = 0; i < 500 && s.server->clients() > 0; ++i) std::this_thread::sleep_for(10ms);
        Wire w(s.server->port());
        REQUIRE(w.import());
        std::string out;
        for (const std::uint32_t v : {command, 1u, device, direction, endpoint, 0u, length, 0u, packets, 0u}) put(out, v);
        w.send(out + std::string(8, '\0'));
        CHECK(w.closed());
    };
    constexpr std::uint32_t here = 1u << 16 | 2u, none = 0xFFFFFFFF;
    hostile(9, here, 1, 2, 64, none);
    hostile(1, 77, 1, 2, 64, none);
    hostile(1, here, 2, 2, 64, none);
    hostile(1, here, 1, 16, 64, none);
    hostile(1, here, 0, 1, 0x7FFFFFFF, none);
    hostile(1, here, 0, 1, 0xFFFFFFFF, none);
    hostile(1, here, 1, 2, 64, 12);
    Wire w(s.server->port());
    w.send(list_request);
    CHECK(w.receive(328).size() == 328);  // and it still serves
}

TEST_CASE("USB/IP: a taken port and a bad address are said in a sentence") {
    Served s;
    std::mutex world;
    PrinterModel printer({});
    const auto taken = UsbIpServer::create(printer, "1", world, [] { return Time{}; }, {.address = "127.0.0.1", .port = s.server->port()});
    REQUIRE_FALSE(taken.has_value());
    CHECK(taken.error().find("cannot listen") != std::string::npos);
    CHECK_FALSE(UsbIpServer::create(printer, "1", world, [] { return Time{}; }, {.address = "nowhere", .port = 0}).has_value());
}

TEST_CASE("USB/IP headers: every size is looked at before it is used") {
    const Bytes short_one(7), header(48);
    CHECK_FALSE(usbip::parse_op(short_one).has_value());
    CHECK_FALSE(usbip::parse_urb(header, 100).has_value());
    CHECK_FALSE(usbip::parse_bus_id(Bytes(32, std::byte{'x'})).has_value());  // no NUL
    CHECK_FALSE(usbip::parse_bus_id(Bytes(32)).has_value());
    CHECK(usbip::unlink_reply(1, 0).size() == 48);
    CHECK(usbip::submit_reply(1, 0, 0, {}).size() == 48);
    CHECK(usbip::import_reply(true).size() == 8 + 312);
    CHECK(usbip::import_reply(false).size() == 8);
}
