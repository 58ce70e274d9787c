// The ribbon: panels one behind another, wound one way, a set for each card; and its tag, with the quirks that the field knows.
#pragma once
#include "sim/models/printer_model.hpp"

namespace sim {

/// Panels of one set in their order on the ribbon ("ymckok"); empty for a kind that this machine does not know. Any case.
[[nodiscard]] std::string_view panels_of_ribbon(std::string_view type);
/// Short colour panels: only a part of the card can be in colour.
[[nodiscard]] bool half_panels(std::string_view type);

class Ribbon {
  public:
    explicit Ribbon(const PrinterSetup& setup);

    // ---- winding ----
    /// Winds forward to the next panel of this colour; `new_card` begins a new set. False: no set left, no ribbon, another kind than `wanted`, or no such panel.
    [[nodiscard]] bool wind_to(char panel, bool new_card, std::string_view wanted);
    [[nodiscard]] bool used_up() const { return ended_ || remaining_ <= 0; }
    [[nodiscard]] bool there() const { return !type_.empty(); }
    [[nodiscard]] const std::string& type() const { return type_; }
    [[nodiscard]] int remaining() const { return remaining_; }

    // ---- hands and faults ----
    void put_in(std::string type, int remaining);
    void run_out() {
        ended_ = true;
        remaining_ = 0;
    }
    void be_low() { remaining_ = std::min(remaining_, low_cards); }
    void be_another_kind() { type_ = "YMCKO"; }
    void take_out() { type_.clear(); }
    void cover_was_closed() { hidden_ = false; }

    // ---- the tag ----
    /// Rrt;what: nothing for a field that tags do not have.
    [[nodiscard]] std::optional<std::string> tag(std::string_view what, int zone);

  private:
    static constexpr int low_cards = 5, shown_when_exhausted = 3;
    std::string type_;
    int capacity_, remaining_;
    std::size_t position_ = 0;  ///< within the set; the set's end at first
    bool ended_ = false;
    RibbonQuirks quirks_;
    bool hidden_ = false;  ///< reads 0 until the cover was closed
};

}  // namespace sim
