// Records and card numbers (facts: social-security-card-files.md).
#include "sim/central/chip.hpp"

#include <chrono>
#include <fmt/format.h>
#include <iconv.h>

namespace sim {
namespace {

constexpr std::size_t name_bytes = 30, extension_bytes = 20;

Bytes digits_bcd(std::string_view digits, std::size_t size) {
    Bytes value(size, std::byte{0xFF});
    for (std::size_t i = 0; i < digits.size() && i < size * 2; ++i) {
        const auto digit = static_cast<unsigned>(digits[i] - '0');
        auto& byte = value[i / 2];
        byte = i % 2 == 0 ? std::byte(digit << 4u | 0x0Fu) : (byte & std::byte{0xF0}) | std::byte(digit);
    }
    return value;
}

Bytes ascii(std::string_view text) {
    const auto view = std::as_bytes(std::span(text));
    return {view.begin(), view.end()};
}

/// Where the first `most` bytes end without splitting a character: GB 18030 lengths are told by the second byte.
std::size_t whole_characters(View text, std::size_t most) {
    std::size_t end = 0;
    while (end < text.size()) {
        const auto lead = std::to_integer<unsigned>(text[end]);
        std::size_t length = 1;
        if (lead >= 0x81 && end + 1 < text.size()) length = std::to_integer<unsigned>(text[end + 1]) < 0x40 ? 4 : 2;
        if (end + length > most) break;
        end += length;
    }
    return end;
}

}  // namespace

std::optional<Bytes> gb18030(std::string_view utf8) {
    const auto converter = iconv_open("GB18030", "UTF-8");
    if (converter == reinterpret_cast<iconv_t>(-1)) return {};
    std::string in(utf8), out(utf8.size() * 4 + 4, '\0');
    char* from = in.data();
    char* to = out.data();
    std::size_t in_left = in.size(), out_left = out.size();
    const bool done = iconv(converter, &from, &in_left, &to, &out_left) != static_cast<std::size_t>(-1) && in_left == 0;
    iconv_close(converter);
    if (!done) return {};
    out.resize(out.size() - out_left);
    return ascii(out);
}

std::expected<std::vector<CardRecord>, std::string> card_records(const CardContents& c) {
    const auto name = gb18030(c.name);
    if (!name) return std::unexpected("the name has a character outside GB 18030");
    const auto split = whole_characters(*name, name_bytes);
    if (name->size() - split > extension_bytes) return std::unexpected("the name is longer than the chip's two fields");
    Bytes first(name->begin(), name->begin() + static_cast<std::ptrdiff_t>(split));
    Bytes rest(name->begin() + static_cast<std::ptrdiff_t>(split), name->end());
    first.resize(name_bytes);
    std::vector<CardRecord> records = {{0xEF05, 0x05, digits_bcd(c.issued_on, 4)},
                                       {0xEF05, 0x06, digits_bcd(c.valid_to, 4)},
                                       {0xEF05, 0x07, ascii(c.card_number)},
                                       {0xEF06, 0x08, ascii(c.number)},
                                       {0xEF06, 0x09, first}};
    if (!rest.empty()) {
        rest.resize(extension_bytes);
        records.push_back({0xEF06, 0x4E, rest});
    }
    records.push_back({0xEF06, 0x0A, ascii(std::to_string(c.sex))});
    records.push_back({0xEF06, 0x0B, digits_bcd(fmt::format("{:02}", c.nation), 1)});
    records.push_back({0xEF06, 0x0C, digits_bcd(std::string_view(c.number).substr(0, 6), 3)});
    records.push_back({0xEF06, 0x0D, digits_bcd(c.birth, 4)});
    return records;
}

char card_check(std::string_view first8) {
    constexpr std::array<int, 8> weights = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (std::size_t i = 0; i < weights.size() && i < first8.size(); ++i) {
        const char c = first8[i];
        sum += weights[i] * (c >= '0' && c <= '9' ? c - '0' : c - 'A' + 10);
    }
    const int check = 11 - sum % 11;
    return check == 10 ? 'X' : check == 11 ? '0' : static_cast<char>('0' + check);
}

std::string card_number(char prefix, std::int64_t ordinal) {
    auto first8 = fmt::format("{}{:07}", prefix, ordinal % 10'000'000);
    return first8 + card_check(first8);
}

std::string day_of(std::int64_t utc_seconds) {
    using namespace std::chrono;
    const year_month_day day{floor<days>(sys_seconds(seconds(utc_seconds) + 8h))};
    return fmt::format("{:04}{:02}{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

std::string years_later(std::string_view day, int years) {
    const int year = std::stoi(std::string(day.substr(0, 4))) + years;
    const bool leap = std::chrono::year(year).is_leap();
    const auto rest = day.substr(4) == "0229" && !leap ? std::string_view("0228") : day.substr(4);
    return fmt::format("{:04}{}", year, rest);
}

}  // namespace sim
