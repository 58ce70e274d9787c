// Texts and numbers in the form that the chip's records keep them (facts: social-security-card-files.md, "Types").
#include "drivers/ss_card/ss_card.hpp"

#include <iconv.h>

namespace drivers {

namespace {
constexpr std::size_t pin_digits = 6;
bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Converter {
    iconv_t handle = iconv_open("GBK", "UTF-8");
    ~Converter() {
        if (usable()) iconv_close(handle);
    }
    Converter() = default;
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;
    [[nodiscard]] bool usable() const { return handle != reinterpret_cast<iconv_t>(-1); }
};

/// Two digits a byte, left aligned, padded with F.
Bytes bcd(std::string_view digits, std::size_t size) {
    Bytes out(size, std::byte{0xFF});
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const auto digit = static_cast<unsigned>(digits[i] - '0');
        auto& b = out[i / 2];
        b = i % 2 == 0 ? static_cast<std::byte>(digit << 4 | 0x0F) : ((b & std::byte{0xF0}) | static_cast<std::byte>(digit));
    }
    return out;
}
}  // namespace

std::optional<Bytes> an_value(std::string_view utf8, std::size_t size, std::byte pad) {
    const Converter converter;
    if (!converter.usable()) return std::nullopt;
    Bytes out(size, pad);
    auto* in = const_cast<char*>(utf8.data());  // iconv's prototype; it does not write there
    auto in_left = utf8.size();
    auto* to = reinterpret_cast<char*>(out.data());
    auto to_left = out.size();
    // A non-zero result counts irreversible conversions: a character that only resembles is not the person's name.
    if (in_left > 0 && iconv(converter.handle, &in, &in_left, &to, &to_left) != 0) return std::nullopt;
    return out;
}

std::optional<Bytes> cn_value(std::string_view digits, std::size_t size) {
    if (digits.size() > 2 * size || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
    return bcd(digits, size);
}

std::optional<char> card_number_check(std::string_view first8) {
    static constexpr int weights[] = {3, 7, 9, 10, 5, 8, 4, 2};
    if (first8.size() != std::size(weights)) return std::nullopt;
    int sum = 0;
    for (std::size_t i = 0; i < first8.size(); ++i) {
        const char c = first8[i];
        if (is_digit(c)) sum += (c - '0') * weights[i];
        else if (c >= 'A' && c <= 'Z') sum += (c - 'A' + 10) * weights[i];
        else return std::nullopt;
    }
    const int check = 11 - sum % 11;
    if (check == 10) return 'X';
    if (check == 11) return '0';
    return static_cast<char>('0' + check);
}

bool card_number_valid(std::string_view nine) { return nine.size() == 9 && card_number_check(nine.substr(0, 8)) == nine[8]; }

std::optional<Secret> pin_bcd(const Secret& digits) {
    const auto view = digits.view();
    const std::string_view text{reinterpret_cast<const char*>(view.data()), view.size()};
    if (text.size() != pin_digits || !std::ranges::all_of(text, is_digit)) return std::nullopt;
    return Secret{bcd(text, pin_digits / 2)};
}

}  // namespace drivers
