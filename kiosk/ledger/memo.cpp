// Sealing what the report of a card under way needs after a restart: the card number and the chip's code. The kiosk must be able to read it back, so it
// is encrypted with a key of its own (facts: sqlite.md, AEAD for sensitive rows) and wiped from the row when the card has ended.
#include "kiosk/ledger/impl.hpp"

#include <sodium.h>

namespace kiosk {

namespace {
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* raw(View view) { return reinterpret_cast<const unsigned char*>(view.data()); }

Secret memo_key(const Secret& hash_key) {
    // Another use, another key: derived by the keyed hash of its purpose.
    Bytes key(crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
    const auto purpose = drivers::as_view("liqu ledger memo 1");
    crypto_generichash(reinterpret_cast<unsigned char*>(key.data()), key.size(), raw(purpose), purpose.size(), raw(hash_key.view()), hash_key.view().size());
    return Secret{std::move(key)};
}

std::string bound_to(const CardKey& card) { return fmt::format("card|{}|{}|1", card.load, card.ordinal); }
}  // namespace

Bytes Books::Impl::seal_memo(const CardKey& card, View plain) {
    Bytes sealed = random->bytes(nonce_bytes);
    sealed.resize(nonce_bytes + plain.size() + tag_bytes);
    const auto key = memo_key(hash_key);
    const auto where = bound_to(card);
    crypto_aead_xchacha20poly1305_ietf_encrypt(reinterpret_cast<unsigned char*>(sealed.data() + nonce_bytes), nullptr, raw(plain), plain.size(), raw(drivers::as_view(where)),
                                               where.size(), nullptr, raw(sealed), raw(key.view()));
    return sealed;
}

std::optional<Bytes> Books::Impl::open_memo(const CardKey& card, View sealed) {
    if (sealed.size() < nonce_bytes + tag_bytes) return std::nullopt;
    Bytes plain(sealed.size() - nonce_bytes - tag_bytes);
    const auto key = memo_key(hash_key);
    const auto where = bound_to(card);
    const auto body = sealed.subspan(nonce_bytes);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(plain.data()), nullptr, nullptr, raw(body), body.size(), raw(drivers::as_view(where)),
                                                   where.size(), raw(sealed), raw(key.view())) != 0)
        return std::nullopt;
    return plain;
}

}  // namespace kiosk
