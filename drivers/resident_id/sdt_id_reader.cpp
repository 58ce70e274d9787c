// The ID reader that speaks SDT: it is asked for a card again and again, because it says nothing by itself.
#include "drivers/id_reader.hpp"
#include "drivers/resident_id/sdt_reader.hpp"

namespace drivers {

namespace {
/// How often a reader that is away is looked for, apart from its being plugged in.
constexpr Duration look_interval = std::chrono::seconds{1};
/// A card that lay there a moment ago is gone after so many finds without one.
constexpr int gone_after_finds = 3;

/// Shared with the watching coroutine, which ends after the reader.
struct Desk {
    Desk(std::unique_ptr<Pipe> p, Clock& c) : pipe(std::move(p)), clock(c), reader(*pipe, c) {}
    std::unique_ptr<Pipe> pipe;
    Clock& clock;
    sdt::Reader reader;
    ReaderPresence presence = ReaderPresence::reader_missing;
    Fault trouble{FaultCode::reader_missing, "not asked yet"};
    Signal changed;
    bool busy = false;
    Parking free;
    asio::cancellation_signal stop;

    void show(ReaderPresence now) {
        if (std::exchange(presence, now) != now) changed.notify();
    }
    [[nodiscard]] bool away() const { return presence == ReaderPresence::reader_missing; }
    void lost(Fault fault) {
        // Silent though it is there: the last resort.
        if (fault.code == FaultCode::reader_missing && pipe->connected()) pipe->reopen();
        trouble = std::move(fault);
        if (trouble.code == FaultCode::time_out) trouble.code = FaultCode::reader_missing;
        show(ReaderPresence::reader_missing);
    }
};
using DeskPtr = std::shared_ptr<Desk>;

/// One conversation at a time.
class Turn {
  public:
    explicit Turn(DeskPtr desk) : desk_(std::move(desk)) { desk_->busy = true; }
    Turn(Turn&& other) noexcept : desk_(std::move(other.desk_)) {}
    Turn& operator=(Turn&&) = delete;
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
        if (!desk_) return;
        desk_->busy = false;
        desk_->free.wake_all();
    }

  private:
    DeskPtr desk_;
};
awaitable<Turn> my_turn(DeskPtr desk) {
    while (desk->busy) co_await desk->free.park();
    co_return Turn{desk};
}

bool of_the_card(FaultCode code) {
    switch (code) {
        case FaultCode::no_document:
        case FaultCode::document_removed:
        case FaultCode::document_unreadable:
        case FaultCode::document_not_supported:
        case FaultCode::document_invalid: return true;
        default: return false;
    }
}

/// What a fault says of the reader itself. A single time-out says nothing yet.
void note(Desk& desk, const Fault& fault) {
    if (!of_the_card(fault.code) && fault.code != FaultCode::time_out && fault.code != FaultCode::internal) desk.lost(fault);
}

awaitable<void> look(DeskPtr desk) {
    const Turn turn = co_await my_turn(desk);
    if (desk->away()) {
        // What came back may be another one, or one whose security module does not work.
        const auto well = co_await desk->reader.status();
        if (!well) co_return desk->lost(well.error());
    }
    const auto found = co_await desk->reader.find();
    if (found) desk->show(*found ? ReaderPresence::card : ReaderPresence::empty);
    else if (of_the_card(found.error().code)) desk->show(ReaderPresence::card);  // it is there and does not answer well
    else note(*desk, found.error());
}

awaitable<void> watch(DeskPtr desk) {
    for (;;) {
        co_await look(desk);
        // Counted after the look: opening a port that hangs up at once is no reason to look again at once.
        const auto seen = desk->pipe->plugged().count();
        if (desk->away()) co_await first_of(desk->clock.sleep(look_interval), desk->pipe->plugged().after(seen));
        else co_await desk->clock.sleep(sdt::Limits{}.poll);
    }
}

class SdtIdReader final : public IdReader {
  public:
    SdtIdReader(asio::any_io_executor loop, Clock& clock, std::unique_ptr<Pipe> pipe, IdTransport transport)
        : desk_(std::make_shared<Desk>(std::move(pipe), clock)), transport_(transport) {
        asio::co_spawn(loop, watch(desk_), asio::bind_cancellation_slot(desk_->stop.slot(), [](std::exception_ptr error) {
                           if (error && !is_cancellation(error)) std::rethrow_exception(error);
                       }));
    }
    /// The watching coroutine ends within the loop's next turns, or with the loop, and lets the device go.
    ~SdtIdReader() override { desk_->stop.emit(asio::cancellation_type::terminal); }
    SdtIdReader(const SdtIdReader&) = delete;
    SdtIdReader& operator=(const SdtIdReader&) = delete;

    IdTransport transport() const override { return transport_; }
    ReaderPresence presence() const override { return desk_->presence; }
    Signal& changed() override { return desk_->changed; }
    bool sees_removal() const override { return false; }
    std::optional<Fault> trouble() const override { return desk_->away() ? std::optional{desk_->trouble} : std::nullopt; }

    awaitable<Result<IdDocument>> read(Duration limit) override {
        const auto desk = desk_;
        if (desk->away()) co_return std::unexpected(desk->trouble);
        if (desk->presence == ReaderPresence::empty) co_return fail(FaultCode::no_document);
        const Turn turn = co_await my_turn(desk);
        auto document = co_await desk->reader.next_card(limit, gone_after_finds);
        if (document) co_return document;
        note(*desk, document.error());
        if (document.error().code == FaultCode::no_document) co_return fail(FaultCode::document_removed, document.error().detail);
        co_return document;
    }
    awaitable<Result<Bytes>> badge(Duration) override { co_return fail(FaultCode::document_not_supported, "an SDT reader reads no badges"); }
    awaitable<Result<std::optional<std::string>>> appended_address() override {
        const auto desk = desk_;
        const Turn turn = co_await my_turn(desk);
        auto address = co_await desk->reader.appended_address();
        if (!address) note(*desk, address.error());
        co_return address;
    }
    awaitable<Result<std::string>> security_module() override {
        const auto desk = desk_;
        const Turn turn = co_await my_turn(desk);
        const auto well = co_await desk->reader.status();
        if (!well) {
            note(*desk, well.error());
            co_return std::unexpected(well.error());
        }
        co_return co_await desk->reader.sam_id();
    }
    CardReader* contactless() override { return nullptr; }

  private:
    DeskPtr desk_;
    IdTransport transport_;
};
}  // namespace

std::unique_ptr<IdReader> make_sdt_reader(asio::any_io_executor loop, Clock& clock, std::unique_ptr<Pipe> pipe, IdTransport transport) {
    return std::make_unique<SdtIdReader>(std::move(loop), clock, std::move(pipe), transport);
}

}  // namespace drivers
