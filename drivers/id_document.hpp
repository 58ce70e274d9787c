// What an identity document says, whichever reader read it. Personal data: never logged, wiped by who holds it.
#pragma once
#include "drivers/bytes.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace drivers {

enum class DocumentKind { resident_id };

enum class Sex : std::uint8_t { unknown = 0, male = 1, female = 2, not_stated = 9 };  // GB/T 2261.1

/// Texts are UTF-8, trimmed. Validated by the driver: check digit, dates, nation code.
struct IdDocument {
    DocumentKind kind = DocumentKind::resident_id;
    std::string name;
    Sex sex = Sex::unknown;
    int nation = 0;  ///< GB/T 3304: 1 to 56, 97, 98
    std::chrono::year_month_day birth{};
    std::string address;
    std::string number;  ///< 18 characters (GB 11643)
    std::string authority;
    std::chrono::year_month_day valid_from{};
    std::optional<std::chrono::year_month_day> valid_to;  ///< nothing: 长期, for life
    Bytes photo_wlt;                                      ///< 1024 bytes as read; no open decoder exists

    void wipe() {
        for (auto* text : {&name, &address, &number, &authority}) drivers::wipe(*text);
        drivers::wipe(photo_wlt);
        photo_wlt.clear();
    }
};

}  // namespace drivers
