// Pango and Cairo behind Lettering. Lines are placed by us, at even pitch, so that blocks of text have exact heights in every script.
#include "ui/fonts.hpp"

#include "kiosk/screens.hpp"

#include <pango/pangocairo.h>

namespace ui {

namespace {
struct Unref {
    void operator()(gpointer p) const { g_object_unref(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;

constexpr float ascent = 0.88F, below = 0.12F;  ///< em: an ideograph's box around the baseline
constexpr float pad_em = 0.34F;                 ///< room for what rises above or hangs below the box

/// Takes out the marks of bold runs and gives their byte ranges.
std::pair<std::string, std::vector<std::pair<guint, guint>>> parse_bold(std::string_view text) {
    std::pair<std::string, std::vector<std::pair<guint, guint>>> out;
    bool inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == bold_mark) {
            const auto at = static_cast<guint>(out.first.size());
            if (inside) out.second.back().second = at;
            else out.second.emplace_back(at, G_MAXUINT);
            inside = !inside;
        } else {
            out.first += text[i];
        }
    }
    return out;
}

/// What of a text is shown: valid UTF-8, limited.
std::string clean(std::string_view text) {
    text = text.substr(0, max_text_bytes);
    const char* end = nullptr;
    if (g_utf8_validate(text.data(), static_cast<gssize>(text.size()), &end)) return std::string(text);
    return std::string(text.data(), end);
}

struct Line {
    PangoLayoutLine* line;
    float x, baseline;  ///< pixels, of the block
    int start;          ///< byte of the text
};
}  // namespace

struct Lettering::Pango {
    Owned<PangoFontMap> map{pango_cairo_font_map_new()};
    Owned<PangoContext> context{pango_font_map_create_context(map.get())};

    Pango() {
        cairo_font_options_t* options = cairo_font_options_create();
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
        pango_cairo_context_set_font_options(context.get(), options);
        cairo_font_options_destroy(options);
        pango_context_set_language(context.get(), pango_language_from_string("zh-cn"));
        pango_context_set_round_glyph_positions(context.get(), FALSE);
    }

    Owned<PangoLayout> layout(const std::string& text, const LetterStyle& style) const {
        Owned<PangoLayout> layout{pango_layout_new(context.get())};
        PangoFontDescription* font = pango_font_description_from_string(std::string(font_family).c_str());
        pango_font_description_set_absolute_size(font, static_cast<double>(style.size) * PANGO_SCALE);
        pango_font_description_set_weight(font, style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
        pango_layout_set_font_description(layout.get(), font);
        pango_font_description_free(font);
        const auto [plain, runs] = parse_bold(text);
        pango_layout_set_text(layout.get(), plain.data(), static_cast<int>(plain.size()));
        PangoAttrList* attributes = pango_attr_list_new();
        pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
        for (const auto& [from, to] : runs) {
            PangoAttribute* bold = pango_attr_weight_new(PANGO_WEIGHT_BOLD);
            bold->start_index = from;
            bold->end_index = to;
            pango_attr_list_insert(attributes, bold);
        }
        pango_layout_set_attributes(layout.get(), attributes);
        pango_attr_list_unref(attributes);
        if (style.width > 0) {
            pango_layout_set_width(layout.get(), static_cast<int>(style.width * PANGO_SCALE));
            pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
            pango_layout_set_alignment(layout.get(), style.align == Align::left     ? PANGO_ALIGN_LEFT
                                                     : style.align == Align::centre ? PANGO_ALIGN_CENTER
                                                                                    : PANGO_ALIGN_RIGHT);
        }
        if (style.balanced && style.width > 0) balance(layout.get(), style.width);
        return layout;
    }

    /// The narrowest width that needs no more lines; alignment keeps to the whole width only for left-aligned text, which headings are.
    static void balance(PangoLayout* layout, float width) {
        const int lines = pango_layout_get_line_count(layout);
        if (lines < 2) return;
        float low = width / 2, high = width;
        while (high - low > 4) {
            const float middle = (low + high) / 2;
            pango_layout_set_width(layout, static_cast<int>(middle * PANGO_SCALE));
            (pango_layout_get_line_count(layout) > lines ? low : high) = middle;
        }
        pango_layout_set_width(layout, static_cast<int>(high * PANGO_SCALE));
    }

    static std::pair<Block, std::vector<Line>> lines(PangoLayout* layout, const LetterStyle& style) {
        Block block;
        std::vector<Line> out;
        float baseline = ascent * style.size;
        PangoLayoutIter* iter = pango_layout_get_iter(layout);
        do {
            PangoLayoutLine* line = pango_layout_iter_get_line_readonly(iter);
            PangoRectangle logical;
            pango_layout_iter_get_line_extents(iter, nullptr, &logical);
            if (!out.empty()) baseline += style.size * (style.leading + (line->is_paragraph_start ? style.paragraph : 0));
            out.push_back({line, static_cast<float>(logical.x) / PANGO_SCALE, baseline, line->start_index});
            block.width = std::max(block.width, static_cast<float>(logical.width) / PANGO_SCALE);
        } while (pango_layout_iter_next_line(iter));
        pango_layout_iter_free(iter);
        block.lines = static_cast<int>(out.size());
        block.height = baseline + below * style.size;
        block.complete = pango_layout_get_unknown_glyphs_count(layout) == 0;
        int count = 0;
        const PangoLogAttr* breaks = pango_layout_get_log_attrs_readonly(layout, &count);
        const char* words = pango_layout_get_text(layout);
        for (const auto& line : out) {
            const auto at = g_utf8_pointer_to_offset(words, words + line.start);
            if (line.start > 0 && at < count && !breaks[at].is_line_break) block.whole_words = false;
        }
        return {block, std::move(out)};
    }
};

Lettering::Lettering(Glass& glass, std::unique_ptr<Pango> pango) : glass_(glass), pango_(std::move(pango)) {}

Lettering::~Lettering() {
    while (!kept_.empty()) drop(kept_.begin());
}

drivers::Result<std::unique_ptr<Lettering>> Lettering::open(Glass& glass) {
    auto pango = std::make_unique<Pango>();
    for (const bool bold : {false, true}) {
        const auto layout = pango->layout("社保卡立等可取A1", {.size = 40, .bold = bold});
        PangoFontDescription* wanted = pango_font_description_from_string("Noto Sans CJK SC");
        pango_font_description_set_weight(wanted, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
        Owned<PangoFont> font{pango_font_map_load_font(pango->map.get(), pango->context.get(), wanted)};
        pango_font_description_free(wanted);
        PangoFontDescription* got = font ? pango_font_describe(font.get()) : nullptr;
        const char* name = got ? pango_font_description_get_family(got) : nullptr;
        const bool right = name && std::string_view(name).starts_with("Noto Sans CJK") && (!bold || pango_font_description_get_weight(got) >= PANGO_WEIGHT_BOLD);
        if (got) pango_font_description_free(got);
        if (!right || pango_layout_get_unknown_glyphs_count(layout.get()) > 0)
            return drivers::fail(drivers::FaultCode::bad_configuration, "font Noto Sans CJK SC (package fonts-noto-cjk) is not installed");
    }
    // 𠮷 and a character of Extension F: names outside the basic plane must appear.
    const auto rare = pango->layout("\xF0\xA0\xAE\xB7\xF0\xAC\xBA\xB0", {});
    if (pango_layout_get_unknown_glyphs_count(rare.get()) > 0)
        return drivers::fail(drivers::FaultCode::bad_configuration, "fonts for rare characters (package fonts-hanazono) are not installed");
    return std::unique_ptr<Lettering>(new Lettering(glass, std::move(pango)));
}

Lettering::Kept& Lettering::keep(std::string_view text, const LetterStyle& style) {
    std::string key = fmt::format("{}|{}|{}|{}|{}|{}|{}|", style.size, style.bold, style.width, static_cast<int>(style.align), style.leading, style.paragraph,
                                  style.balanced);
    key += text;
    auto [it, added] = kept_.try_emplace(std::move(key));
    it->second.used = frame_;
    if (added) {
        const auto shown = clean(text);
        const auto layout = pango_->layout(shown, style);
        it->second.sheet.block = Pango::lines(layout.get(), style).first;
    }
    return it->second;
}

Block Lettering::measure(std::string_view text, const LetterStyle& style) { return keep(text, style).sheet.block; }

const Sheet& Lettering::sheet(std::string_view text, const LetterStyle& style) {
    Kept& kept = keep(text, style);
    Sheet& sheet = kept.sheet;
    if (sheet.texture != 0 || sheet.block.width <= 0) return sheet;
    const auto shown = clean(text);
    const auto layout = pango_->layout(shown, style);
    const auto [block, lines] = Pango::lines(layout.get(), style);
    sheet.pad = std::ceil(pad_em * style.size);
    const float across = style.width > 0 && style.align != Align::left ? style.width : block.width;
    sheet.width = static_cast<int>(std::ceil(across + 2 * sheet.pad));
    sheet.height = static_cast<int>(std::ceil(block.height + 2 * sheet.pad));
    cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_A8, sheet.width, sheet.height);
    cairo_t* cairo = cairo_create(surface);
    cairo_set_source_rgba(cairo, 0, 0, 0, 1);
    for (const auto& line : lines) {
        cairo_move_to(cairo, static_cast<double>(sheet.pad + line.x), static_cast<double>(sheet.pad + line.baseline));
        pango_cairo_show_layout_line(cairo, line.line);
    }
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    sheet.texture = glass_.upload_coverage(sheet.width, sheet.height, cairo_image_surface_get_stride(surface), cairo_image_surface_get_data(surface));
    drivers::wipe(std::as_writable_bytes(std::span{
        cairo_image_surface_get_data(surface), static_cast<std::size_t>(cairo_image_surface_get_stride(surface)) * static_cast<std::size_t>(sheet.height)}));
    cairo_surface_destroy(surface);
    bytes_ += static_cast<std::size_t>(sheet.width) * static_cast<std::size_t>(sheet.height);
    limit();
    return sheet;
}

std::vector<std::string> Lettering::pages(std::string_view text, const LetterStyle& style, float height) {
    const auto shown = clean(text);
    LetterStyle plain = style;
    plain.align = Align::left;
    const auto layout = pango_->layout(shown, plain);
    const auto [whole, runs] = parse_bold(shown);
    const auto lines = Pango::lines(layout.get(), plain).second;
    std::vector<std::string> out;
    std::size_t first = 0;
    const auto cut = [&](std::size_t last) {
        const auto from = static_cast<std::size_t>(lines[first].start);
        const auto to = last < lines.size() ? static_cast<std::size_t>(lines[last].start) : whole.size();
        std::string page;
        for (std::size_t i = from; i <= to; ++i) {
            for (const auto& [begin, end] : runs)  // what is bold across the cut begins anew
                if ((i == begin && i < to) || (i == from && begin < from && end > from) || (i == end && i > from) || (i == to && begin < to && end > to))
                    page += bold_mark;
            if (i < to && i < whole.size()) page += whole[i];
        }
        while (!page.empty() && (page.back() == '\n' || page.back() == ' ')) page.pop_back();
        out.push_back(std::move(page));
        first = last;
    };
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const float used = lines[i].baseline - lines[first].baseline + style.size;
        if (used > height) cut(i);
    }
    cut(lines.size());
    return out;
}

void Lettering::drop(Store::iterator it) {
    if (it->second.sheet.texture != 0) {
        bytes_ -= static_cast<std::size_t>(it->second.sheet.width) * static_cast<std::size_t>(it->second.sheet.height);
        glass_.release(it->second.sheet.texture);
    }
    auto node = kept_.extract(it);
    drivers::wipe(node.key());
}

void Lettering::limit() {
    while (bytes_ > max_lettering_bytes) {
        const auto oldest = std::ranges::min_element(kept_, {}, [](const auto& pair) { return pair.second.sheet.texture ? pair.second.used : UINT64_MAX; });
        if (oldest == kept_.end() || oldest->second.used == frame_) return;  // what is on the screen now stays
        drop(oldest);
    }
}

void Lettering::sweep() {
    for (auto it = kept_.begin(); it != kept_.end();) {
        const auto next = std::next(it);
        if (it->second.used < frame_) drop(it);
        it = next;
    }
}

}  // namespace ui
