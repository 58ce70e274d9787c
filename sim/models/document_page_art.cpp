// Drawn with Cairo in millimetres. The zone stands as ICAO 9303 has it: ten characters an inch, four lines an inch, OCR-B of size 1.
#include "sim/models/document_page_art.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <opencv2/imgproc.hpp>
#include <pango/pangocairo.h>
#include <qrencode.h>

namespace sim {

namespace {
constexpr double pitch = 2.54, line_step = 6.35;  // mm
constexpr double advance_per_em = 0.723, capital_per_em = 0.707;  // of the font: its em follows from the pitch
constexpr double em = pitch / advance_per_em;
constexpr double lowest_line = 9.4, lowest_card_line = 5.6;  // mm from the lower edge to the middle of the last line

struct Ink {
    double red, green, blue;
};
void use(cairo_t* c, Ink ink, double alpha = 1) { cairo_set_source_rgba(c, ink.red, ink.green, ink.blue, alpha); }

void write(cairo_t* c, const std::string& text, double x, double y, double height) {
    struct Release {
        void operator()(PangoLayout* layout) const { g_object_unref(layout); }
    };
    const std::unique_ptr<PangoLayout, Release> layout(pango_cairo_create_layout(c));
    PangoFontDescription* font = pango_font_description_from_string("Noto Sans CJK SC");
    pango_font_description_set_absolute_size(font, height * PANGO_SCALE);
    pango_layout_set_font_description(layout.get(), font);
    pango_font_description_free(font);
    pango_layout_set_text(layout.get(), text.c_str(), -1);
    cairo_move_to(c, x, y);
    pango_cairo_show_layout(c, layout.get());
}

void draw_zone(cairo_t* c, const DocumentScene& scene) {
    const auto box = zone_box(scene);
    cairo_select_font_face(c, "OCR B", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(c, em);
    use(c, {0.08, 0.08, 0.1}, scene.ink);
    const double capital = capital_per_em * em;
    for (std::size_t row = 0; row < scene.zone.size(); ++row)
        for (std::size_t i = 0; i < scene.zone[row].size(); ++i) {
            cairo_move_to(c, box.x + pitch * static_cast<double>(i), box.y + capital + line_step * static_cast<double>(row));
            cairo_show_text(c, std::string(1, scene.zone[row][i]).c_str());
        }
}

/// The wavy lines that documents have behind their text.
void draw_waves(cairo_t* c, PageSize size, const DocumentScene& scene) {
    Dice dice(scene.seed);
    cairo_set_line_width(c, 0.12);
    for (int set = 0; set < 2; ++set) {
        const double phase = static_cast<double>(dice.below(628)) / 100, length = 9 + static_cast<double>(dice.below(9));
        use(c, set ? Ink{0.75, 0.35, 0.35} : Ink{0.25, 0.5, 0.7}, 0.6 * scene.background);
        for (double y = -5; y < size.height + 5; y += 1.3) {
            cairo_new_path(c);
            for (double x = 0; x <= size.width; x += 1) cairo_line_to(c, x, y + (set ? 1.5 : 2.2) * std::sin(x / length * 2 + phase + y / 13));
            cairo_stroke(c);
        }
    }
}

void draw_portrait(cairo_t* c, double x, double y, double width, double height) {
    use(c, {0.86, 0.9, 0.93});
    cairo_rectangle(c, x, y, width, height);
    cairo_fill(c);
    cairo_save(c);
    cairo_rectangle(c, x, y, width, height);
    cairo_clip(c);
    use(c, {0.2, 0.22, 0.3});
    cairo_arc(c, x + width / 2, y + height * 1.08, width * 0.45, 0, 2 * CV_PI);
    cairo_fill(c);
    use(c, {0.12, 0.1, 0.1});
    cairo_arc(c, x + width / 2, y + height * 0.4, width * 0.26, 0, 2 * CV_PI);
    cairo_fill(c);
    use(c, {0.83, 0.66, 0.55});
    cairo_arc(c, x + width / 2, y + height * 0.47, width * 0.22, 0, 2 * CV_PI);
    cairo_fill(c);
    cairo_restore(c);
}

void draw_identity(cairo_t* c, PageSize size, const DocumentScene& scene) {
    const bool card = size.width < 90;
    const double top = card ? 5 : 9, photo = card ? 18 : 32;
    use(c, {0.45, 0.15, 0.2});
    write(c, card ? "往来通行证 EXIT-ENTRY PERMIT" : "护照 PASSPORT", 4, 1.2, card ? 2.6 : 4);
    draw_portrait(c, 4, top + 1, photo, photo * 1.25);
    use(c, {0.15, 0.15, 0.2}, scene.ink);
    double y = top;
    for (const auto& field : scene.fields) {
        if (y > zone_box(scene).y - 5) break;
        write(c, field, photo + 8, y, card ? 2.4 : 3.2);
        y += card ? 4 : 6;
    }
    draw_zone(c, scene);
}

void draw_register(cairo_t* c, PageSize size, const DocumentScene& scene) {
    use(c, {0.1, 0.1, 0.1});
    write(c, "常住人口登记卡", size.width / 2 - 21, 3, 6);
    cairo_set_line_width(c, 0.3);
    constexpr int rows = 9;
    const double step = (size.height - 22) / rows;
    for (int i = 0; i <= rows; ++i) {
        cairo_move_to(c, 8, 14 + i * step);
        cairo_line_to(c, size.width - 8, 14 + i * step);
    }
    for (const double x : {8.0, 38.0, size.width / 2 + 4, size.width - 8}) {
        cairo_move_to(c, x, 14);
        cairo_line_to(c, x, 14 + rows * step);
    }
    cairo_stroke(c);
    for (std::size_t i = 0; i < scene.fields.size() && i < rows; ++i) {
        use(c, {0.1, 0.1, 0.15}, scene.ink);
        write(c, scene.fields[i], 10, 16 + static_cast<double>(i) * step, 4);
    }
}

void draw_code(cairo_t* c, const std::string& text, cv::Rect2d box, double damage) {
    struct Release {
        void operator()(QRcode* code) const { QRcode_free(code); }
    };
    const std::unique_ptr<QRcode, Release> code(QRcode_encodeData(static_cast<int>(text.size()), reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_M));
    if (!code) return;
    const double dot = box.width / code->width;
    use(c, {0, 0, 0});
    for (int y = 0; y < code->width; ++y)
        for (int x = 0; x < code->width; ++x)
            if (code->data[y * code->width + x] & 1) cairo_rectangle(c, box.x + x * dot, box.y + y * dot, dot, dot);
    cairo_set_antialias(c, CAIRO_ANTIALIAS_NONE);  // squares that touch leave no seam
    cairo_fill(c);
    cairo_set_antialias(c, CAIRO_ANTIALIAS_DEFAULT);
    use(c, {0.9, 0.9, 0.9});
    cairo_rectangle(c, box.x + box.width / 2 * (1 - damage), box.y + box.height / 2 * (1 - damage), box.width * damage, box.height * damage);
    cairo_fill(c);
}

void draw_telephone(cairo_t* c, PageSize size, const DocumentScene& scene) {
    use(c, {0.1, 0.35, 0.75});
    cairo_rectangle(c, 0, 0, size.width, 16);
    cairo_fill(c);
    use(c, {1, 1, 1});
    write(c, "电子社保卡", size.width / 2 - 16, 4, 6);
    const double side = scene.second_code.empty() ? 56 : 26;  // thumbs hold the edges
    draw_code(c, scene.code, {scene.second_code.empty() ? (size.width - side) / 2 : 6, 26, side, side}, scene.damage);
    if (!scene.second_code.empty()) draw_code(c, scene.second_code, {size.width - side - 6, 26, side, side}, scene.damage);
}
}  // namespace

PageSize page_size(const DocumentScene& scene) {
    switch (scene.kind) {
        case PageKind::household_register: return {143, 105};
        case PageKind::electronic_card: return {70, 105};
        case PageKind::zone: break;
    }
    const auto columns = scene.zone.empty() ? 0 : scene.zone.front().size();
    return columns >= 44 ? PageSize{125, 88} : columns >= 36 ? PageSize{105, 74} : PageSize{85.6, 53.98};
}

cv::Rect2d zone_box(const DocumentScene& scene) {
    const auto size = page_size(scene);
    const double columns = scene.zone.empty() ? 0 : static_cast<double>(scene.zone.front().size());
    const double last = size.height - (size.width < 90 ? lowest_card_line : lowest_line);
    const double capital = capital_per_em * em;
    const double height = line_step * (static_cast<double>(std::max<std::size_t>(1, scene.zone.size())) - 1) + capital;
    return {(size.width - columns * pitch) / 2, last + capital / 2 - height, columns * pitch, height};
}

cv::Mat draw_page(const DocumentScene& scene) {
    const auto size = page_size(scene);
    cv::Mat dots(cvRound(size.height * page_dots_per_mm), cvRound(size.width * page_dots_per_mm), CV_8UC4, cv::Scalar::all(255));
    const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface(
        cairo_image_surface_create_for_data(dots.data, CAIRO_FORMAT_RGB24, dots.cols, dots.rows, static_cast<int>(dots.step)), &cairo_surface_destroy);
    const std::unique_ptr<cairo_t, decltype(&cairo_destroy)> context(cairo_create(surface.get()), &cairo_destroy);
    cairo_t* c = context.get();
    cairo_scale(c, page_dots_per_mm, page_dots_per_mm);
    use(c, scene.kind == PageKind::zone ? Ink{0.93, 0.94, 0.9} : Ink{0.97, 0.97, 0.95});
    cairo_paint(c);
    switch (scene.kind) {
        case PageKind::zone:
            draw_waves(c, size, scene);
            draw_identity(c, size, scene);
            break;
        case PageKind::household_register:
            draw_waves(c, size, scene);
            draw_register(c, size, scene);
            break;
        case PageKind::electronic_card: draw_telephone(c, size, scene); break;
    }
    cairo_surface_flush(surface.get());
    cv::Mat out;
    cv::cvtColor(dots, out, cv::COLOR_BGRA2BGR);
    return out;
}

}  // namespace sim
