// Pango behind the typesetter. Hinting is off and metrics are not rounded, so that the same text breaks in the same way at 1016 x 648 and at 64 x 40.
#include "printer/face/text.hpp"

#include <fmt/format.h>
#include <pango/pangocairo.h>

namespace printer {

using drivers::FaultCode;

namespace {
// Noto for everything that is in daily use, Hanazono for rare characters (extensions B to F) that occur in names.
constexpr const char* families = "Noto Sans CJK SC,HanaMinA,HanaMinB";
constexpr double ascent = 0.88;  // of the em, ideographic fonts
constexpr int fit_rounds = 4;
constexpr float wrapped_spacing = 0.8F;  // of the font's own line height, which is 1.45 em in Noto CJK

struct Unref {
    void operator()(void* object) const { g_object_unref(object); }
};
struct FreeDescription {
    void operator()(PangoFontDescription* d) const { pango_font_description_free(d); }
};
double in_mm(int pango_units) { return static_cast<double>(pango_units) / PANGO_SCALE / units_per_mm; }
int in_pango(double mm) { return static_cast<int>(mm * units_per_mm * PANGO_SCALE); }
}  // namespace

struct Typesetter::Parts {
    std::unique_ptr<PangoContext, Unref> context;
    std::unique_ptr<PangoLayout, Unref> layout;
    std::unique_ptr<PangoFontDescription, FreeDescription> font;

    void type(double size) {
        pango_font_description_set_absolute_size(font.get(), size * units_per_mm * PANGO_SCALE);
        pango_layout_set_font_description(layout.get(), font.get());
    }
    PangoRectangle extents() {
        PangoRectangle logical;
        pango_layout_get_extents(layout.get(), nullptr, &logical);
        return logical;
    }
};

Typesetter::Typesetter() : parts_(std::make_unique<Parts>()) {
    parts_->context.reset(pango_font_map_create_context(pango_cairo_font_map_get_default()));
    auto* options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(parts_->context.get(), options);
    cairo_font_options_destroy(options);
    pango_context_set_language(parts_->context.get(), pango_language_from_string("zh-cn"));
    pango_context_set_round_glyph_positions(parts_->context.get(), FALSE);
    parts_->layout.reset(pango_layout_new(parts_->context.get()));
    pango_layout_set_auto_dir(parts_->layout.get(), FALSE);
    parts_->font.reset(pango_font_description_from_string(families));
}
Typesetter::~Typesetter() = default;

Result<std::string> fill_in(std::string_view form, const FaceData& data) {
    const std::array<std::pair<std::string_view, const std::string*>, 6> values{{{"name", &data.name},
                                                                                  {"social_security_number", &data.social_security_number},
                                                                                  {"card_number", &data.card_number},
                                                                                  {"issue_date", &data.issue_date},
                                                                                  {"bank", &data.bank},
                                                                                  {"authority", &data.authority}}};
    std::string text;
    while (!form.empty()) {
        const auto open = form.find('{');
        text += form.substr(0, open);
        if (open == form.npos) break;
        form.remove_prefix(open + 1);
        const auto close = form.find('}');
        const auto name = form.substr(0, close);
        const auto it = std::ranges::find(values, name, [](const auto& v) { return v.first; });
        if (close == form.npos || it == values.end()) return drivers::fail(FaultCode::bad_configuration, fmt::format("has no such value: {{{}", name.substr(0, 32)));
        text += *it->second;
        form.remove_prefix(close + 1);
    }
    return text;
}

Result<void> check_text(std::string_view text) {
    if (text.size() > max_value_bytes) return drivers::fail(FaultCode::name_not_printable, fmt::format("a text of {} bytes", text.size()));
    if (!g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr)) return drivers::fail(FaultCode::name_not_printable, "a text is not UTF-8");
    for (const char* at = text.data(); at < text.data() + text.size(); at = g_utf8_next_char(at)) {
        const auto type = g_unichar_type(g_utf8_get_char(at));
        if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_PRIVATE_USE || type == G_UNICODE_SURROGATE || type == G_UNICODE_LINE_SEPARATOR ||
            type == G_UNICODE_PARAGRAPH_SEPARATOR)
            return drivers::fail(FaultCode::name_not_printable, "a text has a character that shows nothing");
    }
    return {};
}

Result<void> Typesetter::draw(cairo_t* cairo, const FaceField& field, const std::string& text) {
    if (auto good = check_text(text); !good) return good;
    if (text.empty()) return {};
    auto* layout = parts_->layout.get();
    pango_font_description_set_weight(parts_->font.get(), field.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_width(layout, -1);
    pango_layout_set_line_spacing(layout, 0);
    pango_layout_set_alignment(layout, field.right_aligned ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    pango_layout_set_text(layout, text.data(), static_cast<int>(text.size()));
    double size = field.size;
    parts_->type(size);
    if (pango_layout_get_unknown_glyphs_count(layout) > 0) return drivers::fail(FaultCode::name_not_printable, "a character is in no installed font");
    double width = in_mm(parts_->extents().width);
    for (int i = 0; i < fit_rounds && width > field.width && size > field.min_size; ++i) {
        size = std::max(field.min_size, size * field.width / width * 0.999);
        parts_->type(size);
        width = in_mm(parts_->extents().width);
    }
    const bool wraps = width > field.width;
    if (wraps) {
        pango_layout_set_width(layout, in_pango(field.width));
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
        pango_layout_set_line_spacing(layout, wrapped_spacing);
    }
    // Several lines are measured and centred by their ink: fonts carry half a line of air.
    PangoRectangle ink;
    pango_layout_get_extents(layout, &ink, nullptr);
    const double block = in_mm(ink.height);
    const double box = field.height > 0 ? field.height : 1.5 * field.size;
    if (wraps && (field.height <= 0 || block > box)) return drivers::fail(FaultCode::name_not_printable, "a text does not fit into its field");
    // One line keeps the base line of its field, also when it had to shrink; several lines are centred in the field.
    const double top = wraps ? field.y + (box - block) / 2 - in_mm(ink.y) : field.y + ascent * field.size - in_mm(pango_layout_get_baseline(layout));
    const double left = field.right_aligned && !wraps ? field.x + field.width - width : field.x;
    cairo_move_to(cairo, left * units_per_mm, top * units_per_mm);
    pango_cairo_show_layout(cairo, layout);
    return {};
}

}  // namespace printer
