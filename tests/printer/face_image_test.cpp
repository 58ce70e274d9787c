// Images of a layout: a bank's mark in dyes and in resin, hostile files, and a hash that knows them.
#include "reading.hpp"
#include "sample_face.hpp"

#include "printer/face/image.hpp"

#include <doctest/doctest.h>

using namespace printer;
using drivers::FaultCode;

namespace {
constexpr std::string_view mark = "name = \"t\"\n[[front]]\nkind = \"image\"\ntext = \"{bank_id}.png\"\nx = 10\ny = 10\nwidth = 20\nheight = 10\n";
FaceData of_bank(std::string id) {
    FaceData data;
    data.bank_id = std::move(id);
    return data;
}
drivers::Bytes png() { return drivers::to_bytes(reading::text_of(reading::layouts() / "bank_a.png")); }
std::size_t dots(const std::vector<std::uint8_t>& plane) { return static_cast<std::size_t>(std::ranges::count_if(plane, [](auto v) { return v != 0; })); }
Result<Layout> loaded(std::string text, std::string panel = "resin") { return load_layout(std::string{mark}.replace(mark.find("{bank_id}.png"), 13, text) + "panel = \"" + panel + "\"\n", reading::layouts()); }
}  // namespace

TEST_CASE("a bank's mark is chosen by its id: in dyes on a colour field, black on a resin field, whole and in proportion") {
    const auto colour = loaded("{bank_id}.png", "colour"), resin = loaded("{bank_id}.png");
    REQUIRE(colour);
    REQUIRE(resin);
    CHECK(colour->images.size() == 2);
    const auto a = make_job(*colour, of_bank("bank_a"), {}).value(), b = make_job(*colour, of_bank("bank_b"), {}).value(), black = make_job(*resin, of_bank("bank_a"), {}).value();
    CHECK(dots(a.k) == 0);
    CHECK(a.c != b.c);
    CHECK(std::ranges::max(a.c) > 60);   // teal
    CHECK(std::ranges::max(b.m) > 60);   // red
    CHECK(dots(black.c) == 0);
    // A disc of 10 mm with white in it: less than its circle's dots, more than half of them, and as wide as high.
    const double disc = 3.1416 * 59 * 59;
    CHECK(dots(black.k) < disc);
    CHECK(dots(black.k) > disc / 2);
    CHECK(dots(make_job(*colour, of_bank(""), {}).value().c) == 0);
    for (const auto* id : {"bank_c", "../bank_a", "bank_a.png"}) CHECK(make_job(*colour, of_bank(id), {}).error().code == FaultCode::bad_configuration);
}

TEST_CASE("the hash is that of the file, the images and their names") {
    const auto none = load_layout(mark);
    const auto with = load_layout(mark, reading::layouts());
    REQUIRE(none);
    REQUIRE(with);
    CHECK(none->hash != with->hash);
    const std::filesystem::path folder = std::filesystem::path(LIQU_BINARY_DIR) / "face-images";
    std::filesystem::create_directories(folder);
    const auto opt = std::filesystem::copy_options::overwrite_existing;
    std::filesystem::copy_file(reading::layouts() / "bank_b.png", folder / "bank_a.png", opt);
    std::filesystem::copy_file(reading::layouts() / "bank_a.png", folder / "bank_b.png", opt);
    CHECK(load_layout(mark, folder)->hash != with->hash);
    std::filesystem::remove_all(folder);
}

TEST_CASE("an image may be anything: only a PNG of sane size beside the layout is taken") {
    for (const auto* bad : {"../layouts/bank_a.png", "/etc/passwd", "bank_a.jpg", "no-such.png", ".png", "nanning.toml", "x{bank_id}.png"}) {
        const auto layout = loaded(bad);
        REQUIRE_FALSE(layout);
        CHECK(layout.error().detail.contains("layout line 4: front field 1: text"));
    }
    const auto good = png();
    CHECK(decode_png(good));
    CHECK(decode_png(drivers::Bytes(max_image_bytes + 1)).error().detail.contains("bytes"));
    CHECK_FALSE(decode_png({}));
    auto wide = good;
    wide[16] = std::byte{0x7F};  // 2 milliard pixels a row
    CHECK(decode_png(wide).error().detail.contains("side"));
    for (std::size_t i = 0; i < good.size(); i += 13) {
        auto bent = good;
        bent[i] ^= std::byte{0xA5};
        (void)decode_png(bent);
        CHECK_FALSE(decode_png(drivers::View{good}.first(i)));
    }
}
