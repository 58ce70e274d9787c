// The way to a passport's chip: plain at first, secured once BAC or PACE has agreed on keys.
#pragma once
#include "drivers/emrtd/secure_messaging.hpp"

namespace drivers::emrtd {

class Channel {
  public:
    explicit Channel(CardReader& reader) : reader_(reader) {}

    void secure(SecureMessaging messaging) { messaging_.emplace(std::move(messaging)); }
    [[nodiscard]] bool secured() const { return messaging_.has_value(); }
    /// The keys are wiped; the channel is plain again.
    void drop() noexcept { messaging_.reset(); }

    /// One command. Once secured, a session that has ended refuses with chip_reset and never falls back to plain.
    /// time_out, removal and reset end it too: nobody knows then how far the chip has counted.
    awaitable<Result<Answer>> ask(Bytes command, Duration limit) {
        if (!messaging_) co_return co_await ask_card(reader_, std::move(command), limit);
        auto wrapped = messaging_->protect(command);
        if (!wrapped) co_return std::unexpected(wrapped.error());
        auto answer = co_await ask_card(reader_, *std::move(wrapped), limit);
        if (!answer) {
            messaging_->end();
            co_return std::unexpected(answer.error());
        }
        co_return messaging_->open(*answer);
    }

  private:
    CardReader& reader_;
    std::optional<SecureMessaging> messaging_;
};

}  // namespace drivers::emrtd
