// Inside the emrtd room: owners of OpenSSL's objects and the two casts. Only .cpp files include this.
#pragma once
#include "drivers/bytes.hpp"

#include <memory>
#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdexcept>

namespace drivers::emrtd::ossl {

struct Free {
    void operator()(BIGNUM* p) const { BN_clear_free(p); }
    void operator()(BN_CTX* p) const { BN_CTX_free(p); }
    void operator()(BIO* p) const { BIO_free_all(p); }
    void operator()(CMS_ContentInfo* p) const { CMS_ContentInfo_free(p); }
    void operator()(EC_GROUP* p) const { EC_GROUP_free(p); }
    void operator()(EC_POINT* p) const { EC_POINT_clear_free(p); }
    void operator()(ECDSA_SIG* p) const { ECDSA_SIG_free(p); }
    void operator()(EVP_CIPHER* p) const { EVP_CIPHER_free(p); }
    void operator()(EVP_CIPHER_CTX* p) const { EVP_CIPHER_CTX_free(p); }
    void operator()(EVP_MAC* p) const { EVP_MAC_free(p); }
    void operator()(EVP_MAC_CTX* p) const { EVP_MAC_CTX_free(p); }
    void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
    void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
    void operator()(X509* p) const { X509_free(p); }
    void operator()(STACK_OF(X509) * p) const { sk_X509_pop_free(p, X509_free); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

inline const unsigned char* in(View v) { return reinterpret_cast<const unsigned char*>(v.data()); }
inline unsigned char* out(std::span<std::byte> v) { return reinterpret_cast<unsigned char*>(v.data()); }
inline View view_of(const unsigned char* data, int size) { return std::as_bytes(std::span{data, size < 0 ? 0 : static_cast<std::size_t>(size)}); }
/// For calls that fail only without memory or by our own mistake.
inline void need(bool ok) {
    if (!ok) throw std::runtime_error("OpenSSL call failed");
}
/// What a refused document leaves in the thread's error queue is nobody's business.
struct QuietErrors {
    QuietErrors() { ERR_set_mark(); }
    ~QuietErrors() { ERR_pop_to_mark(); }
    QuietErrors(const QuietErrors&) = delete;
    QuietErrors& operator=(const QuietErrors&) = delete;
};

}  // namespace drivers::emrtd::ossl
