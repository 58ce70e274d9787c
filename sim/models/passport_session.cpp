// Unwrapping commands, wrapping answers.
#include "sim/models/passport_session.hpp"

#include "sim/models/passport_der.hpp"

#include <algorithm>

namespace sim::passport {

namespace {
enum Tag { encrypted = 0x87, expected_length = 0x97, status_tag = 0x99, checksum = 0x8E };
}

std::optional<Command> Command::of(View apdu) {
    if (apdu.size() < 4) return std::nullopt;
    const auto at = [&](std::size_t i) { return std::to_integer<int>(apdu[i]); };
    Command c{at(0), at(1), at(2), at(3), {}, {}};
    if (apdu.size() == 4) return c;
    const auto le_of = [](int byte) { return byte == 0 ? 256 : byte; };
    if (apdu.size() == 5) {
        c.le = le_of(at(4));
        return c;
    }
    const auto size = static_cast<std::size_t>(at(4));
    if (size == 0 || (apdu.size() != 5 + size && apdu.size() != 6 + size)) return std::nullopt;
    c.data.assign(apdu.begin() + 5, apdu.begin() + 5 + static_cast<std::ptrdiff_t>(size));
    if (apdu.size() == 6 + size) c.le = le_of(at(5 + size));
    return c;
}

void SecureSession::count() {
    for (auto byte = counter_.rbegin(); byte != counter_.rend(); ++byte) {
        *byte = static_cast<std::byte>(std::to_integer<int>(*byte) + 1);
        if (*byte != std::byte{0}) return;
    }
}

/// AES begins with the encrypted counter, 3DES with noughts.
Bytes SecureSession::iv() const { return suite_.cipher() == PassportCipher::des3 ? Bytes{} : suite_.encrypt(encryption_, {}, counter_); }

std::expected<Command, Status> SecureSession::open(const Command& secured) {
    count();
    std::optional<View> cryptogram, le, mac;
    Bytes objects;
    View rest = secured.data;
    while (!rest.empty()) {
        const auto object = der::take(rest);
        if (!object || mac) return std::unexpected(objects_wrong);  // nothing stands behind the checksum
        std::optional<View>* place = object->tag == encrypted && !cryptogram && !le ? &cryptogram : object->tag == expected_length && !le ? &le : object->tag == checksum ? &mac : nullptr;
        if (!place) return std::unexpected(objects_wrong);
        *place = object->value;
        if (object->tag != checksum) append(objects, object->whole);
    }
    if (!mac) return std::unexpected(objects_missing);
    Bytes signed_text = der::joined({counter_, padded(bytes_of({secured.cla, secured.ins, secured.p1, secured.p2}), suite_.block())});
    if (!objects.empty()) signed_text = padded(der::joined({signed_text, objects}), suite_.block());
    if (!std::ranges::equal(suite_.mac(mac_, signed_text), *mac)) return std::unexpected(objects_wrong);

    Command plain{secured.cla & ~secured_bits, secured.ins, secured.p1, secured.p2, {}, {}};
    if (le) {
        if (le->size() != 1) return std::unexpected(objects_wrong);
        const int value = std::to_integer<int>((*le)[0]);
        plain.le = value == 0 ? 256 : value;
    }
    if (!cryptogram) return plain;
    if (cryptogram->size() <= 1 || (*cryptogram)[0] != std::byte{1} || (cryptogram->size() - 1) % suite_.block() != 0) return std::unexpected(objects_wrong);
    auto data = without_padding(suite_.decrypt(encryption_, iv(), cryptogram->subspan(1)));
    if (!data) return std::unexpected(objects_wrong);
    plain.data = std::move(*data);
    return plain;
}

Bytes SecureSession::seal(const Reply& reply) {
    count();
    Bytes out;
    if (!reply.data.empty()) out = der::object(encrypted, {bytes_of({1}), suite_.encrypt(encryption_, iv(), padded(reply.data, suite_.block()))});
    append(out, der::object(status_tag, bytes_of({reply.sw >> 8, reply.sw & 0xFF})));
    append(out, der::object(checksum, suite_.mac(mac_, padded(der::joined({counter_, out}), suite_.block()))));
    return with_status(std::move(out), reply.sw);
}

}  // namespace sim::passport
