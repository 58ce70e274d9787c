// Building commands, taking answers apart, and the T=0 procedure.
#include "drivers/apdu.hpp"

#include <stdexcept>

namespace drivers {

namespace {
constexpr std::size_t header_bytes = 4;
constexpr std::size_t max_data_bytes = 255;

/// What goes over the wire is wiped afterwards: it may have held a PIN.
struct WipedBytes {
    Bytes bytes;
    ~WipedBytes() { wipe(bytes); }
};

/// Header, Lc, data and Le?
bool is_case_4(View apdu) { return apdu.size() > header_bytes + 1 && apdu.size() == header_bytes + 1 + u8(apdu[4]) + 1u; }

void set_le(Bytes& apdu, std::byte le) {
    if (apdu.size() == header_bytes || (apdu.size() > header_bytes + 1 && !is_case_4(apdu))) apdu.push_back(le);
    else apdu.back() = le;
}
}  // namespace

Bytes command(std::uint8_t cla, std::uint8_t ins, std::uint8_t p1, std::uint8_t p2, View data, std::optional<std::uint8_t> le) {
    if (data.size() > max_data_bytes) throw std::logic_error("an APDU has at most 255 bytes of data");
    Bytes out;
    out.reserve(header_bytes + 1 + data.size() + 1);
    for (const auto b : {cla, ins, p1, p2}) out.push_back(std::byte{b});
    if (!data.empty()) {
        out.push_back(static_cast<std::byte>(data.size()));
        out.insert(out.end(), data.begin(), data.end());
    }
    if (le) out.push_back(std::byte{*le});
    return out;
}

Result<Answer> split_answer(View whole) {
    if (whole.size() < 2) return fail(FaultCode::reader_garbage, "answer without a status word");
    if (whole.size() > max_answer_bytes) return fail(FaultCode::reader_garbage, "answer of more than 256 bytes");
    const auto data = whole.first(whole.size() - 2);
    const auto status = whole.last(2);
    return Answer{to_bytes(data), static_cast<std::uint16_t>(u8(status[0]) << 8 | u8(status[1]))};
}

Result<Bytes> exchange_apdu(CardProtocol protocol, View apdu, const std::function<Result<Bytes>(View)>& send) {
    WipedBytes next{to_bytes(apdu)};
    if (protocol == CardProtocol::t0 && is_case_4(next.bytes)) {
        next.bytes.back() = std::byte{0};
        next.bytes.pop_back();
    }
    Bytes collected;
    for (int round = 0; round <= max_procedure_rounds; ++round) {
        auto raw = send(next.bytes);
        if (!raw) return raw;
        auto answer = split_answer(*raw);
        if (!answer) return std::unexpected(answer.error());
        const auto sw1 = answer->sw >> 8;
        const auto sw2 = static_cast<std::byte>(answer->sw & 0xFF);
        if (sw1 == 0x6C && answer->data.empty()) {
            set_le(next.bytes, sw2);
            continue;
        }
        collected.insert(collected.end(), answer->data.begin(), answer->data.end());
        if (collected.size() + 2 > max_answer_bytes) return fail(FaultCode::reader_garbage, "answer of more than 256 bytes");
        if (sw1 == 0x61) {
            wipe(next.bytes);
            next.bytes = command(0x00, 0xC0, 0x00, 0x00, {}, u8(sw2));
            continue;
        }
        collected.push_back(static_cast<std::byte>(sw1));
        collected.push_back(sw2);
        return collected;
    }
    return fail(FaultCode::chip_refused, "the card asks again and again (61xx, 6Cxx)");
}

awaitable<Result<Answer>> ask_card(CardReader& reader, Bytes apdu, Duration limit) {
    auto whole = co_await reader.transmit(std::move(apdu), limit);
    if (!whole) co_return std::unexpected(whole.error());
    co_return split_answer(*whole);
}

}  // namespace drivers
