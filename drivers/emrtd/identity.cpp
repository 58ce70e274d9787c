// From the zone and the details to the house's IdDocument: pure.
#include "drivers/emrtd/document.hpp"

#include <algorithm>

namespace drivers::emrtd {

namespace {
constexpr std::size_t max_document_number = 22;
constexpr std::string_view middle_dot = "\xC2\xB7";

std::optional<DocumentKind> kind_of(MrzFormat format) {
    switch (format) {
        case MrzFormat::td3: return DocumentKind::passport;
        case MrzFormat::permit_hk_macao:
        case MrzFormat::permit_taiwan:
        case MrzFormat::permit_1999:
        case MrzFormat::exit_entry:
        case MrzFormat::exit_entry_chip: return DocumentKind::travel_permit;
        case MrzFormat::td1:
        case MrzFormat::td2: return std::nullopt;
    }
    return std::nullopt;
}

/// Without fillers and blanks, when nothing but ideographs and the dot between a name's parts is left.
std::string chinese_name_in(std::string_view full_name) {
    std::string name;
    for (std::size_t i = 0; i < full_name.size();) {
        const auto lead = static_cast<std::uint8_t>(full_name[i]);
        const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        const auto letter = full_name.substr(i, size);
        i += size;
        if (letter == "<" || letter == " ") continue;
        const bool ideograph = (size == 3 && letter >= "\xE3\x90\x80" && letter < "\xEA") || (size == 3 && letter >= "\xEF\xA4\x80" && letter < "\xEF\xAC\x80") || size == 4;
        if (!ideograph && letter != middle_dot) {
            wipe(name);
            return {};
        }
        name += letter;
    }
    return name;
}

bool is_chinese(std::string_view issuer) { return issuer == "CHN" || issuer == "TWN"; }

/// The permits have no nationality. Since 2024 there are some for holders of another: HA, MA and seven digits (field fact, MEDIUM), who are asked.
std::string nationality_of(const Mrz& mrz) {
    if (!mrz.nationality.empty()) return mrz.nationality;
    const bool foreign = mrz.number.size() == 9 && (mrz.number.starts_with("HA") || mrz.number.starts_with("MA"));
    return foreign ? std::string{} : std::string{"CHN"};
}
}  // namespace

Result<IdDocument> to_document(const Reading& reading) {
    const auto& mrz = reading.mrz;
    const auto kind = kind_of(mrz.format);
    if (!kind) return fail(FaultCode::document_not_supported, "a card of ICAO's form that is neither passport nor permit");
    IdDocument document;
    document.kind = *kind;
    document.evidence = reading.verdict.authenticity == Authenticity::genuine ? Evidence::chip : Evidence::chip_unverified;
    document.name_latin = mrz.surname;
    if (!mrz.given.empty()) document.name_latin += (document.name_latin.empty() ? "" : " ") + mrz.given;
    document.name = mrz.chinese_name;
    // The zone of a short field may cut it; the full name in DG11 does not.
    if (is_chinese(mrz.issuer))
        if (auto full = chinese_name_in(reading.holder.full_name); !full.empty()) document.name = std::move(full);
    if (document.name.empty()) document.name = document.name_latin;
    document.sex = mrz.sex;
    document.nationality = nationality_of(mrz);
    if (mrz.birth) document.birth = *mrz.birth;
    else if (reading.holder.birth) document.birth = *reading.holder.birth;
    document.number = mrz.number;
    std::erase(document.number, '<');  // what is printed as another character
    if (document.number.size() > max_document_number) return fail(FaultCode::document_not_supported, "a document number of more than 22 characters");
    document.address = reading.holder.address;
    document.authority = reading.issue.authority;
    if (reading.issue.issued) document.valid_from = *reading.issue.issued;
    document.valid_to = mrz.expiry;
    document.issue_count = mrz.issue_count.value_or(0);
    return document;
}

}  // namespace drivers::emrtd
