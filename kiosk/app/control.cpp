// Serving liqu-ctl.
#include "kiosk/app/control.hpp"

#include "kiosk/report.hpp"

#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kiosk {

namespace {
using Socket = asio::local::stream_protocol::socket;

bool peer_allowed(Socket& socket) {
    ucred peer{};
    socklen_t size = sizeof peer;
    return getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == geteuid() || peer.uid == 0);
}

std::string_view name_of_state(PathState state) {
    switch (state) {
        case PathState::recovering: return "recovering";
        case PathState::open: return "open";
        case PathState::busy: return "busy";
        case PathState::closed: return "closed";
    }
    return "";
}

awaitable<nlohmann::json> answer(Kiosk& kiosk, std::string command) {
    if (command == "status") {
        const auto fault = kiosk.card_path.closed_by();
        co_return nlohmann::json{{"kiosk", kiosk.config.id},
                                 {"build", build_name},
                                 {"path", name_of_state(kiosk.card_path.state())},
                                 {"closed_by", fault ? std::string(name_of(fault->code)) : ""},
                                 {"screen", name_of(kiosk.stage.shown().question)},
                                 {"centre", kiosk.issuing.reachable() ? "reachable" : "unreachable"},
                                 {"printer", kiosk.printer.online() ? "online" : "offline"}};
    }
    auto found = co_await kiosk.ledger.look([command, config = &kiosk.config](Books& books) { return report(books, *config, command); });
    co_return found ? std::move(*found) : nlohmann::json{{"error", "unknown command"}};
}

awaitable<void> serve_one(Kiosk& kiosk, Socket& socket) {
    std::string line;
    co_await asio::async_read_until(socket, asio::dynamic_buffer(line, max_control_line), '\n', asio::use_awaitable);
    const auto asked = nlohmann::json::parse(line, nullptr, false);
    const auto command = asked.is_object() && asked.contains("command") && asked["command"].is_string() ? asked["command"].get<std::string>() : "";
    const std::string reply = (co_await answer(kiosk, command)).dump() + "\n";
    co_await asio::async_write(socket, asio::buffer(reply), asio::use_awaitable);
}
}  // namespace

awaitable<void> serve_control(Kiosk& kiosk, std::filesystem::path path) {
    const auto executor = co_await asio::this_coro::executor;
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    asio::local::stream_protocol::acceptor acceptor(executor, path.string());
    std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
    for (;;) {
        Socket socket(executor);
        co_await acceptor.async_accept(socket, asio::use_awaitable);
        if (!peer_allowed(socket)) continue;
        try {
            co_await drivers::within(kiosk.clock, std::chrono::seconds{2}, serve_one(kiosk, socket));
        } catch (const asio::system_error& error) {
            if (error.code() == asio::error::operation_aborted) throw;
            spdlog::debug("control socket: {}", error.what());
        }
    }
}

}  // namespace kiosk
