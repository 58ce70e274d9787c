// DG11, what else the state says of the holder, and DG12, what it says of the document (ICAO 9303-10, 4.7.11 and 4.7.12). Everything is optional;
// unknown objects are passed over. Pure. Personal data: whoever holds it wipes it.
#pragma once
#include "drivers/bytes.hpp"
#include "drivers/fault.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace drivers::emrtd {

/// One text of DG11 or DG12, in bytes; a longer one is refused.
inline constexpr std::size_t max_detail_bytes = 512;
inline constexpr std::size_t max_other_names = 16;
/// Objects of one file, pictures included.
inline constexpr int max_details = 64;

/// Texts are UTF-8 as the state wrote them, with '<' between their parts; empty where the file has none.
struct HolderDetails {
    std::string full_name;  ///< in national characters
    std::vector<std::string> other_names;
    std::string personal_number;
    std::optional<std::chrono::year_month_day> birth;  ///< nothing when it is left out or a part of it is open
    std::string place_of_birth, address, telephone, profession, title, custody;

    void wipe() {
        for (auto* text : {&full_name, &personal_number, &place_of_birth, &address, &telephone, &profession, &title, &custody}) drivers::wipe(*text);
        for (auto& name : other_names) drivers::wipe(name);
        birth.reset();
    }
};
/// document_unreadable names the field.
[[nodiscard]] Result<HolderDetails> parse_dg11(View file);

struct DocumentDetails {
    std::string authority;
    std::optional<std::chrono::year_month_day> issued;
    std::string endorsements, tax_or_exit, personalised_by;
};
[[nodiscard]] Result<DocumentDetails> parse_dg12(View file);

/// Well-formed UTF-8 without control characters.
[[nodiscard]] bool is_plain_text(View text);

}  // namespace drivers::emrtd
