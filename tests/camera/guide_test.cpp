// Guidance that does not flicker, the moment at which a picture may be taken, and the best of the last frames.
#include "camera/best.hpp"
#include "camera/guide.hpp"

#include <algorithm>
#include <deque>
#include <doctest/doctest.h>
#include <random>

using namespace camera;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {
Finding of(Reason r, Side s = Side::none) { return {r, s, 2, 1}; }
/// One step of a film at 15 frames a second.
struct Film {
    Guide guide;
    milliseconds now{50'000};
    void show(std::vector<Finding> findings, int frames = 1, milliseconds step = 67ms) {
        for (int i = 0; i < frames; ++i) {
            now += step;
            guide.see(findings, now);
        }
    }
    [[nodiscard]] std::optional<Reason> told() const { return guide.guidance() ? std::optional(guide.guidance()->reason) : std::nullopt; }
};
}  // namespace

TEST_CASE("guide: the most important finding is told, soon, and advice never") {
    Film f;
    f.show({of(Reason::tilted), of(Reason::blurred)}, 4);
    CHECK(f.told() == Reason::tilted);
    f.show({of(Reason::blurred)}, 12);
    CHECK(f.told() == Reason::blurred);
    f.show({of(Reason::several_faces), of(Reason::blurred)}, 12);
    CHECK(f.told() == Reason::several_faces);
    f.show({of(Reason::clothes_like_background), of(Reason::mouth_open)}, 20);
    CHECK_FALSE(f.told());
    CHECK(f.guide.held() == 1);
}

TEST_CASE("guide: single frames are not told, a finding in every other frame is") {
    Film f;
    for (int i = 0; i < 30; ++i) {
        f.show({}, 5);
        f.show({of(Reason::eyes_closed)});
        CHECK_FALSE(f.told());
    }
    int told = 0;
    for (int i = 0; i < 30; ++i) {
        f.show({of(Reason::too_dark)});
        f.show({});
        told += f.told() == Reason::too_dark;
    }
    CHECK(told >= 26);
}

TEST_CASE("guide: nothing that lasts is kept silent, whatever comes and goes around it") {
    std::mt19937 dice(11);
    for (int round = 0; round < 50; ++round) {
        Film f;
        for (int i = 0; i < 40; ++i) {
            std::vector<Finding> findings{of(Reason::background_coloured)};
            if (dice() % 3 == 0) findings.insert(findings.begin(), of(static_cast<Reason>(dice() % 11)));
            f.show(findings);
            if (i > 12) CHECK(f.told().has_value());
        }
    }
}

TEST_CASE("guide: never more than two changes in a second, each held for guidance_hold, over random films") {
    std::mt19937 dice(5);
    for (int round = 0; round < 300; ++round) {
        Film f;
        std::optional<Finding> before;
        std::vector<milliseconds> changes;
        const auto step = milliseconds{20 + dice() % 120};
        const unsigned restless = 1 + dice() % 20;
        std::vector<Finding> findings;
        for (int i = 0; i < 400; ++i) {
            if (dice() % restless == 0) {
                findings.clear();
                for (unsigned n = dice() % 4; n > 0; --n) findings.push_back(of(static_cast<Reason>(dice() % reason_count), static_cast<Side>(dice() % 3)));
                std::ranges::sort(findings, {}, &Finding::reason);
            }
            f.show(findings, 1, step);
            const auto& told = f.guide.guidance();
            if (told.has_value() != before.has_value() || (told && (told->reason != before->reason || told->side != before->side))) changes.push_back(f.now);
            before = told;
            if (told) CHECK_FALSE(advisory(told->reason));
        }
        for (std::size_t i = 1; i < changes.size(); ++i) CHECK(changes[i] - changes[i - 1] >= guidance_hold);
        for (std::size_t i = 2; i < changes.size(); ++i) CHECK(changes[i] - changes[i - 2] > 1000ms);
    }
}

TEST_CASE("guide: held grows to one in steady_for; a blink pauses, two bad frames begin anew, a gap does not count") {
    Film f;
    f.show({}, 1);
    CHECK(f.guide.held() == 0);
    f.show({of(Reason::mouth_open)}, 6, 100ms);
    CHECK(f.guide.held() == doctest::Approx(0.75));
    f.show({of(Reason::eyes_closed)}, 1, 100ms);
    CHECK(f.guide.held() == doctest::Approx(0.75));
    f.show({}, 1, 100ms);
    CHECK(f.guide.held() == doctest::Approx(0.875));
    f.show({of(Reason::moving)}, 2, 100ms);
    CHECK(f.guide.held() == 0);
    f.show({}, 1, 10min);
    CHECK(f.guide.held() <= 0.3125);
    f.show({}, 9, 100ms);
    CHECK(f.guide.held() == 1);
    f.guide.reset();
    CHECK(f.guide.held() == 0);
    CHECK_FALSE(f.guide.guidance());
}

TEST_CASE("best frame: the greatest of the last fifteen, against a plain list; few are kept, dropped ones are wiped") {
    std::mt19937 dice(3);
    BestFrames best;
    CHECK(best.best() == nullptr);
    std::deque<double> last;
    for (int i = 0; i < 2000; ++i) {
        const double rank = static_cast<double>(dice() % 1000) / 1000;
        best.add(cv::Mat(4, 4, CV_8UC3, cv::Scalar::all(i % 250 + 1)), {}, {}, rank);
        last.push_back(rank);
        if (last.size() > static_cast<std::size_t>(best_of)) last.pop_front();
        REQUIRE(best.best());
        CHECK(best.best()->rank == *std::ranges::max_element(last));
        CHECK(best.size() <= static_cast<std::size_t>(best_of));
    }
    const cv::Mat held = best.best()->frame;  // shares the pixels
    CHECK(held.at<cv::Vec3b>(0, 0) != cv::Vec3b());
    best.clear();
    CHECK(best.best() == nullptr);
    CHECK(cv::countNonZero(held.reshape(1)) == 0);
    for (int i = 0; i < 15; ++i) best.add(cv::Mat(2160, 3840, CV_8UC3, cv::Scalar::all(9)), {}, {}, 1 - 0.01 * i);
    CHECK(best.best()->rank == 1);  // the best one stays although memory is short
    CHECK(best.size() <= max_kept_bytes / (2160u * 3840 * 3));
}

TEST_CASE("best frame: the worst component decides, and each measure counts") {
    Measures m;
    m.frame = {1280, 720};
    m.faces = {Face{{470, 180, 290, 290}, {{584, 302}, {697, 302}}, true}};
    for (WallSide* side : {&m.wall.left, &m.wall.right}) *side = {95, 0, 0, 0, 500};
    m.wall.lightness = 95;
    m.wall.samples = 900;
    m.light = {.mean = 150, .burnt = 0, .drowned = 0, .cheeks = 100, .cheek_ratio = 1, .darker = Side::none, .pixels = 900};
    m.pose = {0, 0, true};
    m.eyes = {{1, 0, true}, {1, 0, true}, 1};
    m.sharpness = 2;
    m.movement = 0;
    const PortraitRules rules;
    const double perfect = components_of(m, rules).least();
    CHECK(perfect == doctest::Approx(1));
    const auto worse = [&](auto change) {
        Measures other = m;
        change(other);
        const Components c = components_of(other, rules);
        CHECK(c.least() < perfect);
        CHECK(c.least() >= 0);
    };
    worse([](Measures& o) { o.pose.roll_degrees = -3; });
    worse([](Measures& o) { o.pose.turn = 0.05; });
    worse([](Measures& o) { o.light.burnt = 0.03; });
    worse([](Measures& o) { o.wall.right.shadow = 0.05; });
    worse([](Measures& o) { o.sharpness = 0.9; });
    worse([](Measures& o) { o.movement = 0.02; });
    worse([](Measures& o) { o.eyes.left.open = 1.2 * PortraitRules{}.limits.eye_open; });
    worse([](Measures& o) { o.eyes.right.glare = 0.01; });
    worse([](Measures& o) { o.faces.clear(); });
}
