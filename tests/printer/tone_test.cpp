// The photograph's way to the dyes: curve and profile touch the photograph and nothing else, white stays white, and a bad one is refused when the layout is read.
#include "reading.hpp"
#include "sample_face.hpp"

#include "printer/face/tone.hpp"

#include <doctest/doctest.h>
#include <lcms2.h>
#include <numeric>

using namespace printer;
using drivers::FaultCode;

namespace {
/// An RGB output profile of a printer with this gamma, made here.
drivers::Bytes profile(double gamma, bool grey = false) {
    auto* curve = cmsBuildGamma(nullptr, gamma);
    const cmsCIExyY white{0.3127, 0.3290, 1};
    const cmsCIExyYTRIPLE primaries{{0.64, 0.33, 1}, {0.30, 0.60, 1}, {0.15, 0.06, 1}};
    std::array<cmsToneCurve*, 3> curves{curve, curve, curve};
    auto* made = grey ? cmsCreateGrayProfile(&white, curve) : cmsCreateRGBProfile(&white, &primaries, curves.data());
    cmsUInt32Number size = 0;
    cmsSaveProfileToMem(made, nullptr, &size);
    drivers::Bytes out(size);
    cmsSaveProfileToMem(made, out.data(), &size);
    cmsCloseProfile(made);
    cmsFreeToneCurve(curve);
    return out;
}
long ink(const PrintJob& job) {
    long sum = 0;
    for (const auto* plane : {&job.y, &job.m, &job.c}) sum += std::accumulate(plane->begin(), plane->end(), 0L);
    return sum;
}
constexpr RasterSize half{508, 324};
Layout photo_only(Tone tone) {
    auto layout = load_layout("name = \"t\"\n[[front]]\nkind = \"photo\"\nx = 5\ny = 5\nwidth = 30\nheight = 37\n").value();
    layout.tone = std::move(tone);
    return layout;
}
bool refused(const std::string& tone, std::string_view part) {
    const auto layout = load_layout("name = \"t\"\n[tone]\n" + tone + "\n[[front]]\nkind = \"rectangle\"\nx = 1\ny = 1\nwidth = 2\nheight = 2\n", LIQU_BINARY_DIR);
    return !layout && layout.error().code == FaultCode::bad_configuration && layout.error().detail.contains(part);
}
}  // namespace

TEST_CASE("the curve's table is linear between its points and level outside them") {
    const auto straight = curve_table({});
    for (std::size_t v = 0; v < 256; ++v) REQUIRE(straight[v] == v);
    const auto table = curve_table({{0.2, 0.4}, {0.6, 0.8}});
    CHECK(table[0] == 102);
    CHECK(table[102] == 153);  // 0.4: half-way
    CHECK(table[255] == 204);
    CHECK(std::ranges::is_sorted(table));
}

TEST_CASE("a lighter curve takes less dye, a darker profile more; the preview and white stay as they are") {
    const auto data = bench::sample_person();
    const auto plain = make_job(photo_only({}), data, half).value();
    const auto lighter = make_job(photo_only({{{0, 0.2}, {0.5, 0.7}, {1, 1}}, {}}), data, half).value();
    CHECK(ink(lighter) < ink(plain) * 19 / 20);
    // A device of gamma 1.2 needs lower values than sRGB for the same light: more dye.
    const auto darker = make_job(photo_only({{}, profile(1.2)}), data, half).value(), same = make_job(photo_only({{}, profile(2.2)}), data, half).value();
    CHECK(ink(darker) > ink(plain) * 21 / 20);
    CHECK(std::abs(ink(same) - ink(plain)) < ink(plain) / 20);
    for (const auto* job : {&plain, &lighter, &darker}) CHECK(job->c[static_cast<std::size_t>(40 * half.width + 40)] == 0);  // the white wall behind the head
    CHECK(draw_front(photo_only({{{0, 0.2}, {1, 1}}, profile(1.2)}), data, half)->rgba == draw_front(photo_only({}), data, half)->rgba);
}

TEST_CASE("a bad curve or profile is refused when the layout is read") {
    CHECK(refused("curve = 3", "line 3"));
    CHECK(refused("curve = [[0, 0]]", "2 to 16"));
    CHECK(refused("curve = [[0, 0], [0.5]]", "pairs"));
    CHECK(refused("curve = [[0, 0], [\"a\", 1]]", "pairs"));
    CHECK(refused("curve = [[0, 0], [1, 2]]", "between 0 and 1"));
    CHECK(refused("curve = [[0, 0], [nan, 1]]", "between 0 and 1"));
    CHECK(refused("curve = [[0.5, 0], [0.5, 1]]", "rise"));
    CHECK(refused("gamma = 2", "gamma"));
    CHECK(refused("icc = \"../x.icc\"", "without a path"));
    CHECK(refused("icc = \"no-such.icc\"", "missing"));
    CHECK(check_tone({{}, drivers::Bytes(200)}).error().code == FaultCode::bad_configuration);
    CHECK(check_tone({{}, profile(2.2, true)}).error().detail.contains("RGB"));
    CHECK(check_tone({{}, drivers::Bytes(max_icc_bytes + 1)}).error().detail.contains("large"));
    const auto good = profile(1.8);
    CHECK(check_tone({{}, good}));
    // Bent and cut profiles: a fault or a transform, never a crash.
    for (std::size_t i = 0; i < good.size(); i += 7) {
        auto bent = good;
        bent[i] ^= std::byte{0xFF};
        (void)check_tone({{}, bent});
        (void)check_tone({{}, {good.begin(), good.begin() + static_cast<std::ptrdiff_t>(i)}});
    }
}
