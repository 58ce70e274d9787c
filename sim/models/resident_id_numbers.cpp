// The two check characters: ISO 7064 MOD 11-2, and ICAO's 7-3-1 on the cards of 2017.
#include "sim/models/resident_id_numbers.hpp"

#include <algorithm>
#include <stdexcept>

namespace sim {

namespace {
void must_be(std::string_view part, std::size_t size, char from, char to) {
    if (part.size() != size || !std::ranges::all_of(part, [&](char c) { return c >= from && c <= to; })) throw std::invalid_argument("a part of a number has a wrong shape");
}

/// The pure system: a 1 remains when every place has been doubled and added.
std::string with_mod_11_2(std::string number) {
    int rest = 0;
    for (const char c : number) rest = (rest + (c - '0')) * 2 % 11;
    const int check = (12 - rest) % 11;
    number += check == 10 ? 'X' : static_cast<char>('0' + check);
    return number;
}

std::string with_731(std::string number) {
    static constexpr int weights[] = {7, 3, 1};
    int sum = 0;
    for (std::size_t i = 0; i < number.size(); ++i) sum += weights[i % 3] * (number[i] >= 'A' ? number[i] - 'A' + 10 : number[i] - '0');
    number += static_cast<char>('0' + sum % 10);
    return number;
}
}  // namespace

std::string resident_number(std::string_view area, std::string_view birth, std::string_view sequence) {
    must_be(area, 6, '0', '9');
    must_be(birth, 8, '0', '9');
    must_be(sequence, 3, '0', '9');
    return with_mod_11_2(std::string{area}.append(birth).append(sequence));
}

std::string permanent_number_2017(std::string_view alpha3, std::string_view area, std::string_view birth, char digit) {
    must_be(alpha3, 3, 'A', 'Z');
    must_be(area, 4, '0', '9');
    must_be(birth, 8, '0', '9');
    must_be({&digit, 1}, 1, '0', '9');
    return with_731(std::string{alpha3}.append(area).append(birth.substr(2)) + digit);
}

std::string permanent_number_2023(std::string_view province, std::string_view country, std::string_view birth, std::string_view sequence) {
    must_be(province, 2, '0', '9');
    must_be(country, 3, '0', '9');
    must_be(birth, 8, '0', '9');
    must_be(sequence, 3, '0', '9');
    return with_mod_11_2(std::string{"9"}.append(province).append(country).append(birth).append(sequence));
}

}  // namespace sim
