// The card path over the real driver and the simulator's printer: cards with chips that answer APDUs, a reader at the printer's chip station.
#pragma once
#include "tests/kiosk/card_path/rig.hpp"
#include "tests/printer/model_pipe.hpp"

namespace card_path_test {

struct ChipCard final : sim::SmartCard {
    explicit ChipCard(int n) : chip(n) {}
    sim::Bytes reset() override {
        chip.authenticated = false;
        return repeat(0x3B, 4);
    }
    sim::Bytes answer(sim::View apdu, sim::Time& took) override {
        took = std::chrono::milliseconds{5};
        return chip.answer(apdu);
    }
    Chip chip;
};

/// Sees the chip that lies at the printer's contacts.
struct StationReader final : drivers::CardReader {
    sim::PrinterModel& model;
    drivers::SimClock& clock;
    drivers::Signal changed_;
    sim::SmartCard* connected = nullptr;
    StationReader(sim::PrinterModel& m, drivers::SimClock& c) : model(m), clock(c) {}
    drivers::ReaderState state() const override {
        drivers::ReaderState s;
        s.presence = model.chip_at_station() ? drivers::ReaderPresence::card : drivers::ReaderPresence::empty;
        return s;
    }
    drivers::Signal& changed() override { return changed_; }
    awaitable<Result<Bytes>> connect(Duration) override {
        co_await clock.sleep(20ms);
        model.advance(clock.steady().since_start);
        connected = model.chip_at_station();
        if (!connected) co_return drivers::fail(FaultCode::chip_removed);
        co_return connected->reset();
    }
    awaitable<Result<Bytes>> reset(Duration limit) override { return connect(limit); }
    awaitable<Result<Bytes>> transmit(Bytes apdu, Duration) override {
        co_await clock.sleep(5ms);
        model.advance(clock.steady().since_start);
        if (!connected || model.chip_at_station() != connected) co_return drivers::fail(FaultCode::chip_removed);
        sim::Time took{};
        co_return connected->answer(apdu, took);
    }
    awaitable<Result<Bytes>> control(std::uint32_t, Bytes, Duration) override { co_return Bytes{}; }
    void disconnect() override { connected = nullptr; }
};

/// A cabinet: printer, cable, driver, reader, and one incarnation of the program's card path with its ledger.
struct Cabinet {
    static constexpr int blanks = 5;
    Folder dir;
    drivers::SimClock clock{at(golden_sent)};
    Machine unused;
    Heard heard;
    sim::PrinterModel model;
    bench::ModelPipe pipe{clock, model};
    std::unique_ptr<printer::ServicedPrinter> driver = printer::make_serviced_evolis_printer(clock, pipe, {.raster = {8, 4}});
    StationReader reader{model, clock};
    Devices devices{*driver, reader, [this] { reader.changed_.notify(); }};
    std::vector<sim::CardPtr> taken, by_hand;  ///< by the citizen; by staff out of the path
    std::unique_ptr<Life> life;

    static sim::PrinterSetup setup() {
        sim::PrinterSetup s;
        s.width = 8;
        s.height = 4;
        return s;
    }
    Cabinet() : model(setup()) {
        std::vector<sim::CardPtr> cards;
        for (int i = 1; i <= blanks; ++i) {
            cards.push_back(std::make_shared<sim::PhysicalCard>());
            cards.back()->id = i;
            cards.back()->chip = std::make_shared<ChipCard>(i);
        }
        model.load(0, std::move(cards));
        life = std::make_unique<Life>(dir.path / "ledger.sqlite", clock, unused, heard, &devices);
        life->books->begin();
        life->books->add_load(1, {"bank_a"}, blanks, "s01", clock.utc());
        life->books->commit();
    }
    ~Cabinet() {
        pipe.plugged().drop();
        reader.changed_.drop();
        life.reset();
    }
    Cabinet(const Cabinet&) = delete;
    Cabinet& operator=(const Cabinet&) = delete;
    [[nodiscard]] sim::Time now() const { return clock.steady().since_start; }

    template <class T>
    std::optional<T> ask(awaitable<T> task, Duration limit = 5min) {
        auto out = std::make_shared<std::optional<T>>();
        const auto body = [](awaitable<T> t, std::shared_ptr<std::optional<T>> into) -> awaitable<void> { into->emplace(co_await std::move(t)); };
        asio::co_spawn(*life->io, body(std::move(task), out), asio::detached);
        for (Duration t{}; t < limit && !*out; t += 1s) life->run_for(1s);
        return std::move(*out);
    }
    [[nodiscard]] std::size_t cards() const { return model.hopper(0).size() + model.cards_inside().size() + model.bin().size() + taken.size() + by_hand.size(); }
};

}  // namespace card_path_test
