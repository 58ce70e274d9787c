// What the SDT reader's tests share: four invented people with a card of each kind, and the kiosk's ID reader in front of the model under simulated time.
#pragma once
#include "drivers/id_reader.hpp"
#include "drivers/pipe.hpp"
#include "sim/models/resident_id_numbers.hpp"
#include "sim/models/sdt_reader.hpp"
#include "sim/models/smart_card.hpp"

#include <doctest/doctest.h>

namespace sdt_test {

using namespace std::chrono_literals;
using drivers::Duration;
using drivers::ReaderPresence;
using drivers::Result;

/// The card of each letter: ' ' resident, J, I, Y.
inline sim::PersonRecord person(char variant) {
    switch (variant) {
        case 'J':
            return {.name = "何婉仪", .number = sim::resident_number("810000", "19850912", "002"), .address = "广西壮族自治区南宁市示例路12号", .authority = "南宁市公安局", .birth = "19850912",
                    .valid_from = "20230301", .valid_to = "20280301", .sex = 2, .pass_number = "H06543218", .issue_count = 2};
        case 'I':
            return {.name = "穆克勤", .number = sim::permanent_number_2017("DEU", "4501", "19790523", '4'), .birth = "19790523", .valid_from = "20180115", .valid_to = "20280115",
                    .sex = 1, .name_latin = "MUELLER, KLAUS DIETER", .nationality = "DEU", .issue_count = 1, .authority_code = "1500"};
        case 'Y':
            return {.name = "安德森", .number = sim::permanent_number_2023("45", "710", "19790523", "017"), .birth = "19790523", .valid_from = "20240115", .valid_to = "20340115",
                    .sex = 1, .name_latin = "ANDERSON, PIETER", .nationality = "ZAF", .issue_count = 2};
        default:
            return {.name = "覃\U00020BB7美", .number = sim::resident_number("450102", "19900307", "002"), .address = "广西南宁市青秀区示例大道1号", .authority = "南宁市公安局",
                    .birth = "19900307", .valid_from = "20200101", .valid_to = "长期", .sex = 2, .nation = 8};
    }
}
inline constexpr std::string_view variants = " JIY";

/// What the page reader's model shows of the same card, put on this reader.
inline sim::SdtCard card(char variant) {
    sim::ResidentIdCard pages(person(variant), 4);
    pages.variant = variant;
    sim::Bytes stream;
    for (int page = 0; page < 6; ++page) {
        sim::Time took{};
        const sim::Bytes apdu{std::byte{0xFF}, std::byte{0xB0}, static_cast<std::byte>(page), std::byte{0}, std::byte{0}};
        const auto answer = pages.answer(apdu, took);
        stream.insert(stream.end(), answer.begin(), answer.end() - 2);
    }
    REQUIRE(stream.size() == 1284);
    return {.text = sim::Bytes(stream.begin() + 4, stream.begin() + 260), .photograph = sim::Bytes(stream.begin() + 260, stream.end()), .fingerprints = sim::Bytes(1024, std::byte{0x46}), .appended_address = {}};
}

/// "kind name number", or the fault and its detail.
inline std::string said(const Result<drivers::IdDocument>& document) {
    if (!document) return fmt::format("{}: {}", name_of(document.error().code), document.error().detail);
    return fmt::format("{} {} {}", name_of(document->kind), document->name, document->number);
}
inline std::string expected(char variant) {
    const auto kind = variant == ' ' ? "resident_id" : variant == 'J' ? "residence_permit" : "permanent_residence";
    return fmt::format("{} {} {}", kind, person(variant).name, person(variant).number);
}

/// Driver and model meet at the wire, under simulated time.
class ModelPipe final : public drivers::Pipe {
  public:
    ModelPipe(drivers::SimClock& clock, sim::SdtReader& model) : clock_(clock), model_(model) {}
    bool connected() const override { return connected_; }
    drivers::Signal& plugged() override { return plugged_; }
    void reopen() override {
        ++reopened;
        plug(false);
        plug(true);
    }
    drivers::awaitable<Result<void>> write(drivers::Bytes data, Duration) override {
        if (!connected_) co_return drivers::fail(drivers::FaultCode::printer_unplugged);
        model_.host_writes(data, now());
        co_return Result<void>{};
    }
    drivers::awaitable<Result<drivers::Bytes>> read(std::size_t max, Duration limit) override {
        const auto deadline = clock_.steady() + limit;
        for (;;) {
            if (!connected_) co_return drivers::fail(drivers::FaultCode::printer_unplugged);
            if (auto bytes = model_.host_reads(max, now()); !bytes.empty()) co_return bytes;
            if (clock_.steady() >= deadline) co_return drivers::fail(drivers::FaultCode::time_out);
            const auto next = model_.next_event();
            const auto seen = plugged_.count();
            co_await drivers::first_of(clock_.sleep_until(next ? std::min(deadline, std::max(drivers::Steady{*next}, clock_.steady() + 1us)) : deadline), plugged_.after(seen));
        }
    }
    void plug(bool in) {
        if (connected_ == in) return;
        connected_ = in;
        if (!in) model_.power_cycle();
        plugged_.notify();
    }
    [[nodiscard]] sim::Time now() const { return clock_.steady().since_start; }
    int reopened = 0;

  private:
    drivers::SimClock& clock_;
    sim::SdtReader& model_;
    bool connected_ = true;
    drivers::Signal plugged_;
};

struct Bench {
    asio::io_context io;
    drivers::SimClock clock{drivers::Utc{}};
    sim::SdtReader model{7};
    ModelPipe* pipe = nullptr;
    std::unique_ptr<drivers::IdReader> reader;

    Bench() {
        auto owned = std::make_unique<ModelPipe>(clock, model);
        pipe = owned.get();
        reader = drivers::make_sdt_reader(io.get_executor(), clock, std::move(owned), drivers::IdTransport::sdt_serial);
    }
    ~Bench() {
        reader.reset();
        io.restart();
        io.poll();  // the watching coroutine sees its end
    }
    void turn() {
        io.restart();
        io.poll();
    }
    /// Lets so much time pass.
    void pass(Duration time) {
        const auto until = clock.steady() + time;
        turn();
        while (clock.next() && *clock.next() <= until) {
            clock.advance();
            turn();
        }
        clock.advance_to(until);
        turn();
    }
    template <class T>
    T done(drivers::awaitable<T> task) {
        std::optional<T> out;
        auto body = [](std::optional<T>& o, drivers::awaitable<T> t) -> drivers::awaitable<void> { o.emplace(co_await std::move(t)); };
        asio::co_spawn(io, body(out, std::move(task)), asio::detached);
        do turn();
        while (!out && clock.advance());
        REQUIRE(out.has_value());
        return std::move(*out);
    }
    std::string read() { return said(done(reader->read(8s))); }
    /// The simulated milliseconds until the reader shows this; fails after 20 s.
    long until(ReaderPresence wanted) {
        const auto began = clock.steady();
        turn();
        while (reader->presence() != wanted && clock.steady() - began < 20s && clock.advance()) turn();
        REQUIRE(reader->presence() == wanted);
        return (clock.steady() - began) / 1ms;
    }
    [[nodiscard]] std::string trouble() const { return reader->trouble() ? std::string(name_of(reader->trouble()->code)) : "none"; }
};

}  // namespace sdt_test
