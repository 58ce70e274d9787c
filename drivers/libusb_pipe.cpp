// A USB device over libusb, as the loop sees it: requests with a limit each, answered by the thread of usb/thread.hpp.
#include "drivers/usb/thread.hpp"

namespace drivers {

namespace {
using usb::Front;
using usb::max_read_bytes;
using usb::Request;
using usb::RequestPtr;
using usb::UsbThread;

class LibusbPipe final : public UsbPairs {
  public:
    LibusbPipe(asio::any_io_executor loop, Clock& clock, UsbAddress address) : clock_(clock), usb_(std::make_shared<UsbThread>(std::move(loop), std::move(address), front_)) {}
    bool connected() const override { return front_->pairs > 0; }
    std::size_t pairs() const override { return front_->pairs; }
    Signal& plugged() override { return front_->plugged; }
    void reopen() override { usb_->reopen(); }

    awaitable<Result<void>> write(Bytes data, Duration limit) override { return write_to(0, std::move(data), limit); }
    awaitable<Result<Bytes>> read(std::size_t max, Duration limit) override { return read_from(0, max, limit); }
    awaitable<Result<void>> write_to(std::size_t pair, Bytes data, Duration limit) override {
        if (!has(pair)) co_return fail(FaultCode::internal, "the device has no such endpoint");
        if (data.empty()) co_return Result<void>{};
        const auto done = co_await run(Request::Kind::write, pair, std::move(data), limit, FaultCode::printer_silent);
        if (!done) co_return std::unexpected(done.error());
        co_return Result<void>{};
    }
    awaitable<Result<Bytes>> read_from(std::size_t pair, std::size_t max, Duration limit) override {
        if (!has(pair)) co_return fail(FaultCode::internal, "the device has no such endpoint");
        if (max == 0 || max > max_read_bytes) co_return fail(FaultCode::internal, "a read is of 1 to 65536 bytes");
        auto& all = front_->received[pair];
        if (all.empty()) {
            const auto done = co_await run(Request::Kind::read, pair, {}, limit, FaultCode::time_out);
            if (all.empty()) co_return done ? fail(FaultCode::printer_unplugged, "unplugged while reading") : std::unexpected(done.error());
        }
        const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(max, all.size()));
        Bytes some(all.begin(), end), rest(end, all.end());
        wipe(all);  // it may be somebody's card
        all = std::move(rest);
        co_return some;
    }
    awaitable<Result<std::uint8_t>> port_status(Duration limit) override {
        const auto done = co_await run(Request::Kind::port_status, 0, {}, limit, FaultCode::printer_silent);
        if (!done) co_return std::unexpected(done.error());
        co_return u8(done->at(0));
    }

  private:
    /// A device that is away may be asked for any pair, and fails with that.
    [[nodiscard]] bool has(std::size_t pair) const { return pair < (front_->pairs > 0 ? front_->pairs : max_usb_pairs); }
    /// Weak: a coroutine that is destroyed together with the loop may outlive the pipe.
    struct Abandon {
        std::weak_ptr<UsbThread> usb;
        RequestPtr request;
        ~Abandon() {
            if (request->answer.ready()) return;
            request->abandoned = true;
            if (const auto alive = usb.lock()) alive->wake();
        }
    };
    /// Ends when the request is answered, or, for a read, when something came for an earlier one that gave up.
    awaitable<void> settled(RequestPtr request) {
        for (;;) {
            const auto seen = front_->activity.count();
            if (request->answer.ready() || (request->kind == Request::Kind::read && !front_->received[request->pair].empty())) co_return;
            co_await front_->activity.after(seen);
        }
    }
    awaitable<Result<Bytes>> run(Request::Kind kind, std::size_t pair, Bytes data, Duration limit, FaultCode late) {
        const auto request = std::make_shared<Request>();
        request->kind = kind;
        request->pair = pair;
        request->data = std::move(data);
        if (!usb_->submit(request)) co_return fail(FaultCode::internal, "too many requests wait for the device");
        const Abandon abandon{usb_, request};
        co_await within(clock_, limit, settled(request));
        if (request->answer.ready()) co_return request->answer.peek();
        co_return fail(late, "the device does not answer in time");
    }

    Clock& clock_;
    std::shared_ptr<Front> front_ = std::make_shared<Front>();
    std::shared_ptr<UsbThread> usb_;
};
}  // namespace

std::unique_ptr<UsbPairs> make_libusb_pipe(asio::any_io_executor loop, Clock& clock, UsbAddress address) {
    return std::make_unique<LibusbPipe>(std::move(loop), clock, std::move(address));
}

}  // namespace drivers
