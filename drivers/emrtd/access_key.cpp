// Check digits and the hash over the MRZ information.
#include "drivers/emrtd/access_key.hpp"

#include "drivers/emrtd/crypto.hpp"

#include <algorithm>

namespace drivers::emrtd {

namespace {
constexpr std::size_t number_chars = 9, date_chars = 6, bac_seed_bytes = 16;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct WipedText {
    std::string text;
    ~WipedText() { wipe(text); }
};

bool is_date(std::string_view text) {
    return text.size() == date_chars && std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '<'; });
}
}  // namespace

std::optional<char> check_digit(std::string_view text) {
    static constexpr int weights[] = {7, 3, 1};
    int sum = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        int value = 0;
        if (is_digit(c)) value = c - '0';
        else if (c >= 'A' && c <= 'Z') value = c - 'A' + 10;
        else if (c != '<') return std::nullopt;
        sum = (sum + value * weights[i % std::size(weights)]) % 10;
    }
    return static_cast<char>('0' + sum);
}

Result<AccessKey> AccessKey::from_mrz(std::string_view number, std::string_view birth, std::string_view expiry) {
    if (number.empty() || number.size() > max_number_chars) return fail(FaultCode::document_invalid, "document number has a wrong length");
    if (!is_date(birth) || !is_date(expiry)) return fail(FaultCode::document_invalid, "date is not YYMMDD");
    WipedText info;
    info.text.reserve(max_number_chars + 1 + 2 * (date_chars + 1));  // no reallocation: a copy would stay behind
    info.text = number;
    while (info.text.size() < number_chars) info.text += '<';
    const auto digit = check_digit(info.text);
    if (!digit) return fail(FaultCode::document_invalid, "document number has a character that no MRZ has");
    info.text += *digit;
    for (const auto date : {birth, expiry}) {
        info.text += date;
        info.text += check_digit(date).value();
    }
    return AccessKey{sha1(as_view(info.text)), false};
}

Result<AccessKey> AccessKey::from_can(std::string_view digits) {
    if (digits.size() != can_digits || !std::ranges::all_of(digits, is_digit)) return fail(FaultCode::document_invalid, "card access number is not six digits");
    return AccessKey{Secret{digits}, true};
}

std::optional<View> AccessKey::bac_seed() const {
    if (is_can_) return std::nullopt;
    return secret_.view().first(bac_seed_bytes);
}

}  // namespace drivers::emrtd
