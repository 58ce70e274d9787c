// The HTTP door over cpp-httplib. The macros are those the distribution's library was built with: its classes change size with them.
#include "sim/central/http_server.hpp"

#include <httplib.h>

#include <condition_variable>
#include <mutex>
#include <sodium.h>
#include <thread>

namespace sim {
namespace {

constexpr std::size_t max_request_bytes = 262'144, worker_threads = 16, noise_bytes = 4'096;
constexpr const char* cbor_type = "application/cbor";

std::string text_of(View bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

bool same_secret(std::string_view a, std::string_view b) { return a.size() == b.size() && !a.empty() && sodium_memcmp(a.data(), b.data(), a.size()) == 0; }

}  // namespace

std::optional<Behaviour> behaviour_of(std::string_view word) {
    constexpr std::array<std::pair<std::string_view, Behaviour>, 7> words = {{{"normal", Behaviour::normal},
                                                                               {"rubbish", Behaviour::rubbish},
                                                                               {"huge", Behaviour::huge},
                                                                               {"drip", Behaviour::drip},
                                                                               {"slow", Behaviour::slow},
                                                                               {"refuse", Behaviour::refuse},
                                                                               {"unavailable", Behaviour::unavailable}}};
    for (const auto& [name, behaviour] : words)
        if (name == word) return behaviour;
    return {};
}

struct HttpServer::Impl {
    Setup setup;
    Rooms rooms;
    httplib::Server server;
    std::thread listener;
    std::mutex mutex;  ///< one request in the core at a time; also guards behaviour and stopping
    std::condition_variable stop_asked;
    bool stopping = false;

    /// False when the server stops meanwhile.
    bool pause(int seconds) {
        std::unique_lock lock(mutex);
        return !stop_asked.wait_for(lock, std::chrono::seconds(seconds), [this] { return stopping; });
    }

    void serve_kiosk(const httplib::Request& request, httplib::Response& response) {
        Behaviour behaviour{};
        {
            const std::lock_guard lock(mutex);
            behaviour = setup.behaviour;
        }
        if (request.get_header_value("Content-Type") != cbor_type) {
            response.status = 415;
            return;
        }
        const auto message = std::as_bytes(std::span(request.body));
        switch (behaviour) {
            case Behaviour::unavailable: response.status = 503; return;
            case Behaviour::rubbish: return response.set_content(noise(noise_bytes), cbor_type);
            case Behaviour::huge: return stream_noise(response);
            case Behaviour::slow:
                if (!pause(slow_seconds)) return;
                break;
            case Behaviour::refuse: {
                const std::lock_guard lock(mutex);
                return response.set_content(text_of(rooms.busy(message)), cbor_type);
            }
            case Behaviour::drip:
            case Behaviour::normal: break;
        }
        std::string reply;
        {
            const std::lock_guard lock(mutex);
            reply = text_of(rooms.kiosks(message));
        }
        if (behaviour == Behaviour::drip) return drip(response, std::move(reply));
        response.set_content(reply, cbor_type);
    }

    static std::string noise(std::size_t size) {
        std::string bytes(size, '\0');
        std::uint32_t state = 2463534242u;
        for (auto& byte : bytes) {
            state ^= state << 13u;
            state ^= state >> 17u;
            state ^= state << 5u;
            byte = static_cast<char>(state);
        }
        return bytes;
    }

    static void stream_noise(httplib::Response& response) {
        response.set_content_provider(huge_bytes, cbor_type, [block = noise(65'536)](std::size_t, std::size_t left, httplib::DataSink& sink) {
            return sink.write(block.data(), std::min(left, block.size()));
        });
    }

    void drip(httplib::Response& response, std::string reply) {
        const auto size = reply.size();
        response.set_content_provider(size, cbor_type, [this, reply = std::move(reply)](std::size_t offset, std::size_t, httplib::DataSink& sink) {
            return pause(1) && sink.write(reply.data() + offset, 1);
        });
    }

    void serve_operator(const httplib::Request& request, httplib::Response& response) {
        const auto command = nlohmann::json::parse(request.body, nullptr, false);
        const bool known = command.is_object() && command.contains("token") && command["token"].is_string() &&
                           same_secret(command["token"].get_ref<const std::string&>(), setup.token);
        if (!known) {
            response.status = 403;
            return;
        }
        const std::lock_guard lock(mutex);
        nlohmann::json answer;
        if (command.value("command", nlohmann::json()) == "behave") {
            const auto word = command.value("word", nlohmann::json());
            const auto behaviour = word.is_string() ? behaviour_of(word.get<std::string>()) : std::nullopt;
            if (behaviour) setup.behaviour = *behaviour;
            answer = behaviour ? nlohmann::json{{"done", true}} : nlohmann::json{{"error", "unknown behaviour"}};
        } else {
            answer = rooms.operators(command);
        }
        response.set_content(answer.dump(), "application/json");
    }
};

HttpServer::HttpServer() : impl_(std::make_unique<Impl>()) {}

std::expected<std::unique_ptr<HttpServer>, std::string> HttpServer::start(Setup setup, Rooms rooms) {
    std::unique_ptr<HttpServer> door(new HttpServer);
    auto& impl = *door->impl_;
    impl.setup = std::move(setup);
    impl.rooms = std::move(rooms);
    auto& server = impl.server;
    server.new_task_queue = [] { return new httplib::ThreadPool(worker_threads); };
    server.set_payload_max_length(max_request_bytes);
    server.set_read_timeout(10);
    server.set_write_timeout(10);
    server.set_keep_alive_max_count(1'000);
    server.set_keep_alive_timeout(2);
    server.Post("/liqu/v1", [&impl](const httplib::Request& q, httplib::Response& r) { impl.serve_kiosk(q, r); });
    if (!impl.setup.token.empty()) server.Post("/operator", [&impl](const httplib::Request& q, httplib::Response& r) { impl.serve_operator(q, r); });
    if (impl.setup.port == 0) {
        impl.setup.port = server.bind_to_any_port(impl.setup.host);
        if (impl.setup.port <= 0) return std::unexpected("cannot listen on " + impl.setup.host);
    } else if (!server.bind_to_port(impl.setup.host, impl.setup.port)) {
        return std::unexpected("cannot listen on " + impl.setup.host + ":" + std::to_string(impl.setup.port));
    }
    impl.listener = std::thread([&server] { server.listen_after_bind(); });
    while (!server.is_running()) std::this_thread::yield();
    return door;
}

HttpServer::~HttpServer() {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->stopping = true;
    }
    impl_->stop_asked.notify_all();
    impl_->server.stop();
    if (impl_->listener.joinable()) impl_->listener.join();
}

int HttpServer::port() const { return impl_->setup.port; }

void HttpServer::behave(Behaviour behaviour) {
    const std::lock_guard lock(impl_->mutex);
    impl_->setup.behaviour = behaviour;
}

std::optional<std::pair<int, std::string>> http_post(int port, const std::string& path, const std::string& body, const std::string& type, int seconds) {
    httplib::Client client("127.0.0.1", port);
    client.set_connection_timeout(seconds);
    client.set_read_timeout(seconds);
    client.set_write_timeout(seconds);
    const auto answer = client.Post(path, body, type);
    if (!answer) return {};
    return std::pair{answer->status, answer->body};
}

}  // namespace sim
