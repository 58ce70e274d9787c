// The tables: ICAO's three layouts (9303-4, -5, -6) and the permits' own, with the confidence of each.
// Permits: confidence MEDIUM, positions from two independent readers of real cards; their places marked "uncertain" accept more and prove nothing.
#include "drivers/mrz/layout.hpp"

namespace drivers::mrz_room {

namespace {
using enum Field;

// ---- ICAO -----------------------------------------------------------------------------------------------------------------------------
constexpr FieldAt td1_fields[] = {{code, {0, 2}},         {issuer, {2, 5}},   {number, {5, 14}},  {number_check, {14, 15}}, {optional, {15, 30}},
                                  {birth, {30, 36}},      {birth_check, {36, 37}}, {sex, {37, 38}}, {expiry, {38, 44}},     {expiry_check, {44, 45}},
                                  {nationality, {45, 48}}, {optional_2, {48, 59}}, {composite, {59, 60}}, {names, {60, 90}}};
constexpr Check td1_checks[] = {{number, {5, 14}, 14}, {birth, {30, 36}, 36}, {expiry, {38, 44}, 44}};
constexpr Span td1_composite[] = {{5, 30}, {30, 37}, {38, 45}, {48, 59}};

constexpr FieldAt td2_fields[] = {{code, {0, 2}},         {issuer, {2, 5}},        {names, {5, 36}},  {number, {36, 45}}, {number_check, {45, 46}}, {nationality, {46, 49}},
                                  {birth, {49, 55}},      {birth_check, {55, 56}}, {sex, {56, 57}},   {expiry, {57, 63}}, {expiry_check, {63, 64}}, {optional, {64, 71}},
                                  {composite, {71, 72}}};
constexpr Check td2_checks[] = {{number, {36, 45}, 45}, {birth, {49, 55}, 55}, {expiry, {57, 63}, 63}};
constexpr Span td2_composite[] = {{36, 46}, {49, 56}, {57, 71}};

constexpr FieldAt td3_fields[] = {{code, {0, 2}},    {issuer, {2, 5}},        {names, {5, 44}}, {number, {44, 53}}, {number_check, {53, 54}}, {nationality, {54, 57}},
                                  {birth, {57, 63}}, {birth_check, {63, 64}}, {sex, {64, 65}},  {expiry, {65, 71}}, {expiry_check, {71, 72}}, {optional, {72, 86}},
                                  {optional_check, {86, 87}}, {composite, {87, 88}}};
constexpr Check td3_checks[] = {{number, {44, 53}, 53}, {birth, {57, 63}, 63}, {expiry, {65, 71}, 71}, {optional, {72, 86}, 86}};
constexpr Span td3_composite[] = {{44, 54}, {57, 64}, {65, 87}};

// ---- CR, CT (MEDIUM). Uncertain: what stands beside the issue count (12 to 14) and in line 2 before the local number --------------------------
constexpr FieldAt permit_fields[] = {{code, {0, 2}},          {number, {2, 11}}, {number_check, {11, 12}}, {issue_count, {12, 15}}, {expiry, {15, 21}},
                                     {expiry_check, {21, 22}}, {sex, {22, 23}},  {birth, {23, 29}},        {birth_check, {29, 30}}, {optional_2, {30, 60}},
                                     {names, {60, 90}}};
constexpr Check permit_checks[] = {{number, {2, 11}, 11}, {expiry, {15, 21}, 21}, {birth, {23, 29}, 29}};

// ---- C<CHN of 1999 (MEDIUM). Uncertain: the rest of line 1 and the last three places of line 2 -------------------------------------------------
constexpr FieldAt old_fields[] = {{code, {0, 2}},     {issuer, {2, 5}},         {optional, {5, 30}}, {birth, {30, 36}},        {birth_check, {36, 37}}, {sex, {37, 38}},
                                  {expiry, {38, 44}}, {expiry_check, {44, 45}}, {number, {45, 56}},  {number_check, {56, 57}}, {optional_2, {57, 60}},  {names, {60, 90}}};
constexpr Check old_checks[] = {{birth, {30, 36}, 36}, {expiry, {38, 44}, 44}, {number, {45, 56}, 56}};

// ---- CS, CD: line 1 (MEDIUM), what its composite covers (one reader only, in ICAO's manner); lines 2 and 3 of the chip (MEDIUM, two readers) --
constexpr FieldAt exit_fields[] = {{code, {0, 2}},           {number, {2, 11}},   {number_check, {11, 12}}, {filler, {12, 13}},    {expiry, {13, 19}},
                                   {expiry_check, {19, 20}}, {filler, {20, 21}},  {birth, {21, 27}},        {birth_check, {27, 28}}, {filler, {28, 29}},
                                   {composite, {29, 30}},    {chinese_name, {30, 42}}, {names, {42, 60}},   {sex, {60, 61}},       {optional, {61, 90}}};
constexpr auto exit_printed = std::span{exit_fields}.first(11);
constexpr Check exit_checks[] = {{number, {2, 11}, 11}, {expiry, {13, 19}, 19}, {birth, {21, 27}, 27}};
constexpr Span exit_composite[] = {{2, 12}, {13, 20}, {21, 28}};

// Classes: see alphabet_of. Number rules of the permits: H or M and 8 digits, HA or MA and 7; Taiwan 8 digits; 1999 H or M and 10;
// CS "C", a digit or a letter other than I and O, 7 digits.
// clang-format off
constexpr Layout layouts[] = {
    {MrzFormat::td1, 3, 30, "ta" "aaa" "nnnnnnnnn" "b" "nnnnnnnnnnnnnnn"  "bbbbbb" "d" "x" "dddddd" "d" "aaa" "nnnnnnnnnnn" "d"
                            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", td1_fields, td1_checks, Composite{td1_composite, 59}},
    {MrzFormat::td2, 2, 36, "ta" "aaa" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"  "nnnnnnnnn" "b" "aaa" "bbbbbb" "d" "x" "dddddd" "d" "nnnnnnn" "d",
                            td2_fields, td2_checks, Composite{td2_composite, 71}},
    {MrzFormat::td3, 2, 44, "Pa" "aaa" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"  "nnnnnnnnn" "d" "aaa" "bbbbbb" "d" "x" "dddddd" "d" "nnnnnnnnnnnnnn" "b" "d",
                            td3_fields, td3_checks, Composite{td3_composite, 87}},
    {MrzFormat::permit_hk_macao, 3, 30, "CR" "heddddddd" "d" "bbb" "dddddd" "d" "s" "bbbbbb" "d"  "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", permit_fields, permit_checks, std::nullopt},
    {MrzFormat::permit_taiwan, 3, 30, "CT" "dddddddd<" "d" "bbb" "dddddd" "d" "s" "bbbbbb" "d"  "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", permit_fields, permit_checks, std::nullopt},
    {MrzFormat::permit_1999, 3, 30, "C<" "CHN" "nnnnnnnnnnnnnnnnnnnnnnnnn"  "bbbbbb" "d" "s" "dddddd" "d" "hdddddddddd" "d" "nnn"
                            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", old_fields, old_checks, std::nullopt},
    {MrzFormat::exit_entry, 1, 30, "Cv" "lgddddddd" "d" "<" "dddddd" "d" "<" "bbbbbb" "d" "<" "d", exit_printed, exit_checks, Composite{exit_composite, 29}},
    {MrzFormat::exit_entry_chip, 3, 30, "Cv" "lgddddddd" "d" "<" "dddddd" "d" "<" "bbbbbb" "d" "<" "d"  "pppppppppppp" "aaaaaaaaaaaaaaaaaa"
                            "s" "nnnnnnnnnnnnnnnnnnnnnnnnnnnnn", exit_fields, exit_checks, Composite{exit_composite, 29}},
};
// clang-format on
consteval bool whole() {
    for (std::size_t i = 0; i < std::size(layouts); ++i) {
        const auto& layout = layouts[i];
        if (static_cast<std::size_t>(layout.format) != i || layout.alphabet.size() != std::size_t{layout.lines} * layout.width) return false;
        std::size_t next = 0;  // the fields stand side by side and leave no place out
        for (const auto& field : layout.fields) {
            if (field.at.begin != next) return false;
            next = field.at.end;
        }
        if (next != layout.alphabet.size()) return false;
    }
    return true;
}
static_assert(whole());
}  // namespace

std::string_view name_of(Field field) {
    switch (field) {
        case code: return "document code";
        case issuer: return "issuing state";
        case number: return "document number";
        case number_check: return "check digit of the document number";
        case nationality: return "nationality";
        case birth: return "date of birth";
        case birth_check: return "check digit of the date of birth";
        case sex: return "sex";
        case expiry: return "date of expiry";
        case expiry_check: return "check digit of the date of expiry";
        case optional: return "optional data";
        case optional_check: return "check digit of the optional data";
        case optional_2: return "second optional data";
        case composite: return "composite check digit";
        case names: return "name";
        case chinese_name: return "Chinese name";
        case issue_count: return "issue count";
        case filler: return "filler";
    }
    return "field";
}

std::string_view alphabet_of(char kind) {
    switch (kind) {
        case 'd': return "0123456789";
        case 'b': return "0123456789<";
        case 'a': return "ABCDEFGHIJKLMNOPQRSTUVWXYZ<";
        case 'l': return "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        case 'n': return "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<";
        case 'g': return "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789";
        case 'p': return "ABCDEFGHIJKLMNOP<";  // hexadecimal in letters
        case 'x': return "MF<";
        case 's': return "MF<12";  // permits: letters on the cards seen, digits by the national code table (uncertain which)
        case 'h': return "HM";
        case 'e': return "0123456789A";
        case 't': return "ACI";
        case 'v': return "SD";
        case 'C': return "C";
        case 'H': return "H";
        case 'N': return "N";
        case 'P': return "P";
        case 'R': return "R";
        case 'T': return "T";
        case '<': return "<";
        default: return {};
    }
}

std::optional<Span> Layout::find(Field field) const {
    const auto it = std::ranges::find(fields, field, &FieldAt::field);
    if (it == fields.end()) return std::nullopt;
    return it->at;
}

Field Layout::field_at(std::size_t place) const {
    const auto it = std::ranges::find_if(fields, [&](const FieldAt& field) { return field.at.holds(place); });
    return it == fields.end() ? filler : it->field;
}

bool Layout::covered(std::size_t place) const {
    const auto own = [&](const Check& check) { return check.data.holds(place) || check.digit == place; };
    const auto part = [&](Span span) { return span.holds(place); };
    return std::ranges::any_of(checks, own) || (composite && (composite->digit == place || std::ranges::any_of(composite->parts, part)));
}

const Layout& layout_of(MrzFormat format) { return layouts[static_cast<std::size_t>(format)]; }

}  // namespace drivers::mrz_room

namespace drivers {

std::string_view mrz_alphabet(MrzFormat format, std::size_t line, std::size_t column) {
    const auto& layout = mrz_room::layout_of(format);
    if (line >= layout.lines || column >= layout.width) return {};
    return mrz_room::alphabet_of(layout.alphabet[line * layout.width + column]);
}

}  // namespace drivers
