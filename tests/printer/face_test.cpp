// The card's face: layout files good and bad, names that are hard to set, hostile photographs, and what lands in which panel. Pictures for the eye are
// written to the build directory (face-*.png).
#include "sample_face.hpp"

#include "drivers/clock.hpp"
#include "printer/face/photo.hpp"
#include "printer/face/text.hpp"
#include "sim/models/smart_card.hpp"

#include <doctest/doctest.h>
#include <fstream>
#include <numeric>
#include <sstream>

using namespace printer;
using bench::portrait_jpeg;
using bench::sample_person;
using drivers::FaultCode;

namespace {
constexpr RasterSize full{1016, 648};

std::string nanning() {
    std::ifstream in(LIQU_SOURCE_DIR "/printer/layouts/nanning.toml");
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}
Layout layout() { return load_layout(nanning(), LIQU_SOURCE_DIR "/printer/layouts").value(); }

void write_png(const char* name, int width, int height, const std::function<std::uint32_t(std::size_t)>& argb) {
    auto* surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height);
    auto* row = cairo_image_surface_get_data(surface);
    const auto stride = cairo_image_surface_get_stride(surface);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) reinterpret_cast<std::uint32_t*>(row + y * stride)[x] = argb(static_cast<std::size_t>(y * width + x));
    cairo_surface_mark_dirty(surface);
    cairo_surface_write_to_png(surface, (std::string{LIQU_BINARY_DIR "/"} + name).c_str());
    cairo_surface_destroy(surface);
}
void write_file(const char* name, const drivers::Bytes& bytes) {
    std::ofstream out(std::string{LIQU_BINARY_DIR "/"} + name, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}
void show_front(const char* name, const Picture& p) {
    write_png(name, p.width, p.height, [&](std::size_t i) {
        const auto* px = &p.rgba[i * 4];
        const auto a = px[3];
        return static_cast<std::uint32_t>(a) << 24 | static_cast<std::uint32_t>(px[0] * a / 255) << 16 | static_cast<std::uint32_t>(px[1] * a / 255) << 8 | static_cast<std::uint32_t>(px[2] * a / 255);
    });
}
std::size_t dots(const std::vector<std::uint8_t>& plane) { return static_cast<std::size_t>(std::ranges::count_if(plane, [](auto v) { return v != 0; })); }
double mean(const std::vector<std::uint8_t>& plane, int left, int top, int right, int bottom, int width) {
    double sum = 0;
    for (int y = top; y < bottom; ++y)
        for (int x = left; x < right; ++x) sum += plane[static_cast<std::size_t>(y * width + x)];
    return sum / ((right - left) * (bottom - top));
}
Result<Layout> one_field(std::string_view field) { return load_layout("name = \"t\"\n[[front]]\n" + std::string{field}); }
FaultCode job_fault(FaceData data) {
    const auto job = make_job(layout(), data, {64, 40});
    return job ? FaultCode::internal : job.error().code;
}
}  // namespace

TEST_CASE("Nanning's layout loads, and its hash is that of the file") {
    const auto l = layout();
    CHECK(l.name == "nanning");
    CHECK(l.hash.size() == 64);
    CHECK(load_layout(nanning() + "\n")->hash != l.hash);
    for (const auto* value : {"{name}", "{social_security_number}", "{card_number}", "{issue_date}", "{valid_until}", "{authority}", "{bank}", "{bank_id}.png"}) CHECK(std::ranges::any_of(l.front, [&](const auto& f) { return f.text.ends_with(value); }));
    CHECK(std::ranges::count(l.front, FaceField::Kind::photo, &FaceField::kind) == 1);
    CHECK(std::ranges::any_of(l.back, [](const auto& f) { return f.text.contains("0771-12333"); }));
}

TEST_CASE("a bad layout names its line and field") {
    const auto says = [](const Result<Layout>& r, std::string_view part) {
        REQUIRE_FALSE(r.has_value());
        CAPTURE(r.error().detail);
        CHECK(r.error().code == FaultCode::bad_configuration);
        CHECK(r.error().detail.contains(part));
    };
    says(load_layout("name = "), "line 1");
    says(load_layout("\xFF\xFE"), "line 1");
    says(load_layout("name = \"t\""), "[[front]]");
    says(load_layout("name = \"t\"\ncolor = 1\n"), "line 2: color");
    says(load_layout("name = \"t\"\nfront = 3\n"), "line 2");
    says(load_layout(std::string(70'000, '#')), "70000 bytes");
    says(one_field("kind = \"circle\"\nx = 1\n"), "line 3: front field 1: kind");
    says(one_field("kind = \"image\"\nx = 1\ny = 1\nwidth = 3\nheight = 3\n"), "text is missing");
    says(one_field("kind = \"text\"\nx = 1\ny = 1\nwidth = 3\ntext = \"a\\u202Eb\"\n"), "shows nothing");
    says(one_field("kind = \"text\"\ny = 1\nwidth = 3\ntext = \"a\"\n"), "x is missing");
    says(one_field("kind = \"text\"\nx = 1\ny = 1\nwidth = 3\ntext = \"{surname}\"\n"), "surname");
    says(one_field("kind = \"text\"\nx = 1\ny = 1\nwidth = 3\ntext = \"{name\"\n"), "no such value");
    says(one_field("kind = \"text\"\nx = nan\ny = 1\nwidth = 3\ntext = \"a\"\n"), "line 4: front field 1: x");
    says(one_field("kind = \"text\"\nx = 1\ny = 1\nwidth = -3\ntext = \"a\"\n"), "width");
    says(one_field("kind = \"text\"\nx = 1\ny = 1\nwidth = 3\ntext = \"a\"\nsize = 200\n"), "size");
    says(one_field("kind = \"text\"\nx = 1\ny = 1\nwidth = 3\ntext = \"a\"\nsise = 2\n"), "sise");
    says(one_field("kind = \"rectangle\"\nx = 1\ny = 1\nwidth = 3\nheight = 3\ncolour = \"#112233\"\n"), "resin is black");
    says(one_field("kind = \"rectangle\"\nx = 1\ny = 1\nwidth = 3\nheight = 3\npanel = \"colour\"\ncolour = \"red\"\n"), "#0B6FA8");
    says(load_layout(nanning() + "[[back]]\nkind = \"photo\"\nx = 1\ny = 1\nwidth = 9\nheight = 9\n"), "only resin");
}

TEST_CASE("front and back as they will look: written for the eye, and every part where it belongs") {
    const auto data = sample_person();
    const auto front = draw_front(layout(), data, full);
    REQUIRE(front);
    REQUIRE(front->rgba.size() == 1016u * 648u * 4u);
    show_front("face-front.png", *front);
    const auto pixel = [&](int x, int y) { return &front->rgba[static_cast<std::size_t>((y * 1016 + x) * 4)]; };
    CHECK(pixel(0, 0)[3] == 0);            // beyond the rounded corner
    CHECK(pixel(508, 40)[3] == 255);
    CHECK(pixel(1000, 20)[2] > pixel(1000, 20)[0] + 80);  // the header is blue

    const auto job = make_job(layout(), data, full);
    REQUIRE(job);
    const std::size_t all = 1016u * 648u;
    for (const auto* plane : {&job->y, &job->m, &job->c, &job->k, &job->o, &job->back_k}) REQUIRE(plane->size() == all);
    CHECK(std::ranges::max(job->y) <= 127);
    CHECK(std::ranges::max(job->c) > 60);
    CHECK(std::ranges::max(job->k) == 1);
    // Overlay everywhere but on the chip's cut-out of 14.7 x 13.5 mm with its round corners.
    CHECK(all - dots(job->o) > 174u * 159u - 200u);
    CHECK(all - dots(job->o) < 175u * 161u);
    CHECK(dots(job->k) > all / 100);
    CHECK(dots(job->back_k) > all / 200);
    // The header: much cyan, little yellow, no resin. The photograph's white background: nothing at all.
    CHECK(mean(job->c, 100, 2, 900, 20, 1016) > 60);
    CHECK(mean(job->y, 100, 2, 900, 20, 1016) < 25);
    CHECK(mean(job->k, 0, 0, 1016, 120, 1016) == 0);
    CHECK(mean(job->c, 700, 180, 730, 220, 1016) == 0);
    // Where the resin prints the number there is ground and no other colour: black text is in K only.
    CHECK(mean(job->y, 250, 425, 660, 465, 1016) < 8);
    CHECK(mean(job->k, 250, 425, 660, 465, 1016) > 0.08);
    // Where a digit is, there is as much dye as beside it: nothing is printed under black.
    for (const auto* plane : {&job->y, &job->m, &job->c}) CHECK(std::abs(mean(*plane, 250, 425, 660, 465, 1016) - mean(*plane, 250, 485, 660, 492, 1016)) < 0.3);
    // Nothing on the contacts (ISO/IEC 7816-2: from 10.25, 19.23 mm to 19.87, 28.55 mm on the front), no resin on the signature panel.
    for (const auto* plane : {&job->y, &job->m, &job->c, &job->k, &job->o}) CHECK(mean(*plane, 120, 228, 241, 346, 1016) == 0);
    CHECK(mean(job->back_k, 66, 195, 690, 290, 1016) == 0);

    // As the simulator's dyes look on white stock.
    sim::PhysicalCard card;
    card.width = full.width;
    card.height = full.height;
    card.y = job->y, card.m = job->m, card.c = job->c, card.k = job->k, card.o = job->o, card.back_k = job->back_k;
    write_file("face-card-front.png", sim::card_png(card, true));
    write_file("face-card-back.png", sim::card_png(card, false));
}

TEST_CASE("drawing is deterministic and works at any size") {
    const auto data = sample_person();
    for (const RasterSize size : {RasterSize{64, 40}, RasterSize{508, 324}, RasterSize{1, 1}}) {
        const auto first = make_job(layout(), data, size), second = make_job(layout(), data, size);
        REQUIRE(first);
        CHECK(first->y == second->y);
        CHECK(first->m == second->m);
        CHECK(first->c == second->c);
        CHECK(first->k == second->k);
        CHECK(first->back_k == second->back_k);
        CHECK(draw_front(layout(), data, size)->rgba == draw_front(layout(), data, size)->rgba);
    }
    CHECK(make_job(layout(), data, {0, 40}).error().code == FaultCode::bad_configuration);
    CHECK(make_job(layout(), data, {64, 5000}).error().code == FaultCode::bad_configuration);
}

TEST_CASE("names: rare characters, long ones, middle dots; what cannot be set is known before a blank is fed") {
    auto data = sample_person();
    const auto resin = [&](std::string name) {
        data.name = std::move(name);
        const auto job = make_job(layout(), data, full);
        REQUIRE(job);
        return mean(job->k, 314, 200, 664, 308, 1016);
    };
    const double nobody = resin("");
    CHECK(resin("𠮷野") > nobody + 0.01);  // U+20BB7, beyond the basic plane
    CHECK(resin("阿卜杜拉·买买提") > nobody + 0.02);
    CHECK(resin("欧阳司马上官夏侯诸葛东方皇甫尉") > nobody + 0.02);
    CHECK(resin("买买提·阿卜杜热合曼·吐尔逊·阿卜杜克热木") > nobody + 0.02);
    data.name = "阿依古丽·买买提吐尔逊";
    show_front("face-long-name.png", *draw_front(layout(), data, full));
    data.name = "𠮷买买提·阿卜杜热合曼·吐尔逊·阿卜杜克热木";
    show_front("face-wrapped-name.png", *draw_front(layout(), data, full));

    data.name = "\U0010FFFE";
    CHECK(job_fault(data) == FaultCode::name_not_printable);
    data.name = "\U0003FF00";  // assigned to nothing, in no font
    CHECK(job_fault(data) == FaultCode::name_not_printable);
    CHECK(draw_front(layout(), data, full).error().code == FaultCode::name_not_printable);
    for (const auto* bad : {"覃\n舜", "覃\u202E舜", "覃\uE000舜", "覃\u200B舜", "\xE8\xA6", "\xED\xA0\x80"}) {
        data.name = bad;
        CHECK(job_fault(data) == FaultCode::name_not_printable);
    }
    data.name = std::string(3000, 'x');
    CHECK(job_fault(data) == FaultCode::name_not_printable);
    data.name.clear();
    for (int i = 0; i < 60; ++i) data.name += "覃";
    CHECK(job_fault(data) == FaultCode::name_not_printable);  // does not fit
    // The fault carries nobody's name.
    CHECK_FALSE(make_job(layout(), data, {64, 40}).error().detail.contains("覃"));
}

TEST_CASE("a long text shrinks no further than its field allows, and keeps within it") {
    auto data = sample_person();
    data.name = "欧阳司马上官夏侯诸葛东方皇甫尉";
    const auto job = make_job(layout(), data, full);
    REQUIRE(job);
    // To the right of the name's field (56 mm) there is paper.
    CHECK(mean(job->k, 668, 150, 1016, 320, 1016) == 0);
}

TEST_CASE("a photograph may be anything: only a whole baseline JPEG of sane size is taken") {
    const auto fault = [](drivers::Bytes jpeg) {
        const auto photo = decode_photo(jpeg, 441);
        return photo ? FaultCode::internal : photo.error().code;
    };
    const auto good = portrait_jpeg();
    const auto whole = decode_photo(good, 441);
    REQUIRE(whole);
    CHECK(whole->width == 358);
    CHECK((whole->xrgb.front() & 0xFFFFFF) == 0xFFFFFF);
    CHECK(decode_photo(good, 100)->height == 111);  // a quarter is enough
    CHECK(fault({}) == FaultCode::photo_not_encodable);
    CHECK(fault(drivers::to_bytes("GIF89a")) == FaultCode::photo_not_encodable);
    CHECK(fault(portrait_jpeg({358, 441, true})) == FaultCode::photo_not_encodable);
    CHECK(fault(portrait_jpeg({4100, 8})) == FaultCode::photo_not_encodable);
    CHECK(fault(drivers::Bytes(max_photo_bytes + 1)) == FaultCode::photo_not_encodable);
    for (const std::size_t keep : {std::size_t{3}, std::size_t{200}, good.size() / 2, good.size() - 40}) CHECK(fault({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(keep)}) == FaultCode::photo_not_encodable);
    // Bytes turned over one by one: never a crash, and never another size than the header's.
    for (std::size_t i = 0; i < good.size(); i += 97) {
        auto bent = good;
        bent[i] ^= std::byte{0x5A};
        if (const auto photo = decode_photo(bent, 441)) CHECK(photo->xrgb.size() == static_cast<std::size_t>(photo->width * photo->height));
    }
    auto data = sample_person();
    data.photo_jpeg.resize(data.photo_jpeg.size() / 2);
    CHECK(job_fault(data) == FaultCode::photo_not_encodable);
    data.photo_jpeg.clear();  // a small child
    CHECK(make_job(layout(), data, {64, 40}));
}

TEST_CASE("nothing is printed in a cut-out, and what is pre-printed is in the preview only") {
    const auto l = load_layout(R"(
name = "t"
[[front]]
kind = "rectangle"
x = 0
y = 0
width = 85.6
height = 53.98
panel = "colour"
colour = "#204060"
preprinted = true
[[front]]
kind = "rectangle"
x = 40
y = 0
width = 45.6
height = 53.98
panel = "colour"
colour = "#800000"
[[front]]
kind = "rectangle"
x = 50
y = 10
width = 30
height = 30
[[front]]
kind = "cutout"
x = 60
y = 20
width = 10
height = 10
)");
    REQUIRE(l);
    const RasterSize size{254, 162};  // a quarter of the size: 2.953 dots a millimetre
    const auto job = make_job(*l, sample_person(), size);
    REQUIRE(job);
    CHECK(mean(job->c, 10, 10, 110, 150, 254) == 0);
    CHECK(mean(job->m, 125, 5, 145, 25, 254) > 50);
    CHECK(mean(job->k, 152, 35, 170, 110, 254) == 1);
    for (const auto* plane : {&job->y, &job->m, &job->c, &job->k, &job->o}) CHECK(mean(*plane, 180, 63, 205, 87, 254) == 0);
    CHECK(mean(job->o, 10, 10, 170, 150, 254) == 1);
    const auto preview = draw_front(*l, sample_person(), size);
    CHECK(preview->rgba[(80 * 254 + 50) * 4 + 2] == 0x60);
}

TEST_CASE("personal data is overwritten when its holder says so") {
    auto data = sample_person();
    data.wipe();
    CHECK((data.name.empty() && data.social_security_number.empty() && data.photo_jpeg.empty()));
    auto job = make_job(layout(), sample_person(), {64, 40}).value();
    job.wipe();
    CHECK((job.y.empty() && job.k.empty() && job.back_k.empty()));
}
