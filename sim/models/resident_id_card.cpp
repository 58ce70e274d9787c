// The resident ID card and the staff badge as a PC/SC page reader shows them: pages of a 1284-byte stream, a UID.
// Written from the facts (resident-id-reader.md, resident-id-text-layouts.md): UTF-16LE fields padded with blanks.
#include "sim/models/answer.hpp"
#include "sim/models/smart_card.hpp"

#include <algorithm>
#include <array>

namespace sim {
namespace {

constexpr std::size_t page_bytes = 256, text_bytes = 256, photo_bytes = 1024;
constexpr Time page_time = std::chrono::milliseconds{90};  // a whole read of 0.5 to 1.5 s, as readers take over the air
constexpr Time slow_page_time = std::chrono::milliseconds{1500};

void append_unit(Bytes& out, char32_t unit) {
    out.push_back(static_cast<std::byte>(unit & 0xFF));
    out.push_back(static_cast<std::byte>(unit >> 8));
}

/// One character of UTF-8 at `at`, which moves on; a broken sequence counts as U+FFFD and one byte.
char32_t next_character(std::string_view text, std::size_t& at) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
    if (length == 0 || at + length > text.size()) {
        ++at;
        return 0xFFFD;
    }
    char32_t c = length == 1 ? first : first & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i) c = c << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3Fu);
    at += length;
    return c;
}

/// A field of the text: UTF-16LE at an even offset, cut to its size; a surrogate pair is never cut in half.
void put(Bytes& block, std::size_t offset, std::size_t size, std::string_view text) {
    Bytes units;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = next_character(text, at);
        if (units.size() + (c > 0xFFFF ? 4 : 2) > size) break;
        if (c > 0xFFFF) append_unit(units, 0xD800 + ((c - 0x10000) >> 10));
        append_unit(units, c > 0xFFFF ? 0xDC00 + ((c - 0x10000) & 0x3FF) : c);
    }
    std::ranges::copy(units, block.begin() + static_cast<std::ptrdiff_t>(offset));
}

std::string two_digits(int n) { return {static_cast<char>('0' + n / 10 % 10), static_cast<char>('0' + n % 10)}; }
std::string one_digit(int n) { return {static_cast<char>('0' + n % 10)}; }

constexpr std::size_t variant_place = 248;

/// ' ' and J lie alike up to offset 220; there J has the travel permit's number.
void put_resident(Bytes& block, const PersonRecord& p, bool permit) {
    put(block, 0, 30, p.name);
    put(block, 30, 2, one_digit(p.sex));
    put(block, 36, 16, p.birth);
    put(block, 52, 70, p.address);
    put(block, 122, 36, p.number);
    put(block, 158, 30, p.authority);
    if (permit) {
        put(block, 220, 18, p.pass_number);
        put(block, 238, 4, two_digits(p.issue_count));
    } else {
        put(block, 32, 4, two_digits(p.nation));
    }
}

void put_permanent_2017(Bytes& block, const PersonRecord& p) {
    put(block, 0, 120, p.name_latin);
    put(block, 120, 2, one_digit(p.sex));
    put(block, 122, 30, p.number);
    put(block, 152, 6, p.nationality);
    put(block, 158, 30, p.name);
    put(block, 220, 16, p.birth);
    put(block, 236, 4, two_digits(p.issue_count));
    put(block, 240, 8, p.authority_code);
}

void put_permanent_2023(Bytes& block, const PersonRecord& p) {
    constexpr std::size_t first_part = 35;  // characters; the rest stands in the second
    put(block, 0, 30, p.name);
    put(block, 30, 2, one_digit(p.sex));
    put(block, 32, 4, two_digits(p.issue_count));
    put(block, 36, 16, p.birth);
    put(block, 52, 70, p.name_latin.substr(0, first_part));
    if (p.name_latin.size() > first_part) put(block, 220, 22, p.name_latin.substr(first_part));
    put(block, 122, 36, p.number);
    put(block, 242, 6, p.nationality);
    put(block, 250, 6, p.earlier_number);
}

Bytes text_block(const PersonRecord& p, char variant) {
    Bytes block;
    while (block.size() < text_bytes) append_unit(block, U' ');
    if (variant == 'I') put_permanent_2017(block, p);
    else if (variant == 'Y') put_permanent_2023(block, p);
    else put_resident(block, p, variant == 'J');
    put(block, 188, 16, p.valid_from);
    put(block, 204, 16, p.valid_to);
    block[variant_place] = static_cast<std::byte>(variant);
    return block;
}

/// The photograph is a vendor's format that nobody opens here: bytes that belong to this card.
Bytes photo_block(View uid) {
    std::uint64_t seed = 7;
    for (const std::byte b : uid) seed = seed * 257 + std::to_integer<unsigned>(b);
    Dice dice(seed);
    Bytes out(photo_bytes);
    for (std::byte& b : out) b = static_cast<std::byte>(dice.next() >> 24);
    return out;
}

/// A typical ISO 14443 A storage card, as contactless readers announce it (PC/SC part 3).
constexpr std::array badge_atr = {0x3B, 0x8F, 0x80, 0x01, 0x80, 0x4F, 0x0C, 0xA0, 0x00, 0x00, 0x03, 0x06, 0x03, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x6A};

}  // namespace

ResidentIdCard::ResidentIdCard(PersonRecord person_, std::uint64_t seed) : person(std::move(person_)) {
    Dice dice(seed);
    for (int i = 0; i < 4; ++i) uid.push_back(static_cast<std::byte>(dice.next() >> 24));
}

Bytes ResidentIdCard::reset() {
    if (disturbance == Disturbance::off) return {};
    // Fifteen historical bytes "IDCARDNATID" and zeros, then TCK: our stated convention for a reader that tells the card's type in the ATR.
    Bytes atr = bytes_of({0x3B, 0x8F, 0x80, 0x01});
    for (const char c : std::string_view{"IDCARDNATID\0\0\0\0", 15}) atr.push_back(static_cast<std::byte>(c));
    std::byte check{};
    for (std::size_t i = 1; i < atr.size(); ++i) check ^= atr[i];
    atr.push_back(check);
    return atr;
}

Bytes ResidentIdCard::answer(View apdu, Time& took) {
    took = disturbance == Disturbance::slow || disturbance == Disturbance::delayed ? slow_page_time : page_time;
    if (disturbance == Disturbance::off || disturbance == Disturbance::stuck || disturbance == Disturbance::unplugged) return {};
    if (apdu.size() < 4) return status(0x6700);
    const auto at = [&](std::size_t i) { return std::to_integer<int>(apdu[i]); };
    if (at(0) != 0xFF) return status(0x6E00);
    if (at(1) == 0xCA && at(2) == 0 && at(3) == 0) {
        return with_status(uid, 0x9000);
    }
    if (at(1) != 0xB0) return status(0x6D00);
    if (apdu.size() != 5 || at(4) != 0) return status(0x6700);
    if (at(2) > 5 || at(3) != 0) return status(0x6B00);
    ++reads;
    if (disturbance == Disturbance::intermittent && reads % 3 == 0) return status(0x6300);

    Bytes stream = bytes_of({text_bytes >> 8, text_bytes & 0xFF, photo_bytes >> 8, photo_bytes & 0xFF});
    Bytes text = text_block(person, variant);
    if (disturbance == Disturbance::wrong) {  // a text of another shape: the other byte order
        for (std::size_t i = 0; i + 1 < text.size(); i += 2) std::swap(text[i], text[i + 1]);
    }
    append(stream, text);
    append(stream, photo_block(uid));
    if (disturbance == Disturbance::garbage) {
        for (std::size_t i = 0; i < stream.size(); i += 7) stream[i] ^= std::byte{0x15};
    }
    const std::size_t from = page_bytes * static_cast<std::size_t>(at(2));
    std::size_t size = std::min(page_bytes, stream.size() - from);
    if (half_page == at(2)) size /= 2;
    Bytes out(stream.begin() + static_cast<std::ptrdiff_t>(from), stream.begin() + static_cast<std::ptrdiff_t>(from + size));
    return with_status(std::move(out), 0x9000);
}

Bytes BadgeCard::reset() {
    Bytes atr;
    for (const int b : badge_atr) atr.push_back(static_cast<std::byte>(b));
    return atr;
}

Bytes BadgeCard::answer(View apdu, Time& took) {
    took = std::chrono::milliseconds{10};
    const auto at = [&](std::size_t i) { return std::to_integer<int>(apdu[i]); };
    if (apdu.size() != 5 || at(0) != 0xFF || at(1) != 0xCA || at(2) != 0 || at(3) != 0) return status(0x6D00);
    return with_status(uid, 0x9000);
}

}  // namespace sim
