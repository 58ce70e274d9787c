// EF.SOD: the issuing state's signature over the hashes of the data groups (ICAO 9303-10, 4.6.2; CMS, RFC 5652). Taken apart here, bounded;
// whether the signature holds and who signed is authenticity.hpp's question.
#pragma once
#include "drivers/bytes.hpp"
#include "drivers/fault.hpp"

#include <memory>
#include <vector>

namespace drivers::emrtd {

enum class Digest : std::uint8_t { sha1, sha224, sha256, sha384, sha512 };
[[nodiscard]] std::size_t digest_bytes(Digest digest);
/// OpenSSL's name.
[[nodiscard]] const char* digest_name(Digest digest);
[[nodiscard]] Bytes hash_of(Digest digest, View data);

/// Data groups are numbered from 1.
inline constexpr int last_group = 16;
struct GroupHash {
    int group = 0;
    Bytes hash;
};
/// LDSSecurityObject. Each group at most once, each hash of the digest's size.
struct HashList {
    Digest digest = Digest::sha256;
    std::vector<GroupHash> groups;
    [[nodiscard]] const Bytes* find(int group) const;
};
/// document_unreadable names the part; document_not_supported for a digest beyond SHA-1 and SHA-2.
[[nodiscard]] Result<HashList> parse_hash_list(View security_object);

inline constexpr std::size_t max_sod_bytes = 32768;

/// A signed file. Holds OpenSSL's view of it; belongs to one thread.
class Sod {
  public:
    /// EF.SOD with its tag 77: one signer, one embedded certificate at least, the LDS security object inside. As parse_hash_list.
    [[nodiscard]] static Result<Sod> parse(View file);
    Sod(Sod&&) noexcept;
    Sod& operator=(Sod&&) noexcept;
    ~Sod();
    [[nodiscard]] const HashList& hashes() const;

    struct Parts;  ///< sod_parts.hpp, for the room's own files
    [[nodiscard]] const Parts& parts() const { return *parts_; }

  private:
    explicit Sod(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace drivers::emrtd
