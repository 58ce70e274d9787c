// Hashes, ciphers, MACs, RSA.
#include "sim/models/passport_crypto.hpp"

#include "sim/models/answer.hpp"

#include <algorithm>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdexcept>

namespace sim::passport {

namespace {
const unsigned char* octets(View v) { return reinterpret_cast<const unsigned char*>(v.data()); }
unsigned char* octets(Bytes& v) { return reinterpret_cast<unsigned char*>(v.data()); }
void must(bool good, const char* what) {
    if (!good) throw std::logic_error(what);  // our own sizes are wrong, or the machine has no memory
}

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
enum class Way { decrypt = 0, encrypt = 1 };

Bytes run(const EVP_CIPHER* cipher, View key, View iv, View data, Way way) {
    static constexpr std::size_t longest_iv = 16;
    Bytes start(longest_iv), out(data.size() + longest_iv);
    std::ranges::copy(iv, start.begin());
    const CipherContext context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    int written = 0, rest = 0;
    must(context && static_cast<int>(key.size()) == EVP_CIPHER_get_key_length(cipher), "cipher key");
    must(EVP_CipherInit_ex(context.get(), cipher, nullptr, octets(key), octets(start), static_cast<int>(way)) == 1, "cipher");
    EVP_CIPHER_CTX_set_padding(context.get(), 0);
    must(EVP_CipherUpdate(context.get(), octets(out), &written, octets(data), static_cast<int>(data.size())) == 1, "cipher");
    must(EVP_CipherFinal_ex(context.get(), octets(out) + written, &rest) == 1, "cipher: not whole blocks");
    out.resize(static_cast<std::size_t>(written + rest));
    return out;
}

const EVP_CIPHER* cbc_of(PassportCipher cipher) {
    switch (cipher) {
        case PassportCipher::des3: return EVP_des_ede_cbc();
        case PassportCipher::aes128: return EVP_aes_128_cbc();
        case PassportCipher::aes192: return EVP_aes_192_cbc();
        case PassportCipher::aes256: return EVP_aes_256_cbc();
    }
    return nullptr;
}

std::size_t key_bytes(PassportCipher cipher) {
    switch (cipher) {
        case PassportCipher::des3:
        case PassportCipher::aes128: return 16;
        case PassportCipher::aes192: return 24;
        case PassportCipher::aes256: return 32;
    }
    return 0;
}

/// Single DES is triple DES with one key three times.
Bytes thrice(View key8) {
    Bytes out;
    for (int i = 0; i < 3; ++i) append(out, key8);
    return out;
}

/// ISO 9797-1 algorithm 3: single DES chained with the first key, the last block decrypted with the second and encrypted with the first again.
Bytes retail_mac(View key, View data) {
    const Bytes first = thrice(key.first(8)), second = thrice(key.last(8));
    const Bytes chain = run(EVP_des_ede3_cbc(), first, {}, data, Way::encrypt);
    const Bytes back = run(EVP_des_ede3_ecb(), second, {}, View{chain}.last(8), Way::decrypt);
    return run(EVP_des_ede3_ecb(), first, {}, back, Way::encrypt);
}
}  // namespace

Bytes digest(Digest kind, View data) {
    Bytes out(EVP_MAX_MD_SIZE);
    unsigned size = 0;
    must(EVP_Digest(data.data(), data.size(), octets(out), &size, kind == Digest::sha1 ? EVP_sha1() : EVP_sha256(), nullptr) == 1, "digest");
    out.resize(size);
    return out;
}

Bytes random_bytes(Dice& dice, std::size_t n) {
    Bytes out;
    while (out.size() < n) out.push_back(static_cast<std::byte>(dice.next() >> 32 & 0xFF));
    return out;
}

Bytes padded(View data, std::size_t block) {
    Bytes out(data.begin(), data.end());
    out.push_back(std::byte{0x80});
    while (out.size() % block != 0) out.push_back(std::byte{0});
    return out;
}

std::optional<Bytes> without_padding(View data) {
    while (!data.empty() && data.back() == std::byte{0}) data = data.first(data.size() - 1);
    if (data.empty() || data.back() != std::byte{0x80}) return std::nullopt;
    return Bytes(data.begin(), data.end() - 1);
}

Bytes Suite::derive(View secret, Use use) const {
    Bytes input(secret.begin(), secret.end());
    append(input, bytes_of({0, 0, 0, static_cast<int>(use)}));
    const bool longer = cipher_ == PassportCipher::aes192 || cipher_ == PassportCipher::aes256;
    Bytes key = digest(longer ? Digest::sha256 : Digest::sha1, input);
    key.resize(key_bytes(cipher_));
    return key;  // DES parity bits are looked at by nobody
}

Bytes Suite::encrypt(View key, View iv, View data) const { return run(cbc_of(cipher_), key, iv, data, Way::encrypt); }
Bytes Suite::decrypt(View key, View iv, View data) const { return run(cbc_of(cipher_), key, iv, data, Way::decrypt); }

Bytes Suite::mac(View key, View data) const {
    if (cipher_ == PassportCipher::des3) return retail_mac(key, data);
    Bytes out(16);
    std::size_t size = 0;
    must(EVP_Q_mac(nullptr, "CMAC", nullptr, EVP_CIPHER_get0_name(cbc_of(cipher_)), nullptr, octets(key), key.size(), octets(data), data.size(), octets(out), out.size(), &size) != nullptr, "CMAC");
    out.resize(8);
    return out;
}

struct RsaKey::Key {
    EVP_PKEY* pkey;
    explicit Key(int bits) : pkey(EVP_RSA_gen(static_cast<unsigned>(bits))) { must(pkey != nullptr, "RSA key"); }
    ~Key() { EVP_PKEY_free(pkey); }
    Key(const Key&) = delete;
    Key& operator=(const Key&) = delete;
};
RsaKey::RsaKey(int bits) : key_(std::make_unique<Key>(bits)) {}
RsaKey::RsaKey(RsaKey&&) noexcept = default;
RsaKey& RsaKey::operator=(RsaKey&&) noexcept = default;
RsaKey::~RsaKey() = default;

std::size_t RsaKey::bytes() const { return static_cast<std::size_t>(EVP_PKEY_get_size(key_->pkey)); }

Bytes RsaKey::public_key_info() const {
    const int size = i2d_PUBKEY(key_->pkey, nullptr);
    must(size > 0, "RSA public key");
    Bytes out(static_cast<std::size_t>(size));
    unsigned char* to = octets(out);
    i2d_PUBKEY(key_->pkey, &to);
    return out;
}

Bytes RsaKey::raw(View block) const {
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(EVP_PKEY_CTX_new(key_->pkey, nullptr), EVP_PKEY_CTX_free);
    Bytes out(bytes());
    std::size_t size = out.size();
    must(context && EVP_PKEY_sign_init(context.get()) == 1 && EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1, "RSA");
    must(EVP_PKEY_sign(context.get(), octets(out), &size, octets(block), block.size()) == 1, "RSA");
    out.resize(size);
    return out;
}

Bytes RsaKey::sign(View data, Padding padding) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* options = nullptr;  // the digest context's own
    must(context && EVP_DigestSignInit(context.get(), &options, EVP_sha256(), nullptr, key_->pkey) == 1, "RSA");
    if (padding == Padding::pss)
        must(EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 && EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1, "RSA");
    Bytes out(bytes());
    std::size_t size = out.size();
    must(EVP_DigestSign(context.get(), octets(out), &size, octets(data), data.size()) == 1, "RSA");
    out.resize(size);
    return out;
}

}  // namespace sim::passport
