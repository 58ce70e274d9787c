// Derivation and proofs with 3DES and SM4.
#include "sim/central/card_keys.hpp"

#include <memory>
#include <openssl/evp.h>

namespace sim {
namespace {

constexpr std::size_t key_bytes = 16, half = 8, chip_bytes = 16;

Bytes with_inverse(View left) {
    Bytes both(left.begin(), left.end());
    for (const auto byte : left) both.push_back(~byte);
    return both;
}

/// E(key, x) of the convention: 8 bytes.
std::optional<Bytes> encipher_half(Cipher cipher, View key16, View half8) {
    auto out = encipher(cipher, key16, with_inverse(half8));
    if (out) out->resize(half);
    return out;
}

}  // namespace

std::optional<Bytes> encipher(Cipher cipher, View key16, View data) {
    if (key16.size() != key_bytes || data.empty() || data.size() % key_bytes != 0) return {};
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    const auto* key = reinterpret_cast<const unsigned char*>(key16.data());
    Bytes out(data.size());
    int written = 0;
    const bool done = context && EVP_EncryptInit_ex(context.get(), cipher == Cipher::sm4 ? EVP_sm4_ecb() : EVP_des_ede_ecb(), nullptr, key, nullptr) == 1 &&
                      EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
                      EVP_EncryptUpdate(context.get(), reinterpret_cast<unsigned char*>(out.data()), &written, reinterpret_cast<const unsigned char*>(data.data()),
                                        static_cast<int>(data.size())) == 1 &&
                      written == static_cast<int>(data.size());
    if (!done) return {};
    return out;
}

std::optional<Bytes> card_key(Cipher cipher, const MasterKey& master, KeyId key, View chip) {
    if (chip.size() != chip_bytes) return {};
    const auto whole = std::as_bytes(std::span(master));
    Bytes own(whole.begin(), whole.end());
    if (key != KeyId::uk_ssse) {
        auto derived = encipher(cipher, own, with_inverse(Bytes(half, static_cast<std::byte>(key))));
        if (!derived) return {};
        own = std::move(*derived);
    }
    return encipher(cipher, own, with_inverse(chip.last(half)));
}

std::optional<Bytes> proof(Cipher cipher, const MasterKey& master, KeyId key, View chip, View process, View original) {
    if (process.size() != half || original.size() != half) return {};
    const auto of_card = card_key(cipher, master, key, chip);
    if (!of_card) return {};
    const auto session = encipher(cipher, *of_card, with_inverse(process));
    if (!session) return {};
    return encipher_half(cipher, *session, original);
}

std::optional<Bytes> cryptogram(Cipher cipher, const MasterKey& master, KeyId key, View chip, View process, View original) {
    auto both = proof(cipher, master, key, chip, process, original);
    if (both) both->insert(both->end(), original.begin(), original.end());
    return both;
}

}  // namespace sim
