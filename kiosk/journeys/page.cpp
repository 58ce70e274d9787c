// What is held before the camera: a passport's zone and an electronic card's code, read until two frames agree, and a typed document's page, photographed for staff
// and centre.
#include "camera/document.hpp"
#include "drivers/emrtd/access_key.hpp"
#include "kiosk/journeys/document.hpp"

namespace kiosk {

namespace {
/// Faults of the stream are waited out this long.
constexpr std::chrono::seconds camera_patience{12};
constexpr std::chrono::milliseconds camera_pause{200};
constexpr int page_retakes = 5;
static_assert(camera::max_page_bytes <= max_page_bytes, "what the camera gives fits the request");

/// Nothing is filmed when the step has ended, by whatever way.
struct DocumentCameraOpen {
    camera::DocumentCamera& camera;
    ~DocumentCameraOpen() { camera.stop_document(); }
};

PageGuide guide_of(camera::DocumentAdvice advice) {
    switch (advice) {
        case camera::DocumentAdvice::none: return PageGuide::none;
        case camera::DocumentAdvice::closer: return PageGuide::closer;
        case camera::DocumentAdvice::further: return PageGuide::further;
        case camera::DocumentAdvice::straighten: return PageGuide::straighten;
        case camera::DocumentAdvice::hold_still: return PageGuide::hold_still;
        case camera::DocumentAdvice::too_dark: return PageGuide::too_dark;
        case camera::DocumentAdvice::glare: return PageGuide::glare;
    }
    return PageGuide::none;
}

/// The frame goes onto the screen; the sight keeps none of its picture.
template <class Q>
void show_sight(Kiosk& kiosk, Q screen, camera::DocumentSight& seen) {
    screen.watching = true;
    screen.guide = guide_of(seen.advice);
    screen.width = seen.preview_width;
    screen.height = seen.preview_height;
    screen.preview_rgb = std::move(seen.preview_rgb);
    seen.preview_rgb.clear();
    kiosk.stage.show(std::move(screen));
}

/// The next frame, faults waited out; nothing when the person has touched the button first.
template <class Q>
awaitable<Result<std::optional<camera::DocumentSight>>> next_sight(Kiosk& kiosk, std::uint64_t after) {
    const auto until = kiosk.clock.steady() + std::chrono::duration_cast<Duration>(camera_patience);
    for (;;) {
        auto next = co_await drivers::first_of(kiosk.stage.answer_waits<Q>(), kiosk.camera.documents()->next_document(after));
        if (next.index() == 0) {
            (void)kiosk.stage.take<Q>();
            co_return std::optional<camera::DocumentSight>{};
        }
        auto& seen = std::get<1>(next);
        if (seen) co_return std::optional{std::move(*seen)};
        if (kiosk.clock.steady() >= until) co_return std::unexpected(std::move(seen.error()));
        co_await kiosk.clock.sleep(camera_pause);
    }
}

/// The key of a zone that was seen; nothing when the person wants to type it.
awaitable<Result<std::optional<drivers::emrtd::AccessKey>>> watch_zone(Kiosk& kiosk, drivers::DocumentKind kind) {
    using Key = std::optional<drivers::emrtd::AccessKey>;
    if (!kiosk.camera.documents()) co_return Key{};
    auto& documents = *kiosk.camera.documents();
    const auto today = hall_day(kiosk.clock.utc());
    kiosk.stage.show(ShowZone{.kind = kind, .preview_rgb = {}});
    const DocumentCameraOpen open{documents};
    if (auto started = co_await documents.start_document(camera::Subject::zone, today, kiosk.config.camera_limit); !started) co_return std::unexpected(std::move(started.error()));
    for (std::uint64_t frame = 0;;) {
        auto next = co_await next_sight<ShowZone>(kiosk, frame);
        if (!next) co_return std::unexpected(std::move(next.error()));
        if (!*next) co_return Key{};
        auto& seen = **next;
        frame = seen.frame;
        if (seen.zone) {
            kiosk.stage.touched();  // who holds a document before the camera is there
            auto mrz = drivers::parse_mrz(drivers::as_view(seen.zone->text), today);
            seen.wipe();
            if (!mrz) co_return std::unexpected(std::move(mrz.error()));
            auto key = drivers::emrtd::AccessKey::from_mrz(*mrz);
            mrz->wipe();
            if (!key) co_return std::unexpected(std::move(key.error()));
            co_return Key{std::move(*key)};
        }
        show_sight(kiosk, ShowZone{.kind = kind, .preview_rgb = {}}, seen);
        seen.wipe();
    }
}

/// One page, by the person's touch. A touch that comes while no frame is good enough asks again: the screen says what to do.
awaitable<Result<Bytes>> take_one_page(Kiosk& kiosk, drivers::DocumentKind kind) {
    if (!kiosk.camera.documents()) co_return drivers::fail(FaultCode::camera_missing, "no camera for documents");
    auto& documents = *kiosk.camera.documents();
    kiosk.stage.show(PhotographPage{.kind = kind, .preview_rgb = {}});
    const DocumentCameraOpen open{documents};
    if (auto started = co_await documents.start_document(camera::Subject::page, hall_day(kiosk.clock.utc()), kiosk.config.camera_limit); !started)
        co_return std::unexpected(std::move(started.error()));
    for (std::uint64_t frame = 0;;) {
        auto next = co_await next_sight<PhotographPage>(kiosk, frame);
        if (!next) co_return std::unexpected(std::move(next.error()));
        if (*next) {
            frame = (*next)->frame;
            show_sight(kiosk, PhotographPage{.kind = kind, .preview_rgb = {}}, **next);
            (*next)->wipe();
            continue;
        }
        auto page = co_await documents.take_page();
        if (page) co_return std::move(page->jpeg);
        if (page.error().code != FaultCode::photo_not_encodable) co_return std::unexpected(std::move(page.error()));
        kiosk.stage.show(PhotographPage{.kind = kind, .watching = true, .guide = PageGuide::hold_still, .preview_rgb = {}});
    }
}
}  // namespace

awaitable<Result<std::optional<Secret>>> watch_code(Kiosk& kiosk, const Secret& refused) {
    using Code = std::optional<Secret>;
    const ShowECard screen{.refused = !refused.empty()};
    if (!kiosk.camera.documents()) co_return drivers::fail(FaultCode::camera_missing, "no camera for documents");
    auto& documents = *kiosk.camera.documents();
    kiosk.stage.show(screen);
    const DocumentCameraOpen open{documents};
    if (auto started = co_await documents.start_document(camera::Subject::code, hall_day(kiosk.clock.utc()), kiosk.config.camera_limit); !started)
        co_return std::unexpected(std::move(started.error()));
    for (std::uint64_t frame = 0;;) {
        auto next = co_await next_sight<ShowECard>(kiosk, frame);
        if (!next) co_return std::unexpected(std::move(next.error()));
        if (!*next) co_return Code{};
        auto& seen = **next;
        frame = seen.frame;
        Secret code{std::string_view{seen.code}};
        drivers::wipe(seen.code);
        if (!code.empty() && !std::ranges::equal(code.view(), refused.view())) {
            kiosk.stage.touched();  // who holds a telephone before the camera is there
            seen.wipe();
            co_return Code{std::move(code)};
        }
        show_sight(kiosk, screen, seen);
        seen.wipe();
    }
}

awaitable<drivers::emrtd::AccessKey> read_zone(Kiosk& kiosk, drivers::DocumentKind kind) {
    auto seen = co_await watch_zone(kiosk, kind);
    if (seen && *seen) co_return std::move(**seen);
    // A camera of no use is booked for the technician; the person types instead.
    if (!seen) co_await audit(kiosk, AuditEvent::fault_met, {{"fault", name_of(seen.error().code)}, {"detail", seen.error().detail}});
    co_return co_await enter_zone(kiosk, kind, false);
}

awaitable<Bytes> photograph_page(Kiosk& kiosk, drivers::DocumentKind kind) {
    for (int retakes = 0;; ++retakes) {
        auto page = co_await take_one_page(kiosk, kind);
        if (!page) co_await trouble(kiosk, std::move(page.error()));
        const auto kept = co_await kiosk.stage.ask(PageTaken{.jpeg = *page});
        if (kept == PageTaken::Answer::keep || retakes == page_retakes) co_return std::move(*page);
        drivers::wipe(*page);
    }
}

}  // namespace kiosk
