// The pane: draws what the stage shows onto the glass and turns touches into answers. Knows no events and no time of its own; window.cpp feeds it,
// and so do the tests.
#pragma once
#include "ui/frame.hpp"

namespace ui {

class Pane {
  public:
    Pane(Glass& glass, Lettering& lettering, const Texts& texts, kiosk::Stage& stage, drivers::Clock& clock, Place place, input::Sources dictionaries = {});

    /// Draws the stage as it is now.
    void draw();
    /// Something to draw: the stage changed, or a touch did something.
    [[nodiscard]] bool dirty() const { return dirty_ || stage_.changed().count() != seen_; }
    /// What was drawn last; touches are tested against it.
    [[nodiscard]] const Drawn& drawn() const { return drawn_; }
    [[nodiscard]] const Entry& entry() const { return entry_; }
    [[nodiscard]] const Place& place() const { return place_; }
    [[nodiscard]] Glass& glass() const { return glass_; }
    /// The screen has a ring that turns: draw again every now and then although nothing changed.
    [[nodiscard]] bool animated() const;
    [[nodiscard]] bool touched() const { return !pressed_.empty() || signing_; }

    /// One finger. `ms` counts from any beginning; only differences matter. A tap is a press and a release inside one target of one phase.
    void down(Point p, std::uint32_t ms);
    void move(Point p, std::uint32_t ms);
    /// The id of the target whose act ran, empty when none did.
    std::string up();

  private:
    [[nodiscard]] float spin() const;
    void renew_entry();
    void add_point(Point p, std::uint32_t ms);
    [[nodiscard]] const Target* find(Point p) const;

    Glass& glass_;
    Lettering& lettering_;
    Pictures pictures_;
    const Texts& texts_;
    kiosk::Stage& stage_;
    drivers::Clock& clock_;
    Place place_;
    Entry entry_;
    input::Methods methods_;
    Drawn drawn_;
    bool dirty_ = true, signing_ = false, warned_ = false;
    std::uint64_t seen_ = 0;
    std::string pressed_;
    std::uint64_t pressed_phase_ = 0;
    Point last_{};
    std::optional<std::uint32_t> signature_began_;
};

}  // namespace ui
