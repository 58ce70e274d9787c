// Pango behind the typesetter. Hinting is off and metrics are not rounded, so that the same text breaks in the same way at 1016 x 648 and at 64 x 40.
#include "printer/face/fonts.hpp"
#include "printer/face/lines.hpp"
#include "printer/face/text.hpp"

#include <optional>

namespace printer {

using drivers::FaultCode;

namespace {
constexpr double ascent = 0.88;          // of the em, ideographic fonts
constexpr int fit_rounds = 4;
constexpr double one_line_least = 0.6;   // of the field's size: a line that would be smaller goes on to a second one, where the field has room
constexpr int wrap_rounds = 8;           // sizes tried between the field's size and its smallest
constexpr float wrapped_spacing = 0.8F;  // of the font's own line height, which is 1.45 em in Noto CJK
constexpr const char* half_width = "halt";  // the OpenType feature; Debian's Noto CJK has no chws, which would choose the marks by itself

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
    void text(const std::string& text);
    PangoRectangle logical() {
        PangoRectangle extents;
        pango_layout_get_extents(layout.get(), nullptr, &extents);
        return extents;
    }
    PangoRectangle ink() {
        PangoRectangle extents;
        pango_layout_get_extents(layout.get(), &extents, nullptr);
        return extents;
    }
    /// Of the line, and of ink that reaches beyond it (Tibetan vowel signs do).
    double width() {
        const auto line = logical(), black = ink();
        return in_mm(std::max(line.width, black.x + black.width));
    }
    void begin(const FaceField& field, const std::string& words);
    bool every_face_is_bold();
    double shrink(const FaceField& field, double least);
    bool wrap(const FaceField& field, const std::string& words);
};

void Typesetter::Parts::text(const std::string& text) {
    auto* attributes = pango_attr_list_new();
    for (const auto& mark : tight_marks(text)) {
        auto* feature = pango_attr_font_features_new(half_width);
        feature->start_index = static_cast<guint>(mark.begin);
        feature->end_index = static_cast<guint>(mark.end);
        pango_attr_list_insert(attributes, feature);
    }
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    pango_layout_set_attributes(layout.get(), attributes);
    pango_attr_list_unref(attributes);
}

/// One line in the field's own size.
void Typesetter::Parts::begin(const FaceField& field, const std::string& words) {
    pango_font_description_set_weight(font.get(), field.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_width(layout.get(), -1);
    pango_layout_set_line_spacing(layout.get(), 0);
    pango_layout_set_alignment(layout.get(), field.right_aligned ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    text(words);
    type(field.size);
    if (!field.bold || every_face_is_bold()) return;
    // One thin character among fat ones looks like a mistake, and fattened outlines close up in print: the whole text is regular.
    pango_font_description_set_weight(font.get(), PANGO_WEIGHT_NORMAL);
    type(field.size);
}

bool Typesetter::Parts::every_face_is_bold() {
    for (auto* run = pango_layout_get_line_readonly(layout.get(), 0)->runs; run; run = run->next) {
        const std::unique_ptr<PangoFontDescription, FreeDescription> face{pango_font_describe(static_cast<PangoGlyphItem*>(run->data)->item->analysis.font)};
        if (pango_font_description_get_weight(face.get()) < PANGO_WEIGHT_BOLD) return false;
    }
    return true;
}

/// Down to `least`, until the line is within the field. The line's width.
double Typesetter::Parts::shrink(const FaceField& field, double least) {
    double size = field.size, across = width();
    for (int i = 0; i < fit_rounds && across > field.width && size > least; ++i) {
        size = std::max(least, size * field.width / across * 0.999);
        type(size);
        across = width();
    }
    return across;
}

/// Several lines in the largest type with which they are within the field: at good places first, at any that the rules allow then.
bool Typesetter::Parts::wrap(const FaceField& field, const std::string& words) {
    if (field.height <= 0) return false;
    type(field.size);
    auto* line = pango_layout_get_line_readonly(layout.get(), 0);
    const auto breaks = breaks_of(words);
    std::vector<double> reach;
    const auto place = [&](std::size_t at) {
        int x = 0;
        pango_layout_line_index_to_x(line, static_cast<int>(at), FALSE, &x);
        return in_mm(x);
    };
    const double origin = place(0);  // of right-to-left script at the right
    for (const auto& b : breaks) reach.push_back(std::abs(place(b.at) - origin));
    const double whole = width();
    pango_layout_set_line_spacing(layout.get(), wrapped_spacing);
    for (const bool good_only : {true, false}) {
        for (int round = 0; round <= wrap_rounds; ++round) {
            const double size = field.size + (field.min_size - field.size) * round / wrap_rounds;
            const auto starts = lines_within(breaks, reach, whole, field.width * field.size / size, good_only);
            if (!starts.empty()) {
                pango_layout_set_width(layout.get(), -1);
                text(broken(words, starts));
                type(size);
                const bool fits = width() <= field.width * 1.001 && in_mm(ink().height) <= field.height;
                pango_layout_set_width(layout.get(), in_pango(field.width * 1.001));
                if (fits) return true;
            }
            if (field.min_size >= field.size) break;
        }
    }
    return false;
}

Typesetter::Typesetter() : parts_(std::make_unique<Parts>()) {
    parts_->context.reset(pango_font_map_create_context(card_fonts()));
    auto* options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(parts_->context.get(), options);
    cairo_font_options_destroy(options);
    pango_context_set_language(parts_->context.get(), pango_language_from_string("zh-cn"));
    pango_context_set_round_glyph_positions(parts_->context.get(), FALSE);
    parts_->layout.reset(pango_layout_new(parts_->context.get()));
    pango_layout_set_auto_dir(parts_->layout.get(), TRUE);  // a Uyghur name runs from the right; which way is decided by its first letter
    parts_->font.reset(pango_font_description_from_string(card_families));
}
Typesetter::~Typesetter() = default;

Result<void> Typesetter::draw(cairo_t* cairo, const FaceField& field, const std::string& text) {
    if (auto good = check_text(text); !good) return good;
    if (text.empty()) return {};
    auto& p = *parts_;
    p.begin(field, text);
    if (pango_layout_get_unknown_glyphs_count(p.layout.get()) > 0) return drivers::fail(FaultCode::name_not_printable, "a character is in no font of the cards");
    double width = p.shrink(field, field.height > 0 ? std::max(field.min_size, one_line_least * field.size) : field.min_size);
    bool wraps = width > field.width;
    if (wraps && !p.wrap(field, text)) {  // no place to break, or no room for a second line
        wraps = false;
        p.begin(field, text);
        width = p.shrink(field, field.min_size);
    }
    if (!wraps && width > field.width) return drivers::fail(FaultCode::name_not_printable, "a text does not fit into its field");
    // Several lines are measured and centred by their ink: fonts carry half a line of air. One line keeps the base line of its field, also when it had to
    // shrink, and moves only where a tall script (Tibetan) would leave the field.
    const auto ink = p.ink();
    const double block = in_mm(ink.height), above = in_mm(ink.y);
    const double box = field.height > 0 ? field.height : 1.5 * field.size;
    double top = field.y + (box - block) / 2 - above;
    if (!wraps) {
        const double on_base_line = field.y + ascent * field.size - in_mm(pango_layout_get_baseline(p.layout.get()));
        if (block <= box) top = std::clamp(on_base_line, field.y - above, field.y + box - block - above);
    }
    const double left = field.right_aligned && !wraps ? field.x + field.width - width : field.x;
    cairo_move_to(cairo, left * units_per_mm, top * units_per_mm);
    pango_cairo_show_layout(cairo, p.layout.get());
    return {};
}

}  // namespace printer
