// Frames cut in two and put together again.
#include "drivers/resident_id/sdt_usb.hpp"

#include "drivers/resident_id/sdt_frame.hpp"

namespace drivers::sdt {

namespace {
/// What lies in the second pipe though nothing announced it.
constexpr Duration stray_wait = std::chrono::milliseconds{20};

class UsbScheme final : public Pipe {
  public:
    explicit UsbScheme(std::unique_ptr<UsbPairs> usb) : usb_(std::move(usb)) {}
    bool connected() const override { return usb_->connected(); }
    Signal& plugged() override { return usb_->plugged(); }
    void reopen() override { usb_->reopen(); }

    awaitable<Result<void>> write(Bytes frame, Duration limit) override {
        if (usb_->pairs() < 2 || frame.size() <= head_bytes) co_return co_await usb_->write(std::move(frame), limit);
        // A new question: an answer that was half here does not go on.
        announced_ = 0;
        const auto head = co_await usb_->write_to(0, to_bytes(View{frame}.first(head_bytes)), limit);
        if (!head) co_return head;
        co_return co_await usb_->write_to(1, to_bytes(View{frame}.subspan(head_bytes)), limit);
    }

    awaitable<Result<Bytes>> read(std::size_t max, Duration limit) override {
        if (usb_->pairs() < 2) co_return co_await usb_->read(max, limit);
        if (announced_ > 0) {
            auto body = co_await usb_->read_from(1, std::min(max, announced_), limit);
            announced_ = body ? announced_ - body->size() : 0;
            co_return body;
        }
        auto head = co_await usb_->read_from(0, max, limit);
        if (head) {
            for (const auto b : *head) note(b);
        } else if (head.error().code == FaultCode::time_out && usb_->pairs() == 2) {
            auto stray = co_await usb_->read_from(1, max, stray_wait);
            if (stray) co_return stray;
        }
        co_return head;
    }

  private:
    /// A head, wherever in the first pipe's bytes it ends, announces as many bytes of the second.
    void note(std::byte b) {
        std::ranges::rotate(last_, last_.begin() + 1);
        last_.back() = b;
        if (const auto length = announced_by(last_)) {
            announced_ = *length;
            last_ = {};
        }
    }

    std::unique_ptr<UsbPairs> usb_;
    std::array<std::byte, head_bytes> last_{};
    std::size_t announced_ = 0;
};
}  // namespace

std::unique_ptr<Pipe> make_usb_pipe(std::unique_ptr<UsbPairs> usb) { return std::make_unique<UsbScheme>(std::move(usb)); }

}  // namespace drivers::sdt
