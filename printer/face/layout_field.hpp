// One field of a layout file.
#pragma once
#include "drivers/toml.hpp"
#include "printer/face/face.hpp"

namespace printer {

/// `name`: what faults call it ("front field 3"). Images that it names are read from `folder` into `images`; not without a folder.
/// bad_configuration with line, field and key.
[[nodiscard]] Result<FaceField> read_field(const toml::table& table, std::string name, const std::filesystem::path& folder, std::map<std::string, Bytes>& images);

}  // namespace printer
