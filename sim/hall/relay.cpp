// The relay: cpp-httplib on both sides, one thread.
#include "sim/hall/relay.hpp"

#include <atomic>
#include <deque>
#include <httplib.h>
#include <mutex>
#include <thread>

namespace sim {

struct Relay::Impl {
    httplib::Server server;
    std::thread thread;
    std::atomic<int> target{0};
    std::atomic<bool> cut{false};
    int port = 0;
    mutable std::mutex mutex;
    std::deque<std::string> requests;

    httplib::Result pass(const std::string& path, const std::string& body) {
        httplib::Client client("127.0.0.1", target);
        client.set_connection_timeout(2);
        client.set_read_timeout(30);
        return client.Post(path, body, "application/cbor");
    }
};

Relay::Relay(int target_port) : impl_(std::make_unique<Impl>()) {
    impl_->target = target_port;
    impl_->server.Post(".*", [this](const httplib::Request& request, httplib::Response& response) {
        if (impl_->cut) {
            response.status = 503;
            return;
        }
        {
            const std::lock_guard lock(impl_->mutex);
            impl_->requests.push_back(request.body);
            if (impl_->requests.size() > 64) impl_->requests.pop_front();
        }
        const auto answer = impl_->pass(request.path, request.body);
        if (!answer) {
            response.status = 502;
            return;
        }
        response.status = answer->status;
        response.set_content(answer->body, "application/cbor");
    });
    impl_->port = impl_->server.bind_to_any_port("127.0.0.1");
    impl_->thread = std::thread([this] { impl_->server.listen_after_bind(); });
}

Relay::~Relay() {
    impl_->server.stop();
    impl_->thread.join();
}

int Relay::port() const { return impl_->port; }
void Relay::set_target(int port) { impl_->target = port; }
void Relay::cut(bool yes) { impl_->cut = yes; }
std::vector<std::string> Relay::requests() const {
    const std::lock_guard lock(impl_->mutex);
    return {impl_->requests.begin(), impl_->requests.end()};
}
int Relay::send(const std::string& body) {
    const auto answer = impl_->pass("/liqu/v1", body);
    return answer ? answer->status : 0;
}

}  // namespace sim
