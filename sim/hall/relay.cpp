// The relay: cpp-httplib on both sides, one thread.
#include "sim/hall/relay.hpp"

#include <atomic>
#include <deque>
#include <httplib.h>
#include <mutex>
#include <thread>

namespace sim {

struct Relay::Impl {
    std::unique_ptr<httplib::Server> server;
    std::thread thread;
    std::atomic<int> target{0};
    int port = 0;
    mutable std::mutex mutex;
    std::deque<std::string> requests;

    httplib::Result pass(const std::string& path, const std::string& body) const {
        httplib::Client client("127.0.0.1", target);
        client.set_connection_timeout(2);
        client.set_read_timeout(30);
        return client.Post(path, body, "application/cbor");
    }
    void serve(const httplib::Request& request, httplib::Response& response) {
        {
            const std::lock_guard lock(mutex);
            requests.push_back(request.body);
            if (requests.size() > 64) requests.pop_front();
        }
        const auto answer = pass(request.path, request.body);
        if (!answer) {
            response.status = 502;
            return;
        }
        response.status = answer->status;
        response.set_content(answer->body, "application/cbor");
    }
    void open() {
        if (server) return;
        server = std::make_unique<httplib::Server>();
        server->Post(".*", [this](const httplib::Request& request, httplib::Response& response) { serve(request, response); });
        if (port == 0) port = server->bind_to_any_port("127.0.0.1");
        else server->bind_to_port("127.0.0.1", port);
        thread = std::thread([this] { server->listen_after_bind(); });
    }
    void close() {
        if (!server) return;
        // A server that was stopped before its thread listens would listen for ever.
        while (!server->is_running()) std::this_thread::yield();
        server->stop();
        thread.join();
        server.reset();
    }
};

Relay::Relay(int target_port) : impl_(std::make_unique<Impl>()) {
    impl_->target = target_port;
    impl_->open();
}

Relay::~Relay() { impl_->close(); }

int Relay::port() const { return impl_->port; }
void Relay::set_target(int port) { impl_->target = port; }
void Relay::cut(bool yes) { yes ? impl_->close() : impl_->open(); }
std::vector<std::string> Relay::requests() const {
    const std::lock_guard lock(impl_->mutex);
    return {impl_->requests.begin(), impl_->requests.end()};
}
int Relay::send(const std::string& body) {
    const auto answer = impl_->pass("/liqu/v1", body);
    return answer ? answer->status : 0;
}

}  // namespace sim
