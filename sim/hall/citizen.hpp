// The citizen in front of the simulated kiosk: looks at the screen, puts the document down, touches, signs, takes the card. Knows only what
// is shown; pixels are what leaves his finger.
#pragma once
#include "sim/hall/documents.hpp"
#include "sim/hall/scenario.hpp"
#include "sim/hall/window_link.hpp"

#include <functional>

namespace sim {

/// What his hands can reach besides the screen.
enum class OfWhom { own, child };
struct Hands {
    std::function<void(OfWhom)> put_document, show_page;  ///< onto the reader; before the camera
    std::function<void()> take_document, hide_page;
    std::function<bool()> take_card;          ///< true when a card was there to take
    std::function<bool()> document_on_reader;
};

/// "13A" as the names of the keys that write it: digit_1 digit_3 letter_A.
[[nodiscard]] std::vector<std::string> keys_of(std::string_view text);

class Citizen {
  public:
    /// `printed`: what he can read off the documents that he has with him.
    Citizen(CitizenPlan plan, Hands hands, std::map<OfWhom, PrintedDocument> printed) : plan_(std::move(plan)), hands_(std::move(hands)), printed_(std::move(printed)) {}

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
    /// The next key of `keys`, then "confirm".
    void type(WindowLink& window, const ScreenSeen& screen, const std::vector<std::string>& keys);
    bool on_document_screen(WindowLink& window, const ScreenSeen& screen, Time now);
    void at_reader(WindowLink& window, const ScreenSeen& screen, Time now);
    void hold_up(WindowLink& window, const ScreenSeen& screen, Time now);
    /// Something is to be held before the camera at this screen.
    [[nodiscard]] static bool before_camera(std::string_view screen) { return screen == "show_zone" || screen == "show_ecard" || screen == "photograph_page"; }
    void write_name(WindowLink& window, const ScreenSeen& screen, Time now);
    [[nodiscard]] const PrintedDocument& printed(const ScreenSeen& screen);
    [[nodiscard]] OfWhom asked_of(const ScreenSeen& screen) const;
    void draw_signature(WindowLink& window, const ScreenSeen& screen);

    CitizenPlan plan_;
    Hands hands_;
    Time next_{0};
    std::uint64_t phase_ = 0;
    int step_ = 0;  ///< within the screen
    int typed_ = 0;
    bool page_shown_ = false;
    nlohmann::json entry_at_touch_;
    Time touched_at_{0};
    std::optional<Time> page_since_;
    std::map<OfWhom, PrintedDocument> printed_;
    std::optional<Time> signed_at_, card_seen_;
    bool gone_ = false, has_card_ = false, started_ = false, language_set_ = false;
};

}  // namespace sim
