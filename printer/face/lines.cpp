// Line breaking of names and of prose. Pango's own would break before a middle dot (it is an ordinary letter to Unicode) and cannot prefer a place.
#include "printer/face/lines.hpp"

#include <algorithm>
#include <array>
#include <pango/pango.h>

namespace printer {

namespace {
constexpr std::array<gunichar, 4> middle_dots{0x00B7, 0x2022, 0x2027, 0x30FB};
constexpr std::array<gunichar, 6> opening_marks{0x3008, 0x300A, 0x300C, 0x300E, 0x3010, 0xFF08};
constexpr std::array<gunichar, 12> closing_marks{0x3001, 0x3002, 0x3009, 0x300B, 0x300D, 0x300F, 0x3011, 0xFF01, 0xFF09, 0xFF0C, 0xFF1A, 0xFF1B};
template <std::size_t n>
bool is_one_of(const std::array<gunichar, n>& set, gunichar c) {
    return std::ranges::find(set, c) != set.end();
}
bool is_middle_dot(gunichar c) { return is_one_of(middle_dots, c); }
}  // namespace

std::vector<Break> breaks_of(const std::string& text) {
    const auto letters = static_cast<std::size_t>(g_utf8_strlen(text.data(), static_cast<gssize>(text.size())));
    std::vector<PangoLogAttr> attributes(letters + 1);
    pango_get_log_attrs(text.data(), static_cast<int>(text.size()), -1, pango_language_from_string("zh-cn"), attributes.data(), static_cast<int>(attributes.size()));
    std::vector<Break> out;
    bool dots = false;
    gunichar before = 0;
    const char* at = text.data();
    for (std::size_t i = 0; i < letters; ++i, at = g_utf8_next_char(at)) {
        const gunichar here = g_utf8_get_char(at);
        dots = dots || is_middle_dot(here);
        // After a dot, before a letter of any script: between two letters Unicode would not.
        if (i > 0 && !is_middle_dot(here) && here != ' ' && (attributes[i].is_line_break || (is_middle_dot(before) && g_unichar_isalpha(here))))
            out.push_back({static_cast<std::size_t>(at - text.data()), is_middle_dot(before) || before == ' '});
        before = here;
    }
    if (!dots)
        for (auto& b : out) b.good = true;
    return out;
}

std::vector<std::size_t> lines_within(const std::vector<Break>& breaks, const std::vector<double>& reach, double whole, double width, bool good_only) {
    std::vector<std::size_t> starts;
    double began = 0, last = 0;      // where the line began, and the last break that is still within it
    std::size_t last_at = 0;
    const auto put = [&](double end) {  // does a piece that ends here still go into this line?
        if (end - began <= width) return true;
        if (last_at == 0 || end - last > width) return false;
        starts.push_back(last_at);
        began = last;
        last_at = 0;
        return true;
    };
    for (std::size_t i = 0; i < breaks.size(); ++i) {
        if (good_only && !breaks[i].good) continue;
        if (!put(reach[i])) return {};
        last = reach[i];
        last_at = breaks[i].at;
    }
    return put(whole) ? starts : std::vector<std::size_t>{};
}

std::vector<Mark> tight_marks(const std::string& text) {
    std::vector<Mark> out;
    gunichar before = 0;
    std::size_t before_at = 0;
    for (const char* at = text.data(); at < text.data() + text.size(); at = g_utf8_next_char(at)) {
        const gunichar here = g_utf8_get_char(at);
        const auto here_at = static_cast<std::size_t>(at - text.data());
        const bool opens = is_one_of(opening_marks, here);
        if (is_one_of(closing_marks, before) && (opens || is_one_of(closing_marks, here))) out.push_back({before_at, here_at});
        if (opens && is_one_of(opening_marks, before)) out.push_back({here_at, static_cast<std::size_t>(g_utf8_next_char(at) - text.data())});
        before = here;
        before_at = here_at;
    }
    return out;
}

std::string broken(std::string_view text, const std::vector<std::size_t>& starts) {
    std::string out;
    std::size_t from = 0;
    const auto line = [&](std::size_t end) {
        auto part = text.substr(from, end - from);
        while (part.ends_with(' ')) part.remove_suffix(1);
        out += part;
        from = end;
    };
    for (const auto start : starts) {
        line(start);
        out += "\u2028";
    }
    line(text.size());
    return out;
}

}  // namespace printer
