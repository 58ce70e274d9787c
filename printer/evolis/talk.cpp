// The conversation with the printer.
#include "printer/evolis/talk.hpp"

#include "printer/evolis/raster.hpp"

#include <fmt/format.h>

namespace printer::evolis {

using drivers::Bytes;
using drivers::Duration;
using drivers::FaultCode;
using drivers::Steady;

namespace {
constexpr std::size_t read_chunk = 1024;
}

awaitable<Result<std::uint8_t>> Talk::port() {
    if (pipe_.plugged().count() != link_) co_return drivers::fail(FaultCode::printer_unplugged, "the printer was away");
    co_return co_await pipe_.port_status(options_.short_command);
}

awaitable<Result<std::string>> Talk::ask(Command command) {
    if (auto status = co_await port(); !status) co_return std::unexpected(status.error());
    Result<std::string> answer;
    for (int i = 0; i < number_tries; ++i) {
        answer = co_await exchange(frame(command.text), command, options_.short_command);
        const bool again = !answer && (command.expect == Expect::number || command.expect == Expect::count) && answer.error().detail.ends_with(": OK");
        if (!again) break;
        in_step_ = true;  // an OK in place of a number is this printer's habit and answers this very question
    }
    co_return answer;
}

awaitable<Result<void>> Talk::order(Command command, Duration limit) {
    auto answer = co_await exchange(frame(command.text), command, limit);
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    co_return Result<void>{};
}

awaitable<Result<void>> Talk::panel(Download download, Duration limit) {
    const auto bytes = download.data_bytes();
    auto answer = co_await exchange(std::move(download.framed), Command{std::move(download.head), Expect::ok}, limit, bytes);
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    co_return Result<void>{};
}

awaitable<Result<std::string>> Talk::exchange(Bytes framed, Command command, Duration limit, std::size_t data_bytes) {
    if (pipe_.plugged().count() != link_) co_return drivers::fail(FaultCode::printer_unplugged, fmt::format("the printer was away before {}", command.text));
    if (auto step = co_await fall_in_step(); !step) co_return std::unexpected(step.error());
    if (auto dry = co_await drain(drain_wait); !dry) co_return std::unexpected(dry.error());
    const auto deadline = clock_.steady() + limit;
    // Out of step until the answer is there: true also when this coroutine is cancelled in between.
    in_step_ = false;
    panel_torn_ = command.text.starts_with("Db");
    said(true, command.text, data_bytes);
    if (auto sent = co_await pipe_.write(std::move(framed), limit); !sent) co_return std::unexpected(sent.error());
    panel_torn_ = false;
    auto reply = co_await read_reply(deadline, command.text);
    if (!reply) co_return reply;
    auto fitted = fit(command, *reply);
    in_step_ = fitted || fitted.error().code != FaultCode::printer_garbage;
    co_return fitted;
}

awaitable<Result<void>> Talk::drain(Duration quiet) {
    inbox_.clear();
    for (int i = 0; i < max_drain_reads; ++i) {
        auto stale = co_await pipe_.read(read_chunk, quiet);
        if (stale) continue;
        if (stale.error().code == FaultCode::time_out) co_return Result<void>{};
        co_return std::unexpected(stale.error());
    }
    co_return drivers::fail(FaultCode::printer_garbage, "the printer does not stop talking");
}

awaitable<Result<void>> Talk::fall_in_step() {
    if (in_step_) co_return Result<void>{};
    if (panel_torn_) {
        // The rest of a panel has no length: as data NUL means "no colour", beyond it NUL is padding (PROTOCOL.md).
        Bytes fill(panel_bytes(options_.raster, 7), std::byte{0});
        fill.push_back(std::byte{0x0D});
        said(true, "(the rest of a panel)", fill.size());
        if (auto sent = co_await pipe_.write(std::move(fill), options_.panel); !sent) co_return std::unexpected(sent.error());
        panel_torn_ = false;
    }
    if (auto dry = co_await drain(quiet_wait); !dry) co_return dry;
    if (!serial_.empty()) {
        // Answers come in order: when the serial number is there, everything owed before it has come.
        const auto deadline = clock_.steady() + options_.short_command;
        said(true, "Rsn");
        if (auto sent = co_await pipe_.write(frame("Rsn"), options_.short_command); !sent) co_return std::unexpected(sent.error());
        bool found = false;
        for (int i = 0; i < max_stale_replies && !found; ++i) {
            auto reply = co_await read_reply(deadline, "Rsn");
            if (!reply) co_return std::unexpected(reply.error());
            found = *reply == serial_;
        }
        if (!found) co_return drivers::fail(FaultCode::printer_garbage, "Rsn: not the serial number");
    }
    in_step_ = true;
    co_return Result<void>{};
}

awaitable<Result<std::string>> Talk::read_reply(Steady deadline, std::string asked) {
    for (;;) {
        const auto begin = std::ranges::find_if(inbox_, [](std::byte b) { return b != std::byte{0}; });
        const auto end = std::find(begin, inbox_.end(), std::byte{0});
        if (begin != inbox_.end() && end != inbox_.end()) {
            auto reply = drivers::to_string(drivers::View{begin, end});
            inbox_.erase(inbox_.begin(), end + 1);
            said(false, std::string_view{reply}.substr(0, max_reply_bytes));
            if (reply.size() > max_reply_bytes) co_return drivers::fail(FaultCode::printer_garbage, fmt::format("{}: an answer of {} bytes", asked, reply.size()));
            co_return reply;
        }
        if (inbox_.size() > 2 * read_chunk) co_return drivers::fail(FaultCode::printer_garbage, fmt::format("{}: an answer without an end", asked));
        const auto left = deadline - clock_.steady();
        if (left <= Duration{0}) co_return drivers::fail(FaultCode::printer_silent, fmt::format("no answer to {}", asked));
        auto got = co_await pipe_.read(read_chunk, left);
        if (!got && got.error().code == FaultCode::time_out) co_return drivers::fail(FaultCode::printer_silent, fmt::format("no answer to {}", asked));
        if (!got) co_return std::unexpected(got.error());
        inbox_.insert(inbox_.end(), got->begin(), got->end());
    }
}

}  // namespace printer::evolis
