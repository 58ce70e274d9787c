// Texts and numbers in the form that the chip's records keep them (facts: social-security-card-files.md, "Types").
#include "drivers/ss_card/ss_card.hpp"

#include <iconv.h>

namespace drivers {

namespace {
constexpr std::size_t pin_digits = 6;
bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Converter {
    Converter(const char* to, const char* from) : handle(iconv_open(to, from)) {}
    ~Converter() {
        if (usable()) iconv_close(handle);
    }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;
    [[nodiscard]] bool usable() const { return handle != reinterpret_cast<iconv_t>(-1); }
    iconv_t handle;
};

constexpr std::size_t max_text_bytes = 1024;  ///< of anything that a card or a name may hold

/// Nothing for a byte or character that has no counterpart.
std::optional<std::string> converted(const char* to_set, const char* from_set, std::string_view text) {
    constexpr std::size_t growth = 4;  // no character of either side has more bytes
    const Converter converter(to_set, from_set);
    if (!converter.usable() || text.size() > max_text_bytes) return std::nullopt;
    std::string out(text.size() * growth, '\0');
    auto* in = const_cast<char*>(text.data());  // iconv's prototype; it does not write there
    auto in_left = text.size();
    auto* to = out.data();
    auto to_left = out.size();
    // A non-zero result counts irreversible conversions: a character that only resembles is not the person's name.
    if (in_left > 0 && iconv(converter.handle, &in, &in_left, &to, &to_left) != 0) return std::nullopt;
    out.resize(out.size() - to_left);
    return out;
}

/// Bytes of the character that begins `text`, as GB 18030 counts them.
std::size_t character_bytes(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x81 || text.size() < 2) return 1;
    const auto second = static_cast<unsigned char>(text[1]);
    return second >= 0x30 && second <= 0x39 ? 4 : 2;
}

Bytes padded(std::string_view text, std::size_t size, std::byte pad) {
    Bytes out(size, pad);
    std::ranges::copy(as_view(text), out.begin());
    return out;
}

View unfilled(View value) {
    while (!value.empty() && (value.back() == std::byte{0x00} || value.back() == std::byte{0xFF})) value = value.first(value.size() - 1);
    return value;
}

/// C0, DEL, or C1, which is C2 80 to C2 9F in UTF-8.
bool has_control(std::string_view utf8) {
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto c = static_cast<unsigned char>(utf8[i]);
        if (c < 0x20 || c == 0x7F) return true;
        if (c == 0xC2 && i + 1 < utf8.size() && static_cast<unsigned char>(utf8[i + 1]) < 0xA0) return true;
    }
    return false;
}

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

std::optional<Bytes> an_value(std::string_view utf8, std::size_t size, std::byte pad, Charset charset) {
    auto text = converted(charset == Charset::gbk ? "GBK" : "GB18030", "UTF-8", utf8);
    if (!text || text->size() > size) return std::nullopt;
    auto out = padded(*text, size, pad);
    wipe(*text);
    return out;
}

std::optional<NameValues> name_values(std::string_view utf8) {
    constexpr std::size_t name_bytes = 0x1E, extension_bytes = 0x14;
    auto text = converted("GB18030", "UTF-8", utf8);
    if (!text) return std::nullopt;
    std::size_t cut = 0;
    for (std::string_view rest = *text; !rest.empty();) {
        const auto size = character_bytes(rest);
        if (cut + size > name_bytes) break;
        cut += size;
        rest.remove_prefix(size);
    }
    const std::string_view whole = *text, rest = whole.substr(cut);
    if (rest.size() > extension_bytes) return std::nullopt;
    NameValues out{padded(whole.substr(0, cut), name_bytes, std::byte{0}), rest.empty() ? Bytes{} : padded(rest, extension_bytes, std::byte{0})};
    wipe(*text);
    return out;
}

std::string unpadded(View value) {
    value = unfilled(value);
    while (!value.empty() && value.back() == std::byte{' '}) value = unfilled(value.first(value.size() - 1));
    return to_string(value);
}

std::optional<std::string> an_text(View value) {
    auto text = converted("UTF-8", "GB18030", unpadded(value));
    // What a card says is shown on terminals: no control character gets through.
    if (!text || has_control(*text)) return std::nullopt;
    return text;
}

std::optional<std::string> name_text(View name, View extension) {
    auto whole = to_bytes(unfilled(name));  // a blank before the border belongs to the name
    whole.insert(whole.end(), extension.begin(), extension.end());
    auto text = an_text(whole);
    wipe(whole);
    return text;
}

std::optional<Bytes> cn_value(std::string_view digits, std::size_t size) {
    if (digits.size() > 2 * size || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
    return bcd(digits, size);
}

std::optional<std::string> cn_text(View value) {
    auto text = hex(value);
    while (text.ends_with('F')) text.pop_back();
    if (!std::ranges::all_of(text, is_digit)) return std::nullopt;
    return text;
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

bool identification_code_plausible(View code) {
    constexpr std::size_t code_bytes = 16, area_bytes = 3;
    constexpr std::byte issuer[] = {std::byte{0xD1}, std::byte{0x56}, std::byte{0x00}, std::byte{0x00}, std::byte{0x05}};
    return code.size() == code_bytes && std::ranges::all_of(hex(code.first(area_bytes)), is_digit) && std::ranges::equal(code.subspan(area_bytes, std::size(issuer)), issuer);
}

std::optional<Secret> pin_bcd(const Secret& digits) {
    const auto view = digits.view();
    const std::string_view text{reinterpret_cast<const char*>(view.data()), view.size()};
    if (text.size() != pin_digits || !std::ranges::all_of(text, is_digit)) return std::nullopt;
    return Secret{bcd(text, pin_digits / 2)};
}

}  // namespace drivers
