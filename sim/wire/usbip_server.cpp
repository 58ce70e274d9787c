// Plain Asio on a thread of its own: an acceptor, a coroutine for each client, and one pump that lets the printer's time pass and serves the reads that wait.
// A reply that the printer has not given yet is withheld: nothing is sent until there is data or the host unlinks the transfer.
#include "sim/wire/usbip_server.hpp"
#include "sim/wire/usb_front.hpp"
#include "sim/wire/usb_descriptors.hpp"
#include "sim/wire/usbip_wire.hpp"

#include <asio.hpp>
#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <thread>

namespace sim {
namespace {

using asio::ip::tcp;
constexpr auto pump_interval = std::chrono::milliseconds(2);
constexpr auto patience_for_request = std::chrono::seconds(10);  ///< of a connection that does not hold the device
constexpr std::size_t most_unsent_bytes = 8u << 20;              ///< a client that does not read what it asked for is dropped

/// A read that waits for the printer.
struct Read {
    std::uint32_t sequence;
    std::size_t length;
    std::optional<Bytes> data = std::nullopt;
    bool waits() const { return !data; }
    static std::uint8_t endpoint() { return printer_in_endpoint; }
    std::size_t room() const { return length; }
    void give(View d) { data = Bytes{d.begin(), d.end()}; }
};

struct Client {
    explicit Client(tcp::socket s) : socket(std::move(s)), deadline(socket.get_executor()) {}
    tcp::socket socket;
    asio::steady_timer deadline;
    std::deque<Read> reads;
    std::deque<Bytes> unsent;
    std::size_t unsent_bytes = 0;
    bool sending = false;

    void close() {
        asio::error_code ignored;
        socket.shutdown(tcp::socket::shutdown_both, ignored);
        socket.close(ignored);
    }
};
using ClientPtr = std::shared_ptr<Client>;

/// A process started meanwhile would keep the port open.
template <class Socket>
void keep_to_this_process(Socket& socket) {
    ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
}

}  // namespace

struct UsbIpServer::Impl {
    Impl(PrinterModel& model, std::string serial, std::mutex& world, std::function<Time()> now) : front(model, std::move(serial), world, std::move(now)) {}

    UsbFront front;
    std::atomic<int> clients = 0;
    std::uint16_t port = 0;
    // the thread's own
    ClientPtr owner;  ///< has the device
    std::set<ClientPtr> all;
    // last, so that coroutines die before what they use
    asio::io_context io{1};
    tcp::acceptor acceptor{io};
    std::thread thread;

    void listen(const UsbIpListen& where) {
        const tcp::endpoint endpoint{asio::ip::make_address(where.address), where.port};
        acceptor.open(endpoint.protocol());
        keep_to_this_process(acceptor);
        acceptor.set_option(asio::socket_base::reuse_address(true));
        acceptor.bind(endpoint);
        acceptor.listen();
        port = acceptor.local_endpoint().port();
        asio::co_spawn(io, accept(this), asio::detached);
        asio::co_spawn(io, pump(this), asio::detached);
    }

    static asio::awaitable<void> accept(Impl* self) {
        for (;;) {
            asio::error_code error;
            tcp::socket socket(self->io);
            co_await self->acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
            if (error == asio::error::operation_aborted || !self->acceptor.is_open()) co_return;
            if (error) continue;
            keep_to_this_process(socket);
            if (self->clients >= most_clients) continue;  // dropped by its destructor
            asio::co_spawn(self->io, serve(self, std::make_shared<Client>(std::move(socket))), asio::detached);
        }
    }

    static asio::awaitable<void> serve(Impl* self, ClientPtr client) {
        ++self->clients;
        self->all.insert(client);
        try {
            client->socket.set_option(tcp::no_delay(true));
            client->deadline.expires_after(patience_for_request);
            client->deadline.async_wait([weak = std::weak_ptr(client)](asio::error_code error) {
                if (const auto c = weak.lock(); c && !error) c->close();
            });
            if (co_await requests(self, client)) {
                client->deadline.cancel();
                co_await transfers(self, client);
            }
        } catch (const std::system_error&) {  // the other side went away
        }
        client->deadline.cancel();
        client->close();
        if (self->owner == client) self->owner.reset();
        self->all.erase(client);
        --self->clients;
    }

    /// Lists and imports; true when the client has the device now.
    static asio::awaitable<bool> requests(Impl* self, ClientPtr client) {
        for (;;) {
            std::array<std::byte, usbip::op_header_bytes> header{};
            co_await asio::async_read(client->socket, asio::buffer(header), asio::use_awaitable);
            const auto op = usbip::parse_op(header);
            if (!op) co_return false;
            if (*op == usbip::Op::list_devices) {
                const Bytes reply = usbip::device_list_reply();
                co_await asio::async_write(client->socket, asio::buffer(reply), asio::use_awaitable);
                continue;
            }
            std::array<std::byte, usbip::bus_id_bytes> field{};
            co_await asio::async_read(client->socket, asio::buffer(field), asio::use_awaitable);
            const bool granted = usbip::parse_bus_id(field) == usbip::bus_id && !self->owner;
            if (granted) self->owner = client;
            const Bytes reply = usbip::import_reply(granted);
            co_await asio::async_write(client->socket, asio::buffer(reply), asio::use_awaitable);
            if (granted) co_return true;
        }
    }

    static asio::awaitable<void> transfers(Impl* self, ClientPtr client) {
        for (;;) {
            std::array<std::byte, usbip::urb_header_bytes> header{};
            co_await asio::async_read(client->socket, asio::buffer(header), asio::use_awaitable);
            const auto urb = usbip::parse_urb(header, max_transfer_bytes);
            if (!urb) co_return;
            if (urb->unlink) {
                self->unlink(client, *urb->unlink);
                continue;
            }
            Bytes data;
            if (!urb->submit->in && urb->submit->length > 0) {
                data.resize(urb->submit->length);
                co_await asio::async_read(client->socket, asio::buffer(data), asio::use_awaitable);
            }
            self->submit(client, *urb->submit, data);
        }
    }

    void submit(const ClientPtr& client, const usbip::Submit& s, View data) {
        if (s.endpoint == 0) {
            const auto answer = front.control(s.setup);
            if (!answer) return send(client, usbip::submit_reply(s.sequence, -EPIPE, 0, {}));
            if (!s.in) return send(client, usbip::submit_reply(s.sequence, 0, data.size(), {}));
            const View given = View{*answer}.first(std::min(answer->size(), s.length));
            return send(client, usbip::submit_reply(s.sequence, 0, given.size(), given));
        }
        if (!s.in && s.endpoint == (printer_out_endpoint & 0x0F)) {
            front.bulk_out(printer_out_endpoint, data);
            return send(client, usbip::submit_reply(s.sequence, 0, data.size(), {}));
        }
        if (!s.in || s.endpoint != (printer_in_endpoint & 0x0F)) return send(client, usbip::submit_reply(s.sequence, -EPIPE, 0, {}));
        if (client->reads.size() >= max_pending_transfers || s.length == 0) return send(client, usbip::submit_reply(s.sequence, -EINVAL, 0, {}));
        client->reads.push_back({.sequence = s.sequence, .length = s.length});
        serve_reads(client);
    }

    void unlink(const ClientPtr& client, const usbip::Unlink& u) {
        const bool waited = std::erase_if(client->reads, [&](const Read& r) { return r.sequence == u.of; }) > 0;
        send(client, usbip::unlink_reply(u.sequence, waited ? -ECONNRESET : 0));
    }

    void serve_reads(const ClientPtr& client) {
        sim::serve_reads(front, client->reads);
        while (!client->reads.empty() && client->reads.front().data) {
            const Read done = std::move(client->reads.front());
            client->reads.pop_front();
            send(client, usbip::submit_reply(done.sequence, 0, done.data->size(), *done.data));
        }
    }

    void send(const ClientPtr& client, Bytes message) {
        client->unsent_bytes += message.size();
        client->unsent.push_back(std::move(message));
        if (client->unsent_bytes > most_unsent_bytes) return client->close();
        if (!std::exchange(client->sending, true)) asio::co_spawn(io, send_all(client), asio::detached);
    }
    static asio::awaitable<void> send_all(ClientPtr client) {
        try {
            while (!client->unsent.empty()) {
                co_await asio::async_write(client->socket, asio::buffer(client->unsent.front()), asio::use_awaitable);
                client->unsent_bytes -= client->unsent.front().size();
                client->unsent.pop_front();
            }
        } catch (const std::system_error&) {
            client->close();
        }
        client->sending = false;
    }

    static asio::awaitable<void> pump(Impl* self) {
        asio::steady_timer timer(self->io);
        for (;;) {
            timer.expires_after(pump_interval);
            co_await timer.async_wait(asio::use_awaitable);
            self->front.tick();
            if (self->owner) self->serve_reads(self->owner);
        }
    }
};

std::expected<std::unique_ptr<UsbIpServer>, std::string> UsbIpServer::create(PrinterModel& model, std::string serial, std::mutex& world, std::function<Time()> now, UsbIpListen where) {
    auto impl = std::make_unique<Impl>(model, std::move(serial), world, std::move(now));
    try {
        impl->listen(where);
    } catch (const std::system_error& error) {
        return std::unexpected("USB/IP cannot listen on " + where.address + " port " + std::to_string(where.port) + ": " + error.code().message());
    }
    impl->thread = std::thread([raw = impl.get()] { raw->io.run(); });
    return std::unique_ptr<UsbIpServer>(new UsbIpServer(std::move(impl)));
}

UsbIpServer::UsbIpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
UsbIpServer::~UsbIpServer() {
    impl_->io.stop();
    impl_->thread.join();
    // Sockets must not outlive their context: the rest of them dies with the coroutines that hold them.
    impl_->owner.reset();
    impl_->all.clear();
}
std::uint16_t UsbIpServer::port() const { return impl_->port; }
int UsbIpServer::clients() const { return impl_->clients; }

}  // namespace sim
