// Invented holders: names of syllables, numbers of dice, check digits by the rule of 9303-3 written out once more (the house's own is what is tested).
#include "sim/models/document_page.hpp"

#include <algorithm>

namespace sim {

namespace {
int check_digit(const std::string& text) {
    constexpr int weights[] = {7, 3, 1};
    int sum = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        sum += weights[i % 3] * (c == '<' ? 0 : c <= '9' ? c - '0' : c - 'A' + 10);
    }
    return sum % 10;
}
std::string with_check(const std::string& text) { return text + static_cast<char>('0' + check_digit(text)); }

class Inventor {
  public:
    explicit Inventor(std::uint64_t seed) : dice_(seed) {
        for (int i = 0; i < 4; ++i) dice_.next();
    }
    std::string of(std::string_view letters, std::size_t count) {
        std::string out;
        while (out.size() < count) out += letters[dice_.below(letters.size())];
        return out;
    }
    std::string digits(std::size_t count) { return of("0123456789", count); }
    std::string name(std::size_t width) {
        std::string out = word(1 + dice_.below(3)) + "<<" + word(1 + dice_.below(3));
        if (dice_.one_in(3)) out += "<" + word(1 + dice_.below(2));
        return filled(out, width);
    }
    std::string date(int first, int last) {
        const auto two = [](std::uint64_t n) { return std::string{static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)}; };
        const auto year = static_cast<std::uint64_t>(first) + dice_.below(static_cast<std::uint64_t>(last - first + 1));
        return two(year % 100) + two(1 + dice_.below(12)) + two(1 + dice_.below(28));
    }
    std::string birth() { return date(1945, 2006); }
    std::string expiry() { return date(2027, 2036); }
    std::string sex() { return of("MF", 1); }
    std::string state() {
        static constexpr std::string_view states[] = {"CHN", "UTO", "FRA", "JPN", "KOR", "VNM", "GBR", "USA", "AUS", "KAZ", "QAT", "BRA", "ISL", "ZWE"};
        return std::string(states[dice_.below(std::size(states))]);
    }
    bool one_in(std::uint64_t n) { return dice_.one_in(n); }
    static std::string filled(std::string text, std::size_t width) {
        text.resize(width, '<');
        return text;
    }

  private:
    /// Every letter of the alphabet comes up.
    std::string word(std::uint64_t syllables) {
        static constexpr std::string_view parts[] = {"XIAO", "LAN", "HUANG", "WEI", "QI", "ZHOU", "JING", "MING", "BO", "YU", "TAO", "FEN", "GUO", "PIN", "RUI", "VIK", "OLD", "DOS", "KELS", "ABDU", "MAR", "IA", "CZE", "TIL"};
        std::string out;
        for (std::uint64_t i = 0; i < syllables; ++i) out += parts[dice_.below(std::size(parts))];
        return out;
    }
    Dice dice_;
};
constexpr std::string_view letters_and_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

std::vector<std::string> passport(Inventor& in, std::size_t width) {
    const bool book = width == 44;
    const auto state = in.state();
    const std::string first = (book ? "P<" : "I<") + state + in.name(width - 5);
    const auto number = with_check(in.of(letters_and_digits, 1) + in.of(letters_and_digits, 1) + in.digits(7)), birth = with_check(in.birth()), sex = in.sex(), expiry = with_check(in.expiry());
    std::string optional;
    if (book) {
        optional = Inventor::filled(in.one_in(2) ? in.of(letters_and_digits, 4 + (in.one_in(2) ? 6u : 0u)) : "", 14);
        optional = optional == std::string(14, '<') ? optional + "<" : with_check(optional);
    } else {
        optional = Inventor::filled(in.one_in(2) ? in.digits(5) : "", 7);
    }
    return {first, number + state + birth + sex + expiry + optional +
                       static_cast<char>('0' + check_digit(number + birth + expiry + optional))};
}

std::vector<std::string> card(Inventor& in) {
    const auto state = in.state();
    const auto number = with_check(in.of(letters_and_digits, 1) + in.digits(8)), optional = Inventor::filled(in.one_in(2) ? in.of(letters_and_digits, 9) : "", 15);
    const auto birth = with_check(in.birth()), sex = in.sex(), expiry = with_check(in.expiry()), more = Inventor::filled("", 11);
    return {"I<" + state + number + optional, birth + sex + expiry + state + more + static_cast<char>('0' + check_digit(number + optional + birth + expiry + more)), in.name(30)};
}

std::vector<std::string> permit(Inventor& in, bool taiwan) {
    const auto number = with_check(taiwan ? in.digits(8) + "<" : in.of("HM", 1) + in.digits(8));
    const std::string count = Inventor::filled(in.one_in(2) ? "0" + in.digits(1) : "", 3);
    const auto local = Inventor::filled(std::string(19, '<') + in.of("ABCDEFGHJKMNPRSTUVWXYZ", 1) + in.digits(9), 30);
    return {(taiwan ? "CT" : "CR") + number + count + with_check(in.expiry()) + in.sex() + with_check(in.birth()), local, in.name(30)};
}

std::vector<std::string> one_line(Inventor& in) {
    const auto number = with_check("C" + in.of("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", 1) + in.digits(7)), expiry = with_check(in.expiry()), birth = with_check(in.birth());
    return {"CS" + number + "<" + expiry + "<" + birth + "<" + static_cast<char>('0' + check_digit(number + expiry + birth))};
}
}  // namespace

std::vector<std::string> invented_zone(int which, std::uint64_t seed) {
    Inventor in(seed * 6 + static_cast<std::uint64_t>(which));
    switch (which) {
        case 0: return passport(in, 44);
        case 1: return passport(in, 36);
        case 2: return card(in);
        case 3: return permit(in, false);
        case 4: return permit(in, true);
        default: return one_line(in);
    }
}

}  // namespace sim
