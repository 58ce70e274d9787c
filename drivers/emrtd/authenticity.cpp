// Hashes, then the signature, then who signed. The first contradiction decides.
#include "drivers/emrtd/authenticity.hpp"

#include "drivers/emrtd/crypto.hpp"
#include "drivers/emrtd/sod_parts.hpp"
#include "drivers/emrtd/trust_parts.hpp"

#include <ctime>
#include <fmt/format.h>
#include <openssl/x509v3.h>

namespace drivers::emrtd {

namespace {
using namespace ossl;
using std::chrono::sys_days;

Verdict forged(std::string why) { return {Authenticity::forged, std::move(why)}; }
Verdict unproven(std::string why) { return {Authenticity::not_verifiable, std::move(why)}; }
/// No objection.
constexpr std::nullopt_t none = std::nullopt;

std::optional<Verdict> check_hashes(const HashList& hashes, std::span<const GroupFile> read) {
    for (const auto& [group, file] : read) {
        const auto* wanted = hashes.find(group);
        if (!wanted) return forged(fmt::format("DG{} is on the chip, but nobody signed it", group));
        if (!same(hash_of(hashes.digest, file), *wanted)) return forged(fmt::format("DG{} does not match its signed hash", group));
    }
    return none;
}

std::optional<sys_days> day_of(const ASN1_TIME* time) {
    std::tm tm{};
    if (!time || ASN1_TIME_to_tm(time, &tm) != 1) return std::nullopt;
    const std::chrono::year_month_day day{std::chrono::year{tm.tm_year + 1900}, std::chrono::month{static_cast<unsigned>(tm.tm_mon + 1)}, std::chrono::day{static_cast<unsigned>(tm.tm_mday)}};
    return day.ok() ? std::optional{sys_days{day}} : std::nullopt;
}

struct Period {
    sys_days from, to;
    [[nodiscard]] bool holds(sys_days day) const { return day >= from && day <= to; }
};
std::optional<Period> period_of(const X509* certificate) {
    const auto from = day_of(X509_get0_notBefore(certificate)), to = day_of(X509_get0_notAfter(certificate));
    if (!from || !to) return std::nullopt;
    return Period{*from, *to};
}

const void* attribute(const CMS_SignerInfo* signature, int nid, int type) {
    constexpr int the_only_one = -3;
    return CMS_signed_get0_data_by_OBJ(signature, OBJ_nid2obj(nid), the_only_one, type);
}

/// Most documents do not say.
std::optional<sys_days> signing_day(const CMS_SignerInfo* signature) {
    for (const int type : {V_ASN1_UTCTIME, V_ASN1_GENERALIZEDTIME})
        if (const auto* time = static_cast<const ASN1_TIME*>(attribute(signature, NID_pkcs9_signingTime, type))) return day_of(time);
    return std::nullopt;
}

/// RFC 5652, 5.6: the signed attributes name the content's type and hash.
std::optional<Verdict> check_content(const Sod::Parts& sod) {
    X509_ALGOR* algorithm = nullptr;
    CMS_SignerInfo_get0_algs(sod.signature, nullptr, nullptr, &algorithm, nullptr);
    const ASN1_OBJECT* name = nullptr;
    X509_ALGOR_get0(&name, nullptr, nullptr, algorithm);
    const EVP_MD* digest = name ? EVP_get_digestbyobj(name) : nullptr;
    if (!digest) return unproven("the signature's hash algorithm is not known here");
    const auto* type = static_cast<const ASN1_OBJECT*>(attribute(sod.signature, NID_pkcs9_contentType, V_ASN1_OBJECT));
    const auto* hash = static_cast<const ASN1_OCTET_STRING*>(attribute(sod.signature, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING));
    if (!type || !hash) return unproven("the signature has no signed attributes");
    if (OBJ_cmp(type, CMS_get0_eContentType(sod.cms.get())) != 0) return forged("the signature is over another type of content");
    Bytes ours(EVP_MAX_MD_SIZE);
    unsigned size = 0;
    if (EVP_Digest(sod.content.data(), sod.content.size(), out(ours), &size, digest, nullptr) != 1) return unproven("the signature's hash algorithm cannot be used here");
    ours.resize(size);
    if (!same(ours, view_of(ASN1_STRING_get0_data(hash), ASN1_STRING_length(hash)))) return forged("the signature is over another list of hashes");
    return none;
}

std::optional<Verdict> check_signature(const Sod::Parts& sod) {
    if (!X509_get0_pubkey(sod.signer.get())) return unproven("the signer's key is of a kind that is not known here");
    CMS_SignerInfo_set1_signer_cert(sod.signature, sod.signer.get());
    if (CMS_SignerInfo_verify(sod.signature) == 1) return none;
    const auto error = ERR_peek_last_error();
    if (ERR_GET_LIB(error) == ERR_LIB_CMS && ERR_GET_REASON(error) == CMS_R_VERIFICATION_FAILURE) return forged("the signature does not hold");
    return unproven("the signature's algorithm is not known here");
}

/// A state certifies others too (list signers, servers): their keys sign no documents.
std::optional<Verdict> check_purpose(X509* signer) {
    const auto flags = X509_get_extension_flags(signer);
    if ((flags & EXFLAG_INVALID) != 0) return unproven("the signer's certificate has a damaged extension");
    if ((flags & EXFLAG_CRITICAL) != 0) return unproven("the signer's certificate has a critical extension that is not known here");
    if ((X509_get_key_usage(signer) & KU_DIGITAL_SIGNATURE) == 0 || (flags & EXFLAG_XKUSAGE) != 0) return unproven("the signer's certificate is not for signing documents");
    return none;
}

bool same_key_id(const X509* signer, X509* state) {
    const auto* wanted = X509_get0_authority_key_id(const_cast<X509*>(signer));
    const auto* has = X509_get0_subject_key_id(state);
    return wanted && has && ASN1_OCTET_STRING_cmp(wanted, has) == 0;
}

/// The signer's certificate holds by this state's key: do the dates?
Verdict by_dates(const Sod::Parts& sod, const X509* state, sys_days today) {
    const auto signer = period_of(sod.signer.get()), issuer = period_of(state);
    if (!signer || !issuer) return unproven("a certificate's dates are no dates");
    if (signer->from > today) return unproven("the signer's certificate begins in the future");
    if (!issuer->holds(signer->from)) return unproven("the state's certificate was not valid when it issued the signer's");
    if (today > issuer->to) return unproven("the state's certificate has expired");
    const auto signed_on = signing_day(sod.signature);
    if (signed_on && !signer->holds(*signed_on)) return unproven("signed outside the validity of the signer's certificate");
    return Verdict{Authenticity::genuine, "hashes, signature and signer hold"};
}

Verdict check_issuer(const Sod::Parts& sod, const TrustStore& trust, sys_days today) {
    std::optional<Verdict> objection;
    for (const auto& state : trust.certificates().all) {
        const bool by_name = X509_NAME_cmp(X509_get_issuer_name(sod.signer.get()), X509_get_subject_name(state.get())) == 0;
        const bool by_key = same_key_id(sod.signer.get(), state.get());
        if (!by_name && !by_key) continue;  // names are spelt differently in one state's certificates now and then
        auto* key = X509_get0_pubkey(state.get());
        const int holds = key ? X509_verify(sod.signer.get(), key) : -1;
        if (holds == 1) {
            auto verdict = by_dates(sod, state.get(), today);
            if (verdict.authenticity == Authenticity::genuine) return verdict;
            objection = std::move(verdict);
        } else if (!objection && by_key) {
            objection = holds == 0 ? forged("the signer's certificate was not signed by the key that it names") : unproven("the state's certificate uses an algorithm that is not known here");
        } else if (!objection) {
            objection = unproven("the state is trusted, but not the key that issued the signer's certificate");
        }
    }
    return objection.value_or(unproven("no trusted certificate of the state that issued the signer's"));
}
}  // namespace

std::string_view name_of(Authenticity authenticity) {
    switch (authenticity) {
        case Authenticity::genuine: return "genuine";
        case Authenticity::not_verifiable: return "not_verifiable";
        case Authenticity::forged: return "forged";
    }
    return {};
}

Verdict judge(const Sod& sod, std::span<const GroupFile> read, const TrustStore& trust, std::chrono::year_month_day today) {
    const QuietErrors quiet;
    const auto& parts = sod.parts();
    if (auto wrong = check_hashes(parts.hashes, read)) return *wrong;
    if (auto wrong = check_content(parts)) return *wrong;
    if (auto wrong = check_signature(parts)) return *wrong;
    if (auto wrong = check_purpose(parts.signer.get())) return *wrong;
    return check_issuer(parts, trust, sys_days{today});
}

}  // namespace drivers::emrtd
