// What the tests of document reading share: rendered pages at three degrees of degradation, and their frames.
#pragma once
#include "camera/zone/zone_reader.hpp"
#include "sim/models/document_page.hpp"

#include <doctest/doctest.h>
#include <opencv2/imgproc.hpp>

namespace pages {

using namespace std::chrono_literals;
inline constexpr std::chrono::year_month_day today{std::chrono::year{2026}, std::chrono::November, std::chrono::day{22}};
inline constexpr int width = 1280, height = 720;

/// Degrees, blur (pixels), noise (levels), share of light that one side lacks.
struct Degradation {
    double angle, blur, noise, shade;
};
/// The last one is beyond what must be read: there, only nothing wrong may be accepted.
inline constexpr std::array<Degradation, 4> degradations{{{3, 0.4, 2, 0.1}, {6, 0.9, 5, 0.35}, {10, 1.5, 9, 0.6}, {14, 2.4, 16, 0.75}}};

/// `which` as in sim::invented_zone.
inline sim::DocumentScene page(int which, std::uint64_t seed, const Degradation& d) {
    sim::DocumentScene s;
    s.zone = sim::invented_zone(which, seed);
    s.fields = {"姓名 Name  HUANG XIAOLAN", "国籍 Nationality  CHINESE", "签发日期 Date of issue  12 AUG 2020"};
    s.seed = seed * 6 + static_cast<std::uint64_t>(which);
    sim::Dice dice(s.seed * 31);
    for (int i = 0; i < 5; ++i) dice.next();
    const auto within = [&](double a) { return a * (static_cast<double>(dice.below(2001)) / 1000 - 1); };
    s.y = -0.02;
    s.width = 0.82 + within(0.05) - (d.angle > 8 ? 0.05 : 0);
    s.rotation = within(d.angle);
    s.tilt_up = within(d.angle);
    s.tilt_side = within(d.angle);
    s.defocus = d.blur;
    s.noise = d.noise;
    s.light_side = within(d.shade);
    return s;
}

inline std::string text_of(const sim::DocumentScene& scene) {
    std::string out;
    for (const auto& line : scene.zone) out += line;
    return out;
}

inline cv::Mat grey_of(const cv::Mat& frame) {
    cv::Mat grey;
    cv::cvtColor(frame, grey, cv::COLOR_BGR2GRAY);
    return grey;
}
inline cv::Mat grey(const sim::DocumentScene& scene, std::uint64_t frame) { return grey_of(sim::render_document(scene, width, height, frame)); }

/// Forgotten before it is lent: a test begins with a reader that has seen nothing.
inline camera::ZoneReader& reader() {
    static auto made = [] {
        cv::setNumThreads(1);
        auto r = camera::ZoneReader::create();
        REQUIRE_MESSAGE(r.has_value(), r.error().detail);
        return std::move(*r);
    }();
    made.reset();
    return made;
}

}  // namespace pages
