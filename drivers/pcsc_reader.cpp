// One PC/SC reader over PC/SC-Lite (facts: pcscd.md). Two threads, each with its own context: a watcher that waits for card
// events, and a transmitter that talks to the card; neither delays the other. Both only post to the loop.
#include "drivers/apdu.hpp"
#include "drivers/pcsc/context.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <pthread.h>
#include <thread>

namespace drivers {

namespace {
using namespace std::chrono_literals;

/// Bounded instead of SCardCancel (PCSC#160): how late the watcher notices that it shall stop, and new readers that the notification missed.
constexpr auto watch_wait = 500ms;
constexpr auto backoff_first = 500ms, backoff_last = 5'000ms;
/// Events that change nothing we show (somebody connects) must not make the watcher spin.
constexpr auto quiet_pause = 20ms;
/// How long another program's hold on the reader is waited out.
constexpr auto sharing_pause = 100ms;
constexpr int sharing_tries = 20;
/// A driver that hangs in a command holds the transmitter's thread. It is then left behind, cut off from the loop.
constexpr auto stop_limit = 3s;
constexpr std::size_t max_queued_jobs = 16;
constexpr std::size_t max_control_answer_bytes = 4096;
constexpr const char* new_reader = R"(\\?PnP?\Notification)";

/// One order to the transmitter. `answer` is touched on the loop only; `abandoned` says that nobody waits any more.
struct Job {
    enum class Kind { connect, reset, transmit, control, disconnect } kind = Kind::disconnect;
    Bytes data;
    std::uint32_t code = 0;
    std::atomic<bool> abandoned{false};
    Once<Result<Bytes>> answer;

    Job() = default;
    ~Job() { wipe(data); }
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;
};
using JobPtr = std::shared_ptr<Job>;

/// The side that the loop sees.
struct Front {
    ReaderState state;
    Signal changed;
};

/// What threads and loop share. Threads own it too, so that one that hangs in a driver can be left behind.
class Core {
  public:
    Core(asio::any_io_executor loop, std::string pattern_) : pattern(std::move(pattern_)), loop_(std::move(loop)) {}
    const std::string pattern;

    /// From a thread: runs `work` on the loop, unless the reader is gone.
    void post(std::move_only_function<void()> work) {
        const std::lock_guard lock(mutex_);
        if (!orphaned_) asio::post(loop_, std::move(work));
    }
    [[nodiscard]] bool stopping() {
        const std::lock_guard lock(mutex_);
        return stopping_;
    }
    /// True when it is time to stop.
    bool pause(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        return wake_.wait_for(lock, time, [this] { return stopping_; });
    }
    /// False when too many wait already; a disconnect always finds room, and one is enough.
    bool submit(JobPtr job) {
        const std::lock_guard lock(mutex_);
        if (job->kind == Job::Kind::disconnect) {
            if (!jobs_.empty() && jobs_.back()->kind == Job::Kind::disconnect) return true;
        } else if (jobs_.size() >= max_queued_jobs) {
            return false;
        }
        jobs_.push_back(std::move(job));
        wake_.notify_all();
        return true;
    }
    /// Nothing when it is time to stop.
    JobPtr next() {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (stopping_) return nullptr;
        auto job = std::move(jobs_.front());
        jobs_.pop_front();
        return job;
    }
    void begin() {
        const std::lock_guard lock(mutex_);
        ++running_;
    }
    void end() {
        const std::lock_guard lock(mutex_);
        --running_;
        wake_.notify_all();
    }
    /// True when all threads have ended in time; otherwise they are cut off from the loop.
    bool stop() {
        std::unique_lock lock(mutex_);
        stopping_ = true;
        wake_.notify_all();
        const bool ended = wake_.wait_for(lock, stop_limit, [this] { return running_ == 0; });
        orphaned_ = true;
        return ended;
    }

  private:
    asio::any_io_executor loop_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<JobPtr> jobs_;
    bool stopping_ = false, orphaned_ = false;
    int running_ = 0;
};

/// Follows presence: daemon, reader, card.
class Watcher {
  public:
    Watcher(std::shared_ptr<Core> core, std::weak_ptr<Front> front) : core_(std::move(core)), front_(std::move(front)) {}
    void run() {
        auto backoff = backoff_first;
        do {
            PcscContext context;
            if (context.establish() == SCARD_S_SUCCESS && watch(context)) backoff = backoff_first;
            name_.clear();
            counter_.reset();
            if (!core_->stopping()) show(ReaderPresence::daemon_down, {});
            if (core_->pause(backoff)) return;
            backoff = std::min(backoff * 2, std::chrono::milliseconds{backoff_last});
        } while (!core_->stopping());
    }

  private:
    /// Until the daemon is lost or it is time to stop; true when it ever answered.
    bool watch(PcscContext& context) {
        bool answered = false;
        while (!core_->stopping()) {
            std::string name;
            if (context.find(core_->pattern, name) != SCARD_S_SUCCESS) return answered;
            answered = true;
            if (name != name_) {
                name_ = std::move(name);
                flags_ = SCARD_STATE_UNAWARE;
                counter_.reset();
            }
            if (name_.empty()) show(ReaderPresence::reader_missing, {});
            SCARD_READERSTATE states[2] = {};
            states[0].szReader = new_reader;
            states[1].szReader = name_.c_str();
            states[1].dwCurrentState = flags_;
            const LONG rv = SCardGetStatusChange(context.get(), static_cast<DWORD>(watch_wait.count()), states, name_.empty() ? 1 : 2);
            if (rv == SCARD_E_TIMEOUT) continue;
            if (rv == SCARD_E_UNKNOWN_READER || rv == SCARD_E_READER_UNAVAILABLE) {
                show(ReaderPresence::reader_missing, {});
                name_.clear();
                core_->pause(quiet_pause);
            } else if (rv != SCARD_S_SUCCESS) {
                return answered;
            } else if (name_.empty() || !digest(states[1])) {
                core_->pause(quiet_pause);
            }
        }
        return answered;
    }

    /// True when it shows something new.
    bool digest(const SCARD_READERSTATE& now) {
        const DWORD event = now.dwEventState & ~static_cast<DWORD>(SCARD_STATE_CHANGED);
        flags_ = event;
        if (event & (SCARD_STATE_UNKNOWN | SCARD_STATE_UNAVAILABLE)) return show(ReaderPresence::reader_missing, {});
        const bool present = (event & SCARD_STATE_PRESENT) != 0;
        const auto counter = static_cast<std::uint16_t>(event >> 16);
        insertions_ += counter_ ? static_cast<std::uint16_t>(counter - *counter_) : (present ? 1u : 0u);
        counter_ = counter;
        if (!present) return show(ReaderPresence::empty, {});
        const auto size = std::min<std::size_t>(now.cbAtr, MAX_ATR_SIZE);
        return show(ReaderPresence::card, to_bytes(std::as_bytes(std::span{now.rgbAtr, size})));
    }

    bool show(ReaderPresence presence, Bytes atr) {
        if (presence == ReaderPresence::daemon_down || presence == ReaderPresence::reader_missing) counter_.reset();
        ReaderState state{presence, std::move(atr), insertions_};
        if (state == shown_) return false;
        shown_ = state;
        core_->post([front = front_, state = std::move(state)]() mutable {
            const auto alive = front.lock();
            if (!alive || alive->state == state) return;
            alive->state = std::move(state);
            alive->changed.notify();
        });
        return true;
    }

    std::shared_ptr<Core> core_;
    std::weak_ptr<Front> front_;
    std::string name_;
    DWORD flags_ = SCARD_STATE_UNAWARE;
    std::optional<std::uint16_t> counter_;  ///< event counter of pcscd while one reader is followed
    std::uint32_t insertions_ = 0;
    std::optional<ReaderState> shown_;
};

/// Does the jobs, one after another. Holds at most one card.
class Transmitter {
  public:
    explicit Transmitter(std::shared_ptr<Core> core) : core_(std::move(core)) {}
    ~Transmitter() { drop_card(SCARD_UNPOWER_CARD); }
    Transmitter(const Transmitter&) = delete;
    Transmitter& operator=(const Transmitter&) = delete;
    void run() {
        while (const auto job = core_->next()) {
            if (job->kind == Job::Kind::disconnect) {
                drop_card(SCARD_UNPOWER_CARD);
            } else if (!job->abandoned) {
                auto result = perform(*job);
                wipe(job->data);
                core_->post([job, result = std::move(result)]() mutable { job->answer.set(std::move(result)); });
            }
        }
    }

  private:
    Result<Bytes> perform(Job& job) {
        switch (job.kind) {
            case Job::Kind::connect: return connect(job);
            case Job::Kind::reset: return reset();
            case Job::Kind::transmit: return transmit(job.data);
            case Job::Kind::control: return control(job.code, job.data);
            case Job::Kind::disconnect: break;
        }
        return Bytes{};
    }

    Result<Bytes> failed(LONG rv, std::string_view call) {
        drop_card(SCARD_LEAVE_CARD);
        if (pcsc_daemon_lost(rv)) context_.release();
        return std::unexpected(pcsc_fault(rv, call));
    }

    LONG open(DWORD share, DWORD protocols) {
        LONG rv = context_.establish();
        std::string name;
        if (rv == SCARD_S_SUCCESS) rv = context_.find(core_->pattern, name);
        if (rv == SCARD_S_SUCCESS && name.empty()) return SCARD_E_UNKNOWN_READER;
        if (rv != SCARD_S_SUCCESS) return rv;
        SCARDHANDLE handle = 0;
        rv = SCardConnect(context_.get(), name.c_str(), share, protocols, &handle, &protocol_);
        if (rv == SCARD_S_SUCCESS) card_ = handle;
        return rv;
    }
    /// A context that a dead daemon left behind fails once; the next one is fresh.
    LONG open_anew(DWORD share, DWORD protocols) {
        const LONG rv = open(share, protocols);
        if (!pcsc_daemon_lost(rv)) return rv;
        context_.release();
        return open(share, protocols);
    }

    Result<Bytes> connect(const Job& job) {
        drop_card(SCARD_UNPOWER_CARD);
        LONG rv = SCARD_S_SUCCESS;
        for (int attempt = 0; attempt < sharing_tries; ++attempt) {
            rv = open_anew(SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1);
            if (rv != SCARD_E_SHARING_VIOLATION || job.abandoned || core_->pause(sharing_pause)) break;
        }
        if (rv != SCARD_S_SUCCESS) return failed(rv, "connect");
        return atr();
    }
    Result<Bytes> reset() {
        if (!card_) return fail(FaultCode::chip_reset, "not connected");
        const LONG rv = SCardReconnect(*card_, SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, SCARD_RESET_CARD, &protocol_);
        if (rv != SCARD_S_SUCCESS) return failed(rv, "reset");
        return atr();
    }
    Result<Bytes> atr() {
        Bytes bytes(MAX_ATR_SIZE);
        auto size = static_cast<DWORD>(bytes.size());
        DWORD names = 0, state = 0, protocol = 0;
        const LONG rv = SCardStatus(*card_, nullptr, &names, &state, &protocol, reinterpret_cast<BYTE*>(bytes.data()), &size);
        if (rv != SCARD_S_SUCCESS) return failed(rv, "status");
        bytes.resize(std::min<std::size_t>(size, bytes.size()));
        return bytes;
    }
    Result<Bytes> transmit(View apdu) {
        if (!card_) return fail(FaultCode::chip_reset, "not connected");
        const auto send = [this](View one) -> Result<Bytes> {
            Bytes answer(max_answer_bytes);
            auto size = static_cast<DWORD>(answer.size());
            const auto* pci = protocol_ == SCARD_PROTOCOL_T1 ? SCARD_PCI_T1 : SCARD_PCI_T0;
            const LONG rv = SCardTransmit(*card_, pci, reinterpret_cast<const BYTE*>(one.data()), static_cast<DWORD>(one.size()), nullptr,
                                          reinterpret_cast<BYTE*>(answer.data()), &size);
            if (rv != SCARD_S_SUCCESS) return failed(rv, "transmit");
            answer.resize(std::min<std::size_t>(size, answer.size()));
            return answer;
        };
        return exchange_apdu(protocol_ == SCARD_PROTOCOL_T1 ? CardProtocol::t1 : CardProtocol::t0, apdu, send);
    }
    /// Through the connection, or through one of its own that needs no card.
    Result<Bytes> control(std::uint32_t code, View data) {
        const bool borrowed = card_.has_value();
        if (!borrowed)
            if (const LONG rv = open_anew(SCARD_SHARE_DIRECT, 0); rv != SCARD_S_SUCCESS) return failed(rv, "open for control");
        Bytes answer(max_control_answer_bytes);
        DWORD size = 0;
        const LONG rv = SCardControl(*card_, code, data.data(), static_cast<DWORD>(data.size()), answer.data(), static_cast<DWORD>(answer.size()), &size);
        if (rv != SCARD_S_SUCCESS) return failed(rv, "control");
        if (!borrowed) drop_card(SCARD_LEAVE_CARD);
        answer.resize(std::min<std::size_t>(size, answer.size()));
        return answer;
    }
    void drop_card(DWORD disposition) {
        if (card_) SCardDisconnect(*std::exchange(card_, std::nullopt), disposition);
    }

    std::shared_ptr<Core> core_;
    PcscContext context_;
    std::optional<SCARDHANDLE> card_;
    DWORD protocol_ = SCARD_PROTOCOL_UNDEFINED;
};

template <class Work>
std::thread start(const std::shared_ptr<Core>& core, const char* name, Work work) {
    core->begin();
    return std::thread([core, name, work = std::move(work)]() mutable {
        pthread_setname_np(pthread_self(), name);
        work();
        core->end();
    });
}

class PcscReader final : public CardReader {
  public:
    PcscReader(asio::any_io_executor loop, std::string pattern) : core_(std::make_shared<Core>(std::move(loop), std::move(pattern))) {
        watcher_ = start(core_, "pcsc-watch", [core = core_, front = std::weak_ptr(front_)] { Watcher(core, front).run(); });
        transmitter_ = start(core_, "pcsc-transmit", [core = core_] { Transmitter(core).run(); });
    }
    ~PcscReader() override {
        const bool ended = core_->stop();
        for (auto* thread : {&watcher_, &transmitter_}) ended ? thread->join() : thread->detach();
    }

    ReaderState state() const override { return front_->state; }
    Signal& changed() override { return front_->changed; }
    awaitable<Result<Bytes>> connect(Duration limit) override { return run(Job::Kind::connect, {}, 0, limit); }
    awaitable<Result<Bytes>> reset(Duration limit) override { return run(Job::Kind::reset, {}, 0, limit); }
    awaitable<Result<Bytes>> transmit(Bytes apdu, Duration limit) override { return run(Job::Kind::transmit, std::move(apdu), 0, limit); }
    awaitable<Result<Bytes>> control(std::uint32_t code, Bytes data, Duration limit) override { return run(Job::Kind::control, std::move(data), code, limit); }
    void disconnect() override { core_->submit(std::make_shared<Job>()); }

  private:
    /// Whoever leaves before the answer leaves a connection of which nobody knows what it did: it is dropped behind the job.
    struct Abandon {
        std::shared_ptr<Core> core;
        JobPtr job;
        ~Abandon() {
            if (job->answer.ready()) return;
            job->abandoned = true;
            if (job->kind != Job::Kind::control) core->submit(std::make_shared<Job>());
        }
    };

    awaitable<Result<Bytes>> run(Job::Kind kind, Bytes data, std::uint32_t code, Duration limit) {
        if (kind == Job::Kind::transmit && (data.size() < 4 || data.size() > max_apdu_bytes)) co_return fail(FaultCode::internal, "a command has 4 to 261 bytes");
        const auto job = std::make_shared<Job>();
        job->kind = kind;
        job->data = std::move(data);
        job->code = code;
        if (!core_->submit(job)) co_return fail(FaultCode::internal, "too many commands wait for the reader");
        const Abandon abandon{core_, job};
        co_await within(*clock_, limit, job->answer.wait());
        if (!job->answer.ready()) co_return fail(FaultCode::time_out, "the reader");
        co_return job->answer.peek();
    }

    std::unique_ptr<Clock> clock_ = make_real_clock();
    std::shared_ptr<Front> front_ = std::make_shared<Front>();
    std::shared_ptr<Core> core_;
    std::thread watcher_, transmitter_;
};
}  // namespace

std::unique_ptr<CardReader> make_pcsc_reader(asio::any_io_executor loop, std::string pattern) { return std::make_unique<PcscReader>(std::move(loop), std::move(pattern)); }

}  // namespace drivers
