// Commands and answers of ISO 7816-4 with short lengths, and what T=0 asks of the host (61xx, 6Cxx). Used by the PC/SC
// reader and by everybody who speaks to a card.
#pragma once
#include "drivers/card_reader.hpp"

#include <functional>
#include <optional>

namespace drivers {

enum class CardProtocol { t0, t1 };

/// A card's answer, taken apart.
struct Answer {
    Bytes data;
    std::uint16_t sw = 0;
    [[nodiscard]] bool ok() const { return sw == 0x9000; }
};

/// CLA INS P1 P2 [Lc data] [Le]; `le` 0 asks for 256. Throws std::logic_error for more than 255 bytes of data.
[[nodiscard]] Bytes command(std::uint8_t cla, std::uint8_t ins, std::uint8_t p1, std::uint8_t p2, View data = {}, std::optional<std::uint8_t> le = {});
/// reader_garbage for fewer than 2 or more than max_answer_bytes bytes.
[[nodiscard]] Result<Answer> split_answer(View whole);

/// How often one command may lead to GET RESPONSE or to a repetition before the card is called mad.
inline constexpr int max_procedure_rounds = 8;
/// Sends one command through `send` and follows 61xx and 6Cxx until the whole answer is there. For T=0 the Le of a command
/// that also has data is left out (ISO 7816-3: case 4 is sent as case 3). chip_refused when there is no end of it.
[[nodiscard]] Result<Bytes> exchange_apdu(CardProtocol protocol, View apdu, const std::function<Result<Bytes>(View)>& send);

/// transmit() and split_answer() in one.
awaitable<Result<Answer>> ask_card(CardReader& reader, Bytes apdu, Duration limit);

}  // namespace drivers
