// Each kind of field on its surface.
#include "printer/face/fields.hpp"
#include "printer/face/image.hpp"
#include "printer/face/qr.hpp"
#include "printer/face/tone.hpp"

#include <cmath>
#include <fmt/format.h>
#include <numbers>

namespace printer {

using drivers::FaultCode;

void rounded_rectangle(cairo_t* cairo, double x, double y, double width, double height, double radius) {
    constexpr double quarter = std::numbers::pi / 2;
    const double r = std::min({radius, width / 2, height / 2}) * units_per_mm;
    const double left = x * units_per_mm, top = y * units_per_mm, right = (x + width) * units_per_mm, bottom = (y + height) * units_per_mm;
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, right - r, top + r, r, -quarter, 0);
    cairo_arc(cairo, right - r, bottom - r, r, 0, quarter);
    cairo_arc(cairo, left + r, bottom - r, r, quarter, 2 * quarter);
    cairo_arc(cairo, left + r, top + r, r, 2 * quarter, 3 * quarter);
    cairo_close_path(cairo);
}

namespace {
void set_source(cairo_t* cairo, const FaceField& field) {
    if (field.resin || field.kind == FaceField::Kind::cutout) return cairo_set_source_rgba(cairo, 0, 0, 0, 1);
    const auto part = [&](int shift) { return (field.colour >> shift & 0xFF) / 255.0; };
    cairo_set_source_rgb(cairo, part(16), part(8), part(0));
}

using Painting = std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)>;

enum class Fit { cover, contain };  // the field is filled and the picture cut, or the picture is whole

/// Keeps the picture's proportions, in the middle of the field.
void place_picture(cairo_t* cairo, const FaceField& field, cairo_surface_t* picture, Fit fit, bool as_mask) {
    const double width = cairo_image_surface_get_width(picture), height = cairo_image_surface_get_height(picture);
    const double across = field.width / width, down = field.height / height;
    const double scale = (fit == Fit::cover ? std::max(across, down) : std::min(across, down)) * units_per_mm;
    cairo_save(cairo);
    rounded_rectangle(cairo, field.x, field.y, field.width, field.height, field.radius);
    cairo_clip(cairo);
    cairo_translate(cairo, (field.x + field.width / 2) * units_per_mm, (field.y + field.height / 2) * units_per_mm);
    cairo_scale(cairo, scale, scale);
    const std::unique_ptr<cairo_pattern_t, void (*)(cairo_pattern_t*)> pattern{cairo_pattern_create_for_surface(picture), cairo_pattern_destroy};
    cairo_matrix_t to_middle;
    cairo_matrix_init_translate(&to_middle, width / 2, height / 2);
    cairo_pattern_set_matrix(pattern.get(), &to_middle);
    cairo_pattern_set_filter(pattern.get(), CAIRO_FILTER_GOOD);
    cairo_pattern_set_extend(pattern.get(), fit == Fit::cover ? CAIRO_EXTEND_PAD : CAIRO_EXTEND_NONE);
    if (as_mask) cairo_mask(cairo, pattern.get());
    else {
        cairo_set_source(cairo, pattern.get());
        cairo_paint(cairo);
    }
    cairo_restore(cairo);
}

Result<void> draw_photo(const Canvas& on, const FaceField& field) {
    if (on.data.photo_jpeg.empty()) return {};  // a small child's card may have none
    auto photo = decode_photo(on.data.photo_jpeg, static_cast<int>(field.height / raster_height_mm * on.size.height));
    if (!photo) return std::unexpected(photo.error());
    if (on.ground == Ground::print)
        if (auto toned = apply_tone(on.layout.tone, *photo); !toned) return toned;
    const Painting picture{cairo_image_surface_create_for_data(reinterpret_cast<unsigned char*>(photo->xrgb.data()), CAIRO_FORMAT_RGB24, photo->width, photo->height, photo->width * 4),
                           cairo_surface_destroy};
    place_picture(on.cairo, field, picture.get(), Fit::cover, false);
    drivers::wipe(std::as_writable_bytes(std::span{photo->xrgb}));
    return {};
}

Result<void> draw_image(const Canvas& on, const FaceField& field) {
    if (on.layout.images.empty()) return {};  // loaded without its folder: a world of tiny rasters
    auto name = fill_in(field.text, on.data);
    if (!name) return std::unexpected(name.error());
    const auto image = on.layout.images.find(*name);
    if (image == on.layout.images.end()) {
        if (field.text.contains("{bank_id}") && on.data.bank_id.empty()) return {};
        return drivers::fail(FaultCode::bad_configuration, "the layout has no image of that name");
    }
    auto picture = decode_png(image->second);
    if (!picture) return std::unexpected(picture.error());
    if (field.resin) place_picture(on.cairo, field, darkness_of(*picture).get(), Fit::contain, true);
    else place_picture(on.cairo, field, picture->get(), Fit::contain, false);
    return {};
}

/// In dots, not in millimetres: the modules' edges are the printer's.
Result<void> draw_qr(const Canvas& on, const FaceField& field) {
    auto content = fill_in(field.text, on.data);
    if (!content) return std::unexpected(content.error());
    if (content->empty()) return {};
    const auto code = make_qr(*content);
    drivers::wipe(*content);
    if (!code) return std::unexpected(code.error());
    double left = field.x * units_per_mm, top = field.y * units_per_mm, right = (field.x + field.width) * units_per_mm, bottom = (field.y + field.height) * units_per_mm;
    cairo_user_to_device(on.cairo, &left, &top);
    cairo_user_to_device(on.cairo, &right, &bottom);
    const int x0 = static_cast<int>(std::ceil(left)), y0 = static_cast<int>(std::ceil(top));
    const int across = static_cast<int>(right) - x0, down = static_cast<int>(bottom) - y0;
    const int dots = dots_per_module(code->side, across, down);
    if (dots < least_dots_per_module) {
        if (on.size.width < RasterSize{}.width) return {};  // a small preview, or a world's raster: nobody reads it there
        return drivers::fail(FaultCode::bad_configuration, fmt::format("the QR code has {} modules: {} dots each in its field, {} are needed", code->side, dots, least_dots_per_module));
    }
    const int x1 = x0 + (across - code->side * dots) / 2, y1 = y0 + (down - code->side * dots) / 2;
    cairo_save(on.cairo);
    cairo_identity_matrix(on.cairo);
    cairo_set_antialias(on.cairo, CAIRO_ANTIALIAS_NONE);
    for (int i = 0; i < code->side * code->side; ++i)
        if (code->black[static_cast<std::size_t>(i)]) cairo_rectangle(on.cairo, x1 + i % code->side * dots, y1 + i / code->side * dots, dots, dots);
    cairo_fill(on.cairo);
    cairo_restore(on.cairo);
    return {};
}

Result<void> draw_text(const Canvas& on, const FaceField& field, Typesetter& types) {
    auto text = fill_in(field.text, on.data);
    if (!text) return std::unexpected(text.error());
    // A heading without its value ("valid until" on a card that has no end) is not printed alone.
    if (field.text.contains('{') && *text == fill_in(field.text, FaceData{})) return {};
    auto drawn = types.draw(on.cairo, field, *text);
    drivers::wipe(*text);
    return drawn;
}
}  // namespace

Result<void> paint_field(const Canvas& on, const FaceField& field, Typesetter& types) {
    auto* cairo = on.cairo;
    set_source(cairo, field);
    switch (field.kind) {
        case FaceField::Kind::text: return draw_text(on, field, types);
        case FaceField::Kind::photo: return draw_photo(on, field);
        case FaceField::Kind::qr: return draw_qr(on, field);
        case FaceField::Kind::image: return draw_image(on, field);
        case FaceField::Kind::line:
            cairo_set_line_width(cairo, field.size * units_per_mm);
            cairo_move_to(cairo, field.x * units_per_mm, field.y * units_per_mm);
            cairo_line_to(cairo, (field.x + field.width) * units_per_mm, (field.y + field.height) * units_per_mm);
            cairo_stroke(cairo);
            return {};
        case FaceField::Kind::rectangle:
        case FaceField::Kind::cutout:
            rounded_rectangle(cairo, field.x, field.y, field.width, field.height, field.radius);
            cairo_fill(cairo);
            return {};
    }
    return {};
}

}  // namespace printer
