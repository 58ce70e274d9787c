// The cryptography of ICAO 9303 part 11 over OpenSSL 3 (EVP, default provider only): key derivation, 3DES and AES in CBC
// mode, the two MACs. Sizes are the caller's duty (std::logic_error); nothing here looks at hostile structure.
#pragma once
#include "drivers/bytes.hpp"

#include <array>

namespace drivers::emrtd {

enum class CipherKind { des3, aes128, aes192, aes256 };
[[nodiscard]] std::size_t block_bytes(CipherKind kind);
[[nodiscard]] std::size_t key_bytes(CipherKind kind);

/// The counter of the key derivation function (9303-11, 9.7.1).
enum class KeyUse : std::uint8_t { encryption = 1, mac = 2, password = 3 };
/// SHA-1 for 3DES and AES-128, SHA-256 for the longer AES keys; 3DES keys get odd parity.
[[nodiscard]] Secret derive_key(View shared, KeyUse use, CipherKind kind);
[[nodiscard]] Secret sha1(View data);

/// CBC without padding; `data` and `iv` are whole blocks. An empty `iv` means zeroes.
[[nodiscard]] Bytes cbc_encrypt(CipherKind kind, View key, View iv, View data);
[[nodiscard]] Bytes cbc_decrypt(CipherKind kind, View key, View iv, View data);

using Mac = std::array<std::byte, 8>;
/// 3DES: ISO 9797-1 algorithm 3 ("retail MAC") over whole blocks. AES: CMAC over any length, its first 8 bytes.
/// Single DES would need OpenSSL's legacy provider; DES-EDE3 with K||K||K is the same function and does not.
[[nodiscard]] Mac mac_of(CipherKind kind, View key, View data);
/// In constant time.
[[nodiscard]] bool same(View a, View b);

/// ISO 9797-1 padding method 2: 80 00 ... to a whole block, always at least one byte.
[[nodiscard]] Bytes pad(View data, std::size_t block);
/// Length without the padding; nothing when there is no 80 or more than a block of it.
[[nodiscard]] std::optional<std::size_t> unpadded_size(View data, std::size_t block);

}  // namespace drivers::emrtd
