// What the commands of liqu-ctl share: exit codes, answers in words or as JSON, complaints, and running a coroutine to its end.
#pragma once
#include "drivers/async.hpp"
#include "drivers/card_reader.hpp"
#include "drivers/fault.hpp"

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace ctl {

inline constexpr int done = 0, refused = 1, usage = 2;

/// One line on standard error; returns `code`.
int complain(const std::string& why, int code);
/// The fault with its number and what has to be done (kiosk/faults); returns refused.
int complain(const drivers::Fault& fault);
/// On standard output: one JSON object, or "key: value" lines with nested ones indented; returns done.
int show(const nlohmann::ordered_json& value, bool json);
/// Does somebody listen on the kiosk's control socket?
[[nodiscard]] bool liqu_runs(const std::filesystem::path& data_dir);

/// A person's datum: itself, a mask, or empty where there is none.
[[nodiscard]] std::string datum(const std::string& text, bool show);
/// Waits for a card or document on the reader; the fault says whether daemon, reader or card is missing.
[[nodiscard]] drivers::awaitable<drivers::Result<bool>> card_appears(drivers::CardReader& reader, drivers::Clock& clock, drivers::Duration limit);

/// Runs one coroutine on this loop; other work of the loop (threads behind ports) does not keep it.
template <class T>
T run_on(asio::io_context& io, drivers::awaitable<T> task) {
    std::optional<T> out;
    const auto body = [](drivers::awaitable<T> t, std::optional<T>& into, asio::io_context& loop) -> drivers::awaitable<void> {
        into.emplace(co_await std::move(t));
        loop.stop();
    };
    io.restart();
    asio::co_spawn(io, body(std::move(task), out, io), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
    const auto work = asio::make_work_guard(io);
    io.run();
    return *std::move(out);
}

}  // namespace ctl
