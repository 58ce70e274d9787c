// Reading a zone whose layout is known: check digits first, then what the fields mean.
// Long document numbers after 9303-5 note j (9303-6 likewise): a filler for the check digit, the rest and its digit in the optional data.
#include "drivers/mrz/layout.hpp"

namespace drivers::mrz_room {

namespace {
using std::chrono::year_month_day;

int value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
    return 0;
}

/// The number as it counts: where it stands in whole, its check digit, and how much of the optional data it took.
struct Number {
    std::string text;
    char check = '0';
    std::size_t taken = 0;
};

bool may_run_over(MrzFormat format) { return format == MrzFormat::td1 || format == MrzFormat::td2; }

Result<Number> number_of(const Zone& zone) {
    const auto field = zone.at(*zone.layout->find(Field::number));
    const char check = zone.at(*zone.layout->find(Field::number_check))[0];
    if (field.front() == '<') return bad(Field::number, "begins with a filler");
    Number number{std::string{field}, check, 0};
    if (check == '<' && may_run_over(zone.layout->format)) {
        if (field.back() == '<') return bad(Field::number_check, "missing");
        const auto more = zone.at(*zone.layout->find(Field::optional));
        const auto run = more.substr(0, more.find('<'));
        if (run.size() < 2) return bad(Field::number, "runs over, but the optional data does not continue it");
        number.text += run.substr(0, run.size() - 1);
        number.check = run.back();
        number.taken = run.size();
    }
    if (number.check != digit_of(number.text)) return bad(Field::number, "check digit");
    number.text = without_fillers(number.text);
    return number;
}

Result<void> check_digits(const Zone& zone) {
    const auto& layout = *zone.layout;
    for (const auto& check : layout.checks) {
        if (check.field == Field::number) continue;  // number_of
        const auto data = zone.at(check.data);
        const char digit = zone.text[check.digit];
        // 9303-4: the optional data's digit may be a filler when there is no such data.
        const bool left_open = digit == '<' && without_fillers(data).empty();
        if (!left_open && digit != digit_of(data)) return bad(check.field, "check digit");
    }
    if (layout.composite) {
        std::string all;
        for (const auto part : layout.composite->parts) all += zone.at(part);
        const bool right = zone.text[layout.composite->digit] == digit_of(all);
        wipe(all);
        if (!right) return bad(Field::composite, "wrong");
    }
    return {};
}

int two_digits(std::string_view text, std::size_t at) { return value(text[at]) * 10 + value(text[at + 1]); }

/// The last day YYMMDD that exists and is not after `limit`; looks back two centuries.
std::optional<year_month_day> last_before(std::string_view text, year_month_day limit) {
    const int century = static_cast<int>(limit.year()) / 100 * 100;
    for (const int base : {century, century - 100}) {
        const year_month_day day{std::chrono::year{base + two_digits(text, 0)}, std::chrono::month{static_cast<unsigned>(two_digits(text, 2))},
                                 std::chrono::day{static_cast<unsigned>(two_digits(text, 4))}};
        if (day.ok() && day <= limit) return day;
    }
    return std::nullopt;
}

Result<void> read_dates(const Zone& zone, year_month_day today, Mrz& mrz) {
    static constexpr std::chrono::years window{50};  // a document lives ten years: fifty either way leaves no doubt
    mrz.expiry_text = zone.at(*zone.layout->find(Field::expiry));
    mrz.birth_text = zone.at(*zone.layout->find(Field::birth));
    const year_month_day furthest{std::chrono::sys_days{today + window - std::chrono::months{1}}};  // sys_days: 29 February may move into March
    const auto expiry = last_before(mrz.expiry_text, furthest);
    if (!expiry) return bad(Field::expiry, "no such day");
    mrz.expiry = *expiry;
    if (mrz.birth_text.find('<') != std::string::npos) {
        // 9303-3, 4.8: unknown parts are filled in pairs.
        for (std::size_t at = 0; at < mrz.birth_text.size(); at += 2)
            if ((mrz.birth_text[at] == '<') != (mrz.birth_text[at + 1] == '<')) return bad(Field::birth, "half a part left open");
        if (mrz.birth_text[2] != '<' && (two_digits(mrz.birth_text, 2) < 1 || two_digits(mrz.birth_text, 2) > 12)) return bad(Field::birth, "no such month");
        if (mrz.birth_text[4] != '<' && (two_digits(mrz.birth_text, 4) < 1 || two_digits(mrz.birth_text, 4) > 31)) return bad(Field::birth, "no such day");
        return {};
    }
    const year_month_day eve{std::chrono::sys_days{mrz.expiry} - std::chrono::days{1}};
    const auto birth = last_before(mrz.birth_text, std::min(today, eve));
    if (!birth) return bad(Field::birth, "no such day");
    mrz.birth = *birth;
    return {};
}

Sex sex_of(char c) {
    switch (c) {
        case 'M':
        case '1': return Sex::male;
        case 'F':
        case '2': return Sex::female;
        default: return Sex::not_stated;
    }
}

Result<std::string> state_of(const Zone& zone, Field field) {
    const auto at = zone.layout->find(field);
    if (!at) return std::string{};
    const auto state = without_fillers(zone.at(*at));
    if (!mrz_state_known(state)) return bad(field, "unknown code");
    return std::string{state};
}

bool digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool letter(char c) { return c >= 'A' && c <= 'Z'; }
bool taiwan_id(std::string_view id) { return id.size() == 10 && letter(id[0]) && digits(id.substr(1)); }
/// One or two letters, six digits, a check character 0 to 9 or A. (Macao's: eight digits.)
bool hong_kong_id(std::string_view id) {
    if (id.size() != 8 && id.size() != 9) return false;
    const auto letters = id.size() - 7;
    return std::ranges::all_of(id.substr(0, letters), letter) && digits(id.substr(letters, 6)) && (digits(id.substr(letters + 6)) || id.back() == 'A');
}

/// CR and CT. Both places are uncertain: what cannot be proven is not said, and refuses nothing.
void read_permit(const Zone& zone, Mrz& mrz) {
    const auto count = zone.at(*zone.layout->find(Field::issue_count));
    const auto two = count.front() == '<' ? count.substr(1) : count.substr(0, 2);
    if (digits(two) && (count.front() == '<' || count.back() == '<')) mrz.issue_count = two_digits(two, 0);

    static constexpr std::size_t local_id_column = 19;
    const auto line = zone.at(*zone.layout->find(Field::optional_2));
    const std::size_t size = zone.layout->format == MrzFormat::permit_taiwan ? 10 : 9;
    const auto id = line.substr(local_id_column, size);
    const auto bare = without_fillers(id);
    const bool formed = zone.layout->format == MrzFormat::permit_taiwan ? taiwan_id(bare) : hong_kong_id(bare) || (bare.size() == 8 && digits(bare));
    if (formed && line[local_id_column + size] == digit_of(id)) mrz.local_id = bare;
}

Result<void> read_names(const Zone& zone, Mrz& mrz) {
    const auto& layout = *zone.layout;
    if (const auto at = layout.find(Field::chinese_name)) {
        auto name = mrz_chinese_name(zone.at(*at));
        if (!name) return std::unexpected(name.error());
        mrz.chinese_name = std::move(*name);
        mrz.chinese_name_fit = zone.at(*at).back() == '<' ? NameFit::whole : NameFit::may_be_cut;
    }
    const auto at = layout.find(Field::names);
    if (!at) return {};
    const auto format = layout.format;
    const bool lenient = format == MrzFormat::permit_hk_macao || format == MrzFormat::permit_taiwan || format == MrzFormat::permit_1999;
    auto name = split_name(zone.at(*at), lenient ? LeadingFillers::skipped : LeadingFillers::refused);
    if (!name) return std::unexpected(name.error());
    mrz.surname = std::move(name->surname);
    mrz.given = std::move(name->given);
    mrz.name_fit = name->fit;
    return {};
}
}  // namespace

char digit_of(std::string_view text) {
    static constexpr int weights[] = {7, 3, 1};
    int sum = 0;
    for (std::size_t i = 0; i < text.size(); ++i) sum += value(text[i]) * weights[i % 3];
    return static_cast<char>('0' + sum % 10);
}

std::string_view without_fillers(std::string_view text) {
    const auto last = text.find_last_not_of('<');
    return last == std::string_view::npos ? std::string_view{} : text.substr(0, last + 1);
}

Result<Mrz> read_zone(const Zone& zone, year_month_day today) {
    if (!today.ok()) return fail(FaultCode::internal, "mrz: today is no day");
    const auto& layout = *zone.layout;
    if (const auto good = check_alphabet(zone); !good) return std::unexpected(good.error());
    auto number = number_of(zone);
    if (!number) return std::unexpected(number.error());
    if (const auto good = check_digits(zone); !good) return std::unexpected(good.error());

    Mrz mrz;
    mrz.format = layout.format;
    mrz.code = zone.at(*layout.find(Field::code));
    mrz.number = std::move(number->text);
    auto issuer = state_of(zone, Field::issuer);
    if (!issuer) return std::unexpected(issuer.error());
    mrz.issuer = layout.find(Field::issuer) ? *issuer : "CHN";
    auto nationality = state_of(zone, Field::nationality);
    if (!nationality) return std::unexpected(nationality.error());
    mrz.nationality = *nationality;
    if (const auto good = read_dates(zone, today, mrz); !good) return std::unexpected(good.error());
    if (const auto at = layout.find(Field::sex)) mrz.sex = sex_of(zone.at(*at)[0]);
    if (const auto good = read_names(zone, mrz); !good) return std::unexpected(good.error());
    if (const auto at = layout.find(Field::optional)) mrz.optional_data = without_fillers(zone.at(*at).substr(number->taken));
    if (const auto at = layout.find(Field::optional_2)) mrz.optional_data_2 = without_fillers(zone.at(*at));
    if (number->taken > 0 && mrz.optional_data.starts_with('<')) mrz.optional_data.erase(0, 1);
    if (layout.find(Field::issue_count)) read_permit(zone, mrz);
    return mrz;
}

}  // namespace drivers::mrz_room

namespace drivers {

std::optional<char> mrz_check_digit(std::string_view text) {
    const auto known = [](char c) { return mrz_room::alphabet_of('n').find(c) != std::string_view::npos; };
    if (!std::ranges::all_of(text, known)) return std::nullopt;
    return mrz_room::digit_of(text);
}

Result<Mrz> parse_mrz(View text, std::chrono::year_month_day today) {
    const auto zone = mrz_room::zone_of(text);
    if (!zone) return std::unexpected(zone.error());
    return mrz_room::read_zone(*zone, today);
}

}  // namespace drivers
