// Pipe, readers, camera, link and lane of the world.
#include "sim/world/ports.hpp"

#include <fmt/format.h>

namespace sim {

using drivers::awaitable;
using drivers::Duration;
using drivers::FaultCode;
using drivers::fail;
using drivers::Result;
using drivers::Signal;
using namespace std::chrono_literals;

namespace {
Time time_of(const drivers::Clock& clock) { return clock.steady().since_start; }

// ---- USB ------------------------------------------------------------------------------------------------------------------------------------
class WorldPipe final : public drivers::UsbPipe {
  public:
    explicit WorldPipe(PortParts p) : p_(std::move(p)) {}
    bool connected() const override { return p_.wires.printer_plugged; }
    Signal& plugged() override { return p_.wires.printer_changed; }

    awaitable<Result<void>> write(drivers::Bytes data, Duration) override {
        if (p_.mortality.point()) co_await p_.mortality.swallow();
        co_await p_.clock.sleep(1ms);
        if (!connected()) co_return fail(FaultCode::printer_unplugged);
        const auto end = std::ranges::find(data, std::byte{13});
        p_.say("usb > " + printable(drivers::View(data).first(std::min<std::size_t>(static_cast<std::size_t>(end - data.begin()), 24))));
        p_.wires.printer->host_writes(data, time_of(p_.clock));
        if (p_.mortality.point()) co_await p_.mortality.swallow();
        co_return Result<void>{};
    }
    awaitable<Result<drivers::Bytes>> read(std::size_t max, Duration limit) override {
        const auto until = p_.clock.steady() + limit;
        for (;;) {
            if (p_.mortality.dead()) co_await p_.mortality.swallow();
            if (!connected()) co_return fail(FaultCode::printer_unplugged);
            auto& printer = *p_.wires.printer;
            printer.advance(time_of(p_.clock));
            auto bytes = printer.host_reads(max, time_of(p_.clock));
            if (!bytes.empty()) {
                p_.say("usb < " + printable(drivers::View(bytes).first(std::min<std::size_t>(bytes.size(), 24))));
                co_return bytes;
            }
            if (p_.clock.steady() >= until) co_return fail(FaultCode::time_out);
            auto next = until;
            if (const auto event = printer.next_event()) next = std::min(next, drivers::Steady{std::max(*event, time_of(p_.clock) + 1ms)});
            const auto seen = p_.wires.printer_changed.count();
            co_await drivers::first_of(p_.clock.sleep_until(next), p_.wires.printer_changed.after(seen));
        }
    }
    awaitable<Result<std::uint8_t>> port_status(Duration) override {
        co_await p_.clock.sleep(1ms);
        if (p_.mortality.dead()) co_await p_.mortality.swallow();
        if (!connected()) co_return fail(FaultCode::printer_unplugged);
        p_.wires.printer->advance(time_of(p_.clock));
        co_return p_.wires.printer->port_status(time_of(p_.clock));
    }

  private:
    static std::string printable(drivers::View view) {
        std::string text;
        for (const auto b : view) {
            const auto c = drivers::u8(b);
            text += c >= 32 && c < 127 ? static_cast<char>(c) : '.';
        }
        return text;
    }
    PortParts p_;
};

// ---- PC/SC ----------------------------------------------------------------------------------------------------------------------------------
class WorldReader final : public drivers::CardReader {
  public:
    WorldReader(PortParts p, WhichReader which) : p_(std::move(p)), which_(which) {}

    drivers::ReaderState state() const override {
        if (!p_.wires.readers_up) return {drivers::ReaderPresence::daemon_down, {}, insertions_};
        auto* now = card();
        if (now != last_) {
            last_ = now;
            ++insertions_;
            atr_ = now ? now->reset() : Bytes{};
        }
        if (!now) return {drivers::ReaderPresence::empty, {}, insertions_};
        return {drivers::ReaderPresence::card, atr_, insertions_};
    }
    Signal& changed() override { return p_.wires.readers_changed; }

    awaitable<Result<drivers::Bytes>> connect(Duration) override { return power(); }
    awaitable<Result<drivers::Bytes>> reset(Duration) override { return power(); }

    awaitable<Result<drivers::Bytes>> transmit(drivers::Bytes apdu, Duration limit) override {
        if (p_.mortality.point()) co_await p_.mortality.swallow();
        if (!p_.wires.readers_up) co_return fail(FaultCode::reader_daemon_down);
        auto* chip = card();
        if (!chip || chip != connected_) co_return fail(FaultCode::chip_removed);
        Time took{};
        auto answer = exchange(*chip, apdu, took);
        if (p_.wires.reader == Disturbance::slow) took += 2s;
        co_await p_.clock.sleep(std::min<Duration>(took + 2ms, limit));
        if (p_.mortality.point()) co_await p_.mortality.swallow();
        if (!p_.wires.readers_up) co_return fail(FaultCode::reader_daemon_down);
        if (card() != chip) co_return fail(FaultCode::chip_removed);
        if (answer.empty() || took + 2ms > limit) co_return fail(FaultCode::time_out);
        if (p_.wires.reader == Disturbance::garbage) answer.assign({std::byte{0x6F}, std::byte{0x00}});
        p_.say(fmt::format("apdu {} -> {}", drivers::hex(drivers::View(apdu).first(std::min<std::size_t>(apdu.size(), 4))),
                           drivers::hex(drivers::View(answer).last(std::min<std::size_t>(answer.size(), 2)))));
        co_return answer;
    }
    awaitable<Result<drivers::Bytes>> control(std::uint32_t, drivers::Bytes, Duration) override { co_return fail(FaultCode::chip_refused); }
    void disconnect() override { connected_ = nullptr; }

  private:
    SmartCard* card() const {
        if (which_ == WhichReader::id) return p_.wires.on_reader.get();
        return p_.wires.printer->chip_at_station();
    }
    awaitable<Result<drivers::Bytes>> power() {
        co_await p_.clock.sleep(20ms);
        if (p_.mortality.dead()) co_await p_.mortality.swallow();
        if (!p_.wires.readers_up) co_return fail(FaultCode::reader_daemon_down);
        p_.wires.printer->advance(time_of(p_.clock));
        auto* chip = card();
        if (!chip) co_return fail(FaultCode::chip_removed);
        auto atr = chip->reset();
        if (atr.empty()) co_return fail(FaultCode::chip_silent);
        connected_ = chip;
        co_return atr;
    }
    /// T=0: 61xx fetches, 6Cxx repeats; in the real port this is done below the contract too.
    static Bytes exchange(SmartCard& chip, drivers::Bytes apdu, Time& took) {
        auto answer = chip.answer(apdu, took);
        for (int rounds = 0; rounds < 4 && answer.size() == 2; ++rounds) {
            const auto sw1 = drivers::u8(answer[0]);
            if (sw1 == 0x61) {
                answer = chip.answer(Bytes{std::byte{0}, std::byte{0xC0}, std::byte{0}, std::byte{0}, answer[1]}, took);
            } else if (sw1 == 0x6C && apdu.size() >= 5) {
                apdu[4] = answer[1];
                answer = chip.answer(apdu, took);
            } else {
                break;
            }
        }
        return answer;
    }
    PortParts p_;
    WhichReader which_;
    mutable SmartCard* last_ = nullptr;
    mutable std::uint32_t insertions_ = 0;
    mutable Bytes atr_;
    SmartCard* connected_ = nullptr;
};

// ---- camera ---------------------------------------------------------------------------------------------------------------------------------
class WorldCamera final : public camera::Camera {
  public:
    explicit WorldCamera(PortParts p) : p_(std::move(p)) {}
    awaitable<Result<void>> start(Duration limit) override {
        co_await p_.clock.sleep(200ms);
        if (p_.mortality.dead()) co_await p_.mortality.swallow();
        if (p_.wires.camera == Disturbance::off || p_.wires.camera == Disturbance::unplugged) {
            co_await p_.clock.sleep(limit);
            co_return fail(FaultCode::camera_missing);
        }
        open_ = fresh_ = true;
        held_ = 0;
        co_return Result<void>{};
    }
    void stop() override { open_ = false; }
    awaitable<Result<camera::Observation>> next(std::uint64_t after) override {
        co_await p_.clock.sleep(p_.wires.camera == Disturbance::slow ? 1500ms : 120ms);
        if (p_.mortality.dead()) co_await p_.mortality.swallow();
        switch (p_.wires.camera) {
            case Disturbance::off:
            case Disturbance::unplugged: co_return fail(FaultCode::camera_missing);
            case Disturbance::stuck: co_return fail(FaultCode::camera_frozen);
            case Disturbance::garbage: co_return fail(FaultCode::camera_black);
            case Disturbance::wrong: co_return fail(FaultCode::camera_wrong_size);
            case Disturbance::none:
            case Disturbance::slow:
            case Disturbance::delayed:
            case Disturbance::intermittent: break;
        }
        if (!open_) co_return fail(FaultCode::camera_missing);
        camera::Observation seen;
        seen.frame = after + 1;
        seen.at = p_.clock.steady();
        seen.width = 16;
        seen.height = 9;
        const bool blind = p_.wires.camera == Disturbance::intermittent && seen.frame % 3 == 0;
        judge(seen, p_.wires.person_before_camera && !blind);
        co_return seen;
    }
    awaitable<Result<camera::Portrait>> take(camera::PortraitRules) override {
        co_await p_.clock.sleep(30ms);
        if (p_.mortality.dead()) co_await p_.mortality.swallow();
        if (!open_ || held_ < 1) co_return fail(FaultCode::photo_not_encodable);
        // Every other portrait is one of a person with a hat, whose wall was evened out.
        const bool hat = ++taken_ % 2 == 0;
        camera::Portrait portrait{.jpeg = p_.wires.jpeg, .sha256 = drivers::Bytes(32), .warnings = {}, .flat_field = hat ? 1.085 : 1};
        if (hat) portrait.warnings.push_back({camera::Reason::head_covered, camera::Side::none, 0.7, 0.5});
        co_return portrait;
    }

  private:
    /// A person stands well, but steps back for a moment now and then; without one there is no face.
    void judge(camera::Observation& seen, bool somebody) {
        if (somebody) seen.face = camera::Box{4, 2, 6, 6};
        if (!somebody) seen.findings.push_back({camera::Reason::no_face, camera::Side::none, 0, 1});
        else if (seen.frame % 64 < 4) seen.findings.push_back({camera::Reason::too_far, camera::Side::none, 60, 93});
        const auto passed = std::chrono::duration<double>(seen.at - last_).count() / std::chrono::duration<double>(camera::steady_for).count();
        held_ = seen.acceptable() ? std::min(1.0, held_ + (fresh_ ? 0 : passed)) : 0;
        fresh_ = false;
        last_ = seen.at;
        seen.held = held_;
        if (!seen.acceptable()) seen.guidance = seen.findings.front();
    }

    PortParts p_;
    bool open_ = false, fresh_ = true;  ///< fresh_: nothing was seen since the camera was opened
    drivers::Steady last_{};
    double held_ = 0;
    int taken_ = 0;
};

// ---- the door's contact -----------------------------------------------------------------------------------------------------------------------
class WorldContact final : public drivers::DoorContact {
  public:
    explicit WorldContact(PortParts p) : p_(std::move(p)) {}
    [[nodiscard]] drivers::Contact state() const override { return p_.wires.door; }
    [[nodiscard]] drivers::Signal& changed() override { return p_.wires.door_changed; }

  private:
    PortParts p_;
};

// ---- the centre -----------------------------------------------------------------------------------------------------------------------------
class WorldLink final : public kiosk::CentralLink {
  public:
    explicit WorldLink(PortParts p) : p_(std::move(p)) {}
    awaitable<Result<drivers::Bytes>> exchange(drivers::Bytes request, Duration limit) override {
        if (p_.mortality.point()) co_await p_.mortality.swallow();
        const auto how = p_.wires.link;
        const int call = ++p_.wires.link_calls;
        co_await p_.clock.sleep(15ms);
        if (how == Disturbance::off || how == Disturbance::unplugged) co_return fail(FaultCode::centre_unreachable);
        if (how == Disturbance::intermittent && call % 2 == 0) co_return fail(FaultCode::centre_unreachable);
        auto reply = p_.wires.central->handle(request);
        if (p_.mortality.point()) co_await p_.mortality.swallow();
        // Received and acted upon, but the answer is lost or late: unknown to the kiosk, not undone at the centre.
        if (how == Disturbance::stuck || (how == Disturbance::delayed && call % 3 == 0)) {
            co_await p_.clock.sleep(limit);
            co_return fail(FaultCode::centre_too_slow);
        }
        if (how == Disturbance::slow) co_await p_.clock.sleep(std::min<Duration>(limit - 1ms, 4s));
        if (how == Disturbance::garbage && !reply.empty()) reply[reply.size() / 2] ^= std::byte{0x55};
        if (how == Disturbance::wrong) reply = std::exchange(previous_, reply);
        else previous_ = reply;
        if (reply.empty()) co_return fail(FaultCode::centre_garbage);
        co_return reply;
    }

  private:
    PortParts p_;
    drivers::Bytes previous_;
};
}  // namespace

std::unique_ptr<drivers::UsbPipe> make_world_pipe(PortParts parts) { return std::make_unique<WorldPipe>(std::move(parts)); }
std::unique_ptr<drivers::CardReader> make_world_reader(PortParts parts, WhichReader which) { return std::make_unique<WorldReader>(std::move(parts), which); }
std::unique_ptr<camera::Camera> make_world_camera(PortParts parts) { return std::make_unique<WorldCamera>(std::move(parts)); }
std::unique_ptr<drivers::DoorContact> make_world_contact(PortParts parts) { return std::make_unique<WorldContact>(std::move(parts)); }
std::unique_ptr<kiosk::CentralLink> make_world_link(PortParts parts) { return std::make_unique<WorldLink>(std::move(parts)); }

void WorldLane::submit(std::move_only_function<void()> work, std::move_only_function<void()> done) {
    if (!mortality_.dead()) work();
    if (mortality_.dead()) {
        kept_.push_back(std::move(done));
        return;
    }
    asio::post(loop_, std::move(done));
}

}  // namespace sim
