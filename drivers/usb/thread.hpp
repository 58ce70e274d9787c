// The thread that owns everything of libusb, for libusb_pipe.cpp only: it looks for the device, claims it, submits transfers and handles events; it meets
// the loop in an inbox of requests and in posted completions.
#pragma once
#include "drivers/usb/device.hpp"
#include "drivers/usb/transfer.hpp"
#include "drivers/usb_pipe.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <pthread.h>
#include <thread>

namespace drivers::usb {

using namespace std::chrono_literals;
using Instant = std::chrono::steady_clock::time_point;

inline constexpr auto look_interval = 1s;
/// Without udev the library's list grows stale: after so many fruitless looks everything is asked anew.
inline constexpr int looks_before_fresh_start = 5;
/// How late an unplugging is noticed while nobody waits for the device.
inline constexpr auto idle_interval = 200ms;
inline constexpr auto event_wait = 100ms;
/// A device file that is always readable (umockdev's) would make the thread spin: pauses, growing while nothing comes.
inline constexpr auto spin_pause_first = 1ms, spin_pause_last = 4ms;
inline constexpr int spins_per_step = 16;
/// How long cancelled transfers are waited for before the device is closed over them.
inline constexpr auto reap_limit = 1s;
inline constexpr std::size_t max_read_bytes = 65'536;
inline constexpr std::size_t write_chunk_bytes = 262'144;
inline constexpr std::size_t max_queued_requests = 16;

/// One wish of the loop. `answer` is touched on the loop only.
struct Request {
    enum class Kind { write, read, port_status } kind = Kind::read;
    std::size_t pair = 0;  ///< less than max_usb_pairs
    Bytes data;
    std::size_t sent = 0;
    std::atomic<bool> abandoned{false};
    Once<Result<Bytes>> answer;

    Request() = default;
    ~Request() { wipe(data); }
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;
};
using RequestPtr = std::shared_ptr<Request>;

/// The side that the loop sees.
struct Front {
    std::size_t pairs = 0;  ///< 0: away
    Signal plugged, activity;
    std::array<Bytes, max_usb_pairs> received;  ///< not yet read; at most two transfers' worth each, because a transfer is only begun for a reader that found nothing
};

class UsbThread {
  public:
    UsbThread(asio::any_io_executor loop, UsbAddress address, std::weak_ptr<Front> front) : loop_(std::move(loop)), address_(std::move(address)), front_(std::move(front)), thread_([this] { run(); }) {}
    ~UsbThread() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake();
        thread_.join();
    }
    UsbThread(const UsbThread&) = delete;
    UsbThread& operator=(const UsbThread&) = delete;

    bool submit(RequestPtr request) {
        {
            const std::lock_guard lock(mutex_);
            if (inbox_.size() >= max_queued_requests) return false;
            inbox_.push_back(std::move(request));
        }
        wake();
        return true;
    }
    /// The device is to be closed and looked for anew.
    void reopen() {
        reopening_ = true;
        wake();
    }
    /// There is something to look at: a request, one that was abandoned, the end.
    void wake() {
        const std::lock_guard lock(mutex_);
        woken_ = true;
        condition_.notify_all();
        if (context_) libusb_interrupt_event_handler(context_);
    }

  private:
    // ---- the thread ----
    void run() {
        pthread_setname_np(pthread_self(), "usb");
        while (take_requests()) {
            if (reopening_.exchange(false) || gone_) detach();
            if (!device_) look();
            start_transfers();
            wait_for_events();
            end_transfers();
        }
        detach();
        stop_library();
    }

    bool take_requests() {
        const std::lock_guard lock(mutex_);
        woken_ = false;
        for (auto& request : std::exchange(inbox_, {})) queue_of(request->kind).push_back(std::move(request));
        for (auto* queue : {&writes_, &reads_, &controls_}) {
            // A write that is under way is cancelled first and leaves when its transfer has ended.
            const auto idle = [&](const RequestPtr& r) { return r->abandoned && r != writing_ && r != asking_; };
            std::erase_if(*queue, idle);
        }
        return !stopping_;
    }
    std::deque<RequestPtr>& queue_of(Request::Kind kind) { return kind == Request::Kind::write ? writes_ : kind == Request::Kind::read ? reads_ : controls_; }

    void start_library() {
        libusb_context* fresh = nullptr;
        if (const int rc = libusb_init(&fresh); rc != 0) {
            why_missing_ = fmt::format("libusb: {}", libusb_error_name(rc));
            return;
        }
        {
            const std::lock_guard lock(mutex_);
            context_ = fresh;
        }
        looks_ = 0;
        if (libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG) == 0) return;
        const int product = address_.product ? static_cast<int>(*address_.product) : LIBUSB_HOTPLUG_MATCH_ANY;
        libusb_hotplug_register_callback(fresh, LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT, 0, address_.vendor, product,
                                         LIBUSB_HOTPLUG_MATCH_ANY, &UsbThread::on_hotplug, this, nullptr);
    }
    void stop_library() {
        libusb_context* old = nullptr;
        {
            const std::lock_guard lock(mutex_);
            old = std::exchange(context_, nullptr);
        }
        if (old) libusb_exit(old);
    }
    static int LIBUSB_CALL on_hotplug(libusb_context*, libusb_device* device, libusb_hotplug_event event, void* self_) {
        auto& self = *static_cast<UsbThread*>(self_);
        if (event == LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED) self.next_look_ = Instant{};
        else if (self.device_ && libusb_get_device(self.device_->handle) == device) self.gone_ = true;
        return 0;
    }

    /// Looks for the device when it is time to, and claims it.
    void look() {
        const auto now = std::chrono::steady_clock::now();
        if (now < next_look_) return;
        next_look_ = now + look_interval;
        if (context_ && looks_++ >= looks_before_fresh_start) stop_library();
        if (!context_) start_library();
        if (!context_) return;
        libusb_device** list = nullptr;
        const auto count = libusb_get_device_list(context_, &list);
        why_missing_ = "no such device";
        for (ssize_t i = 0; i < count && !device_; ++i) {
            libusb_device_descriptor descriptor{};
            if (libusb_get_device_descriptor(list[i], &descriptor) != 0 || descriptor.idVendor != address_.vendor) continue;
            if (address_.product && descriptor.idProduct != *address_.product) continue;
            device_ = UsbDevice::open(list[i], descriptor, address_, why_missing_);
        }
        if (count >= 0) libusb_free_device_list(list, 1);
        if (!device_) return;
        gone_ = false;
        was_there_ = true;
        tell([pairs = device_->wires.pairs](Front& front) {
            front.pairs = pairs;
            front.plugged.notify();
        });
    }

    void detach() {
        gone_ = false;
        if (!device_) return;
        const auto limit = std::chrono::steady_clock::now() + reap_limit;
        const auto all = {&in_[0], &in_[1], &out_, &control_};
        for (auto* transfer : all) transfer->cancel();
        while (std::ranges::any_of(all, [](const auto* t) { return t->in_flight(); }) && std::chrono::steady_clock::now() < limit) {
            handle_events(10ms);
            std::this_thread::sleep_for(spin_pause_first);
        }
        device_.reset();
        for (auto* transfer : all) transfer->renew();
        writing_.reset();
        asking_.reset();
        next_look_ = Instant{};
        looks_ = 0;
        tell([](Front& front) {
            front.pairs = 0;
            for (auto& bytes : front.received) {
                wipe(bytes);
                bytes.clear();
            }
            front.plugged.notify();
        });
        fail_all(FaultCode::printer_unplugged, "unplugged");
    }

    void start_transfers() {
        if (!device_) return fail_all(was_there_ ? FaultCode::printer_unplugged : FaultCode::printer_missing, why_missing_);
        if (writing_ && writing_->abandoned) out_.cancel();
        if (asking_ && asking_->abandoned) control_.cancel();
        if (!writing_ && !writes_.empty()) {
            writing_ = writes_.front();
            send_chunk();
        }
        for (std::size_t pair = 0; pair < device_->wires.pairs; ++pair)
            if (!in_[pair].in_flight() && std::ranges::any_of(reads_, [pair](const RequestPtr& r) { return r->pair == pair; }))
                check(in_[pair].bulk(device_->handle, device_->wires.in[pair], Bytes(max_read_bytes)));
        if (!asking_ && !controls_.empty()) {
            asking_ = controls_.front();
            check(control_.port_status(device_->handle, device_->wires.interface));
        }
    }
    void send_chunk() {
        const View rest = View{writing_->data}.subspan(writing_->sent);
        check(out_.bulk(device_->handle, device_->wires.out[writing_->pair], to_bytes(rest.first(std::min(rest.size(), write_chunk_bytes)))));
    }
    /// A transfer that cannot be begun: the device is as good as gone, and is looked for anew.
    void check(int rc) {
        if (rc == 0) return;
        why_missing_ = fmt::format("submit: {}", libusb_error_name(rc));
        gone_ = true;
    }

    void wait_for_events() {
        const bool expecting = out_.in_flight() || control_.in_flight() || !reads_.empty();
        if (expecting && !gone_) {
            handle_events(event_wait);
            if (ended()) {
                spins_ = 0;
                return;
            }
            // Nothing came of it: either time passed, or the device file is one that is always ready.
            const auto pause = std::min(spin_pause_first * (1 + spins_++ / spins_per_step), spin_pause_last);
            std::unique_lock lock(mutex_);
            if (condition_.wait_for(lock, pause, [this] { return woken_; })) spins_ = 0;
            return;
        }
        if (gone_) return;
        {
            std::unique_lock lock(mutex_);
            condition_.wait_for(lock, idle_interval, [this] { return woken_; });
        }
        handle_events(0ms);
    }
    /// Notes which transfers have ended; true when there is something to do about it.
    bool ended() {
        for (std::size_t pair = 0; pair < max_usb_pairs; ++pair)
            if (in_[pair].take_end()) in_ended_[pair] = true;
        if (out_.take_end()) out_ended_ = true;
        if (control_.take_end()) control_ended_ = true;
        return in_ended_[0] || in_ended_[1] || out_ended_ || control_ended_ || gone_;
    }
    void handle_events(std::chrono::microseconds limit) {
        if (!context_) return;
        timeval time{0, static_cast<suseconds_t>(limit.count())};
        libusb_handle_events_timeout(context_, &time);
    }

    void end_transfers() {
        ended();
        for (std::size_t pair = 0; pair < max_usb_pairs; ++pair)
            if (std::exchange(in_ended_[pair], false)) end_in(pair);
        if (std::exchange(out_ended_, false)) end_out();
        if (std::exchange(control_ended_, false)) end_control();
    }
    void end_in(std::size_t pair) {
        auto& in = in_[pair];
        if (in.actual() > 0) {
            tell([pair, bytes = to_bytes(in.received())](Front& front) mutable {
                auto& received = front.received[pair];
                received.insert(received.end(), bytes.begin(), bytes.end());
                wipe(bytes);
                front.activity.notify();
            });
            answer_readers(pair, Bytes{});
        }
        if (in.status() != LIBUSB_TRANSFER_COMPLETED) {
            if (auto fault = end_fault(in.status(), device_->wires.in[pair])) answer_readers(pair, std::unexpected(*std::move(fault)));
        }
        in.forget();
    }
    void end_out() {
        if (!writing_) return;
        writing_->sent += out_.actual();
        const auto fault = end_fault(out_.status(), device_->wires.out[writing_->pair]);
        if (!fault && !writing_->abandoned && out_.actual() > 0 && writing_->sent < writing_->data.size()) return send_chunk();
        const bool all = writing_->sent >= writing_->data.size();
        out_.forget();
        std::erase(writes_, writing_);
        if (fault) answer(std::exchange(writing_, nullptr), std::unexpected(*fault));
        else if (all) answer(std::exchange(writing_, nullptr), Bytes{});
        else answer(std::exchange(writing_, nullptr), fail(FaultCode::printer_silent, "bulk out ended early"));
    }
    void end_control() {
        if (!asking_) return;
        std::erase(controls_, asking_);
        const auto request = std::exchange(asking_, nullptr);
        if (auto fault = end_fault(control_.status(), 0)) return answer(request, std::unexpected(*std::move(fault)));
        if (control_.actual() != 1) return answer(request, fail(FaultCode::printer_garbage, "port status of another length"));
        answer(request, Bytes{control_.control_byte()});
    }
    /// Nothing for a transfer that was completed or that we cancelled ourselves.
    std::optional<Fault> end_fault(libusb_transfer_status status, std::uint8_t endpoint) {
        switch (status) {
            case LIBUSB_TRANSFER_COMPLETED:
            case LIBUSB_TRANSFER_CANCELLED: return std::nullopt;
            case LIBUSB_TRANSFER_STALL:
                if (endpoint != 0) libusb_clear_halt(device_->handle, endpoint);
                return Fault{FaultCode::printer_silent, "stall"};
            case LIBUSB_TRANSFER_OVERFLOW: return Fault{FaultCode::printer_garbage, "overflow"};
            case LIBUSB_TRANSFER_NO_DEVICE: gone_ = true; return Fault{FaultCode::printer_unplugged, "unplugged"};
            case LIBUSB_TRANSFER_TIMED_OUT:
            case LIBUSB_TRANSFER_ERROR: break;
        }
        return Fault{FaultCode::printer_silent, "transfer error"};
    }

    void fail_all(FaultCode code, const std::string& detail) {
        for (auto* queue : {&writes_, &reads_, &controls_}) answer_all(*queue, fail(code, detail));
    }
    void answer_all(std::deque<RequestPtr>& queue, const Result<Bytes>& result) {
        for (auto& request : std::exchange(queue, {})) answer(std::move(request), result);
    }
    void answer_readers(std::size_t pair, const Result<Bytes>& result) {
        std::deque<RequestPtr> others;
        for (auto& request : std::exchange(reads_, {})) {
            if (request->pair == pair) answer(std::move(request), result);
            else others.push_back(std::move(request));
        }
        reads_ = std::move(others);
    }
    void answer(RequestPtr request, Result<Bytes> result) {
        tell([request = std::move(request), result = std::move(result)](Front& front) mutable {
            request->answer.set(std::move(result));
            front.activity.notify();
        });
    }
    template <class Work>
    void tell(Work work) {
        asio::post(loop_, [front = front_, work = std::move(work)]() mutable {
            if (const auto alive = front.lock()) work(*alive);
        });
    }

    asio::any_io_executor loop_;
    const UsbAddress address_;
    std::weak_ptr<Front> front_;
    // shared with the loop, under the mutex
    std::mutex mutex_;
    std::condition_variable condition_;
    std::deque<RequestPtr> inbox_;
    bool stopping_ = false, woken_ = false;
    std::atomic<bool> reopening_{false};
    libusb_context* context_ = nullptr;  ///< changed by the thread under the mutex, so the thread may read it without
    // the thread's own
    std::unique_ptr<UsbDevice> device_;
    std::array<UsbTransfer, max_usb_pairs> in_;
    UsbTransfer out_, control_;
    std::array<bool, max_usb_pairs> in_ended_{};
    bool out_ended_ = false, control_ended_ = false;
    std::deque<RequestPtr> writes_, reads_, controls_;
    RequestPtr writing_, asking_;
    bool gone_ = false, was_there_ = false;
    int looks_ = 0, spins_ = 0;
    Instant next_look_{};
    std::string why_missing_ = "not looked for yet";
    std::thread thread_;
};

}  // namespace drivers::usb
