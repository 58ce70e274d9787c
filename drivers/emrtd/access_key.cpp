// The hash over the MRZ information, whose text is the MRZ room's.
#include "drivers/emrtd/access_key.hpp"

#include "drivers/emrtd/crypto.hpp"

#include <algorithm>

namespace drivers::emrtd {

namespace {
constexpr std::size_t bac_seed_bytes = 16;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
}  // namespace

AccessKey AccessKey::from_text(const Secret& text) { return AccessKey{sha1(text.view()), false}; }

Result<AccessKey> AccessKey::from_mrz(const Mrz& mrz) {
    const auto text = mrz_access_key(mrz);
    if (!text) return std::unexpected(text.error());
    return from_text(*text);
}

Result<AccessKey> AccessKey::from_mrz(std::string_view number, std::string_view birth, std::string_view expiry) {
    const auto text = mrz_access_key(number, birth, expiry);
    if (!text) return std::unexpected(text.error());
    return from_text(*text);
}

Result<AccessKey> AccessKey::from_can(std::string_view digits) {
    if (digits.size() != can_digits || !std::ranges::all_of(digits, is_digit)) return fail(FaultCode::document_invalid, "card access number is not six digits");
    return AccessKey{Secret{digits}, true};
}

std::optional<View> AccessKey::bac_seed() const {
    if (is_can_) return std::nullopt;
    return secret_.view().first(bac_seed_bytes);
}

}  // namespace drivers::emrtd
