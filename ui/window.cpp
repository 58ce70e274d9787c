// SDL's events on the kiosk's loop: polled, never waited for; a picture is drawn only when something changed.
#include "ui/window.hpp"

#include "ui/automation.hpp"
#include "ui/pane.hpp"

#include <SDL.h>

namespace ui {

namespace {
using namespace std::chrono_literals;
constexpr auto busy_poll = 8ms, idle_poll = 33ms;    ///< how often events are looked at
constexpr auto busy_for = 1000ms;                    ///< after the last touch or change
constexpr auto ring_interval = 120ms;                ///< between two positions of the waiting ring
constexpr auto preview_interval = 83ms;              ///< a camera preview is drawn at most about 12 times a second

class SdlWindow final : public Window {
  public:
    SdlWindow(drivers::Clock& clock, kiosk::Stage& stage, Texts texts, std::unique_ptr<Glass> glass, std::unique_ptr<Lettering> lettering, const WindowOptions& options)
        : clock_(clock), stage_(stage), texts_(std::move(texts)), glass_(std::move(glass)), lettering_(std::move(lettering)),
          pane_(*glass_, *lettering_, texts_, stage, clock, Place{options.hall_zh, options.hall_en, options.hotline, options.mm_per_pixel}),
          automation_(make_automation(options.automation_fd, pane_, stage)) {}

    drivers::awaitable<void> run() override {
        while (!closed_) {
            take_events();
            if (automation_ && !automation_->pump()) automation_.reset();
            draw_if_due();
            const bool busy = automation_ || pane_.touched() || clock_.steady() - last_busy_ < busy_for;
            co_await clock_.sleep(busy ? busy_poll : idle_poll);
        }
    }

  private:
    void draw_if_due() {
        const bool stage_changed = stage_.changed().count() != drawn_change_;
        const bool turning = glass_->visible() && pane_.animated() && clock_.steady() - last_draw_ >= ring_interval;
        if (!pane_.dirty() && !exposed_ && !turning) return;
        const bool preview = std::holds_alternative<kiosk::TakePhoto>(stage_.shown().question) && stage_.shown().phase == pane_.drawn().phase;
        if (preview && !touch_came_ && drawn_once_ && clock_.steady() - last_draw_ < preview_interval) return;
        if (pane_.dirty()) {
            drawn_change_ = stage_.changed().count();
            pane_.draw();
            if (automation_) automation_->drawn();
            if (stage_changed && !preview) last_busy_ = clock_.steady();
        } else if (turning) {
            pane_.draw();
        }
        glass_->show();
        last_draw_ = clock_.steady();
        drawn_once_ = true;
        exposed_ = touch_came_ = false;
    }

    void take_events() {
        SDL_Event event;
        for (int taken = 0; taken < max_events && SDL_PollEvent(&event) != 0; ++taken) take(event);
    }

    void take(const SDL_Event& event) {
        switch (event.type) {
            case SDL_QUIT: closed_ = true; break;
            case SDL_WINDOWEVENT:
                if (event.window.event == SDL_WINDOWEVENT_CLOSE) closed_ = true;
                else exposed_ = true;
                break;
            case SDL_FINGERDOWN:
                if (finger_) break;  // a second finger does nothing
                finger_ = event.tfinger.fingerId;
                if (const auto p = glass_->finger_to_canvas(event.tfinger.x, event.tfinger.y)) touch([&] { pane_.down(*p, event.tfinger.timestamp); });
                break;
            case SDL_FINGERMOTION:
                if (finger_ != event.tfinger.fingerId) break;
                if (const auto p = glass_->finger_to_canvas(event.tfinger.x, event.tfinger.y)) touch([&] { pane_.move(*p, event.tfinger.timestamp); });
                break;
            case SDL_FINGERUP:
                if (finger_ != event.tfinger.fingerId) break;
                finger_.reset();
                touch([&] { pane_.up(); });
                break;
            case SDL_MOUSEBUTTONDOWN:
                if (event.button.which == SDL_TOUCH_MOUSEID || event.button.button != SDL_BUTTON_LEFT) break;
                touch([&] { pane_.down(canvas(event.button.x, event.button.y), event.button.timestamp); });
                break;
            case SDL_MOUSEMOTION:
                if (event.motion.which == SDL_TOUCH_MOUSEID || (event.motion.state & SDL_BUTTON_LMASK) == 0) break;
                touch([&] { pane_.move(canvas(event.motion.x, event.motion.y), event.motion.timestamp); });
                break;
            case SDL_MOUSEBUTTONUP:
                if (event.button.which == SDL_TOUCH_MOUSEID || event.button.button != SDL_BUTTON_LEFT) break;
                touch([&] {
                    pane_.move(canvas(event.button.x, event.button.y), event.button.timestamp);
                    pane_.up();
                });
                break;
            default: break;  // SDL has hundreds; the rest is nobody's touch
        }
    }

    /// A touch needs a picture to be tested against, and leaves something to draw.
    template <class F>
    void touch(F&& act) {
        if (!drawn_once_) return;
        act();
        last_busy_ = clock_.steady();
        touch_came_ = true;
    }
    Point canvas(int x, int y) const { return glass_->to_canvas(static_cast<float>(x), static_cast<float>(y)); }

    static constexpr int max_events = 512;  ///< taken in one turn of the loop

    drivers::Clock& clock_;
    kiosk::Stage& stage_;
    Texts texts_;
    std::unique_ptr<Glass> glass_;
    std::unique_ptr<Lettering> lettering_;
    Pane pane_;
    std::unique_ptr<Automation> automation_;
    bool closed_ = false, exposed_ = true, drawn_once_ = false, touch_came_ = false;
    std::uint64_t drawn_change_ = UINT64_MAX;
    drivers::Steady last_draw_{}, last_busy_{};
    std::optional<SDL_FingerID> finger_;
};
}  // namespace

drivers::Result<std::unique_ptr<Window>> make_window(drivers::Clock& clock, kiosk::Stage& stage, WindowOptions options) {
    auto texts = Texts::load(options.text_dir);
    if (!texts) return std::unexpected(texts.error());
    auto glass = Glass::open({.width = options.width, .height = options.height, .fullscreen = options.fullscreen});
    if (!glass) return std::unexpected(glass.error());
    auto lettering = Lettering::open(**glass);
    if (!lettering) return std::unexpected(lettering.error());
    return std::make_unique<SdlWindow>(clock, stage, std::move(*texts), std::move(*glass), std::move(*lettering), options);
}

}  // namespace ui
