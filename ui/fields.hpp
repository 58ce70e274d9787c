// The plain fields of every screen as JSON, for the automation. Part of builds with LIQU_AUTOMATION only.
#pragma once
#include "kiosk/screens.hpp"

#include <nlohmann/json.hpp>

namespace ui {

[[nodiscard]] nlohmann::json fields_of(const kiosk::AnyQuestion& question);

}  // namespace ui
