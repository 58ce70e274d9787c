// The layout file: TOML, every key known, every number in its range, every name in braces one of ours. A fault names line and field, because a hall's
// administrator writes these files.
#include "printer/face/face.hpp"
#include "drivers/toml.hpp"
#include "printer/face/text.hpp"

#include <array>
#include <fmt/format.h>
#include <sodium.h>

namespace printer {

using drivers::FaultCode;

namespace {
constexpr std::size_t max_layout_bytes = 65'536;
constexpr std::size_t max_fields = 64;       // on one side
constexpr std::size_t max_fixed_text = 240;  // bytes of a field's text
constexpr double reach_mm = 6;               // a ground may reach beyond the card's edge by this much
constexpr double card_width_mm = 85.60, card_height_mm = 53.98;
constexpr double smallest_type_mm = 0.5, largest_type_mm = 20;


class FieldReader {
  public:
    FieldReader(const toml::table& table, std::string name) : table_(table), name_(std::move(name)) {}

    Result<FaceField> read() {
        static constexpr std::array<std::string_view, 15> keys{"kind", "x", "y", "width", "height", "text", "size", "bold", "panel", "colour", "align", "min_size", "radius", "preprinted", "note"};
        for (const auto& [key, value] : table_)
            if (std::ranges::find(keys, key.str()) == keys.end()) complain(&value, key.str(), "is no key of a field");
        FaceField f;
        f.kind = kind();
        number("x", f.x, -reach_mm, card_width_mm + reach_mm, true);
        number("y", f.y, -reach_mm, card_height_mm + reach_mm, true);
        const bool is_line = f.kind == FaceField::Kind::line;
        const double least = is_line ? -card_width_mm : 0.1;
        number("width", f.width, least, card_width_mm + 2 * reach_mm, !is_line);
        number("height", f.height, is_line ? -card_height_mm : 0.1, card_height_mm + 2 * reach_mm, !is_line && f.kind != FaceField::Kind::text);
        if (is_line) f.size = 0.2;
        number("size", f.size, is_line ? 0.05 : smallest_type_mm, largest_type_mm, false);
        f.min_size = std::min(f.min_size, f.size);
        number("min_size", f.min_size, smallest_type_mm, f.size, false);
        number("radius", f.radius, 0, card_height_mm / 2, false);
        flag("bold", f.bold);
        flag("preprinted", f.preprinted);
        f.resin = word("panel", {"resin", "colour"}) != "colour";
        f.right_aligned = word("align", {"left", "right"}) == "right";
        if (f.kind == FaceField::Kind::photo) f.resin = false;
        colour(f);
        text(f);
        if (f.preprinted && f.resin) complain(table_.get("preprinted"), "preprinted", "needs panel = \"colour\"");
        if (!fault_) return f;
        return std::unexpected(*std::move(fault_));
    }

  private:
    void complain(const toml::node* node, std::string_view key, std::string_view what) {
        if (fault_) return;
        const auto line = (node ? node->source() : table_.source()).begin.line;
        fault_ = Fault{FaultCode::bad_configuration, fmt::format("layout line {}: {}: {} {}", line, name_, key, what)};
    }
    FaceField::Kind kind() {
        static constexpr std::array<std::string_view, 5> names{"text", "photo", "line", "rectangle", "cutout"};
        const auto* node = table_.get("kind");
        const auto value = node ? node->value<std::string>() : std::nullopt;
        const auto it = std::ranges::find(names, value.value_or(""));
        if (it == names.end()) complain(node, "kind", "must be text, photo, line, rectangle or cutout");
        return it == names.end() ? FaceField::Kind::text : static_cast<FaceField::Kind>(it - names.begin());
    }
    void number(std::string_view key, double& into, double least, double most, bool needed) {
        const auto* node = table_.get(key);
        if (!node) {
            if (needed) complain(nullptr, key, "is missing");
            return;
        }
        const auto value = node->value<double>();
        if (!value || !(*value >= least && *value <= most)) return complain(node, key, fmt::format("must be a number from {} to {} mm", least, most));
        into = *value;
    }
    void flag(std::string_view key, bool& into) {
        const auto* node = table_.get(key);
        if (!node) return;
        if (!node->is_boolean()) return complain(node, key, "must be true or false");
        into = *node->value<bool>();
    }
    std::string word(std::string_view key, std::array<std::string_view, 2> allowed) {
        const auto* node = table_.get(key);
        if (!node) return {};
        const auto value = node->value<std::string>();
        if (!value || std::ranges::find(allowed, *value) == allowed.end()) complain(node, key, fmt::format("must be \"{}\" or \"{}\"", allowed[0], allowed[1]));
        return value.value_or("");
    }
    void colour(FaceField& f) {
        const auto* node = table_.get("colour");
        if (!node) return;
        const auto value = node->value<std::string>();
        const auto bytes = value && value->size() == 7 && value->front() == '#' ? drivers::from_hex(std::string_view{*value}.substr(1)) : std::nullopt;
        if (!bytes || bytes->size() != 3) return complain(node, "colour", "must look like \"#0B6FA8\"");
        if (f.resin) return complain(node, "colour", "needs panel = \"colour\"; resin is black");
        for (const auto b : *bytes) f.colour = f.colour << 8 | drivers::u8(b);
    }
    void text(FaceField& f) {
        const auto* node = table_.get("text");
        if (f.kind != FaceField::Kind::text) {
            if (node) complain(node, "text", "belongs to fields of kind text");
            return;
        }
        const auto value = node ? node->value<std::string>() : std::nullopt;
        if (!value || value->empty()) return complain(node, "text", "is missing");
        if (value->size() > max_fixed_text) return complain(node, "text", fmt::format("is longer than {} bytes", max_fixed_text));
        if (auto filled = fill_in(*value, FaceData{}); !filled) return complain(node, "text", filled.error().detail);
        f.text = *value;
    }

    const toml::table& table_;
    std::string name_;
    std::optional<Fault> fault_;
};

Result<std::vector<FaceField>> read_side(const toml::table& root, std::string_view side) {
    std::vector<FaceField> fields;
    const auto* node = root.get(side);
    if (!node) return fields;
    const auto* list = node->as_array();
    if (!list || list->size() > max_fields) return drivers::fail(FaultCode::bad_configuration, fmt::format("layout line {}: {} must be at most {} tables [[{}]]", node->source().begin.line, side, max_fields, side));
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto* table = list->get(i)->as_table();
        if (!table) return drivers::fail(FaultCode::bad_configuration, fmt::format("layout line {}: {} must be tables [[{}]]", node->source().begin.line, side, side));
        auto field = FieldReader(*table, fmt::format("{} field {}", side, i + 1)).read();
        if (!field) return std::unexpected(field.error());
        fields.push_back(*std::move(field));
    }
    return fields;
}
}  // namespace

Result<Layout> load_layout(std::string_view toml) {
    if (toml.size() > max_layout_bytes) return drivers::fail(FaultCode::bad_configuration, fmt::format("the layout has {} bytes, more than {}", toml.size(), max_layout_bytes));
    const auto parsed = drivers::parse_toml(toml);
    if (!parsed) return drivers::fail(FaultCode::bad_configuration, fmt::format("layout line {}: {}", parsed.error().source().begin.line, parsed.error().description()));
    const toml::table& root = *parsed;
    for (const auto& [key, value] : root)
        if (key != "name" && key != "front" && key != "back")
            return drivers::fail(FaultCode::bad_configuration, fmt::format("layout line {}: {} is no key of a layout", value.source().begin.line, key.str()));
    Layout layout;
    layout.name = root["name"].value_or(std::string{});
    if (layout.name.empty() || layout.name.size() > 64) return drivers::fail(FaultCode::bad_configuration, "layout: name must have 1 to 64 bytes");
    auto front = read_side(root, "front");
    if (!front) return std::unexpected(front.error());
    auto back = read_side(root, "back");
    if (!back) return std::unexpected(back.error());
    if (front->empty()) return drivers::fail(FaultCode::bad_configuration, "layout: there is no [[front]] field");
    for (std::size_t i = 0; i < back->size(); ++i)
        if (const auto& f = (*back)[i]; f.kind != FaceField::Kind::cutout && !f.resin)
            return drivers::fail(FaultCode::bad_configuration, fmt::format("layout: back field {}: the ribbon has only resin for the back", i + 1));
    layout.front = *std::move(front);
    layout.back = *std::move(back);
    drivers::Bytes digest(crypto_hash_sha256_BYTES);
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()), reinterpret_cast<const unsigned char*>(toml.data()), toml.size());
    layout.hash = drivers::hex(digest);
    return layout;
}

}  // namespace printer
