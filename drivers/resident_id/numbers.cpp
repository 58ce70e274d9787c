// Numbers and codes of resident documents: GB 11643 number, permanent residence numbers, dates and ages, GB/T 3304 nations
// (facts: resident-id-text-layouts.md).
#include "drivers/resident_id/resident_id.hpp"

namespace drivers {

namespace {
struct Nation {
    int code;
    std::string_view name;
};
// clang-format off
constexpr Nation nations[] = {
    {1, "汉"}, {2, "蒙古"}, {3, "回"}, {4, "藏"}, {5, "维吾尔"}, {6, "苗"}, {7, "彝"}, {8, "壮"}, {9, "布依"}, {10, "朝鲜"}, {11, "满"},
    {12, "侗"}, {13, "瑶"}, {14, "白"}, {15, "土家"}, {16, "哈尼"}, {17, "哈萨克"}, {18, "傣"}, {19, "黎"}, {20, "傈僳"}, {21, "佤"}, {22, "畲"},
    {23, "高山"}, {24, "拉祜"}, {25, "水"}, {26, "东乡"}, {27, "纳西"}, {28, "景颇"}, {29, "柯尔克孜"}, {30, "土"}, {31, "达斡尔"}, {32, "仫佬"},
    {33, "羌"}, {34, "布朗"}, {35, "撒拉"}, {36, "毛南"}, {37, "仡佬"}, {38, "锡伯"}, {39, "阿昌"}, {40, "普米"}, {41, "塔吉克"}, {42, "怒"},
    {43, "乌孜别克"}, {44, "俄罗斯"}, {45, "鄂温克"}, {46, "德昂"}, {47, "保安"}, {48, "裕固"}, {49, "京"}, {50, "塔塔尔"}, {51, "独龙"},
    {52, "鄂伦春"}, {53, "赫哲"}, {54, "门巴"}, {55, "珞巴"}, {56, "基诺"}, {97, "其他"}, {98, "外国血统中国籍"}};
/// First two digits of the area: provinces, then Hong Kong, Macau and Taiwan as on residence permits.
constexpr int provinces[] = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46,
                             50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 81, 82, 83};
// clang-format on
static_assert(std::ranges::is_sorted(nations, {}, &Nation::code));

constexpr auto codes = [] {
    std::array<int, std::size(nations)> out{};
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = nations[i].code;
    return out;
}();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr int first_permit_area = 81;
/// 11 to 65; nothing for two characters that name no province of the mainland.
bool mainland(std::string_view two) {
    if (!is_digit(two[0]) || !is_digit(two[1])) return false;
    const int area = (two[0] - '0') * 10 + (two[1] - '0');
    return area < first_permit_area && std::ranges::binary_search(provinces, area);
}

/// ICAO 9303: weights 7 3 1, '0'..'9' 0..9, 'A'..'Z' 10..35.
char icao_check(std::string_view text) {
    static constexpr int weights[] = {7, 3, 1};
    int sum = 0;
    for (std::size_t i = 0; i < text.size(); ++i) sum += (is_digit(text[i]) ? text[i] - '0' : text[i] - 'A' + 10) * weights[i % std::size(weights)];
    return static_cast<char>('0' + sum % 10);
}
}  // namespace

std::optional<char> id_number_check(std::string_view first17) {
    static constexpr int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    static constexpr char letters[] = "10X98765432";
    if (first17.size() != std::size(weights) || !std::ranges::all_of(first17, is_digit)) return std::nullopt;
    int sum = 0;
    for (std::size_t i = 0; i < first17.size(); ++i) sum += (first17[i] - '0') * weights[i];
    return letters[sum % 11];
}

bool id_number_valid(std::string_view number) {
    if (number.size() != 18) return false;
    const auto check = id_number_check(number.substr(0, 17));
    if (!check || *check != number[17]) return false;
    const int province = (number[0] - '0') * 10 + (number[1] - '0');
    return std::ranges::binary_search(provinces, province) && parse_date8(number.substr(6, 8)).has_value();
}

bool permit_area(std::string_view number) {
    return number.starts_with("810000") || number.starts_with("820000") || number.starts_with("830000");
}

bool permanent_number_2017_valid(std::string_view number) {
    if (number.size() != 15) return false;
    if (!std::ranges::all_of(number.substr(0, 3), [](char c) { return c >= 'A' && c <= 'Z'; }) || !std::ranges::all_of(number.substr(3), is_digit)) return false;
    // Two digits of a year: the day exists in one of the two centuries.
    const std::string day{number.substr(7, 6)};
    return mainland(number.substr(3, 2)) && (parse_date8("19" + day) || parse_date8("20" + day)) && icao_check(number.substr(0, 14)) == number[14];
}

bool permanent_number_2023_valid(std::string_view number) {
    if (number.size() != 18 || number[0] != '9') return false;
    const auto check = id_number_check(number.substr(0, 17));
    return check && *check == number[17] && mainland(number.substr(1, 2)) && number.substr(3, 3) != "000" && parse_date8(number.substr(6, 8)).has_value();
}

std::optional<int> age_on(std::chrono::year_month_day birth, std::chrono::year_month_day day) {
    if (!birth.ok() || !day.ok() || day < birth) return std::nullopt;
    const int years = static_cast<int>(day.year()) - static_cast<int>(birth.year());
    const bool still_to_come = std::pair{day.month(), day.day()} < std::pair{birth.month(), birth.day()};
    return still_to_come ? years - 1 : years;
}

std::optional<std::chrono::year_month_day> parse_date8(std::string_view text) {
    if (text.size() != 8 || !std::ranges::all_of(text, is_digit)) return std::nullopt;
    const auto number = [&](std::size_t from, std::size_t count) {
        int n = 0;
        for (const char c : text.substr(from, count)) n = n * 10 + (c - '0');
        return n;
    };
    const int year = number(0, 4);
    if (year < 1900 || year > 2199) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(number(4, 2))},
                                           std::chrono::day{static_cast<unsigned>(number(6, 2))}};
    if (!date.ok()) return std::nullopt;
    return date;
}

std::optional<std::string_view> nation_name(int code) {
    const auto it = std::ranges::lower_bound(nations, code, {}, &Nation::code);
    if (it == std::end(nations) || it->code != code) return std::nullopt;
    return it->name;
}

std::span<const int> nation_codes() { return codes; }

}  // namespace drivers
