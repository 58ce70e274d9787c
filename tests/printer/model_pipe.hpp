// The simulator's printer model at the end of a pipe, under simulated time: driver and model meet at the wire and share no code.
#pragma once
#include "sim/models/printer_model.hpp"
#include "tests/printer/bench.hpp"

#include <doctest/doctest.h>

namespace bench {

/// Wakes when the model says that something happens. The cable can be pulled at any command.
class ModelPipe final : public drivers::UsbPipe {
  public:
    ModelPipe(drivers::SimClock& clock, sim::PrinterModel& model) : clock_(clock), model_(model) {}
    bool connected() const override { return connected_; }
    drivers::Signal& plugged() override { return plugged_; }
    awaitable<Result<void>> write(Bytes data, Duration) override {
        if (!connected_) co_return drivers::fail(drivers::FaultCode::printer_missing);
        const auto text = command_in(data);
        commands.push_back(text);
        if (before_command) before_command(text);
        if (!connected_) co_return drivers::fail(drivers::FaultCode::printer_unplugged);
        model_.host_writes(data, now());
        if (after_command) after_command(text);
        if (!connected_) co_return drivers::fail(drivers::FaultCode::printer_unplugged);
        co_return Result<void>{};
    }
    awaitable<Result<Bytes>> read(std::size_t max, Duration limit) override {
        const auto deadline = clock_.steady() + limit;
        for (;;) {
            if (!connected_) co_return drivers::fail(drivers::FaultCode::printer_unplugged);
            model_.advance(now());
            if (auto bytes = model_.host_reads(max, now()); !bytes.empty()) co_return bytes;
            if (clock_.steady() >= deadline) co_return drivers::fail(drivers::FaultCode::time_out);
            const auto next = model_.next_event();
            const auto seen = plugged_.count();
            co_await drivers::first_of(clock_.sleep_until(next ? std::min(deadline, std::max(drivers::Steady{*next}, clock_.steady() + 1us)) : deadline), plugged_.after(seen));
        }
    }
    awaitable<Result<std::uint8_t>> port_status(Duration) override {
        if (!connected_) co_return drivers::fail(drivers::FaultCode::printer_missing);
        co_return model_.port_status(now());
    }
    void plug(bool in) {
        if (connected_ == in) return;
        connected_ = in;
        while (!model_.host_reads(1024, now()).empty()) {}  // what lay in the pipe is gone with the cable
        plugged_.notify();
    }
    [[nodiscard]] sim::Time now() const { return clock_.steady().since_start; }
    /// The command without a download's data: "Db;y;128;".
    [[nodiscard]] static std::string command_in(drivers::View data) {
        std::string text;
        int semicolons = 0;
        const bool download = data.size() > 3 && drivers::u8(data[1]) == 'D';
        for (const auto b : data.subspan(data.empty() ? 0 : 1)) {
            const char c = static_cast<char>(drivers::u8(b));
            if (c == '\r' || (download && semicolons == (data.size() > 4 && drivers::u8(data[3]) == 'c' ? 4 : 3))) break;
            text += c;
            if (c == ';') ++semicolons;
        }
        return text;
    }

    std::vector<std::string> commands;  ///< all that were sent
    std::function<void(const std::string&)> before_command, after_command;

  private:
    drivers::SimClock& clock_;
    sim::PrinterModel& model_;
    drivers::Signal plugged_;
    bool connected_ = true;
};

/// A printer with three cards in each of two hoppers, and a driver.
struct Hall : Loop {
    explicit Hall(sim::PrinterSetup setup = small_setup(), printer::Options options = {.raster = small})
        : model(std::move(setup)), printer(printer::make_serviced_evolis_printer(clock, pipe, options)) {
        for (int hopper = 0; hopper < 2; ++hopper) {
            std::vector<sim::CardPtr> cards;
            for (int i = 0; i < 3; ++i) cards.push_back(std::make_shared<sim::PhysicalCard>());
            model.load(hopper, std::move(cards));
        }
    }
    static sim::PrinterSetup small_setup() {
        sim::PrinterSetup setup;
        setup.width = small.width;
        setup.height = small.height;
        return setup;
    }
    printer::Act print(const printer::PrintJob& job) { return run(printer->print(job, {})); }
    void prepared() { REQUIRE(run(printer->prepare())); }
    /// Every card is somewhere; `hand` are those that people or staff hold.
    [[nodiscard]] std::size_t cards(std::size_t hand = 0) const { return hand + model.hopper(0).size() + model.hopper(1).size() + model.cards_inside().size() + model.bin().size(); }

    sim::PrinterModel model;
    ModelPipe pipe{clock, model};
    std::unique_ptr<printer::ServicedPrinter> printer;
};

}  // namespace bench
