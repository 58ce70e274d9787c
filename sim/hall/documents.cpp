// From an entry of the register to the thing in the hand.
#include "sim/hall/documents.hpp"
#include "sim/models/smart_card.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sim {

namespace {
using nlohmann::json;

constexpr double whole_register_page = 0.66;  ///< of the frame's width: all four corners are in the picture

std::string text_of(const json& person, const char* key, const char* otherwise = "") { return person.value(key, std::string(otherwise)); }
std::string kind_of(const json& person) { return text_of(person, "kind", "resident_id"); }
bool has_zone(const std::string& kind) { return kind == "passport" || kind == "travel_permit"; }

/// Certificates name a state by two letters, zones by up to three. Of the states in the register.
std::string two_letters(const std::string& issuer) {
    static const std::map<std::string, std::string> known{{"CHN", "CN"}, {"D", "DE"}, {"USA", "US"}, {"VNM", "VN"}, {"FRA", "FR"}, {"GBR", "GB"}, {"THA", "TH"}, {"MYS", "MY"}, {"IDN", "ID"}};
    const auto found = known.find(issuer);
    return found == known.end() ? issuer.substr(0, 2) : found->second;
}

/// "NGUYEN, THI HOA" or "NGUYEN THI HOA": the surname ends at the comma, else at the first blank.
std::pair<std::string, std::string> split_latin(std::string name) {
    auto cut = name.find(',');
    const bool comma = cut != std::string::npos;
    if (!comma) cut = name.find(' ');
    if (cut == std::string::npos) return {name, ""};
    auto given = name.substr(cut + 1);
    given.erase(0, given.find_first_not_of(' '));
    return {name.substr(0, cut), given};
}

PassportDescription description_of(const json& person) {
    PassportDescription d;
    const auto number = text_of(person, "number"), latin = text_of(person, "name_latin"), name = text_of(person, "name");
    const bool permit = kind_of(person) == "travel_permit";
    // Numbers of Hong Kong and Macao begin with a letter, those of Taiwan with a digit (facts: emrtd-and-mrz.md).
    if (permit) d.kind = number.starts_with('H') || number.starts_with('M') ? PassportKind::hk_macao_permit : PassportKind::taiwan_permit;
    else d.issuer = d.nationality = text_of(person, "nationality", "CHN");
    d.number = number;
    std::tie(d.surname, d.given) = split_latin(latin.empty() ? name : latin);
    if (name != latin) d.name_zh = name;
    d.sex = person.value("sex", 1) == 2 ? 'F' : 'M';
    d.birth = text_of(person, "birth");
    d.issued = text_of(person, "valid_from");
    d.expiry = text_of(person, "valid_to");
    if (d.issued.empty()) d.groups.erase(12);
    d.authority = text_of(person, "authority");
    d.active_authentication = ActiveProof::ecdsa;
    return d;
}

std::string spaced(const std::string& day) { return day.size() == 8 ? fmt::format("{}.{}.{}", day.substr(0, 4), day.substr(4, 2), day.substr(6)) : day; }
}  // namespace

PassportOffice& DocumentDesk::office_of(const std::string& issuer) {
    const auto country = two_letters(issuer);
    auto& office = offices_[country];
    if (!office) {
        PassportOffice::Setup setup;
        setup.seed = seed_ * 31 + static_cast<std::uint64_t>(country[0]) * 256 + static_cast<std::uint64_t>(country[1]);
        setup.country = country;
        office = std::make_unique<PassportOffice>(setup);
    }
    return *office;
}

std::shared_ptr<PassportChip> DocumentDesk::passport_of(const json& person, PassportFlaw flaw) {
    const auto description = description_of(person);
    return office_of(description.issuer).issue(description, flaw);
}

std::shared_ptr<SmartCard> DocumentDesk::resident_card_of(const json& person) const {
    PersonRecord record{.name = text_of(person, "name"), .number = text_of(person, "number"), .address = text_of(person, "address"), .authority = text_of(person, "authority"),
                        .birth = text_of(person, "birth"), .valid_from = text_of(person, "valid_from"), .valid_to = text_of(person, "valid_to"), .sex = person.value("sex", 1),
                        .nation = person.value("nation", 1), .name_latin = text_of(person, "name_latin"), .nationality = text_of(person, "nationality"),
                        .pass_number = text_of(person, "pass_number")};
    constexpr std::size_t digits_of_2023 = 18;
    char variant = ' ';
    if (kind_of(person) == "residence_permit") variant = 'J';
    if (kind_of(person) == "permanent_residence") variant = record.number.size() == digits_of_2023 ? 'Y' : 'I';
    auto card = std::make_shared<ResidentIdCard>(std::move(record), seed_);
    card->variant = variant;
    return card;
}

std::shared_ptr<SmartCard> DocumentDesk::chip_of(const json& person, PassportFlaw flaw) {
    const auto kind = kind_of(person);
    if (kind == "temporary_id" || kind == "household_register") return nullptr;
    if (has_zone(kind)) return passport_of(person, flaw);
    return resident_card_of(person);
}

PrintedDocument DocumentDesk::printed_of(const json& person, PassportFlaw flaw) {
    PrintedDocument out;
    out.kind = kind_of(person);
    out.name = text_of(person, "name");
    out.number = text_of(person, "number");
    out.birth = text_of(person, "birth");
    out.has_ecard = person.contains("ecard");
    if (const auto day = text_of(person, "valid_to"); day != "长期") out.expiry = day;
    if (!has_zone(out.kind)) return out;
    const auto& printed = passport_of(person, flaw)->description();  // an altered one says of itself what was put into it
    out.zone = mrz_lines(printed);
    out.number = printed.number;
    return out;
}

DocumentScene DocumentDesk::page_of(const json& person, PassportFlaw flaw) {
    DocumentScene page;
    const auto printed = printed_of(person, flaw);
    page.seed = seed_;
    page.fields = {printed.name, text_of(person, "name_latin"), printed.number, spaced(printed.birth)};
    if (!printed.expiry.empty()) page.fields.push_back(spaced(printed.expiry));
    std::erase(page.fields, "");
    if (printed.has_zone()) {
        page.zone = printed.zone;
        return page;
    }
    if (printed.has_ecard) {
        page.kind = PageKind::electronic_card;
        page.code = text_of(person, "ecard");
        page.width = 0.36;  // the whole telephone, upright
        return page;
    }
    page.kind = PageKind::household_register;
    page.width = whole_register_page;
    page.fields.push_back(text_of(person, "address"));
    return page;
}

std::expected<void, std::string> DocumentDesk::write_authorities(const json& people, const std::filesystem::path& folder) {
    for (const auto& person : people)
        if (has_zone(kind_of(person))) (void)office_of(description_of(person).issuer);
    std::filesystem::create_directories(folder);
    for (const auto& [country, office] : offices_)
        if (auto written = office->write_csca(folder); !written) return written;
    return {};
}

}  // namespace sim
