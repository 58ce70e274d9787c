// A document without a chip: name, number and last day are typed, the page is photographed. Staff look at the original before anything is applied for.
#include "drivers/resident_id/resident_id.hpp"
#include "kiosk/journeys/document.hpp"

namespace kiosk {

namespace {
constexpr int typing_tries = 5;

/// Asks until `good` accepts what was typed.
template <class Q, class Good>
awaitable<std::string> enter(Kiosk& kiosk, Q question, Good good) {
    for (int tries = 0;; ++tries) {
        if (tries == typing_tries) co_await to_window(kiosk, GoToWindow::Why::too_many_tries);
        question.refused = tries > 0;
        auto typed = co_await kiosk.stage.ask(question);
        if (good(typed)) co_return typed;
        drivers::wipe(typed);
    }
}

/// Of a resident: permits have numbers of the same form, and a chip.
bool residents_number(std::string_view number) { return drivers::id_number_valid(number) && !drivers::permit_area(number); }

/// GB 11643: the birth date is in the number, and its 17th digit is odd for men.
void fill_from_number(drivers::IdDocument& document) {
    constexpr std::size_t birth_at = 6, birth_size = 8, sex_at = 16;
    document.birth = *drivers::parse_date8(std::string_view(document.number).substr(birth_at, birth_size));
    document.sex = (document.number[sex_at] - '0') % 2 == 1 ? drivers::Sex::male : drivers::Sex::female;
}

/// The code point that begins at `at`, which moves behind it; nothing for bytes that are no UTF-8 of their length.
std::optional<char32_t> next_letter(std::string_view text, std::size_t& at) {
    const auto lead = static_cast<std::uint8_t>(text[at]);
    const std::size_t size = lead < 0x80 ? 1 : lead >= 0xC2 && lead < 0xE0 ? 2 : (lead & 0xF0) == 0xE0 ? 3 : lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
    if (size == 0 || text.size() - at < size) return std::nullopt;
    char32_t code = size == 1 ? lead : lead & (0x3Fu >> (size - 1));
    for (std::size_t i = 1; i < size; ++i) {
        const auto next = static_cast<std::uint8_t>(text[at + i]);
        if ((next & 0xC0) != 0x80) return std::nullopt;
        code = code << 6 | (next & 0x3Fu);
    }
    at += size;
    return code;
}
bool ideograph(char32_t c) {
    return c == 0x3007 || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xE000 && c <= 0xF8FF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF);
}
bool letter(char32_t c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7) || ideograph(c); }
bool between(char32_t c) { return c == ' ' || c == '-' || c == '\'' || c == '.' || c == ',' || c == 0xB7; }
}  // namespace

bool name_valid(std::string_view name) {
    constexpr int most_letters = 50;
    constexpr std::size_t most_bytes = 128;  // of the wire
    if (name.size() > most_bytes) return false;
    int letters = 0;
    bool in_between = true;  // neither at the beginning nor at the end nor two of them (a comma and its blank excepted)
    char32_t before = 0;
    for (std::size_t at = 0; at < name.size();) {
        const auto c = next_letter(name, at);
        if (!c || ++letters > most_letters) return false;
        if (between(*c)) {
            if (in_between && !(*c == ' ' && (before == ',' || before == '.'))) return false;
            in_between = true;
        } else if (letter(*c)) {
            in_between = false;
        } else {
            return false;
        }
        before = *c;
    }
    return letters > 0 && (!in_between || before == '.');
}

awaitable<Identified> type_document(Kiosk& kiosk, Whose whose, drivers::DocumentKind kind) {
    Identified typed;
    auto& document = typed.document;
    document.kind = kind;
    document.evidence = drivers::Evidence::typed;
    document.name = co_await enter(kiosk, EnterName{.whose = whose}, name_valid);
    document.number = co_await enter(kiosk, EnterIdNumber{.whose = whose}, residents_number);
    fill_from_number(document);
    if (kind == drivers::DocumentKind::temporary_id) {
        const auto last = co_await enter(kiosk, EnterExpiry{}, [](std::string_view text) { return drivers::parse_date8(text).has_value(); });
        document.valid_to = drivers::parse_date8(last);
    }
    typed.page = co_await photograph_page(kiosk, kind);
    co_return typed;
}

}  // namespace kiosk
