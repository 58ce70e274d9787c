// The HTTP link against servers of every kind on loopback: good ones, failing ones, and ones that would hold a kiosk for ever.
#include "kiosk/issuing/central_link.hpp"
#include "drivers/clock.hpp"

#include <doctest/doctest.h>
#include <httplib.h>

#include <atomic>
#include <thread>

using namespace kiosk;
using namespace std::chrono_literals;
using asio::ip::tcp;

namespace {
/// A server below HTTP: says to each connection what `talk` says.
class RawServer {
  public:
    explicit RawServer(std::function<void(tcp::socket&, const std::atomic<bool>&)> talk) : talk_(std::move(talk)), thread_([this] { serve(); }) {}
    ~RawServer() {
        stopping_ = true;
        if (const int now = talking_; now >= 0) ::shutdown(now, SHUT_RDWR);  // it may be blocked in a write
        std::error_code ignored;
        tcp::socket poke(io_);
        poke.connect(acceptor_.local_endpoint(), ignored);
        thread_.join();
    }
    RawServer(const RawServer&) = delete;
    RawServer& operator=(const RawServer&) = delete;
    [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}", acceptor_.local_endpoint().port()); }

  private:
    void serve() {
        while (!stopping_) {
            std::error_code error;
            tcp::socket socket(io_);
            acceptor_.accept(socket, error);
            if (error) continue;
            talking_ = socket.native_handle();
            if (!stopping_) talk_(socket, stopping_);
            talking_ = -1;
        }
    }
    asio::io_context io_;
    tcp::acceptor acceptor_{io_, tcp::endpoint{asio::ip::make_address("127.0.0.1"), 0}};
    std::atomic<bool> stopping_ = false;
    std::atomic<int> talking_ = -1;
    std::function<void(tcp::socket&, const std::atomic<bool>&)> talk_;
    std::thread thread_;
};

void say(tcp::socket& socket, std::string_view text, std::error_code& error) { asio::write(socket, asio::buffer(text), error); }

/// Reads what was asked, then says `head` and goes on saying `more` until the connection ends.
auto endless(std::string head, std::string more, std::chrono::milliseconds pause) {
    return [=](tcp::socket& socket, const std::atomic<bool>& stopping) {
        std::error_code error;
        std::array<char, 4096> request{};
        socket.read_some(asio::buffer(request), error);
        say(socket, head, error);
        while (!error && !stopping) {
            say(socket, more, error);
            if (pause > 0ms) std::this_thread::sleep_for(pause);
        }
    };
}

class HttpServer {
  public:
    HttpServer() {
        server_.Post("/liqu/v1", [this](const httplib::Request& request, httplib::Response& response) {
            type = request.get_header_value("Content-Type");
            response.set_content("reply to " + request.body, "application/cbor");
        });
        server_.Post("/broken", [](const httplib::Request&, httplib::Response& response) {
            response.status = 500;
            response.set_content("no", "text/plain");
        });
        server_.Post("/large", [](const httplib::Request&, httplib::Response& response) { response.set_content(std::string(100'000'000, 'x'), "application/cbor"); });
        server_.Post("/fits", [](const httplib::Request&, httplib::Response& response) { response.set_content(std::string(max_message_bytes, 'x'), "application/cbor"); });
        server_.Post("/over", [](const httplib::Request&, httplib::Response& response) { response.set_content(std::string(max_message_bytes + 1, 'x'), "application/cbor"); });
        server_.Post("/elsewhere", [](const httplib::Request&, httplib::Response& response) { response.set_redirect("/liqu/v1"); });
        port_ = server_.bind_to_any_port("127.0.0.1");
        thread_ = std::thread([this] { server_.listen_after_bind(); });
        while (!server_.is_running()) std::this_thread::yield();
    }
    ~HttpServer() {
        server_.stop();
        thread_.join();
    }
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;
    [[nodiscard]] std::string url(std::string_view path) const { return fmt::format("http://127.0.0.1:{}{}", port_, path); }
    std::string type;

  private:
    httplib::Server server_;
    int port_ = 0;
    std::thread thread_;
};

struct Exchanged {
    Result<Bytes> result;
    Duration took{};
};

/// One exchange on a loop of its own; the link is alive when it ends and is joined after.
Exchanged ask_link(const std::string& url, Duration limit, Bytes request = drivers::to_bytes("question")) {
    asio::io_context io;
    auto link = make_http_link(io.get_executor(), url);
    REQUIRE_MESSAGE(link, link.error().detail);
    const auto clock = drivers::make_real_clock();
    std::optional<Result<Bytes>> out;
    auto body = [](CentralLink& l, Bytes q, Duration d, std::optional<Result<Bytes>>& o) -> awaitable<void> { o.emplace(co_await l.exchange(std::move(q), d)); };
    asio::co_spawn(io, body(**link, std::move(request), limit, out), asio::detached);
    auto guard = asio::make_work_guard(io);
    while (!out) io.run_one();
    const auto took = clock->steady().since_start;
    link->reset();
    CHECK_MESSAGE(clock->steady().since_start - took < 500ms, "the threads were not freed");
    return {*std::move(out), took};
}

FaultCode fault_of(const Exchanged& e) {
    REQUIRE_FALSE(e.result);
    return e.result.error().code;
}
}  // namespace

TEST_CASE("http link: a good answer, and the limits of size from both sides") {
    const HttpServer server;
    const auto good = ask_link(server.url(""), 5s);
    REQUIRE_MESSAGE(good.result, good.result.error().detail);
    CHECK(drivers::to_string(*good.result) == "reply to question");
    CHECK(server.type == "application/cbor");
    CHECK(ask_link(server.url("/liqu/v1"), 5s).result);
    const auto fits = ask_link(server.url("/fits"), 5s);
    REQUIRE(fits.result);
    CHECK(fits.result->size() == max_message_bytes);
    CHECK(fault_of(ask_link(server.url("/over"), 5s)) == FaultCode::centre_too_large);
    const auto large = ask_link(server.url("/large"), 10s);
    CHECK(fault_of(large) == FaultCode::centre_too_large);
    CHECK(large.took < 5s);
}

TEST_CASE("http link: an error page, a redirection, noise and a broken reply are garbage; nothing at all is unreachable") {
    const HttpServer server;
    const auto broken = ask_link(server.url("/broken"), 5s);
    CHECK(fault_of(broken) == FaultCode::centre_garbage);
    CHECK(broken.result.error().detail == "HTTP 500");
    CHECK(fault_of(ask_link(server.url("/elsewhere"), 5s)) == FaultCode::centre_garbage);

    const RawServer noise([](tcp::socket& socket, const std::atomic<bool>&) {
        std::error_code error;
        std::array<char, 4096> request{};
        socket.read_some(asio::buffer(request), error);
        say(socket, "\x01\x02 what is HTTP?\r\n\r\n", error);
    });
    CHECK(fault_of(ask_link(noise.url(), 5s)) == FaultCode::centre_garbage);
    const RawServer half([](tcp::socket& socket, const std::atomic<bool>&) {
        std::error_code error;
        std::array<char, 4096> request{};
        socket.read_some(asio::buffer(request), error);
        say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it", error);
    });
    CHECK(fault_of(ask_link(half.url(), 5s)) == FaultCode::centre_garbage);

    const RawServer hangs_up([](tcp::socket& socket, const std::atomic<bool>&) {
        std::error_code error;
        std::array<char, 4096> request{};
        socket.read_some(asio::buffer(request), error);
        socket.shutdown(tcp::socket::shutdown_both, error);
    });
    CHECK(fault_of(ask_link(hangs_up.url(), 5s)) == FaultCode::centre_unreachable);
    std::string closed;
    {
        const RawServer gone([](tcp::socket&, const std::atomic<bool>&) {});
        closed = gone.url();
    }
    const auto refused = ask_link(closed, 5s);
    CHECK(fault_of(refused) == FaultCode::centre_unreachable);
    CHECK(refused.took < 2s);
}

TEST_CASE("http link: whoever drips, is silent or never ends is left at the deadline or at the limit") {
    const auto left_in_time = [](const RawServer& server) {
        const auto out = ask_link(server.url(), 700ms);
        CHECK(fault_of(out) == FaultCode::centre_too_slow);
        CHECK(out.took >= 700ms);
        CHECK(out.took < 1200ms);
    };
    left_in_time(RawServer(endless("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "x", 100ms)));
    left_in_time(RawServer(endless("HTTP/1.1 200 OK\r\n", "X-Drip: y\r\n", 100ms)));
    left_in_time(RawServer(endless("", "H", 100ms)));
    left_in_time(RawServer(endless("", "", 50ms)));
    // Without an end and without a length, in body and in header.
    const RawServer body(endless("HTTP/1.1 200 OK\r\n\r\n", std::string(65'536, 'x'), 0ms));
    CHECK(fault_of(ask_link(body.url(), 10s)) == FaultCode::centre_too_large);
    const RawServer header(endless("HTTP/1.1 200 OK\r\nX-Long: ", std::string(65'536, 'x'), 0ms));
    const auto long_header = ask_link(header.url(), 10s);
    CHECK(fault_of(long_header) == FaultCode::centre_too_large);
    CHECK(long_header.took < 5s);
}

TEST_CASE("http link: a cancelled caller is freed within a turn, and one silent exchange does not delay another") {
    const RawServer silent(endless("", "", 20ms));
    const HttpServer server;
    asio::io_context io;
    const auto clock = drivers::make_real_clock();
    auto link = make_http_link(io.get_executor(), silent.url());
    REQUIRE(link);
    asio::cancellation_signal cancel;
    std::exception_ptr thrown;
    auto body = [](CentralLink& l, std::exception_ptr& t) -> awaitable<void> {
        try {
            co_await l.exchange(drivers::to_bytes("q"), 60s);
        } catch (...) {
            t = std::current_exception();
        }
    };
    asio::co_spawn(io, body(**link, thrown), asio::bind_cancellation_slot(cancel.slot(), asio::detached));
    io.run_for(100ms);
    cancel.emit(asio::cancellation_type::terminal);
    io.run_for(200ms);
    CHECK(drivers::is_cancellation(thrown));
    link->reset();
    CHECK(clock->steady().since_start < 2s);
}

TEST_CASE("http link: more exchanges than lanes wait their turn within their own limit") {
    const RawServer silent(endless("", "", 20ms));
    asio::io_context io;
    auto link = make_http_link(io.get_executor(), silent.url());
    REQUIRE(link);
    const auto clock = drivers::make_real_clock();
    std::vector<FaultCode> codes;
    auto body = [](CentralLink& l, Duration limit, std::vector<FaultCode>& c) -> awaitable<void> {
        auto out = co_await l.exchange(drivers::to_bytes("q"), limit);
        c.push_back(out ? FaultCode::internal : out.error().code);
    };
    for (int i = 0; i < 6; ++i) asio::co_spawn(io, body(**link, i < 4 ? Duration{600ms} : Duration{300ms}, codes), asio::detached);
    auto guard = asio::make_work_guard(io);
    while (codes.size() < 6) io.run_one();
    CHECK(std::ranges::count(codes, FaultCode::centre_too_slow) == 6);
    CHECK(clock->steady().since_start < 1500ms);
}

TEST_CASE("http link: plain http only to this machine, and no URL that is half understood") {
    asio::io_context io;
    for (const char* good : {"http://127.0.0.1:8320", "http://127.9.8.7:8320/liqu/v1", "http://localhost:1/", "http://[::1]:8320", "http://localhost", "https://centre.example:8443/liqu/v1",
                             "https://[2001:db8::1]"}) {
        CAPTURE(good);
        CHECK(make_http_link(io.get_executor(), good));
    }
    for (const char* bad : {"http://192.0.2.1:8320", "http://centre.example", "http://127.0.0.1.example", "http://127.1", "http://1270.0.0.1", "http://localhost.example", "http://localhost@example",
                            "http://user@127.0.0.1", "ftp://127.0.0.1", "127.0.0.1:8320", "", "http://", "http://:80", "https://host:0", "https://host:65536", "https://host:8x", "https://host:",
                            "https://ho st", "https://host/a b", "https://host/?q", "https://host/#f", "https://[::1", "https://[zz]", "http://[::2]:80", "https://主机"}) {
        CAPTURE(bad);
        const auto link = make_http_link(io.get_executor(), bad);
        REQUIRE_FALSE(link);
        CHECK(link.error().code == FaultCode::bad_configuration);
    }
}
