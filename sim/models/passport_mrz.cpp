// The machine readable zone as a passport office prints it: ICAO 9303-4 (TD3), 9303-5 (TD1) and the Chinese permits' own layouts (facts:
// emrtd-and-mrz.md; where a place is uncertain it is filled with '<').
#include "sim/models/passport_files.hpp"

#include <algorithm>
#include <iconv.h>
#include <stdexcept>

namespace sim {

namespace {
constexpr std::size_t number_places = 9, td1_optional_places = 15;

std::string field(std::string text, std::size_t size) {
    text.resize(size, '<');
    return text;
}
char check(std::string_view text) {
    static constexpr int weights[] = {7, 3, 1};
    int sum = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        sum += weights[i % 3] * (c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'Z' ? c - 'A' + 10 : 0);
    }
    return static_cast<char>('0' + sum % 10);
}
std::string checked(const std::string& text) { return text + check(text); }
std::string short_date(const std::string& date8) { return date8.substr(2); }

/// Blanks and hyphens become one filler, apostrophes nothing (9303-3, 4.6).
std::string name_words(std::string_view words) {
    std::string out;
    for (const char c : words) {
        if (c == ' ' || c == '-') out += '<';
        else if (c >= 'A' && c <= 'Z') out += c;
        else if (c != '\'') throw std::invalid_argument("a name with a letter that no zone has");
    }
    return out;
}
std::string names(const PassportDescription& d, std::size_t size) {
    const std::string given = name_words(d.given);
    return field(name_words(d.surname) + (given.empty() ? "" : "<<" + given), size);
}

std::string code_of(const PassportDescription& d) {
    if (!d.code.empty()) return field(d.code, 2);
    switch (d.kind) {
        case PassportKind::passport: return d.issuer == "CHN" ? "PO" : "P<";
        case PassportKind::card: return "I<";
        case PassportKind::hk_macao_permit: return "CR";
        case PassportKind::taiwan_permit: return "CT";
        case PassportKind::exit_entry_hk: return "CS";
        case PassportKind::exit_entry_taiwan: return "CD";
    }
    return {};
}

std::vector<std::string> td3(const PassportDescription& d) {
    const std::string number = checked(field(d.number, number_places)), birth = checked(short_date(d.birth)), expiry = checked(short_date(d.expiry));
    const std::string optional = d.personal_number.empty() ? std::string(15, '<') : checked(field(d.personal_number, 14));
    return {code_of(d) + field(d.issuer, 3) + names(d, 39),
            number + field(d.nationality, 3) + birth + d.sex + expiry + optional + check(number + birth + expiry + optional)};
}

/// A number of more than nine characters leaves a filler at its check digit's place and runs on: rest, digit, filler (9303-5, note j).
std::vector<std::string> td1(const PassportDescription& d) {
    std::string number = checked(field(d.number, number_places)), optional = d.personal_number;
    if (d.number.size() > number_places) {
        number = d.number.substr(0, number_places) + '<';
        optional = d.number.substr(number_places) + check(d.number) + '<' + optional;
    }
    const std::string first = number + field(optional, td1_optional_places), birth = checked(short_date(d.birth)), expiry = checked(short_date(d.expiry));
    const std::string rest(11, '<');
    return {code_of(d) + field(d.issuer, 3) + first, birth + d.sex + expiry + field(d.nationality, 3) + rest + check(first + birth + expiry + rest), names(d, 30)};
}

std::vector<std::string> permit(const PassportDescription& d) {
    const std::string count = std::string{static_cast<char>('0' + d.issue_count / 10 % 10), static_cast<char>('0' + d.issue_count % 10), '<'};
    const std::size_t id_places = d.kind == PassportKind::taiwan_permit ? 10 : 9;
    const std::string id = d.local_id.empty() ? "" : checked(field(d.local_id, id_places));
    return {code_of(d) + checked(field(d.number, number_places)) + count + checked(short_date(d.expiry)) + d.sex + checked(short_date(d.birth)),
            field(std::string(19, '<') + id, 30), names(d, 30)};
}

std::vector<std::string> exit_entry(const PassportDescription& d) {
    const std::string number = checked(field(d.number, number_places)), birth = checked(short_date(d.birth)), expiry = checked(short_date(d.expiry));
    return {code_of(d) + number + '<' + expiry + '<' + birth + '<' + check(number + expiry + birth)};
}

/// GBK in letters: each half byte 0 to F as A to P.
std::string chinese_in_letters(std::string name, std::size_t places) {
    const iconv_t to_gbk = iconv_open("GBK", "UTF-8");
    std::string gbk(2 * name.size(), '\0');
    char *in = name.data(), *out = gbk.data();
    std::size_t in_left = name.size(), out_left = gbk.size();
    const bool good = to_gbk != reinterpret_cast<iconv_t>(-1) && iconv(to_gbk, &in, &in_left, &out, &out_left) == 0;
    if (to_gbk != reinterpret_cast<iconv_t>(-1)) iconv_close(to_gbk);
    if (!good) throw std::invalid_argument("a Chinese name that GBK does not have");
    gbk.resize(gbk.size() - out_left);
    std::string letters;
    for (const char c : gbk) {
        letters += static_cast<char>('A' + (static_cast<unsigned char>(c) >> 4));
        letters += static_cast<char>('A' + (static_cast<unsigned char>(c) & 0xF));
    }
    return field(letters, places);
}

bool is_exit_entry(PassportKind kind) { return kind == PassportKind::exit_entry_hk || kind == PassportKind::exit_entry_taiwan; }
}  // namespace

std::vector<std::string> mrz_lines(const PassportDescription& d) {
    switch (d.kind) {
        case PassportKind::passport: return td3(d);
        case PassportKind::card: return td1(d);
        case PassportKind::hk_macao_permit:
        case PassportKind::taiwan_permit: return permit(d);
        case PassportKind::exit_entry_hk:
        case PassportKind::exit_entry_taiwan: return exit_entry(d);
    }
    return {};
}

std::string mrz_of_chip(const PassportDescription& d) {
    std::string all;
    for (const std::string& line : mrz_lines(d)) all += line;
    if (is_exit_entry(d.kind)) all += chinese_in_letters(d.name_zh, 12) + names(d, 18) + d.sex + std::string(29, '<');
    return all;
}

std::string mrz_key_text(const PassportDescription& d) {
    return checked(field(d.number, std::max(number_places, d.number.size()))) + checked(short_date(d.birth)) + checked(short_date(d.expiry));
}

}  // namespace sim

namespace sim::passport {

void must_be_printable(const PassportDescription& d) {
    const auto refuse = [](const char* why) { throw std::invalid_argument(why); };
    const auto only = [](std::string_view text, std::string_view allowed) { return text.find_first_not_of(allowed) == std::string_view::npos; };
    constexpr std::string_view digits = "0123456789", letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", both = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const std::size_t longest = d.kind == PassportKind::card ? number_places + td1_optional_places - 2 : number_places;
    if (d.number.empty() || d.number.size() > longest || !only(d.number, both)) refuse("passport: number");
    for (const std::string* state : {&d.issuer, &d.nationality})
        if (state->empty() || state->size() > 3 || !only(*state, letters)) refuse("passport: issuer or nationality");
    for (const std::string* date : {&d.birth, &d.expiry})
        if (date->size() != 8 || !only(*date, digits)) refuse("passport: birth or expiry");
    if (!d.issued.empty() && (d.issued.size() != 8 || !only(d.issued, digits))) refuse("passport: day of issue");
    if (!only(std::string_view{&d.sex, 1}, "MF<")) refuse("passport: sex");
    if (d.code.size() > 2 || !only(d.code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ<")) refuse("passport: code");
    if (d.surname.empty()) refuse("passport: no surname");
    if (d.personal_number.size() > 14 || !only(d.personal_number, both)) refuse("passport: personal number");
    if (d.local_id.size() > 10 || !only(d.local_id, both)) refuse("passport: local id");
    if (!d.can.empty() && (d.can.size() != 6 || !only(d.can, digits))) refuse("passport: card access number");
    if (!d.bac && d.pace.empty()) refuse("passport: a chip that nothing opens");
    for (const int group : d.groups)
        if (group != 1 && group != 2 && group != 11 && group != 12 && group != 14 && group != 15) refuse("passport: data group that is not made here");
}

}  // namespace sim::passport
