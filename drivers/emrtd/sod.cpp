// Taking EF.SOD apart.
#include "drivers/emrtd/der.hpp"
#include "drivers/emrtd/sod_parts.hpp"

#include <algorithm>
#include <array>

namespace drivers::emrtd {

namespace {
using namespace ossl;
enum Tag : std::uint32_t { integer = 0x02, octets = 0x04, oid = 0x06, sequence = 0x30, sod_file = 0x77 };
constexpr int max_certificates = 8;

struct DigestRow {
    Digest digest;
    const char* name;
    std::size_t bytes;
    std::array<std::uint8_t, 9> oid;
    std::size_t oid_bytes;
};
constexpr DigestRow digest_rows[] = {
    {Digest::sha1, "SHA1", 20, {0x2B, 0x0E, 0x03, 0x02, 0x1A}, 5},
    {Digest::sha224, "SHA224", 28, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04}, 9},
    {Digest::sha256, "SHA256", 32, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01}, 9},
    {Digest::sha384, "SHA384", 48, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02}, 9},
    {Digest::sha512, "SHA512", 64, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03}, 9},
};
static_assert(std::ranges::all_of(digest_rows, [](const auto& row) { return &row - digest_rows == static_cast<int>(row.digest); }));

std::unexpected<Fault> damaged(const char* what) { return fail(FaultCode::document_unreadable, std::string("EF.SOD: ") + what); }
std::unexpected<Fault> unknown(const char* what) { return fail(FaultCode::document_not_supported, std::string("EF.SOD: ") + what); }

/// AlgorithmIdentifier of a digest: its parameters are NULL or left out, and nobody looks at them.
Result<Digest> digest_of(View algorithm) {
    const auto name = take_object(algorithm);
    if (!name || name->tag != oid) return damaged("the hash algorithm has no name");
    for (const auto& row : digest_rows)
        if (std::ranges::equal(name->value, std::span{row.oid}.first(row.oid_bytes), {}, u8)) return row.digest;
    return unknown("the hash algorithm is none of SHA-1 and SHA-2");
}

Result<GroupHash> group_of(View entry, Digest digest) {
    const auto number = take_object(entry), hash = take_object(entry);
    if (!number || number->tag != integer || number->value.size() != 1 || !hash || hash->tag != octets || !entry.empty()) return damaged("a data group's hash is no number and hash");
    const int group = u8(number->value[0]);
    if (group < 1 || group > last_group) return damaged("a data group beyond 16");
    if (hash->value.size() != digest_bytes(digest)) return damaged("a hash of another size than its algorithm's");
    return GroupHash{group, to_bytes(hash->value)};
}

/// The certificate that the signer's identifier names.
Owned<X509> signer_of(CMS_ContentInfo* cms, CMS_SignerInfo* signature) {
    const Owned<STACK_OF(X509)> certificates{CMS_get1_certs(cms)};
    if (!certificates || sk_X509_num(certificates.get()) > max_certificates) return nullptr;
    for (int i = 0; i < sk_X509_num(certificates.get()); ++i) {
        X509* certificate = sk_X509_value(certificates.get(), i);
        if (CMS_SignerInfo_cert_cmp(signature, certificate) != 0) continue;
        need(X509_up_ref(certificate) == 1);
        return Owned<X509>{certificate};
    }
    return nullptr;
}

bool is_lds_object(const ASN1_OBJECT* type) {
    char name[32] = {};
    return OBJ_obj2txt(name, sizeof name, type, 1) > 0 && std::string_view{name} == "2.23.136.1.1.1";
}
}  // namespace

std::size_t digest_bytes(Digest digest) { return digest_rows[static_cast<std::size_t>(digest)].bytes; }
const char* digest_name(Digest digest) { return digest_rows[static_cast<std::size_t>(digest)].name; }

Bytes hash_of(Digest digest, View data) {
    Bytes result(digest_bytes(digest));
    std::size_t size = 0;
    need(EVP_Q_digest(nullptr, digest_name(digest), nullptr, data.data(), data.size(), out(result), &size) == 1 && size == result.size());
    return result;
}

const Bytes* HashList::find(int group) const {
    const auto at = std::ranges::find(groups, group, &GroupHash::group);
    return at == groups.end() ? nullptr : &at->hash;
}

Result<HashList> parse_hash_list(View security_object) {
    auto body = only_object(security_object, sequence);
    if (!body) return damaged("the security object is no sequence");
    const auto version = take_object(*body), algorithm = take_object(*body), list = take_object(*body);
    if (!version || version->tag != integer || version->value.size() != 1) return damaged("the security object has no version");
    if (!algorithm || algorithm->tag != sequence || !list || list->tag != sequence) return damaged("the security object lacks its algorithm or its list");
    const auto digest = digest_of(algorithm->value);
    if (!digest) return std::unexpected(digest.error());
    HashList hashes{*digest, {}};
    for (View rest = list->value; !rest.empty();) {
        const auto entry = take_object(rest);
        if (!entry || entry->tag != sequence) return damaged("the list of hashes is torn");
        auto group = group_of(entry->value, *digest);
        if (!group) return std::unexpected(group.error());
        if (hashes.find(group->group)) return damaged("a data group has two hashes");
        hashes.groups.push_back(*std::move(group));
    }
    if (hashes.groups.empty()) return damaged("the list of hashes is empty");
    return hashes;
}

Sod::Sod(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Sod::Sod(Sod&&) noexcept = default;
Sod& Sod::operator=(Sod&&) noexcept = default;
Sod::~Sod() = default;
const HashList& Sod::hashes() const { return parts_->hashes; }

Result<Sod> Sod::parse(View file) {
    if (file.size() > max_sod_bytes) return damaged("too large");
    const auto body = only_object(file, sod_file);
    if (!body) return damaged("no object 77, or not the whole of it");
    const QuietErrors quiet;
    auto parts = std::make_unique<Parts>();
    const auto* at = in(*body);
    parts->cms.reset(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(body->size())));
    if (!parts->cms || at != in(*body) + body->size()) return damaged("no CMS message, or more than one");
    if (OBJ_obj2nid(CMS_get0_type(parts->cms.get())) != NID_pkcs7_signed) return damaged("the CMS message is not signed data");
    if (!is_lds_object(CMS_get0_eContentType(parts->cms.get()))) return unknown("what is signed is no LDS security object");
    ASN1_OCTET_STRING** content = CMS_get0_content(parts->cms.get());
    if (!content || !*content) return damaged("the signed content is not inside");
    parts->content = to_bytes(view_of(ASN1_STRING_get0_data(*content), ASN1_STRING_length(*content)));
    auto* signatures = CMS_get0_SignerInfos(parts->cms.get());
    if (!signatures || sk_CMS_SignerInfo_num(signatures) != 1) return damaged("no signature, or more than one");
    parts->signature = sk_CMS_SignerInfo_value(signatures, 0);
    parts->signer = signer_of(parts->cms.get(), parts->signature);
    if (!parts->signer) return damaged("the signer's certificate is not inside");
    auto hashes = parse_hash_list(parts->content);
    if (!hashes) return std::unexpected(hashes.error());
    parts->hashes = *std::move(hashes);
    return Sod{std::move(parts)};
}

}  // namespace drivers::emrtd
