// The chip's arithmetic after ICAO 9303-11, section 9: ciphers, MACs, key derivation; curves and the numbers on them. For the passport model only.
// OpenSSL does the mathematics; every random number comes from the given dice, so that a seed gives the same chip.
#pragma once
#include "sim/models/passport.hpp"

#include <memory>

namespace sim::passport {

enum class Digest { sha1, sha256 };
[[nodiscard]] Bytes digest(Digest kind, View data);
[[nodiscard]] Bytes random_bytes(Dice& dice, std::size_t n);

/// ISO 9797-1 method 2.
[[nodiscard]] Bytes padded(View data, std::size_t block);
/// Nothing when there is no such padding.
[[nodiscard]] std::optional<Bytes> without_padding(View data);

/// One of the four session ciphers; data are whole blocks.
class Suite {
  public:
    explicit Suite(PassportCipher cipher) : cipher_(cipher) {}
    [[nodiscard]] PassportCipher cipher() const { return cipher_; }
    [[nodiscard]] std::size_t block() const { return cipher_ == PassportCipher::des3 ? 8 : 16; }
    enum Use { for_encryption = 1, for_mac = 2, for_password = 3 };
    [[nodiscard]] Bytes derive(View secret, Use use) const;
    /// CBC; an empty `iv` is noughts.
    [[nodiscard]] Bytes encrypt(View key, View iv, View data) const;
    [[nodiscard]] Bytes decrypt(View key, View iv, View data) const;
    /// Eight bytes: retail MAC over whole blocks, or CMAC.
    [[nodiscard]] Bytes mac(View key, View data) const;
    /// MAC of an authentication token: 3DES pads, CMAC does by itself.
    [[nodiscard]] Bytes token_mac(View key, View data) const { return mac(key, cipher_ == PassportCipher::des3 ? padded(data, block()) : Bytes(data.begin(), data.end())); }

  private:
    PassportCipher cipher_;
};

/// A curve by its standardised number. Points are 04 x y, scalars big endian of the order's size.
class Curve {
  public:
    explicit Curve(PassportCurve id);
    Curve(Curve&&) noexcept;
    Curve& operator=(Curve&&) noexcept;
    ~Curve();
    [[nodiscard]] PassportCurve id() const { return id_; }
    [[nodiscard]] Bytes scalar(Dice& dice) const;
    [[nodiscard]] Bytes generator() const;
    /// Nothing for a point that is not on the curve or a product at infinity.
    [[nodiscard]] std::optional<Bytes> times(View point, View scalar) const;
    /// scalar * generator + point
    [[nodiscard]] std::optional<Bytes> mapped(View scalar, View point) const;
    /// r and s side by side, each of the order's size.
    [[nodiscard]] Bytes ecdsa(View key, View hash, Dice& dice) const;
    /// SubjectPublicKeyInfo
    [[nodiscard]] Bytes public_key_info(View point, CurveForm form) const;
    [[nodiscard]] static View x_of(View point) { return point.subspan(1, (point.size() - 1) / 2); }

  private:
    struct Group;
    [[nodiscard]] Bytes written_out() const;
    PassportCurve id_;
    std::unique_ptr<Group> group_;
};

/// An RSA key of the machine's own chance.
class RsaKey {
  public:
    explicit RsaKey(int bits);
    RsaKey(RsaKey&&) noexcept;
    RsaKey& operator=(RsaKey&&) noexcept;
    ~RsaKey();
    [[nodiscard]] std::size_t bytes() const;
    [[nodiscard]] Bytes public_key_info() const;
    /// The bare private operation on a whole block that is below the modulus.
    [[nodiscard]] Bytes raw(View block) const;
    enum class Padding { pkcs1, pss };
    /// SHA-256; PSS with a salt of 32 bytes.
    [[nodiscard]] Bytes sign(View data, Padding padding) const;

  private:
    struct Key;
    std::unique_ptr<Key> key_;
};

}  // namespace sim::passport
