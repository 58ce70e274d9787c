// Passive authentication (ICAO 9303-11, 5): do the data groups match their signed hashes, does the signature hold, and does a trusted state stand
// behind the signer? Three answers, because "we do not know this state's key" accuses nobody.
#pragma once
#include "drivers/emrtd/sod.hpp"
#include "drivers/emrtd/trust.hpp"

#include <chrono>
#include <span>

namespace drivers::emrtd {

enum class Authenticity : std::uint8_t {
    genuine,         ///< everything holds, up to a trusted state's certificate
    not_verifiable,  ///< nothing contradicts, but the proof is not complete: staff look at the document
    forged           ///< a hash or a signature is wrong
};
[[nodiscard]] std::string_view name_of(Authenticity authenticity);

struct Verdict {
    Authenticity authenticity = Authenticity::not_verifiable;
    std::string why;  ///< for technicians; never personal data
};

/// A data group as it was read, whole file.
struct GroupFile {
    int group = 0;
    View file;
};

/// The signer's certificate is judged at the moment of signing, never by today's date: a document outlives its signer by ten years (9303-12, 4).
/// The state's certificate must have been valid when it issued the signer's, and must not have expired `today`: it is made to outlive every document
/// below it. Revocation lists are not looked at.
[[nodiscard]] Verdict judge(const Sod& sod, std::span<const GroupFile> read, const TrustStore& trust, std::chrono::year_month_day today);

/// Is the country of the signer's certificate the state of the zone? True also where that cannot be told (organisations, no country in the certificate).
[[nodiscard]] bool may_sign_for(const Sod& sod, std::string_view issuer);

}  // namespace drivers::emrtd
