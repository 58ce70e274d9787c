// One walk for both files: a table says which tag goes where.
#include "drivers/emrtd/details.hpp"

#include "drivers/emrtd/der.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace drivers::emrtd {

namespace {
using std::chrono::year_month_day;
enum Tag : std::uint32_t {
    nested = 0xA0,
    full_name = 0x5F0E, other_name = 0x5F0F, personal_number = 0x5F10, place_of_birth = 0x5F11, telephone = 0x5F12, profession = 0x5F13, title = 0x5F14, custody = 0x5F18,
    birth = 0x5F2B, address = 0x5F42,
    authority = 0x5F19, endorsements = 0x5F1B, tax_or_exit = 0x5F1C, issued = 0x5F26, personalised_by = 0x5F56
};

std::unexpected<Fault> damaged(std::string_view file, std::string_view what) { return fail(FaultCode::document_unreadable, fmt::format("{} {}", file, what)); }

struct Range {
    std::uint32_t from, to;
};
/// Bytes of a UTF-8 sequence after its first, and what the first gives; nothing for a byte that begins none.
struct Lead {
    int more;
    std::uint32_t bits;
    Range range;
};
std::optional<Lead> lead_of(std::uint8_t b) {
    if (b < 0x80) return Lead{0, b, {0, 0x7F}};
    if (b >= 0xC2 && b < 0xE0) return Lead{1, b & 0x1Fu, {0x80, 0x7FF}};
    if (b >= 0xE0 && b < 0xF0) return Lead{2, b & 0x0Fu, {0x800, 0xFFFF}};
    if (b >= 0xF0 && b < 0xF5) return Lead{3, b & 0x07u, {0x10000, 0x10FFFF}};
    return std::nullopt;
}

/// YYYYMMDD in eight digits, or in four bytes (BCD): states write both.
Result<std::optional<year_month_day>> date_of(View value, std::string_view file) {
    std::string text;
    if (value.size() == 8) text = to_string(value);
    else if (value.size() == 4) text = hex(value);
    else return damaged(file, "has a date of another size");
    const bool good = std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '<'; });
    const auto part = [&text](std::size_t at, std::size_t size) {
        int number = 0;
        std::from_chars(text.data() + at, text.data() + at + size, number);
        return number;
    };
    const year_month_day day{std::chrono::year{part(0, 4)}, std::chrono::month{static_cast<unsigned>(part(4, 2))}, std::chrono::day{static_cast<unsigned>(part(6, 2))}};
    const bool open = text.contains('<') || part(4, 2) == 0 || part(6, 2) == 0;
    wipe(text);
    if (!good) return damaged(file, "has a date that is none");
    if (open) return std::optional<year_month_day>{};  // parts that the state does not know
    if (!day.ok()) return damaged(file, "has a day that does not exist");
    return std::optional{day};
}

Result<void> take_text(View value, std::string_view file, std::string& into) {
    if (value.size() > max_detail_bytes) return damaged(file, "has a text that is too long");
    if (!is_plain_text(value)) return damaged(file, "has a text that is no UTF-8");
    into = to_string(value);
    return {};
}
Result<void> take_date(View value, std::string_view file, std::optional<year_month_day>& into) {
    const auto day = date_of(value, file);
    if (!day) return std::unexpected(day.error());
    into = *day;
    return {};
}

/// A0 { 02 count, name, name ... }; the count is nobody's business
Result<void> take_names(View value, std::vector<std::string>& into) {
    while (!value.empty()) {
        const auto found = take_object(value);
        if (!found) return damaged("DG11", "has a torn list of names");
        if (found->tag != other_name) continue;
        if (into.size() == max_other_names) return damaged("DG11", "has too many names");
        const auto taken = take_text(found->value, "DG11", into.emplace_back());
        if (!taken) return taken;
    }
    return {};
}

/// Every object of a file goes to `take`.
template <class Take>
Result<void> walk(View file, std::uint32_t tag, std::string_view name, Take take) {
    auto body = only_object(file, tag);
    if (!body) return damaged(name, "does not consist of its object");
    for (int i = 0; !body->empty(); ++i) {
        const auto found = take_object(*body);
        if (!found) return damaged(name, "is torn");
        if (i == max_details) return damaged(name, "has too many objects");
        const Result<void> taken = take(*found);
        if (!taken) return taken;
    }
    return {};
}
}  // namespace

bool is_plain_text(View text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = lead_of(u8(text[i++]));
        if (!lead || text.size() - i < static_cast<std::size_t>(lead->more)) return false;
        auto code = lead->bits;
        for (int n = 0; n < lead->more; ++n, ++i) {
            if ((u8(text[i]) & 0xC0) != 0x80) return false;
            code = code << 6 | (u8(text[i]) & 0x3Fu);
        }
        const bool surrogate = code >= 0xD800 && code < 0xE000, control = code < 0x20 || (code >= 0x7F && code < 0xA0);
        if (code < lead->range.from || code > lead->range.to || surrogate || control) return false;
    }
    return true;
}

Result<HolderDetails> parse_dg11(View file) {
    HolderDetails details;
    const auto walked = walk(file, 0x6B, "DG11", [&](const Object& found) -> Result<void> {
        switch (found.tag) {
            case full_name: return take_text(found.value, "DG11", details.full_name);
            case nested: return take_names(found.value, details.other_names);
            case other_name: return take_text(found.value, "DG11", details.other_names.emplace_back());
            case personal_number: return take_text(found.value, "DG11", details.personal_number);
            case birth: return take_date(found.value, "DG11", details.birth);
            case place_of_birth: return take_text(found.value, "DG11", details.place_of_birth);
            case address: return take_text(found.value, "DG11", details.address);
            case telephone: return take_text(found.value, "DG11", details.telephone);
            case profession: return take_text(found.value, "DG11", details.profession);
            case title: return take_text(found.value, "DG11", details.title);
            case custody: return take_text(found.value, "DG11", details.custody);
            default: return {};
        }
    });
    if (!walked) {
        details.wipe();
        return std::unexpected(walked.error());
    }
    return details;
}

Result<DocumentDetails> parse_dg12(View file) {
    DocumentDetails details;
    const auto walked = walk(file, 0x6C, "DG12", [&](const Object& found) -> Result<void> {
        switch (found.tag) {
            case authority: return take_text(found.value, "DG12", details.authority);
            case issued: return take_date(found.value, "DG12", details.issued);
            case endorsements: return take_text(found.value, "DG12", details.endorsements);
            case tax_or_exit: return take_text(found.value, "DG12", details.tax_or_exit);
            case personalised_by: return take_text(found.value, "DG12", details.personalised_by);
            default: return {};
        }
    });
    if (!walked) return std::unexpected(walked.error());
    return details;
}

}  // namespace drivers::emrtd
