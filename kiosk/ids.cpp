// What people and protocols call applications and times.
#include "kiosk/ids.hpp"

namespace kiosk {

std::string ApplicationId::reference() const {
    if (value.empty()) return {};
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < std::min<std::size_t>(value.size(), 8); ++i) number = number << 8 | drivers::u8(value[i]);
    return fmt::format("{:06}", number % 1'000'000);
}

std::string date8(Utc t) {
    const auto here = std::chrono::floor<std::chrono::days>(t + std::chrono::hours{8});
    const std::chrono::year_month_day date{here};
    return fmt::format("{:04}{:02}{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::int64_t unix_seconds(Utc t) { return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count(); }

}  // namespace kiosk
