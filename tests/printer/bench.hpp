// A bench for the printer's driver: simulated time, and a scripted machine behind a UsbPipe that answers as PROTOCOL.md says until a test tells it otherwise.
#pragma once
#include "drivers/clock.hpp"
#include "printer/service.hpp"

#include <deque>
#include <map>
#include <string>

namespace bench {

using namespace std::chrono_literals;
using drivers::awaitable;
using drivers::Bytes;
using drivers::Duration;
using drivers::Result;

/// What a scripted machine does instead of its usual answer.
struct Answer {
    std::string text;
    Duration after = 10ms;
    enum class Kind { reply, silence, unplug, refuse_write } kind = Kind::reply;
};

class ScriptedPipe final : public drivers::UsbPipe {
  public:
    explicit ScriptedPipe(drivers::SimClock& clock) : clock_(clock) {}

    bool connected() const override { return connected_; }
    drivers::Signal& plugged() override { return plugged_; }
    awaitable<Result<void>> write(Bytes data, Duration) override {
        if (!connected_) co_return drivers::fail(drivers::FaultCode::printer_missing);
        const auto command = cut(data);
        log.push_back(command);
        auto answer = scripted(command);
        if (answer && answer->kind == Answer::Kind::refuse_write) co_return drivers::fail(drivers::FaultCode::printer_silent, "write");
        if (!answer && !command.starts_with("<")) answer = Answer{usual(command)};
        if (answer) give(*answer);
        co_return Result<void>{};
    }
    awaitable<Result<Bytes>> read(std::size_t max, Duration limit) override {
        const auto deadline = clock_.steady() + limit;
        while (connected_ && inbox_.empty()) {
            const auto seen = came_.count();
            const auto left = deadline - clock_.steady();
            if (left <= Duration{0}) co_return drivers::fail(drivers::FaultCode::time_out);
            co_await drivers::first_of(came_.after(seen), clock_.sleep(left));
        }
        if (!connected_) co_return drivers::fail(drivers::FaultCode::printer_unplugged);
        const auto n = std::min(max, inbox_.size());
        Bytes out(inbox_.begin(), inbox_.begin() + static_cast<std::ptrdiff_t>(n));
        inbox_.erase(inbox_.begin(), inbox_.begin() + static_cast<std::ptrdiff_t>(n));
        co_return out;
    }
    awaitable<Result<std::uint8_t>> port_status(Duration) override {
        if (!connected_) co_return drivers::fail(drivers::FaultCode::printer_missing);
        co_return port;
    }

    void plug(bool in) {
        connected_ = in;
        inbox_.clear();
        plugged_.notify();
        came_.notify();
    }
    /// Bytes that nobody asked for.
    void says(std::string_view text) {
        for (const char c : text) inbox_.push_back(static_cast<std::byte>(c));
        came_.notify();
    }
    /// The next command that begins with `command` is answered so; several are used one after the other.
    void script(std::string command, Answer answer) { script_.emplace_back(std::move(command), std::move(answer)); }
    [[nodiscard]] std::size_t count(std::string_view command) const { return static_cast<std::size_t>(std::ranges::count(log, command)); }

    std::vector<std::string> log;
    std::map<char, Bytes> panels;      ///< data of the last Db of each panel
    std::uint8_t port = 0x18;
    std::string seat = "OK", bezel = "0,00 Volts", cover = "5,00 Volts", bin = "OK", errors_mode = "0;0", ribbon_type = "YMCKOK", ribbon_left = "120";
    std::array<bool, 2> feeder{true, true};
    std::map<std::string, std::string> knows;  ///< further questions

  private:
    static std::string cut(const Bytes& data) {
        const auto text = drivers::to_string(data);
        if (text.front() == '\0') return "<fill>";
        if (text.front() != 0x1B || text.back() != '\r') return "<frame>";
        return text.substr(1, text.size() - 2);
    }
    std::optional<Answer> scripted(const std::string& command) {
        const auto it = std::ranges::find_if(script_, [&](const auto& s) { return command.starts_with(s.first); });
        if (it == script_.end()) return std::nullopt;
        auto answer = it->second;
        script_.erase(it);
        return answer;
    }
    void give(const Answer& answer) {
        if (answer.kind == Answer::Kind::unplug) clock_.at(clock_.steady() + answer.after, [this] { plug(false); });
        if (answer.kind == Answer::Kind::reply)
            clock_.at(clock_.steady() + answer.after, [this, text = answer.text] {
                if (connected_) says(text + '\0');
            });
    }
    std::string usual(const std::string& c) {
        if (c.starts_with("Db;")) {
            const auto data = std::string_view{c}.substr(c.find(';', 5) + 1);
            panels[c[3]] = drivers::to_bytes(data);
            log.back() = c.substr(0, 4);
            return "OK";
        }
        if (c.starts_with("D") && !c.starts_with("Db;")) {
            // Dbc;k;2;n;data and Dbp;y;128;first;lines;data
            std::size_t at = 0;
            for (int i = 0; i < (c.starts_with("Dbc") ? 4 : 5); ++i) at = c.find(';', at) + 1;
            panels[c[4]] = drivers::to_bytes(std::string_view{c}.substr(at));
            log.back() = c.substr(0, at);
            return "OK";
        }
        if (c.starts_with("R")) return question(c);
        if (c == "Pem;2") errors_mode = "2;0";
        if (c == "Ss") sequence_ = true;
        if (c == "Sis" || c == "St") seat = "SMART CARD", bezel = "0,00 Volts";
        if (c == "Sic") seat = "CONTACTLESS CARD";
        if (c == "Sr" || c == "Sv") seat = "CARD";
        if (c == "Se" && !std::exchange(sequence_, false)) seat = "OK", bezel = "5,00 Volts";
        if (c == "Sib") seat = "CARD", bezel = "0,00 Volts";
        if (c == "Ser") seat = "OK";
        return "OK";
    }
    std::string question(const std::string& c) {
        const std::map<std::string, std::string> answers{{"Rtp", "KC Prime"}, {"Rsn", "10000000001"}, {"Rfv", "2147"},      {"Rem", errors_mode},      {"Rok", "OK"},
                                                         {"Rlr;p", seat},     {"Rlr;h", bin},         {"Rse;b", bezel},     {"Rse;o", cover},          {"Rrt;type", ribbon_type},
                                                         {"Rrt;qty", "200"},  {"Rrt;count", ribbon_left}};
        if (const auto it = answers.find(c); it != answers.end()) return it->second;
        if (const auto it = knows.find(c); it != knows.end()) return it->second;
        for (std::size_t i = 0; i < feeder.size(); ++i) {
            if (c == "Rse;f;" + std::to_string(i + 1)) return feeder[i] ? "5,00 Volts" : "0,00 Volts";
            if (c == "Rse;n;" + std::to_string(i + 1)) return "0,00 Volts";
        }
        return "ERROR PARAMETRES";
    }

    drivers::SimClock& clock_;
    drivers::Signal plugged_, came_;
    Bytes inbox_;
    std::deque<std::pair<std::string, Answer>> script_;
    bool connected_ = true, sequence_ = false;
};

/// Runs one call to its end in simulated time; throws when it never ends.
struct Loop {
    asio::io_context io;
    drivers::SimClock clock{drivers::Utc{}};

    void settle() {
        io.restart();
        io.poll();
    }
    template <class T>
    T run(awaitable<T> task, Duration longest = 30min) {
        std::optional<T> out;
        auto body = [](awaitable<T> t, std::optional<T>& into) -> awaitable<void> { into.emplace(co_await std::move(t)); };
        asio::co_spawn(io, body(std::move(task), out), asio::detached);
        const auto end = clock.steady() + longest;
        settle();
        while (!out && clock.steady() < end && clock.advance()) settle();
        if (!out) throw std::runtime_error("a call did not end");
        return *std::move(out);
    }
};

inline constexpr printer::RasterSize small{64, 40};

struct Rig : Loop {
    ScriptedPipe pipe{clock};
    std::unique_ptr<printer::ServicedPrinter> printer = printer::make_serviced_evolis_printer(clock, pipe, {.raster = small});
};

/// A job in which every dot is known: the levels run over 0..127.
inline printer::PrintJob striped_job(printer::RasterSize size, bool back = true) {
    printer::PrintJob job;
    job.size = size;
    const auto dots = static_cast<std::size_t>(size.width * size.height);
    for (std::size_t i = 0; i < dots; ++i) {
        job.y.push_back(static_cast<std::uint8_t>(i % 128));
        job.m.push_back(static_cast<std::uint8_t>(i / 3 % 128));
        job.c.push_back(static_cast<std::uint8_t>(127 - i % 128));
        job.k.push_back(i % 7 == 0);
        job.o.push_back(1);
        if (back) job.back_k.push_back(i % 5 == 0);
    }
    return job;
}

}  // namespace bench
