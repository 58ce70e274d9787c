// The layout file: TOML, every key known, every number in its range, every name in braces one of ours. A fault names line and field, because a hall's
// administrator writes these files.
#include "printer/face/image.hpp"
#include "printer/face/layout_field.hpp"
#include "printer/face/tone.hpp"

#include <fmt/format.h>
#include <sodium.h>

namespace printer {

using drivers::FaultCode;

namespace {
constexpr std::size_t max_layout_bytes = 65'536;
constexpr std::size_t max_fields = 64;  // on one side

std::unexpected<Fault> refuse(const toml::node& node, std::string_view why) {
    return drivers::fail(FaultCode::bad_configuration, fmt::format("layout line {}: {}", node.source().begin.line, why));
}

Result<std::vector<FaceField>> read_side(const toml::table& root, std::string_view side, const std::filesystem::path& folder, std::map<std::string, Bytes>& images) {
    std::vector<FaceField> fields;
    const auto* node = root.get(side);
    if (!node) return fields;
    const auto* list = node->as_array();
    if (!list || list->size() > max_fields) return drivers::fail(FaultCode::bad_configuration, fmt::format("layout line {}: {} must be at most {} tables [[{}]]", node->source().begin.line, side, max_fields, side));
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto* table = list->get(i)->as_table();
        if (!table) return drivers::fail(FaultCode::bad_configuration, fmt::format("layout line {}: {} must be tables [[{}]]", node->source().begin.line, side, side));
        auto field = read_field(*table, fmt::format("{} field {}", side, i + 1), folder, images);
        if (!field) return std::unexpected(field.error());
        fields.push_back(*std::move(field));
    }
    return fields;
}

Result<void> read_curve(const toml::node& node, Tone& tone) {
    const auto* points = node.as_array();
    if (!points || points->size() < min_curve_points || points->size() > max_curve_points) return refuse(node, "tone: curve must be 2 to 16 pairs [in, out]");
    for (const auto& point : *points) {
        const auto* pair = point.as_array();
        const auto in = pair && pair->size() == 2 ? pair->get(0)->value<double>() : std::nullopt, out = in ? pair->get(1)->value<double>() : std::nullopt;
        if (!out) return refuse(node, "tone: curve must be pairs of numbers");
        tone.curve.emplace_back(*in, *out);
    }
    return {};
}

/// [tone] with `curve` and `icc`, both optional.
Result<Tone> read_tone(const toml::table& root, const std::filesystem::path& folder) {
    Tone tone;
    const auto* node = root.get("tone");
    if (!node) return tone;
    if (!node->is_table()) return refuse(*node, "tone must be a table");
    for (const auto& [key, value] : *node->as_table()) {
        if (key == "curve") {
            if (auto read = read_curve(value, tone); !read) return std::unexpected(read.error());
        } else if (key == "icc") {
            const std::filesystem::path name = value.value_or(std::string{});
            if (name.empty() || name != name.filename()) return refuse(value, "tone: icc must name a file beside the layout, without a path");
            if (folder.empty()) continue;
            auto bytes = read_asset(folder / name, max_icc_bytes);
            if (!bytes) return refuse(value, bytes.error().detail);
            tone.icc = *std::move(bytes);
        } else return refuse(value, fmt::format("tone: {} is no key of it", key.str()));
    }
    if (auto good = check_tone(tone); !good) return refuse(*node, good.error().detail);
    return tone;
}

/// Of everything that shapes the card. An image counts with its name, so that no two are exchanged.
std::string hash_of(std::string_view toml, const Layout& layout) {
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    const auto add = [&](drivers::View view) { crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(view.data()), view.size()); };
    add(drivers::as_view(toml));
    for (const auto& [name, bytes] : layout.images) {
        add(drivers::as_view(fmt::format("\n{} {}\n", name, bytes.size())));
        add(bytes);
    }
    if (!layout.tone.icc.empty()) {
        add(drivers::as_view(fmt::format("\nicc {}\n", layout.tone.icc.size())));
        add(layout.tone.icc);
    }
    drivers::Bytes digest(crypto_hash_sha256_BYTES);
    crypto_hash_sha256_final(&state, reinterpret_cast<unsigned char*>(digest.data()));
    return drivers::hex(digest);
}
}  // namespace

Result<Layout> load_layout(std::string_view toml, const std::filesystem::path& folder) {
    if (toml.size() > max_layout_bytes) return drivers::fail(FaultCode::bad_configuration, fmt::format("the layout has {} bytes, more than {}", toml.size(), max_layout_bytes));
    const auto parsed = drivers::parse_toml(toml);
    if (!parsed) return drivers::fail(FaultCode::bad_configuration, fmt::format("layout line {}: {}", parsed.error().source().begin.line, parsed.error().description()));
    const toml::table& root = *parsed;
    for (const auto& [key, value] : root)
        if (key != "name" && key != "tone" && key != "front" && key != "back") return refuse(value, fmt::format("{} is no key of a layout", key.str()));
    Layout layout;
    layout.name = root["name"].value_or(std::string{});
    if (layout.name.empty() || layout.name.size() > 64) return drivers::fail(FaultCode::bad_configuration, "layout: name must have 1 to 64 bytes");
    auto tone = read_tone(root, folder);
    if (!tone) return std::unexpected(tone.error());
    layout.tone = *std::move(tone);
    auto front = read_side(root, "front", folder, layout.images);
    if (!front) return std::unexpected(front.error());
    auto back = read_side(root, "back", folder, layout.images);
    if (!back) return std::unexpected(back.error());
    if (front->empty()) return drivers::fail(FaultCode::bad_configuration, "layout: there is no [[front]] field");
    for (std::size_t i = 0; i < back->size(); ++i)
        if (const auto& f = (*back)[i]; f.kind != FaceField::Kind::cutout && !f.resin && !f.preprinted)
            return drivers::fail(FaultCode::bad_configuration, fmt::format("layout: back field {}: the ribbon has only resin for the back", i + 1));
    layout.front = *std::move(front);
    layout.back = *std::move(back);
    layout.hash = hash_of(toml, layout);
    return layout;
}

}  // namespace printer
