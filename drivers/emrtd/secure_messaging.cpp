// Wrapping commands and unwrapping answers.
#include "drivers/emrtd/secure_messaging.hpp"

#include "drivers/emrtd/der.hpp"

#include <fmt/format.h>
#include <stdexcept>

namespace drivers::emrtd {

namespace {
constexpr std::size_t header_bytes = 4, max_data_bytes = 255;
constexpr std::byte padded_mark{0x01}, secured_class{0x0C};
enum Tag : std::uint32_t { encrypted = 0x87, expected_length = 0x97, status = 0x99, checksum = 0x8E };

struct Parts {
    View header, data, le;
};

Parts take_apart(View command) {
    if (command.size() < header_bytes) throw std::logic_error("no command");
    if ((u8(command[1]) & 1) != 0) throw std::logic_error("commands with odd INS are not secured here");
    Parts parts{command.first(header_bytes), {}, command.subspan(header_bytes)};
    if (parts.le.size() <= 1) return parts;
    const std::size_t size = u8(parts.le[0]);
    if (size == 0 || (parts.le.size() != size + 1 && parts.le.size() != size + 2)) throw std::logic_error("no short command");
    parts.data = parts.le.subspan(1, size);
    parts.le = parts.le.subspan(1 + size);
    return parts;
}

struct Objects {
    std::optional<View> cryptogram;
    View status, checksum;
    View signed_part;
};

/// Only 87 (at most once), 99, 8E, in this order and with nothing behind them.
std::optional<Objects> objects_of(View data) {
    Objects objects;
    const View whole = data;
    auto next = take_object(data);
    if (next && next->tag == encrypted) {
        objects.cryptogram = next->value;
        next = take_object(data);
    }
    if (!next || next->tag != status || next->value.size() != 2) return std::nullopt;
    objects.status = next->value;
    objects.signed_part = whole.first(whole.size() - data.size());
    next = take_object(data);
    if (!next || next->tag != checksum || next->value.size() != std::tuple_size_v<Mac> || !data.empty()) return std::nullopt;
    objects.checksum = next->value;
    return objects;
}
}  // namespace

SecureMessaging::SecureMessaging(CipherKind kind, Secret encryption, Secret mac, Bytes counter)
    : kind_(kind), encryption_(std::move(encryption)), mac_(std::move(mac)), counter_(std::move(counter)) {
    if (encryption_.view().size() != key_bytes(kind_) || mac_.view().size() != key_bytes(kind_) || counter_.size() != block_bytes(kind_))
        throw std::logic_error("session keys of a wrong size");
}

void SecureMessaging::end() noexcept {
    encryption_ = Secret{};
    mac_ = Secret{};
    wipe(counter_);
}

void SecureMessaging::count() {
    for (auto i = counter_.size(); i-- > 0;) {
        counter_[i] = static_cast<std::byte>(u8(counter_[i]) + 1);
        if (counter_[i] != std::byte{0}) return;
    }
}

/// 3DES starts from zero, AES from the encrypted counter (9.8.6.1, 9.8.7.1).
Bytes SecureMessaging::iv() const {
    if (kind_ == CipherKind::des3) return {};
    return cbc_encrypt(kind_, encryption_.view(), {}, counter_);
}

Mac SecureMessaging::sign(View header, View objects) const {
    Bytes text = counter_;
    if (!header.empty()) {
        const auto padded = pad(header, block_bytes(kind_));
        text.insert(text.end(), padded.begin(), padded.end());
    }
    if (!objects.empty()) {
        text.insert(text.end(), objects.begin(), objects.end());
        text = pad(text, block_bytes(kind_));
    }
    return mac_of(kind_, mac_.view(), text);
}

Result<Bytes> SecureMessaging::protect(View command) {
    if (!alive()) return fail(FaultCode::chip_reset, "secure messaging has ended");
    const auto parts = take_apart(command);
    count();
    auto header = to_bytes(parts.header);
    header[0] |= secured_class;
    Bytes body;
    if (!parts.data.empty()) {
        auto padded = pad(parts.data, block_bytes(kind_));
        auto cryptogram = cbc_encrypt(kind_, encryption_.view(), iv(), padded);
        wipe(padded);
        cryptogram.insert(cryptogram.begin(), padded_mark);
        put_object(body, encrypted, cryptogram);
    }
    if (!parts.le.empty()) put_object(body, expected_length, parts.le);
    put_object(body, checksum, sign(header, body));
    if (body.size() > max_data_bytes) throw std::logic_error("a secured command has at most 255 bytes of data");
    return drivers::command(u8(header[0]), u8(header[1]), u8(header[2]), u8(header[3]), body, std::uint8_t{0});
}

Result<Answer> SecureMessaging::checked(const Answer& secured) const {
    if (secured.data.empty()) return fail(FaultCode::chip_refused, fmt::format("secure messaging was refused: {:04X}", secured.sw));
    const auto objects = objects_of(secured.data);
    if (!objects) return fail(FaultCode::document_unreadable, "secured answer without its objects");
    if (!same(sign({}, objects->signed_part), objects->checksum)) return fail(FaultCode::chip_auth_failed, "secured answer with a wrong MAC");
    Answer plain{{}, static_cast<std::uint16_t>(u8(objects->status[0]) << 8 | u8(objects->status[1]))};
    if (plain.sw != secured.sw) return fail(FaultCode::chip_auth_failed, "secured and open status word differ");
    if (!objects->cryptogram) return plain;
    const auto cryptogram = *objects->cryptogram;
    const auto block = block_bytes(kind_);
    if (cryptogram.size() < 1 + block || (cryptogram.size() - 1) % block != 0 || cryptogram[0] != padded_mark)
        return fail(FaultCode::document_unreadable, "cryptogram is not padded blocks");
    plain.data = cbc_decrypt(kind_, encryption_.view(), iv(), cryptogram.subspan(1));
    const auto size = unpadded_size(plain.data, block);
    if (!size) return fail(FaultCode::document_unreadable, "cryptogram with wrong padding");
    plain.data.resize(*size);
    return plain;
}

Result<Answer> SecureMessaging::open(const Answer& secured) {
    if (!alive()) return fail(FaultCode::chip_reset, "secure messaging has ended");
    count();
    auto plain = checked(secured);
    if (!plain) end();
    return plain;
}

}  // namespace drivers::emrtd
