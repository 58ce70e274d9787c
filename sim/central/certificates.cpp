// X.509 with OpenSSL.
#include "sim/central/certificates.hpp"

#include <memory>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/x509v3.h>
#include <sodium.h>

namespace sim {
namespace {

template <auto Free>
struct Freer {
    template <class T>
    void operator()(T* p) const {
        Free(p);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Number = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using Group = std::unique_ptr<EC_GROUP, Freer<EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, Freer<EC_POINT_free>>;

constexpr std::size_t secret_bytes = 32, point_bytes = 65;

std::array<unsigned char, secret_bytes> derived(const std::array<unsigned char, 64>& secret, const std::string& label) {
    std::array<unsigned char, secret_bytes> out{};
    crypto_generichash(out.data(), out.size(), reinterpret_cast<const unsigned char*>(label.data()), label.size(), secret.data(), secret_bytes);
    return out;
}

Key authority(const std::array<unsigned char, 64>& secret) {
    const auto seed = derived(secret, "certificate authority");
    return Key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
}

/// The public key of an SM2 point; nothing when it is none.
Key sm2_key(std::span<const unsigned char> point) {
    KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "SM2", nullptr));
    char group[] = "SM2";
    Bytes copy(std::as_bytes(point).begin(), std::as_bytes(point).end());
    const OSSL_PARAM parts[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                                OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy.data(), copy.size()), OSSL_PARAM_construct_end()};
    EVP_PKEY* key = nullptr;
    if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 || EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, const_cast<OSSL_PARAM*>(parts)) != 1) return {};
    return Key(key);
}

/// 04 X Y of a private scalar.
std::optional<std::array<unsigned char, point_bytes>> sm2_point(std::span<const unsigned char> scalar) {
    const Group group(EC_GROUP_new_by_curve_name(NID_sm2));
    const Number number(BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), nullptr));
    const Point point(group ? EC_POINT_new(group.get()) : nullptr);
    std::array<unsigned char, point_bytes> out{};
    if (!number || !point || EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, nullptr) != 1 ||
        EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, out.data(), out.size(), nullptr) != out.size())
        return {};
    return out;
}

bool named(X509_NAME* name, const std::string& common) {
    const auto add = [&](const char* field, const std::string& text) {
        return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()), -1, 0) == 1;
    };
    return add("C", "CN") && add("O", "Liqu sample region") && add("CN", common);
}

bool for_use(X509* certificate, const char* usage) {
    const std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>> extension(X509V3_EXT_conf_nid(nullptr, nullptr, NID_key_usage, usage));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

std::optional<Bytes> certificate(EVP_PKEY* signer, EVP_PKEY* subject, const CertificateOrder& order, const char* usage) {
    const Certificate x(X509_new());
    if (!x || !subject) return {};
    std::array<unsigned char, secret_bytes> hash{};
    const auto label = order.card_number + usage + order.valid_from;
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(label.data()), label.size(), nullptr, 0);
    constexpr int serial_bytes = 15;
    hash[0] = static_cast<unsigned char>((hash[0] & 0x7F) | 0x40);  // positive, and never shorter
    const Number serial(BN_bin2bn(hash.data(), serial_bytes, nullptr));
    const bool made = serial && X509_set_version(x.get(), X509_VERSION_3) == 1 && BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(x.get())) &&
                      named(X509_get_issuer_name(x.get()), "Liqu sample authority") && named(X509_get_subject_name(x.get()), order.card_number) &&
                      ASN1_TIME_set_string_X509(X509_getm_notBefore(x.get()), (order.valid_from + "000000Z").c_str()) == 1 &&
                      ASN1_TIME_set_string_X509(X509_getm_notAfter(x.get()), (order.valid_to + "000000Z").c_str()) == 1 && X509_set_pubkey(x.get(), subject) == 1 &&
                      for_use(x.get(), usage) && X509_sign(x.get(), signer, nullptr) > 0;
    if (!made) return {};
    const int size = i2d_X509(x.get(), nullptr);
    if (size <= 0) return {};
    Bytes der(static_cast<std::size_t>(size));
    auto* out = reinterpret_cast<unsigned char*>(der.data());
    i2d_X509(x.get(), &out);
    return der;
}

}  // namespace

std::optional<CardCertificates> make_certificates(const std::array<unsigned char, 64>& secret, const CertificateOrder& order) {
    const auto signer = authority(secret);
    if (!signer || order.signature_key.size() != point_bytes) return {};
    const auto own = sm2_key({reinterpret_cast<const unsigned char*>(order.signature_key.data()), order.signature_key.size()});
    auto scalar = derived(secret, "encryption key of " + order.card_number);
    scalar[0] &= 0x7F;  // below the curve's order
    const auto point = sm2_point(scalar);
    if (!own || !point) return {};
    const auto for_encryption = sm2_key(*point);
    auto signing = certificate(signer.get(), own.get(), order, "critical,digitalSignature,nonRepudiation");
    auto encrypting = certificate(signer.get(), for_encryption.get(), order, "critical,keyEncipherment,dataEncipherment");
    if (!signing || !encrypting) return {};
    const auto view = std::as_bytes(std::span(scalar));
    CardCertificates out{std::move(*signing), std::move(*encrypting), Bytes(view.begin(), view.end())};
    sodium_memzero(scalar.data(), scalar.size());
    return out;
}

Bytes authority_key(const std::array<unsigned char, 64>& secret) {
    const auto key = authority(secret);
    Bytes out(secret_bytes);
    std::size_t size = out.size();
    if (!key || EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(out.data()), &size) != 1) return {};
    return out;
}

}  // namespace sim
