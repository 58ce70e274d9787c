// Drawing with Cairo. User space is the lying card in 0.01 mm, its top left corner the origin; the raster reaches a little beyond the card on every side.
#include "printer/face/artwork.hpp"

#include "printer/face/photo.hpp"
#include "printer/face/text.hpp"

#include <fmt/format.h>
#include <numbers>

namespace printer {

using drivers::FaultCode;

namespace {
constexpr double card_width_mm = 85.60, card_height_mm = 53.98, corner_mm = 3.18;       // ISO/IEC 7810 ID-1
constexpr double raster_width_mm = 1016 * 25.4 / 300, raster_height_mm = 648 * 25.4 / 300;  // the card lies in the middle (facts: 638 x 1016 centred)
constexpr int max_raster_side = 4096;

struct Destroy {
    void operator()(cairo_t* c) const { cairo_destroy(c); }
};
using Cairo = std::unique_ptr<cairo_t, Destroy>;

Cairo pen(const Surface& surface, RasterSize size) {
    Cairo cairo{cairo_create(surface.get())};
    cairo_scale(cairo.get(), size.width / (raster_width_mm * units_per_mm), size.height / (raster_height_mm * units_per_mm));
    cairo_translate(cairo.get(), (raster_width_mm - card_width_mm) / 2 * units_per_mm, (raster_height_mm - card_height_mm) / 2 * units_per_mm);
    return cairo;
}

void set_source(cairo_t* cairo, const FaceField& field) {
    if (field.resin || field.kind == FaceField::Kind::cutout) return cairo_set_source_rgba(cairo, 0, 0, 0, 1);
    const auto part = [&](int shift) { return (field.colour >> shift & 0xFF) / 255.0; };
    cairo_set_source_rgb(cairo, part(16), part(8), part(0));
}

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

Result<void> draw_photo(cairo_t* cairo, const FaceField& field, const FaceData& data, RasterSize size) {
    if (data.photo_jpeg.empty()) return {};  // a small child's card may have none
    auto photo = decode_photo(data.photo_jpeg, static_cast<int>(field.height / raster_height_mm * size.height));
    if (!photo) return std::unexpected(photo.error());
    const std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> image{
        cairo_image_surface_create_for_data(reinterpret_cast<unsigned char*>(photo->xrgb.data()), CAIRO_FORMAT_RGB24, photo->width, photo->height, photo->width * 4), cairo_surface_destroy};
    // Fills the field and keeps its proportions; what does not fit is cut off on both sides alike.
    const double scale = std::max(field.width / photo->width, field.height / photo->height) * units_per_mm;
    cairo_save(cairo);
    rounded_rectangle(cairo, field.x, field.y, field.width, field.height, field.radius);
    cairo_clip(cairo);
    cairo_translate(cairo, (field.x + field.width / 2) * units_per_mm, (field.y + field.height / 2) * units_per_mm);
    cairo_scale(cairo, scale, scale);
    cairo_set_source_surface(cairo, image.get(), -photo->width / 2.0, -photo->height / 2.0);
    cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_GOOD);
    cairo_pattern_set_extend(cairo_get_source(cairo), CAIRO_EXTEND_PAD);
    cairo_paint(cairo);
    cairo_restore(cairo);
    drivers::wipe(std::as_writable_bytes(std::span{photo->xrgb}));
    return {};
}

Result<void> draw_field(cairo_t* cairo, const FaceField& field, const FaceData& data, RasterSize size, Typesetter& types) {
    set_source(cairo, field);
    switch (field.kind) {
        case FaceField::Kind::text: {
            auto text = fill_in(field.text, data);
            if (!text) return std::unexpected(text.error());
            auto drawn = types.draw(cairo, field, *text);
            drivers::wipe(*text);
            return drawn;
        }
        case FaceField::Kind::photo: return draw_photo(cairo, field, data, size);
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
}  // namespace

Surface::Surface(cairo_format_t format, RasterSize size) : surface_(cairo_image_surface_create(format, size.width, size.height)) {}
const std::uint8_t* Surface::alphas(int y) const { return cairo_image_surface_get_data(get()) + static_cast<std::ptrdiff_t>(y) * cairo_image_surface_get_stride(get()); }
const std::uint32_t* Surface::colours(int y) const { return reinterpret_cast<const std::uint32_t*>(alphas(y)); }
void Surface::wipe() {
    auto* pixels = reinterpret_cast<std::byte*>(cairo_image_surface_get_data(get()));
    const auto bytes = static_cast<std::size_t>(cairo_image_surface_get_stride(get())) * static_cast<std::size_t>(cairo_image_surface_get_height(get()));
    if (pixels) drivers::wipe(std::span{pixels, bytes});
}

Result<std::unique_ptr<Sheet>> draw_side(const std::vector<FaceField>& fields, const FaceData& data, RasterSize size, Ground ground) {
    if (size.width < 1 || size.height < 1 || size.width > max_raster_side || size.height > max_raster_side)
        return drivers::fail(FaultCode::bad_configuration, fmt::format("a raster of {} x {}", size.width, size.height));
    auto sheet = std::unique_ptr<Sheet>(new Sheet{{CAIRO_FORMAT_RGB24, size}, {CAIRO_FORMAT_A8, size}, {CAIRO_FORMAT_A8, size}});
    const auto colour = pen(sheet->colour, size), resin = pen(sheet->resin, size), cut = pen(sheet->cut, size);
    cairo_set_source_rgb(colour.get(), 1, 1, 1);
    cairo_paint(colour.get());
    Typesetter types;
    for (const auto& field : fields) {
        if (field.preprinted && ground == Ground::print) continue;
        auto* on = field.kind == FaceField::Kind::cutout ? cut.get() : field.resin ? resin.get() : colour.get();
        if (auto drawn = draw_field(on, field, data, size, types); !drawn) return std::unexpected(drawn.error());
    }
    for (const auto* surface : {&sheet->colour, &sheet->resin, &sheet->cut}) cairo_surface_flush(surface->get());
    return sheet;
}

Result<Picture> draw_front(const Layout& layout, const FaceData& data, RasterSize size) {
    auto sheet = draw_side(layout.front, data, size, Ground::preview);
    if (!sheet) return std::unexpected(sheet.error());
    Surface shape(CAIRO_FORMAT_A8, size);
    {
        const auto cairo = pen(shape, size);
        rounded_rectangle(cairo.get(), 0, 0, card_width_mm, card_height_mm, corner_mm);
        cairo_fill(cairo.get());
    }
    cairo_surface_flush(shape.get());
    Picture picture{size.width, size.height, {}};
    picture.rgba.reserve(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) * 4);
    for (int y = 0; y < size.height; ++y) {
        const auto* colours = (*sheet)->colour.colours(y);
        const auto *resin = (*sheet)->resin.alphas(y), *cut = (*sheet)->cut.alphas(y), *inside = shape.alphas(y);
        for (int x = 0; x < size.width; ++x) {
            const auto light = 255u - (cut[x] ? 0u : resin[x]);
            for (const int shift : {16, 8, 0}) picture.rgba.push_back(static_cast<std::uint8_t>((colours[x] >> shift & 0xFF) * light / 255));
            picture.rgba.push_back(inside[x]);
        }
    }
    return picture;
}

}  // namespace printer
