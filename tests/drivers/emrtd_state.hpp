// A state that issues passports: its certificate (CSCA), its document signers and the signature over a passport's hashes, made on the fly with OpenSSL calls of the
// tests' own.
#pragma once
#include "tests/drivers/emrtd_model.hpp"

#include <openssl/cms.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

namespace test::state {
using std::chrono::sys_days;
using std::chrono::year_month_day;
using namespace std::chrono_literals;

inline constexpr year_month_day today = 2026y / 11 / 22;
inline sys_days day(year_month_day d) { return sys_days{d}; }

struct Free {
    void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
    void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
    void operator()(X509* p) const { X509_free(p); }
    void operator()(CMS_ContentInfo* p) const { CMS_ContentInfo_free(p); }
    void operator()(BIO* p) const { BIO_free(p); }
    void operator()(ASN1_TIME* p) const { ASN1_TIME_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;
using Key = std::shared_ptr<EVP_PKEY>;

/// "rsa" (1024 bits: quickly made), or a curve's name, written out when `explicit_curve`.
inline Key make_key(const std::string& kind, bool explicit_curve = false) {
    if (kind == "rsa") return {EVP_RSA_gen(1024), EVP_PKEY_free};
    const Owned<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nullptr)};
    REQUIRE(EVP_PKEY_keygen_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context.get(), OBJ_sn2nid(kind.c_str())) == 1);
    REQUIRE(EVP_PKEY_CTX_set_ec_param_enc(context.get(), explicit_curve ? OPENSSL_EC_EXPLICIT_CURVE : OPENSSL_EC_NAMED_CURVE) == 1);
    EVP_PKEY* key = nullptr;
    REQUIRE(EVP_PKEY_keygen(context.get(), &key) == 1);
    return {key, EVP_PKEY_free};
}
inline Bytes public_key_of(EVP_PKEY* key) {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key, &der);
    REQUIRE(size > 0);
    auto bytes = to_bytes(std::as_bytes(std::span{der, static_cast<std::size_t>(size)}));
    OPENSSL_free(der);
    return bytes;
}

enum class Padding { pkcs1, pss };
inline void set_padding(EVP_PKEY_CTX* context, Padding padding) {
    if (padding == Padding::pkcs1) return;
    REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1);
}

struct Paper {
    std::string name = "Utopia", country = "UT";
    sys_days from = day(2015y / 1 / 1), to = day(2036y / 1 / 1);
    std::vector<std::pair<int, std::string>> extensions;
    const char* digest = "SHA256";
    Padding padding = Padding::pkcs1;
    bool unknown_critical = false;  ///< an extension that nobody knows
};
inline std::shared_ptr<X509> certify(const Paper& paper, EVP_PKEY* subject, X509* issuer, EVP_PKEY* issuer_key) {
    std::shared_ptr<X509> certificate{X509_new(), X509_free};
    X509* c = certificate.get();
    static long serial = 1;
    X509_set_version(c, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(c), ++serial);
    ASN1_TIME_set(X509_getm_notBefore(c), static_cast<time_t>(paper.from.time_since_epoch().count()) * 86400);
    ASN1_TIME_set(X509_getm_notAfter(c), static_cast<time_t>(paper.to.time_since_epoch().count()) * 86400);
    auto* name = X509_get_subject_name(c);
    X509_NAME_add_entry_by_txt(name, "C", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(paper.country.c_str()), -1, -1, 0);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(paper.name.c_str()), -1, -1, 0);
    X509_set_issuer_name(c, X509_get_subject_name(issuer ? issuer : c));
    X509_set_pubkey(c, subject);
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer ? issuer : c, c, nullptr, nullptr, 0);
    for (const auto& [nid, value] : paper.extensions) {
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
        REQUIRE(extension != nullptr);
        X509_add_ext(c, extension, -1);
        X509_EXTENSION_free(extension);
    }
    if (paper.unknown_critical) {
        ASN1_OBJECT* type = OBJ_txt2obj("1.2.3.4", 1);
        ASN1_OCTET_STRING* value = ASN1_OCTET_STRING_new();
        X509_EXTENSION* extension = X509_EXTENSION_create_by_OBJ(nullptr, type, 1, value);
        X509_add_ext(c, extension, -1);
        X509_EXTENSION_free(extension);
        ASN1_OCTET_STRING_free(value);
        ASN1_OBJECT_free(type);
    }
    EVP_MD_CTX* md = EVP_MD_CTX_new();
    EVP_PKEY_CTX* signing = nullptr;
    REQUIRE(EVP_DigestSignInit(md, &signing, EVP_get_digestbyname(paper.digest), nullptr, issuer_key) == 1);
    if (EVP_PKEY_get_base_id(issuer_key) == EVP_PKEY_RSA) set_padding(signing, paper.padding);
    REQUIRE(X509_sign_ctx(c, md) > 0);
    EVP_MD_CTX_free(md);
    return certificate;
}
inline Bytes der_of(X509* certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate, &der);
    REQUIRE(size > 0);
    auto bytes = to_bytes(std::as_bytes(std::span{der, static_cast<std::size_t>(size)}));
    OPENSSL_free(der);
    return bytes;
}

/// How a state and its signer are made.
struct Plan {
    std::string state_key = "prime256v1", signer_key = "prime256v1";
    bool explicit_curves = false;
    const char* digest = "SHA256";       ///< of the signatures
    const char* list_digest = "SHA256";  ///< of the data groups
    Padding padding = Padding::pkcs1;
    Paper state{.extensions = {{NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, "critical,keyCertSign,cRLSign"}, {NID_subject_key_identifier, "hash"}}};
    Paper signer{.name = "Signer", .from = day(2020y / 1 / 1), .to = day(2030y / 1 / 1), .extensions = {{NID_key_usage, "critical,digitalSignature"}, {NID_authority_key_identifier, "keyid"}}};
    sys_days signed_on = day(2020y / 3 / 1);
    unsigned signer_flags = 0;
};

/// LDSSecurityObject.
inline Bytes hash_list(const std::map<int, Bytes>& groups, const char* digest) {
    static const std::map<std::string, const char*> oids{{"SHA1", "2B0E03021A"}, {"SHA224", "608648016503040204"}, {"SHA256", "608648016503040201"}, {"SHA384", "608648016503040202"}, {"SHA512", "608648016503040203"}};
    Bytes list;
    for (const auto& [group, file] : groups) list = cat({list, tlv("30", cat({tlv("02", Bytes{static_cast<std::byte>(group)}), tlv("04", chip::hash(digest, file))}))});
    return tlv("30", cat({"020100"_hex, tlv("30", cat({tlv("06", from_hex(oids.at(digest)).value()), "0500"_hex})), tlv("30", list)}));
}

struct Office {
    Plan plan;
    Key state_key, signer_key;
    std::shared_ptr<X509> state, signer;

    explicit Office(Plan with = {})
        : plan(std::move(with)), state_key(make_key(plan.state_key, plan.explicit_curves)), signer_key(make_key(plan.signer_key, plan.explicit_curves)) {
        plan.state.digest = plan.signer.digest = plan.digest;
        plan.state.padding = plan.signer.padding = plan.padding;
        state = certify(plan.state, state_key.get(), nullptr, state_key.get());
        signer = certify(plan.signer, signer_key.get(), state.get(), state_key.get());
    }
    [[nodiscard]] Bytes csca() const { return der_of(state.get()); }
    /// EF.SOD over these files.
    [[nodiscard]] Bytes sod(const std::map<int, Bytes>& groups, const char* content_type = "2.23.136.1.1.1") const { return sod_over(hash_list(groups, plan.list_digest), content_type); }
    [[nodiscard]] Bytes sod_over(const Bytes& content, const char* content_type = "2.23.136.1.1.1") const {
        const Owned<BIO> data{BIO_new_mem_buf(content.data(), static_cast<int>(content.size()))};
        const unsigned flags = CMS_BINARY | CMS_PARTIAL | CMS_NOSMIMECAP | plan.signer_flags;
        const Owned<CMS_ContentInfo> cms{CMS_sign(nullptr, nullptr, nullptr, data.get(), flags)};
        ASN1_OBJECT* type = OBJ_txt2obj(content_type, 1);
        REQUIRE(CMS_set1_eContentType(cms.get(), type) == 1);
        ASN1_OBJECT_free(type);
        auto* one = CMS_add1_signer(cms.get(), signer.get(), signer_key.get(), EVP_get_digestbyname(plan.digest), flags | CMS_KEY_PARAM);
        REQUIRE(one != nullptr);
        if (EVP_PKEY_get_base_id(signer_key.get()) == EVP_PKEY_RSA) set_padding(CMS_SignerInfo_get0_pkey_ctx(one), plan.padding);
        const Owned<ASN1_TIME> when{ASN1_UTCTIME_set(nullptr, static_cast<time_t>(plan.signed_on.time_since_epoch().count()) * 86400)};
        if ((flags & CMS_NOATTR) == 0) REQUIRE(CMS_signed_add1_attr_by_NID(one, NID_pkcs9_signingTime, V_ASN1_UTCTIME, when.get(), -1) == 1);
        REQUIRE(CMS_final(cms.get(), data.get(), nullptr, flags) == 1);
        unsigned char* der = nullptr;
        const int size = i2d_CMS_ContentInfo(cms.get(), &der);
        REQUIRE(size > 0);
        auto file = tlv("77", std::as_bytes(std::span{der, static_cast<std::size_t>(size)}));
        OPENSSL_free(der);
        return file;
    }
};

}  // namespace test::state
