// The issuing state of a zone (ICAO alpha-3, 9303-3, 5) against the country of a signer's certificate (ISO alpha-2, 9303-12, 7.1): a state's signer signs for nobody else.
#include "drivers/emrtd/authenticity.hpp"
#include "drivers/emrtd/sod_parts.hpp"

#include <algorithm>

namespace drivers::emrtd {

namespace {
using namespace ossl;
/// Where alpha-2 is not the first two letters of alpha-3: five letters an entry and a blank.
constexpr std::string_view exceptions =
    "ABWAW AGOAO ALAAX ANDAD AREAE ARMAM ATAAQ ATFTF ATGAG AUTAT BDIBI BENBJ BESBQ BGDBD BHSBS BIHBA BLRBY BLZBZ BRBBB BRNBN CAFCF CHLCL CHNCN CODCD COGCG COKCK "
    "COMKM CPVCV CUWCW CYMKY DNKDK ESHEH ESTEE FLKFK FROFO FSMFM GINGN GLPGP GNBGW GNQGQ GRDGD GRLGL GUFGF GUYGY IRLIE IRQIQ ISRIL JAMJM KAZKZ KORKR LBRLR LBYLY "
    "MACMO MAFMF MDGMG MDVMV MEXMX MLTMT MNEME MNPMP MOZMZ MTQMQ MYTYT NIUNU PAKPK PCNPN PLWPW PNGPG POLPL PRKKP PRTPT PRYPY PYFPF SENSN SGSGS SLBSB SLVSV SPMPM "
    "SRBRS SURSR SVKSK SVNSI SWESE SWZSZ SYCSC TCDTD TKMTM TUNTN TURTR TUVTV UKRUA URYUY ";
constexpr std::size_t entry_chars = 6;
static_assert(exceptions.size() % entry_chars == 0);

/// Empty: the code has no country (organisations, stateless persons), or more than one spelling is in use.
std::string_view alpha2_of(std::string_view issuer) {
    if (issuer == "D") return "DE";
    if (issuer.size() != 3 || issuer.starts_with('X') || issuer == "RKS") return {};
    for (std::size_t at = 0; at < exceptions.size(); at += entry_chars)
        if (exceptions.substr(at, 3) == issuer) return exceptions.substr(at + 3, 2);
    return issuer.substr(0, 2);
}

/// In capitals: some states write it otherwise.
std::string country_of(const X509_NAME* name) {
    const int at = X509_NAME_get_index_by_NID(name, NID_countryName, -1);
    if (at < 0) return {};
    const auto* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
    auto text = to_string(view_of(ASN1_STRING_get0_data(value), ASN1_STRING_length(value)));
    std::ranges::transform(text, text.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return text;
}
}  // namespace

bool may_sign_for(const Sod& sod, std::string_view issuer) {
    const auto wanted = alpha2_of(issuer);
    const auto country = country_of(X509_get_issuer_name(sod.parts().signer.get()));
    if (wanted.empty() || country.empty() || country == wanted) return true;
    return issuer == "CHN" && (country == "HK" || country == "MO");  // its special regions issue passports of their own
}

}  // namespace drivers::emrtd
