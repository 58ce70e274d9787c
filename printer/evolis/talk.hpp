// One question and one answer at a time over the USB pipe: stale bytes drained, waits bounded, answers fitted to their command, and back in step
// after a silence, a cancellation or a panel that broke off.
#pragma once
#include "printer/evolis/reply.hpp"
#include "printer/service.hpp"

namespace printer::evolis {

inline constexpr int number_tries = 3;                              ///< "OK" where a number was asked (field problem 7)
inline constexpr int max_drain_reads = 64;                          ///< a printer that talks without being asked is garbage
inline constexpr int max_stale_replies = 8;                         ///< late answers that are passed over on the way back into step
inline constexpr std::chrono::milliseconds drain_wait{1};           ///< before every command
inline constexpr std::chrono::milliseconds quiet_wait{100};         ///< out of step: this long nothing may come
inline constexpr std::uint8_t port_ready = 0x18;                    ///< not-error and select, both set

class Talk {
  public:
    Talk(drivers::Clock& clock, drivers::UsbPipe& pipe, const Options& options) : clock_(clock), pipe_(pipe), options_(options) {}

    /// From here to the next begin(), a printer that went away and came back is printer_unplugged: its state is not the one we talked to.
    void begin() { link_ = pipe_.plugged().count(); }
    [[nodiscard]] std::uint64_t link() const { return link_; }

    /// GET_PORT_STATUS; bits as in usb_pipe.hpp.
    awaitable<Result<std::uint8_t>> port();
    /// Port status is read first, as a sign of life; it does not hinder a question.
    awaitable<Result<std::string>> ask(Command command);
    /// A setting or a movement, answered OK within `limit`. The caller has seen that the port is ready. Never sent twice. printer_silent: no
    /// answer in time.
    awaitable<Result<void>> order(Command command, drivers::Duration limit);
    /// A panel; `limit` is for sending and for the answer together.
    awaitable<Result<void>> panel(Download download, drivers::Duration limit);
    void trace(Trace listener) { trace_ = std::move(listener); }

    /// The answer to Rsn, by which late answers are told from the one that was asked for; empty: not known (yet, or any more).
    void know_serial(std::string serial) { serial_ = std::move(serial); }

  private:
    /// `data_bytes`: of a download, for the trace.
    awaitable<Result<std::string>> exchange(drivers::Bytes framed, Command command, drivers::Duration limit, std::size_t data_bytes = 0);
    void said(bool to_printer, std::string_view text, std::size_t data_bytes = 0) const {
        if (trace_) trace_(to_printer, text, data_bytes);
    }
    awaitable<Result<void>> drain(drivers::Duration quiet);
    awaitable<Result<void>> fall_in_step();
    awaitable<Result<std::string>> read_reply(drivers::Steady deadline, std::string asked);

    drivers::Clock& clock_;
    drivers::UsbPipe& pipe_;
    const Options& options_;
    std::uint64_t link_ = 0;
    drivers::Bytes inbox_;
    std::string serial_;
    bool in_step_ = false;     ///< no answer is owed; false at the start: an earlier process may have left some
    bool panel_torn_ = false;  ///< a panel was begun and perhaps not completed
    Trace trace_;
};

}  // namespace printer::evolis
