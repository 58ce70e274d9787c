// What a status word of the social security card means for the house (facts: social-security-card-commands.md).
#pragma once
#include "drivers/apdu.hpp"

namespace drivers {

/// `step` names the command, never its data. chip_auth_failed: authentication or PIN refused, tries left named; chip_removed
/// never comes from here; chip_refused for everything else.
[[nodiscard]] Fault status_fault(std::uint16_t sw, std::string_view step);
/// The record, file or application is not there: normal on a blank.
[[nodiscard]] bool not_there(std::uint16_t sw);

}  // namespace drivers
