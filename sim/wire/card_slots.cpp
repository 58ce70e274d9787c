// A poll loop over a handful of connections from pcscd. A chip's work is a due time for its answer, not a sleep: one slow card delays
// nobody else, and its own reader waits as it would.
#include "sim/wire/card_slots.hpp"
#include "sim/wire/slot_frames.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <map>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace sim {
namespace {

using Clock = std::chrono::steady_clock;  // a wire front end: real time is its business
using namespace slots;
using namespace std::chrono_literals;

constexpr std::size_t max_connections = 64;
constexpr auto look_again = 100ms;        // should an owner forget to call changed()
constexpr Time mute_wait = 1s;            // how long a reader waits for a silent chip
constexpr Time atr_wait = 30ms;

}  // namespace

struct CardSlots::Impl {
    struct Connection {
        int fd = -1;
        Bytes in, out;
        Clock::time_point out_due{};
        struct Wait {
            std::size_t slot;
            std::uint32_t known;
            Clock::time_point until;
        };
        std::optional<Wait> wait;
    };
    struct State {
        SmartCard* seen = nullptr;
        std::uint32_t insertion = 0;  ///< counts; `current` is 0 while empty
        std::uint32_t current = empty;
        std::uint32_t powered = empty;  ///< the insertion that was powered up: a card that just came has no voltage yet
        bool unplugged = false;
    };

    Impl(std::filesystem::path socket_path, std::vector<CardSlot> slots_, std::mutex& world_, double speed_)
        : path(std::move(socket_path)), slots(std::move(slots_)), states(slots.size()), world(world_), speed(speed_) {}
    ~Impl() {
        stopping = true;
        wake();
        if (thread.joinable()) thread.join();
        for (const Connection& c : connections) close(c.fd);
        if (listener >= 0) {
            close(listener);
            ::unlink(path.c_str());
        }
        if (event >= 0) close(event);
    }

    std::expected<void, std::string> listen_there() {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        if (path.native().size() >= sizeof address.sun_path) return std::unexpected(fmt::format("the socket's path is longer than {} bytes: {}", sizeof address.sun_path - 1, path.native()));
        std::memcpy(address.sun_path, path.c_str(), path.native().size());
        ::unlink(path.c_str());
        event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (event < 0 || listener < 0 || bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(listener, 16) != 0) {
            return std::unexpected(fmt::format("cannot listen on {}: {}", path.native(), std::strerror(errno)));
        }
        chmod(path.c_str(), 0666);  // pcscd may run as another user; the folder around it is private
        thread = std::thread([this] { run(); });
        return {};
    }

    void wake() const {
        const std::uint64_t one = 1;
        if (event >= 0) (void)!write(event, &one, sizeof one);
    }

    void run() {
        std::vector<pollfd> fds;
        while (!stopping) {
            const auto now = Clock::now();
            observe();
            auto next = now + 1h;
            for (Connection& c : connections) {
                if (c.wait) {
                    answer_wait(c, now);
                    if (c.wait) next = std::min({next, c.wait->until, now + look_again});
                }
                if (!c.out.empty() && c.out_due <= now) flush(c);
                if (!c.out.empty()) next = std::min(next, c.out_due);
            }
            drop_closed();
            fds.assign({{.fd = event, .events = POLLIN, .revents = 0}, {.fd = listener, .events = POLLIN, .revents = 0}});
            for (const Connection& c : connections) fds.push_back({.fd = c.fd, .events = POLLIN, .revents = 0});
            const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - now).count();
            if (poll(fds.data(), fds.size(), static_cast<int>(std::clamp<std::int64_t>(wait, 0, 3'600'000))) < 0) continue;
            if (fds[0].revents) {
                std::uint64_t count = 0;
                (void)!read(event, &count, sizeof count);
            }
            for (std::size_t i = 2; i < fds.size(); ++i) {
                if (fds[i].revents) receive(connections[i - 2]);
            }
            drop_closed();
            if (fds[1].revents) accept_one();
        }
    }

    void accept_one() {
        const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0) return;
        if (connections.size() >= max_connections) {
            close(fd);
            return;
        }
        connections.push_back({.fd = fd, .in = {}, .out = {}, .out_due = {}, .wait = {}});
    }

    void drop_closed() {
        std::erase_if(connections, [](const Connection& c) { return c.fd < 0; });
    }
    static void hang_up(Connection& c) {
        if (c.fd >= 0) close(c.fd);
        c.fd = -1;
    }

    void receive(Connection& c) {
        std::array<std::byte, 2048> buffer;
        const ssize_t n = recv(c.fd, buffer.data(), buffer.size(), 0);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) return hang_up(c);
        if (n < 0) return;
        c.in.insert(c.in.end(), buffer.begin(), buffer.begin() + n);
        while (c.in.size() >= header_bytes) {
            const auto at = [&](std::size_t i) { return std::to_integer<std::size_t>(c.in[i]); };
            const std::size_t size = at(2) << 8 | at(3);
            if (size > max_payload_bytes || at(1) >= slots.size()) return hang_up(c);
            if (c.in.size() < header_bytes + size) return;
            const Bytes payload(c.in.begin() + header_bytes, c.in.begin() + static_cast<std::ptrdiff_t>(header_bytes + size));
            const auto ask = static_cast<Ask>(at(0));
            const std::size_t slot = at(1);
            c.in.erase(c.in.begin(), c.in.begin() + static_cast<std::ptrdiff_t>(header_bytes + size));
            serve(c, ask, slot, payload);
            if (c.fd < 0) return;
        }
    }

    void serve(Connection& c, Ask ask, std::size_t slot, const Bytes& payload) {
        observe();
        State& state_ = states[slot];
        const auto now = Clock::now();
        if (ask == wait) {
            if (payload.size() != 8) return hang_up(c);
            const auto* raw = reinterpret_cast<const unsigned char*>(payload.data());
            c.wait = Connection::Wait{.slot = slot, .known = get32(raw), .until = now + std::chrono::milliseconds{std::min<std::uint32_t>(get32(raw + 4), 3'600'000)}};
            answer_wait(c, now);
            return;
        }
        if (ask == presence) return tell_state(c, slot);
        if (state_.unplugged) return tell(c, unplugged, {}, 0ms);
        const std::lock_guard lock(world);
        SmartCard* card = slots[slot].card();
        if (!card || card != state_.seen) return tell(c, no_card, {}, 0ms);
        if (ask == power_down) {
            state_.powered = empty;
            return tell(c, done, {}, 0ms);
        }
        if (ask == power_up) {
            state_.powered = state_.current;
            const Bytes atr = card->reset();
            return atr.empty() ? tell(c, mute, {}, mute_wait) : tell(c, done, atr, atr_wait);
        }
        if (ask != transmit) return hang_up(c);
        if (state_.powered != state_.current) return tell(c, no_card, {}, 0ms);
        Time took{};
        const Bytes answer = card->answer(payload, took);
        ++exchanges;
        return answer.empty() ? tell(c, mute, {}, mute_wait) : tell(c, done, answer, took);
    }

    void tell(Connection& c, Tell kind, View payload, Time after) {
        c.out = {static_cast<std::byte>(kind), std::byte{0}, static_cast<std::byte>(payload.size() >> 8), static_cast<std::byte>(payload.size() & 0xFF)};
        c.out.insert(c.out.end(), payload.begin(), payload.end());
        c.out_due = Clock::now() + std::chrono::duration_cast<Clock::duration>(after / speed);
        if (after == Time{}) flush(c);
    }
    void tell_state(Connection& c, std::size_t slot) {
        std::array<unsigned char, 4> raw{};
        put32(raw.data(), states[slot].unplugged ? away : states[slot].current);
        tell(c, state, std::as_bytes(std::span{raw}), 0ms);
    }
    void answer_wait(Connection& c, Clock::time_point now) {
        const std::uint32_t is = states[c.wait->slot].unplugged ? away : states[c.wait->slot].current;
        if (is == c.wait->known && now < c.wait->until) return;
        const std::size_t slot = c.wait->slot;
        c.wait.reset();
        tell_state(c, slot);
    }
    void flush(Connection& c) {
        if (c.fd < 0) return;
        const ssize_t n = send(c.fd, c.out.data(), c.out.size(), MSG_NOSIGNAL);  // frames are small: they fit or the peer is gone
        c.out.clear();
        if (n < 0) hang_up(c);
    }

    /// Looks into the slots and counts insertions.
    void observe() {
        const std::lock_guard lock(world);
        for (std::size_t i = 0; i < slots.size(); ++i) {
            State& s = states[i];
            SmartCard* card = slots[i].card();
            if (card == s.seen) continue;
            s.seen = card;
            s.current = card ? ++s.insertion : empty;
        }
        for (const auto& [slot, is_away] : std::exchange(unplugs, {})) states[slot].unplugged = is_away;
    }

    std::filesystem::path path;
    std::vector<CardSlot> slots;
    std::vector<State> states;
    std::mutex& world;
    double speed;
    int listener = -1, event = -1;
    std::vector<Connection> connections;
    std::vector<std::pair<std::size_t, bool>> unplugs;  ///< guarded by world
    std::atomic<bool> stopping = false;
    std::atomic<std::uint64_t> exchanges = 0;
    std::thread thread;
};

std::expected<std::unique_ptr<CardSlots>, std::string> CardSlots::create(std::filesystem::path socket, std::vector<CardSlot> slots, std::mutex& world, double speed) {
    auto impl = std::make_unique<Impl>(std::move(socket), std::move(slots), world, speed);
    if (auto listening = impl->listen_there(); !listening) return std::unexpected(listening.error());
    return std::unique_ptr<CardSlots>(new CardSlots(std::move(impl)));
}

CardSlots::CardSlots(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CardSlots::~CardSlots() = default;
void CardSlots::changed() { impl_->wake(); }
void CardSlots::unplug(std::size_t slot, bool away_now) {
    {
        const std::lock_guard lock(impl_->world);
        if (slot < impl_->slots.size()) impl_->unplugs.emplace_back(slot, away_now);
    }
    impl_->wake();
}
std::string CardSlots::device(std::size_t slot) const { return fmt::format("{}:{}", impl_->path.native(), slot); }
const std::string& CardSlots::reader_name(std::size_t slot) const { return impl_->slots.at(slot).reader_name; }
std::size_t CardSlots::size() const { return impl_->slots.size(); }
std::uint64_t CardSlots::exchanges() const { return impl_->exchanges; }

}  // namespace sim
