// Steps 6 and 7: the photograph, guided; and whether it is the person on the document.
#include "drivers/resident_id/resident_id.hpp"
#include "kiosk/journeys/steps.hpp"

namespace kiosk {

namespace {
/// Faults of the stream are waited out this long before the person is sent to a window.
constexpr std::chrono::seconds camera_patience{12};

/// The camera is closed when the step ends, by whatever way: stop() returns at once and awaits nothing.
struct CameraOpen {
    camera::Camera& camera;
    ~CameraOpen() { camera.stop(); }
};

TakePhoto picture_of(const camera::Observation& seen) {
    const auto has = [&](camera::Reason r) { return std::ranges::any_of(seen.findings, [&](const auto& f) { return f.reason == r; }); };
    using R = camera::Reason;
    TakePhoto show;
    show.hint = hint_of(seen);
    show.background_ok = seen.face && !has(R::background_not_white) && !has(R::background_uneven);
    show.light_ok = seen.face && !has(R::too_dark) && !has(R::too_bright);
    show.place_ok = seen.face && !has(R::too_far) && !has(R::too_close) && !has(R::off_centre) && !has(R::several_faces);
    show.width = seen.preview_width;
    show.height = seen.preview_height;
    show.preview_rgb = seen.preview_rgb;
    return show;
}

awaitable<Result<camera::Portrait>> photograph(Kiosk& kiosk) {
    kiosk.stage.show(TakePhoto{});
    std::uint64_t frame = 0;
    std::optional<drivers::Steady> failing;
    for (;;) {
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
        kiosk.stage.show(picture_of(*seen));
        drivers::wipe(std::as_writable_bytes(std::span{seen->preview_rgb}));
        if (!seen->acceptable()) continue;
        auto portrait = co_await kiosk.camera.take(kiosk.config.photo);
        if (portrait || portrait.error().code != FaultCode::photo_not_encodable) co_return portrait;
    }
}

awaitable<Bytes> badge_shown(Kiosk& kiosk) {
    for (;;) {
        const auto seen = kiosk.id_reader.changed().count();
        const auto state = kiosk.id_reader.state();
        if (state.presence == drivers::ReaderPresence::card && !drivers::is_resident_id_atr(state.atr)) {
            auto uid = co_await drivers::read_uid(kiosk.id_reader, kiosk.config.document_limit);
            if (uid) co_return std::move(*uid);
        }
        co_await kiosk.id_reader.changed().after(seen);
    }
}

std::string masked(const std::string& number) {
    return number.size() < 10 ? std::string(number.size(), '*') : number.substr(0, 6) + std::string(number.size() - 10, '*') + number.substr(number.size() - 4);
}
}  // namespace

PhotoHint hint_of(const camera::Observation& seen) {
    if (seen.findings.empty()) return PhotoHint::hold_still;
    const auto& first = seen.findings.front();
    switch (first.reason) {
        case camera::Reason::no_face: return PhotoHint::no_face;
        case camera::Reason::several_faces: return PhotoHint::several_faces;
        case camera::Reason::too_far: return PhotoHint::too_far;
        case camera::Reason::too_close: return PhotoHint::too_close;
        case camera::Reason::off_centre: return PhotoHint::off_centre;
        case camera::Reason::too_dark: return PhotoHint::too_dark;
        case camera::Reason::too_bright: return PhotoHint::too_bright;
        case camera::Reason::background_not_white: return PhotoHint::background_not_white;
        case camera::Reason::background_uneven:
            if (first.side == camera::Side::left) return PhotoHint::background_left;
            if (first.side == camera::Side::right) return PhotoHint::background_right;
            return PhotoHint::background_not_white;
        default: return PhotoHint::look_here;
    }
}

awaitable<camera::Portrait> take_portrait(Kiosk& kiosk) {
    for (int retakes_left = kiosk.config.photo_retakes;; --retakes_left) {
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
        if (kept == PhotoTaken::Answer::keep || retakes_left == 0) co_return std::move(*portrait);
        portrait->wipe();
    }
}

awaitable<Match> match_person(Kiosk& kiosk, const drivers::IdDocument& document, const camera::Portrait& portrait) {
    kiosk.stage.show(PleaseWait{PleaseWait::What::comparing});
    auto match = co_await kiosk.issuing.verify(document.number, portrait.jpeg, document.photo_wlt);
    if (!match) co_await trouble(kiosk, match.error());
    if (match->result == MatchResult::same) {
        co_await audit(kiosk, AuditEvent::person_matched, {{"application", ""}, {"by", "centre"}, {"match", "same"}, {"staff", ""}});
        co_return std::move(*match);
    }
    if (match->result == MatchResult::different) {
        // Said by the centre, not to be overruled at the kiosk: a person looks at it at the window.
        co_await audit(kiosk, AuditEvent::person_matched, {{"application", ""}, {"by", "centre"}, {"match", "different"}, {"staff", ""}});
        co_await kiosk.stage.ask(GoToWindow{.why = GoToWindow::Why::not_the_person, .window = kiosk.config.window, .reference = {}});
        throw Left{LeaveReason::refused, {}};
    }
    // Unsure: a member of staff looks at the person, with badge and PIN, recorded.
    for (;;) {
        kiosk.stage.show(CallStaff{.window = kiosk.config.window});
        kiosk.stage.call_help();
        auto shown = co_await drivers::first_of(kiosk.stage.answered<CallStaff>(), badge_shown(kiosk));
        auto* uid = std::get_if<1>(&shown);
        if (!uid) continue;
        const auto member = co_await authenticate_staff(kiosk, std::move(*uid));
        if (!member) continue;
        const auto verdict = co_await kiosk.stage.ask(
            ConfirmPerson{.who = member->name_tag, .full_name = document.name, .masked_number = masked(document.number), .portrait = portrait.jpeg});
        const bool same = verdict == ConfirmPerson::Answer::same;
        co_await audit(kiosk, AuditEvent::person_matched, {{"application", ""}, {"by", "staff"}, {"match", same ? "same" : "different"}, {"staff", member->id}});
        if (!same) {
            co_await kiosk.stage.ask(GoToWindow{.why = GoToWindow::Why::not_the_person, .window = kiosk.config.window, .reference = {}});
            throw Left{LeaveReason::refused, {}};
        }
        match->result = MatchResult::same;
        match->by_staff = true;
        match->staff_hash = member->badge_hash;
        co_return std::move(*match);
    }
}

}  // namespace kiosk
