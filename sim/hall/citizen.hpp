// The citizen in front of the simulated kiosk: looks at the screen, puts the document down, touches, signs, takes the card. Knows only what
// is shown; pixels are what leaves his finger.
#pragma once
#include "sim/hall/scenario.hpp"
#include "sim/hall/window_link.hpp"

#include <functional>

namespace sim {

/// What his hands can reach besides the screen.
struct Hands {
    std::function<void()> put_document, take_document;
    std::function<bool()> take_card;          ///< true when a card was there to take
    std::function<bool()> document_on_reader;
};

class Citizen {
  public:
    Citizen(CitizenPlan plan, Hands hands) : plan_(std::move(plan)), hands_(std::move(hands)) {}

    /// Called often; `now` is the simulator's time. Does at most one thing.
    void act(WindowLink& window, Time now);
    /// When the signature was confirmed.
    [[nodiscard]] std::optional<Time> signed_at() const { return signed_at_; }
    [[nodiscard]] bool gone() const { return gone_; }
    [[nodiscard]] bool has_card() const { return has_card_; }
    [[nodiscard]] const CitizenPlan& plan() const { return plan_; }
    void set_plan_takes_card(int after_ms) { plan_.takes_card_after_ms = after_ms; }
    /// A fresh session began (he starts again after a restart).
    void begin_again();

  private:
    void touch(WindowLink& window, const ScreenSeen& screen, std::string_view id);
    void on_screen(WindowLink& window, const ScreenSeen& screen, Time now);
    void type(WindowLink& window, const ScreenSeen& screen, const std::string& digits);
    void draw_signature(WindowLink& window, const ScreenSeen& screen);

    CitizenPlan plan_;
    Hands hands_;
    Time next_{0};
    std::uint64_t phase_ = 0;
    int step_ = 0;  ///< within the screen
    int typed_ = 0;
    std::optional<Time> signed_at_, card_seen_;
    bool gone_ = false, has_card_ = false, started_ = false, language_set_ = false;
};

}  // namespace sim
