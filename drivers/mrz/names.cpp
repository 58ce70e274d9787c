// Names: surname and given names of the Latin field, Chinese names in letters, and the states' codes.
// 9303-3 sections 4.6 and 5; the Chinese coding as read from exit-entry permits (MEDIUM).
#include "drivers/mrz/layout.hpp"

#include <iconv.h>

namespace drivers {

namespace {
// Four characters a code: ISO 3166-1 alpha-3, then ICAO's own, UTO of the specimens last.
constexpr std::string_view states =
    "ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN "
    "BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP "
    "EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND "
    "IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA "
    "MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN "
    "PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN "
    "SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM "
    "YEM ZAF ZMB ZWE "
    "D   EUE GBD GBN GBO GBP GBS RKS UNA UNK UNO XAA XBA XCC XCE XCO XCT XDC XEC XES XIM XMP XOM XPO UTO ";
static_assert(states.size() % 4 == 0);

bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }

/// Without a state (9303-3, 5): XX and A stateless, B and C refugee, X not stated.
bool is_stateless(std::string_view code) { return code.size() == 3 && code.starts_with("XX") && std::string_view{"ABCX"}.contains(code[2]); }

/// A person's name: ideographs and the dot between its parts, no punctuation of GBK.
bool is_name_character(std::string_view utf8) {
    if (utf8 == "·") return true;
    return utf8.size() == 3 && utf8 >= "\xE3\x90\x80";  // from U+3400
}
}  // namespace

bool mrz_state_known(std::string_view code) {
    if (code.empty() || code.size() > 3 || !std::ranges::all_of(code, is_letter)) return false;
    if (is_stateless(code)) return true;
    for (std::size_t at = 0; at < states.size(); at += 4) {
        const auto entry = states.substr(at, 3);
        if (entry.substr(0, entry.find(' ')) == code) return true;
    }
    return false;
}

Result<std::string> mrz_chinese_name(std::string_view letters) {
    static constexpr std::size_t letters_a_character = 4;
    static constexpr std::size_t max_letters = 30;  // a line
    const auto refuse = [](std::string_view why) { return mrz_room::bad(mrz_room::Field::chinese_name, why); };
    if (letters.size() > max_letters) return refuse("too long");
    const auto coded = letters.substr(0, letters.find('<'));
    if (!std::ranges::all_of(letters.substr(coded.size()), [](char c) { return c == '<'; })) return refuse("letters after a filler");
    if (!std::ranges::all_of(coded, [](char c) { return c >= 'A' && c <= 'P'; })) return refuse("a letter beyond P");
    if (coded.size() % letters_a_character != 0) return refuse("an incomplete character");

    const iconv_t handle = iconv_open("UTF-8", "GBK");
    if (handle == reinterpret_cast<iconv_t>(-1)) return fail(FaultCode::internal, "mrz: no GBK on this machine");
    std::string name;
    bool good = true;
    for (std::size_t at = 0; at < coded.size() && good; at += letters_a_character) {
        const auto byte = [&](std::size_t i) { return static_cast<char>(static_cast<unsigned char>(((coded[i] - 'A') << 4) | (coded[i + 1] - 'A'))); };
        std::array<char, 2> gbk{byte(at), byte(at + 2)};
        std::array<char, 8> utf8{};
        char* in = gbk.data();
        char* out = utf8.data();
        std::size_t in_left = gbk.size();
        std::size_t out_left = utf8.size();
        good = iconv(handle, &in, &in_left, &out, &out_left) == 0 && in_left == 0;
        const std::string_view character{utf8.data(), utf8.size() - out_left};
        good = good && is_name_character(character);
        if (good) name += character;
    }
    iconv_close(handle);
    if (!good) {
        wipe(name);
        return refuse("no ideograph of GBK");
    }
    return name;
}

}  // namespace drivers

namespace drivers::mrz_room {

Result<Name> split_name(std::string_view field, LeadingFillers leading) {
    Name name;
    if (!field.empty() && field.back() != '<') name.fit = NameFit::may_be_cut;
    auto rest = without_fillers(field);
    if (leading == LeadingFillers::skipped)
        while (!rest.empty() && rest.front() == '<') rest.remove_prefix(1);
    if (rest.empty()) return bad(Field::names, "empty");
    if (rest.front() == '<') return bad(Field::names, "begins with a filler");
    const auto two = rest.find("<<");
    const auto surname = rest.substr(0, two);
    const auto given = two == std::string_view::npos ? std::string_view{} : rest.substr(two + 2);
    if (given.starts_with('<') || given.find("<<") != std::string_view::npos) return bad(Field::names, "more fillers between its parts than two");
    name.surname = surname;
    name.given = given;
    std::ranges::replace(name.surname, '<', ' ');
    std::ranges::replace(name.given, '<', ' ');
    return name;
}

}  // namespace drivers::mrz_room
