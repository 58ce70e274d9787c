// The text that opens the chip: what BAC and PACE hash (9303-11, D.2 and 4.4.4.1), from a zone or from typed fields.
// Permits use the same parts whatever their layout.
#include "drivers/mrz/layout.hpp"

namespace drivers {

namespace {
using mrz_room::digit_of;

constexpr std::size_t number_field = 9, date_field = 6;

struct WipedText {
    std::string text;
    ~WipedText() { wipe(text); }
};

/// The three parts are within A-Z 0-9 '<' here.
Secret key_of(std::string_view number, std::string_view birth, std::string_view expiry) {
    WipedText all;
    all.text.reserve(max_mrz_number + 15);  // no reallocation: a copy would stay behind
    all.text = number;
    if (number.size() < number_field) all.text.append(number_field - number.size(), '<');
    all.text += digit_of(all.text);
    for (const auto date : {birth, expiry}) {
        all.text += date;
        all.text += digit_of(date);
    }
    return Secret{std::string_view{all.text}};
}

bool in_zone(std::string_view text) { return mrz_check_digit(text).has_value(); }
bool date_in_zone(std::string_view text) { return text.size() == date_field && text.find_first_not_of("0123456789<") == std::string_view::npos; }
bool four_digit_year(std::chrono::year_month_day day) { return day.ok() && day.year() >= std::chrono::year{1800} && day.year() <= std::chrono::year{2199}; }

std::string six_digits(std::chrono::year_month_day day) {
    return fmt::format("{:02}{:02}{:02}", static_cast<int>(day.year()) % 100, static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}
}  // namespace

Result<Secret> mrz_access_key(const Mrz& mrz) {
    using mrz_room::Field;
    if (mrz.number.empty() || mrz.number.size() > max_mrz_number || !in_zone(mrz.number)) return mrz_room::bad(Field::number, "none to make a key of");
    if (!date_in_zone(mrz.birth_text)) return mrz_room::bad(Field::birth, "none to make a key of");
    if (!date_in_zone(mrz.expiry_text)) return mrz_room::bad(Field::expiry, "none to make a key of");
    return key_of(mrz.number, mrz.birth_text, mrz.expiry_text);
}

Result<Secret> mrz_access_key(std::string_view number, std::string_view birth, std::string_view expiry) {
    using mrz_room::Field;
    if (number.empty()) return mrz_room::bad(Field::number, "empty");
    if (number.size() > max_mrz_number) return mrz_room::bad(Field::number, "too long");
    WipedText upper{std::string{number}};
    for (char& c : upper.text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!in_zone(upper.text) || upper.text.front() == '<') return mrz_room::bad(Field::number, "only letters and digits, '<' between them");
    if (!date_in_zone(birth)) return mrz_room::bad(Field::birth, "not YYMMDD");
    if (!date_in_zone(expiry)) return mrz_room::bad(Field::expiry, "not YYMMDD");
    return key_of(upper.text, birth, expiry);
}

Result<Secret> mrz_access_key(std::string_view number, std::chrono::year_month_day birth, std::chrono::year_month_day expiry) {
    using mrz_room::Field;
    if (!four_digit_year(birth)) return mrz_room::bad(Field::birth, "no such day");
    if (!four_digit_year(expiry)) return mrz_room::bad(Field::expiry, "no such day");
    if (birth >= expiry) return mrz_room::bad(Field::expiry, "not after the date of birth");
    const WipedText born{six_digits(birth)}, ends{six_digits(expiry)};
    return mrz_access_key(number, born.text, ends.text);
}

}  // namespace drivers
