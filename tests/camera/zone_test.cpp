// The machine readable zone before the camera: how many documents are read in two frames, that nothing wrong is ever accepted, what the person is told, and what hostile
// frames do. LIQU_ZONE_DOCUMENTS=1000 makes the measurement longer (figures are printed).
#include "zone_pages.hpp"

#include <cstdlib>
#include <ctime>

using camera::DocumentAdvice;
using pages::Degradation;

namespace {
struct Tally {
    int documents = 0, exact = 0, wrong = 0, frames = 0;
    double milliseconds = 0, slowest = 0;
};

/// Of this thread on its core: what other programs do beside it does not count.
double core_milliseconds() {
    std::timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// Each document at each of these levels, two frames each. A document is printed once and held three times.
std::vector<Tally> measure(std::span<const Degradation> levels, int documents) {
    std::vector<Tally> tallies(levels.size());
    for (int i = 0; i < documents; ++i)
        for (std::size_t level = 0; level < levels.size(); ++level) {
            auto& tally = tallies[level];
            const auto scene = pages::page(i % 6, static_cast<std::uint64_t>(i) + 1, levels[level]);
            auto& reader = pages::reader();
            for (std::uint64_t frame = 0; frame < 2; ++frame) {
                const auto grey = pages::grey(scene, frame);
                const double began = core_milliseconds();
                reader.see(grey, pages::today);
                const double took = core_milliseconds() - began;
                tally.milliseconds += took;
                tally.slowest = std::max(tally.slowest, took);
                ++tally.frames;
            }
            ++tally.documents;
            if (!reader.accepted()) continue;
            if (reader.accepted()->text == pages::text_of(scene)) ++tally.exact;
            else ++tally.wrong;
        }
    return tallies;
}

int documents_wanted(int usual) {
    const char* text = std::getenv("LIQU_ZONE_DOCUMENTS");
    return text ? std::max(usual, std::atoi(text)) : usual;
}

void report(std::size_t level, const Tally& t) {
    MESSAGE("level ", level, ": ", t.documents, " documents, exact in two frames ", t.exact, ", wrong but accepted ", t.wrong, "; ", t.milliseconds / t.frames, " ms of one core a frame, slowest ", t.slowest);
}

void see_two(camera::ZoneReader& reader, const sim::DocumentScene& scene) {
    for (std::uint64_t frame = 0; frame < 2; ++frame) reader.see(pages::grey(scene, frame), pages::today);
}
sim::DocumentScene clear_passport() { return pages::page(0, 5, {0, 0.4, 2, 0}); }
}  // namespace

TEST_CASE("zone: passports, cards and permits are read in two frames at three degrees of degradation, and never wrongly") {
    const auto tallies = measure(std::span{pages::degradations}.first(3), documents_wanted(18));
    for (std::size_t level = 0; level < tallies.size(); ++level) {
        const auto& tally = tallies[level];
        report(level + 1, tally);
        CHECK(tally.wrong == 0);
        CHECK(tally.exact * 100 >= tally.documents * 95);
    }
}

TEST_CASE("zone: beyond what can be read, less is accepted and still nothing wrong") {
    const auto tallies = measure(std::span{pages::degradations}.subspan(3), documents_wanted(6));
    for (std::size_t level = 0; level < tallies.size(); ++level) {
        report(level + 4, tallies[level]);
        CHECK(tallies[level].wrong == 0);
    }
}

TEST_CASE("zone: every layout gives its format, and one frame is not enough") {
    using enum drivers::MrzFormat;
    const drivers::MrzFormat formats[] = {td3, td2, td1, permit_hk_macao, permit_taiwan, exit_entry};
    for (int which = 0; which < 6; ++which) {
        const auto scene = pages::page(which, 9, pages::degradations[0]);
        auto& reader = pages::reader();
        const auto first = reader.see(pages::grey(scene, 0), pages::today);
        CHECK(first.read);
        CHECK(first.advice == DocumentAdvice::none);
        CHECK_FALSE(reader.accepted());
        reader.see(pages::grey(scene, 0), pages::today);  // the very same picture proves nothing
        CHECK_FALSE(reader.accepted());
        reader.see(pages::grey(scene, 1), pages::today);
        REQUIRE(reader.accepted());
        CHECK(reader.accepted()->format == formats[which]);
        CHECK(reader.accepted()->text == pages::text_of(scene));
    }
}

TEST_CASE("zone: the outline lies on the printed zone") {
    const auto scene = pages::page(0, 3, pages::degradations[1]);
    const auto seen = pages::reader().see(pages::grey(scene, 0), pages::today);
    REQUIRE(seen.outline);
    const auto truth = sim::zone_corners(scene, pages::width, pages::height, 0);
    for (std::size_t i = 0; i < 4; ++i) CHECK(cv::norm((*seen.outline)[i] - truth[i]) < 12);
}

TEST_CASE("zone: a document upside down is read all the same") {
    auto scene = clear_passport();
    scene.rotation = 180;
    auto& reader = pages::reader();
    see_two(reader, scene);
    REQUIRE(reader.accepted());
    CHECK(reader.accepted()->text == pages::text_of(scene));
}

TEST_CASE("zone: a check digit that does not hold is never accepted, wherever it stands") {
    const auto good = clear_passport();
    for (const std::size_t place : {9u, 19u, 27u, 43u}) {
        auto scene = good;
        auto& digit = scene.zone[1][place];
        digit = digit == '7' ? '4' : '7';
        auto& reader = pages::reader();
        see_two(reader, scene);
        CHECK_FALSE(reader.accepted());
    }
}

TEST_CASE("zone: another document in place of the first is not mixed with it, and needs three equal frames") {
    const auto first = clear_passport(), second = pages::page(0, 6, {0, 0.4, 2, 0});
    auto& reader = pages::reader();
    reader.see(pages::grey(first, 0), pages::today);
    reader.see(pages::grey(second, 1), pages::today);
    CHECK_FALSE(reader.accepted());
    reader.see(pages::grey(second, 2), pages::today);
    CHECK_FALSE(reader.accepted());
    reader.see(pages::grey(second, 3), pages::today);
    REQUIRE(reader.accepted());
    CHECK(reader.accepted()->text == pages::text_of(second));
}

TEST_CASE("zone: what the person is told") {
    const auto advice = [](sim::DocumentScene scene) { return pages::reader().see(pages::grey(scene, 0), pages::today).advice; };
    auto scene = clear_passport();
    SUBCASE("far away") {
        scene.width = 0.27;
        CHECK(advice(scene) == DocumentAdvice::closer);
    }
    SUBCASE("so close that the lines leave the frame") {
        scene.width = 1.25;
        scene.y = -0.3;
        CHECK(advice(scene) == DocumentAdvice::further);
    }
    SUBCASE("held askew") {
        scene.width = 0.6;
        scene.rotation = 30;
        CHECK(advice(scene) == DocumentAdvice::straighten);
    }
    SUBCASE("moved") {
        scene.motion_blur = 16;
        CHECK(advice(scene) == DocumentAdvice::hold_still);
    }
    SUBCASE("in the dark") {
        scene.light = 0.08;
        scene.noise = 9;
        CHECK(advice(scene) == DocumentAdvice::too_dark);
    }
    SUBCASE("a lamp's reflection on the letters") {
        const auto corners = sim::zone_corners(scene, pages::width, pages::height, 0);
        scene.glare = 1;
        scene.glare_x = (corners[0].x + corners[2].x) / 2 / pages::width;
        scene.glare_y = (corners[0].y + corners[2].y) / 2 / pages::height;
        CHECK(advice(scene) == DocumentAdvice::glare);
    }
    SUBCASE("nothing there") { CHECK(pages::reader().see(cv::Mat(720, 1280, CV_8U, cv::Scalar(150)), pages::today).advice == DocumentAdvice::none); }
}

TEST_CASE("zone: hostile frames") {
    const auto nothing = [](const cv::Mat& frame) {
        auto& reader = pages::reader();
        for (int i = 0; i < 2; ++i) CHECK_FALSE(reader.see(frame, pages::today).read);
        CHECK_FALSE(reader.accepted());
    };
    nothing({});
    nothing(cv::Mat(1, 1, CV_8U, cv::Scalar(9)));
    nothing(cv::Mat(720, 1280, CV_8UC3, cv::Scalar::all(9)));
    nothing(cv::Mat(48, 64, CV_8U, cv::Scalar(255)));
    nothing(cv::Mat(2160, 3840, CV_8U, cv::Scalar(0)));
    nothing(cv::Mat(64, 40'000, CV_8U, cv::Scalar(200)));
    cv::Mat noise(720, 1280, CV_8U);
    cv::RNG(7).fill(noise, cv::RNG::UNIFORM, 0, 256);
    nothing(noise);
    cv::Mat bars(720, 1280, CV_8U, cv::Scalar(230));
    for (int y = 40; y < 700; y += 50)
        for (int x = 60; x < 1220; x += 25) bars(cv::Rect(x, y, 11, 20)).setTo(20);
    nothing(bars);
    auto half = clear_passport();
    half.x = 0.4;
    nothing(pages::grey(half, 0));
    sim::DocumentScene text;
    text.kind = sim::PageKind::household_register;
    text.width = 0.8;
    text.fields = {"THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG", "姓名 黄晓岚 性别 女 民族 壮 出生日期 2019年3月4日"};
    nothing(pages::grey(text, 0));
    auto other = clear_passport();
    other.zone = {"THIS<IS<NO<MACHINE<READABLE<ZONE<AT<ALL<EVEN", "THOUGH<IT<IS<PRINTED<IN<OCRB<AT<THE<PITCH<44"};
    nothing(pages::grey(other, 0));
}

TEST_CASE("zone: without its font the reader says which package is missing") {
    const auto none = camera::ZoneReader::create("/nowhere/font.otf");
    REQUIRE_FALSE(none);
    CHECK(none.error().code == drivers::FaultCode::bad_configuration);
    CHECK(none.error().detail.find("/nowhere/font.otf") != std::string::npos);
}
