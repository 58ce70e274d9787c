// What the tests of the machine readable zone share: documents (ICAO's specimens, the Chinese permits), and arithmetic of the tests' own, so that
// the room is not judged by itself. All people here are invented or ICAO's.
#pragma once
#include "drivers/mrz/mrz.hpp"
#include "drivers/random.hpp"

#include <doctest/doctest.h>

namespace test::mrz {
using namespace drivers;
using namespace std::chrono_literals;
using std::chrono::year_month_day;
inline constexpr year_month_day today = 2026y / 11 / 22;
inline constexpr std::string_view charset = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<";

// ---- the test's own arithmetic and its own map of what each digit covers, so that the room is not judged by itself --------------------------
inline int worth(char c) { return c == '<' ? 0 : static_cast<int>(std::string_view{"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}.find(c)); }
inline char digit(std::string_view text) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < text.size(); ++i) sum += static_cast<unsigned>(worth(text[i])) * std::string_view{"\7\3\1"}[i % 3];
    return static_cast<char>('0' + sum % 10);
}
struct Rule {
    std::vector<std::pair<int, int>> parts;
    std::size_t digit;
};
inline std::vector<Rule> rules(MrzFormat format) {
    switch (format) {
        case MrzFormat::td1: return {{{{5, 14}}, 14}, {{{30, 36}}, 36}, {{{38, 44}}, 44}, {{{5, 30}, {30, 37}, {38, 45}, {48, 59}}, 59}};
        case MrzFormat::td2: return {{{{36, 45}}, 45}, {{{49, 55}}, 55}, {{{57, 63}}, 63}, {{{36, 46}, {49, 56}, {57, 71}}, 71}};
        case MrzFormat::td3: return {{{{44, 53}}, 53}, {{{57, 63}}, 63}, {{{65, 71}}, 71}, {{{72, 86}}, 86}, {{{44, 54}, {57, 64}, {65, 87}}, 87}};
        case MrzFormat::permit_hk_macao:
        case MrzFormat::permit_taiwan: return {{{{2, 11}}, 11}, {{{15, 21}}, 21}, {{{23, 29}}, 29}};
        case MrzFormat::permit_1999: return {{{{30, 36}}, 36}, {{{38, 44}}, 44}, {{{45, 56}}, 56}};
        case MrzFormat::exit_entry:
        case MrzFormat::exit_entry_chip: return {{{{2, 11}}, 11}, {{{13, 19}}, 19}, {{{21, 27}}, 27}, {{{2, 12}, {13, 20}, {21, 28}}, 29}};
    }
    return {};
}
inline std::string flat(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != '\n' && c != '\r') out += c;
    return out;
}
inline std::string covered_text(std::string_view text, const Rule& rule) {
    std::string data;
    for (const auto [from, to] : rule.parts) data += text.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
    return data;
}
/// Every check digit of an accepted zone, by the test's own map. TD1's and TD2's long number is checked as 9303-5 note j says.
inline bool digits_hold(std::string_view text, MrzFormat format) {
    for (const auto& rule : rules(format)) {
        const auto data = covered_text(text, rule);
        const char said = text[rule.digit];
        if (said == digit(data)) continue;
        const bool number = rule.digit == (format == MrzFormat::td1 ? 14U : 45U);
        if (said == '<' && format == MrzFormat::td3 && rule.digit == 86 && data == std::string(14, '<')) continue;
        if (said == '<' && number && (format == MrzFormat::td1 || format == MrzFormat::td2)) {
            const auto more = format == MrzFormat::td1 ? text.substr(15, 15) : text.substr(64, 7);
            const auto run = more.substr(0, more.find('<'));
            if (run.size() >= 2 && run.back() == digit(data + std::string{run.substr(0, run.size() - 1)})) continue;
        }
        return false;
    }
    return true;
}
inline bool covered(std::size_t place, MrzFormat format) {
    for (const auto& rule : rules(format)) {
        if (rule.digit == place) return true;
        for (const auto [from, to] : rule.parts)
            if (place >= static_cast<std::size_t>(from) && place < static_cast<std::size_t>(to)) return true;
    }
    return false;
}
/// Fills in every digit from left to right; composites stand last.
inline void seal(std::string& text, MrzFormat format) {
    for (const auto& rule : rules(format)) text[rule.digit] = digit(covered_text(text, rule));
}
inline Result<Mrz> parse(std::string_view text) { return parse_mrz(as_view(text), today); }
inline std::string why(std::string_view text) {
    const auto mrz = parse(text);
    return mrz ? "accepted" : mrz.error().detail;
}

// ---- documents --------------------------------------------------------------------------------------------------------------------------
inline const std::string td3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
inline const std::string td3_old = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C<3UTO6908061F9406236ZE184226B<<<<<14";
inline const std::string td2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6";
inline const std::string td1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";
inline const std::string td1_long = "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<";
inline const std::string td3_germany = "P<D<<MUSTERMANN<<ERIKA<<<<<<<<<<<<<<<<<<<<<<\nC01X00T478D<<6408125F2702283<<<<<<<<<<<<<<<4";

/// The permits' documents are made here: the digits are the test's own.
inline std::string made(MrzFormat format, std::string text) {
    if (format == MrzFormat::permit_hk_macao) text[58] = digit(std::string_view{text}.substr(49, 9));  // the local number of line 2
    if (format == MrzFormat::permit_taiwan) text[59] = digit(std::string_view{text}.substr(49, 10));
    seal(text, format);
    return text;
}
inline const std::string home_return = made(MrzFormat::permit_hk_macao, "CRH12345678?<01300115?F900228?" "<<<<<<<<<<<<<<<<<<<A1234563<?<" "CHAN<<SIU<MING<<<<<<<<<<<<<<<<");
inline const std::string home_return_foreign = made(MrzFormat::permit_hk_macao, "CRMA1234567?<<<290814?M850401?" "<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<" "DA<SILVA<<PEDRO<<<<<<<<<<<<<<<");
inline const std::string taiwan = made(MrzFormat::permit_taiwan, "CT01234567<?<02281231?M880808?" "<<<<<<<<<<<<<<<<<<<A123456789?" "LIN<<CHIH<HAO<<<<<<<<<<<<<<<<<");
inline const std::string permit_1999 = made(MrzFormat::permit_1999, "C<CHN<<<<<<<<<<<<<<<<<<<<<<<<<" "720305?M270630?H1234567801?<<<" "WONG<<TAI<MAN<<<<<<<<<<<<<<<<<");
inline const std::string exit_entry = made(MrzFormat::exit_entry, "CSC12345678?<290101?<950505?<?");
inline const std::string exit_entry_2018 = made(MrzFormat::exit_entry, "CSCA0000001?<290101?<950505?<?");
inline const std::string exit_chip = made(MrzFormat::exit_entry_chip, "CSC12345678?<290101?<950505?<?" "NGKELMPONBPJZHENG<<JIANYANG<<<" "F<<<<<<<<<<GX<<<<<<<<<<<<<<<<<");

struct Specimen {
    std::string text;
    MrzFormat format;
    std::string number, surname, given, nationality;
    year_month_day birth, expiry;
    Sex sex;
};
inline const std::vector<Specimen> specimens = {
    {td3, MrzFormat::td3, "L898902C3", "ERIKSSON", "ANNA MARIA", "UTO", 1974y / 8 / 12, 2012y / 4 / 15, Sex::female},
    {td3_old, MrzFormat::td3, "L898902C", "ERIKSSON", "ANNA MARIA", "UTO", 1969y / 8 / 6, 1994y / 6 / 23, Sex::female},
    {td3_germany, MrzFormat::td3, "C01X00T47", "MUSTERMANN", "ERIKA", "D", 1964y / 8 / 12, 2027y / 2 / 28, Sex::female},
    {td2, MrzFormat::td2, "D23145890", "ERIKSSON", "ANNA MARIA", "UTO", 1974y / 8 / 12, 2012y / 4 / 15, Sex::female},
    {td1, MrzFormat::td1, "D23145890", "ERIKSSON", "ANNA MARIA", "UTO", 1974y / 8 / 12, 2012y / 4 / 15, Sex::female},
    {td1_long, MrzFormat::td1, "D23145890734", "STEVENSON", "PETER JOHN", "UTO", 1934y / 7 / 12, 1995y / 7 / 12, Sex::male},
    {home_return, MrzFormat::permit_hk_macao, "H12345678", "CHAN", "SIU MING", "", 1990y / 2 / 28, 2030y / 1 / 15, Sex::female},
    {home_return_foreign, MrzFormat::permit_hk_macao, "MA1234567", "DA SILVA", "PEDRO", "", 1985y / 4 / 1, 2029y / 8 / 14, Sex::male},
    {taiwan, MrzFormat::permit_taiwan, "01234567", "LIN", "CHIH HAO", "", 1988y / 8 / 8, 2028y / 12 / 31, Sex::male},
    {permit_1999, MrzFormat::permit_1999, "H1234567801", "WONG", "TAI MAN", "", 1972y / 3 / 5, 2027y / 6 / 30, Sex::male},
    {exit_entry, MrzFormat::exit_entry, "C12345678", "", "", "", 1995y / 5 / 5, 2029y / 1 / 1, Sex::not_stated},
    {exit_entry_2018, MrzFormat::exit_entry, "CA0000001", "", "", "", 1995y / 5 / 5, 2029y / 1 / 1, Sex::not_stated},
    {exit_chip, MrzFormat::exit_entry_chip, "C12345678", "ZHENG", "JIANYANG", "", 1995y / 5 / 5, 2029y / 1 / 1, Sex::female},
};

/// A valid zone with a character replaced and, where wanted, its digits made right again.
inline std::string with(std::string text, std::size_t place, std::string_view put) {
    text = flat(text);
    text.replace(place, put.size(), put);
    return text;
}
inline std::string sealed_with(const std::string& text, MrzFormat format, std::size_t place, std::string_view put) {
    auto out = with(text, place, put);
    seal(out, format);
    return out;
}
inline std::size_t below(Random& random, std::size_t n) {
    const auto bytes = random.bytes(4);
    std::size_t value = 0;
    for (const auto b : bytes) value = value << 8 | u8(b);
    return value % n;
}

}  // namespace test::mrz
