// Reads and flattens; bounded, and clear about what is wrong.
#include "kiosk/texts.hpp"

#include "drivers/toml.hpp"

#include <array>
#include <fmt/format.h>
#include <fstream>

namespace kiosk {

namespace {
constexpr std::size_t max_depth = 8;  ///< tables in tables

void flatten(const toml::table& from, const std::string& prefix, std::size_t depth, TextTable& out, std::string& wrong) {
    for (const auto& [key, node] : from) {
        const std::string name = prefix + std::string(key.str());
        if (const auto* table = node.as_table(); table && depth < max_depth) flatten(*table, name + ".", depth + 1, out, wrong);
        else if (const auto* text = node.as_string()) out[name] = text->get();
        else wrong = name;
    }
}

std::unexpected<drivers::Fault> refuse(std::string detail) { return drivers::fail(FaultCode::bad_configuration, std::move(detail)); }
}  // namespace

drivers::Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t max_bytes) {
    const auto name = path.filename().string();
    std::ifstream in{path, std::ios::binary};
    std::string text;
    std::array<char, 65536> part{};
    while (in && text.size() <= max_bytes) {
        in.read(part.data(), static_cast<std::streamsize>(part.size()));
        text.append(part.data(), static_cast<std::size_t>(in.gcount()));
    }
    if (text.empty()) return refuse(name + ": cannot be read");
    if (text.size() > max_bytes) return refuse(name + ": too large");
    return text;
}

drivers::Result<TextTable> read_texts(std::string_view toml, std::string_view file) {
    const auto parsed = drivers::parse_toml(toml);
    if (!parsed) return refuse(fmt::format("{}: line {}: {}", file, parsed.error().source().begin.line, parsed.error().description()));
    TextTable out;
    std::string wrong;
    flatten(*parsed, "", 1, out, wrong);
    if (!wrong.empty()) return refuse(fmt::format("{}: {} is not a text", file, wrong));
    return out;
}

}  // namespace kiosk
