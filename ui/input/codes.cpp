// iconv knows GB 18030.
#include "ui/input/codes.hpp"

#include <charconv>
#include <iconv.h>

namespace ui::input {

namespace {
char32_t from_gb18030(std::string_view bytes) {
    const iconv_t converter = iconv_open("UTF-8", "GB18030");
    if (converter == reinterpret_cast<iconv_t>(-1)) return 0;
    std::string in(bytes), out(8, '\0');
    char *from = in.data(), *to = out.data();
    std::size_t left = in.size(), room = out.size();
    const auto result = iconv(converter, &from, &left, &to, &room);
    iconv_close(converter);
    if (result == static_cast<std::size_t>(-1) || left != 0) return 0;
    out.resize(out.size() - room);
    const auto first = first_character(out);
    return first.bytes == out.size() ? first.character : 0;
}
}  // namespace

std::vector<Candidate> characters_of_code(std::string_view digits) {
    if (digits.size() < 4 || digits.size() > 8) return {};
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc{} || end != digits.data() + digits.size()) return {};
    std::vector<Candidate> out;
    const auto offer = [&](char32_t c) {
        const Candidate candidate{c, digits.size()};
        if (c != 0 && is_ideograph(c) && std::ranges::find(out, candidate) == out.end()) out.push_back(candidate);
    };
    if (digits.size() <= 6) offer(value);
    if (digits.size() == 4 || digits.size() == 8) {
        std::string bytes;
        for (int shift = static_cast<int>(digits.size()) * 4 - 8; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xFFU);
        offer(from_gb18030(bytes));
    }
    return out;
}

}  // namespace ui::input
