// The text that opens the chip: what BAC and PACE hash (9303-11, D.2 and 4.4.4.1), from a zone or from typed fields.
// Permits use the same parts whatever their layout.
#include "drivers/mrz/layout.hpp"

namespace drivers {

namespace {
using mrz_room::digit_of;

/// The three parts are within A-Z 0-9 '<' here.
Secret key_of(std::string number, std::string_view birth, std::string_view expiry) {
    static constexpr std::size_t number_field = 9;
    number.resize(std::max(number.size(), number_field), '<');
    std::string all;
    all.reserve(max_mrz_number + 15);
    all += number;
    all += digit_of(number);
    all += birth;
    all += digit_of(birth);
    all += expiry;
    all += digit_of(expiry);
    Secret key{std::string_view{all}};
    wipe(all);
    wipe(number);
    return key;
}

std::string six_digits(std::chrono::year_month_day day) {
    return fmt::format("{:02}{:02}{:02}", static_cast<int>(day.year()) % 100, static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

bool in_zone(std::string_view text) { return mrz_check_digit(text).has_value(); }
bool four_digit_year(std::chrono::year_month_day day) { return day.ok() && day.year() >= std::chrono::year{1800} && day.year() <= std::chrono::year{2199}; }
}  // namespace

Result<Secret> mrz_access_key(const Mrz& mrz) {
    using mrz_room::Field;
    if (mrz.number.empty() || mrz.number.size() > max_mrz_number || !in_zone(mrz.number)) return mrz_room::bad(Field::number, "none to make a key of");
    if (mrz.birth_text.size() != 6 || !in_zone(mrz.birth_text)) return mrz_room::bad(Field::birth, "none to make a key of");
    if (mrz.expiry_text.size() != 6 || !in_zone(mrz.expiry_text)) return mrz_room::bad(Field::expiry, "none to make a key of");
    return key_of(mrz.number, mrz.birth_text, mrz.expiry_text);
}

Result<Secret> mrz_access_key(std::string_view number, std::chrono::year_month_day birth, std::chrono::year_month_day expiry) {
    using mrz_room::Field;
    if (number.empty()) return mrz_room::bad(Field::number, "empty");
    if (number.size() > max_mrz_number) return mrz_room::bad(Field::number, "too long");
    std::string upper{number};
    for (char& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    const bool good = in_zone(upper) && upper.front() != '<';
    if (!good) {
        wipe(upper);
        return mrz_room::bad(Field::number, "only letters and digits, '<' between them");
    }
    if (!four_digit_year(birth)) return mrz_room::bad(Field::birth, "no such day");
    if (!four_digit_year(expiry)) return mrz_room::bad(Field::expiry, "no such day");
    if (birth >= expiry) return mrz_room::bad(Field::expiry, "not after the date of birth");
    return key_of(std::move(upper), six_digits(birth), six_digits(expiry));
}

}  // namespace drivers
