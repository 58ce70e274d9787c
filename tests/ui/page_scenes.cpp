// What the camera sees while a page is held before it, drawn: bars instead of words, so that nothing on it can be taken for a document.
#include "stand.hpp"

#include <pango/pangocairo.h>

namespace ui::test {

using namespace kiosk;

std::vector<std::uint8_t> page(int width, int height) {
    cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t* c = cairo_create(surface);
    cairo_scale(c, width / 1280.0, height / 720.0);
    const auto box = [&](double x, double y, double w, double h, double grey) {
        cairo_set_source_rgb(c, grey, grey, grey * 0.97);
        cairo_rectangle(c, x, y, w, h);
        cairo_fill(c);
    };
    box(0, 0, 1280, 720, 0.55);
    box(0, 480, 1280, 240, 0.42);
    cairo_rotate(c, 0.03);
    box(300, 90, 720, 500, 0.93);
    box(345, 140, 170, 230, 0.72);
    for (int i = 0; i < 6; ++i) box(560, 150 + i * 42, 180 + (i * 97) % 210, 14, 0.3);
    for (int row = 0; row < 2; ++row)
        for (int k = 0; k < 44; ++k) box(330 + k * 15.2, 480 + row * 42, 8 + k % 3, 22, 0.15);
    cairo_destroy(c);
    cairo_surface_flush(surface);
    const auto* data = cairo_image_surface_get_data(surface);
    const int stride = cairo_image_surface_get_stride(surface);
    std::vector<std::uint8_t> rgb;
    rgb.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (const int channel : {2, 1, 0}) rgb.push_back(data[y * stride + x * 4 + channel]);
    cairo_surface_destroy(surface);
    return rgb;
}

namespace {
template <class Q>
Q of(drivers::DocumentKind kind) {
    Q q;
    q.kind = kind;
    return q;
}
template <class Q>
Q watching(drivers::DocumentKind kind, PageGuide guide) {
    auto q = of<Q>(kind);
    q.watching = true;
    q.guide = guide;
    q.width = 640;
    q.height = 360;
    q.preview_rgb = page(q.width, q.height);
    return q;
}
}  // namespace

std::vector<Situation> page_situations() {
    using drivers::DocumentKind;
    std::vector<Situation> all;
    for (const auto kind : {DocumentKind::passport, DocumentKind::travel_permit}) {
        const auto word = drivers::name_of(kind);
        all.push_back({fmt::format("show_zone-{}-look", word), of<ShowZone>(kind)});
        const int last = kind == DocumentKind::passport ? static_cast<int>(PageGuide::glare) : 0;  // the words are the same
        for (int i = 0; i <= last; ++i)
            all.push_back({fmt::format("show_zone-{}-{}", word, name_of(static_cast<PageGuide>(i))), watching<ShowZone>(kind, static_cast<PageGuide>(i))});
    }
    for (const auto kind : {DocumentKind::household_register, DocumentKind::temporary_id}) {
        const auto word = drivers::name_of(kind);
        all.push_back({fmt::format("photograph_page-{}-look", word), of<PhotographPage>(kind)});
        for (const auto guide : {PageGuide::none, PageGuide::further, PageGuide::hold_still})
            all.push_back({fmt::format("photograph_page-{}-{}", word, name_of(guide)), watching<PhotographPage>(kind, guide)});
    }
    return all;
}

}  // namespace ui::test
