// What the tests of the ground floor share: a loop under a simulated clock, running a coroutine to its end, and a card reader
// that answers from a script.
#pragma once
#include "drivers/card_reader.hpp"

#include <doctest/doctest.h>

namespace test {

using namespace drivers;

/// Runs one coroutine to its end on an own loop; fails the test when it does not end.
template <class T>
T run(asio::io_context& io, awaitable<T> task) {
    std::optional<T> out;
    auto body = [](std::optional<T>& o, awaitable<T> t) -> awaitable<void> { o.emplace(co_await std::move(t)); };
    asio::co_spawn(io, body(out, std::move(task)), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
    io.restart();
    io.run();
    REQUIRE(out.has_value());
    return std::move(*out);
}
template <class T>
T run(awaitable<T> task) {
    asio::io_context io;
    return run(io, std::move(task));
}

/// `answer` gives the card's whole answer to one command; `atr` what connecting gives.
class ScriptedReader final : public CardReader {
  public:
    std::function<Result<Bytes>(View apdu)> answer;
    Result<Bytes> atr = Bytes{};
    ReaderState shown{ReaderPresence::card, {}, 1};
    std::vector<std::string> commands;  ///< in hexadecimal
    bool connected = false;
    int disconnects = 0;

    ReaderState state() const override { return shown; }
    Signal& changed() override { return changed_; }
    awaitable<Result<Bytes>> connect(Duration) override {
        connected = atr.has_value();
        co_return atr;
    }
    awaitable<Result<Bytes>> reset(Duration) override { co_return atr; }
    awaitable<Result<Bytes>> transmit(Bytes apdu, Duration) override {
        if (!connected) co_return fail(FaultCode::chip_reset, "not connected");
        commands.push_back(hex(apdu));
        co_return answer(apdu);
    }
    awaitable<Result<Bytes>> control(std::uint32_t, Bytes, Duration) override { co_return fail(FaultCode::chip_refused); }
    void disconnect() override {
        connected = false;
        ++disconnects;
    }

  private:
    Signal changed_;
};

/// `data` with a status word behind it.
inline Bytes with_sw(View data, std::uint16_t sw) {
    Bytes out = to_bytes(data);
    out.push_back(static_cast<std::byte>(sw >> 8));
    out.push_back(static_cast<std::byte>(sw & 0xFF));
    return out;
}

/// The fault's name; "none" when there is none, so that a failed check says what came instead.
template <class T>
std::string fault_in(const Result<T>& result) {
    return result ? "none" : std::string(name_of(result.error().code));
}

}  // namespace test
