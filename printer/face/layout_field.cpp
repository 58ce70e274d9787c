// One table [[front]] or [[back]] of a layout file: every key known, every number in its range.
#include "printer/face/image.hpp"
#include "printer/face/layout_field.hpp"
#include "printer/face/qr.hpp"
#include "printer/face/text.hpp"

#include <array>
#include <fmt/format.h>

namespace printer {

using drivers::FaultCode;

namespace {
constexpr std::size_t max_fixed_text = 240;  // bytes of a field's text
constexpr double reach_mm = 6;               // a ground may reach beyond the card's edge by this much
constexpr double card_width_mm = 85.60, card_height_mm = 53.98;
constexpr double smallest_type_mm = 0.5, largest_type_mm = 20;

class FieldReader {
  public:
    FieldReader(const toml::table& table, std::string name, const std::filesystem::path& folder, std::map<std::string, Bytes>& images)
        : table_(table), name_(std::move(name)), folder_(folder), images_(images) {}

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
        if (f.kind == FaceField::Kind::qr && !f.resin) complain(table_.get("panel"), "panel", "must be \"resin\": a code in dyes is not read");
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
        static constexpr std::array<std::string_view, 7> names{"text", "photo", "line", "rectangle", "cutout", "qr", "image"};
        const auto* node = table_.get("kind");
        const auto value = node ? node->value<std::string>() : std::nullopt;
        const auto it = std::ranges::find(names, value.value_or(""));
        if (it == names.end()) complain(node, "kind", "must be text, photo, line, rectangle, cutout, qr or image");
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
        if (f.kind != FaceField::Kind::text && f.kind != FaceField::Kind::qr && f.kind != FaceField::Kind::image) {
            if (node) complain(node, "text", "belongs to fields of kind text, qr and image");
            return;
        }
        const auto value = node ? node->value<std::string>() : std::nullopt;
        if (!value || value->empty()) return complain(node, "text", "is missing");
        if (value->size() > max_fixed_text) return complain(node, "text", fmt::format("is longer than {} bytes", max_fixed_text));
        if (auto filled = fill_in(*value, FaceData{}); !filled) return complain(node, "text", filled.error().detail);
        f.text = *value;
        const bool fixed = !f.text.contains('{');
        if (fixed && f.kind == FaceField::Kind::qr)
            if (auto code = make_qr(f.text); !code) return complain(node, "text", code.error().detail);
        if (fixed && f.kind == FaceField::Kind::text)
            if (auto good = check_text(f.text); !good) return complain(node, "text", good.error().detail);
        if (f.kind == FaceField::Kind::image && !folder_.empty())
            if (auto read = read_images(f.text, folder_, images_); !read) return complain(node, "text", read.error().detail);
    }

    const toml::table& table_;
    std::string name_;
    const std::filesystem::path& folder_;
    std::map<std::string, Bytes>& images_;
    std::optional<Fault> fault_;
};
}  // namespace

Result<FaceField> read_field(const toml::table& table, std::string name, const std::filesystem::path& folder, std::map<std::string, Bytes>& images) {
    return FieldReader(table, std::move(name), folder, images).read();
}

}  // namespace printer
