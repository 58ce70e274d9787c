// The default transport: one HTTP(S) POST per exchange, by cpp-httplib on threads of its own. The deadline and the size limit are kept by the loop, which counts
// what the socket received and cuts it: cpp-httplib's own time-outs start anew with every byte, and it reads header lines of any length.
#include "drivers/clock.hpp"
#include "drivers/lane.hpp"
#include "kiosk/issuing/central_link.hpp"
#include "kiosk/issuing/socket_guard.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <httplib.h>

namespace kiosk {

namespace {
using namespace std::chrono_literals;

/// Exchanges at a time: one that hangs (the outbox's) must not delay a person's. Others wait within their own limit.
constexpr std::size_t exchange_lanes = 4;
/// How often the loop looks at what the socket received.
constexpr Duration watch_every = 20ms;
/// Status line, headers and TLS around the largest reply.
constexpr std::size_t max_overhead_bytes = 65'536;
/// The library's own time-outs lie behind the deadline, so that the loop's verdict is the one that counts.
constexpr Duration after_deadline = 1s;
constexpr std::string_view default_path = "/liqu/v1";

struct Url {
    std::string origin;  ///< scheme://host:port, as the library wants it
    std::string path;
};

bool is_loopback(const std::string& host) {
    if (host == "localhost" || host == "[::1]") return true;
    in_addr address{};
    constexpr std::uint32_t loopback_net = 127;
    return inet_pton(AF_INET, host.c_str(), &address) == 1 && ntohl(address.s_addr) >> 24 == loopback_net;
}

bool is_host(std::string_view host) {
    if (host.starts_with('[')) {
        in6_addr address{};
        return host.ends_with(']') && inet_pton(AF_INET6, std::string(host.substr(1, host.size() - 2)).c_str(), &address) == 1;
    }
    return !host.empty() && std::ranges::all_of(host, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; });
}

Result<Url> parse_url(std::string_view text) {
    const auto refuse = [](std::string_view why) { return drivers::fail(FaultCode::bad_configuration, fmt::format("centre url: {}", why)); };
    const bool secure = text.starts_with("https://");
    if (!secure && !text.starts_with("http://")) return refuse("https:// wanted, or http:// to this machine");
    if (std::ranges::any_of(text, [](char c) { return c <= ' ' || c > '~'; })) return refuse("blanks or letters outside ASCII");
    const auto rest = text.substr(secure ? 8 : 7);
    const auto slash = std::min(rest.find('/'), rest.size());
    const auto authority = rest.substr(0, slash);
    const auto path = rest.substr(slash);
    if (path.find_first_of("?#") != path.npos) return refuse("a path only, no question and no fragment");
    const auto colon = authority.rfind(':');
    const bool has_port = colon != authority.npos && authority.find(']', colon) == authority.npos;
    const std::string host{has_port ? authority.substr(0, colon) : authority};
    const std::string port{has_port ? authority.substr(colon + 1) : secure ? "443" : "80"};
    if (!is_host(host)) return refuse("no host name or address");
    constexpr int max_port = 65'535;
    constexpr std::size_t max_port_digits = 5;
    const bool digits = !port.empty() && port.size() <= max_port_digits && std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || std::stoi(port) < 1 || std::stoi(port) > max_port) return refuse("port 1 to 65535 wanted");
    if (!secure && !is_loopback(host)) return refuse("plain http only to this machine (127.0.0.0/8, ::1, localhost); https:// otherwise");
    return Url{fmt::format("{}://{}:{}", secure ? "https" : "http", host, port), std::string(path.empty() || path == "/" ? default_path : path)};
}

/// One exchange, shared by the loop and the lane's thread. The thread writes `result` before its completion is posted; the loop reads it after.
struct Job {
    Url url;
    std::string request;
    Duration limit{};
    SocketGuard socket;
    Result<Bytes> result = drivers::fail(FaultCode::centre_unreachable);
    bool done = false;        ///< the loop's
    drivers::Signal changed;  ///< the loop's
};

std::pair<time_t, time_t> seconds_of(Duration d) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(d);
    return {whole.count(), (d - whole).count()};
}

/// Runs on the lane's thread and blocks.
Result<Bytes> post(Job& job) {
    if (job.socket.is_cut()) return drivers::fail(FaultCode::centre_too_slow);
    httplib::Client client(job.url.origin);
    const auto [seconds, micros] = seconds_of(job.limit + after_deadline);
    client.set_connection_timeout(seconds, micros);
    client.set_read_timeout(seconds, micros);
    client.set_write_timeout(seconds, micros);
    client.set_keep_alive(false);
    client.set_follow_location(false);
    client.set_decompress(false);  // a reply is never compressed: no bomb is unpacked
    client.set_tcp_nodelay(true);
    client.set_socket_options([&job](socket_t descriptor) { job.socket.adopt(descriptor); });

    httplib::Request request;
    request.method = "POST";
    request.path = job.url.path;
    request.headers.emplace("Content-Type", "application/cbor");
    request.body = std::move(job.request);
    int status = 0;
    bool too_large = false;
    Bytes reply;
    request.response_handler = [&](const httplib::Response& head) {
        status = head.status;
        return status == 200;
    };
    request.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
        too_large = size > max_message_bytes - reply.size();
        if (too_large) return false;
        const auto part = drivers::as_view({data, size});
        reply.insert(reply.end(), part.begin(), part.end());
        return true;
    };
    httplib::Response response;
    auto error = httplib::Error::Success;
    const bool whole = client.send(request, response, error);
    const bool something_came = job.socket.received() > 1;  // the kernel counts a FIN as one byte
    job.socket.release();

    if (too_large) return drivers::fail(FaultCode::centre_too_large, fmt::format("more than {} bytes", max_message_bytes));
    if (status != 0 && status != 200) return drivers::fail(FaultCode::centre_garbage, fmt::format("HTTP {}", status));
    if (whole && status == 200) return reply;
    if (something_came && (status == 200 || error == httplib::Error::Read)) return drivers::fail(FaultCode::centre_garbage, status == 200 ? "the reply broke off" : "no HTTP reply");
    return drivers::fail(FaultCode::centre_unreachable, httplib::to_string(error));
}

class HttpLink final : public CentralLink {
  public:
    HttpLink(asio::any_io_executor loop, Url url) : url_(std::move(url)), clock_(drivers::make_real_clock()) {
        for (std::size_t i = 0; i < exchange_lanes; ++i) lanes_.push_back(drivers::make_thread_lane(loop, fmt::format("liqu-centre-{}", i)));
    }
    ~HttpLink() override {
        for (const auto& job : state_->running)
            if (job) job->socket.cut();  // or joining would wait for the other side
    }

    awaitable<Result<Bytes>> exchange(Bytes request, Duration limit) override {
        const auto deadline = clock_->steady() + limit;
        auto lane = free_lane();
        while (!lane) {
            const auto seen = state_->freed.count();
            lane = free_lane();
            if (lane) break;
            if (!co_await drivers::within(*clock_, deadline - clock_->steady(), state_->freed.after(seen))) co_return drivers::fail(FaultCode::centre_too_slow, "all lanes are busy");
            lane = free_lane();
        }
        auto job = start(*lane, std::move(request), deadline - clock_->steady());
        // Also when the caller is cancelled: the thread is freed at once and its late result goes nowhere.
        const struct Cut {
            Job& job;
            ~Cut() { job.socket.cut(); }
        } cut{*job};
        for (;;) {
            const auto left = deadline - clock_->steady();
            if (left <= Duration::zero()) co_return drivers::fail(FaultCode::centre_too_slow, fmt::format("{} ms", limit / 1ms));
            const auto seen = job->changed.count();
            if (job->done) co_return std::move(job->result);
            co_await drivers::within(*clock_, std::min(left, watch_every), job->changed.after(seen));
            if (!job->done && job->socket.received() > max_message_bytes + max_overhead_bytes)
                co_return drivers::fail(FaultCode::centre_too_large, fmt::format("more than {} bytes", max_message_bytes + max_overhead_bytes));
        }
    }

  private:
    /// Outlives the link inside completions that were already posted.
    struct State {
        std::array<std::shared_ptr<Job>, exchange_lanes> running;
        drivers::Signal freed;
    };

    [[nodiscard]] std::optional<std::size_t> free_lane() const {
        const auto it = std::ranges::find(state_->running, nullptr);
        if (it == state_->running.end()) return std::nullopt;
        return static_cast<std::size_t>(it - state_->running.begin());
    }

    std::shared_ptr<Job> start(std::size_t lane, Bytes request, Duration limit) {
        auto job = std::make_shared<Job>();
        job->url = url_;
        job->request = drivers::to_string(request);
        job->limit = std::max(limit, Duration{1ms});
        state_->running[lane] = job;
        lanes_[lane]->submit(
            [job] {
                try {
                    job->result = post(*job);
                } catch (const std::exception& e) {
                    job->result = drivers::fail(FaultCode::internal, fmt::format("http link: {}", e.what()));
                }
            },
            [job, lane, state = state_] {
                job->done = true;
                state->running[lane].reset();
                state->freed.notify();
                job->changed.notify();
            });
        return job;
    }

    Url url_;
    std::unique_ptr<drivers::Clock> clock_;  // a port's own: what is injected above the ports may stand still
    std::shared_ptr<State> state_ = std::make_shared<State>();
    std::vector<std::unique_ptr<drivers::Lane>> lanes_;
};
}  // namespace

Result<std::unique_ptr<CentralLink>> make_http_link(asio::any_io_executor loop, const std::string& url) {
    auto parsed = parse_url(url);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    return std::make_unique<HttpLink>(std::move(loop), *std::move(parsed));
}

}  // namespace kiosk
