// EVP calls behind the functions of crypto.hpp. A failing call is a bug or a machine without memory, hence an exception.
#include "drivers/emrtd/crypto.hpp"

#include "drivers/emrtd/openssl.hpp"

#include <algorithm>
#include <bit>
#include <openssl/core_names.h>
#include <openssl/crypto.h>

namespace drivers::emrtd {

namespace {
constexpr std::size_t des_key_bytes = 8, des_block_bytes = 8, aes_block_bytes = 16;
enum class Direction { decrypt = 0, encrypt = 1 };

using namespace ossl;

void require(bool ok) {
    if (!ok) throw std::logic_error("wrong size for a cipher");
}

const char* name_of(CipherKind kind) {
    switch (kind) {
        case CipherKind::des3: return "DES-EDE3-CBC";
        case CipherKind::aes128: return "AES-128-CBC";
        case CipherKind::aes192: return "AES-192-CBC";
        case CipherKind::aes256: return "AES-256-CBC";
    }
    throw std::logic_error("unknown cipher");
}

Bytes run_cipher(const char* name, View key, View iv, View data, Direction direction) {
    const Owned<EVP_CIPHER> cipher{EVP_CIPHER_fetch(nullptr, name, nullptr)};
    const Owned<EVP_CIPHER_CTX> context{EVP_CIPHER_CTX_new()};
    need(cipher && context);
    require(key.size() == static_cast<std::size_t>(EVP_CIPHER_get_key_length(cipher.get())));
    const auto block = static_cast<std::size_t>(EVP_CIPHER_get_block_size(cipher.get()));
    require(data.size() % block == 0 && (iv.empty() || iv.size() == block));
    const Bytes zeroes(block);
    need(EVP_CipherInit_ex2(context.get(), cipher.get(), in(key), in(iv.empty() ? View{zeroes} : iv), static_cast<int>(direction), nullptr) == 1);
    EVP_CIPHER_CTX_set_padding(context.get(), 0);
    Bytes result(data.size() + block);
    int size = 0, tail = 0;
    need(EVP_CipherUpdate(context.get(), out(result), &size, in(data), static_cast<int>(data.size())) == 1);
    need(EVP_CipherFinal_ex(context.get(), out(result) + size, &tail) == 1);
    result.resize(static_cast<std::size_t>(size + tail));
    return result;
}

Secret join(std::initializer_list<View> parts) {
    std::size_t total = 0;
    for (const auto part : parts) total += part.size();
    Bytes whole;
    whole.reserve(total);  // no reallocation: a secret would stay behind
    for (const auto part : parts) whole.insert(whole.end(), part.begin(), part.end());
    return Secret{std::move(whole)};
}

/// Two-key 3DES as OpenSSL wants it: K1 K2 K1.
Secret three_keys(View two) {
    require(two.size() == 2 * des_key_bytes);
    return join({two, two.first(des_key_bytes)});
}

Bytes cbc(CipherKind kind, View key, View iv, View data, Direction direction) {
    if (kind != CipherKind::des3) return run_cipher(name_of(kind), key, iv, data, direction);
    const auto three = three_keys(key);
    return run_cipher(name_of(kind), three.view(), iv, data, direction);
}

/// Algorithm 3: single DES under K1 chains all blocks but the last; the last goes through E(K1) D(K2) E(K1), which is 3DES.
Mac retail_mac(View key, View data) {
    require(key.size() == 2 * des_key_bytes && !data.empty() && data.size() % des_block_bytes == 0);
    const auto first = key.first(des_key_bytes);
    const auto single = join({first, first, first});
    const auto chained = run_cipher("DES-EDE3-CBC", single.view(), {}, data.first(data.size() - des_block_bytes), Direction::encrypt);
    const View iv = chained.empty() ? View{} : View{chained}.last(des_block_bytes);
    const auto last = cbc(CipherKind::des3, key, iv, data.last(des_block_bytes), Direction::encrypt);
    Mac mac{};
    std::ranges::copy(last, mac.begin());
    return mac;
}

Mac cmac(CipherKind kind, View key, View data) {
    require(key.size() == key_bytes(kind));
    const Owned<EVP_MAC> algorithm{EVP_MAC_fetch(nullptr, "CMAC", nullptr)};
    need(algorithm != nullptr);
    const Owned<EVP_MAC_CTX> context{EVP_MAC_CTX_new(algorithm.get())};
    need(context != nullptr);
    std::string cipher = name_of(kind);
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher.data(), 0), OSSL_PARAM_construct_end()};
    need(EVP_MAC_init(context.get(), in(key), key.size(), parameters) == 1);
    need(EVP_MAC_update(context.get(), in(data), data.size()) == 1);
    std::array<std::byte, aes_block_bytes> whole{};
    std::size_t size = 0;
    need(EVP_MAC_final(context.get(), out(whole), &size, whole.size()) == 1 && size == whole.size());
    Mac mac{};
    std::copy_n(whole.begin(), mac.size(), mac.begin());
    return mac;
}

Bytes digest(const char* name, View data) {
    Bytes result(EVP_MAX_MD_SIZE);
    std::size_t size = 0;
    need(EVP_Q_digest(nullptr, name, nullptr, data.data(), data.size(), out(result), &size) == 1);
    result.resize(size);
    return result;
}
}  // namespace

std::size_t block_bytes(CipherKind kind) { return kind == CipherKind::des3 ? des_block_bytes : aes_block_bytes; }

std::size_t key_bytes(CipherKind kind) {
    switch (kind) {
        case CipherKind::des3:
        case CipherKind::aes128: return 16;
        case CipherKind::aes192: return 24;
        case CipherKind::aes256: return 32;
    }
    throw std::logic_error("unknown cipher");
}

Secret sha1(View data) { return Secret{digest("SHA1", data)}; }

Secret derive_key(View shared, KeyUse use, CipherKind kind) {
    const std::byte counter[] = {std::byte{0}, std::byte{0}, std::byte{0}, static_cast<std::byte>(use)};
    const auto input = join({shared, counter});
    const bool short_key = kind == CipherKind::des3 || kind == CipherKind::aes128;
    auto key = digest(short_key ? "SHA1" : "SHA256", input.view());
    wipe(std::span{key}.subspan(key_bytes(kind)));
    key.resize(key_bytes(kind));
    if (kind == CipherKind::des3)
        for (auto& b : key)
            if (std::popcount(u8(b)) % 2 == 0) b ^= std::byte{1};
    return Secret{std::move(key)};
}

Bytes cbc_encrypt(CipherKind kind, View key, View iv, View data) { return cbc(kind, key, iv, data, Direction::encrypt); }
Bytes cbc_decrypt(CipherKind kind, View key, View iv, View data) { return cbc(kind, key, iv, data, Direction::decrypt); }

Mac mac_of(CipherKind kind, View key, View data) { return kind == CipherKind::des3 ? retail_mac(key, data) : cmac(kind, key, data); }

bool same(View a, View b) { return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0; }

Bytes pad(View data, std::size_t block) {
    Bytes padded;
    padded.reserve(data.size() + block);
    padded.assign(data.begin(), data.end());
    padded.push_back(std::byte{0x80});
    padded.resize((padded.size() + block - 1) / block * block);
    return padded;
}

std::optional<std::size_t> unpadded_size(View data, std::size_t block) {
    for (std::size_t i = 1; i <= std::min(block, data.size()); ++i) {
        const auto b = data[data.size() - i];
        if (b == std::byte{0x80}) return data.size() - i;
        if (b != std::byte{0}) return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace drivers::emrtd
