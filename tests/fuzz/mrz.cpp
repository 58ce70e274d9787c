// The machine readable zone, parsed and put right: what is accepted parses again unchanged, what is put right satisfies its own digits, and every refusal has a sentence.
#include "drivers/mrz/mrz.hpp"

using namespace drivers;
using namespace std::chrono_literals;

namespace {
void require(bool ok) {
    if (!ok) __builtin_trap();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    const View text = std::as_bytes(std::span{bytes, size});
    constexpr std::chrono::year_month_day today = 2026y / 11 / 22;
    const auto parsed = parse_mrz(text, today);
    const auto corrected = correct_mrz(text, today);
    if (parsed) {
        require(corrected.has_value() && corrected->changed == 0);
        require(parsed->expiry.ok() && !parsed->number.empty() && parsed->number.size() <= max_mrz_number);
        require(mrz_format(text).has_value() && mrz_access_key(*parsed).has_value());
    } else {
        require(parsed.error().detail.starts_with("mrz: "));
    }
    if (corrected) {
        const auto again = parse_mrz(as_view(corrected->text), today);
        require(again.has_value() && again->number == corrected->mrz.number && again->expiry == corrected->mrz.expiry);
        require(corrected->changed <= max_mrz_corrections);
    } else {
        require(corrected.error().detail.starts_with("mrz: "));
    }
    (void)mrz_chinese_name(to_string(text));
    return 0;
}
