// Steps 6 and 7 under the simulated clock: guided by one thing at a time, taken when the camera has held, retaken as often as is allowed, warned for
// to staff only, left out for small children; a camera of no use is a fault.
#include "tests/kiosk/desk.hpp"

using namespace desk_test;
using camera::Reason;
using camera::Side;

namespace {
camera::Observation seen(std::optional<camera::Finding> finding, double held = 0, bool face = true) {
    camera::Observation o;
    if (face) o.face = camera::Box{10, 10, 50, 50};
    if (finding) o.findings.push_back(*finding);
    if (finding && !camera::advisory(finding->reason)) o.guidance = finding;
    o.held = held;
    o.width = 1280, o.height = 720, o.preview_width = 2, o.preview_height = 1;
    o.preview_rgb = {1, 2, 3, 4, 5, 6};
    return o;
}

struct Photo : Desk {
    std::string match = "same";
    int verified = 0;
    Photo() {
        visit.document = golden_document();
        visit.retakes_left = 2;
        life.link.answer = [this](const Bytes& request) {
            REQUIRE(life.centre.open(request).header.at("type") == "verify");
            ++verified;
            return life.centre.reply(request, {{"match", match}, {"reference", FakeCentre::bin(repeat(0xB2, 16))}}, life.now());
        };
    }
    void begin() { Desk::begin(portrait_and_match(kiosk, visit)); }
};

camera::Finding refusing(Reason reason, Side side = Side::none) { return {reason, side, 1, 0}; }
}  // namespace

TEST_CASE("one thing to do is shown with the side; the picture is taken only when everything has held") {
    Photo photo;
    photo.camera.script = {seen(refusing(Reason::no_face), 0, false)};
    photo.begin();
    photo.life.run_for(1s);
    REQUIRE(photo.shown<TakePhoto>());
    CHECK(photo.shown<TakePhoto>()->watching);
    CHECK(photo.shown<TakePhoto>()->guidance == PhotoGuidance{Reason::no_face, Side::none});
    CHECK(photo.shown<TakePhoto>()->checks == PhotoChecks{});
    photo.camera.script = {seen(refusing(Reason::background_shadow, Side::left))};
    photo.life.run_for(1s);
    CHECK(photo.shown<TakePhoto>()->guidance == PhotoGuidance{Reason::background_shadow, Side::left});
    CHECK(photo.shown<TakePhoto>()->checks == PhotoChecks{.place = true, .light = true, .background = false, .eyes = true});
    photo.camera.script = {seen({}, 0.6)};
    photo.life.run_for(1s);
    CHECK_FALSE(photo.shown<TakePhoto>()->guidance);
    CHECK(photo.shown<TakePhoto>()->held == 0.6);
    CHECK(photo.camera.takes == 0);
    photo.camera.script = {seen({}, 1)};
    REQUIRE(photo.wait_for<PhotoTaken>(1s));
    CHECK(photo.camera.takes == 1);
    CHECK(photo.camera.least_held_at_take == 1);
    CHECK(photo.shown<PhotoTaken>()->jpeg == golden_portrait());
    CHECK(photo.shown<PhotoTaken>()->retakes_left == 2);
    CHECK_FALSE(photo.camera.open);  // nothing is filmed while the person looks at the picture
    photo.answer<PhotoTaken>(PhotoTaken::Answer::keep);
    CHECK(photo.done == 1);
    CHECK(photo.verified == 1);
    CHECK(photo.visit.retakes_left == 2);
}

TEST_CASE("retaken as often as is allowed, for the whole visit; then the picture counts") {
    Photo photo;
    photo.camera.script = {seen({}, 1)};
    photo.begin();
    for (const int left : {2, 1}) {
        REQUIRE(photo.wait_for<PhotoTaken>());
        CHECK(photo.shown<PhotoTaken>()->retakes_left == left);
        photo.answer<PhotoTaken>(PhotoTaken::Answer::retake);
    }
    REQUIRE(photo.wait_for<PhotoTaken>());
    CHECK(photo.shown<PhotoTaken>()->retakes_left == 0);
    photo.answer<PhotoTaken>(PhotoTaken::Answer::retake);  // no such button; whoever says it all the same has decided
    CHECK(photo.done == 1);
    CHECK(photo.camera.starts == 3);
    CHECK(photo.camera.stops == 3);
    CHECK(photo.visit.retakes_left == 0);
}

TEST_CASE("advisory findings: nothing to the citizen, listed for staff, each once") {
    Photo photo;
    photo.match = "unsure";
    photo.camera.script = {seen(refusing(Reason::mouth_open), 0.5)};
    photo.camera.portrait->warnings = {refusing(Reason::mouth_open), refusing(Reason::head_covered), refusing(Reason::mouth_open), refusing(Reason::too_far)};
    photo.begin();
    photo.life.run_for(1s);
    CHECK_FALSE(photo.shown<TakePhoto>()->guidance);
    auto wrong_guidance = seen(refusing(Reason::mouth_open));
    wrong_guidance.guidance = refusing(Reason::mouth_open);
    CHECK_FALSE(picture_of(wrong_guidance).guidance);
    photo.camera.script = {seen(refusing(Reason::mouth_open), 1)};
    photo.answer<PhotoTaken>(PhotoTaken::Answer::keep);
    REQUIRE(photo.wait_for<CallStaff>());
    CHECK(photo.shown<CallStaff>()->why == CallStaff::Why::unsure);
    photo.reader.lay_badge();
    photo.answer<StaffPin>(Secret{"135791"});
    REQUIRE(photo.wait_for<ConfirmPerson>());
    CHECK(photo.shown<ConfirmPerson>()->warnings == std::vector{Reason::mouth_open, Reason::head_covered});
    CHECK(photo.shown<ConfirmPerson>()->portrait == golden_portrait());
    photo.answer<ConfirmPerson>(ConfirmPerson::Answer::same);
    CHECK(photo.done == 1);
    CHECK(photo.visit.match.by_staff);
    CHECK(photo.visit.match.reference == repeat(0xB2, 16));
    CHECK(warnings_of(photo.visit.portrait) == std::vector{Reason::mouth_open, Reason::head_covered});
}

TEST_CASE("a child under seven: no camera, no comparison, a member of staff looks; seven on the day itself") {
    using namespace std::chrono;
    Photo photo;
    photo.visit.document.birth = 2019y / February / 3;  // it is 2 February 2026
    photo.begin();
    REQUIRE(photo.wait_for<CallStaff>());
    CHECK(photo.shown<CallStaff>()->why == CallStaff::Why::no_photograph);
    photo.reader.lay_badge();
    photo.answer<StaffPin>(Secret{"135791"});
    REQUIRE(photo.wait_for<ConfirmPerson>());
    CHECK(photo.shown<ConfirmPerson>()->portrait.empty());
    photo.answer<ConfirmPerson>(ConfirmPerson::Answer::same);
    CHECK(photo.done == 1);
    CHECK(photo.camera.starts == 0);
    CHECK(photo.verified == 0);
    CHECK(photo.visit.portrait.jpeg.empty());
    CHECK(photo.visit.match.by_staff);
    CHECK(photo.life.events("person_matched") == 1);

    const auto needed = [&](year_month_day birth, Utc now) {
        auto document = golden_document();
        document.birth = birth;
        return needs_photograph(document, now);
    };
    const Utc eve = sys_days{2026y / March / 9} + 15h + 59min;  // 23:59 in the hall
    CHECK_FALSE(needed(2019y / March / 10, eve));
    CHECK(needed(2019y / March / 10, eve + 1min));
    CHECK(needed(2019y / March / 9, eve));
    CHECK(needed(1957y / September / 16, eve));
    CHECK_FALSE(needed(2020y / February / 29, sys_days{2027y / February / 28}));
    CHECK(needed(2020y / February / 29, sys_days{2027y / March / 1}));
    CHECK(needed({}, eve));  // a date that is none is no reason to leave the photograph out
}

TEST_CASE("staff who say that it is another person end the visit; so does a child's") {
    Photo photo;
    photo.visit.document.birth = std::chrono::year{2022} / 5 / 1;
    photo.begin();
    photo.staff_says(ConfirmPerson::Answer::different);
    photo.answer<GoToWindow>(GoToWindow::Answer::understood);
    REQUIRE(photo.left);
    CHECK(photo.left->reason == LeaveReason::refused);
    CHECK(photo.done == 0);
}

TEST_CASE("a stream of no use is waited out, then told by its own fault") {
    for (const auto code : {FaultCode::camera_missing, FaultCode::camera_black, FaultCode::camera_frozen, FaultCode::camera_wrong_size}) {
        CAPTURE(drivers::name_of(code));
        Photo photo;
        const Result<camera::Observation> broken = drivers::fail(code);
        photo.camera.script = {broken, broken, broken, seen(refusing(Reason::too_far))};
        photo.begin();
        photo.life.run_for(10s);
        CHECK(photo.shown<TakePhoto>());  // it came back
        photo.camera.script = {broken};
        photo.life.run_for(10s);
        CHECK(photo.shown<TakePhoto>());
        REQUIRE(photo.wait_for<Trouble>(5s));
        CHECK(photo.shown<Trouble>()->code == code);
        CHECK_FALSE(photo.camera.open);
        photo.answer<Trouble>(Trouble::Answer::understood);
        CHECK(photo.left);
    }
}

TEST_CASE("a portrait that cannot be had is said, not filmed for ever") {
    Photo photo;
    photo.camera.script = {seen({}, 1)};
    photo.camera.portrait = drivers::fail(FaultCode::photo_not_encodable);
    photo.begin();
    photo.life.run_for(1s);
    CHECK(photo.shown<TakePhoto>());
    REQUIRE(photo.wait_for<Trouble>(10s));
    CHECK(photo.shown<Trouble>()->code == FaultCode::photo_not_encodable);
    CHECK(photo.camera.takes == 30);
}

TEST_CASE("the marks below the picture do not blink; its middle follows the face") {
    const PhotoChecks good{true, true, true, true}, dark{true, false, true, true};
    CalmView view;
    const auto see = [&](PhotoChecks checks) {
        TakePhoto show;
        show.checks = checks;
        view.calm(show);
        return show.checks;
    };
    CHECK(see(good) == good);
    for (int i = 0; i < 20; ++i) CHECK(see(i % 2 ? good : dark) == good);
    for (int i = 1; i < CalmView::calm_frames; ++i) CHECK(see(dark) == good);
    CHECK(see(dark) == dark);

    auto right_in_the_frame = seen({});
    right_in_the_frame.face = camera::Box{900, 200, 280, 280};
    const double there = picture_of(right_in_the_frame).focus;
    CHECK(there == doctest::Approx(1 - 1040.0 / 1280));  // left in the mirror
    double before = 0.5;
    for (int i = 0; i < 30; ++i) {
        auto show = picture_of(right_in_the_frame);
        view.calm(show);
        CHECK(std::abs(show.focus - before) < 0.08);
        CHECK(show.focus < before);
        before = show.focus;
    }
    CHECK(before == doctest::Approx(there).epsilon(0.02));
}
