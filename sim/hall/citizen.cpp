// One act for each screen. A touch that met nothing (the screen changed meanwhile) is repeated: as people do.
#include "sim/hall/citizen.hpp"

#include <cmath>
#include <fmt/format.h>

namespace sim {

namespace {
/// A screen that stays the same for this long after a touch is touched again.
constexpr Time repeat_after = std::chrono::milliseconds{1500};
}  // namespace

std::vector<std::string> keys_of(std::string_view text) {
    std::vector<std::string> keys;
    for (const char c : text) keys.push_back(c >= '0' && c <= '9' ? fmt::format("digit_{}", c) : fmt::format("letter_{}", c));
    return keys;
}

void Citizen::begin_again() {
    started_ = gone_ = false;
    language_set_ = false;
    phase_ = 0;
    step_ = 0;
}

void Citizen::touch(WindowLink& window, const ScreenSeen& screen, std::string_view id) {
    const auto* target = screen.target(id);
    if (!target || !target->enabled) return;
    window.touch(target->x + target->width / 2, target->y + target->height / 2);
    ++step_;
}

void Citizen::type(WindowLink& window, const ScreenSeen& screen, const std::vector<std::string>& keys) {
    if (static_cast<std::size_t>(typed_) < keys.size()) {
        touch(window, screen, keys[static_cast<std::size_t>(typed_)]);
        ++typed_;
    } else {
        touch(window, screen, "confirm");
    }
}

void Citizen::draw_signature(WindowLink& window, const ScreenSeen& screen) {
    const auto* pad = screen.target("pad");
    if (!pad) return;
    for (int stroke = 0; stroke < 3; ++stroke) {
        const double left = pad->x + pad->width * (0.2 + 0.2 * stroke), top = pad->y + pad->height * 0.35;
        window.down(left, top);
        for (int i = 1; i <= 12; ++i) window.move(left + i * pad->width * 0.012, top + std::sin(i * 0.9 + stroke) * pad->height * 0.15 + i * 2.0, i * 12);
        window.up();
    }
    ++step_;
}

void Citizen::act(WindowLink& window, Time now) {
    const auto& screen = window.screen();
    if (!screen || gone_) return;
    if (screen->phase != phase_) {
        phase_ = screen->phase;
        step_ = typed_ = 0;
        card_seen_.reset();
        page_since_.reset();
        if (page_shown_ && !before_camera(screen->name)) {
            hands_.hide_page();
            page_shown_ = false;
        }
        next_ = now + std::chrono::milliseconds{plan_.touch_pause_ms};
    }
    if (now < next_) return;
    if (!plan_.walks_away_at.empty() && screen->name == plan_.walks_away_at) {
        if (!plan_.leaves_document && hands_.document_on_reader()) hands_.take_document();
        gone_ = true;
        return;
    }
    const int before = step_;
    on_screen(window, *screen, now);
    // Digits and ticks follow each other quickly; after a touch that should change the screen he looks first.
    const bool quick = screen->name.starts_with("enter_") || screen->name == "choose_pin" || (screen->name == "notice" && plan_.consents && step_ < 4);
    next_ = now + (step_ != before && !quick ? repeat_after : Time{std::chrono::milliseconds{plan_.touch_pause_ms}});
    if (screen->name == "sign" && step_ == 1) next_ = now + std::chrono::milliseconds{plan_.touch_pause_ms * 3};
}

void Citizen::on_screen(WindowLink& window, const ScreenSeen& screen, Time now) {
    const auto& name = screen.name;
    if (screen.idle) return touch(window, screen, "stay");
    if (!language_set_ && screen.language != plan_.language) {
        language_set_ = true;
        return touch(window, screen, "language");
    }
    if (name == "welcome") {
        if (started_) {
            gone_ = true;
            return;
        }
        return touch(window, screen, plan_.errand == "status" ? "card_status" : "start");
    }
    started_ = true;
    if (on_document_screen(window, screen, now)) return;
    if (name == "take_document_back" && !plan_.leaves_document) return hands_.take_document();
    if (name == "for_whom") return touch(window, screen, plan_.child.empty() ? "myself" : "child");
    if (name == "notice") {
        static constexpr const char* ticks[] = {"tick_notice", "tick_face_match", "tick_bank_data"};
        const int asked = screen.fields.value("enquiry", false) ? 1 : 3;
        return touch(window, screen, !plan_.consents ? "refuse" : step_ < asked ? ticks[step_] : "agree");
    }
    if (name == "explain_standing" || name == "trouble" || name == "go_to_window" || name == "staff_note") return touch(window, screen, "understood");
    if (name == "offer_resume") return touch(window, screen, "go_on");
    if (name == "photo_taken") return touch(window, screen, "keep");
    if (name == "choose_bank") {
        for (const auto& target : screen.targets)
            if (target.id.starts_with("bank_") && (plan_.bank.empty() || target.id == "bank_" + plan_.bank)) return touch(window, screen, target.id);
        return;
    }
    if (name == "enter_mobile") return type(window, screen, keys_of(plan_.mobile));
    if (name == "confirm_card") return touch(window, screen, "right");
    if (name == "sign") {
        if (step_ == 0) return draw_signature(window, screen);
        signed_at_ = now;
        return touch(window, screen, "sign");
    }
    if (name == "choose_pin") return type(window, screen, keys_of(plan_.pin + plan_.pin));
    if (name == "making_card" && screen.target("here")) return touch(window, screen, "here");
    if (name == "take_card" && plan_.takes_card_after_ms >= 0) {
        if (!card_seen_) card_seen_ = now;
        if (now - *card_seen_ >= std::chrono::milliseconds{plan_.takes_card_after_ms} && hands_.take_card()) has_card_ = true;
        return;
    }
    if (name == "finished") return touch(window, screen, "done");
}

}  // namespace sim
