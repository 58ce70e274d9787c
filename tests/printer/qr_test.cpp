// QR codes: whole dots, quiet zone, resin only, read by zbarimg from the printed planes.
#include "reading.hpp"
#include "sample_face.hpp"

#include "printer/face/qr.hpp"

#include <doctest/doctest.h>

using namespace printer;
using drivers::FaultCode;
using reading::full;

namespace {
Result<Layout> with_qr(double mm, std::string_view text = "{qr}") {
    return load_layout(fmt::format("name = \"t\"\n[[front]]\nkind = \"qr\"\ntext = \"{}\"\nx = 10\ny = 10\nwidth = {}\nheight = {}\n", text, mm, mm));
}
FaceData carrying(std::string content) {
    FaceData data;
    data.qr = std::move(content);
    return data;
}
}  // namespace

TEST_CASE("only printable ASCII of a sane length becomes a code") {
    CHECK(make_qr("A")->side == 21);
    CHECK(make_qr(std::string(max_qr_bytes, 'x'))->side <= 57);
    for (const auto& bad : {std::string{}, std::string(max_qr_bytes + 1, 'x'), std::string("a\nb"), std::string("a\0b", 3), std::string("卡")}) CHECK(make_qr(bad).error().code == FaultCode::name_not_printable);
}

TEST_CASE("modules are whole dots, the quiet zone is inside the field, and a code is in resin alone") {
    const auto job = make_job(*with_qr(20), carrying("https://12333.example/k/1"), full);
    REQUIRE(job);
    for (const auto* plane : {&job->y, &job->m, &job->c}) CHECK(std::ranges::max(*plane) == 0);
    const auto code = make_qr("https://12333.example/k/1");
    const int field = static_cast<int>(20 * 300 / 25.4), dots = dots_per_module(code->side, field, field);
    CHECK(dots >= least_dots_per_module);
    int left = full.width, top = full.height, right = 0, bottom = 0;
    for (int i = 0; i < full.width * full.height; ++i)
        if (job->k[static_cast<std::size_t>(i)]) left = std::min(left, i % full.width), right = std::max(right, i % full.width), top = std::min(top, i / full.width), bottom = std::max(bottom, i / full.width);
    REQUIRE(right - left + 1 == code->side * dots);
    REQUIRE(bottom - top + 1 == code->side * dots);
    const auto box = reading::box_of(with_qr(20)->front.front(), 0);
    CHECK(left - box.x >= quiet_modules * dots - 1);
    CHECK(box.x + box.width - right >= quiet_modules * dots - 1);
    // Every dot is its module's.
    bool exact = true;
    for (int y = top; y <= bottom; ++y)
        for (int x = left; x <= right; ++x)
            exact = exact && job->k[static_cast<std::size_t>(y * full.width + x)] == code->black[static_cast<std::size_t>((y - top) / dots * code->side + (x - left) / dots)];
    CHECK(exact);
}

TEST_CASE("a code that does not fit is a fault at print size and left out of a small preview") {
    CHECK(make_job(*with_qr(8), carrying(std::string(200, 'x')), full).error().code == FaultCode::bad_configuration);
    const auto small = make_job(*with_qr(20), carrying(std::string(200, 'x')), {64, 40});
    REQUIRE(small);
    CHECK(std::ranges::max(small->k) == 0);
    CHECK(std::ranges::max(make_job(*with_qr(20), carrying(""), full)->k) == 0);
    CHECK(make_job(*with_qr(20), carrying("卡"), full).error().code == FaultCode::name_not_printable);
    CHECK(with_qr(20, "").error().detail.contains("text"));
    CHECK(with_qr(20, "卡").error().detail.contains("ASCII"));
    CHECK(load_layout("name = \"t\"\n[[front]]\nkind = \"qr\"\ntext = \"{qr}\"\nx = 1\ny = 1\nwidth = 20\nheight = 20\npanel = \"colour\"\n").error().detail.contains("resin"));
}

TEST_CASE("zbarimg reads the code of the printed card, whatever it holds") {
    if (!reading::can_decode()) {
        MESSAGE("zbarimg is not installed: the codes are drawn, not read");
        return;
    }
    auto data = bench::sample_person();
    const auto layout = reading::nanning();
    for (const auto& content : {std::string("https://12333.example/k/0123456789ABCDEF"), std::string("A1234567X"), std::string("~ !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}"), std::string(160, 'q')}) {
        data.qr = content;
        const auto job = make_job(layout, data, full);
        REQUIRE(job);
        CHECK(reading::decode_qr(job->back_k) == content);
    }
}
