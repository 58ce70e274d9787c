// Drawing with Cairo. User space is the lying card in 0.01 mm, its top left corner the origin; the raster reaches a little beyond the card on every side.
#include "printer/face/artwork.hpp"

#include "printer/face/fields.hpp"

#include <fmt/format.h>

namespace printer {

using drivers::FaultCode;

namespace {
constexpr double card_width_mm = 85.60, card_height_mm = 53.98, corner_mm = 3.18;       // ISO/IEC 7810 ID-1
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

/// Bare card stock in the preview; what is pre-printed there (the contacts) follows in the layout.
void bare(cairo_t* colour, const FaceField& cutout) {
    cairo_set_source_rgb(colour, 1, 1, 1);
    rounded_rectangle(colour, cutout.x, cutout.y, cutout.width, cutout.height, cutout.radius);
    cairo_fill(colour);
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

Result<std::unique_ptr<Sheet>> draw_side(const Layout& layout, const std::vector<FaceField>& fields, const FaceData& data, RasterSize size, Ground ground) {
    if (size.width < 1 || size.height < 1 || size.width > max_raster_side || size.height > max_raster_side)
        return drivers::fail(FaultCode::bad_configuration, fmt::format("a raster of {} x {}", size.width, size.height));
    auto sheet = std::unique_ptr<Sheet>(new Sheet{{CAIRO_FORMAT_RGB24, size}, {CAIRO_FORMAT_A8, size}, {CAIRO_FORMAT_A8, size}});
    const auto colour = pen(sheet->colour, size), resin = pen(sheet->resin, size), cut = pen(sheet->cut, size);
    cairo_set_source_rgb(colour.get(), 1, 1, 1);
    cairo_paint(colour.get());
    Typesetter types;
    for (const auto& field : fields) {
        if (field.preprinted && ground == Ground::print) continue;
        const bool is_cutout = field.kind == FaceField::Kind::cutout;
        auto* on = is_cutout ? cut.get() : field.resin ? resin.get() : colour.get();
        if (is_cutout && ground == Ground::preview) bare(colour.get(), field);
        if (auto drawn = paint_field({on, layout, data, size, ground}, field, types); !drawn) return std::unexpected(drawn.error());
    }
    for (const auto* surface : {&sheet->colour, &sheet->resin, &sheet->cut}) cairo_surface_flush(surface->get());
    return sheet;
}

namespace {
Result<Picture> draw_whole(const Layout& layout, const std::vector<FaceField>& fields, const FaceData& data, RasterSize size) {
    auto sheet = draw_side(layout, fields, data, size, Ground::preview);
    if (!sheet) return std::unexpected(sheet.error());
    Surface shape(CAIRO_FORMAT_A8, size);
    {
        const auto cairo = pen(shape, size);
        rounded_rectangle(cairo.get(), 0, 0, card_width_mm, card_height_mm, corner_mm);
        cairo_fill(cairo.get());
    }
    cairo_surface_flush(shape.get());
    Picture picture{size.width, size.height, {}};
    picture.rgba.resize(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) * 4);
    auto* out = picture.rgba.data();
    for (int y = 0; y < size.height; ++y) {
        const auto* colours = (*sheet)->colour.colours(y);
        const auto *resin = (*sheet)->resin.alphas(y), *cut = (*sheet)->cut.alphas(y), *inside = shape.alphas(y);
        for (int x = 0; x < size.width; ++x) {
            const auto light = 255u - (cut[x] ? 0u : resin[x]);
            for (const int shift : {16, 8, 0}) *out++ = static_cast<std::uint8_t>((colours[x] >> shift & 0xFF) * light / 255);
            *out++ = inside[x];
        }
    }
    return picture;
}
}  // namespace

Result<Picture> draw_front(const Layout& layout, const FaceData& data, RasterSize size) { return draw_whole(layout, layout.front, data, size); }
Result<Picture> draw_back(const Layout& layout, const FaceData& data, RasterSize size) { return draw_whole(layout, layout.back, data, size); }

}  // namespace printer
