// What the session does with the PIN, the card's proof of itself, and the application's block. MACs and cryptograms are the centre's; no digit stands in a fault.
#include "drivers/ss_card/ss_card.hpp"

#include "drivers/ss_card/status.hpp"
#include "drivers/ss_card/talk.hpp"

namespace drivers {

namespace {
using namespace chip;
constexpr std::size_t mac_bytes = 4;
constexpr std::uint8_t with_mac = 0x84;

/// A command of which only the status word matters. Coroutines take the reader by reference: it outlives the session.
awaitable<Result<void>> order(CardReader& reader, Bytes apdu, std::string step) {
    const auto done = co_await demand(reader, std::move(apdu), command_limit, std::move(step));
    if (!done) co_return std::unexpected(done.error());
    co_return Result<void>{};
}
}  // namespace

awaitable<Result<void>> ChipSession::set_pin(const Secret& factory, const Secret& chosen) {
    const auto old_pin = pin_bcd(factory);
    const auto new_pin = pin_bcd(chosen);
    if (!old_pin || !new_pin) co_return fail(FaultCode::internal, "a PIN has six digits");
    Bytes data = to_bytes(old_pin->view());
    data.reserve(2 * data.size() + 1);
    data.push_back(std::byte{0xFF});
    data.insert(data.end(), new_pin->view().begin(), new_pin->view().end());
    auto apdu = command(0x80, 0x5E, 0x01, 0x00, data);
    wipe(data);
    co_return co_await order(reader_, std::move(apdu), "CHANGE PIN");
}

awaitable<Result<void>> ChipSession::check_pin(const Secret& chosen) {
    const auto pin = pin_bcd(chosen);
    if (!pin) co_return fail(FaultCode::internal, "a PIN has six digits");
    co_return co_await order(reader_, command(0x00, 0x20, 0x00, 0x00, pin->view()), "VERIFY PIN");
}

awaitable<Result<int>> ChipSession::pin_tries() {
    const auto answer = co_await ask_card(reader_, command(0x00, 0x20, 0x00, 0x00), command_limit);
    if (!answer) co_return std::unexpected(answer.error());
    if ((answer->sw & 0xFFF0) == 0x63C0) co_return answer->sw & 0x000F;
    if (answer->sw == 0x6983) co_return 0;
    auto fault = status_fault(answer->sw, "VERIFY PIN without a PIN");
    fault.code = FaultCode::chip_refused;
    co_return std::unexpected(std::move(fault));
}

awaitable<Result<void>> ChipSession::reload_pin(Bytes body) {
    constexpr std::size_t block_3des = 8, block_sm4 = 16;
    if (body.size() != block_3des + mac_bytes && body.size() != block_sm4 + mac_bytes) co_return fail(FaultCode::internal, "a PIN reload has 12 or 20 bytes");
    co_return co_await order(reader_, command(with_mac, 0x24, 0x00, 0x01, body), "RELOAD PIN");
}

awaitable<Result<void>> ChipSession::unblock_pin(Bytes mac4) {
    if (mac4.size() != mac_bytes) co_return fail(FaultCode::internal, "a MAC has 4 bytes");
    co_return co_await order(reader_, command(with_mac, 0x24, 0x00, 0x00, mac4), "UNBLOCK PIN");
}

awaitable<Result<void>> ChipSession::block_application(Block how, Bytes mac4) {
    if (mac4.size() != mac_bytes) co_return fail(FaultCode::internal, "a MAC has 4 bytes");
    co_return co_await order(reader_, command(with_mac, 0x1E, 0x00, static_cast<std::uint8_t>(how), mac4), "APPLICATION BLOCK");
}

awaitable<Result<Bytes>> ChipSession::fresh() { co_return co_await get_challenge(reader_, command_limit); }

awaitable<Result<Bytes>> ChipSession::prove(Bytes process8, Bytes original8) {
    if (process8.size() != challenge_bytes || original8.size() != challenge_bytes) co_return fail(FaultCode::internal, "a challenge has 8 bytes");
    co_return co_await internal_authenticate(reader_, std::move(process8), std::move(original8), command_limit);
}

}  // namespace drivers
