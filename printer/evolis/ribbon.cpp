// Kinds of ribbon as data; which jobs they print; levels.
#include "printer/evolis/ribbon.hpp"

#include <fmt/format.h>

namespace printer {

namespace {
struct KindRow {
    RibbonKind kind;
    std::string_view name;    ///< as Pr and the tag call it, in small letters
    std::string_view panels;  ///< of the front
    bool back = false;        ///< a second resin panel, for the back
};
constexpr std::array kinds{
    KindRow{RibbonKind::unknown, "unknown", ""},     KindRow{RibbonKind::ymcko, "ymcko", "ymcko"}, KindRow{RibbonKind::ymckok, "ymckok", "ymcko", true},
    KindRow{RibbonKind::ymckos, "ymckos", "ymcko"}, KindRow{RibbonKind::ko, "ko", "ko"},          KindRow{RibbonKind::k, "k", "k"},
};
constexpr bool complete() {
    for (std::size_t i = 0; i < kinds.size(); ++i)
        if (kinds[i].kind != static_cast<RibbonKind>(i)) return false;
    return kinds.size() == static_cast<std::size_t>(RibbonKind::k) + 1;
}
static_assert(complete(), "one row for each kind, in the order of the enumerators");
const KindRow& row_of(RibbonKind kind) { return kinds[static_cast<std::size_t>(kind)]; }
}  // namespace

std::string_view name_of(RibbonKind kind) { return row_of(kind).name; }

RibbonKind ribbon_kind_of(std::string_view tag) {
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
    for (const auto& row : kinds)
        if (row.kind != RibbonKind::unknown && std::ranges::equal(tag, row.name, same)) return row.kind;
    return RibbonKind::unknown;
}

std::optional<Fault> misfit(const Ribbon& tag, const PrintJob& job) {
    const auto ribbon = tag.kind();
    const auto lacks = [ribbon](std::string_view what) { return Fault{drivers::FaultCode::printer_ribbon_wrong, fmt::format("{} has no {}", name_of(ribbon), what)}; };
    if (tag.foreign_zone) return Fault{drivers::FaultCode::printer_ribbon_wrong, "sold for another zone"};
    const std::array<std::pair<char, const std::vector<std::uint8_t>*>, 5> planes{{{'y', &job.y}, {'m', &job.m}, {'c', &job.c}, {'k', &job.k}, {'o', &job.o}}};
    for (const auto& [letter, plane] : planes)
        if (!plane->empty() && !row_of(ribbon).panels.contains(letter)) return lacks(fmt::format("panel {}", letter));
    if (!job.back_k.empty() && !row_of(ribbon).back) return lacks("panel for the back");
    if (ribbon == RibbonKind::ymckos && evolis::colour_window(job).lines > evolis::half_panel_lines(job.size)) return lacks("room for colour over so much of the card");
    return std::nullopt;
}

namespace evolis {

Window colour_window(const PrintJob& job) {
    int first = job.size.width, last = -1;
    for (const auto* plane : {&job.y, &job.m, &job.c})
        for (std::size_t i = 0; i < plane->size(); ++i) {
            if ((*plane)[i] == 0) continue;
            const int line = static_cast<int>(i % static_cast<std::size_t>(job.size.width));  // raster.hpp: a line is a column
            first = std::min(first, line);
            last = std::max(last, line);
        }
    return last < 0 ? Window{} : Window{first, last - first + 1};
}

RibbonLevel RibbonSense::judge(const Ribbon& tag, std::optional<bool> at_mark) {
    if (tag.remaining > 0) believed_ = true;
    if (ended_at_ && *ended_at_ != tag.remaining) ended_at_.reset();  // another ribbon
    if (ended_at_ || at_mark == true) return RibbonLevel::out;
    if (tag.remaining == 0) return believed_ ? RibbonLevel::out : RibbonLevel::unknown;
    return tag.remaining * 100 <= tag.capacity * ribbon_low_percent ? RibbonLevel::low : RibbonLevel::ok;
}

}  // namespace evolis
}  // namespace printer
