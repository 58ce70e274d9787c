// Steps 6 and 7: the photograph, guided; and whether it is the person on the document.
#include "kiosk/journeys/steps.hpp"

namespace kiosk {

namespace {
/// Faults of the stream are waited out this long before the person is sent to a window.
constexpr std::chrono::seconds camera_patience{12};
/// Frames in a row that hold and whose portrait is refused all the same (its size in bytes): then it is said, not filmed for ever.
constexpr int take_tries = 30;

/// The camera is closed when the step ends, by whatever way: stop() returns at once and awaits nothing.
struct CameraOpen {
    camera::Camera& camera;
    ~CameraOpen() { camera.stop(); }
};

/// What the citizen can watch becoming good, and what keeps each of them from it.
using R = camera::Reason;
bool found(const camera::Observation& seen, std::initializer_list<R> reasons) {
    return std::ranges::any_of(seen.findings, [&](const auto& f) { return std::ranges::find(reasons, f.reason) != reasons.end(); });
}
PhotoChecks checks_of(const camera::Observation& seen) {
    if (!seen.face) return {};
    return {.place = !found(seen, {R::several_faces, R::too_far, R::too_close, R::off_centre, R::cut_off, R::tilted, R::turned}),
            .light = !found(seen, {R::too_dark, R::too_bright, R::uneven_light}),
            .background = !found(seen, {R::background_not_white, R::background_coloured, R::background_uneven, R::background_shadow}),
            .eyes = !found(seen, {R::eyes_closed, R::eyes_not_visible, R::glare, R::glasses_tinted})};
}

awaitable<Result<camera::Portrait>> photograph(Kiosk& kiosk) {
    kiosk.stage.show(TakePhoto{});
    std::uint64_t frame = 0;
    std::optional<drivers::Steady> failing;
    CalmView view;
    for (int refused = 0;;) {
        auto outcome = co_await drivers::first_of(kiosk.stage.answer_waits<TakePhoto>(), kiosk.camera.next(frame));
        if (outcome.index() == 0) {
            (void)kiosk.stage.take<TakePhoto>();
            kiosk.stage.call_help();
            continue;
        }
        auto& seen = std::get<1>(outcome);
        if (!seen) {
            if (!failing) failing = kiosk.clock.steady();
            if (kiosk.clock.steady() - *failing > camera_patience) co_return std::unexpected(seen.error());
            co_await kiosk.clock.sleep(std::chrono::milliseconds{200});
            continue;
        }
        failing.reset();
        frame = seen->frame;
        if (seen->face) kiosk.presence.witnessed();
        auto show = picture_of(*seen);
        view.calm(show);
        kiosk.stage.show(std::move(show));
        drivers::wipe(std::as_writable_bytes(std::span{seen->preview_rgb}));
        if (seen->held < 1) {
            refused = 0;
            continue;
        }
        auto portrait = co_await kiosk.camera.take(kiosk.config.photo);
        if (portrait || portrait.error().code != FaultCode::photo_not_encodable || ++refused >= take_tries) co_return portrait;
    }
}
}  // namespace

TakePhoto picture_of(const camera::Observation& seen) {
    TakePhoto show;
    show.watching = true;
    // The camera's guidance never is an advisory one; should it be, the citizen is not told.
    if (seen.guidance && !camera::advisory(seen.guidance->reason)) show.guidance = PhotoGuidance{seen.guidance->reason, seen.guidance->side};
    show.held = std::clamp(seen.held, 0.0, 1.0);
    show.checks = checks_of(seen);
    // The crop follows the face wherever it is in the frame; so does the mirrored picture that is shown.
    if (seen.face && seen.width > 0) show.focus = std::clamp(1 - (seen.face->x + seen.face->width / 2.0) / seen.width, 0.0, 1.0);
    show.width = seen.preview_width;
    show.height = seen.preview_height;
    show.preview_rgb = seen.preview_rgb;
    return show;
}

void CalmView::calm(TakePhoto& show) {
    against_ = show.checks == shown_ ? 0 : against_ + 1;
    if (against_ >= calm_frames || !began_) {
        shown_ = show.checks;
        against_ = 0;
        began_ = true;
    }
    focus_ += step * (show.focus - focus_);
    show.checks = shown_;
    show.focus = focus_;
}

std::vector<camera::Reason> warnings_of(const camera::Portrait& portrait) {
    std::vector<camera::Reason> out;
    for (const auto& f : portrait.warnings)
        if (camera::advisory(f.reason) && std::ranges::find(out, f.reason) == out.end()) out.push_back(f.reason);
    return out;
}

bool needs_photograph(const drivers::IdDocument& document, Utc now) {
    if (!document.birth.ok()) return true;
    const auto today = hall_day(now);
    auto old_enough = document.birth + photograph_from_age;
    if (!old_enough.ok()) old_enough = old_enough.year() / std::chrono::March / 1;  // born on a 29 February
    return today >= old_enough;
}

awaitable<camera::Portrait> take_portrait(Kiosk& kiosk, int& retakes_left) {
    for (;; --retakes_left) {
        Result<camera::Portrait> portrait;
        {
            const CameraOpen open{kiosk.camera};
            kiosk.stage.show(TakePhoto{});
            const auto started = co_await kiosk.camera.start(kiosk.config.camera_limit);
            if (!started) portrait = std::unexpected(started.error());
            else portrait = co_await photograph(kiosk);
        }
        if (!portrait) co_await trouble(kiosk, portrait.error());
        const auto kept = co_await kiosk.stage.ask(PhotoTaken{.jpeg = portrait->jpeg, .retakes_left = retakes_left});
        if (kept == PhotoTaken::Answer::keep || retakes_left <= 0) co_return std::move(*portrait);
        portrait->wipe();
    }
}

awaitable<void> portrait_and_match(Kiosk& kiosk, Visit& visit) {
    visit.portrait.wipe();
    visit.portrait = {};
    if (needs_photograph(visit.document, kiosk.clock.utc())) visit.portrait = co_await take_portrait(kiosk, visit.retakes_left);
    co_await match_person(kiosk, visit);
}

awaitable<void> match_person(Kiosk& kiosk, Visit& visit) {
    visit.match = {};
    auto at_person = AtPerson::needed;
    if (!visit.portrait.jpeg.empty()) {
        kiosk.stage.show(PleaseWait{PleaseWait::What::comparing});
        auto said = co_await kiosk.issuing.verify(visit.document, visit.portrait.jpeg);
        if (!said) co_await trouble(kiosk, said.error());
        visit.match = std::move(*said);
        if (visit.match.result != MatchResult::unsure) {
            const bool same = visit.match.result == MatchResult::same;
            co_await audit(kiosk, AuditEvent::person_matched, {{"application", ""}, {"by", "centre"}, {"match", same ? "same" : "different"}, {"staff", ""}});
            // Said by the centre, not to be overruled at the kiosk: a person looks at it at the window.
            if (!same) co_await to_window(kiosk, GoToWindow::Why::not_the_person);
            at_person = AtPerson::not_needed;
        }
    }
    if (at_person == AtPerson::needed || originals_to_check(visit)) co_await staff_looks(kiosk, visit, at_person);
}

}  // namespace kiosk
