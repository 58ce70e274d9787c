// What stands in the hall whether or not a program runs: plain mechanics that can be tricked at every act, chips that answer APDUs; and the two ports
// by which a program sees them.
#pragma once
#include "kiosk/card_path/card_path.hpp"
#include "sim/models/chip.hpp"
#include "tests/kiosk/issuing/fixtures.hpp"

namespace card_path_test {

using namespace issuing_test;
using printer::Act;
using printer::Did;
using printer::Position;

struct Chip {
    Bytes id;
    std::string pan = "6201011234567890", pin = "123456";
    bool silent = false, other_kind = false, authenticated = false, refuses_cryptogram = false;
    int lost_after = -1;  ///< the connection breaks at the n-th command from now, once
    std::shared_ptr<sim::SmartCard> real;  ///< answers instead of this one
    int file = 0;
    std::map<std::pair<int, int>, Bytes> records;
    explicit Chip(int n) : id(repeat(n, 16)) {
        records[{0xEF05, 0x01}] = id;
        records[{0xEF05, 0x03}] = drivers::to_bytes("2.00");
    }
    static Bytes ok(View data = {}) {
        auto out = drivers::to_bytes(data);
        out.push_back(std::byte{0x90});
        out.push_back(std::byte{0});
        return out;
    }
    static Bytes word(int sw) { return {static_cast<std::byte>(sw >> 8), static_cast<std::byte>(sw)}; }
    Bytes answer(View apdu) {
        sim::Time took{};
        if (real) return real->answer(apdu, took);
        const auto u = [&](std::size_t i) { return static_cast<int>(drivers::u8(apdu[i])); };
        const View data = apdu.size() > 5 ? apdu.subspan(5, std::min<std::size_t>(static_cast<std::size_t>(u(4)), apdu.size() - 5)) : View{};
        switch (u(1)) {
            case 0xA4:
                if (u(2) == 2) file = u(5) << 8 | u(6);
                return u(2) == 4 && other_kind && u(5) == 0x73 ? word(0x6A82) : ok();
            case 0x84: return ok(repeat(0x11, 8));
            case 0x82:
                authenticated = !refuses_cryptogram && std::ranges::equal(data, repeat(0x42, 16));
                return authenticated ? ok() : word(0x6988);
            case 0xB2: {
                if (u(3) != 0) {
                    auto pbch = *drivers::from_hex("700A5A08" + pan);
                    return ok(pbch);
                }
                const auto it = records.find({file, u(2)});
                if (it == records.end()) return word(0x6A83);
                Bytes record{apdu[2], static_cast<std::byte>(it->second.size())};
                record.insert(record.end(), it->second.begin(), it->second.end());
                return ok(record);
            }
            case 0xDC:
                if (!authenticated) return word(0x6982);
                records[{0xEF00 | u(3) >> 3, u(2)}] = drivers::to_bytes(data.subspan(2));
                return ok();
            case 0x5E:
                if (drivers::hex(data.first(3)) != pin) return word(0x63C2);
                pin = drivers::hex(data.subspan(4));
                return ok();
            case 0x20: return drivers::hex(data) == pin ? ok() : word(0x63C2);
            default: return word(0x6D00);
        }
    }
};

struct Plastic {
    std::shared_ptr<Chip> chip;
    int printed = 0;
};
using Card = std::shared_ptr<Plastic>;

/// The physical thing. Nothing in here knows of the program.
struct Machine {
    std::deque<Card> hopper[2];
    std::deque<Card> inside;  ///< front: the one that moves
    Position where = Position::not_present;
    std::vector<Card> bin, taken;
    bool plugged = true, cover_open = false, bin_full = false, stuck = false;
    int ribbon = 100, presented = 0;
    std::string ribbon_type = "YMCKOK";
    std::function<void()> at_bezel;
    int made = 0;

    Card new_card() { return std::make_shared<Plastic>(Plastic{std::make_shared<Chip>(++made), 0}); }
    Card take() {
        if (where != Position::presented) return nullptr;
        auto card = inside.front();
        inside.pop_front();
        where = inside.empty() ? Position::not_present : Position::inside;
        taken.push_back(card);
        return card;
    }
};

/// What is done wrong at the next act of a name: whether it happens all the same, and what is said about it.
struct Trick {
    bool happens = true;
    Did did = Did::unknown;
    FaultCode fault = FaultCode::printer_silent;
    std::function<void(Machine&)> also{};   ///< instead of, or after the movement
    bool unplugs = false;
    Position where = Position::unknown;      ///< what is said of it; unknown: not said
};

struct FakePrinter final : printer::CardPrinter {
    Machine& m;
    drivers::SimClock& clock;
    drivers::Signal changed_, moved;
    std::multimap<std::string, Trick> tricks;
    std::vector<std::string> acts;
    std::function<bool(std::string_view)> dies = [](std::string_view) { return false; };
    drivers::Parking grave;
    FakePrinter(Machine& machine, drivers::SimClock& c) : m(machine), clock(c) {}

    bool online() const override { return m.plugged; }
    drivers::Signal& changed() override { return changed_; }
    void plug(bool in) {
        m.plugged = in;
        changed_.notify();
    }
    awaitable<Result<printer::Identity>> prepare() override {
        if (!m.plugged) co_return drivers::fail(FaultCode::printer_unplugged);
        co_return printer::Identity{"KC", "1", "1"};
    }
    awaitable<Result<printer::Sensors>> sensors() override {
        co_await clock.sleep(10ms);
        if (!m.plugged) co_return drivers::fail(FaultCode::printer_unplugged);
        printer::Sensors s;
        s.card = m.stuck ? Position::jammed : m.where;
        s.cover_open = m.cover_open;
        s.reject_bin_full = m.bin_full;
        s.hoppers = 2;
        for (std::size_t i = 0; i < 2; ++i) s.hopper_has_card[i] = !m.hopper[i].empty();
        co_return s;
    }
    awaitable<Result<printer::Ribbon>> ribbon() override {
        co_return printer::Ribbon{m.ribbon_type, m.ribbon > 0 ? printer::RibbonLevel::ok : printer::RibbonLevel::out, m.ribbon, 200, false};
    }
    awaitable<Act> feed(int hopper) override {
        return act("feed", Position::not_present, [hopper](Machine& machine) {
            if (machine.hopper[hopper].empty()) return false;
            machine.inside.push_back(machine.hopper[hopper].front());
            machine.hopper[hopper].pop_front();
            machine.where = Position::at_chip_station;
            return true;
        }, FaultCode::printer_hopper_empty);
    }
    awaitable<Act> to_chip_station() override {
        return act("to_chip", Position::inside, [](Machine& machine) {
            machine.where = Position::at_chip_station;
            return true;
        });
    }
    awaitable<Act> print(printer::PrintJob job, std::function<void(printer::PrintStage)> stage) override {
        stage(printer::PrintStage::front_colour);
        job.wipe();
        return act("print", Position::inside, [](Machine& machine) {
            ++machine.inside.front()->printed;
            machine.where = Position::at_print;
            return true;
        });
    }
    awaitable<Act> present() override {
        return act("present", Position::inside, [](Machine& machine) {
            machine.where = Position::presented;
            ++machine.presented;
            if (machine.at_bezel) machine.at_bezel();
            return true;
        });
    }
    awaitable<Act> retract() override {
        return act("retract", Position::presented, [](Machine& machine) {
            machine.where = machine.inside.empty() ? Position::not_present : Position::inside;
            return !machine.inside.empty();
        }, FaultCode::printer_hopper_empty);
    }
    awaitable<Act> reject() override {
        return act("reject", Position::inside, [](Machine& machine) {
            machine.bin.push_back(machine.inside.front());
            machine.inside.pop_front();
            machine.where = machine.inside.empty() ? Position::not_present : Position::inside;
            return true;
        });
    }
    awaitable<Result<void>> recover() override {
        if (m.stuck) co_return drivers::fail(FaultCode::printer_jam);
        co_return Result<void>{};
    }
    void drop() {
        changed_.drop();
        moved.drop();
        grave.drop();
    }

  private:
    bool is_from(Position from) const {
        const bool in = m.where == Position::at_chip_station || m.where == Position::at_print || m.where == Position::inside;
        return from == Position::inside ? in : m.where == from;
    }
    awaitable<Act> act(std::string name, Position from, std::function<bool(Machine&)> move, FaultCode refusal = FaultCode::printer_mechanical) {
        acts.push_back(name);
        if (dies(name + " before")) co_await grave.park();
        if (!m.plugged) co_return Act{Did::not_done, Position::unknown, Fault{FaultCode::printer_unplugged, {}}};
        if (m.stuck) co_return Act{Did::not_done, Position::jammed, Fault{FaultCode::printer_jam, {}}};
        if (!is_from(from)) co_return Act{Did::not_done, m.where, Fault{FaultCode::card_position_unexpected, {}}};
        std::optional<Trick> trick;
        if (const auto it = tricks.find(name); it != tricks.end()) {
            trick = it->second;
            tricks.erase(it);
        }
        co_await clock.sleep(1s);
        const bool moved_on = (!trick || trick->happens) ? move(m) : false;
        if (trick && trick->also) trick->also(m);
        moved.notify();
        if (dies(name + " after")) co_await grave.park();
        if (trick && trick->unplugs) plug(false);
        if (trick) co_return Act{trick->did, trick->where, Fault{trick->fault, {}}};
        if (!moved_on) co_return Act{Did::not_done, m.where, Fault{refusal, {}}};
        co_return Act{Did::done, m.where, std::nullopt};
    }
};

struct FakeReader final : drivers::CardReader {
    Machine& m;
    drivers::SimClock& clock;
    drivers::Signal changed_;
    bool daemon = true, connected = false;
    /// What becomes of a command. lost: the connection, before or after the chip acted; mute: it acts, and no answer comes; dips: the chip forgets itself first, and
    /// nobody is told; removed: from its contacts; dies: the program, before or after the chip acted.
    enum class Fate { answers, lost_before, lost_after, mute, dips, removed, dies_before, dies_after };
    std::function<Fate(View apdu)> fate = [](View) { return Fate::answers; };
    drivers::Parking grave;
    FakeReader(Machine& machine, drivers::SimClock& c) : m(machine), clock(c) {}
    [[nodiscard]] Chip* chip() const {
        return m.where == Position::at_chip_station && !m.inside.empty() ? m.inside.front()->chip.get() : nullptr;
    }
    drivers::ReaderState state() const override {
        drivers::ReaderState s;
        s.presence = !daemon ? drivers::ReaderPresence::daemon_down : chip() ? drivers::ReaderPresence::card : drivers::ReaderPresence::empty;
        return s;
    }
    drivers::Signal& changed() override { return changed_; }
    awaitable<Result<Bytes>> connect(Duration) override {
        co_await clock.sleep(20ms);
        if (!daemon) co_return drivers::fail(FaultCode::reader_daemon_down);
        if (!chip()) co_return drivers::fail(FaultCode::chip_removed);
        if (chip()->silent) co_return drivers::fail(FaultCode::chip_silent);
        connected = true;
        chip()->authenticated = false;
        co_return chip()->real ? chip()->real->reset() : repeat(0x3B, 4);
    }
    awaitable<Result<Bytes>> reset(Duration limit) override { return connect(limit); }
    awaitable<Result<Bytes>> transmit(Bytes apdu, Duration limit) override {
        co_await clock.sleep(5ms);
        if (!connected) co_return drivers::fail(FaultCode::chip_reset);
        if (!chip()) co_return drivers::fail(FaultCode::chip_removed);
        switch (fate(apdu)) {
            case Fate::answers: break;
            case Fate::lost_before: connected = false; co_return drivers::fail(FaultCode::chip_reset);
            case Fate::lost_after: (void)chip()->answer(apdu), connected = false; co_return drivers::fail(FaultCode::chip_reset);
            case Fate::mute: (void)chip()->answer(apdu); co_await clock.sleep(limit); co_return drivers::fail(FaultCode::time_out);
            case Fate::dips:
                if (chip()->real) (void)chip()->real->reset();
                break;
            case Fate::removed: m.where = Position::inside; co_return drivers::fail(FaultCode::chip_removed);
            case Fate::dies_before: co_await grave.park(); break;
            case Fate::dies_after: (void)chip()->answer(apdu); co_await grave.park(); break;
        }
        if (chip()->lost_after >= 0 && chip()->lost_after-- == 0) {
            connected = false;
            co_return drivers::fail(FaultCode::chip_reset);
        }
        co_return chip()->answer(apdu);
    }
    awaitable<Result<Bytes>> control(std::uint32_t, Bytes, Duration) override { co_return Bytes{}; }
    void disconnect() override { connected = false; }
};

}  // namespace card_path_test
