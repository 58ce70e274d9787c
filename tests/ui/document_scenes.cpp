// The screens about documents, and what the camera sees while a page is held before it: bars instead of words, so that nothing on it can be taken for a document.
#include "stand.hpp"

#include <pango/pangocairo.h>

namespace ui::test {

using namespace kiosk;
using drivers::DocumentKind;

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
Q watched(Q q, PageGuide guide) {
    q.watching = true;
    q.guide = guide;
    q.width = 640;
    q.height = 360;
    q.preview_rgb = page(q.width, q.height);
    return q;
}
template <class Q>
Q watching(drivers::DocumentKind kind, PageGuide guide) {
    return watched(of<Q>(kind), guide);
}
/// A page before the camera: not yet seen, and for every guide.
void pages(std::vector<Situation>& all) {
    for (const auto kind : {DocumentKind::passport, DocumentKind::travel_permit}) {
        const auto word = drivers::name_of(kind);
        all.push_back({fmt::format("show_zone-{}-look", word), of<ShowZone>(kind)});
        const int last = kind == DocumentKind::passport ? static_cast<int>(PageGuide::glare) : 0;  // the words are the same
        for (int i = 0; i <= last; ++i)
            all.push_back({fmt::format("show_zone-{}-{}", word, name_of(static_cast<PageGuide>(i))), watching<ShowZone>(kind, static_cast<PageGuide>(i))});
    }
    for (const bool refused : {false, true}) {
        const std::string_view word = refused ? "show_ecard-refused" : "show_ecard";
        all.push_back({fmt::format("{}-look", word), ShowECard{.refused = refused}});
        for (const auto guide : {PageGuide::none, PageGuide::further, PageGuide::hold_still}) all.push_back({fmt::format("{}-{}", word, name_of(guide)), watched(ShowECard{.refused = refused}, guide)});
    }
    for (const auto kind : {DocumentKind::household_register, DocumentKind::temporary_id}) {
        const auto word = drivers::name_of(kind);
        all.push_back({fmt::format("photograph_page-{}-look", word), of<PhotographPage>(kind)});
        for (const auto guide : {PageGuide::none, PageGuide::further, PageGuide::hold_still})
            all.push_back({fmt::format("photograph_page-{}-{}", word, name_of(guide)), watching<PhotographPage>(kind, guide)});
    }
}
}  // namespace

std::vector<Situation> document_situations() {
    std::vector<Situation> all;
    const auto add = [&](std::string name, AnyQuestion q) { all.push_back({std::move(name), std::move(q)}); };
    constexpr std::array whose{Whose::own, Whose::guardian, Whose::child};
    // The longest words for whose it is, and every kind at its longest.
    for (const auto& [kind, word] : drivers::document_words)
        if (drivers::has_chip(kind)) add(fmt::format("present_document-{}", word), PresentDocument{.whose = Whose::guardian, .kind = kind, .may_choose = true});
    for (const auto who : whose)
        for (const auto& [kind, percent] : {std::pair{DocumentKind::passport, 45}, std::pair{DocumentKind::permanent_residence, -1}})
            add(fmt::format("present_document-{}-{}-reading", drivers::name_of(kind), name_of(who)),
                PresentDocument{.state = DocumentState::reading, .whose = who, .kind = kind, .may_choose = true, .percent = percent});
    for (const auto state : {DocumentState::moved, DocumentState::unreadable, DocumentState::expired})
        add(fmt::format("present_document-passport-{}", name_of(state)), PresentDocument{.state = state, .kind = DocumentKind::passport, .may_choose = true});
    add("choose_document-own", ChooseDocument{.whose = Whose::own, .offered = {DocumentKind::residence_permit, DocumentKind::permanent_residence, DocumentKind::passport,
                                                                              DocumentKind::travel_permit, DocumentKind::temporary_id}});
    add("choose_document-guardian", ChooseDocument{.whose = Whose::guardian, .offered = {DocumentKind::resident_id, DocumentKind::passport, DocumentKind::temporary_id}});
    add("choose_document-child", ChooseDocument{.whose = Whose::child, .offered = {DocumentKind::resident_id, DocumentKind::household_register}});
    for (const auto who : whose) {
        add(fmt::format("enter_name-{}", name_of(who)), EnterName{.whose = who});
        add(fmt::format("enter_id_number-{}", name_of(who)), EnterIdNumber{.whose = who});
    }
    add("enter_name-refused", EnterName{.refused = true});
    add("enter_id_number-refused", EnterIdNumber{.refused = true});
    add("enter_expiry", EnterExpiry{});
    add("enter_expiry-refused", EnterExpiry{.refused = true});
    for (const auto kind : {DocumentKind::passport, DocumentKind::travel_permit}) add(fmt::format("enter_zone-{}", drivers::name_of(kind)), EnterZone{.kind = kind});
    add("enter_zone-refused", EnterZone{.refused = true});
    pages(all);
    add("page_taken", PageTaken{.jpeg = jpeg_of(page(1280, 720), 1280, 720)});
    add("page_taken-garbage", PageTaken{.jpeg = Bytes(500, std::byte{0x41})});
    add("choose_relation", ChooseRelation{});
    return all;
}

}  // namespace ui::test
